"""The experiment ``descent``, very small."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fullmenu.lab.experiments import _descent_terrain as terrain
from fullmenu.lab.experiments._descent_gan import CENTRES, SAMPLES, SD, counted, kept
from fullmenu.lab.experiments.descent import EXPERIMENT, TUNED


@pytest.fixture(scope="module")
def result(require):
    require("pytorch_optimizer")
    from fullmenu.lab.experiment import Cell, Result

    settings = {**EXPERIMENT.settings, "gan_steps": 20, "fact_steps": 20, "walk_steps": 5}
    cells = [
        Cell(arm, 0, EXPERIMENT.cell(arm, 0, settings), 0.0) for arm in ("Adam", "SOAP", "Muon")
    ]
    return Result(EXPERIMENT, settings, cells)


def test_every_optimizer_is_tuned_for_every_task():
    assert set(TUNED) == {"z2", "facts", "terrain"}
    assert all(set(arms) == set(EXPERIMENT.arms) for arms in TUNED.values())
    assert json.loads(json.dumps(EXPERIMENT.settings)) == EXPERIMENT.settings


def test_cells_give_every_number(result):
    for cell in result.cells:
        assert set(cell.outcome.numbers) == set(EXPERIMENT.numbers)
        assert len(cell.outcome.traces["path"]) == 6
    adam, soap = (result.of(arm)[0].outcome.numbers for arm in ("Adam", "SOAP"))
    assert adam["modes_z2"] == adam["modes_z2_cpu"]
    assert adam["cost_gan"] == 1
    assert soap["cost_gan"] > 1


def test_claims_can_be_judged(result):
    claims = EXPERIMENT.claims(result)
    assert len(claims) == 5
    assert not claims[0].holds  # nobody keeps modes after twenty steps
    assert claims[-1].holds


def test_muon_turns_in_float32_as_torch_does_in_bfloat16(require):
    torch = require("torch")
    from torch.optim import _muon

    from fullmenu.lab.experiments._descent_race import _orthogonal

    torchs = _muon._zeropower_via_newtonschulz
    for shape in ((8, 5), (5, 8), (6, 6)):
        x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        ours = _orthogonal(x, (3.4445, -4.775, 2.0315), 5, 1e-7)
        assert ours.dtype == torch.float32
        singular = torch.linalg.svdvals(ours)
        assert ((singular > 0.5) & (singular < 1.3)).all()
        if torchs is not _orthogonal:
            theirs = torchs(x, (3.4445, -4.775, 2.0315), 5, 1e-7).float()
            assert torch.allclose(ours, theirs, atol=0.05)


def test_the_same_seed_gives_the_same_scores(require):
    require("pytorch_optimizer")
    from fullmenu.lab.experiments._descent_race import task

    for name in ("z2", "facts", "terrain"):
        scores = []
        for _ in range(2):
            trained = task(name, 3, TUNED[name]["SOAP"])
            for _ in range(8):
                trained.step()
            where = trained.sample(50).sum() if name == "z2" else trained.score()
            scores.append(float(where))
        assert scores[0] == scores[1]


def test_equal_time_stops_the_dear_and_lets_the_cheap_go_on(monkeypatch):
    from fullmenu.lab.experiments import _descent_race as module

    class Fake:
        def __init__(self, price):
            self.price, self.done = price, 0

        def step(self):
            self.done += 1

        def score(self):
            return float(self.done)

        def details(self):
            return {"seen": self.done}

    def seconds(task, steps):
        task.done += steps
        return steps * task.price

    monkeypatch.setattr(module, "_seconds", seconds)
    dear = module.race(Fake(2.0), Fake(1.0), 400)
    assert (dear.cost, dear.at_steps, dear.at_cpu) == (2.0, 400, 200)
    cheap = module.race(Fake(0.5), Fake(1.0), 400)
    assert (cheap.cost, cheap.at_steps, cheap.at_cpu) == (0.5, 400, 800)
    assert cheap.details == {"seen": 400}
    assert module.race(Fake(1.0), None, 400).at_cpu == 400


def test_modes_are_counted_at_ten_samples_within_three_deviations():
    rng = np.random.default_rng(0)
    perfect = CENTRES[rng.integers(25, size=SAMPLES)] + SD * rng.normal(size=(SAMPLES, 2))
    assert kept(perfect) == counted(perfect) == 25
    assert kept(np.repeat(CENTRES[:3], 10, axis=0)) == 3
    assert counted(np.repeat(CENTRES[:3], 12, axis=0)) == 3
    assert kept(np.repeat(CENTRES[:3], 9, axis=0)) == 0
    assert kept(CENTRES + 4 * SD) == 0
    assert np.allclose(CENTRES.var(0), 1)


def test_the_slope_is_that_of_the_terrain():
    rng = np.random.default_rng(0)
    for point in rng.uniform(-3, 3, (5, 2)):
        for axis in np.eye(2):
            steep = (
                terrain.height(point + 1e-5 * axis) - terrain.height(point - 1e-5 * axis)
            ) / 2e-5
            assert terrain.slope(point) @ axis == pytest.approx(float(steep), abs=1e-6)
