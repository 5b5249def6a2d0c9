"""Outputs that are right or wrong: pass@k, yield, prompts without a gradient, and what rose."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Estimate
from fullmenu.judge.case import Case, OrderedLog
from fullmenu.judge.plates import Plates
from fullmenu.judge.signals import or_none
from fullmenu.report.document import Notice, Signal, SignalChange
from fullmenu.stats.arrays import Ints
from fullmenu.stats.passes import Rights, mass_change, over_prompts, pass_change, passes, yields

LEAST = 2
"""Outputs of every prompt that it takes."""


class _Graded(NamedTuple):
    prompts: Ints
    rights: Rights
    right: NDArray[np.bool_]  # (n,): of each output


def _graded(log: OrderedLog) -> _Graded | None:
    """Return what is right of each prompt; ``None`` where outputs are not scored 0 or 1."""
    scores = log.samples.table.column("score")
    if not len(scores) or scores.null_count:
        return None
    values = np.asarray(scores, np.float64)
    if not np.isin(values, (0.0, 1.0)).all():
        return None
    prompts, codes = np.unique(log.groups, return_inverse=True)
    n = np.bincount(codes)
    if n.min() < LEAST or len(n) < 2:
        return None
    return _Graded(prompts, Rights(n, np.bincount(codes, values).astype(np.int64)), values > 0)


def _numbers(found: _Graded, k: int, log: OrderedLog, place: int, plates: Plates) -> _Numbers:
    n, right = found.rights
    made: _Numbers = {
        "pass_1": ("right at once (pass@1)", passes(found.rights, 1)),
        f"pass_{k}": (f"one of {k} right (pass@{k})", passes(found.rights, k)),
        "without_gradient": (
            "prompts all right or all wrong",
            over_prompts(np.isin(right / n, (0.0, 1.0)).astype(float), "share"),
        ),
    }
    dish = plates.dish[plates.log == place]
    if len(dish) == len(log.groups):
        codes = np.searchsorted(found.prompts, log.groups)
        each = yields(codes, dish, found.right)
        made["yield"] = ("different right ones, share", over_prompts(each, "share"))
    return made


_Numbers = dict[str, tuple[str, Estimate]]


def signals_of_one(case: Case, plates: Plates) -> dict[str, Signal]:
    """Return what is right of one log, by name; nothing where outputs are not scored 0 or 1."""
    (log,) = case.logs
    found = _graded(log)
    if found is None:
        return {}
    return {
        name: Signal(label=label, unit=value.unit, value=value)
        for name, (label, value) in _numbers(found, found.rights.most, log, 0, plates).items()
    }


def signals_of_two(case: Case, plates: Plates) -> dict[str, SignalChange]:
    """Return what is right of both logs, and how it changed on the same prompts."""
    sides = [_graded(log) for log in case.logs]
    before, after = sides
    if before is None or after is None:
        return {}
    k = min(before.rights.most, after.rights.most)
    first, second = (
        _numbers(side, k, log, place, plates)
        for place, (side, log) in enumerate(zip((before, after), case.logs, strict=True))
    )
    pair = _paired(before, after)
    level = 1 - case.alpha_beside
    changes = {
        name: or_none(partial(pass_change, *pair, size, level))
        for name, size in (("pass_1", 1), (f"pass_{k}", k))
    }
    return {
        name: SignalChange(
            label=label,
            unit=value.unit,
            before=value,
            after=second[name][1],
            difference=changes.get(name),
        )
        for name, (label, value) in first.items()
        if name in second
    }


def notices(case: Case) -> list[Notice]:
    """Say whether more is right because more can be solved, or because less is tried."""
    before, after = map(_graded, case.logs)
    if before is None or after is None:
        return []
    pair = _paired(before, after)
    if len(pair[0].n) < 2:
        return []
    found = mass_change(*pair)
    said = {
        "concentrated mass": (
            "More is right at the first try, and less can be had in many: it concentrates on what "
            "it could do, and gave up ways that were right"
        ),
        "new capability": "It gets right what it could not before, in as many tries",
    }
    if found.word not in said:
        return []
    sides = [(1, found.once), (found.k, found.often)]
    told = ", ".join(
        f"pass@{k} {x.value:+.2f} [{x.low or 0:+.2f}, {x.high or 0:+.2f}]" for k, x in sides
    )
    known = f"on {len(pair[0].n):,} prompts ({found.often.level:.0%} intervals)"
    return [Notice(found.word, f"{said[found.word]}: {told} {known}.")]


def _paired(before: _Graded, after: _Graded) -> tuple[Rights, Rights]:
    _, a, b = np.intersect1d(before.prompts, after.prompts, return_indices=True)
    return Rights(*(x[a] for x in before.rights)), Rights(*(x[b] for x in after.rights))
