"""A kernel calibrated by people's answers, judged on answers that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.proportion import wilson
from fullmenu.stats.quantile import t_quantile
from fullmenu.views.human_kernel import HumanKernel
from fullmenu.views.resemblance import TRAITS

FEWEST = 60
"""Answers that a calibration needs."""

PARTS = 10
"""Parts that prompts are cut into: each is judged by a kernel of the others."""

RIDGE = 10.0
"""How much the squares of slopes of standardised traits cost, in log-likelihood, twice."""

DEFAULT = TRAITS.index("answer²")
"""The default kernel's chance of "same" is k² of the view ``answer``."""


class Bin(NamedTuple):
    """Pairs that a kernel finds about as likely the same, and what people say of them."""

    predicted: float
    said: Estimate


class Calibration(NamedTuple):
    """A calibrated kernel, and how good it is on prompts held out.

    Parameters
    ----------
    kernel
        Fitted on all answers.
    way
        ``"logistic"``, or ``"isotonic"``.
    brier, default_brier, base_brier
        Mean squared distance from people's answers: of the kernel, of the default one, of the share
        that is called the same.
    gain
        How much lower than the default's, with its interval, prompts as units.
    reliability
        What people say where the kernel says so and so.
    likely : (m,)
        The chance of each answer's pair by a kernel that has not seen its prompt.
    """

    kernel: HumanKernel
    way: str
    brier: float
    default_brier: float
    base_brier: float
    gain: Estimate
    reliability: tuple[Bin, ...]
    likely: Floats

    @property
    def better(self) -> bool:
        """Whether it is surely better than the default on prompts held out."""
        return self.gain.above(0)


def calibrate(
    x: Floats,
    same: Floats,
    prompts: Ints,
    *,
    weights: Floats | None = None,
    name: str = "people",
    raters: int = 1,
) -> Calibration:
    """Calibrate a kernel by people's answers: logistic on all traits, or isotonic on k².

    The one with the lower error on prompts held out is taken. Whether it is better than the default
    kernel is for the caller to ask: :attr:`Calibration.better`, :func:`accepted`.

    Parameters
    ----------
    x : (m, 13)
        Traits of the pair of each answer, as :mod:`fullmenu.views.resemblance` measures them.
    same : (m,)
        The answers, in [0, 1].
    prompts : (m,)
        The prompt of each.
    weights : (m,), optional
        Weight over chance, where questions were not asked at random.
    name
        Of the kernel.
    raters
        How many people answered; it stands in the kernel's facts.

    Raises
    ------
    NotEnoughData
        Fewer than 60 answers or 20 prompts, or all answers are one.
    """
    _, prompt = np.unique(prompts, return_inverse=True)
    n_prompts = int(prompt.max(initial=-1)) + 1
    if len(same) < FEWEST or n_prompts < 2 * PARTS:
        raise NotEnoughData(
            f"{len(same)} answers on {n_prompts} prompts: a calibration needs {FEWEST} on "
            f"{2 * PARTS} prompts; answer more"
        )
    if np.ptp(same) == 0:
        raise NotEnoughData(f"all {len(same)} answers are {same[0]:g}: there is nothing to learn")
    w = np.ones(len(same)) if weights is None else weights / weights.mean()
    part = np.random.default_rng(0).permutation(n_prompts)[prompt] % PARTS
    held: dict[str, Floats] = {}
    for way, fit in WAYS.items():
        likely = np.zeros(len(same))
        for k in range(PARTS):
            out = part == k
            likely[out] = fit(x[~out], same[~out], w[~out], name).chances(x[out])
        held[way] = likely
    error = {way: float(w @ (p - same) ** 2) / float(w.sum()) for way, p in held.items()}
    way = min(error, key=error.__getitem__)
    default = x[:, DEFAULT]
    gains = w * ((default - same) ** 2 - (held[way] - same) ** 2)
    base = float(w @ same / w.sum())
    gain = _mean_over(gains, w, prompt)
    facts = {
        "answers": len(same), "prompts": n_prompts, "raters": raters, "way": way,
        "brier": error[way], "default_brier": error[way] + gain.value, "gain": gain.to_dict(),
    }  # fmt: skip
    fitted = WAYS[way](x, same, w, name)
    kernel = HumanKernel(
        name, fitted.middle, fitted.spread, fitted.slopes, fitted.intercept, fitted.steps, facts
    )
    return Calibration(
        kernel, way, error[way], error[way] + gain.value,
        float(w @ (same - base) ** 2 / w.sum()), gain, reliability(held[way], same, w), held[way],
    )  # fmt: skip


