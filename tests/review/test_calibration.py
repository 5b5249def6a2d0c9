"""Calibrated kernels: what they learn, what is refused, and where they are taken."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge.one import check
from fullmenu.judge.two import compare
from fullmenu.monitor.baseline import Baseline
from fullmenu.review.calibration import DEFAULT, accepted, calibrate, reliability
from fullmenu.review.candidate_pairs import pairs_of
from fullmenu.samples import Record, Samples
from fullmenu.views.human_kernel import HumanKernel
from fullmenu.views.registry import get
from fullmenu.views.resemblance import TRAITS, traits


def answers(n=400, seed=0, knows=True):
    """Traits and answers: the default kernel is biased, lengths tell the rest."""
    rng = np.random.default_rng(seed)
    x = rng.random((n, len(TRAITS)))
    x[:, DEFAULT] = x[:, 2] ** 2
    truth = 1 / (1 + np.exp(-(4 * x[:, DEFAULT] - 4 * x[:, 8] + 1)))
    p = truth if knows else x[:, DEFAULT]
    return x, (rng.random(n) < p) * 1.0, np.arange(n) // 2


def test_it_is_better_on_prompts_held_out_and_says_by_how_much():
    found = calibrate(*answers(), name="toy", raters=3)
    assert found.way == "logistic" and found.better
    assert found.brier < found.default_brier - 0.02
    assert accepted(found).facts["raters"] == 3
    x, same, _ = answers(seed=1)
    fresh = ((found.kernel.chances(x) - same) ** 2).mean()
    assert fresh == pytest.approx(found.brier, abs=0.03)
    assert sum(b.said.low <= b.predicted <= b.said.high for b in found.reliability) >= 6


def test_one_that_is_not_surely_better_is_refused():
    with pytest.raises(BadInput, match=r"not surely better than the default.*gain"):
        accepted(calibrate(*answers(120, knows=False)))


def test_false_acceptances_are_rare():
    """The default is right: at most about one calibration in twenty is taken for better."""
    taken = [calibrate(*answers(200, seed, knows=False)).better for seed in range(60)]
    assert sum(taken) <= 8


def test_isotonic_where_only_the_kernel_matters():
    rng = np.random.default_rng(3)
    x = rng.random((3000, len(TRAITS)))
    x[:, 2] = 0.5
    x[:, DEFAULT] = rng.random(3000)
    same = (rng.random(3000) < np.where(x[:, DEFAULT] > 0.8, 0.95, 0.1)) * 1.0
    found = calibrate(x, same, np.arange(3000))
    assert found.way == "isotonic"
    chances = found.kernel.chances(x[np.argsort(x[:, DEFAULT])])
    assert (np.diff(chances) >= -1e-12).all() and 0 < chances[0] < chances[-1] < 1


def test_too_little_is_refused():
    x, same, prompts = answers()
    with pytest.raises(NotEnoughData, match="40 answers on 20 prompts"):
        calibrate(x[:40], same[:40], prompts[:40])
    with pytest.raises(NotEnoughData, match="200 answers on 1 prompts"):
        calibrate(x[:200], same[:200], np.zeros(200, int))
    with pytest.raises(NotEnoughData, match="all 400 answers are 1"):
        calibrate(x, np.ones(400), prompts)


def test_weights_move_it_to_the_log_as_a_whole():
    x, same, prompts = answers(800)
    keep = x[:, DEFAULT] > 0.5
    w = np.where(keep, 1.0, 1e-6)
    some = calibrate(x[keep], same[keep], prompts[keep])
    weighted = calibrate(x, same, prompts, weights=w)
    assert weighted.base_brier == pytest.approx(some.base_brier, abs=1e-3)


def test_it_is_saved_and_read_back(tmp_path, monkeypatch):
    kernel = calibrate(*answers(), name="toy").kernel
    monkeypatch.chdir(tmp_path)
    kernel.save("toy.kernel.json")
    for name in ("toy", "toy.kernel.json"):
        again = HumanKernel.load(name)
        assert again.ruler == kernel.ruler
        x, *_ = answers(50, 9)
        np.testing.assert_array_equal(again.chances(x), kernel.chances(x))


@pytest.mark.parametrize(
    "broken",
    ["", "[]", "{}", '{"schema": "fullmenu/kernel/0"}', "slopes", "spread"],
)
def test_a_broken_file_is_refused_in_one_line(broken, tmp_path):
    path = calibrate(*answers(), name="toy").kernel.save(tmp_path / "toy.kernel.json")
    if broken in ("slopes", "spread"):
        document = json.loads(path.read_text())
        document[broken] = [0.0] * (10 if broken == "spread" else 9)
        broken = json.dumps(document)
    path.write_text(broken)
    with pytest.raises(BadInput, match="holds no kernel of this version"):
        HumanKernel.load(path)
    with pytest.raises(BadInput, match=r"no kernel 'nosuch'.*NAME\.kernel\.json"):
        HumanKernel.load("nosuch")


def test_reliability_bins_hold_all():
    bins = reliability(np.linspace(0, 1, 83), np.ones(83), np.ones(83))
    assert sum(b.said.n for b in bins) == 83


def log(same: float, seed=0):
    rng = np.random.default_rng(seed)
    dishes = ("salmon with dill", "lentil soup", "beef stew", "cold noodles")
    return Samples.from_records(
        Record(
            f"Try {dishes[0 if rng.random() < same else rng.integers(4)]}, at {rng.integers(9)}.",
            f"What shall I eat on day {p}?", str(p),
        )
        for p in range(12) for _ in range(6)
    )  # fmt: skip


def strict(intercept: float) -> HumanKernel:
    none, one = (0.0,) * 13, (1.0,) * 13
    return HumanKernel("strict", none, one, none, intercept)


def test_check_compare_and_watch_take_it():
    samples = log(0.3)
    view = check(samples, encoder=strict(0.0)).document["views"]["answer"]
    assert view["within"]["repeat_rate"]["value"] == pytest.approx(0.5)
    assert "calibrated by people's answers: strict" in json.dumps(view)
    plain = check(samples).document["views"]
    assert plain["answer"]["across"] == view["across"]
    both = compare(samples, log(0.9, 1), encoder=strict(0.0)).document["views"]
    assert both["answer"]["ratio"]["value"] == pytest.approx(1)
    baseline = Baseline.fit(samples, encoder=strict(0.0))
    at = baseline.ruler.streams.index("answer")
    reading = baseline.ruler.read([v for v in _visits(samples)])[0]
    assert reading.values[at] == pytest.approx(0.5)


def _visits(samples: Samples):
    from fullmenu.monitor.visits import Visit

    outputs, prompts = list(samples.outputs), samples.prompts
    return [Visit("0", tuple(outputs[:6]), prompt=prompts[0])]


def test_phrasing_is_not_touched_and_pictures_are_refused():
    assert get("phrasing", strict(0.0)).likely is None
    with pytest.raises(BadInput, match="knows texts"):
        get("image", strict(0.0))


def test_traits_stand_in_the_order_of_pairs():
    samples = log(0.3)
    groups = samples.groups
    pairs = pairs_of(groups)
    x = traits(list(samples.outputs), samples.prompts, groups)
    assert len(x) == len(pairs.first)
    k = 40
    two = [int(pairs.first[k]), int(pairs.second[k])]
    outputs = [samples.outputs[i] for i in two]
    alone = traits(outputs, [samples.prompts[i] for i in two], np.zeros(2, int))
    np.testing.assert_allclose(alone[0], x[k], atol=1e-6)


def test_traits_of_nothing_and_of_singles():
    assert traits([], [], np.zeros(0, int)).shape == (0, 13)
    assert traits(["a", "b"], [None, "c"], np.arange(2)).shape == (0, 13)
    assert np.isfinite(traits(["", ""], [None, None], np.zeros(2, int))).all()
