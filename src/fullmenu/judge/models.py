"""Which models could replace one another, and which together say the most different things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.judge.case import Settings, by_text, in_order
from fullmenu.kernel.dishes import Dishes
from fullmenu.kernel.likeness import grams
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.kernel.rows import Features
from fullmenu.report.models.document import AlikeModels, ModelPair, ModelTeam, OneModel
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.draws import shown
from fullmenu.stats.linkage import average_linkage
from fullmenu.stats.quantile import t_quantile
from fullmenu.views.registry import View, chosen, eyes

OUTPUTS = 10
"""Outputs of a prompt that are compared, of each model, at most."""

ALL, CHARACTERS = 40_000, 20_000_000
"""Outputs that are compared, and their length, about; of more, some prompts by lot."""

FEW = 3
"""Of these outputs, so many are held against those to another prompt."""

SHIFTS = 2
"""Other prompts that each prompt is held against."""

REPLACE = 0.8
"""Groups are models whose answers are so alike, from chance (0) to one model's own (1)."""

ROOM = 0.02
"""Own answers must be so much more alike than chance, or likeness between models says nothing."""

LARGEST = 3
"""Models of the largest team."""

TRIED = 3_000
"""Up to so many teams all are tried; of more, each one is grown from the best that is smaller."""

HALVES = 6
"""Ways in which the prompts are cut, to check the choice of a team."""


class SharedMenu(NamedTuple):
    """The outputs of all models to shared prompts, looked at.

    Parameters
    ----------
    likeness
        (P, m, m): the mean k of two models' outputs to each prompt; of one model's, of any two.
    chance
        (P, m, m): the same to different prompts.
    dishes
        For each prompt, (D, m): how many outputs of each model are of each dish.
    outputs
        Of each model to each prompt.
    """

    likeness: Floats
    chance: Floats
    dishes: list[Ints]
    outputs: int


def alike_models(
    logs: Sequence[Samples], names: Sequence[str], settings: Settings
) -> AlikeModels | str:
    """Return how alike three models or more are; or why that cannot be said.

    Parameters
    ----------
    logs, names
        One for each model, on the same prompts, with two outputs of each or more.
    settings
        How to look: the view that tells dishes apart is asked.
    """
    logs = [in_order(log) for log in by_text(logs)]
    view = eyes(chosen(settings.views, logs[0].media, settings.encoder, settings.ruler))
    shared = [p for p in logs[0].prompt_ids if all(p in set(log.prompt_ids) for log in logs[1:])]
    if logs[0].media != "text":
        return "How alike the models are is told of texts only."
    if len(shared) < FIXED_PROMPTS:
        return (
            f"How alike the models are cannot be said: they share {len(shared)} prompts, and it "
            f"takes {FIXED_PROMPTS} or more."
        )
    sizes = [dict(zip(log.prompt_ids, np.bincount(log.groups), strict=True)) for log in logs]
    shared = [p for p in shared if min(size[p] for size in sizes) > 1]
    if len(shared) < FIXED_PROMPTS:
        return (
            "How alike the models are cannot be said with one output of a prompt: a model is held "
            "against itself too. Sample each prompt twice or more, best ten times."
        )
    # as many outputs of each prompt as half of the prompts have, of every model
    fewest = np.array([min(size[p] for size in sizes) for p in shared])
    outputs = int(min(np.median(fewest), OUTPUTS))
    shared = [p for p, n in zip(shared, fewest.tolist(), strict=True) if n >= outputs]
    rng = np.random.default_rng(settings.seed)
    length = max(sum(map(len, log.outputs)) / len(log) for log in logs)
    room = min(ALL, CHARACTERS / max(length, 1.0))
    most = max(int(room / (len(logs) * outputs)), FIXED_PROMPTS)
    if len(shared) > most:
        shared = [shared[i] for i in np.sort(rng.permutation(len(shared))[:most])]
    menu = _looked_at(logs, shared, outputs, view, rng)
    beyond = np.diagonal((menu.likeness - menu.chance).mean(axis=0))
    if float(beyond.min()) < ROOM:
        return (
            f"How alike the models are cannot be said by {view.name}: one of them hardly says the "
            "same twice, no more than to different prompts."
        )
    return _described(menu, list(names), view)


