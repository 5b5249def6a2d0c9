"""The GAN experiments: what is counted, and cells that run, in tiny settings."""

import gzip

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.lab.experiment import Cell, Outcome, Result
from fullmenu.lab.experiments import _gan_2d, _gan_digits, gan_grid, gan_ring, gan_stacked_mnist
from fullmenu.report import svg

TINY = {"steps": 3, "samples": 300, "reference": 4000}
TWO_D = {"gan-ring": gan_ring, "gan-grid": gan_grid}


def settings(module, **changes):
    return {**module.EXPERIMENT.settings, **TINY, **changes}


@pytest.mark.parametrize(("module", "modes"), [(gan_ring, 8), (gan_grid, 25)])
def test_every_mode_is_another(module, modes):
    apart = np.linalg.norm(module.MEANS[:, None] - module.MEANS, axis=2)
    assert apart.shape == (modes, modes)
    assert (apart[~np.eye(modes, dtype=bool)] > 30 * module.EXPERIMENT.settings["sd"]).all()


def test_counting_by_hand():
    means = np.array([[0.0, 0.0], [1.0, 0.0]])
    x = np.array([[0.29, 0.0], [0.0, -0.31], [1.0, 0.2], [1.0, 0.0], [0.5, 0.0]])
    counts, good = _gan_2d.by_truth(x, means, 0.1)
    assert counts.tolist() == [1, 2]
    assert good.tolist() == [True, False, True, True, False]


@pytest.mark.parametrize("module", TWO_D.values(), ids=TWO_D)
@pytest.mark.parametrize("kept", [1, 3, 7])
def test_the_instrument_finds_planted_modes(module, kept):
    s = module.EXPERIMENT.settings
    rng = np.random.default_rng(kept)
    real, planted = (
        _gan_2d.drawn_from(means, s["sd"], n, rng)
        for means, n in ((module.MEANS, 300_000), (module.MEANS[:kept], 600))
    )
    made = np.concatenate([planted, rng.uniform(-6, 6, (50, 2))])
    middles, sd = _gan_2d.dishes([real[:200_000], real[200_000:]], s["width"])
    assert len(middles) == len(module.MEANS)
    assert sd == pytest.approx(s["sd"], rel=0.01)
    truth, good = _gan_2d.by_truth(made, module.MEANS, s["sd"])
    found, theirs = _gan_2d.by_truth(made, middles, sd)
    assert (found > 0).sum() == (truth > 0).sum() >= kept
    assert (good == theirs).mean() > 0.99
    losses = ("collapsed", "narrowed")
    assert _gan_2d.judged(real[:800], made, s["width"], against_real=True) in losses
    assert _gan_2d.judged(real[:800], made, s["width"]) in (*losses, "unclear")


@pytest.mark.parametrize("module", TWO_D.values(), ids=TWO_D)
def test_a_perfect_sampler_is_perfect(module):
    s = settings(module, samples=2500, reference=200_000)
    out = module.EXPERIMENT.cell(_gan_2d.PERFECT, 0, s)
    assert out.numbers["modes"] == out.numbers["counted"] == len(module.MEANS)
    assert out.numbers["high_quality"] == pytest.approx(100 * (1 - np.exp(-4.5)), abs=0.7)
    assert out.numbers["reverse_kl"] == pytest.approx(0, abs=0.005)
    assert out.verdicts == {"compare": "held", _gan_2d.ALONE: "held"}


@pytest.mark.parametrize("arm", list(_gan_2d.REMEDIES))
def test_every_remedy_trains_in_both_settings(arm, require):
    require("torch")
    s = settings(gan_grid)
    one = gan_grid.EXPERIMENT.cell(arm, 0, s)
    assert set(one.numbers) == set(gan_grid.EXPERIMENT.numbers)
    assert np.isfinite(list(one.numbers.values())).all()
    full = {**s, **gan_grid.EXPERIMENT.full, **TINY, "g_width": 16, "d_width": 8, "batch": 12}
    made = _gan_2d.trained(arm, 0, gan_grid.MEANS, {**full, "device": "cpu"})
    assert made.shape == (TINY["samples"], 2)
    assert np.isfinite(made).all()


def test_same_seed_same_numbers(require):
    require("torch")
    s = settings(gan_ring)
    one, two, other = (gan_ring.EXPERIMENT.cell("packing 4", seed, s) for seed in (0, 0, 1))
    assert one == two
    assert one.traces != other.traces


