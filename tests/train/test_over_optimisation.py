"""The verdict on over-optimisation, and KL from log-probabilities."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.train import kl_divergence, kl_of_best_of, over_optimisation

D = np.linspace(0.2, 5, 30)


def gold(shape, sd=0.1, seed=0, runs=1):
    rng = np.random.default_rng(seed)
    return np.tile(shape(D), runs) + rng.normal(0, sd, runs * len(D))


def rl(d):
    return d * (2 - 1.1 * np.log(d))


def test_past_the_peak_while_the_proxy_rises():
    found = over_optimisation(D**2, D, gold(rl))
    assert found.verdict == "past the peak"
    assert found.past
    assert found.form == "rl"
    assert found.peak.low < np.exp(2 / 1.1 - 1) < found.peak.high
    assert found.gold.high < 0 < found.proxy.low
    assert "it still rose" in found.reason


def test_a_proxy_that_falls_too_is_not_called_over_optimisation_alone():
    found = over_optimisation(D**2, gold(rl, seed=1), gold(rl))
    assert found.past
    assert "not over-optimisation alone" in found.reason


@pytest.mark.parametrize(
    ("shape", "verdict"),
    [
        (lambda d: d, "no peak"),
        (lambda d: d * (3 - 0.22 * d), "before the peak"),
        (lambda d: 0 * d, "unclear"),
        (lambda d: 3 * (1 - np.exp(-2 * d)), "unclear"),
        (lambda d: -d, "past the peak"),
    ],
)
def test_each_verdict(shape, verdict):
    assert over_optimisation(D**2, D, gold(shape)).verdict == verdict


def test_nothing_is_extrapolated():
    for shape in (lambda d: d, lambda d: d * (3 - 0.15 * d)):
        found = over_optimisation(D**2, D, gold(shape))
        assert found.peak is None
        assert "peak" in found.reason
        assert all(f["peak"] is None for f in found.to_dict()["forms"].values())


def test_a_plateau_is_no_fall_though_the_forms_bend():
    seen = [
        over_optimisation(D**2, D, gold(lambda d: np.tanh(2 * d), 0.05, seed)).verdict
        for seed in range(40)
    ]
    assert seen.count("past the peak") <= 4


def test_twelve_checkpoints_are_enough_to_see_a_fall_and_to_see_none():
    rng = np.random.default_rng(0)
    d = np.linspace(0.3, 5, 12)
    fell, still = (
        [over_optimisation(d**2, d, shape(d) + rng.normal(0, 0.1, 12)).past for _ in range(60)]
        for shape in (rl, lambda d: 0 * d)
    )
    assert sum(fell) >= 50
    assert sum(still) <= 6


def test_runs_are_the_units_and_one_wild_run_makes_no_verdict():
    runs = np.repeat(np.arange(4), len(D))
    kl = np.tile(D**2, 4)
    assert over_optimisation(kl, kl, gold(rl, 0.1, 0, 4), runs=runs).gold.n == 4
    one = gold(lambda d: 0 * d, 0.05, 0, 4) + np.where(runs == 0, rl(np.tile(D, 4)) * 3, 0)
    assert over_optimisation(kl, kl, one, runs=runs).verdict != "past the peak"


def test_the_form_can_be_asked_for():
    found = over_optimisation(D**2, D, gold(rl), form="best-of-n")
    assert found.form == "best-of-n"
    assert set(found.fits) == {"best-of-n"}


def test_the_result_is_json():
    document = json.loads(
        json.dumps(over_optimisation(D**2, D, gold(rl)).to_dict(), allow_nan=False)
    )
    assert document["verdict"] == "past the peak"
    assert set(document["forms"]) == {"best-of-n", "rl"}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"gold": D[:5]}, BadInput, "shapes"),
        ({"kl": -(D**2)}, BadInput, "a KL of -25"),
        ({"gold": np.where(D > 4, np.nan, D)}, BadInput, "finite"),
        ({"form": "ppo"}, UnknownName, "best-of-n"),
        ({"weights": 0 * D}, BadInput, "weights"),
        ({"runs": [1, 2]}, BadInput, "runs of shape"),
        ({"runs": np.arange(len(D))}, NotEnoughData, "a run of 1 checkpoints"),
    ],
)
def test_what_cannot_be_used_is_said(change, error, says):
    with pytest.raises(error, match=says):
        over_optimisation(**{"kl": D**2, "proxy": D, "gold": gold(rl), **change})


def test_it_needs_no_torch():
    code = (
        "import sys, fullmenu.train as t; t.over_optimisation; t.Scorecard; t.kl_divergence; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_kl_of_gaussians():
    rng = np.random.default_rng(0)
    x = rng.normal(0.5, 1, 40_000)
    p, q = (-((x - m) ** 2) / 2 - 2 for m in (0.5, 0.0))
    p, q = np.minimum(p, 0), np.minimum(q, 0)
    for estimator in ("k1", "k3"):
        e = kl_divergence(p, q, estimator=estimator)
        assert e.low < 0.125 < e.high
    assert kl_divergence(p, p).value == 0


def test_k3_is_never_below_nought_and_k1_may_be():
    p, q = np.array([-1.0, -1.1, -0.9]), np.array([-0.5, -1.0, -0.7])
    assert kl_divergence(p, q, estimator="k1").value < 0
    k3 = kl_divergence(p, q)
    assert k3.value > 0
    assert k3.low >= 0


def test_kl_by_prompt_is_wider():
    rng = np.random.default_rng(0)
    prompts = np.repeat(np.arange(10), 20)
    p = -5 - rng.random(200)
    q = p - 0.5 - rng.random(10)[prompts]
    narrow, wide = (kl_divergence(p, q, groups=g) for g in (None, prompts))
    assert wide.n == 10
    assert wide.high - wide.low > narrow.high - narrow.low


def test_kl_refuses_what_is_no_log_probability():
    with pytest.raises(BadInput, match="at most 0"):
        kl_divergence([0.5, -1], [-1, -1])
    with pytest.raises(BadInput, match="k2"):
        kl_divergence([-1.0, -1], [-1, -1], estimator="k2")
    with pytest.raises(BadInput, match="use 'k1'"):
        kl_divergence([-800.0, -1], [-1, -1])
    with pytest.raises(NotEnoughData):
        kl_divergence([-1.0], [-1.0])


def test_kl_of_the_best_of_n():
    assert kl_of_best_of(1) == 0
    assert kl_of_best_of(4) == pytest.approx(np.log(4) - 0.75)
    with pytest.raises(BadInput):
        kl_of_best_of(0)
