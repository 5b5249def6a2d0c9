"""Measures asked for by name (``--measures``): within prompts, and across them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.materials import Ints, Log, Material, given
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.measures.registry import Measure, get
from fullmenu.stats.means import mean

Block = dict[str, Any]


def named(names: Sequence[str], *, comparing: bool) -> list[Measure]:
    """Return the measures of these names.

    Raises
    ------
    UnknownName
        One of them is no measure; the error lists all.
    BadInput
        One judges a log against another, and there is only one; or needs more than a log holds.
    """
    found = [get(name) for name in dict.fromkeys(names)]
    for m in found:
        if m.against and not comparing:
            raise BadInput(
                f"{m.name} judges a log against a reference, and there is only one log; "
                "use fullmenu compare BEFORE AFTER, where BEFORE is the reference"
            )
        if m.needs:
            raise BadInput(
                f"{m.name} needs {' and '.join(m.needs)}, which a log does not hold; call "
                f"fm.measures.{m.name} in Python"
            )
    return found


def measured(measures: Sequence[Measure], log: Log) -> list[Block]:
    """Take measures of one log.

    Returns
    -------
    list
        One row for each measure and what it was taken on: ``name``, ``of``, ``unit``, ``rises``,
        ``says``, how many ``prompts``; and under ``within`` (the mean over prompts) and ``across``
        (one output of each prompt) an estimate in JSON form, or ``{"undefined": why}``.
    """
    return [
        {
            **heading(m, of.of, log),
            "within": shown(within, m, of, log),
            "across": shown(across, m, of, log),
        }
        for m, [of] in given(measures, [log])
    ]


def heading(m: Measure, of: str, log: Log) -> Block:
    """Return what identifies a measure's row in a report."""
    return {
        "name": m.name,
        "of": of,
        "unit": m.unit,
        "rises": m.rises,
        "says": m.summary,
        "prompts": len(np.unique(log.prompts)),
    }


def within(m: Measure, of: Material, log: Log) -> Estimate:
    """Estimate the mean of a measure over prompts; of a single prompt, the measure itself."""
    prompts = len(np.unique(log.prompts))
    if prompts == 1:
        return m.function(of.take(log.rows))
    values, why = values_of(m, of, log)
    return mean_over(values, prompts, m.unit, why)


def values_of(m: Measure, of: Material, log: Log) -> tuple[dict[int, float], str]:
    """Take a measure of each prompt's outputs."""
    return by_prompt(log.prompts, lambda p: m.function(of.take(rows_of(log, p))))


def rows_of(log: Log, prompt: int) -> Ints:
    """Return the rows of one prompt."""
    return log.rows[log.prompts == prompt]


def by_prompt(prompts: Ints, take: Callable[[int], Estimate]) -> tuple[dict[int, float], str]:
    """Take a measure of each prompt where it is defined; and say why not, where it is not."""
    values: dict[int, float] = {}
    why = ""
    for prompt in np.unique(prompts).tolist():
        try:
            values[prompt] = take(prompt).value
        except NotEnoughData as error:
            why = why or str(error)
    return values, why


def mean_over(values: dict[int, float], prompts: int, unit: str, why: str) -> Estimate:
    """Estimate the mean of values over prompts, or say why there are too few of them."""
    if len(values) < 2:
        raise NotEnoughData(f"it is defined for {len(values)} of {prompts} prompts: {why}")
    x = np.array(list(values.values()))
    known = f"{len(x)} of {prompts} prompts" if len(x) < prompts else f"{prompts} prompts"
    method = f"mean over {known}, t"
    if np.ptp(x) < 1e-12 * max(1.0, float(abs(x).max())):
        return Estimate(float(x[0]), None, None, len(x), unit, f"{method}: all are alike")
    e = mean(x, np.arange(len(x)), unit)
    return Estimate(e.value, e.low, e.high, e.n, unit, method)


def across(m: Measure, of: Material, log: Log) -> Estimate:
    """Take a measure of one output of each prompt."""
    return m.function(of.apart(one_of_each(log)))


def one_of_each(log: Log) -> Ints:
    """Return the first row of every prompt.

    Raises
    ------
    NotEnoughData
        Fewer than six prompts.
    """
    _, first = np.unique(log.prompts, return_index=True)
    if len(first) < FIXED_PROMPTS:
        raise NotEnoughData(f"fewer than {FIXED_PROMPTS} prompts")
    return log.rows[np.sort(first)]


def shown(take: Callable[..., Estimate], *given: Any) -> Block:
    """Return an estimate in JSON form, or why there is none."""
    try:
        return take(*given).to_dict()
    except NotEnoughData as error:
        return {"undefined": str(error)}
