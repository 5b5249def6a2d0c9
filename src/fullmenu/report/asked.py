"""The measures that were asked for by name, as rows that every renderer prints alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fullmenu.report import plain
from fullmenu.report.plain import Doc, interval, one_line

TITLES = {
    "within": "Measures of one prompt's outputs (mean over prompts)",
    "across": "Measures of one output of each prompt",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure, taken on one thing.

    Parameters
    ----------
    name, of, unit
        The measure; what it was taken on; what its value counts.
    cells
        Its value; or before, after and change.
    undefined
        Why there is no value.
    note
        Of how many prompts it is the mean, where it is not defined for all.
    """

    name: str
    of: str
    unit: str
    cells: tuple[str, ...]
    undefined: str | None
    note: str = ""


def heads(document: Doc) -> tuple[str, ...]:
    """Return what the cells of a row are."""
    if "versions" in document:
        return "first", "last", "change"
    return ("before", "after", "change") if "before" in document else ("value",)


def rows(document: Doc, question: str) -> list[Row]:
    """Return the rows of one question, ``within`` or ``across`` prompts."""
    return list(_rows(document, question))


def _rows(document: Doc, question: str) -> Iterator[Row]:
    for m in document.get("measures") or []:
        block = m.get(question) or {}
        write = plain.form(m.get("unit"))
        name, of, unit = (one_line(m.get(k), 40) for k in ("name", "of", "unit"))
        if heads(document) == ("value",):
            cells = (interval(block, write),)
            yield Row(name, of, unit, cells, _why(block), _note(m, question, block))
        elif "value" in block:  # after, judged against before
            value = block["value"]
            yield Row(name, of, unit, ("", interval(value, write), ""), _why(value))
        else:
            before, after = block.get("before"), block.get("after")
            sides = [interval(e, write) for e in (before, after)]
            change = block.get("change")
            moved = plain.difference(change, m.get("unit")) if plain.is_estimate(change) else ""
            note = _note(m, question, before, after)
            yield Row(name, of, unit, (*sides, moved), _why(before) or _why(after), note)


def _note(m: Doc, question: str, *found: Any) -> str:
    """Say for how many prompts it is defined, where those are not all."""
    prompts = m.get("prompts") or 0
    n = min((int(e["n"]) for e in found if plain.is_estimate(e)), default=prompts)
    if question != "within" or n >= prompts:
        return ""
    return f"{one_line(m.get('name'), 40)} is defined for {n} of {prompts} prompts: a mean of those"


def _why(e: Any) -> str | None:
    if isinstance(e, dict) and "undefined" in e:
        return one_line(e["undefined"], 300)
    return None
