"""k² of pairs: dense, sparse and brute force agree, whole and by group."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput
from fullmenu.kernel.gram import rows_of
from fullmenu.kernel.likeness import Likeness, by_group, grams, inside, pair_sums, within_pairs


def unit_rows(seed, n, d, filled=0.5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * (rng.random((n, d)) < filled)
    x[:, 0] += x.any(axis=1) == 0
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def forms(x):
    return x, csr_matrix(x), csr_matrix(x.astype(np.float32))


shapes = st.tuples(st.integers(0, 99), st.integers(2, 40), st.integers(1, 30))


@given(shapes, st.integers(1, 6))
def test_within_groups_is_the_sum_over_their_pairs(shape, n_groups):
    x = unit_rows(*shape)
    n = len(x)
    groups = np.random.default_rng(shape[0]).integers(0, n_groups, n)
    same, partners = np.zeros((2, n))
    for i, j in combinations(range(n), 2):
        if groups[i] == groups[j]:
            k2 = float(x[i] @ x[j]) ** 2
            same[[i, j]] += k2
            partners[[i, j]] += 1
    for rows in forms(x):
        sums = within_pairs(rows, groups)
        exact = 1e-12 if rows.dtype == np.float64 else 1e-6
        assert sums.same == pytest.approx(same, rel=exact, abs=exact)
        assert sums.partners == pytest.approx(partners)


@given(shapes)
def test_weights_count_as_copies(shape):
    x = unit_rows(*shape)
    copies = np.random.default_rng(shape[0]).integers(1, 4, len(x))
    repeated = np.repeat(np.arange(len(x)), copies)
    weighted = inside(x, [np.arange(len(x))], copies.astype(float))
    plain = inside(x[repeated], [np.arange(len(repeated))])
    # copies of a row are pairs too, of k² = 1, which a weight does not know
    own = copies * (copies - 1.0)
    assert weighted.same + own == pytest.approx(np.bincount(repeated, plain.same), rel=1e-9)
    assert weighted.partners + own == pytest.approx(np.bincount(repeated, plain.partners))


@given(shapes, st.sampled_from(["moments", "gram"]), st.integers(2, 5))
def test_across_groups_is_the_sum_over_the_other_pairs(shape, route, n_groups):
    x = unit_rows(*shape)
    groups = np.random.default_rng(shape[0]).integers(0, n_groups, len(x))
    apart = groups[:, None] != groups
    for rows in forms(x):
        sums = pair_sums(rows, groups, route=route)
        exact = 1e-12 if rows.dtype == np.float64 else 1e-6
        due = ((x @ x.T) ** 2 * apart).sum(1)
        assert sums.same == pytest.approx(due, rel=exact, abs=20 * exact)
        assert sums.partners.tolist() == apart.sum(1).tolist()


@pytest.mark.parametrize("wide", [30, 3_000])
def test_a_run_is_what_it_is_alone(wide):
    """Few and many entries, which are multiplied in two ways; digit for digit."""
    x = unit_rows(0, 90, wide)
    bounds = [0, 1, 3, 3, 20, 22, 90]
    for rows in forms(x):
        together = list(grams(rows, bounds))
        for k, (a, b) in zip(together, pairwise(bounds), strict=True):
            assert k.shape == (b - a, b - a)
            assert k == pytest.approx(x[a:b] @ x[a:b].T, abs=1e-6)
            assert (np.diagonal(k) == 1).all() and (abs(k) <= 1).all()
            if b > a:
                (alone,) = grams(rows[a:b], [0, b - a])
                assert (alone == k).all()


def test_columns_beyond_all_bits_are_renumbered():
    x = csr_matrix(([1.0, 1.0, 1.0], ([0, 1, 2], [2**31 - 2, 5, 2**31 - 2])), (3, 2**31 - 1))
    wide = [next(grams(x, [0, 3])).tolist()]
    assert wide == [[[1, 0, 1], [0, 1, 0], [1, 0, 1]]]


def test_groups_of_two_or_more_are_yielded():
    x = np.eye(3)[[0, 1, 0, 2]]
    seen = [(rows.tolist(), k.tolist()) for rows, k in by_group(x, np.array([1, 0, 1, 2]))]
    assert seen == [([0, 2], [[1, 1], [1, 1]])]
    assert list(by_group(np.empty((0, 3)), np.empty(0, np.int64))) == []


def test_large_groups_are_compared_in_blocks():
    x = unit_rows(3, 2_500, 8, 1.0)
    groups = np.r_[np.zeros(2_400, np.int64), np.ones(100, np.int64)]
    sums = within_pairs(csr_matrix(x), groups)
    assert sums.partners[:2_400].max() < 300 and (sums.partners[2_400:] == 99).all()
    exact = within_pairs(x, groups)
    assert (exact.partners[:2_400] == 2_399).all(), "narrow dense rows: all pairs, by XᵀX"
    rate = sums.same[:2_400].sum() / sums.partners[:2_400].sum()
    assert rate == pytest.approx(exact.same[:2_400].sum() / (2_400 * 2_399), rel=0.05)


@given(shapes)
def test_one_row_against_all(shape):
    x = unit_rows(*shape)
    k2 = np.minimum((x @ x.T) ** 2, 1)
    for rows in (x, csr_matrix(x)):
        like = Likeness(rows)
        assert np.array([like.to(j) for j in range(like.n)]) == pytest.approx(k2, abs=1e-12)
        assert like.sums() == pytest.approx(k2.sum(1), rel=1e-9)


def test_rows_of_other_lengths_are_refused():
    with pytest.raises(BadInput, match="length 2"):
        within_pairs(2 * np.eye(3), np.zeros(3, np.int64))


@given(shapes)
def test_rows_of_a_kernel_have_that_kernel(shape):
    x = unit_rows(*shape)
    rows = rows_of(x @ x.T)
    assert rows @ rows.T == pytest.approx(x @ x.T, abs=1e-7)


@pytest.mark.parametrize("route", ["moments", "gram", "pairs"])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_rows_by_weight(route, apart, sparse):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 5))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    groups = rng.integers(0, 6, 40) if apart else np.arange(40)
    w = rng.random(40) + 0.1
    pairs = np.outer(w, w) * (groups[:, None] != groups)
    given = csr_matrix(x) if sparse else x
    found = pair_sums(given, groups if apart else None, weights=w, route=route)
    assert found.partners == pytest.approx(pairs.sum(1))
    assert found.same == pytest.approx((pairs * (x @ x.T) ** 2).sum(1))
