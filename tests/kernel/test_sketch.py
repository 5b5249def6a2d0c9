"""A sketch, by the formula of its hash in whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.kernel.sketch import sketch


def folded(x, width):
    due = np.zeros((len(x), width))
    for i, j in zip(*np.nonzero(x), strict=True):
        mixed = int(j) * 0x9E3779B97F4A7C15 % 2**64
        due[i, (mixed >> 40) % width] += x[i, j] * (1 if mixed >> 39 & 1 else -1)
    return due


@pytest.mark.parametrize("width", [512, 64])
def test_by_the_formula(width):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1_100, 400)) * (rng.random((1_100, 400)) < 0.02)  # more than two blocks
    found = sketch(csr_matrix(x), width)
    assert found == pytest.approx(folded(x, width), abs=1e-6)
    assert found.shape == (1_100, width)
    assert sketch(csr_matrix(x)).shape == (1_100, 512)


def test_dense_rows_stay():
    x = np.eye(3)
    assert sketch(x).tolist() == x.tolist()
    assert sketch(x).dtype == np.float32
