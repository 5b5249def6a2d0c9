"""Diverse selection against naive greedy and brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from fullmenu.cure import cluster_best, dpp, facility_location, mmr, pick, select
from fullmenu.cure.selection.greedy_choice import first_of_best, scaled
from fullmenu.errors import BadInput, UnknownName
from fullmenu.measures import repeat_rate
from fullmenu.samples import Record, Samples

METHODS = {
    "facility_location": facility_location,
    "dpp": dpp,
    "mmr": mmr,
    "cluster_best": cluster_best,
}
seeds = st.integers(0, 100_000)


def rows(seed, n=12, d=5):
    """Rows around a few centres, some of them twice."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, d))[rng.integers(0, 4, n)] + 0.4 * rng.normal(size=(n, d))
    x[n // 2] = x[0]
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def quality(seed, n=12):
    return np.random.default_rng(seed + 1).normal(size=n)


def coverage(k2, chosen):
    return k2[:, chosen].max(1).mean()


def naive(value, n, k):
    """Greedy by evaluating the set function anew for every row."""
    chosen = []
    for _ in range(k):
        left = np.array([i not in chosen for i in range(n)])
        gains = np.array([value([*chosen, i]) if left[i] else -np.inf for i in range(n)])
        chosen.append(first_of_best(gains, left))
    return chosen


@given(seeds, st.integers(1, 12), st.booleans())
@settings(max_examples=60)
def test_lazy_facility_location_is_the_naive_greedy(seed, k, good):
    x = rows(seed)
    k2 = (x @ x.T) ** 2
    q, t = (scaled(quality(seed), 12), 0.3) if good else (np.zeros(12), 0.0)
    found = facility_location(x, k, quality=quality(seed) if good else None, trade_off=0.3)
    value = lambda s: (1 - t) * coverage(k2, s) + t * q[s].sum() / k  # noqa: E731
    expected = naive(value, 12, k)
    assert value(found.tolist()) == pytest.approx(value(expected), abs=1e-9)
    if len({round(value([i]), 9) for i in range(12)}) == 11:  # the one planted pair of equals
        assert found[0] == expected[0]


@given(seeds, st.integers(1, 5))
@settings(max_examples=40)
def test_facility_location_reaches_its_guarantee(seed, k):
    x = rows(seed, n=10)
    k2 = (x @ x.T) ** 2
    best = max(coverage(k2, list(s)) for s in combinations(range(10), k))
    assert coverage(k2, facility_location(x, k)) >= (1 - 1 / np.e) * best


@given(seeds, st.integers(1, 8), st.booleans())
@settings(max_examples=60)
def test_fast_dpp_is_the_naive_greedy(seed, k, good):
    x = rows(seed)
    x[6] = rows(seed + 1)[6]  # no two equal: the determinant stays above 0
    k2 = (x @ x.T) ** 2
    q, t = (scaled(quality(seed), 12), 0.3) if good else (np.zeros(12), 0.0)

    def value(s):
        return (1 - t) * np.linalg.slogdet(k2[np.ix_(s, s)])[1] + t * q[s].sum()

    found = dpp(x, k, quality=quality(seed) if good else None, trade_off=0.3)
    assert value(found.tolist()) == pytest.approx(value(naive(value, 12, k)), abs=1e-6)


@given(seeds, st.integers(1, 12))
@settings(max_examples=40)
def test_mmr_is_its_formula(seed, k):
    x, q = rows(seed), scaled(quality(seed), 12)
    k2 = (x @ x.T) ** 2
    chosen = []
    for _ in range(k):
        left = np.array([i not in chosen for i in range(12)])
        score = 0.6 * q - 0.4 * (k2[:, chosen].max(1) if chosen else 0)
        chosen.append(first_of_best(score, left))
    assert mmr(x, k, quality=quality(seed), trade_off=0.6).tolist() == chosen


@pytest.mark.parametrize("name", METHODS)
@given(seed=seeds)
@settings(max_examples=20)
def test_sparse_rows_give_the_same_choice(name, seed):
    x = np.abs(rows(seed))
    assert METHODS[name](csr_matrix(x), 5).tolist() == METHODS[name](x, 5).tolist()


@pytest.mark.parametrize("name", METHODS)
def test_every_dish_once_before_any_twice(name):
    x = np.eye(6)[[0] * 10 + [1] * 5 + [2, 3, 4, 5]]
    assert sorted(METHODS[name](x, 6).tolist()) == [0, 10, 15, 16, 17, 18]
    eight = METHODS[name](x, 8).tolist()
    assert len(set(eight)) == 8
    assert x[eight].any(0).all()


@pytest.mark.parametrize("name", METHODS)
def test_quality_alone_takes_the_best(name):
    q = quality(3)
    assert set(METHODS[name](rows(3), 4, quality=q, trade_off=1.0)) == set(np.argsort(-q)[:4])


@pytest.mark.parametrize("name", ["mmr", "dpp"])
def test_the_chosen_repeat_less_than_chance_and_more_trade_off_is_better_quality(name):
    x, q = rows(5, n=60, d=4), quality(5, 60)
    chance = np.mean([
        repeat_rate(x[np.random.default_rng(s).permutation(60)[:8]]).value for s in range(50)
    ])  # fmt: skip
    assert repeat_rate(x[METHODS[name](x, 8)]).value < 0.7 * chance
    means = [q[METHODS[name](x, 8, quality=q, trade_off=t)].mean() for t in (0, 0.5, 1)]
    assert means[0] < means[1] <= means[2]


def log(menu):
    return Samples.from_records(
        Record(o, p, score=s)
        for p, outputs in {"A?": (0, 0, 1, 2), "B?": (3, 3)}.items()
        for s, o in enumerate(menu[i] for i in outputs)
    )


def test_select_by_prompt_keeps_the_order_of_the_log(menu):
    s = select(log(menu), 3, by_prompt=True)
    assert sorted(s.rows.tolist()) == [0, 2, 3, 4, 5]
    assert s.samples.outputs == [menu[0], menu[1], menu[2], menu[3], menu[3]]
    assert s.quality_before is s.quality_after is None
    assert select(log(menu), share=0.5, by_prompt=True).rows.tolist() == [0, 3, 4]


def test_the_logs_scores_are_quality(menu):
    s = select(log(menu), 1, quality="score", by_prompt=True)
    assert s.rows.tolist() == [3, 5]
    assert s.quality_after == 2.0 > s.quality_before


def test_mistakes_are_named(menu):
    outputs = log(menu)
    for wrong in ({}, {"k": 2, "share": 0.5}, {"share": 0.0}, {"k": 7}, {"k": 0}):
        with pytest.raises(BadInput, match=r"k=|share="):
            select(outputs, **wrong)
    with pytest.raises(UnknownName, match="facility_location"):
        select(outputs, 2, method="facility")
    with pytest.raises(BadInput, match="no score"):
        select(Samples.of(["a", "b"]), 1, quality="score")
    with pytest.raises(BadInput, match="one finite number"):
        select(outputs, 2, quality=[1.0])
    with pytest.raises(BadInput, match="trade_off=2"):
        mmr(np.eye(2), 1, trade_off=2)


@given(seeds, st.integers(1, 12), st.booleans())
@settings(max_examples=40)
def test_cluster_best_takes_one_of_each_cluster(seed, k, good):
    x = rows(seed)
    found = cluster_best(x, k, quality=quality(seed) if good else None, trade_off=0.4)
    assert len(set(found.tolist())) == k
    kinds = np.eye(4)[[0, 0, 1, 1, 1, 2, 3, 3]]
    q = np.random.default_rng(seed).normal(size=8)
    best = cluster_best(kinds, 4, quality=q).tolist()
    assert {int(kinds[i].argmax()) for i in best} == {0, 1, 2, 3}
    assert all(q[i] == q[kinds[:, kinds[i].argmax()] == 1].max() for i in best)
    assert q[best].tolist() == sorted(q[best], reverse=True)


def test_cluster_best_says_when_there_are_too_many_rows():
    with pytest.raises(BadInput, match="by_prompt"):
        cluster_best(np.eye(2)[np.zeros(2001, int)], 2)


@pytest.mark.parametrize("method", METHODS)
def test_pick_takes_unlike_outputs_and_no_empty_one(menu, method):
    outputs = [menu[0], "", menu[0], menu[1], "  ", menu[2]]
    assert sorted(pick(outputs, 3, method=method)) == sorted(menu[i] for i in (0, 1, 2))
    assert set(pick(outputs, 5, method=method)) == {*menu[:3], ""}
    best = pick(outputs, 2, method=method, quality=[0, 9, 1, 0, 9, 3], trade_off=0.9)
    assert set(best) == {menu[0], menu[2]}


def test_pick_names_mistakes():
    with pytest.raises(BadInput, match="k=3 of 2"):
        pick(["a", "b"], 3)
    with pytest.raises(UnknownName, match="cluster_best"):
        pick(["a", "b"], 1, method="best")
    with pytest.raises(BadInput, match="one finite number"):
        pick(["a", "b"], 1, quality=[1.0])
