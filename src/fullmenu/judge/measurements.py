"""Measures asked for by name (``--measures``): within prompts, and across them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import UNSET, UnsetType

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.case import Case, Ints
from fullmenu.judge.materials import Excerpt, Material, excerpts, materials
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.measures.registry import Measure
from fullmenu.report.document import CheckedMeasure, ComparedMeasure, MeasureChange, MeasureValue
from fullmenu.stats.means import mean

Sides = Sequence[tuple[Material, Excerpt]]


def of_one(case: Case) -> list[CheckedMeasure] | UnsetType:
    """Take the measures asked for of one log: the mean over prompts, and one output of each."""
    if not case.measures:
        return UNSET
    return [
        CheckedMeasure(
            **_heading(m, *side), within=_value(_within, m, *side), across=_value(_across, m, *side)
        )
        for m, (side,) in _taken(case)
    ]


def of_two(case: Case) -> list[ComparedMeasure] | UnsetType:
    """Take the measures asked for before and after, and their change by prompt.

    A measure that takes a reference judges after against before.
    """
    if not case.measures:
        return UNSET
    return [
        ComparedMeasure(
            **_heading(m, *sides[0]),
            within=_change_within(m, sides, case),
            across=_change_across(m, sides),
        )
        for m, sides in _taken(case)
    ]


def _taken(case: Case) -> Iterator[tuple[Measure, Sides]]:
    case.tell("measures")
    parts = excerpts(case)
    for m, given in materials(case.measures, parts):
        yield m, list(zip(given, parts, strict=True))


def _heading(m: Measure, material: Material, part: Excerpt) -> dict[str, Any]:
    return {
        "name": m.name,
        "of": material.made_of,
        "unit": m.unit,
        "rises": m.rises,
        "says": m.summary,
        "prompts": len(np.unique(part.prompts)),
    }


def _change_within(m: Measure, sides: Sides, case: Case) -> MeasureChange:
    paired = case.paired
    if m.against:
        return MeasureChange(value=_value(_against_within, m, sides, paired))
    before, after = (len(np.unique(part.prompts)) for _, part in sides)
    if 1 in (before, after):
        was, now = (_value(_within, m, *side) for side in sides)
        why = "one prompt only: the change has no interval over prompts"
        change = MeasureValue(undefined=why) if paired else None
        return MeasureChange(before=was, after=now, change=change)
    (first, why_first), (second, why_second) = (_values(m, *side) for side in sides)
    moved = {p: second[p] - first[p] for p in first if p in second}
    why = why_first or why_second
    return MeasureChange(
        before=_value(_mean_over, first, before, m.unit, why_first),
        after=_value(_mean_over, second, after, m.unit, why_second),
        change=_value(_mean_over, moved, before, m.unit, why, 1 - case.alpha_beside)
        if paired
        else None,
    )


def _change_across(m: Measure, sides: Sides) -> MeasureChange:
    if m.against:
        return MeasureChange(value=_value(_against_across, m, sides))
    before, after = (_value(_across, m, *side) for side in sides)
    return MeasureChange(before=before, after=after)


def _within(m: Measure, material: Material, part: Excerpt) -> Estimate:
    """Estimate the mean of a measure over prompts; of a single prompt, the measure itself."""
    prompts = len(np.unique(part.prompts))
    if prompts == 1:
        return m.function(material.of_prompt(part.rows))
    values, why = _values(m, material, part)
    return _mean_over(values, prompts, m.unit, why)


def _across(m: Measure, material: Material, part: Excerpt) -> Estimate:
    """Take a measure of one output of each prompt."""
    return m.function(material.of_prompts(_one_of_each(part)))


def _against_within(m: Measure, sides: Sides, paired: bool) -> Estimate:
    (before, first), (after, second) = sides
    prompts = np.unique(first.prompts)
    if len(prompts) == 1 or not paired:
        return m.function(after.of_prompt(second.rows), before.of_prompt(first.rows))

    def one(p: int) -> Estimate:
        return m.function(after.of_prompt(_rows(second, p)), before.of_prompt(_rows(first, p)))

    values, why = _by_prompt(prompts, one)
    return _mean_over(values, len(prompts), m.unit, why)


def _against_across(m: Measure, sides: Sides) -> Estimate:
    before, after = (material.of_prompts(_one_of_each(part)) for material, part in sides)
    return m.function(after, before)


def _values(m: Measure, material: Material, part: Excerpt) -> tuple[dict[int, float], str]:
    """Take a measure of each prompt's outputs."""
    return _by_prompt(
        np.unique(part.prompts), lambda p: m.function(material.of_prompt(_rows(part, p)))
    )


def _rows(part: Excerpt, prompt: int) -> Ints:
    return part.rows[part.prompts == prompt]


def _by_prompt(prompts: Ints, take: Callable[[int], Estimate]) -> tuple[dict[int, float], str]:
    """Take a measure of each prompt where it is defined; and say why not, where it is not."""
    values: dict[int, float] = {}
    why = ""
    for prompt in prompts.tolist():
        try:
            values[prompt] = take(prompt).value
        except NotEnoughData as error:
            why = why or str(error)
    return values, why


def _mean_over(
    values: dict[int, float], prompts: int, unit: str, why: str, level: float = 0.95
) -> Estimate:
    """Estimate the mean of values over prompts, or say why there are too few of them."""
    if len(values) < 2:
        raise NotEnoughData(f"it is defined for {len(values)} of {prompts} prompts: {why}")
    x = np.array(list(values.values()))
    known = f"{len(x)} of {prompts} prompts" if len(x) < prompts else f"{prompts} prompts"
    method = f"mean over {known}, t"
    if np.ptp(x) < 1e-12 * max(1.0, float(abs(x).max())):
        return Estimate(float(x[0]), None, None, len(x), unit, f"{method}: all are alike", level)
    e = mean(x, np.arange(len(x)), unit, level)
    return Estimate(e.value, e.low, e.high, e.n, unit, method, level)


def _one_of_each(part: Excerpt) -> Ints:
    """Return the first row of every prompt.

    Raises
    ------
    NotEnoughData
        Fewer than six prompts.
    """
    _, first = np.unique(part.prompts, return_index=True)
    if len(first) < FIXED_PROMPTS:
        raise NotEnoughData(f"fewer than {FIXED_PROMPTS} prompts")
    return part.rows[np.sort(first)]


def _value(take: Callable[..., Estimate], *given: Any) -> MeasureValue:
    """Return an estimate, or why there is none."""
    try:
        return MeasureValue.of(take(*given))
    except NotEnoughData as error:
        return MeasureValue(undefined=str(error))
