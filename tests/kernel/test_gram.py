"""Inner products, and rows of given ones: against plain numpy, and at the edge of what is one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput
from fullmenu.kernel.gram import (
    compacted,
    gram,
    moments,
    rows_of,
    similarities,
    without_empty_columns,
)


def sparse_rows(n, d, filled, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * (rng.random((n, d)) < filled)
    x[:, 0] = 0.5  # a column that all rows share
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("n", [1, 2, 20, 40])
@pytest.mark.parametrize("filled", [0.0, 0.03, 0.3, 1.0])
def test_common_and_rare_columns_add_up(n, filled):
    x = sparse_rows(n, 90, filled)
    for form in (x, csr_matrix(x)):
        assert gram(form) == pytest.approx(x @ x.T, abs=1e-12)
    assert np.diagonal(gram(csr_matrix(x))).tolist() == [1] * n


def test_columns_are_renumbered_in_the_order_of_their_last_use():
    found = compacted(np.array([70, 3, 70, 9, 3]), 100)
    assert sorted(set(found.tolist())) == [0, 1, 2]
    assert found[0] == found[2] != found[1] == found[4] != found[3]
    assert compacted(np.empty(0, np.int64), 5).tolist() == []


def test_empty_columns_go():
    x = np.zeros((2, 9))
    x[0, 7] = x[1, 2] = 1
    narrow = without_empty_columns(csr_matrix(x))
    assert narrow.shape == (2, 2)
    assert (narrow @ narrow.T).toarray().tolist() == [[1, 0], [0, 1]]
    assert without_empty_columns(csr_matrix((2, 9))).shape == (2, 1)


def test_moments():
    x = sparse_rows(7, 5, 0.5)
    for form in (x, csr_matrix(x), x.astype(np.float32), csr_matrix(x.astype(np.float32))):
        assert moments(form) == pytest.approx(x.T @ x, abs=1e-6)
        assert moments(form).dtype == np.float64


def test_rows_of_a_kernel():
    k = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    assert rows_of(k) @ rows_of(k).T == pytest.approx(k)
    assert rows_of(csr_matrix(k)) @ rows_of(k).T == pytest.approx(k)
    assert rows_of(np.ones((4, 4))).shape == (4, 1)  # as many columns as the rank
    signs = np.random.default_rng(0).choice([-1.0, 1.0], 60)
    assert rows_of(np.outer(signs, signs)).shape == (60, 1)
    assert rows_of(np.empty((0, 0))).shape == (0, 0)
    assert np.linalg.norm(rows_of(k), axis=1) == pytest.approx(np.ones(3), abs=1e-15)


def test_what_is_no_kernel():
    skew = np.eye(2)
    skew[0, 1] = 3e-9
    with pytest.raises(BadInput, match="not symmetric"):
        rows_of(skew)
    skew[0, 1] = 0.9e-9
    assert len(rows_of(skew)) == 2
    with pytest.raises(BadInput, match="negative eigenvalue"):
        rows_of([[1, 1.1], [1.1, 1]])
    # eigenvalues 2 + e and −e: beyond rounding from −2e-8 on
    rows_of([[1, 1 + 1.9e-8], [1 + 1.9e-8, 1]])
    with pytest.raises(BadInput, match="negative eigenvalue"):
        rows_of([[1, 1 + 2.2e-8], [1 + 2.2e-8, 1]])


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        (np.zeros((2, 3)), "a finite number for each pair"),
        (np.ones(4), "a finite number for each pair"),
        ([["a"]], "a finite number for each pair"),
        ([[np.nan]], "a finite number for each pair"),
        ([[1 + 1.2e-6]], "on its diagonal"),
        ([[0.5]], "on its diagonal"),
    ],
)
def test_what_is_no_similarity(matrix, says):
    with pytest.raises(BadInput, match=says):
        similarities(matrix, "kernel")
    assert similarities([[1 + 0.9e-6]], "kernel").dtype == np.float64
