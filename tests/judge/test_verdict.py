"""Each verdict at its margins."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Margins, Verdict, worst
from fullmenu.judge.verdict import decide
from fullmenu.kernel.rates import mean_rate
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


def verdict(ratio, se, n=N, tests=1, **margins):
    return decide(*sides(ratio, se, n), margins=Margins(**margins), tests=tests)


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
    ratio = verdict(0.7, 0.05, tests=3).ratio
    half = reach(1 - 0.05 / 3) * 0.05
    assert ratio.level == pytest.approx(1 - 0.05 / 3)
    assert (ratio.low, ratio.high) == pytest.approx((0.7 * math.exp(-half), 0.7 * math.exp(half)))
    assert ratio.n == N


def test_more_views_ask_for_more():
    se = 0.98 * math.log(1 / 0.7) / reach(0.95)
    assert verdict(0.7, se, tests=1).name == "narrowed"
    assert verdict(0.7, se, tests=3).name == "unclear"


def test_views_do_not_make_held_harder():
    se = IN * math.log(1.25) / HELD
    assert verdict(1.0, se, tests=9).name == "held"


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


def of(rates, n=10):
    """Replicates of the rates of prompts, which hide nothing."""
    rates = np.array(rates, float)
    return replace(mean_rate(rates, np.full(len(rates), n)), hidden=0.0)


def test_one_prompt_may_hold_a_fifth_but_no_more():
    found = decide(flat(0.1, share=0.2), flat(0.3))
    assert found.name == "collapsed"
    assert found.ratio.method.endswith("after ÷ before, jackknife over prompts")
    found = decide(flat(0.1), flat(0.3, share=0.21))
    assert found.ratio.method.endswith("after ÷ before, Fieller, jackknife over prompts")
    assert "after, one of the 40 prompts holds 21% of all repeats" in found.reason


PARIS = [1.0, 0.02, 0.03, 0.01, 0.02, 0.03, 0.01, 0.02]


def test_one_fixed_answer_does_not_blind_it():
    names = ["“Capital?”", *"bcdefgh"]
    assert decide(of(PARIS), of([1.0] * 8), tests=6).name == "narrowed"
    found = decide(of(PARIS), of([1.0] * 8), called=names.__getitem__)
    assert found.name == "collapsed"
    assert "before, one of the 8 prompts holds 88% of all repeats (“Capital?”)" in found.reason
    assert found.ratio.value == pytest.approx(sum(PARIS) / 8)
    back = decide(of([1.0] * 8), of(PARIS), tests=6, called=names.__getitem__)
    assert back.name == "widened"
    assert "after, one of the 8 prompts holds 88% of all repeats (“Capital?”)" in back.reason
    assert back.ratio.low > 1
    same = decide(of(PARIS), of(PARIS[:1] + PARIS[:0:-1]), called=names.__getitem__)
    assert (same.name, same.ratio) == ("unclear", None), "nothing is held where one prompt decides"
    assert "“Capital?”" in same.reason


def test_the_change_of_one_prompt_is_no_change_of_all():
    before, after = [0.3, *PARIS[1:]], [1.0, *PARIS[1:]]
    assert decide(of(before), of(after), called="abcdefgh".__getitem__).name == "unclear"


def test_collapsed_only_where_it_is_without_the_largest():
    before, after = Replicates(0.1, np.full(6, 0.14), "prompts"), flat(0.3, 6, share=0.3)
    for paired in (True, False):
        assert decide(before, after, paired=paired).name == "collapsed"
        half = replace(before, without=np.full(6, 0.15))
        assert decide(half, after, paired=paired).name == "narrowed"


def test_rates_are_compared_at_even_numbers_where_one_prompt_carries_them():
    before, after = of([0.0] * 5 + [0.1]), of([0.2, 0.2, 0.3, 0.2, 0.3, 0.2])
    assert decide(before, after).name == "collapsed"
    even = (of([0.2] * 5 + [0.1]), after)
    assert decide(before, after, even=even).name == "unclear"
    assert decide(of([0.2] * 6), of([0.2] * 6), even=(before, after)).name == "held"


def test_nothing_repeats():
    none, some = of([0.0] * 6), of([0.3, 0.2, 0.3, 0.2, 0.3, 0.2])
    lost = decide(none, some)
    assert (lost.name, lost.ratio.value, lost.ratio.low) == ("collapsed", 0, 0)
    # one repeat in 6 · 45 pairs is not seen, and the mean .25 is sure to t(5) · .05 · √(6/5)/√6
    sure = t.ppf(0.975, 5) * 0.05 * math.sqrt(1 / 5)
    assert lost.ratio.high == pytest.approx(math.log(40) / 270 / math.sqrt(0.25**2 - sure**2))
    gained = decide(some, none)
    assert (gained.name, gained.ratio) == ("widened", None)
    assert "nothing repeats after" in gained.reason
    nothing = decide(none, none)
    assert (nothing.name, nothing.ratio) == ("unclear", None)


def test_what_is_all_alike_is_not_certain():
    alike = mean_rate(np.ones(6), np.full(6, 2))
    found = decide(alike, alike)
    # 12 outputs a side hide 2/12 each; at 90 % that is e^(−√2/6 · log 20) = .49
    assert found.name == "unclear"
    assert found.ratio.low == pytest.approx(math.exp(-math.sqrt(2) / 6 * math.log(40)))
    many = mean_rate(np.ones(60), np.full(60, 10))
    found = decide(many, many)
    assert (found.name, found.no_room) == ("unclear", True)
    assert found.reason.startswith("mostly alike already (repeat rate 1.00 before)")


def test_nothing_is_held_where_a_loss_could_not_show():
    # from .85 before, no rate after gives a ratio below .85: inside the margin of held
    assert decide(*sides(1, 0.001, before=0.85)).no_room
    assert decide(*sides(1, 0.001, before=0.75)).name == "held"


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
    tests=st.integers(1, 6),
)
def test_needed_is_more_than_there_is_and_would_settle_it(ratio, se, n, tests):
    found = verdict(ratio, se, n, tests)
    if found.name != "unclear":
        assert found.needed is None
        return
    if found.needed is None:
        return
    assert found.needed > n
    assert str(found.needed) in found.reason
    if found.needed < 1_000_000:
        more = verdict(ratio, se * math.sqrt(n / found.needed), found.needed, tests)
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
