"""The exact view: two outputs are the same or they are not; and which logs are looked at so."""

from __future__ import annotations

import random
import uuid

import numpy as np
import pytest

from fullmenu.views.exact import kind_of, plain, rows

PROSE = [f"The answer to your question number {n} is that it depends." for n in range(40)]


def test_two_outputs_are_alike_or_not() -> None:
    texts = [f"item{n}" for n in range(300)]
    likeness = (rows(texts) @ rows(texts).T).toarray()
    assert np.array_equal(likeness, np.eye(300))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rome", " rome. "), ("Not  spam", "not spam"), ("47", "47.0"), ("47.", "47")],
)
def test_what_says_nothing_is_left_out(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aB3", "ab3"),
        ("007", "7"),
        ("-3", "3"),
        ("1.10", "1.1"),
        ("C++", "C"),
        ("", "."),
        ("1e3", "1000"),
    ],
)
def test_what_may_say_something_stays(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("outputs", "kind"),
    [
        ([f"item{n}" for n in range(50)], "codes"),
        ([str(n) for n in range(1, 101)], "codes"),
        ([str(uuid.UUID(int=random.Random(n).getrandbits(128))) for n in range(50)], "codes"),
        ([f"B0{n * 7919 % 9973}XK{n}" for n in range(50)], "codes"),
        ([f"{name}{n}" for n in range(9) for name in ("Sunny", "Blue", "Wolf", "Oak")], None),
        ([f"{chr(97 + n % 26)}ad{n}y" for n in range(50)], None),  # made up, each but once
        ([f"{chr(97 + n % 26)}ad{n}y" for n in range(50)] * 2, "codes"),
        (["-1.5", "2", "+3.25"] * 5, "codes"),
        (["positive", "very positive", "negative"] * 10, "labels"),
        (["да", "нет"] * 10, "labels"),
        (["A", "B", "C", "D"] * 10, "labels"),
        (["47"] * 60 + ["I pick 47 because it is prime."] * 2, None),
        (["Rome", "It is Rome.", "The capital is Rome, of course."] * 20, None),
        ([f"{a}{b}" for a in "abcdef" for b in "uvwxyz"], None),  # names, each but once
        (PROSE, None),
        (["print(1)", "x = 3"] * 20, None),
        (["今天天气很好我们去公园"] * 20, None),
        ([""] * 20, None),
        ([], None),
    ],
)
def test_which_logs_are_looked_at_so(outputs: list[str], kind: str | None) -> None:
    assert kind_of(outputs) == kind
