"""Agreement: published values, scikit-learn's, and intervals that hold what they should."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.review.agreement import (
    cohen_kappa,
    estimate_agreement,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
)  # fmt: skip

N = None
CLASSIC = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]


def test_the_classic_table():
    assert krippendorff_alpha(CLASSIC) == pytest.approx(0.743421, abs=5e-7)
    assert krippendorff_alpha(CLASSIC, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(CLASSIC, "interval") == pytest.approx(0.849, abs=5e-4)
    assert gwet_ac1(CLASSIC) == pytest.approx(0.77544, abs=5e-6)


def test_fleiss_of_his_example():
    """Fourteen raters, ten items, five answers: kappa .210 (Fleiss 1971, as often retold)."""
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    items = [np.repeat(np.arange(5), row).tolist() for row in counts]
    table = [list(row) for row in zip(*items, strict=True)]
    assert fleiss_kappa(table) == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_cohen_is_scikit_learns(weights, require):
    metrics = require("sklearn.metrics")
    rng = np.random.default_rng(0)
    for n in (5, 40, 300):
        a = rng.integers(0, 4, n)
        b = np.where(rng.random(n) < 0.6, a, rng.integers(0, 4, n))
        theirs = metrics.cohen_kappa_score(a, b, weights=weights)
        assert cohen_kappa(a.tolist(), b.tolist(), weights) == pytest.approx(theirs, abs=1e-12)


def raters(n=150, r=6, right=0.85, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n)
    skill = np.clip(rng.normal(right, 0.05, r), 0, 1)
    return [np.where(rng.random(n) < s, truth, 1 - truth).tolist() for s in skill]


@pytest.mark.parametrize("coefficient", ["alpha", "ac1", "fleiss"])
def test_intervals_hold_the_truth(coefficient):
    """Two answers alike: alpha tends to (2q − 1)², with q right."""
    hits = np.zeros(2)
    for seed in range(60):
        found = estimate_agreement(raters(seed=seed), coefficient, seed=seed)
        for k, e in enumerate(found):
            hits[k] += e.low <= 0.7**2 <= e.high
    assert hits[1] / 60 >= 0.9
    found = estimate_agreement(raters(), coefficient)
    assert found.people.high - found.people.low > found.these_raters.high - found.these_raters.low


def test_two_raters_speak_for_themselves():
    assert estimate_agreement(raters(r=2)).people is None


def test_missing_answers_and_order_do_not_matter():
    table = raters()
    shuffled = [row[::-1] for row in table[::-1]]
    assert krippendorff_alpha(shuffled) == pytest.approx(krippendorff_alpha(table))
    more = [[*row, 1 if r == 0 else None] for r, row in enumerate(table)]
    assert krippendorff_alpha(more) == pytest.approx(krippendorff_alpha(table))


def test_refusals():
    with pytest.raises(BadInput, match="all of one length"):
        krippendorff_alpha([[1, 2], [1]])
    with pytest.raises(NotEnoughData, match="all answers are the same"):
        krippendorff_alpha([[1, 1], [1, 1]])
    with pytest.raises(BadInput, match="as many answers"):
        fleiss_kappa(CLASSIC)
    with pytest.raises(BadInput, match="use one of alpha"):
        estimate_agreement(CLASSIC, "beta")
    with pytest.raises(NotEnoughData, match="4 items have two"):
        estimate_agreement([[1, 2, 1, 2], [1, 2, 2, 1]])
    with pytest.raises(NotEnoughData, match="nothing to agree on"):
        gwet_ac1([[1, None], [None, 2]])
    with pytest.raises(NotEnoughData, match="both raters"):
        cohen_kappa([None], [1])
    with pytest.raises(NotEnoughData, match="one answer throughout"):
        cohen_kappa([1, 1], [1, 1])
    with pytest.raises(BadInput, match="several types"):
        krippendorff_alpha([[1, "a"], [1, "a"]])
    with pytest.raises(BadInput, match="no number"):
        krippendorff_alpha([["a", "b"], ["a", "a"]], "interval")
    with pytest.raises(BadInput, match="use nominal"):
        krippendorff_alpha([["a", "b"], ["a", "a"]], "ratio")


@pytest.mark.parametrize("of", [krippendorff_alpha, gwet_ac1])
def test_nothing_to_agree_on_is_refused(of):
    with pytest.raises(NotEnoughData, match="no item has two answers"):
        of([[1, None], [None, 2]])


def test_one_answer_wherever_two_were_given_is_no_agreement_beyond_chance():
    with pytest.raises(NotEnoughData, match="all answers are the same"):
        krippendorff_alpha([[1, 1, 2], [1, 1, None]])


@pytest.mark.parametrize("coefficient", ["alpha", "ac1"])
def test_a_rater_who_alone_connects_the_others_leaves_the_interval_for_these(coefficient):
    """Nobody else's answers can be compared, so nothing is said of people."""
    rest = [None] * 8
    table = [[1, 2] * 8, [1, 2, 1, 2, 1, 2, 1, 1, *rest], [*rest, 1, 2, 1, 2, 2, 2, 1, 2]]
    these, people = estimate_agreement(table, coefficient)
    assert people is None and these.low < these.value < these.high
