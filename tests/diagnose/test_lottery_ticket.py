"""Lottery tickets: pruning, rewinding and masks as published; verdicts on known tables."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.diagnose.tickets import masks
from fullmenu.diagnose.tickets.accuracies import Trained
from fullmenu.errors import BadInput, NotEnoughData, UnknownName


def table(gain, seeds=5, densities=(0.5, 0.1), below=0.0, spread=0.001, seed=0):
    rng = np.random.default_rng(seed)
    runs = []
    for s in range(seeds):
        runs.append(Trained(1.0, "dense", s, 0.95 + spread * rng.normal()))
        for d in densities:
            runs.append(Trained(d, "ticket", s, 0.95 - below + spread * rng.normal(), 0.9))
            low = 0.95 - below - gain
            runs.append(Trained(d, "reinitialised", s, low + spread * rng.normal(), 0.5 + s / 100))
    return runs


def test_present_absent_inconclusive():
    assert fm.diagnose.judge_tickets(table(0.02)).verdict == "present"
    assert fm.diagnose.judge_tickets(table(0.0)).verdict == "absent"
    assert fm.diagnose.judge_tickets(table(0.01, spread=0.02)).verdict == "inconclusive"
    assert fm.diagnose.judge_tickets(table(-0.05)).verdict == "absent"


def test_the_gap_is_the_paired_difference():
    runs = table(0.02, densities=(0.1,))
    ours = [r.accuracy for r in runs if r.arm == "ticket"]
    theirs = [r.accuracy for r in runs if r.arm == "reinitialised"]
    found = fm.diagnose.judge_tickets(runs)
    difference = np.subtract(ours, theirs)
    half = 2.7764451 * difference.std(ddof=1) / 5**0.5
    assert found.gap.value == pytest.approx(difference.mean())
    assert found.gap.low == pytest.approx(difference.mean() - half)
    speed = found.evidence["learning speed: ticket − re-initialised, density 0.1"]
    assert speed.value == pytest.approx(0.38)


def test_more_densities_widen_the_interval():
    one = fm.diagnose.judge_tickets(table(0.02, densities=(0.1,)))
    assert one.gap.level == 0.95
    assert fm.diagnose.judge_tickets(table(0.02)).gap.level == pytest.approx(0.975)


def test_the_sparsest_matching_ticket():
    runs = table(0.02, densities=(0.5, 0.25, 0.1), below=-0.002)
    found = fm.diagnose.judge_tickets(runs).evidence["sparsest matching density"]
    assert found.value == 0.1
    worse = [r for r in runs if r.density != 0.25] + [
        Trained(0.25, r.arm, r.seed, r.accuracy - 0.03, r.early) for r in runs if r.density == 0.25
    ]
    stopped = fm.diagnose.judge_tickets(worse).evidence["sparsest matching density"]
    assert stopped.value == 0.5
    none = fm.diagnose.judge_tickets(table(0.02, below=0.03))
    assert "sparsest matching density" not in none.evidence


def test_what_is_no_table_is_said():
    with pytest.raises(NotEnoughData, match="2 seeds"):
        fm.diagnose.judge_tickets(table(0.02, seeds=1))
    with pytest.raises(NotEnoughData, match="re-initialised"):
        fm.diagnose.judge_tickets([r for r in table(0.1) if r.arm != "reinitialised"])
    with pytest.raises(BadInput, match="two rows"):
        fm.diagnose.judge_tickets(table(0.1) * 2)
    with pytest.raises(UnknownName, match="did you mean 'ticket'"):
        Trained(0.5, "tickets", 0, 0.9)
    with pytest.raises(BadInput, match="density=0"):
        Trained(0, "ticket", 0, 0.9)
    with pytest.raises(BadInput, match="density 1"):
        Trained(0.5, "dense", 0, 0.9)
    with pytest.raises(BadInput, match="accuracy=nan"):
        Trained(0.5, "ticket", 0, float("nan"))
    with pytest.raises(BadInput, match="tolerance"):
        fm.diagnose.judge_tickets(table(0.1), tolerance=-1)


def test_all_alike_leaves_nothing_to_judge_by():
    assert fm.diagnose.judge_tickets(table(0.0, spread=0.0)).verdict == "inconclusive"


def test_importing_the_diagnoses_imports_no_torch():
    names = ("tickets.diagnosis", "units.diagnosis", "units.gain", "units.hooks")
    code = "; ".join(f"import fullmenu.diagnose.{name}" for name in names)
    code += "; import sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


class TestPruning:
    """On a network of a few weights, known one by one."""

    @pytest.fixture
    def torch(self, require):
        return require("torch")

    @pytest.fixture
    def net(self, torch):
        net = torch.nn.Sequential(torch.nn.Linear(4, 2, bias=False), torch.nn.Linear(2, 4))
        with torch.no_grad():
            net[0].weight[:] = torch.arange(1.0, 9).reshape(2, 4)
            net[1].weight[:] = -torch.arange(9.0, 17).reshape(4, 2)
        return masks.masked(net)

    def test_the_smallest_of_all_layers_go(self, net):
        masks.prune_to(net, 0.5)
        assert net[0].weight_mask.sum() == 0
        assert net[1].weight_mask.sum() == 8
        masks.prune_to(net, 0.25)  # of what is left
        assert masks.density_of(net) == 0.25
        assert net[1].weight_mask.flatten().tolist() == [0] * 4 + [1] * 4

    def test_rewinding_writes_the_weights_and_keeps_the_mask(self, torch, net):
        start = masks.state_of(net)
        masks.prune_to(net, 0.5)
        with torch.no_grad():
            net[1].weight_orig += 1
        masks.wear(net, start, masks.masks_of(masks.state_of(net)))
        x = torch.eye(2)
        wanted = -torch.arange(9.0, 17).reshape(4, 2).T
        assert torch.allclose(net[1](x) - net[1].bias, wanted)
        assert not net[0](torch.eye(4)).any()

    def test_pruning_reads_the_trained_weights_not_the_last_output(self, torch, net):
        with torch.no_grad():
            net[0].weight_orig *= 100  # no forward pass since
        masks.prune_to(net, 0.5)
        assert net[0].weight_mask.sum() == 8

    def test_shuffling_keeps_each_layers_density(self, torch, net):
        masks.prune_to(net, 0.25)
        kept = masks.masks_of(masks.state_of(net))
        other = masks.shuffled(kept, 1)
        assert [int(m.sum()) for m in other.values()] == [int(m.sum()) for m in kept.values()]
        assert any(not torch.equal(m, other[name]) for name, m in kept.items())

    def test_nothing_to_prune(self, torch):
        with pytest.raises(BadInput, match="no linear or convolutional"):
            masks.prunable(torch.nn.ReLU())


class Spy:
    """A network whose training adds to its weights, so that every arm's start can be read off."""

    def __init__(self, torch):
        self.torch = torch
        self.seen = []

    def make(self):
        return self.torch.nn.Sequential(self.torch.nn.Linear(6, 6), self.torch.nn.Linear(6, 6))

    def train(self, model, seed, steps=100):
        self.seen.append((masks.state_of(model), seed, steps))
        with self.torch.no_grad():
            for p in model.parameters():
                p += 0.001 * steps

    def evaluate(self, model):
        return float(model(self.torch.ones(1, 6)).sum())