def made_up(experiment, values):
    """Return a result in which every number of an arm is given, or as a perfect sampler's."""
    known = {"modes": 25, "counted": 25, "high_quality": 98.9, "reverse_kl": 0.0, "effective": 24.9}
    cells = []
    for arm in experiment.arms:
        given = dict(values.get(arm, {}))
        alone = given.pop("alone", None)
        numbers = {**known, **given}
        said = "held" if numbers["effective"] > 20 else "narrowed"
        verdicts = {"compare": said, _gan_2d.ALONE: alone or said}
        points = {"points": [[0.0, 0.0]]}
        cells += [Cell(arm, s, Outcome(numbers, verdicts, points), 1.0) for s in (0, 1)]
    return Result(experiment, experiment.settings, cells)


def test_claims_can_fail():
    lost = {
        "vanilla": {"modes": 15, "counted": 15, "effective": 9.0, "alone": "unclear"},
        "minibatch std": {"effective": 14.0},
    }
    experiment = gan_grid.EXPERIMENT

    def held(values):
        return [c.holds for c in experiment.claims(made_up(experiment, values))]

    assert all(held(lost))
    assert held({}) == [False, False, True, True, True, True]
    assert not held({**lost, "vanilla": {**lost["vanilla"], "counted": 16}})[2]
    assert not held({**lost, "vanilla": {**lost["vanilla"], "alone": "held"}})[4]
    assert not held({_gan_2d.PERFECT: {"high_quality": 100.0}})[5]


def test_the_picture_is_drawn():
    chart = gan_grid.EXPERIMENT.draw(made_up(gan_grid.EXPERIMENT, {}))
    text = svg.file(chart)
    assert "25 Gaussians on a grid" in text
    assert "modes kept, of 25" in text


@pytest.fixture
def numbers(tmp_path, monkeypatch):
    """Write stripes as MNIST is written: digit k is a bright column at 2k + 4."""
    (tmp_path / "mnist").mkdir()
    rng = np.random.default_rng(0)
    for part, n in (("train", 2000), ("t10k", 400)):
        labels = (np.arange(n) % 10).astype(np.uint8)
        x = rng.integers(0, 40, (n, 28, 28)).astype(np.uint8)
        for i, k in enumerate(labels):
            x[i, :, 2 * k + 4 : 2 * k + 6] = 255
        for what, head, body in (("images-idx3", 16, x), ("labels-idx1", 8, labels)):
            path = tmp_path / "mnist" / f"{part}-{what}-ubyte.gz"
            path.write_bytes(gzip.compress(bytes(head) + body.tobytes()))
    monkeypatch.setenv(_gan_digits.PLACE, str(tmp_path))
    _gan_digits.classifier.cache_clear()
    yield
    _gan_digits.classifier.cache_clear()


SMALL = {"samples": 1500, "stacks": 500, "steps": 2, "compared": 600, "epochs": 6}


@pytest.mark.parametrize("arm", ["packing 2", "relativistic + R1 + R2", gan_stacked_mnist.TEST])
def test_stacks_of_digits(arm, numbers, require):
    require("torch")
    experiment = gan_stacked_mnist.EXPERIMENT
    out = experiment.cell(arm, 0, {**experiment.settings, **SMALL})
    assert set(out.numbers) == set(experiment.numbers)
    assert out.numbers["accuracy"] > 95
    if arm == gan_stacked_mnist.TEST:
        assert out.numbers["modes"] == 100
        assert out.numbers["kl"] == pytest.approx(0, abs=0.03)
        assert out.verdicts == {"compare": "held"}
    else:
        assert out.numbers["modes"] < 100
    again = experiment.cell(arm, 0, {**experiment.settings, **SMALL})
    assert again == out


def test_the_full_nets_have_the_full_shapes(require):
    torch = require("torch")
    s = {**gan_stacked_mnist.EXPERIMENT.settings, **gan_stacked_mnist.EXPERIMENT.full}
    for remedy in _gan_2d.REMEDIES.values():
        d = _gan_digits._discriminator(remedy, s)
        assert d(torch.zeros(2 * remedy.pack, 3, 28, 28)).shape == (2, 1)
    with torch.no_grad():
        assert _gan_digits._generator(s)(torch.zeros(2, 100)).shape == (2, 3, 28, 28)


def test_without_mnist_it_says_what_to_give(monkeypatch, tmp_path):
    for value in ("", str(tmp_path)):
        monkeypatch.setenv(_gan_digits.PLACE, value)
        with pytest.raises(BadInput, match="set FULLMENU_DATA to a folder that holds mnist"):
            _gan_digits.digits("train")
