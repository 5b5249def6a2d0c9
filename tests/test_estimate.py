"""Estimates, margins and verdicts."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from fullmenu.errors import BadInput, MissingExtra, NotEnoughData, UnknownName
from fullmenu.estimate import VERDICTS, Estimate, Margins, Verdict, worst
from fullmenu.measures import registry


def test_says_value_and_interval() -> None:
    assert str(Estimate(0.25, 0.2, None, 40, "share", "given")) == "0.25 [0.2, …]"
    assert str(Estimate(3, None, 4, 40, "dishes", "given")) == "3 […, 4]"


def test_goes_to_json() -> None:
    e = Estimate(np.float64(0.25), np.float32(0.25), None, 40, "share", "given", 0.9)
    assert json.loads(json.dumps(e.to_dict())) == {
        "value": 0.25,
        "low": 0.25,
        "high": None,
        "n": 40,
        "unit": "share",
        "method": "given",
        "level": 0.9,
    }
    assert type(e.value) is float


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", ["value", "low", "high"])
def test_never_nan(place: str, bad: float) -> None:
    numbers = {"value": 1.0, "low": 0.0, "high": 2.0, place: bad}
    with pytest.raises(NotEnoughData, match=place):
        Estimate(**numbers, n=3, unit="share", method="given")


def test_a_value_must_be() -> None:
    with pytest.raises(NotEnoughData):
        Estimate(None, 0.0, 1.0, 3, "share", "given")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad",
    [
        {"collapsed": 0.95},
        {"narrowed": 1.1},
        {"held_low": 1.0},
        {"held_high": 0.9},
        {"alpha": 0},
        {"alpha": 0.5},
    ],
)
def test_margins_out_of_order(bad: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Margins(**bad)


def test_margins_as_numbers() -> None:
    assert Margins(**Margins().to_dict()) == Margins()


def test_worst_first() -> None:
    for i, name in enumerate(VERDICTS):
        for other in VERDICTS[i:]:
            assert worst([Verdict(other, ""), Verdict(name, "")]).name == name
    assert [v for v in VERDICTS if Verdict(v, "").lost] == ["collapsed", "narrowed"]
    with pytest.raises(NotEnoughData):
        worst([])


def test_errors_help() -> None:
    with pytest.raises(UnknownName, match="did you mean 'repeat_rate'"):
        registry.get("repeat_rat")
    assert isinstance(UnknownName("view", "zzz", ["a"]), ValueError)
    assert isinstance(MissingExtra("charts", "all"), ImportError)


def test_unknown_measures_are_no_attributes() -> None:
    from fullmenu import measures

    with pytest.raises(AttributeError, match="did you mean 'hill'"):
        measures.hil
    assert list(measures.all_measures()) == sorted(measures.all_measures())


def test_margins_read_from_text() -> None:
    assert Margins.read("collapsed=0.4, held_level = .95") == Margins(
        collapsed=0.4, held_level=0.95
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("narowed=0.9", "'narowed=0.9'"),
        ("collapsed", "'collapsed'"),
        ("collapsed=half", "'collapsed=half'"),
        ("collapsed=nan", "'collapsed=nan'"),
        ("alpha=0.1,alpha=0.2", "'alpha=0.2'"),
        ("", "''"),
        ("collapsed=0.95", "collapsed=0.95, narrowed=0.9"),
        ("held_high=inf", "held_high=inf"),
        ("held_level=0.4", "held_level=0.4"),
        ("alpha=0.5", "alpha=0.5"),
    ],
)
def test_margins_that_cannot_be_list_what_there_is(text: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        Margins.read(text)
    assert said in str(error.value)
    for name in Margins().to_dict():
        assert name in str(error.value).partition("they are")[2]
