"""FKEA: near the exact Gaussian Vendi score, by both routes, with the luck of the frequencies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput
from fullmenu.kernel.gram import rows_of
from fullmenu.measures import vendi, vendi_fourier


def _rows(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 4))[rng.integers(0, 6, n)] + 0.05 * rng.normal(size=(n, 4))


def _exact(x: np.ndarray, sigma: float, order: float) -> float:
    d2 = ((x[:, None] - x[None]) ** 2).sum(2)
    return vendi(rows_of(np.exp(-d2 / (2 * sigma**2))), order).value


@pytest.mark.parametrize(("order", "n"), [(1, 90), (1, 300), (2, 300)])
def test_near_the_exact_score(order: float, n: int) -> None:
    x = _rows(n)
    exact = _exact(x, 0.8, order)
    found = [
        vendi_fourier(x, order, sigma=0.8, frequencies=100, seed=seed).value for seed in range(4)
    ]
    assert np.mean(found) == pytest.approx(exact, rel=0.05)


def test_the_interval_knows_the_luck_of_the_frequencies() -> None:
    x = _rows(1_000)
    few, many = (vendi_fourier(x, sigma=0.8, frequencies=r) for r in (16, 128))
    width = [np.log((e.high or 0) / (e.low or 1)) for e in (few, many)]
    assert width[0] > 2 * width[1]


def test_routes_agree_at_their_border() -> None:
    from fullmenu.measures.vectors._spectrum import of_kernel, of_moments
    from fullmenu.measures.vectors.vendi import log_score
    from fullmenu.measures.vectors.vendi_fourier import fourier

    x = _rows(200)
    waves = np.random.default_rng(0).normal(size=(4, 40))
    f = fourier(x, waves)
    assert np.linalg.norm(f, axis=1) == pytest.approx(np.ones(200))
    a = log_score(of_moments(f.T @ f / 200, f, lambda part: part), 1.0)
    b = log_score(of_kernel(f @ f.T, 200), 1.0)
    assert a == pytest.approx(b, rel=1e-6)


def test_sparse_rows_give_the_same() -> None:
    x = _rows(50)
    sparse = vendi_fourier(csr_matrix(x), frequencies=32).value
    assert sparse == pytest.approx(vendi_fourier(x, frequencies=32).value, rel=1e-12)


@pytest.mark.parametrize(
    "given",
    [{"sigma": 0}, {"sigma": "wide"}, {"frequencies": 4}, {"frequencies": 9.5}, {"order": 0}],
)
def test_refuses(given: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=next(iter(given))):
        vendi_fourier(np.eye(4), **given)  # type: ignore[arg-type]


def test_refuses_columns_without_end() -> None:
    with pytest.raises(BadInput, match="65536"):
        vendi_fourier(csr_matrix((5, 10**6)))
