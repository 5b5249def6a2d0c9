"""The effective rank: the definition by singular values, on either side, at any scale."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import NotEnoughData
from fullmenu.measures import effective_rank, vendi


def _by_definition(x: np.ndarray) -> float:
    s = np.linalg.svd(x, compute_uv=False)
    p = s[s > 1e-9 * s[0]] / s.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


@pytest.mark.parametrize(("n", "d"), [(50, 7), (7, 50), (20, 20)])
def test_by_definition(n: int, d: int) -> None:
    x = np.random.default_rng(0).normal(size=(n, d)) * np.geomspace(1, 9, d)
    for rows in (x, 1e-4 * x, csr_matrix(x)):
        assert effective_rank(rows).value == pytest.approx(_by_definition(x), rel=1e-9)
    assert effective_rank(1e-4 * x).low == pytest.approx(effective_rank(x).low, rel=1e-6)


def test_never_below_vendi() -> None:
    x = np.random.default_rng(1).normal(size=(60, 9)) * np.geomspace(1, 9, 9)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    assert vendi(x).value < effective_rank(x).value < 9


def test_rank_one_is_exactly_one_and_zeros_have_none() -> None:
    e = effective_rank(np.outer(np.arange(1, 9), [1.0, 2.0, 3.0]))
    assert e.value == e.low == 1.0
    with pytest.raises(NotEnoughData, match="zeros"):
        effective_rank(np.zeros((5, 3)))