def _looked_at(
    logs: Sequence[Samples], prompts: Sequence[str], n: int, view: View, rng: np.random.Generator
) -> SharedMenu:
    """Look at n outputs of each model to each prompt."""
    texts: list[str] = []
    asked: list[str | None] = []
    rows = [_rows_of(log) for log in logs]
    outputs, questions = [log.outputs for log in logs], [log.prompts for log in logs]
    for prompt in prompts:
        for of_log, said, questioned in zip(rows, outputs, questions, strict=True):
            at = of_log[prompt][:n]
            texts += [said[i] for i in at]
            asked += [questioned[i] for i in at]
    x = view.rows(texts, asked)
    m, size = len(logs), len(logs) * n
    bounds = [*range(0, len(texts) + 1, size)]
    likeness = np.stack([_blocks(k, m, n) for k in grams(x, bounds)])
    dishes = [
        _counted(x[a : a + size], texts[a : a + size], view.same_dish, m, n) for a in bounds[:-1]
    ]
    return SharedMenu(likeness, _chance(x, len(prompts), m, n, rng), dishes, n)


def _rows_of(log: Samples) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {name: [] for name in log.prompt_ids}
    for row, name in enumerate(log.column("prompt_id")):
        rows[name].append(row)
    return rows


def _blocks(k: Floats, m: int, n: int) -> Floats:
    """The mean likeness of every two models, (m, m), of inner products in runs of n."""
    sums = k.reshape(m, n, m, n).sum(axis=(1, 3))
    own = np.arange(m)
    # an output is not held against itself: (Σ k − n) / (n(n − 1))
    mean = sums / n**2
    mean[own, own] = (sums[own, own] - n) / (n * (n - 1))
    return np.asarray(mean)


def _chance(x: Features, prompts: int, m: int, n: int, rng: np.random.Generator) -> Floats:
    """The mean likeness of every two models' outputs to different prompts, (P, m, m)."""
    few = min(FEW, n)
    first = (np.arange(m)[:, None] * n + np.arange(few)).ravel()
    order = rng.permutation(prompts)
    found = np.zeros((prompts, m, m))
    for shift in range(1, SHIFTS + 1):
        other = np.empty(prompts, np.int64)
        other[order] = np.roll(order, shift)
        rows = np.concatenate(
            [np.concatenate([first + p * m * n, first + q * m * n]) for p, q in enumerate(other)]
        )
        size = 2 * m * few
        for p, k in enumerate(grams(x[rows], [*range(0, len(rows) + 1, size)])):
            across = k[: m * few, m * few :].reshape(m, few, m, few).mean(axis=(1, 3))
            found[p] += (across + across.T) / (2 * SHIFTS)
    return found


def _counted(x: Features, texts: Sequence[str], same: float, m: int, n: int) -> Ints:
    of = Dishes(x, texts, same).of
    counts = np.zeros((int(of.max()) + 1, m), np.int64)
    np.add.at(counts, (of, np.repeat(np.arange(m), n)), 1)
    return counts


def _described(menu: SharedMenu, names: list[str], view: View) -> AlikeModels:
    likeness, chance = menu.likeness, menu.chance
    m, unit = len(names), "likeness"
    apart = ~np.eye(m, dtype=bool)
    own = np.diagonal(likeness, axis1=1, axis2=2)
    same, sameness = _sameness(likeness, chance)
    order, groups = average_linkage(same, REPLACE)
    answers = np.stack([(counts > 0).sum(axis=0) for counts in menu.dishes])
    alone = np.stack([((counts > 0) & _of_one(counts)).sum(axis=0) for counts in menu.dishes])
    pairs = [
        ModelPair(
            one=names[i],
            other=names[j],
            likeness=_mean(likeness[:, i, j], unit),
            sameness=_bounded(same[i, j], sameness[:, i, j], "share"),
        )
        for i, j in combinations(range(m), 2)
    ]
    return AlikeModels(
        view=view.name,
        prompts=len(likeness),
        outputs=menu.outputs,
        within=_mean(own.mean(axis=1), unit),
        between=_mean(likeness[:, apart].mean(axis=1), unit),
        chance=_mean(chance[:, apart].mean(axis=1), unit),
        beyond_chance=_mean((likeness - chance)[:, apart].mean(axis=1), unit),
        effective=_effective(same, sameness),
        models=[
            OneModel(
                name=names[i],
                likeness=_mean(own[:, i], unit),
                answers=_mean(answers[:, i], "answers"),
                alone=_mean(alone[:, i], "answers"),
            )
            for i in order.tolist()
        ],
        pairs=sorted(pairs, key=lambda pair: -pair.sameness.value),
        groups=[
            [names[i] for i in range(m) if groups[i] == group]
            for group in dict.fromkeys(groups[order].tolist())
            if (groups == group).sum() > 1
        ],
        teams=[*_teams(menu, names)],
    )


