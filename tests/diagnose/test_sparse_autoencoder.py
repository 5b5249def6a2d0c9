"""Dictionaries: found where there is room, not claimed where there is none."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData


@pytest.fixture(scope="module")
def world():
    """Twelve sparse features as antipodal pairs of a turned space of six dimensions."""
    rng = np.random.default_rng(0)
    turned = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    truth = np.concatenate([turned, -turned])
    features = rng.random((6000, 12)) * (rng.random((6000, 12)) < 0.03)
    return features @ truth, features > 0, truth


@pytest.fixture(scope="module")
def dictionary(require, world):
    require("torch")
    return fm.diagnose.sparse_autoencoder(world[0], 24, fvu=0.02, steps=2500)


def test_it_finds_what_is_there(dictionary, world):
    hidden, on, truth = world
    gain = fm.diagnose.dictionary_gain(hidden, on, dictionary, truth=truth)
    assert gain.claimed, gain.why
    assert gain.before.value > 5
    assert gain.after.value < 1.1
    assert gain.match.found > 0.95 > gain.match.chance_high
    assert dictionary.fvu < 0.04
    assert 0 < dictionary.l0 < 2


def test_it_rebuilds_what_it_says(dictionary, world):
    z = dictionary.latents(world[0])
    rebuilt = z @ dictionary.directions + dictionary.centre
    left = ((world[0] - rebuilt) ** 2).sum() / ((world[0] - world[0].mean(0)) ** 2).sum()
    assert left == pytest.approx(dictionary.fvu, rel=0.3)
    np.testing.assert_allclose(np.linalg.norm(dictionary.directions, axis=1), 1, rtol=1e-5)


def test_the_same_seed_gives_the_same(require, world):
    require("torch")
    a, b = (fm.diagnose.sparse_autoencoder(world[0], 8, steps=30, seed=3) for _ in range(2))
    np.testing.assert_array_equal(a.encoder, b.encoder)


def test_scale_does_not_matter(require, world):
    require("torch")
    a, b = (fm.diagnose.sparse_autoencoder(x, 8, steps=30) for x in (world[0], 1024 * world[0]))
    np.testing.assert_allclose(a.directions, b.directions, atol=1e-5)
    larger = b.latents(1024 * world[0])
    np.testing.assert_allclose(1024 * a.latents(world[0]), larger, atol=1e-3 * larger.max())


def test_no_gain_is_claimed_for_a_bad_or_a_random_dictionary(dictionary, world):
    hidden, on, truth = world
    bad = fm.diagnose.dictionary_gain(hidden, on, dictionary, truth=truth, fvu=1e-6)
    assert not bad.claimed
    assert "unexplained" in bad.why
    turned = np.linalg.qr(np.random.default_rng(9).normal(size=(6, 6)))[0]
    wrong = fm.diagnose.dictionary_gain(hidden, on, dictionary, truth=truth @ turned)
    assert not wrong.claimed
    assert "random" in wrong.why


def test_cosines_never_stand_alone():
    rng = np.random.default_rng(0)
    match = fm.diagnose.mean_max_cosine(rng.normal(size=(60, 4)), rng.normal(size=(10, 4)))
    assert match.found > 0.8  # looks like success
    assert match.found < match.chance_high
    with pytest.raises(BadInput, match="other than 0"):
        fm.diagnose.mean_max_cosine(np.eye(2), np.zeros((2, 2)))
    with pytest.raises(BadInput, match="shape"):
        fm.diagnose.mean_max_cosine(np.eye(2), np.eye(3))


def test_errors(require, dictionary):
    require("torch")
    with pytest.raises(NotEnoughData, match="50 items"):
        fm.diagnose.sparse_autoencoder(np.eye(10), 4)
    with pytest.raises(NotEnoughData, match="vary"):
        fm.diagnose.sparse_autoencoder(np.ones((100, 3)), 4)
    with pytest.raises(BadInput, match="finite"):
        fm.diagnose.sparse_autoencoder(np.full((100, 3), np.inf), 4)
    with pytest.raises(BadInput, match="fvu=2"):
        fm.diagnose.sparse_autoencoder(np.eye(100), 4, fvu=2)
    with pytest.raises(BadInput, match="6 units"):
        dictionary.latents(np.eye(3))
