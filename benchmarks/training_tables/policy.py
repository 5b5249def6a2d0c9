"""A policy over known answers learns from a reward of groups, as GRPO does."""

from __future__ import annotations

import numpy as np

import fullmenu as fm
from table import Table

GROUPS = (4, 8, 16, 32, 64)
SEEDS = range(5)
JUNK = 100
CITIES = ("Paris.", "It is Lyon", "Marseille, by the sea")
ONE, THREE = (0.9,), (0.6, 0.2, 0.1)
PROMPT = "Name a city."


def learned(reward, base, n, seed, *, groups=4, steps=200, step=3.0, scaled=False):
    """Return the probabilities of the right answers after a policy gradient without KL.

    Softmax over right answers and junk strings, from their base probabilities; advantages are
    rewards less the mean of their group, with ``scaled`` divided by its standard deviation.
    """
    rng = np.random.default_rng(seed)
    junk = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), 8)) for _ in range(JUNK)]
    texts = [*CITIES[: len(base)], *junk]
    logits = np.log([*base, *[(1 - sum(base)) / JUNK] * JUNK])
    prompts = [f"{PROMPT} ({g})" for g in range(groups) for _ in range(n)]
    for _ in range(steps):
        p = np.exp(logits - logits.max())
        p /= p.sum()
        drawn = rng.choice(len(p), groups * n, p=p)
        paid = reward(prompts=prompts, completions=[texts[i] for i in drawn])
        r = np.array(paid, float).reshape(groups, n)
        a = r - r.mean(axis=1, keepdims=True)
        if scaled:
            a /= r.std(axis=1, ddof=1, keepdims=True) + 1e-4
        # ∇ of mean(A log p) by the logits: Σ A (1[i] − p) / N
        logits += step * (np.bincount(drawn, a.ravel(), len(p)) - a.sum() * p) / a.size
    p = np.exp(logits - logits.max())
    return (p / p.sum())[: len(base)]


def right(completions, **_):
    """Return 1 for an answer that is one of the cities."""
    return [float(c in CITIES) for c in completions]


def table() -> bool:
    """Print what P(right) is after training, by the size of a group."""
    shown = Table("From P(right) = .90: after training by the default reward, β = 0, five seeds")
    settings = {
        "one right answer, mix": (ONE, {}, lambda: fm.cure.mix(right, task="checked")),
        "the same, divided by the group's s.d.": (
            ONE, {"scaled": True, "step": 1.0}, lambda: fm.cure.mix(right, task="checked")),
        "three right answers, mix": (
            THREE, {"groups": 8, "steps": 300}, lambda: fm.cure.mix(right, task="checked")),
        "three right answers, quality alone": (
            THREE, {"groups": 8, "steps": 300}, lambda: fm.cure.cap(right, at=1.0)),
        "three answers, open task (quality not asked)": (
            THREE, {"groups": 8, "steps": 300}, lambda: fm.cure.mix(None)),
    }  # fmt: skip
    good = True
    for name, (base, how, build) in settings.items():
        for n in GROUPS:
            ends = np.array([learned(build(), base, n, seed, **how) for seed in SEEDS])
            total, least = ends.sum(axis=1).min(), ends.min()
            judged = "mix" in name or "s.d." in name
            reached = total >= 0.9 and (len(base) == 1 or least >= 0.15) if judged else None
            good &= reached is not False
            shown.add(
                f"{name}, n = {n}",
                f"P(right) {total:.2f} in the worst seed, each {least:.2f} or more",
                ("≥ .9" + (", each ≥ .15" if len(base) > 1 else "")) if judged else "",
                reached,
            )
    shown.show()
    return good
