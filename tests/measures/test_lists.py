"""Measures of ranked lists: against their definitions, by brute force, and at the edges."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import (
    aggregate_diversity,
    catalogue_coverage,
    effective_items,
    exposure_gini,
    intra_list_variety,
    user_overlap,
)
from fullmenu.measures.lists._shown import shown
from fullmenu.measures.lists.catalogue import rarefied
from fullmenu.measures.lists.exposure_gini import _without

MENU = [["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]]
EVERY = [aggregate_diversity, user_overlap, effective_items, lambda x: exposure_gini(x, None)]


def ragged(seed, n=9, items=15, most=7):
    """Lists of 1 to 6 items; some items come twice."""
    rng = np.random.default_rng(seed)
    return [rng.choice(items, rng.integers(1, most)).tolist() for _ in range(n)]


def pairs(lists, f):
    return float(np.mean([f(a, b) for a, b in itertools.combinations(lists, 2)]))


def gini(x):
    x = np.asarray(x, float)
    return np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean())


def exposure(lists, items, weights=None):
    out = np.zeros(items)
    for row in lists:
        for item in dict.fromkeys(row):
            out[item] += 1 if weights is None else 1 / np.log2(2 + row.index(item))
    return out


def different(lists, users):
    """Mean number of different items over all sets of so many users."""
    return np.mean([len(set().union(*c)) for c in itertools.combinations(lists, users)])


@pytest.mark.parametrize("users", [1, 3, 8, 9])
def test_coverage_among_fewer_users_is_the_mean_over_all_sets_of_them(users):
    lists = ragged(0)
    value, without = rarefied(shown(lists), users)
    assert value == pytest.approx(different(lists, users))
    left = [different(lists[:u] + lists[u + 1 :], min(users, 8)) for u in range(9)]
    assert without == pytest.approx(left)
    assert aggregate_diversity(lists, users=users).value == pytest.approx(value)


def test_coverage_of_a_catalogue_by_number_or_by_ids():
    assert aggregate_diversity(MENU).value == 4
    assert catalogue_coverage(MENU, 10).value == 0.4
    assert catalogue_coverage(MENU, list("abcdefgh")).value == 0.5
    assert catalogue_coverage(MENU, 4).high == 1
    assert catalogue_coverage(MENU, 4, k=1).value == 0.25
    assert catalogue_coverage(MENU, 5, users=1).value == pytest.approx(0.4)


def test_users_who_all_see_the_same_see_at_least_that():
    e = aggregate_diversity([["a", "b", "c"]] * 20)
    assert (e.value, e.low) == (3, 3)
    assert 3 < e.high < 60


def test_coverage_says_what_is_missing():
    with pytest.raises(NotEnoughData, match="4 users with a list, so what 9 users see"):
        catalogue_coverage(MENU, 9, users=9)
    with pytest.raises(BadInput, match="catalogue=3, but 4 different items"):
        catalogue_coverage(MENU, 3)
    with pytest.raises(BadInput, match="lacks 'd'"):
        catalogue_coverage(MENU, ["a", "b", "c"])
    with pytest.raises(BadInput, match="users=0"):
        aggregate_diversity(MENU, users=0)


@pytest.mark.parametrize("k", [None, 2])
def test_overlap_is_the_mean_cosine_of_all_pairs(k):
    lists = [row[:k] for row in ragged(1)]
    sets = [set(row) for row in lists]
    expected = pairs(sets, lambda a, b: len(a & b) / np.sqrt(len(a) * len(b)))
    assert user_overlap(ragged(1), k=k).value == pytest.approx(expected)


def test_overlap_at_its_ends():
    alike, apart = user_overlap([["a", "b"]] * 20), user_overlap([[i, -i - 1] for i in range(20)])
    assert (alike.value, alike.high) == (1, 1)
    assert 0.5 < alike.low < 1
    assert (apart.value, apart.low) == (0, 0)
    assert 0 < apart.high < 0.1


@pytest.mark.parametrize("weights", [None, "dcg"])
def test_effective_items_is_one_over_the_chance_that_two_users_look_at_one_item(weights):
    lists = ragged(2)
    rows = [exposure([row], 15, weights) for row in lists]
    rows = [row / row.sum() for row in rows]
    e = effective_items(lists, weights=weights)
    assert 1 / e.value == pytest.approx(pairs(rows, np.dot))


def test_effective_items_of_one_list_for_everybody_is_its_length():
    e = effective_items([["a", "b", "c"]] * 10)
    assert e.value == pytest.approx(3)
    assert e.low == pytest.approx(3)
    assert e.high > 3


def test_effective_items_does_not_drift_with_users():
    rng = np.random.default_rng(3)
    p = 1 / np.arange(1, 41)
    lists = [rng.choice(40, 5, replace=False, p=p / p.sum()).tolist() for _ in range(1_000)]
    far = 1 / effective_items(lists).value
    few = [1 / effective_items(lists[i : i + 5]).value for i in range(0, 1_000, 5)]
    assert np.mean(few) == pytest.approx(far, rel=0.05)


def test_effective_items_beyond_the_sample():
    with pytest.raises(NotEnoughData, match="no two of 3 users share an item"):
        effective_items([[1], [2], [3]])


@pytest.mark.parametrize("weights", [None, "dcg"])
def test_gini_and_each_user_left_out_by_definition(weights):
    lists = ragged(4)
    s = shown(lists)
    inside = [[s.items.index(i) for i in row] for row in lists]
    all_of_them = exposure(inside, 20, weights)
    assert exposure_gini(lists, 20, weights=weights).value == pytest.approx(gini(all_of_them))
    weight = s.weights(weights)
    got = _without(s, weight, np.bincount(s.item, weight).astype(float), 20)
    left = [gini(exposure(inside[:u] + inside[u + 1 :], 20, weights)) for u in range(len(lists))]
    assert got == pytest.approx(left)


def test_gini_is_blind_to_collapse_without_a_catalogue():
    same = [["a", "b"]] * 10
    assert exposure_gini(same, None).value == 0
    assert exposure_gini(same, 100).value == pytest.approx(0.98)
    with pytest.raises(NotEnoughData, match="a catalogue of one item"):
        exposure_gini([["a"]] * 5, 1)


def test_intra_list_variety_by_definition():
    lists = ragged(5)
    features = dict(enumerate(np.random.default_rng(6).normal(size=(15, 3))))
    unit = {i: v / np.linalg.norm(v) for i, v in features.items()}
    each = [
        pairs([unit[i] for i in dict.fromkeys(row)], lambda a, b: 1 - a @ b)
        for row in lists
        if len(set(row)) > 1
    ]
    e = intra_list_variety(lists, features)
    assert (e.value, e.n) == (pytest.approx(np.mean(each)), len(each))


def test_intra_list_variety_needs_vectors_and_pairs():
    with pytest.raises(BadInput, match="item 'c' was shown but has no vector"):
        intra_list_variety(MENU, {"a": [1, 0], "b": [0, 1]})
    with pytest.raises(BadInput, match="all zeros"):
        intra_list_variety(MENU, {"a": [1, 0], "b": [0, 0], "c": [1, 1], "d": [1, 1]})
    with pytest.raises(BadInput, match="vectors of shapes"):
        intra_list_variety(MENU, {"a": [1, 0], "b": [0], "c": [1, 1], "d": [1, 1]})
    with pytest.raises(NotEnoughData, match="0 of 4 users have a list of two"):
        intra_list_variety(MENU, {item: [1, 0] for item in "abcd"}, k=1)


@pytest.mark.parametrize("f", EVERY)
def test_a_list_with_repeats_is_one_without_and_empty_lists_are_no_users(f):
    repeated = [["a", "a", "b", "a"], [], ["a", "c", "c"], ["a", "b"], ["a", "d"], ()]
    assert f(repeated) == f(MENU)


def test_an_item_that_comes_twice_has_its_best_place():
    twice, once = [["a", "b", "a"], ["b", "c"]], [["a", "b"], ["b", "c"]]
    assert effective_items(twice, weights="dcg") == effective_items(once, weights="dcg")


def test_arrays_are_lists_too():
    lists = np.random.default_rng(7).integers(0, 9, (6, 4))
    assert user_overlap(lists) == user_overlap(lists.tolist())
    assert user_overlap(pa.array(lists.tolist())) == user_overlap(lists)


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ("abc", "lists is one string"),
        (["abc", "abd"], "one of the lists is a str"),
        ([{"a"}, {"b"}], "one of the lists is a set"),
        ([["a", None], ["a"]], "None as an item"),
        ([[float("nan")], ["a"]], "nan as an item"),
        ([[["a"]], ["a"]], "cannot be told apart"),
        ([1, 2], "one of the lists is a int"),
    ],
)
@pytest.mark.parametrize("f", EVERY)
def test_what_is_no_ranked_list_says_so(f, lists, why):
    with pytest.raises(BadInput, match=why):
        f(lists)


@pytest.mark.parametrize("k", [0, -1, 2.5, True])
def test_k_is_a_whole_number(k):
    with pytest.raises(BadInput, match="k="):
        user_overlap(MENU, k=k)


def test_weights_are_known():
    with pytest.raises(BadInput, match="unknown weights 'log'"):
        effective_items(MENU, weights="log")
