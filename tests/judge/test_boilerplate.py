"""What nearly all outputs share is taken out, and what is left is judged."""

from __future__ import annotations

import json

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.judge.boilerplate import Boilerplate, find
from fullmenu.judge.case import pair
from fullmenu.report.words import headline
from fullmenu.samples import Samples

NAMES = [a + b for a in ("bra", "ke", "mio", "nu", "zol") for b in ("ti", "ver", "dan", "go")]


def record(dish: str, indent: int | None = None) -> str:
    fixed = {"status": "ok", "type": "recipe", "version": 2, "locale": "en", "units": "metric"}
    return json.dumps({**fixed, "dish": dish, "servings": 4, "language": "en"}, indent=indent)


def log(same: float, indent: int | None = None, seed: int = 0) -> Samples:
    """20 prompts × 8 records; a share of each prompt's has the prompt's own favourite dish."""
    r = np.random.default_rng(seed)
    served = {}
    for k, favourite in enumerate(NAMES):
        dishes = [" ".join(r.choice(NAMES, 2, replace=False)) for _ in range(8)]
        dishes[: round(8 * same)] = [f"{favourite} soup"] * round(8 * same)
        served[f"Dish {k}?"] = [record(dish, indent) for dish in dishes]
    return Samples.of(served)


def test_runs_in_both_logs_are_fixed():
    both = pair(log(0), log(0, indent=2, seed=1)).logs
    found = find(both)
    assert found
    # 7 fixed fields: 5 texts of 7 pieces each, 2 numbers of 5, a comma after each; the braces; of
    # the free field all but its two words
    pieces = 5 * 7 + 2 * 5 + 7 + 2 + 6
    assert found.share == pytest.approx(pieces / (pieces + 2))
    assert found.free_part(record("figs with honey", indent=4)) == "figs with honey"
    assert found.free_part(record("")) == record("")  # nothing is left: the text
    assert found.free_part("I cannot say.") == "I cannot say"


def test_stretches_stand_on_lines():
    runs = {("", "", "a"), ("", "a", "b"), ("=", "c", ";"), ("d", "", "")}
    plate = Boilerplate(frozenset(runs), 0.6)
    assert plate.fixed(["a", "b", "x", "=", "c", ";", "y"]) == [True] * 2 + [False] + [True] * 3 + [
        False
    ]
    assert plate.free_part("a b x = c; y, z!") == "x\ny, z"


def test_what_one_log_repeats_is_no_format():
    prose = {p: [f"{a} and {b} go well with {p}" for a, b in zip(NAMES, NAMES[3:], strict=False)]
             for p in NAMES}  # fmt: skip
    one = {p: [record("soup")] * 5 for p in NAMES}
    assert find(pair(Samples.of(prose), Samples.of(one)).logs) is None
    assert find(pair(Samples.of(one), Samples.of(prose)).logs) is None


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("same", [0.7, 1.0])
def test_a_collapse_of_the_free_field_is_a_loss(same, indent, valid):
    report = fm.compare(log(0, indent), log(same, indent, seed=1))
    valid(report.document)
    assert report.verdict in ("narrowed", "collapsed")
    view = report.document["views"]["answer"]
    assert view["free"]["ruling"]
    assert view["free"]["ratio"] == view["ratio"] != view["raw"]["ratio"]
    sizes = [view["free"][side]["effective_number"]["value"] for side in ("before", "after")]
    assert sizes[1] / sizes[0] == pytest.approx(view["ratio"]["value"])
    assert any("% of an output is the same in all" in c for c in report.document["caveats"])
    assert "leaves out the part that all outputs share" in headline(report.content)


def test_boilerplate_alone_is_no_loss():
    report = fm.compare(log(0), log(0, seed=1))
    assert report.verdict not in ("narrowed", "collapsed")


def test_prose_has_none():
    prose = Samples.of({p: [f"{p} {a} {b}" for a, b in zip(NAMES, NAMES[2:], strict=False)]
                        for p in NAMES})  # fmt: skip
    document = fm.compare(prose, prose).document
    assert all("free" not in view for view in document["views"].values())
    assert not any("same in all" in caveat for caveat in document["caveats"])
