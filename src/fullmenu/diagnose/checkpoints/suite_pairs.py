"""Two checkpoints put side by side: the same suites, the same items, run by run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.checkpoints.evaluations import read_results
from fullmenu.diagnose.checkpoints.results import Results
from fullmenu.errors import BadInput

Given = Results | Mapping[str, Any] | str | Path
Floats = NDArray[np.float64]
_Run = dict[str, dict[str, tuple[float, str]]]
"""Suite → item → its mean score and its group."""


@dataclass(frozen=True)
class SuitePair:
    """One suite under two checkpoints: scores of n items in S training runs, (S, n) each.

    ``groups``, (n,), says which items go together; each is one of its own where nothing was said.
    """

    suite: str
    before: Floats
    after: Floats
    groups: NDArray[np.int64]

    @property
    def units(self) -> int:
        """How many items, or groups of them, there are."""
        return len(np.unique(self.groups))

    @property
    def alone(self) -> bool:
        """Whether every item is a unit of its own."""
        return self.units == self.groups.size


ITEMS = "items"
"""The suite of tables that name none."""


def _only(pair: tuple[_Run, _Run]) -> list[Any]:
    return [next(iter(suites.values())) for suites in pair]


def pairs(
    before: Given | Sequence[Given], after: Given | Sequence[Given]
) -> tuple[list[SuitePair], list[str]]:
    """Pair two checkpoints by suite and item, and training runs by seed or in order.

    Each is a result, a mapping of suite to scores or a path, or a list of them, one a training run;
    one *before* serves every *after*. Returns the pairs, and notes on what was left out.
    """
    read = [_loaded(before), _loaded(after)]
    firsts, lasts = (_runs(side) for side in read)
    names = list(lasts)
    if set(firsts) == set(names):
        old = [firsts[name] for name in names]
    elif len(firsts) in (1, len(lasts)):
        old = list(firsts.values()) * (len(lasts) // len(firsts))
    else:
        raise BadInput(
            f"{len(firsts)} runs before and {len(lasts)} after do not pair: give as many of both, "
            "or one before"
        )
    both = list(zip(old, lasts.values(), strict=True))
    notes = list(dict.fromkeys(note for side in read for one in side for note in one.notes))
    if all(one.by_file for side in read for one in side) and all(
        len(suites) == 1 for pair in both for suites in pair
    ):  # two tables without a column of suites, whatever their files are called
        both = [({ITEMS: scores[0]}, {ITEMS: scores[1]}) for scores in map(_only, both)]
    shared = [s for s in both[0][0] if all(s in a and s in b for a, b in both)]
    if not shared:
        raise BadInput(
            f"no suite is on both sides: before has {_list(both[0][0])}, after has "
            f"{_list(both[0][1])}; evaluate both checkpoints on the same suites"
        )
    left_out = sorted({s for a, b in both for s in {*a, *b}} - set(shared))
    if left_out:
        notes.append(f"not on both sides, left out: {_list(left_out)}")
    return [_pair(suite, both, notes) for suite in shared], notes


def _pair(suite: str, both: list[tuple[_Run, _Run]], notes: list[str]) -> SuitePair:
    every = [side[suite] for run in both for side in run]
    items = [i for i in every[0] if all(i in side for side in every)]
    union = len({i for side in every for i in side})
    if not items:
        first, other = (next(iter(side)) for side in (every[0], every[1]))
        raise BadInput(
            f"{suite}: no item is on both sides (before begins with {first[:60]!r}, after with "
            f"{other[:60]!r}); evaluate both on the same version of the suite"
        )
    if len(items) < union:
        notes.append(f"{suite}: {union - len(items):,} of {union:,} items are on one side only")
    names = [every[0][i][1] or f"item {i}" for i in items]
    old, new = (np.array([[run[k][suite][i][0] for i in items] for run in both]) for k in (0, 1))
    return SuitePair(suite, old, new, np.unique(names, return_inverse=True)[1].astype(np.int64))


def _loaded(given: Given | Sequence[Given]) -> list[Results]:
    runs: Sequence[Any] = given if isinstance(given, (list, tuple)) else [given]
    if not runs:
        raise BadInput("an empty list of runs; give the results of one checkpoint or more")
    return [results_of(one) for one in runs]


def _runs(results: list[Results]) -> dict[str, _Run]:
    if len(results) == 1:
        return _by_seed(results[0])
    return {
        f"{k} {name}".strip(): run
        for k, one in enumerate(results)
        for name, run in _by_seed(one).items()
    }


def results_of(given: Given) -> Results:
    """Return results, read or made from what was given."""
    if isinstance(given, Results):
        return given
    if isinstance(given, Mapping):
        return Results.of(given)
    if isinstance(given, (str, Path)):
        return read_results(given)
    raise BadInput(
        f"{given!r:.80} is no result of a checkpoint: give a path, Results, or a mapping of suite "
        "to scores"
    )


def _by_seed(results: Results) -> dict[str, _Run]:
    if len(results.checkpoints) > 1:
        raise BadInput(
            f"results of {len(results.checkpoints)} checkpoints ({_list(results.checkpoints)}) "
            "where those of one are needed: results.only(name) takes one"
        )
    sums: dict[str, dict[str, dict[str, tuple[float, int, str]]]] = {}
    for row in results.rows:
        items = sums.setdefault(row.seed, {}).setdefault(row.suite, {})
        total, count, _ = items.get(row.item, (0.0, 0, ""))
        items[row.item] = (total + row.score, count + 1, row.group)
    return {
        seed: {
            suite: {i: (total / count, group) for i, (total, count, group) in items.items()}
            for suite, items in suites.items()
        }
        for seed, suites in sums.items()
    }


def _list(names: Any) -> str:
    shown = [str(n)[:60] for n in names]
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")
