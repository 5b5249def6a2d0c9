"""Baselines of several visits a prompt: are draws within a visit independent, and if not?"""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.monitor.baseline import _expected, _means, _of_visits, _pairs, _Stratum
from fullmenu.monitor.bounds import gamma_bound, strata_spread
from fullmenu.samples import Record, Samples
from fullmenu.views.registry import View
from fullmenu.watch import Baseline

LETTER = View(
    "letter",
    lambda outputs, prompts: np.eye(128)[[ord(text[0]) for text in outputs]],
    "the first letter",
    "all else",
)


def log(visits) -> Samples:
    return Samples.from_records(
        Record(o, prompt_id=p, sample_index=i)
        for p, outputs in visits
        for i, o in enumerate(outputs)
    )


def fit(visits, signals=(), **options) -> Baseline:
    return Baseline.fit(log(visits), views=[LETTER], signals=signals, **options)


def test_pairs_within_and_between_visits_by_hand():
    # a a | a b | c: within (1 + 0)/2; between: of 20 − 4 ordered pairs the two a of the first visit
    # meet the a of the second: 4 of 16
    k = np.equal.outer(list("aaabc"), list("aaabc")).astype(float)
    together, apart = _pairs(k, np.array([0, 0, 1, 1, 2]))
    assert together[0] == pytest.approx(6 / 20)
    assert together[-1] == apart[-1] == pytest.approx(1 / 2 - 4 / 16)
    # visits 1 and 0: mean ½, variance of the mean ½/2, a jump of ½, 1 event in sum ÷ largest
    doubt = 3 * ((1 + 1 / np.sqrt(2)) ** 2 - 1)
    assert apart[:6] == pytest.approx((0.5, 0.25, 0.5, doubt, 0.0, 2))


def test_one_visit_tells_nothing_of_dependence():
    k = np.equal.outer(list("aab"), list("aab")).astype(float)
    together, apart = _pairs(k, np.zeros(3, np.int64))
    assert np.isnan(together[-1]) and apart[0] == pytest.approx(1 / 3) and np.isnan(apart[1])


def test_means_of_visits_by_hand():
    # 1 1 | 3 3: means vary by 2; independent values of variance 4/3 would give 4/3 · ½
    together, apart = _means(np.array([1.0, 1, 3, 3]), np.array([0, 0, 1, 1]))
    assert together[:3] == pytest.approx((2, 4 / 3 / 4, 1 / 4))
    assert together[-1] == pytest.approx(2 - 4 / 3 / 2)
    assert apart[:3] == pytest.approx((2, 2 / 2, 1 / 2))
    assert np.isnan(_means(np.array([1.0, 2]), np.array([0, 1]))[0][-1])  # one value a visit


def test_visits_as_units_by_hand():
    mean, variance, jump, doubt, more, n = _of_visits(np.array([0.2, 0.0, 0.4]))
    assert (mean, variance, jump, more, n) == pytest.approx((0.2, 0.04 / 3, 1 / 3, 0, 3))
    assert doubt == pytest.approx(3 * ((1 + 1 / np.sqrt(1.5 + 1)) ** 2 - 1))
    assert _of_visits(np.zeros(2))[0] == 0


def test_an_excess_of_one_standard_error_is_dependence():
    def stratum(excess):
        s = _Stratum.empty(len(excess))
        s.excess[:] = excess
        return s

    # mean .1; standard deviation .1·√2 over two prompts: a standard error of .1
    assert stratum([0.0, 0.2]).dependent is False
    assert stratum([0.01, 0.2]).dependent is True
    assert stratum([0.3]).dependent is True and stratum([-0.3]).dependent is False
    assert stratum([np.nan, np.nan]).dependent is None
    assert stratum([0.0, 0.0]).dependent is False


def test_expected_is_drawn_towards_the_mean_by_the_share_of_error():
    # values 0 and .4 vary by .08; their errors by .02: a quarter of the way to the mean of .1
    s = _Stratum.empty(3)
    s.each[:2], s.variance[:2] = (0.0, 0.4), (0.02, 0.02)
    q = np.array([0.6, 0.2, 0.2])
    assert _expected(s, q) == pytest.approx([0.025, 0.325, 0.1])
    s.variance[1] = np.nan  # the error is not known: no difference is believed
    assert _expected(s, q) == pytest.approx([0.1, 0.1, 0.1])
    s.variance[:2] = 0.2  # all of it is error
    assert _expected(s, q) == pytest.approx([0.1, 0.1, 0.1])


def favourites(rng, excess, prompts=30, visits=5, each=4):
    order = rng.permutation(np.repeat(np.arange(prompts), visits))
    letters = [chr(c) for c in range(33, 120)]
    for p in order.tolist():
        favourite = rng.choice(letters)
        yield (
            f"q{p}",
            [
                favourite if rng.random() < np.sqrt(excess) else rng.choice(letters)
                for _ in range(each)
            ],
        )


def test_dependent_draws_are_read_off_single_visits():
    b = fit(list(favourites(np.random.default_rng(0), 0.1)))
    level = b.level(None)
    assert level.dependent == (True,) and b.draws == "dependent"
    assert level.mean[0] == pytest.approx(0.1 + 0.9 / 87, abs=0.04)
    independent = fit(list(favourites(np.random.default_rng(1), 0.0)))
    assert independent.level(None).mean[0] < 0.03
    assert fit([(f"q{i}", "aab") for i in range(9)]).draws == "untested"


def test_the_bound_of_dependent_draws_by_hand():
    # every prompt: visits a a and b c, the letters of one prompt only: within ½, between 0
    menus = [("aa", "bc"), ("dd", "ef")]
    order = [(p, v) for v in (0, 1) for p in (0, 1)]
    level = fit([(f"q{p}", menus[p][v]) for p, v in order]).level(None)
    assert level.mean == pytest.approx([0.5])
    doubt = 3 * ((1 + 1 / np.sqrt(2)) ** 2 - 1)
    columns = [np.full(2, x) for x in (0.25, 0.5, doubt, 0.0, 0.5)]
    assert level.bounds == pytest.approx([gamma_bound(0.5, *strata_spread(*columns), 0.99)])


def test_top_dishes_are_counted_within_visits():
    # each visit serves one dish twice; blocks that straddle visits would show ½
    visits = [(f"q{i % 5}", [c, c, c, c]) for c in "ab" for i in range(5)]
    level = fit(visits, ["top_dish"], size=2).level(None)
    assert level.mean[1] == 1