class TestTraining:
    @pytest.fixture
    def spy(self, require):
        return Spy(require("torch"))

    def test_every_arm_starts_where_it_should(self, spy):
        rows = fm.diagnose.train_tickets(
            spy.make, spy.train, spy.evaluate, densities=(0.5, 0.25), seeds=[3], rewind=10
        )
        assert [r.arm for r in rows] == [
            "dense", "ticket", "reinitialised", "shuffled", "ticket", "reinitialised", "shuffled",
        ]  # fmt: skip
        full = [(s, seed) for s, seed, steps in spy.seen if steps == 100]
        assert len(full) == 7
        assert {seed for _, seed in full} == {3}
        dense, ticket, other, mixed = (s for s, _ in full[:4])
        same = spy.torch.equal
        assert same(dense["0.weight_orig"], ticket["0.weight_orig"])
        assert same(dense["0.weight_orig"], mixed["0.weight_orig"])
        assert not same(dense["0.weight_orig"], other["0.weight_orig"])
        assert same(ticket["0.weight_mask"], other["0.weight_mask"])
        assert not same(ticket["0.weight_mask"], mixed["0.weight_mask"])
        sparser = full[4][0]["0.weight_mask"]
        assert not (sparser > ticket["0.weight_mask"]).any()
        # the rewind: every start has had its ten steps
        begun = [s for s, _, steps in spy.seen if steps == 10]
        assert len(begun) == 3
        np.testing.assert_allclose(
            dense["0.weight_orig"], begun[0]["0.weight_orig"] + 0.01, rtol=1e-5, atol=1e-6
        )

    def test_early_is_after_a_few_steps(self, spy):
        rows = fm.diagnose.train_tickets(
            spy.make, spy.train, spy.evaluate, densities=[0.5], seeds=[0], early=5,
            arms=("dense", "ticket"),
        )  # fmt: skip
        assert [r.arm for r in rows] == ["dense", "ticket"]
        assert all(r.early < r.accuracy for r in rows)

    def test_torchs_random_state_is_left_alone(self, spy):
        before = spy.torch.get_rng_state()
        fm.diagnose.train_tickets(spy.make, spy.train, spy.evaluate, densities=[0.5], seeds=[0])
        assert spy.torch.equal(before, spy.torch.get_rng_state())

    @pytest.mark.parametrize("densities", [[], [0.1, 0.5], [1.0, 0.5], [0.5, 0.0], [0.5, 0.5]])
    def test_densities_must_fall(self, spy, densities):
        with pytest.raises(BadInput, match="falling shares"):
            fm.diagnose.train_tickets(spy.make, spy.train, spy.evaluate, densities=densities)

    def test_the_whole_diagnosis(self, spy):
        found = fm.diagnose.lottery_ticket(
            spy.make, spy.train, spy.evaluate, densities=[0.5], seeds=range(3), early=5
        )
        assert found.kind == "structure"
        assert found.subject == "Sequential"
        assert found.seeds == 3
        assert "Linear mode connectivity" in found.notes[-1] or "Stable" in found.notes[-1]
        assert found == fm.diagnose.lottery_ticket(
            spy.make, spy.train, spy.evaluate, densities=[0.5], seeds=range(3), early=5
        )


