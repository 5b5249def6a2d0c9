"""Each verdict at its margins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Margins, Verdict, worst
from fullmenu.judge.verdict import decide
from fullmenu.stats.jackknife import Replicates

N = 40
BEFORE = 0.1


def flat(value, n=N, **other):
    return Replicates(value, np.full(n, value), "prompts", **other)


def sides(ratio, se, n=N, before=BEFORE):
    """Replicates whose log ratio is exactly log(ratio), with exactly this standard error."""
    after = before / ratio
    step = se / math.sqrt(n - 1) * np.resize([1.0, -1.0], n)
    return flat(before, n), Replicates(after, after * np.exp(step), "prompts")


def reach(level, n=N):
    return t.ppf(0.5 + level / 2, n - 1)


def verdict(ratio, se, n=N, views=1, **margins):
    return decide(*sides(ratio, se, n), margins=Margins(**margins), views=views)


IN, OUT = 0.999, 1.001
LOSS = reach(0.95)
HELD = reach(0.90)


@pytest.mark.parametrize(
    ("ratio", "se", "name"),
    [
        (0.4, IN * math.log(0.5 / 0.4) / LOSS, "collapsed"),
        (0.4, OUT * math.log(0.5 / 0.4) / LOSS, "narrowed"),
        (0.7, IN * math.log(1 / 0.7) / LOSS, "narrowed"),
        (0.7, OUT * math.log(1 / 0.7) / LOSS, "unclear"),
        (0.899, 1e-6, "narrowed"),
        (0.901, 1e-6, "held"),
        (1.0, IN * math.log(1.25) / HELD, "held"),
        (1.0, OUT * math.log(1.25) / HELD, "unclear"),
        (0.95, IN * math.log(0.95 / 0.8) / HELD, "held"),
        (0.95, OUT * math.log(0.95 / 0.8) / HELD, "unclear"),
        (1 / 0.901, 1e-6, "held"),
        (1 / 0.899, 1e-6, "widened"),
        (1.4, IN * math.log(1.4) / LOSS, "widened"),
        (1.4, OUT * math.log(1.4) / LOSS, "unclear"),
    ],
)
def test_just_inside_and_just_outside(ratio, se, name):
    found = verdict(ratio, se)
    assert found.name == name
    assert found.ratio.value == pytest.approx(ratio)
    assert found.lost == (name in ("collapsed", "narrowed"))


def test_the_interval_is_the_one_the_verdict_was_read_from():
    ratio = verdict(0.7, 0.05, views=3).ratio
    half = reach(1 - 0.05 / 3) * 0.05
    assert ratio.level == pytest.approx(1 - 0.05 / 3)
    assert (ratio.low, ratio.high) == pytest.approx((0.7 * math.exp(-half), 0.7 * math.exp(half)))
    assert ratio.n == N


def test_more_views_ask_for_more():
    se = 0.98 * math.log(1 / 0.7) / reach(0.95)
    assert verdict(0.7, se, views=1).name == "narrowed"
    assert verdict(0.7, se, views=3).name == "unclear"


def test_views_do_not_make_held_harder():
    se = IN * math.log(1.25) / HELD
    assert verdict(1.0, se, views=9).name == "held"


def test_margins_are_settings():
    assert verdict(0.6, 0.01).name == "narrowed"
    assert verdict(0.6, 0.01, collapsed=0.7).name == "collapsed"
    assert verdict(0.85, 0.01, narrowed=0.8).name == "held"
    assert verdict(1.0, 0.05, held_low=0.99).name == "unclear"
    just = IN * math.log(1.25) / HELD
    held = verdict(1.0, just)
    assert held.name == "held"
    assert held.reason.startswith("the 90 % interval [0.80, 1.25] lies inside")
    assert verdict(1.0, just, held_level=0.95).name == "unclear"
    strict = verdict(1.0, 0.9 * just * HELD / LOSS, held_level=0.95)
    assert strict.reason.startswith("the 95 % interval")


def test_unpaired_variances_add():
    one, other = sides(0.7, 0.1)[1], sides(0.7, 0.1)[1]
    paired = decide(one, other).ratio
    apart = decide(one, other, paired=False).ratio
    assert paired.low == paired.high == pytest.approx(1)
    assert math.log(apart.high) == pytest.approx(t.ppf(0.975, 2 * (N - 1)) * 0.1 * math.sqrt(2))


def test_outputs_are_never_paired():
    strata = np.repeat([0, 1], 20)
    one = Replicates(0.3, 0.3 + np.linspace(-0.01, 0.01, 40), "outputs", strata)
    turned = Replicates(0.3, one.without[::-1].copy(), "outputs", strata)
    straight, reverse = decide(one, one), decide(one, turned)
    assert straight.ratio.low < 1 < straight.ratio.high
    assert straight.ratio.low == pytest.approx(reverse.ratio.low)
    fewer = Replicates(0.3, one.without[::2].copy(), "outputs", strata[::2])
    assert decide(one, fewer).ratio.value == pytest.approx(1)
    assert "of these prompts only" in straight.ratio.method


def test_one_prompt_may_hold_a_fifth_but_no_more():
    assert decide(flat(0.1, share=0.2), flat(0.3)).name == "collapsed"
    found = decide(flat(0.1), flat(0.3, share=0.21))
    assert (found.name, found.ratio, found.needed) == ("unclear", None, None)
    assert "after" in found.reason
    assert "21%" in found.reason


@pytest.mark.parametrize("side", [0, 1])
def test_no_repeats_no_interval(side):
    rest = np.full(N, 0.1)
    rest[3] = 0.0
    for bad in (flat(0.0), Replicates(0.1, rest, "prompts")):
        pair = [flat(0.1), flat(0.1)]
        pair[side] = bad
        found = decide(*pair)
        assert (found.name, found.ratio) == ("unclear", None)
        assert ("before", "after")[side] in found.reason


def test_out_of_reach_is_said():
    already = decide(*sides(0.6, 0.01, before=0.55))
    assert already.name == "narrowed"
    assert "already 0.55" in already.reason
    assert "out of reach" in already.reason
    assert "out of reach" not in decide(*sides(0.6, 0.01, before=0.45)).reason


@given(
    ratio=st.floats(0.3, 3),
    se=st.floats(0.01, 2),
    n=st.integers(6, 400),
    views=st.integers(1, 6),
)
def test_needed_is_more_than_there_is_and_would_settle_it(ratio, se, n, views):
    found = verdict(ratio, se, n, views)
    if found.name != "unclear":
        assert found.needed is None
        return
    if found.needed is None:
        return
    assert found.needed > n
    assert str(found.needed) in found.reason
    if found.needed < 1_000_000:
        more = verdict(ratio, se * math.sqrt(n / found.needed), found.needed, views)
        assert more.name != "unclear"


@pytest.mark.parametrize(
    ("ratio", "units"),
    [  # 40 prompts, s.e. 0.2; t(39) is 2.0227 at 95 % and 1.6849 at 90 %
        (
            0.7,
            53,
        ),  # a loss needs s.e. |log .7|/2.0227 = .17634: 40 · (.2/.17634)² = 51.5, up, and 1
        (1.0, 93),  # held needs log 1.25/1.6849 = .13244: 40 · (.2/.13244)² = 91.2, up, and 1
        (1.4, 59),  # a gain needs log 1.4/2.0227 = .16635: 57.8, up, and 1
        (0.88, 402),  # a loss .06320, held log(.88/.8)/1.6849 = .05657: the easier, 400.6
    ],
)
def test_needed_by_hand(ratio, units):
    found = verdict(ratio, 0.2)
    assert (found.name, found.needed) == ("unclear", units)


def test_needed_is_left_out_between_the_margins():
    assert verdict(1 / 0.9, 0.5).needed is not None
    assert verdict(0.95, 0.3, held_low=0.96).needed is None


@pytest.mark.parametrize(
    ("before", "after", "margins", "name"),
    [  # no spread, so the interval is the ratio: a margin reached exactly is not passed
        (0.05, 0.1, {}, "narrowed"),
        (0.05, 0.1, {"collapsed": 0.25, "narrowed": 0.5}, "unclear"),
        (0.1, 0.05, {"collapsed": 0.25, "narrowed": 0.5}, "unclear"),
        (0.1, 0.1, {"narrowed": 1.0}, "held"),
        (0.05, 0.1, {"collapsed": 0.1, "narrowed": 0.4, "held_low": 0.5}, "unclear"),
        (0.1, 0.05, {"collapsed": 0.1, "narrowed": 0.4, "held_high": 2.0}, "unclear"),
    ],
)
def test_a_margin_reached_is_not_passed(before, after, margins, name):
    assert decide(flat(before), flat(after), margins=Margins(**margins)).name == name


def test_a_repeat_rate_of_one_half_was_out_of_reach_already():
    assert "out of reach" in decide(flat(0.5), flat(0.8)).reason


def test_strata_on_one_side_are_outputs_too():
    strata = np.repeat([0, 1], 20)
    one = Replicates(0.3, 0.3 + np.linspace(-0.01, 0.01, 40), "outputs", strata)
    other = Replicates(0.3, one.without.copy(), "outputs")
    for before, after in ((one, other), (other, one)):
        assert decide(before, after).ratio.low < 1  # paired, they would cancel


def test_at_a_margin_nothing_is_needed_that_could_not_settle_it():
    loss = {"collapsed": 0.25, "narrowed": 0.5}
    for ratio in (0.5, 2.0):
        found = verdict(ratio, 0.5, **loss)
        assert (found.name, found.needed) == ("unclear", None)
    room = {"collapsed": 0.1, "narrowed": 0.4, "held_low": 0.5, "held_high": 2.0}
    for ratio in (0.5, 2.0):
        found = verdict(ratio, 0.5, **room)
        assert (found.name, found.needed) == ("unclear", None)


def test_the_worst_speaks_for_all():
    order = ["collapsed", "narrowed", "unclear", "held"]
    for k, name in enumerate(order):
        rest = [Verdict(n, "") for n in reversed(order[k:])]
        assert worst([Verdict("widened", ""), *rest]).name == name
    assert worst([Verdict("widened", "")]).name == "widened"
    with pytest.raises(NotEnoughData):
        worst([])
