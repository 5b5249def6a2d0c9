"""Sums over pairs by hand, and which pairs are compared where there are many rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import (
    Likeness,
    PairSums,
    by_group,
    grams,
    inside,
    pair_sums,
    parts,
    share_of_pairs,
    snapped,
    within_pairs,
)

ROOTS = np.array([[1, 0], [0.6, 0.8], [0, 1]])  # k² = .36, 0 and .64


def wide(n, dishes=7):
    """Rows of more columns than there are rows: one-hot dishes, in turn."""
    x = csr_matrix((np.ones(n), (np.arange(n), 1000 * (np.arange(n) % dishes))), (n, 9_000))
    return x, np.arange(n) % dishes


def test_rates():
    assert PairSums(np.array([1.0, 1, 0]), np.array([2.0, 2, 2])).rate == pytest.approx(1 / 3)
    assert [snapped(x) for x in (1 + 9e-13, 1 - 9e-13, 1.5, -1e-9, 0.25)] == [1, 1, 1, 0, 0.25]
    assert snapped(1 - 1.1e-12) < 1
    assert share_of_pairs(np.array([[9, 0.5, 1], [0.5, 9, 0], [1, 0, 9]])) == pytest.approx(0.5)


@pytest.mark.parametrize("route", ["moments", "gram", "pairs", "auto"])
@pytest.mark.parametrize("form", [np.asarray, csr_matrix])
def test_every_route_by_hand(route, form):
    found = pair_sums(form(ROOTS), route=route)
    assert found.same == pytest.approx([0.36, 1.0, 0.64])
    assert found.partners.tolist() == [2, 2, 2]
    apart = pair_sums(form(ROOTS), np.array([0, 0, 1]), route=route)
    assert apart.same == pytest.approx([0, 0.64, 0.64])
    assert apart.partners.tolist() == [1, 1, 2]


def test_refusals():
    assert pair_sums(ROOTS[:2]).partners.tolist() == [1, 1]
    for few in (ROOTS[:1], ROOTS[:0]):
        with pytest.raises(NotEnoughData, match="2 outputs"):
            pair_sums(few)
    with pytest.raises(BadInput, match="route 'fast'"):
        pair_sums(ROOTS, route="fast")


def test_weights_by_hand():
    # weights 1, 2, 3: row 0 has 1·2·.36, row 1 2·(1·.36 + 3·.64); partners 1·5, 2·4, 3·3
    found = inside(ROOTS, [np.arange(3)], np.array([1.0, 2, 3]))
    assert found.same == pytest.approx([0.72, 4.56, 3.84])
    assert found.partners.tolist() == [5, 8, 9]
    some = inside(ROOTS, [np.array([0, 1])])
    assert some.same == pytest.approx([0.36, 0.36, 0])
    assert some.partners.tolist() == [1, 1, 0]


def test_up_to_1024_rows_every_pair_is_compared():
    for n, partners in ((1_024, 1_023), (1_025, 128)):  # 1,025 are 8 blocks: 129 of 128 rows or so
        x, dish = wide(n)
        found = pair_sums(x)
        assert found.partners.max() == partners
        if n == 1_024:
            assert found.same.tolist() == (np.bincount(dish)[dish] - 1).tolist()
        groups = np.r_[np.zeros(n, int), 1, 1]
        both = csr_matrix((np.ones(n + 2), (np.arange(n + 2), np.r_[dish, 8, 8])), (n + 2, 9_000))
        within = within_pairs(both, groups)
        assert within.partners[:n].max() == partners
        assert within.same[n:].tolist() == [1, 1]


def test_blocks_hold_128_rows_or_more():
    x, dish = wide(300)
    found = pair_sums(x, route="pairs", seed=3)
    assert sorted(set(found.partners.tolist())) == [149]
    same = pair_sums(x, route="pairs", seed=3)
    assert same.same.tolist() == found.same.tolist()
    assert pair_sums(x, route="pairs", seed=4).same.tolist() != found.same.tolist()
    assert pair_sums(x[:100], route="pairs").partners.max() == 99
    apart = pair_sums(x, dish, route="pairs")
    assert apart.same.sum() == 0
    assert apart.partners.max() < 149


def test_the_whole_gram_in_blocks():
    x, dish = wide(2_500, 8)
    found = pair_sums(x, route="gram")
    assert found.same.tolist() == (np.bincount(dish)[dish] - 1).tolist()
    assert set(found.partners.tolist()) == {2_499}
    apart = pair_sums(x, np.arange(2_500) // 2, route="gram")
    assert apart.partners.tolist() == [2_498] * 2_500
    assert apart.same.tolist() == found.same.tolist()  # neighbours are never the same dish


def test_moments_where_rows_are_many_and_narrow():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    groups = rng.integers(0, 9, 300)
    k2 = (x @ x.T) ** 2
    for form in (x, csr_matrix(x)):
        found = pair_sums(form, groups, route="moments")
        apart = groups[:, None] != groups
        assert found.same == pytest.approx((k2 * apart).sum(1))
        assert found.partners.tolist() == apart.sum(1).tolist()
    assert pair_sums(x).same == pytest.approx(k2.sum(1) - 1)


def test_likeness_is_never_above_1():
    one = np.random.default_rng(0).normal(size=(40, 300))
    x = np.tile(one / np.linalg.norm(one, axis=1, keepdims=True), (4, 1))
    assert (np.sort(x @ x.T, axis=1)[:, -1] > 1).any()  # rounding
    for form in (x, csr_matrix(x)):
        like = Likeness(form)
        assert max(like.to(j).max() for j in range(160)) == 1
        (k,) = grams(form, [0, 160])
        assert k.max() == 1


def test_groups():
    assert [r.tolist() for r in parts(np.array([2, 0, 2]))] == [[1], [], [0, 2]]
    assert parts(np.empty(0, np.int64)) == []
    found = [(r.tolist(), k.tolist()) for r, k in by_group(np.eye(2), np.array([0, 0]))]
    assert found == [([0, 1], [[1, 0], [0, 1]])]


def test_one_row_against_all():
    for form in (ROOTS, csr_matrix(ROOTS)):
        like = Likeness(form)
        assert like.to(1) == pytest.approx([0.36, 1, 0.64])
        assert like.to(0) == pytest.approx([1, 0.36, 0])
        assert like.sums() == pytest.approx([1.36, 2, 1.64])
    assert Likeness(ROOTS[:1]).sums().tolist() == [1]
    assert Likeness(np.tile(ROOTS[1:2] * (1 + 5e-4), (3, 1))).to(0).tolist() == [1, 1, 1]