class TestPath:
    @pytest.fixture
    def torch(self, require):
        return require("torch")

    def test_a_barrier_between_two_valleys(self, torch):
        first, second = (torch.nn.Linear(1, 1, bias=False) for _ in range(2))
        with torch.no_grad():
            first.weight.fill_(-1)
            second.weight.fill_(1)
        before = masks.state_of(first)

        def evaluate(model):  # right at −1 and at 1, half wrong in the middle
            return 0.5 + 0.5 * abs(float(model.weight))

        path = fm.diagnose.linear_mode_connectivity(first, second, evaluate, points=31)
        assert path.barrier == pytest.approx(0.5)
        assert torch.equal(first.weight, before["weight"])
        flat = fm.diagnose.linear_mode_connectivity(first, first, evaluate)
        assert flat.barrier == 0

    def test_batch_norm_is_computed_anew(self, torch):
        def make():
            return torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3))

        x = 5 + torch.randn(64, 3)
        first, second = make(), make()
        seen = []

        def evaluate(model):
            with torch.no_grad():
                out = model[0](x)
            right = torch.allclose(model[1].running_mean, out.mean(0), atol=1e-4)
            seen.append(bool(right))
            return 1.0

        with pytest.raises(BadInput, match="recompute="):
            fm.diagnose.linear_mode_connectivity(first, second, evaluate)
        path = fm.diagnose.linear_mode_connectivity(
            first, second, evaluate, recompute=lambda model: model(x), points=5
        )
        assert len(path.errors) == 5
        assert all(seen)
        assert first[1].momentum == 0.1
        with pytest.raises(BadInput, match="recompute="):
            fm.diagnose.lottery_ticket(make, lambda m, s: None, evaluate)

    def test_no_line_between_unlike_networks(self, torch):
        a, b = torch.nn.Linear(2, 2), torch.nn.Linear(2, 3)
        with pytest.raises(BadInput, match="differ in"):
            fm.diagnose.linear_mode_connectivity(a, b, lambda m: 1.0)
        a, b = (masks.masked(torch.nn.Linear(4, 4)) for _ in range(2))
        for net in (a, b):
            masks.prune_to(net, 0.5)
        with pytest.raises(BadInput, match="two masks"):
            fm.diagnose.linear_mode_connectivity(a, b, lambda m: 1.0)
        with pytest.raises(BadInput, match="points=2"):
            fm.diagnose.linear_mode_connectivity(a, a, lambda m: 1.0, points=2)
