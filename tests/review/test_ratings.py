"""Ratings of versions, and judges against people."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.review.candidate_pairs import pairs_of
from fullmenu.review.human_repeat_rate import Answers
from fullmenu.review.judges import judge_against_people
from fullmenu.review.questions import drawn
from fullmenu.review.ratings import Preference, rate_versions


@pytest.fixture(autouse=True)
def choix(request, require):
    if "judge" not in request.node.name:
        require("choix")


def asked(strengths, n, seed=0, ties=0.0):
    rng = np.random.default_rng(seed)
    names = list(strengths)
    for i in range(n):
        a, b = rng.choice(names, 2, replace=False)
        p = 1 / (1 + np.exp(strengths[b] - strengths[a]))
        won = 0.5 if rng.random() < ties else float(rng.random() < p)
        yield Preference(str(a), str(b), won, str(i // 2))


def test_ratings_hold_the_truth():
    truth = {"a": 0.8, "b": 0.0, "c": -0.8}
    hits = []
    for seed in range(25):
        for rating in rate_versions(list(asked(truth, 240, seed))):
            hits.append(rating.strength.low <= truth[rating.name] <= rating.strength.high)
    assert np.mean(hits) > 0.86
    found = rate_versions(list(asked(truth, 600)))
    assert [r.name for r in found] == ["a", "b", "c"]
    assert 0.5 < found[0].wins.value < 1


def test_ties_are_half_a_win_and_sides_do_not_matter():
    some = list(asked({"a": 0.5, "b": 0.0}, 100, ties=0.3))
    turned = [Preference(p.second, p.first, 1 - p.won, p.prompt) for p in some]
    one, other = rate_versions(some), rate_versions(turned)
    assert one[0].strength.value == pytest.approx(other[0].strength.value, abs=1e-4)
    even = rate_versions([Preference("a", "b", 0.5, str(i)) for i in range(20)])
    assert even[0].strength.value == pytest.approx(0, abs=1e-6)


def test_one_that_never_lost_has_a_finite_rating():
    best = rate_versions([Preference("a", "b", 1.0, str(i)) for i in range(20)])[0]
    assert best.name == "a" and 0.95 < best.wins.value < 1


def test_refusals():
    with pytest.raises(NotEnoughData, match="3 answers on 2"):
        rate_versions([Preference("a", "b", 1.0)] * 3)
    with pytest.raises(BadInput, match=r"0\.5 \(a tie\)"):
        rate_versions([Preference("a", "b", 0.7)] * 12)
    with pytest.raises(BadInput, match="with itself"):
        rate_versions([Preference("a", "b", 1.0), *[Preference("a", "a", 1.0)] * 12])
    with pytest.raises(NotEnoughData, match="'a' with 'c'"):
        rate_versions([Preference("a", "b", 1.0), Preference("c", "d", 1.0)] * 8)


def test_judge_against_people_has_their_interval():
    rng = np.random.default_rng(0)
    pairs = pairs_of(np.repeat(np.arange(60), 5))
    people = rng.random(len(pairs.first)) < 0.5
    right = rng.random(len(people)) < 0.8
    judged = np.where(right, people, ~people)
    hits = []
    for seed in range(100):
        ask = drawn(pairs, 150, seed=seed)
        answers = Answers(*ask, np.arange(150) % 5, people[ask.pairs] * 1.0)
        e = judge_against_people(pairs, answers, judged[ask.pairs] * 1.0).for_people()
        hits.append(e.low <= right.mean() <= e.high)
    assert np.mean(hits) >= 0.9
    with pytest.raises(BadInput, match="1 answers of the judge to 150"):
        judge_against_people(pairs, answers, np.ones(1))
