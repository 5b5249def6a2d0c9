"""Units and concepts: known effects, known numbers, known directions."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.diagnose.units.dimensions import (
    concept_directions,
    dimensions_per_feature,
    feature_dimensionality,
)
from fullmenu.diagnose.units.effects import chance_effects, effects
from fullmenu.diagnose.units.numbers import concepts_per_unit
from fullmenu.diagnose.units.similarity import co_occurrence
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.measures import leinster_cobbold


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_effects_are_twice_the_auroc_less_one(require, rng):
    metrics = require("sklearn.metrics")
    x = np.round(np.maximum(rng.normal(size=(200, 5)), 0), 1)  # ties, most at 0
    y = rng.random((200, 3)) < 0.3
    found = effects(x, y)
    for u in range(5):
        for c in range(3):
            assert found[u, c] == pytest.approx(2 * metrics.roc_auc_score(y[:, c], x[:, u]) - 1)


def test_blocks_of_units_change_nothing(rng, monkeypatch):
    x, y = rng.normal(size=(100, 7)), rng.random((100, 2)) < 0.4
    whole, chance = effects(x, y), chance_effects(x, y, permutations=20)
    monkeypatch.setattr("fullmenu.diagnose.units.effects.BLOCK", 250)
    np.testing.assert_array_equal(effects(x, y), whole)
    np.testing.assert_array_equal(chance_effects(x, y, permutations=20), chance)


def test_chance_is_what_unrelated_labels_give(rng):
    x, y = rng.normal(size=(300, 20)), rng.random((300, 5)) < 0.3
    bound = chance_effects(x, y)
    share = [0.3, 0.1, 0.5, 0.3, 0.3]
    bound *= np.sqrt(0.3 * 0.7 / np.multiply(share, np.subtract(1, share)))
    beyond = [(np.abs(effects(x, rng.random((300, 5)) < share)) > bound).any() for _ in range(200)]
    assert 0.01 < np.mean(beyond) < 0.12


def test_the_number_is_leinster_and_cobbolds(rng):
    z = rng.random((6, 6))
    z = np.maximum(z, z.T)
    np.fill_diagonal(z, 1.0)
    ours = concepts_per_unit(np.full((1, 6), 0.7), z)[0]
    assert ours == pytest.approx(leinster_cobbold(z, 1, similarity="precomputed").value)
    # of unequal weights: a concept that weighs three times as much is three rows all alike
    counts = np.array([3, 1, 2, 1, 1, 4])
    rows = np.repeat(np.arange(6), counts)
    theirs = leinster_cobbold(z[np.ix_(rows, rows)], 1, similarity="precomputed").value
    assert concepts_per_unit(np.sqrt(counts)[None], z)[0] == pytest.approx(theirs)


def test_concepts_that_go_together_are_one(rng):
    y = rng.random((500, 4)) < 0.3
    y[:, 1] = y[:, 0]
    z = co_occurrence(y)
    assert z[0, 1] == pytest.approx(1)
    assert z[2, 3] < 0.15
    both = y[:, :1] + 0.1 * rng.normal(size=(500, 1))
    assert fm.diagnose.polysemanticity(both, y).gap.value == pytest.approx(1, abs=0.01)


def test_the_toy_of_the_paper():
    angles = 2 * np.pi * np.arange(5) / 5
    pentagon = np.stack([np.cos(angles), np.sin(angles)], 1)
    np.testing.assert_allclose(feature_dimensionality(pentagon), 0.4)
    assert dimensions_per_feature(pentagon) == pytest.approx(0.4)
    pair = np.array([[1.0, 0], [-1, 0], [0, 1]])
    np.testing.assert_allclose(feature_dimensionality(pair), [0.5, 0.5, 1])
    with pytest.raises(NotEnoughData, match="no feature"):
        dimensions_per_feature(np.zeros((3, 2)))
    with pytest.raises(BadInput, match="shape"):
        feature_dimensionality([1.0])


def test_directions_of_concepts_in_whitened_space(rng):
    y = rng.random((4000, 3)) < 0.3
    turned = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    x = (y + 0.05 * rng.normal(size=y.shape)) @ (turned * [1, 2, 3])
    np.testing.assert_allclose(feature_dimensionality(concept_directions(x, y)), 1, atol=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_one_concept_each_and_none_are_absent(seed):
    rng = np.random.default_rng(seed)
    y = rng.random((1500, 6)) < 0.25
    single = fm.diagnose.polysemanticity(2 * y + rng.normal(size=y.shape), y)
    assert single.verdict == "absent"
    assert single.gap.value < 1.1
    none = fm.diagnose.polysemanticity(rng.normal(size=(3000, 6)), rng.random((3000, 6)) < 0.25)
    assert none.verdict == "absent"
    assert none.gap.low is None


def test_several_are_present_and_named(rng):
    y = rng.random((800, 6)) < 0.2
    x = y @ np.repeat(np.eye(3), 2, axis=0) + 0.1 * rng.normal(size=(800, 3))
    names = ["ab", "cd", "ef", "gh", "ij", "kl"]
    found = fm.diagnose.polysemanticity(x, y, names=names, subject="pairs")
    assert found.verdict == "present"
    assert found.gap.value == pytest.approx(2, abs=0.05)
    assert found.kind == "structure"
    assert sum(name in found.notes[0] for name in names) == 2
    y = np.tile(y, (2, 1))
    x = np.tile(x, (2, 1))
    related = np.kron(np.eye(3), np.ones((2, 2)))  # declared to be one each
    assert fm.diagnose.polysemanticity(x, y, similarity=related).verdict == "absent"


def test_too_few_items_are_inconclusive(rng):
    y = rng.random((60, 3)) < 0.4
    for x in (rng.normal(size=(60, 30)), 9 * y + rng.normal(size=(60, 3))):
        found = fm.diagnose.polysemanticity(x, y)
        assert found.verdict == "inconclusive"
        assert "more items" in found.why


def test_the_same_seed_gives_the_same(rng):
    x, y = rng.normal(size=(200, 4)), rng.random((200, 3)) < 0.4
    assert fm.diagnose.polysemanticity(x, y) == fm.diagnose.polysemanticity(x, y)


@pytest.mark.parametrize(
    ("x", "y", "more", "says"),
    [
        (np.zeros(5), np.zeros((5, 1)), {}, "items, units"),
        (np.full((40, 2), np.nan), np.tile([[0], [1]], (20, 1)), {}, "finite"),
        (np.zeros((40, 2)), np.full((40, 1), 2), {}, "0 or 1"),
        (np.eye(40), np.tile([[0], [1]], (20, 1)), {"least": 0.5}, "least"),
        (np.eye(40), np.tile([[0], [1]], (20, 1)), {"floor": 1}, "floor"),
        (np.eye(40), np.tile([[0], [1]], (20, 1)), {"names": ["a", "b"]}, "2 names"),
        (np.eye(40), np.tile([[0], [1]], (20, 1)), {"similarity": np.eye(2)}, "similarity"),
        (np.eye(40), np.tile([[0], [1]], (20, 1)), {"draws": 1}, "draws"),
        (np.eye(40), np.tile([[0], [1]], (20, 1)), {"level": 2}, "level"),
    ],
)
def test_what_cannot_be_used_is_said(x, y, more, says):
    with pytest.raises(BadInput, match=says):
        fm.diagnose.polysemanticity(x, y, **more)


def test_rare_concepts_are_refused():
    y = np.zeros((50, 2))
    y[:20, 0], y[:3, 1] = 1, 1
    with pytest.raises(NotEnoughData, match="concept 1 holds for 3 of 50"):
        effects(np.eye(50), y)


class TestActivations:
    def test_any_layer_of_any_module(self, require):
        torch = require("torch")
        net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(), torch.nn.ReLU())
        net.train()
        x = torch.randn(10, 4)
        found = fm.diagnose.activations(net, "2", x, batch=3)
        with torch.no_grad():
            wanted = net[0](x).relu().numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
        assert net.training
        assert not net[2]._forward_hooks
        again = fm.diagnose.activations(net, "2", x.numpy())
        np.testing.assert_allclose(again, found, rtol=1e-5, atol=1e-6)

    def test_batches_of_named_arguments_pooled(self, require):
        torch = require("torch")

        class Twice(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Identity()

            def forward(self, left, right):
                return self.layer(left + right)

        batches = [{"left": torch.ones(2, 3, 5), "right": torch.ones(2, 3, 5)}] * 2
        found = fm.diagnose.activations(Twice(), "layer", batches, pool=lambda h: h.mean(1))
        assert found.shape == (4, 5)
        assert (found == 2).all()
        with pytest.raises(BadInput, match="pool"):
            fm.diagnose.activations(Twice(), "layer", batches)

    def test_errors(self, require):
        torch = require("torch")
        net = torch.nn.Sequential(torch.nn.Linear(4, 8))
        with pytest.raises(UnknownName, match="layer"):
            fm.diagnose.activations(net, "1", torch.ones(2, 4))
        with pytest.raises(BadInput, match="empty"):
            fm.diagnose.activations(net, "0", [])
        with pytest.raises(BadInput, match="str"):
            fm.diagnose.activations(net, "0", "text")
