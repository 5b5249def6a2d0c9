"""Planted collapse: what share of outputs must go before the verdict sees it?

On OLMo-2 sft, before = 5 outputs of each prompt, after = the other 5, of which a share p (each
output by its own coin) is replaced by one or three dishes: the prompt's own (outputs of its before
half) or alien ones (outputs to another prompt, the same for all prompts). "Same outputs": before
and after are the same ten, and nothing but the plant differs. "Surely below 1" leaves aside the
margin of 0.9: a loss of less than a tenth is real there, and too small for a verdict.

Then coverage: prompts resampled, five outputs of each drawn again; how often does the 95 % interval
of the ratio hold the ratio of the whole population?

Run: python benchmarks/planted.py [runs]
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise

import numpy as np

from fullmenu.judge.verdict import decide
from fullmenu.kernel.gram import gram
from fullmenu.kernel.rates import mean_rate, rate_across
from fullmenu.stats.jackknife import Replicates, log_ratio
from fullmenu.stats.proportion import share
from fullmenu.views import registry
from real import OLMO, olmo
from table import Table

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
K = 5


def main(runs: int = 200) -> None:
    view = registry.get("phrasing")
    logs = {stage: olmo(stage) for stage in OLMO}
    squares = {}
    for stage, samples in logs.items():
        x = view.rows(samples.outputs, samples.prompts)
        squares[stage] = (gram(x) ** 2).astype(np.float32)
    power(squares["sft"], runs)
    coverage(squares, max(runs * 10, 1000))
    coverage_across(squares, max(runs * 5, 500))


def power(k2: np.ndarray, runs: int) -> None:
    """Print how often each verdict falls, for each kind and share of replacement."""
    table = Table(f"Planted collapse on OLMo-2 sft, phrasing, {runs} runs: verdicts in %")
    for kind in ("own", "own, same outputs", "alien"):
        for dishes in (1, 3):
            for p in SHARES:
                rng = np.random.default_rng(1)
                within, across, top, below = Counter(), Counter(), 0, 0
                for _ in range(runs):
                    before, after, dish = plant(rng, kind, dishes, p)
                    verdict = decide(rates(k2, before), rates(k2, after), tests=6)
                    within[verdict.name] += 1
                    below += bool(verdict.ratio and (verdict.ratio.high or 1) < 1)
                    if kind == "alien":
                        sides = (between(k2, s) for s in (before, after))
                        across[decide(*sides, tests=6).name] += 1
                        top += stands_out(dish)
                row = f"within: {spell(within, runs)}; surely below 1: {below / runs:.0%}"
                if kind == "alien":
                    row += f" | across: {spell(across, runs)} | top share {top / runs:.0%}"
                found = (within["narrowed"] + within["collapsed"]) / runs
                target, reached = "", None
                if (kind, dishes, p) == ("own", 1, 0.2):
                    target, reached = "lost ≥ 95 %", found >= 0.95
                if kind == "alien" and p == 0.2:
                    lost = (across["narrowed"] + across["collapsed"]) / runs
                    target, reached = "across or top ≥ 95 %", max(lost, top / runs) >= 0.95
                table.add(f"{kind} {dishes} dish(es), p={p:.2f}", row, target, reached)
    table.show()


def plant(
    rng: np.random.Generator, kind: str, dishes: int, p: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows of before and after, shape (prompts, K), and which are the planted dish."""
    rows = np.arange(2000).reshape(200, 10)
    rows = rng.permuted(rows, axis=1)
    before, after = rows[:, :K].copy(), rows[:, K:].copy()
    if kind == "own, same outputs":
        before, after = rows.copy(), rows.copy()
    which = rng.integers(0, dishes, after.shape)
    hit = rng.random(after.shape) < p
    if kind != "alien":
        source = np.take_along_axis(before, which, axis=1)
    else:
        source = rng.choice(2000, dishes, replace=False)[which]
    after[hit] = source[hit]
    return before, after, hit & (which == 0)


def rates(k2: np.ndarray, rows: np.ndarray) -> Replicates:
    """Within-prompt repeat rates, each prompt left out."""
    block = k2[rows[:, :, None], rows[:, None, :]].astype(float)
    k = rows.shape[1]
    u = (block.sum((1, 2)) - np.einsum("pii->p", block)) / (k * (k - 1))
    return mean_rate(u, np.full(len(u), k))


def between(k2: np.ndarray, rows: np.ndarray) -> Replicates:
    """Across-prompt repeat rate, each prompt left out."""
    flat = rows.ravel()
    p, k = rows.shape
    block = k2[np.ix_(flat, flat)].reshape(p, k, p, k).sum((1, 3), dtype=float)
    np.fill_diagonal(block, 0)
    return rate_across(block.sum(1) / k**2, np.full(p, p - 1.0), np.full(p, k))


def stands_out(dish: np.ndarray) -> bool:
    """Whether the planted dish's share of plates is surely above one in a hundred."""
    groups = np.repeat(np.arange(len(dish)), dish.shape[1])
    return (share(dish.ravel(), groups=groups).low or 0) > 0.01


def spell(counts: Counter, runs: int) -> str:
    return " ".join(f"{name} {n / runs:.0%}" for name, n in counts.most_common())


def coverage(squares: dict[str, np.ndarray], runs: int) -> None:
    """Print how often the 95 % interval covers, with prompts resampled."""
    table = Table(f"Coverage of the 95 % interval of the ratio, {runs} runs, 5 outputs a prompt")
    rows = np.arange(2000).reshape(200, 10)
    for first, last in [*pairwise(OLMO), ("base", "instruct")]:
        true = np.log(rates(squares[first], rows).value / rates(squares[last], rows).value)
        for prompts in (10, 30, 100, 200):
            rng = np.random.default_rng(prompts)
            held = 0
            for _ in range(runs):
                drawn = rng.integers(0, 200, prompts)
                sides = [
                    rates(squares[s], rng.permuted(rows[drawn], axis=1)[:, :K])
                    for s in (first, last)
                ]
                q = log_ratio(sides[0], sides[1], paired=True)
                low, high = q.interval(0.95)
                held += low <= np.exp(true) <= high
            table.add(
                f"{first}→{last}, {prompts} prompts", f"{held / runs:.1%}", "92–97 %",
                0.92 <= held / runs <= 0.97,
            )  # fmt: skip
    table.show()


def coverage_across(squares: dict[str, np.ndarray], runs: int) -> None:
    """Print the same across prompts: prompts drawn without return, or a prompt would meet itself.

    Drawing a share f of the 200 shrinks the true error to √(1 − f) of what the interval allows for,
    so that intervals must cover a little more than 95 %, the more so the more prompts are drawn.
    """
    table = Table(f"Coverage across prompts, {runs} runs, 5 outputs a prompt, of 200 prompts")
    rows = np.arange(2000).reshape(200, 10)
    for first, last in pairwise(OLMO):
        true = between(squares[first], rows).value / between(squares[last], rows).value
        for prompts in (10, 30, 60):
            rng = np.random.default_rng(prompts)
            held = 0
            for _ in range(runs):
                drawn = rng.choice(200, prompts, replace=False)
                sides = [
                    between(squares[s], rng.permuted(rows[drawn], axis=1)[:, :K])
                    for s in (first, last)
                ]
                low, high = log_ratio(sides[0], sides[1], paired=True).interval(0.95)
                held += low <= true <= high
            covered = held / runs
            table.add(
                f"{first}→{last}, {prompts} prompts", f"{covered:.1%}", "≥ 92 %", covered >= 0.92
            )
    table.show()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
