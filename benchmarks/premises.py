"""What a verdict rests on: how often does it say the wrong word where a premise fails?

One function a row, registered with ``@row("name")``: it takes the number of simulations and adds
its lines to the table, each rate with its standard error.

Run: python benchmarks/premises.py [--runs 1000] [--only name,name]
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable

import numpy as np

from fullmenu.estimate import VERDICTS, Verdict, worst
from fullmenu.judge.case import first_of_each
from fullmenu.judge.verdict import decide
from fullmenu.kernel.gram import gram
from fullmenu.kernel.rates import across, mean_rate, rate_across, rate_estimate, within
from fullmenu.samples import Samples
from fullmenu.stats.jackknife import Replicates
from fullmenu.views import registry
from real import noveltybench, olmo
from table import Table

VIEWS = 3
TESTS = 2 * VIEWS
"""Decisions of a comparison: views × questions."""

LOSSES = ("collapsed", "narrowed")

Row = Callable[[Table, int], None]
ROWS: dict[str, Row] = {}
"""Every row by name; ``--only`` picks some."""


def row(name: str) -> Callable[[Row], Row]:
    """Register a row under a name."""

    def register(function: Row) -> Row:
        ROWS[name] = function
        return function

    return register


def rate(hits: int, runs: int) -> str:
    """Return a share of runs with its standard error.

    >>> rate(50, 1000)
    '.050 ± .007'
    """
    p = hits / runs
    return f"{p:.3f} ± {math.sqrt(p * (1 - p) / runs):.3f}".replace("0.", ".")


def leading(rng: np.random.Generator, u: np.ndarray, n: int) -> np.ndarray:
    """Return repeat rates of n outputs of prompts with one leading dish of share √u, else unique.

    >>> leading(np.random.default_rng(0), np.array([0.0, 1.0]), 5).tolist()
    [0.0, 1.0]
    """
    c = rng.binomial(n, np.sqrt(u))
    return c * (c - 1) / (n * (n - 1))


def of_rates(rates: np.ndarray, n: int) -> Replicates:
    """Return the replicates of the rates of prompts with n outputs each."""
    return mean_rate(rates, np.full(len(rates), n))


Labels = tuple[np.ndarray, np.ndarray]
"""The dish of every output, and its prompt."""


def served(rng: np.random.Generator, u: np.ndarray, n: np.ndarray, dish: np.ndarray) -> Labels:
    """Return outputs: of each prompt n, the named dish with chance √u, else a dish never seen."""
    groups = np.repeat(np.arange(len(u)), n)
    labels = np.arange(len(groups)) + 1_000_000
    hit = rng.random(len(groups)) < np.sqrt(u)[groups]
    labels[hit] = dish[groups][hit]
    return labels, groups


def rows(labels: np.ndarray) -> np.ndarray:
    """Return unit rows: equal labels are equal, others have nothing in common.

    A label that stands once needs no column that others could share, but one of its own.
    """
    _, codes = np.unique(labels, return_inverse=True)
    return np.eye(int(codes.max()) + 1)[codes]


def judged(before: Labels, after: Labels, prompts: int, question: str) -> Verdict:
    """Judge two logs of labels as compare does."""
    looked = [_replicates(*side, prompts, question) for side in (before, after)]
    even = None
    if any(r.fragile() for r in looked):
        kept = first_of_each(before[1], after[1])
        sides = zip((before, after), kept, strict=True)
        even = tuple(_replicates(x[k], g[k], prompts, question) for (x, g), k in sides)
    return decide(*looked, tests=TESTS, even=even)


def _replicates(labels: np.ndarray, groups: np.ndarray, prompts: int, question: str) -> Replicates:
    if question == "across":
        return across(rows(labels), groups, prompts)
    return within(rows(labels), groups, prompts).replicates()


def prompt_rates(rng: np.random.Generator, kind: str, prompts: int) -> np.ndarray:
    """Return repeat rates of prompts, by kind."""
    if kind == "beta":
        return rng.beta(0.5, 4, prompts)
    if kind == "one in 20 at 1":
        return np.where(rng.random(prompts) < 0.05, 1.0, 0.05)
    return np.full(prompts, float(kind))


@row("unequal")
def unequal(table: Table, runs: int) -> None:
    """Unchanged models whose numbers of outputs changed: false losses."""
    for kind in ("0.02", "0.1", "beta", "one in 20 at 1"):
        for n, m in ((2, 8), (8, 2), (4, 10)):
            for prompts in (10, 30, 60):
                rng = np.random.default_rng(prompts)
                own = np.arange(prompts)
                for content in ("", ", other content"):
                    lost = 0
                    for _ in range(runs):
                        u = prompt_rates(rng, kind, prompts)
                        before = served(rng, u, np.full(prompts, n), own)
                        after = served(rng, u, np.full(prompts, m), own + 1000 * bool(content))
                        lost += judged(before, after, prompts, "within").lost
                    _false(
                        table,
                        f"within, U {kind}, {n} v {m}, {prompts} prompts{content}",
                        lost,
                        runs,
                    )
    for n, m in ((2, 8), (8, 2), (4, 10)):
        for prompts in (10, 30, 60):
            rng = np.random.default_rng(prompts)
            lost = 0
            for _ in range(runs):
                u = rng.beta(0.5, 2, prompts)
                sides = [
                    served(rng, u, np.full(prompts, k), np.zeros(prompts, int)) for k in (n, m)
                ]
                lost += judged(*sides, prompts, "across").lost
            _false(table, f"across, {n} v {m}, {prompts} prompts", lost, runs)
    for name, refused, then in (
        ("10 of 30 refused, the others 10 → 4", 10, 4),
        ("10 of 30 refused, the others 10 → 5", 10, 5),
        ("6 of 30 refused, the others 10 → 7", 6, 7),
    ):
        for turned in (False, True):
            rng = np.random.default_rng(0)
            lost = 0
            for _ in range(runs):
                u = np.where(np.arange(30) < refused, 0.9, 0.0)
                few = np.where((np.arange(30) < refused) != turned, 10, then)
                sides = [served(rng, u, k, np.zeros(30, int)) for k in (np.full(30, 10), few)]
                lost += judged(*sides, 30, "across").lost
            _false(table, f"across, {name}{', reversed' if turned else ''}", lost, runs)


@row("shape")
def shape(table: Table, runs: int) -> None:
    """As many repeats, other content: one leading dish on one side, equal dishes on the other."""
    for u in (0.02, 0.1, 0.5):
        for n in (4, 10):
            for prompts in (6, 10, 30):
                for turned in (False, True):
                    rng = np.random.default_rng(prompts + n)
                    lost = 0
                    for _ in range(runs):
                        own = np.arange(prompts)
                        one = served(rng, np.full(prompts, u), np.full(prompts, n), own)
                        dishes = rng.integers(0, round(1 / u), prompts * n)
                        other = (dishes + 100 * one[1] + 5_000_000, one[1])
                        sides = (other, one) if turned else (one, other)
                        lost += judged(*sides, prompts, "within").lost
                    told = "equal → leading" if turned else "leading → equal"
                    _false(table, f"within, U {u:g}, {told}, {prompts} × {n}", lost, runs)


def _false(table: Table, what: str, lost: int, runs: int) -> None:
    table.add(f"false loss: {what}", rate(lost, runs), "≤ .05", lost <= 0.05 * runs)


class Blocks:
    """Repeat rates of one log in every view: of its prompts, and of every two of them."""

    def __init__(self, samples: Samples) -> None:
        self.ids = samples.prompt_ids
        self.outputs = np.bincount(samples.groups)
        self.within: list[np.ndarray] = []
        self.across: list[np.ndarray] = []
        for name in registry.defaults("text"):
            view = registry.get(name)
            inside = self._means(samples, view.rows(samples.outputs, samples.prompts))
            apart = inside
            if view.reads_prompt:
                apart = self._means(samples, view.rows(samples.outputs, [None] * len(samples)))
            self.within.append(inside.diagonal().copy())
            self.across.append(apart - np.diag(apart.diagonal()))

    def _means(self, samples: Samples, x: object) -> np.ndarray:
        n = self.outputs
        k2 = gram(x) ** 2
        np.fill_diagonal(k2, 0)
        member = np.equal.outer(np.arange(len(n)), samples.groups).astype(float)
        pairs = np.outer(n, n) - np.diag(n)
        return member @ k2 @ member.T / pairs

    def seen(self, prompts: np.ndarray) -> list[Replicates]:
        """Return what every view sees of some prompts, within and across."""
        n = self.outputs[prompts]
        inside = [mean_rate(u[prompts], n) for u in self.within]
        apart = []
        for means in self.across:
            same = means[np.ix_(prompts, prompts)].sum(1)
            apart.append(rate_across(same, np.full(len(n), len(n) - 1.0), n))
        return inside + apart


@row("unclear")
def unclear(table: Table, runs: int) -> None:
    """The overall verdict on real rates, a few prompts drawn: how often is it unclear?"""
    nb = noveltybench()
    crpo, llama = "crpo-llama-3.1-8b-instruct", "meta/llama-3.1-405b-instruct-maas"
    small, claude = "meta-llama/Llama-3.1-8B-Instruct", "claude-3-5-sonnet-v2@20241022"
    logs = {name: Blocks(nb[name]) for name in (crpo, llama, small, claude)}
    logs |= {stage: Blocks(olmo(stage)) for stage in ("base", "instruct")}
    for before, after, most in (
        ("base", "instruct", {10: 0.1, 15: 0.1}),
        ("base", None, {10: 0.1, 15: 0.1}),
        (crpo, llama, {10: 0.1, 15: 0.1}),
        (crpo, None, {10: 0.1, 15: 0.1}),
        (small, claude, {10: 0.2, 15: 0.05}),
    ):
        was = logs[before]
        place = {} if after is None else {name: k for k, name in enumerate(logs[after].ids)}
        for prompts in (6, 8, 10, 15, 20, 30):
            rng = np.random.default_rng(prompts)
            words: Counter[str] = Counter()
            for _ in range(runs):
                at = rng.choice(len(was.ids), prompts, replace=False)
                first = was.seen(at)
                if after is None:
                    second = [of_rates(np.ones(prompts), 10)] * VIEWS
                else:
                    second = logs[after].seen(np.array([place[was.ids[k]] for k in at]))
                pairs = zip(first, second, strict=False)
                words[worst([decide(b, a, tests=TESTS) for b, a in pairs]).name] += 1
            limit = most.get(prompts, min(most.values()) if prompts > 15 else None)
            table.add(
                f"unclear: {before} → {after or 'one text per prompt'}, {prompts} prompts",
                f"{rate(words['unclear'], runs)}; "
                + ", ".join(f"{w} {words[w] / runs:.2f}" for w in VERDICTS if words[w]),
                f"≤ {limit:g}" if limit else "",
                words["unclear"] <= limit * runs if limit else None,
            )


@row("fixed")
def fixed(table: Table, runs: int) -> None:
    """One prompt has a fixed answer on both sides, all others collapse: a loss."""
    for prompts in (10, 30, 100, 200):
        for then in (0.49, 1.0):
            rng = np.random.default_rng(prompts)
            words: Counter[str] = Counter()
            for _ in range(runs):
                before, after = (np.full(prompts, u) for u in (0.02, then))
                before[0] = after[0] = 1.0
                sides = [of_rates(leading(rng, u, 10), 10) for u in (before, after)]
                words[decide(*sides, tests=TESTS).name] += 1
            lost = sum(words[w] for w in LOSSES)
            table.add(
                f"loss: one of {prompts} prompts fixed, the others .02 → {then:g}",
                f"{rate(lost, runs)}; collapsed {words['collapsed'] / runs:.2f}",
                "≥ .95", lost >= 0.95 * runs,
            )  # fmt: skip


@row("held")
def held(table: Table, runs: int) -> None:
    """Samples that are all alike: `held` where the true ratio lies outside the margins."""
    for prompts, n in ((6, 2), (8, 2), (10, 2), (12, 2), (20, 2), (30, 2), (6, 3), (12, 5)):
        for true in (0.79, 1.26):
            rng = np.random.default_rng(prompts * n)
            word = 0
            for _ in range(runs):
                u = [min(true, 1.0), min(1 / true, 1.0)]
                sides = [of_rates(leading(rng, np.full(prompts, x), n), n) for x in u]
                word += decide(*sides, tests=TESTS).name == "held"
            table.add(
                f"held: true {true:g}, one side all alike, {prompts} × {n}", rate(word, runs),
                "≤ .05", word <= 0.05 * runs,
            )  # fmt: skip
    for true in (0.79, 1.26):
        for u in (0.1, 0.4, 0.6):
            rng = np.random.default_rng(1)
            word = 0
            for _ in range(runs):
                pair = (u, u / true)
                sides = [of_rates(leading(rng, np.full(60, x), 10), 10) for x in pair]
                word += decide(*sides, tests=TESTS).name == "held"
            table.add(
                f"held: true {true:g}, U {u:g}, 60 × 10", rate(word, runs), "≤ .05",
                word <= 0.05 * runs,
            )  # fmt: skip
    # at 0.9 and 1 the mark was ≥ 1; since a loss could not show there, no held is given, so it is 0
    for u, now in ((0.1, 0.0), (0.4, 0.589), (0.6, 0.934), (0.9, None), (1.0, None)):
        rng = np.random.default_rng(2)
        word = 0
        for _ in range(runs):
            sides = [of_rates(leading(rng, np.full(60, u), 10), 10) for _ in range(2)]
            word += decide(*sides, tests=TESTS).name == "held"
        table.add(
            f"held: true 1, U {u:g}, 60 × 10", rate(word, runs),
            "0" if now is None else f"≥ {now:g}", word == 0 if now is None else word >= now * runs,
        )  # fmt: skip


@row("splits")
def splits(table: Table, runs: int) -> None:
    """One real model against itself on a few prompts, equal and unequal numbers: false changes."""
    samples = olmo("instruct")
    squares = []
    for name in registry.defaults("text"):
        view = registry.get(name)
        inside = gram(view.rows(samples.outputs, samples.prompts)) ** 2
        apart = inside
        if view.reads_prompt:
            apart = gram(view.rows(samples.outputs, [None] * len(samples))) ** 2
        squares += [(inside.astype(np.float32), "within"), (apart.astype(np.float32), "across")]
    rows_of = np.argsort(samples.groups, kind="stable").reshape(200, 10)
    for prompts in (6, 8, 10, 15, 30):
        for n, m in ((5, 5), (2, 8), (8, 2)):
            rng = np.random.default_rng(prompts * n)
            lost = changed = 0
            for _ in range(runs):
                drawn = rng.permuted(rows_of[rng.choice(200, prompts, replace=False)], axis=1)
                few = min(n, m)
                sides = (drawn[:, :n], drawn[:, n : n + m])
                even = tuple(side[:, :few] for side in sides)
                words = []
                for k2, question in squares:
                    looked = [_of_rows(k2, side, question) for side in sides]
                    evened = None
                    if n != m and any(r.fragile() for r in looked):
                        evened = tuple(_of_rows(k2, side, question) for side in even)
                    words.append(decide(*looked, tests=TESTS, even=evened).name)
                lost += any(w in LOSSES for w in words)
                changed += any(w in (*LOSSES, "widened") for w in words)
            table.add(
                f"one real model, {n} v {m}, {prompts} prompts: false loss; any change",
                f"{rate(lost, runs)}; {rate(changed, runs)}", "≤ .05", changed <= 0.05 * runs,
            )  # fmt: skip


def _of_rows(k2: np.ndarray, drawn: np.ndarray, question: str) -> Replicates:
    """Return the replicates of some outputs of each prompt, (P, n), from k² of all."""
    p, n = drawn.shape
    block = k2[np.ix_(drawn.ravel(), drawn.ravel())].reshape(p, n, p, n).astype(float)
    if question == "within":
        own = np.einsum("pipj->p", block) - np.einsum("pipi->p", block)
        return mean_rate(own / (n * (n - 1)), np.full(p, n))
    means = block.mean((1, 3))
    np.fill_diagonal(means, 0)
    return rate_across(means.sum(1), np.full(p, p - 1.0), np.full(p, n))


@row("rare")
def rare(table: Table, runs: int) -> None:
    """One prompt in twenty always answers alike: check's interval for these prompts."""
    for rest in (0.01, 0.1):
        for n in (2, 3, 10):
            for prompts in (6, 10, 15, 30, 60):
                rng = np.random.default_rng(prompts + n)
                inside = 0
                for _ in range(runs):
                    u = np.where(rng.random(prompts) < 0.05, 1.0, rest)
                    x, groups = served(rng, u, np.full(prompts, n), np.arange(prompts))
                    e = rate_estimate(within(rows(x), groups, prompts).replicates())
                    inside += e.low <= u.mean() + 1e-12 and u.mean() <= e.high + 1e-12
                table.add(
                    f"rare prompts, the others {rest:g}: {prompts} × {n}, interval covers",
                    rate(inside, runs), "≥ .93", inside >= 0.93 * runs,
                )  # fmt: skip


