"""The compiled loops against the array code, which is their reference."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.kernel import compiled
from fullmenu.kernel.dishes import Dishes, group
from fullmenu.kernel.gram import gram
from fullmenu.kernel.likeness import grams, pair_sums, within_pairs
from fullmenu.views import answer, phrasing

ODD = [
    "", " ", "a", "ab", "  two  words ", "It's a dog. It’s THE dog!", "狗 dog 狗狗", "😀", "?!",
    "\ud800 alone", "x" * 300, "สวัสดี ครับ", "na " * 5000, "tab\tline\n\n\nend\u00a0\u2003end",
]  # fmt: skip


@pytest.fixture
def both(require, monkeypatch):
    """What the array code makes, and what the loops make of it, at whatever size."""
    require("numba")

    def made_by_both(made):
        for_all(1 << 60)
        reference = made()
        for_all(0)
        return reference, made()

    def for_all(size):
        monkeypatch.setattr(compiled, "LARGE", size)
        monkeypatch.setattr(compiled, "LOADED", size)

    return made_by_both


def texts_of(n, seed=0):
    rng = np.random.default_rng(seed)
    words = [
        "salmon",
        "soup",
        "the",
        "of",
        "it's",
        "Baked",
        "baking",
        "42",
        "naïve",
        "狗",
        "—",
        "😀",
    ]
    made = [" ".join(rng.choice(words, rng.integers(0, 40))) for _ in range(n)]
    return made + ODD


def same_rows(reference, rows):
    for x in (reference, rows):
        x.sort_indices()
    assert rows.shape == reference.shape
    assert rows.dtype == reference.dtype == np.float32
    assert np.array_equal(rows.indptr, reference.indptr)
    assert np.array_equal(rows.indices, reference.indices)
    assert rows.data == pytest.approx(reference.data, rel=2e-7)
    assert (rows.data != reference.data).sum() <= 0.001 * rows.nnz


def test_phrasing_has_the_same_columns_and_counts(both):
    texts = texts_of(200)
    same_rows(*both(lambda: phrasing.rows(texts)))
    same_rows(*both(lambda: phrasing.rows([])))


def test_answer_has_the_same_columns_and_weights(both):
    texts = texts_of(200)
    prompts = (["What soup?", None, "Name a dog"] * len(texts))[: len(texts)]
    for asked in (prompts, None):
        same_rows(*both(lambda asked=asked: answer.lexical_rows(texts, asked)))


@pytest.mark.parametrize("n", [1, 2, 9, 40, 300])
@pytest.mark.parametrize("filled", [0.0, 0.03, 0.5])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_inner_products(both, n, filled, kind):
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, 90)) * (rng.random((n, 90)) < filled)
    x[:, 0] = 0.5
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    rows = csr_matrix(x.astype(kind))
    reference, k = both(lambda: gram(rows, compiled.loops(rows.nnz)))
    assert k == pytest.approx(reference, rel=1e-12, abs=1e-14)
    assert np.array_equal(k, k.T)


def test_rates_of_pairs_are_the_same(both):
    texts = texts_of(300, seed=2)
    x = phrasing.rows(texts)
    groups = np.arange(len(texts)) % 25
    for made in (
        lambda: within_pairs(x, groups).same,
        lambda: pair_sums(x, groups, route="pairs").same,
        lambda: pair_sums(x, route="gram").same,
        lambda: np.concatenate([k.ravel() for k in grams(x, [0, 100, 100, 101, len(texts)])]),
    ):
        reference, found = both(made)
        assert found == pytest.approx(reference, rel=1e-12, abs=1e-12)


def test_dishes_are_the_same(both):
    texts = texts_of(600, seed=3)
    x = answer.lexical_rows(texts)
    reference, found = both(lambda: Dishes(x, texts, 0.5).of)
    assert len(set(reference.tolist())) > 20
    assert np.array_equal(found, reference)
    reference, found = both(lambda: group(x, 0.3))
    assert np.array_equal(found, reference)


def test_small_inputs_never_ask_for_numba(monkeypatch):
    monkeypatch.delitem(sys.modules, "fullmenu.kernel.loops", raising=False)
    monkeypatch.setattr(compiled, "_installed", lambda: pytest.fail("asked"))
    assert compiled.loops(compiled.LARGE - 1) is None


def test_without_numba_large_inputs_take_the_array_code(monkeypatch):
    monkeypatch.setattr(compiled, "_installed", lambda: False)
    assert compiled.loops(compiled.LARGE) is None