def _of_one(counts: Ints) -> Ints:
    return ((counts > 0).sum(axis=1) == 1)[:, None]


def _sameness(likeness: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Return how far every two models are from chance to being one, and with each prompt left out.

    (B − F) ÷ (½(Wᵢ + Wⱼ) − F): B is how alike their answers are, F chance, W one model's own. For a
    kernel B is at most ½(Wᵢ + Wⱼ), and as large only where both say the same equally often.
    """
    prompts = len(likeness)
    found = []
    for k, f in (
        (likeness.mean(axis=0)[None], chance.mean(axis=0)[None]),
        *[((x.sum(axis=0) - x) / (prompts - 1) for x in (likeness, chance))],
    ):
        own = np.diagonal(k, axis1=1, axis2=2)
        most = (own[:, :, None] + own[:, None, :]) / 2
        z = (k - f) / np.maximum(most - f, ROOM / 2)
        z[:, np.arange(k.shape[1]), np.arange(k.shape[1])] = 1.0
        found.append(np.clip(z, 0.0, 1.0))
    return found[0][0], found[1]


def _effective(same: Floats, without: Floats) -> Estimate:
    # Leinster & Cobbold 2012, of order 2, with equal shares: 1 / Σ pᵢ pⱼ zᵢⱼ = m² / Σ z
    m = len(same)
    value, each = m * m / float(same.sum()), m * m / without.sum(axis=(1, 2))
    return _bounded(value, each, "models", least=1.0, most=float(m))


def _bounded(
    value: float, without: Floats, unit: str, *, least: float = 0.0, most: float = 1.0
) -> Estimate:
    """Return a value with its interval over prompts, within what it can be."""
    n = len(without)
    se = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    half = t_quantile(0.95, n - 1) * se
    return Estimate(
        float(value), max(float(value) - half, least), min(float(value) + half, most), n, unit,
        "delete-one jackknife over prompts, t",
    )  # fmt: skip


def _mean(values: Floats, unit: str) -> Estimate:
    """Return the mean over prompts with its interval."""
    x = np.asarray(values, np.float64)
    half = t_quantile(0.95, len(x) - 1) * float(x.std(ddof=1)) / np.sqrt(len(x))
    value = float(x.mean())
    return Estimate(value, value - half, value + half, len(x), unit, "mean over prompts, t")


def _teams(menu: SharedMenu, names: list[str]) -> Iterator[ModelTeam]:
    """Yield the best team of every size.

    It is chosen by the different answers it gives together and, as much, by those that each of its
    models gives alone, which chance moves less: of 13 models on halves of 100 prompts the choice
    does better so on the other half than by the first alone (`benchmarks/replaceable.py`).
    """
    rng = np.random.default_rng(0)
    smaller: list[tuple[int, ...]] = []
    everywhere = np.arange(len(menu.dishes))
    own = np.stack([(counts > 0).sum(axis=0) for counts in menu.dishes])
    for size in range(1, min(LARGEST, len(names) - 1) + 1):
        tried = _tried(len(names), size, smaller)
        answers = np.stack([_different(counts, tried, menu.outputs) for counts in menu.dishes])
        worth = answers + own[:, np.array(tried)].mean(axis=2)
        smaller = [tried[i] for i in np.argsort(-worth.mean(axis=0))[:20].tolist()]
        shares = []
        for _ in range(HALVES):
            half, other = np.array_split(rng.permutation(everywhere), 2)
            there = answers[other].mean(axis=0)
            shares.append(there[worth[half].mean(axis=0).argmax()] / there.max())
        best = int(worth.mean(axis=0).argmax())
        yield ModelTeam(
            models=[names[i] for i in tried[best]],
            answers=_mean(answers[:, best], "answers"),
            held_out=float(np.mean(shares)),
        )


def _tried(m: int, size: int, smaller: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if comb(m, size) <= TRIED or not smaller:
        return [*combinations(range(m), size)]
    grown = {tuple(sorted({*team, i})) for team in smaller for i in range(m) if i not in team}
    return sorted(grown)


def _different(counts: Ints, teams: Sequence[tuple[int, ...]], n: int) -> Floats:
    """Return the different answers to a prompt that each team gives in n outputs of all of its."""
    pooled = counts[:, np.array(teams)].sum(axis=2)
    chance = shown(pooled.ravel(), n * len(teams[0]), n).reshape(pooled.shape)
    return np.asarray(chance.sum(axis=0))
