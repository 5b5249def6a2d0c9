"""A card of checkpoints that refuses to rank them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.samples import Record, Samples
from fullmenu.train import Scorecard

AXES = {"quality": "higher", "kl": "lower"}


def e(value, half=0.1):
    return Estimate(value, value - half, value + half, 30, "score", "made up")


def card(*rows):
    made = Scorecard(AXES)
    for name, quality, kl in rows:
        made.add(name, quality=quality, kl=kl)
    return made


def test_domination_is_judged_with_the_intervals():
    found = card(("a", e(1.0), e(1.0)), ("b", e(0.5), e(2.0)), ("c", e(0.95), e(1.05)))
    assert [found.status(k) for k in "abc"] == ["frontier", "surely dominated", "dominated"]
    assert found.frontier() == ["a", "c"]
    assert found.dominated_by("b", sure=True) == ["a", "c"]


def test_better_on_one_axis_is_enough_for_the_frontier():
    assert card(("a", e(1.0), e(3.0)), ("b", e(0.5), e(1.0))).frontier() == ["a", "b"]


def test_which_way_is_better_counts():
    flipped = Scorecard({"quality": "lower", "kl": "higher"})
    flipped.add("a", quality=e(1.0), kl=e(1.0))
    flipped.add("b", quality=e(0.5), kl=e(2.0))
    assert flipped.frontier() == ["b"]


def test_the_same_twice_dominates_neither():
    found = card(("a", e(1.0), e(1.0)), ("b", e(1.0), e(1.0)))
    assert found.status("a") == found.status("b") == "frontier"


def test_numbers_without_an_interval_make_nothing_sure():
    assert card(("a", 1.0, 1.0), ("b", 0.1, 9.0)).status("b") == "dominated"


def test_what_lacks_an_axis_is_not_dominated():
    found = card(("a", e(1.0), e(1.0)), ("b", e(0.1), None))
    assert found.status("b") == "frontier"
    assert found.to_dict()["checkpoints"][1]["estimates"]["kl"] is None


@pytest.mark.parametrize("ask", ["rank", "best"])
def test_one_number_is_refused_with_a_way_out(ask):
    found = card(("a", e(1.0), e(3.0)), ("b", e(0.5), e(1.0)))
    with pytest.raises(BadInput, match=r"2 of 2 .*\(a, b\); choose among them"):
        getattr(found, ask)(by="quality")


def test_samples_are_measured_by_the_check_up(menu):
    def log(dishes, score, seed):
        rng = np.random.default_rng(seed)
        return Samples.from_records(
            Record(dishes[rng.integers(len(dishes))], f"guest {g}", score=rng.normal(score, 0.1))
            for g in range(20)
            for _ in range(8)
        )

    found = Scorecard()
    found.add(100, log(menu, 0.5, 0), kl=e(1.0))
    found.add(200, log(menu[:2], 0.9, 1), kl=e(4.0))
    first, second = (c["estimates"] for c in found.to_dict()["checkpoints"])
    assert first["variety"]["low"] > second["variety"]["high"]
    assert second["quality"]["low"] > first["quality"]["high"]
    assert found.frontier() == ["100", "200"]
    found.add("given", log(menu, 0.5, 0), quality=e(7.0))
    assert found.to_dict()["checkpoints"][2]["estimates"]["quality"]["value"] == 7.0


def test_a_log_without_repeated_prompts_says_why():
    with pytest.raises(NotEnoughData, match="variety is not defined"):
        Scorecard().add("a", Samples.of({f"q{k}": [f"dish {k}"] for k in range(9)}))


def test_the_table_fits_eighty_columns_and_shows_every_axis():
    found = Scorecard()
    for k in range(3):
        given = {a: e(1234.5678 * (k + 1), 0.123456) for a in found.axes}
        found.add(f"\x1b[31m{'long' * 9} {k}", **given)
    text = str(found)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert all(axis in text for axis in found.axes)
    wide = Scorecard({f"axis {k}": "higher" for k in range(6)})
    wide.add("a", **{"axis 5": 3.0})
    assert "axis 5" in str(wide)
    assert max(map(len, str(wide).splitlines())) <= 80


def test_json():
    document = json.loads(card(("a", e(1.0), 2.0)).to_json())
    assert document["schema"] == "fullmenu/scorecard/1"
    assert document["axes"] == AXES
    assert document["checkpoints"][0]["estimates"]["kl"]["low"] is None


@pytest.mark.parametrize("axes", [{"quality": "up", "kl": "lower"}, {"quality": "higher"}])
def test_axes_are_two_or_more_and_have_a_way(axes):
    with pytest.raises(BadInput, match="give two or more"):
        Scorecard(axes)


def test_what_cannot_be_added():
    found = card(("a", e(1.0), e(1.0)))
    with pytest.raises(UnknownName, match="axis 'reward'"):
        found.add("b", reward=1.0)
    with pytest.raises(BadInput, match="'a' is on the card"):
        found.add("a", quality=1.0)
    with pytest.raises(BadInput, match="none of quality, kl"):
        found.add("b")
    with pytest.raises(BadInput, match="neither an Estimate nor a number"):
        found.add("b", quality="good")
    with pytest.raises(UnknownName, match="checkpoint"):
        found.status("z")


def test_an_axis_that_neither_of_two_has_does_not_keep_them_apart() -> None:
    card = Scorecard()
    for name, x, y in (("good", 1.0, 5.0), ("bad", 0.0, 2.0)):
        quality = Estimate(x, x - 0.1, x + 0.1, 9, "", "m")
        card.add(name, quality=quality, variety=Estimate(y, y - 1, y + 1, 9, "", "m"))
    assert card.status("bad") == "surely dominated"
    card.add("paid", quality=0.0, variety=1.0, kl=3.0)
    assert card.status("paid") == "frontier"  # what the others cost in KL is not known
