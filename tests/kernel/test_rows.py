"""Feature rows: refused, brought to length 1, counted and joined, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput
from fullmenu.kernel.rows import (
    _square_lengths,
    as_features,
    counted,
    dense,
    joined,
    lengths,
    stacked,
    taken_from,
    unit,
    unit_dense,
)


@pytest.mark.parametrize(
    "wrong", [np.zeros(3), [["a"]], [[np.nan]], csr_matrix([[np.inf]]), np.zeros((1, 1, 1))]
)
def test_what_is_no_feature_rows(wrong):
    with pytest.raises(BadInput, match="rows of shape"):
        as_features(wrong, "rows")


def test_what_is():
    assert as_features([[1, 0]]).tolist() == [[1, 0]]
    assert as_features(csr_matrix([[1.0]])).shape == (1, 1)


@pytest.mark.parametrize("form", [np.asarray, csr_matrix])
def test_a_length_may_be_off_by_a_thousandth(form):
    x = np.array([[3, 4], [0, 5], [5, 0]]) / 5.0
    assert lengths(form(1.0009 * x)) == pytest.approx([1.0009] * 3)
    assert dense(unit(form(1.0009 * x))) == pytest.approx(x)
    assert dense(unit(form(0.9991 * x))) == pytest.approx(x)
    x[1] *= 1.0011
    x[2] *= 0.9985
    with pytest.raises(BadInput, match=r"length 0\.9985"):
        lengths(form(x))
    with pytest.raises(BadInput, match=r"length 1\.001"):
        lengths(form(x[:2]))
    assert lengths(form(np.empty((0, 2)))).shape == (0,)


def test_lengths_of_many_rows_and_empty_ones():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2_500, 6)) * (rng.random((2_500, 6)) < 0.2)
    assert (x == 0).all(axis=1).any()
    assert _square_lengths(csr_matrix(x)) == pytest.approx((x**2).sum(1))
    assert _square_lengths(x) == pytest.approx((x**2).sum(1))


def test_rows_of_exact_length_are_not_copied():
    x = np.eye(3)
    assert unit_dense(x) is x
    off = x * (1 + 2e-13)
    assert unit_dense(off) is not off
    assert unit_dense(off).tolist() == x.tolist()
    assert unit_dense(x.astype(np.float32)).dtype == np.float64
    assert unit_dense(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("n", [3, 5_000])
def test_counts_by_hand(n):
    # row 0 has column 5 twice and column 2 once, row 2 has column 5 once; the rest is empty.
    # 5,000 rows of 2²⁰ columns need keys of 64 bits, three rows 32
    place = {5: 5 << 44, 2: (2 << 44) + 17}
    rows = np.array([0, 2, 0, 0])
    hashes = np.array([place[5], place[5], place[2], place[5]], np.uint64)
    x = counted(rows, hashes, n)
    length = math.hypot(math.log(3), math.log(2))
    assert x.shape == (n, 1 << 20)
    assert x.dtype == np.float32
    assert x[0, 5] == pytest.approx(math.log(3) / length)
    assert x[0, 2] == pytest.approx(math.log(2) / length)
    assert x[2, 5] == 1
    assert x.nnz == 3
    last = counted(np.array([n - 1]), hashes[:1], n)
    assert last[n - 1, 5] == 1


def test_columns_of_another_number_of_bits():
    x = counted(np.array([1, 1]), np.array([15 << 60, 3 << 60], np.uint64), 2, bits=4)
    assert x.shape == (2, 16)
    assert x.toarray()[1, [3, 15]] == pytest.approx([math.sqrt(0.5)] * 2)
    none = counted(np.empty(0, np.int64), np.empty(0, np.uint64), 2)
    assert (none.shape, none.nnz) == ((2, 1 << 20), 0)


def test_blocks_side_by_side_have_the_weighted_mean_of_their_kernels():
    def blocks():
        return [
            csr_matrix(np.array([[1.0, 0], [1, 0], [0, 0], [0, 0]])),
            csr_matrix(np.array([[0.6, 0.8], [1, 0], [0, 1], [0, 0]])),
        ]

    x = joined(blocks(), [0.75, 0.25]).toarray()
    assert x.shape == (4, 5)
    assert (x @ x.T)[0, 1] == pytest.approx(0.75 * 1 + 0.25 * 0.6)
    assert (x @ x.T)[0, 2] == pytest.approx(0.8 * 0.5)  # √¼ of the first, all of the third
    assert x[3].tolist() == [0, 0, 0, 0, 1]
    assert np.diagonal(x @ x.T) == pytest.approx(np.ones(4))
    each = joined(blocks(), np.array([[1, 0], [0, 1], [1, 1], [1, 1]])).toarray()
    assert each[:2].tolist() == [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]]


def test_rows_below_one_another():
    x = np.array([[1.0, 0], [0, 1], [0.6, 0.8], [0, 0], [1, 0]])
    cut = [csr_matrix(x[:2]), csr_matrix(x[2:3]), csr_matrix(x[3:])]
    assert stacked(cut).toarray().tolist() == x.tolist()
    assert stacked([x[:2], x[2:]]).tolist() == x.tolist()
    only = csr_matrix(x)
    assert stacked([only]) is only


@pytest.mark.parametrize("form", [np.asarray, csr_matrix])
def test_rows_of_several_are_taken_as_if_they_were_stacked(form):
    rng = np.random.default_rng(4)
    parts = [rng.random((n, 5)).astype(np.float32) for n in (3, 0, 7, 1)]
    whole, taken = np.concatenate(parts), taken_from([form(part) for part in parts])
    for rows in (np.array([10, 0, 5, 5, 2]), np.arange(11), np.empty(0, np.int64)):
        assert np.array_equal(dense(taken[rows]), whole[rows])
    assert np.array_equal(dense(taken[2:6]), whole[2:6])
