"""Repeated phrases: against the definition by loops."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.measures import repeated_phrases
from fullmenu.measures.texts.repeated_phrases import _shared

TEXTS = [
    "a b c d e f",
    "a b c d x y",
    "a b c",
    "a b c",
    "q r s t u v a b c d",
    "a b c d a b c d",
    "",
    "",
]


def _by_definition(texts: list[str], groups: list[int], n: int) -> float:
    def cut(text: str) -> list[tuple[str, ...]]:
        w = text.split()
        return [tuple(w[i : i + n]) for i in range(len(w) - n + 1)] or [tuple(w)]

    shares = [
        np.mean([p in cut(b) for p in cut(a)])
        for a, g in zip(texts, groups, strict=True)
        for b, h in zip(texts, groups, strict=True)
        if g != h
    ]
    # every text meets itself where each is a prompt of its own: g != h leaves that pair out
    return float(np.mean(shares))


@pytest.mark.parametrize(
    "groups", [list(range(8)), [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 0, 1, 1, 2, 3, 3]]
)
def test_value_and_replicates_are_the_definition(groups: list[int]) -> None:
    value, without = _shared(TEXTS, 4, np.array(groups))
    assert value == pytest.approx(_by_definition(TEXTS, groups, 4), rel=1e-12)
    for k in range(max(groups) + 1):
        left = [i for i, g in enumerate(groups) if g != k]
        exact = _by_definition([TEXTS[i] for i in left], [groups[i] for i in left], 4)
        assert without[k] == pytest.approx(exact, abs=1e-14)


def test_all_the_same_is_one_and_nothing_shared_is_nought() -> None:
    same = repeated_phrases(["one two three four five"] * 20)
    assert same.value == same.high == 1.0
    none = repeated_phrases([f"{i}a {i}b {i}c {i}d {i}e" for i in range(20)])
    assert none.value == none.low == 0.0
    assert none.high is not None and 0 < none.high < 0.1


def test_does_not_drift_with_sample_size() -> None:
    rng = np.random.default_rng(0)

    def texts(n: int) -> list[str]:
        kinds = rng.integers(0, 8, n)
        return [f"here is joke number {k} for you {rng.integers(10**9)}" for k in kinds]

    small = np.mean([repeated_phrases(texts(10)).value for _ in range(60)])
    assert small == pytest.approx(repeated_phrases(texts(2_000)).value, rel=0.1)


def test_two_outputs_have_a_value_and_no_more() -> None:
    e = repeated_phrases(["a b c d e", "a b c d f"])
    assert (e.value, e.low, e.high) == (0.5, 0.0, 1.0)
