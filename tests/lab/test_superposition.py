"""The toy model of superposition, in a small setting: what is known of it is so."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.diagnose.units.dimensions import dimensions_per_feature, feature_dimensionality
from fullmenu.lab.registry import experiment

SMALL = {"features": 8, "steps": 800, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def settings(require):
    require("torch")
    found = experiment("superposition")
    return {**found.settings, **SMALL, "batch": 256, "items": 4000, "tested": 2000}


def test_dense_features_keep_their_dimensions_and_sparse_ones_share(settings):
    from fullmenu.lab.experiments.superposition import train

    dense = dimensions_per_feature(train(0, 2, 1.0, settings))
    sparse = train(0, 2, 0.02, settings)
    assert dense == pytest.approx(1, abs=0.1)
    assert dimensions_per_feature(sparse) < 0.45
    assert feature_dimensionality(sparse).sum() == pytest.approx(2, abs=0.2)


def test_same_seed_same_cell_and_every_number(settings):
    found = experiment("superposition")
    quick = {**settings, "steps": 50, "autoencoder steps": 50}
    first, again = (found.cell("0.3", 1, quick) for _ in range(2))
    assert first == again
    assert set(first.numbers) == set(found.numbers)
    assert first.verdicts["gain"] == "not claimed"  # nothing was learned yet


def test_items_are_as_sparse_as_they_are_said_to_be(require):
    from fullmenu.lab.experiments.superposition import items

    x = items(np.random.default_rng(0), 5000, 4, 0.3)
    assert (x > 0).mean() == pytest.approx(0.3, abs=0.02)
    assert x[x > 0].mean() == pytest.approx(0.5, abs=0.02)