def accepted(calibration: Calibration) -> HumanKernel:
    """Return the kernel, or refuse one that is not surely better than the default.

    Raises
    ------
    BadInput
        On prompts held out it may as well be no better.
    """
    if not calibration.better:
        raise BadInput(
            f"on prompts held out the calibrated kernel is not surely better than the default: its "
            f"squared error {calibration.brier:.3f}, the default's {calibration.default_brier:.3f} "
            f"(gain {calibration.gain}); answer more questions, or keep the default"
        )
    return calibration.kernel


def reliability(likely: Floats, same: Floats, weights: Floats, bins: int = 8) -> tuple[Bin, ...]:
    """Say what people answered where a kernel says so and so, with intervals, as many in each bin.

    >>> x = np.linspace(0, 1, 80)
    >>> [(round(b.predicted, 2), str(b.said)) for b in reliability(x, x > 0.5, np.ones(80), 2)]
    [(0.25, '0 [0, 0.0876]'), (0.75, '1 [0.912, 1]')]
    """
    order = np.argsort(likely, kind="stable")
    found = []
    for rows in np.array_split(order, max(min(bins, len(order) // 10), 1)):
        w = weights[rows]
        said = float(w @ same[rows] / w.sum())
        n = float(w.sum() ** 2 / (w @ w))
        low, high = wilson(said * n, n)
        e = Estimate(said, low, high, len(rows), "share", "share of answers, Wilson")
        found.append(Bin(float(w @ likely[rows] / w.sum()), e))
    return tuple(found)


def _logistic(x: Floats, same: Floats, w: Floats, name: str) -> HumanKernel:
    """Ridge logistic regression on all traits, by Newton's steps."""
    middle, spread = x.mean(0), x.std(0)
    spread[spread < 1e-9] = 1.0
    rows = np.column_stack([np.ones(len(x)), (x - middle) / spread])
    ridge = np.diag([1e-6] + [RIDGE] * x.shape[1])
    slopes = np.zeros(rows.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-rows @ slopes))
        gradient = rows.T @ (w * (p - same)) + ridge @ slopes
        step = np.linalg.solve((rows * (w * p * (1 - p))[:, None]).T @ rows + ridge, gradient)
        slopes -= step
        if abs(step).max() < 1e-9:
            break
    return HumanKernel(
        name, tuple(middle.tolist()), tuple(spread.tolist()), tuple(slopes[1:].tolist()),
        float(slopes[0]),
    )  # fmt: skip


def _isotonic(x: Floats, same: Floats, w: Floats, name: str) -> HumanKernel:
    """Monotone in k² of the default: pool adjacent violators (Ayer et al. 1955)."""
    order = np.argsort(x[:, DEFAULT], kind="stable")
    blocks: list[list[float]] = []  # weight, sum of answers, sum of k²
    for k, y, weight in zip(x[order, DEFAULT], same[order], w[order], strict=True):
        blocks.append([weight, weight * y, weight * k])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][0] >= blocks[-1][1] / blocks[-1][0]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    at = tuple(k / weight for weight, _, k in blocks)
    # an extreme block of few answers is no certainty: one answer more on either side
    chance = tuple((y + 0.5) / (weight + 1) for weight, y, _ in blocks)
    only = tuple(float(i == DEFAULT) for i in range(len(TRAITS)))
    none, one = (0.0,) * len(TRAITS), (1.0,) * len(TRAITS)
    return HumanKernel(name, none, one, only, 0.0, (at, tuple(np.maximum.accumulate(chance))))


WAYS: dict[str, Callable[[Floats, Floats, Floats, str], HumanKernel]] = {
    "logistic": _logistic,
    "isotonic": _isotonic,
}


def _mean_over(values: Floats, weights: Floats, prompt: Ints) -> Estimate:
    """Estimate Σ values ÷ Σ weights with prompts as units, at 90 %: one side is 5 %."""
    total = float(weights.sum())
    mean = float(values.sum()) / total
    apart = np.bincount(prompt, values - mean * weights) / total
    p = len(apart)
    half = t_quantile(0.9, p - 1) * float(np.sqrt(p / (p - 1) * (apart**2).sum()))
    method = "mean over answers on prompts held out, prompts as units, t"
    return Estimate(mean, mean - half, mean + half, p, "squared error", method, 0.9)
