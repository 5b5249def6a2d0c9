"""Versions rated by which of two outputs people find better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData, extra
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints

DRAWS = 300
"""Bootstrap samples of prompts."""

HELD_BACK = 0.01
"""Added wins of everybody over everybody: a version that never lost has a finite rating."""


class Preference(NamedTuple):
    """One answer to "which is better?": 1 where the first won, 0 the second, ½ a tie."""

    first: str
    second: str
    won: float
    prompt: str = ""


class Rating(NamedTuple):
    """How good one version is.

    ``strength`` is in log-odds, 0 the mean of all; ``wins`` is the chance to be preferred to
    another of them, on average.
    """

    name: str
    strength: Estimate
    wins: Estimate


def rate_versions(
    preferences: Sequence[Preference], *, level: float = 0.95, seed: int = 0
) -> list[Rating]:
    """Rate versions by Bradley and Terry's model (1952), best first; a tie is half a win for both.

    The intervals draw prompts anew (bootstrap), or answers, where no prompt is given. They do not
    see that raters are few, nor that longer outputs may be preferred for their length.

    Raises
    ------
    NotEnoughData
        Fewer than 10 answers, or versions that no chain of comparisons connects.
    MissingExtra
        Without the extra ``review``.

    Examples
    --------
    >>> prefer = [Preference("new", "old", w, str(i)) for i, w in enumerate([1, 1, 0.5, 0] * 10)]
    >>> rate_versions(prefer)[0].name  # doctest: +SKIP
    'new'
    """
    with extra("ratings of versions", "review"):
        from choix import ilsr_pairwise_dense

    names = sorted({name for p in preferences for name in (p.first, p.second)})
    if len(preferences) < 10 or len(names) < 2:
        raise NotEnoughData(
            f"{len(preferences)} answers on {len(names)} versions: ratings need 10 on two versions"
        )
    won = np.array([p.won for p in preferences], np.float64)
    if not np.isin(won, (0, 0.5, 1)).all():
        raise BadInput("an answer is 1 (the first is better), 0 (the second) or 0.5 (a tie)")
    number = {name: k for k, name in enumerate(names)}
    first = np.array([number[p.first] for p in preferences])
    second = np.array([number[p.second] for p in preferences])
    if (first == second).any():
        raise BadInput("a version was compared with itself: leave such answers out")
    _connected(first, second, names)
    prompts = [p.prompt or f"\0{i}" for i, p in enumerate(preferences)]
    _, unit = np.unique(prompts, return_inverse=True)
    n, units = len(names), int(unit.max()) + 1

    def fitted(weights: Floats) -> Floats:
        table = np.full((n, n), HELD_BACK) * (1 - np.eye(n))
        np.add.at(table, (first, second), weights * won)
        np.add.at(table, (second, first), weights * (1 - won))
        strengths = np.asarray(ilsr_pairwise_dense(table, tol=1e-6))
        return strengths - strengths.mean()

    rng = np.random.default_rng(seed)
    draws = np.stack([
        fitted(np.bincount(rng.integers(0, units, units), minlength=units)[unit].astype(np.float64))
        for _ in range(DRAWS)
    ])  # fmt: skip
    value = fitted(np.ones(len(won)))
    tails = [(1 - level) / 2, (1 + level) / 2]
    found = []
    method = f"Bradley–Terry, ties half, bootstrap over {units} prompts"
    for k, name in enumerate(names):
        strength, wins = (
            Estimate(v, *_around(v, np.quantile(d, tails)), len(won), what, method, level)
            for v, d, what in (
                (float(value[k]), draws[:, k], "log-odds"),
                (float(_wins(value[None], k)[0]), _wins(draws, k), "share"),
            )
        )
        found.append(Rating(name, strength, wins))
    return sorted(found, key=lambda rating: -rating.strength.value)


def _around(value: float, bounds: Floats) -> tuple[float, float]:
    return min(value, float(bounds[0])), max(value, float(bounds[1]))


def _wins(strengths: Floats, k: int) -> Floats:
    """The chance to beat another, on average over the others, (draws,)."""
    chance = 1 / (1 + np.exp(strengths - strengths[:, k : k + 1]))
    return (chance.sum(1) - 0.5) / (strengths.shape[1] - 1)


def _connected(first: Ints, second: Ints, names: Sequence[str]) -> None:
    reached = np.arange(len(names)) == 0
    for _ in names:
        reached[first[reached[second]]] = True
        reached[second[reached[first]]] = True
    if not reached.all():
        apart = names[int(np.argmin(reached))]
        raise NotEnoughData(
            f"no chain of comparisons connects {names[0]!r} with {apart!r}: compare more of them"
        )
