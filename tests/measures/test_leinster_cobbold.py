"""Leinster and Cobbold's number: published values, the definition, other similarities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput
from fullmenu.measures import leinster_cobbold, vendi
from fullmenu.measures.vectors.leinster_cobbold import _variance

INF = float("inf")
README = [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]


def _rows(seed: int, n: int, d: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, d))[rng.integers(0, 4, n)] + 0.7 * rng.normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _by_definition(z: np.ndarray, q: float) -> float:
    u = z.mean(1)
    if q == 1:
        return float(np.exp(-np.log(u).mean()))
    return float(1 / u.max() if np.isinf(q) else (u ** (q - 1)).mean() ** (1 / (1 - q)))


@pytest.mark.parametrize(("order", "value"), [(0, 2.0526), (1, 1.9556), (2, 1.8750), (INF, 1.5789)])
def test_published_values(order: float, value: float) -> None:
    found = leinster_cobbold(README, order, similarity="precomputed").value
    assert found == pytest.approx(value, abs=6e-5)


@pytest.mark.parametrize("order", [0, 0.5, 1, 2, 3, INF])
@pytest.mark.parametrize("n", [10, 300])
def test_by_definition(order: float, n: int) -> None:
    x = _rows(0, n)
    for name, z in (("cosine", np.maximum(x @ x.T, 0)), ("squared", (x @ x.T) ** 2)):
        exact = _by_definition(z, order)
        np.fill_diagonal(z, 1.0)
        ways = (
            leinster_cobbold(x, order, similarity=name),
            leinster_cobbold(csr_matrix(x), order, similarity=name),
            leinster_cobbold(np.minimum(z, 1.0), order, similarity="precomputed"),
        )
        assert [e.value for e in ways] == pytest.approx([exact] * 3, rel=1e-9)
        assert [e.low for e in ways] == pytest.approx([ways[0].low] * 3, rel=1e-6)


def test_order_2_under_squared_is_vendi_of_order_2() -> None:
    x = _rows(1, 40)
    value = leinster_cobbold(x, 2, similarity="squared").value
    assert value == pytest.approx(vendi(x, 2).value, rel=1e-12)


@pytest.mark.parametrize("order", [0.5, 1, 2])
def test_the_jackknife_is_exact_for_a_similarity_that_is_not_symmetric(order: float) -> None:
    rng = np.random.default_rng(2)
    z = rng.uniform(size=(12, 12))
    np.fill_diagonal(z, 1.0)
    left = [np.delete(np.delete(z, i, 0), i, 1) for i in range(12)]
    logs = np.log([_by_definition(part, order) for part in left])
    exact = 11 / 12 * ((logs - logs.mean()) ** 2).sum()
    found = _variance(z.mean(1), lambda: iter([(slice(0, 12), z)]), order)
    assert found == pytest.approx(exact + max(1 - order, 0) * z.mean() ** 2, rel=1e-9)


def test_a_function_of_two_sets_of_rows() -> None:
    x = np.random.default_rng(3).normal(size=(300, 2))

    def near(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-np.linalg.norm(a[:, None] - b[None], axis=2)))

    found = leinster_cobbold(x, similarity=near).value
    assert found == pytest.approx(_by_definition(near(x, x), 1), rel=1e-12)


def test_one_dish_is_exactly_one() -> None:
    e = leinster_cobbold(np.tile([0.6, 0.8], (40, 1)))
    assert e.value == e.low == 1.0
    assert e.high is not None and 1 < e.high < 1.5


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"similarity": "alike"}, "alike"),
        ({"similarity": lambda a, b: np.full((len(a), len(b)), 2.0)}, "between 0 and 1"),
        ({"similarity": lambda a, b: np.full((len(a), len(b)), np.nan)}, "not finite"),
        ({"similarity": lambda a, b: np.zeros((len(a), len(b)))}, "like itself"),
        ({"similarity": lambda a, b: np.zeros(3)}, "shape"),
        ({"order": -1}, "order"),
    ],
)
def test_refuses(given: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        leinster_cobbold(np.eye(4), **given)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="shape"):
        leinster_cobbold(np.ones((3, 2)), similarity="precomputed")