@row("versions")
def versions(table: Table, runs: int) -> None:
    """Six unchanged versions, three independent views, two questions: any false word."""
    changed = ("collapsed", "narrowed", "widened")
    rng = np.random.default_rng(0)
    false = dict.fromkeys(("last against first", "a step", "any"), 0)
    for _ in range(runs):
        last = step = False
        for _ in range(TESTS):
            u = rng.beta(3, 5, 60)
            seen = [of_rates(leading(rng, u, 10), 10) for _ in range(6)]
            last |= decide(seen[0], seen[5], tests=TESTS * 2).name in changed
            step |= any(
                decide(seen[k], seen[k + 1], tests=TESTS * 2 * 5).name in changed for k in range(5)
            )
        for name, wrong in zip(false, (last, step, last or step), strict=True):
            false[name] += wrong
    for name, wrong in false.items():
        table.add(
            f"six unchanged versions, false word: {name}",
            rate(wrong, runs),
            "≤ .05",
            wrong <= 0.05 * runs,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--only", default=",".join(ROWS))
    asked = parser.parse_args()
    table = Table(f"What verdicts rest on, {asked.runs} simulations a rate")
    for name in filter(None, asked.only.split(",")):
        ROWS[name](table, asked.runs)
    table.show()


if __name__ == "__main__":
    main()
