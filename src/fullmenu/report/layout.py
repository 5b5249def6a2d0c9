"""The tables of a report: their columns, and how each is written; terminal and page walk these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from fullmenu.cleaner import one_line
from fullmenu.report import plain
from fullmenu.report.document import (
    CheckDocument,
    CheckedMeasure,
    ComparedMeasure,
    Content,
    DishesOfAll,
    DishesOfBoth,
    DishOfAll,
    MeasureValue,
    Question,
    TrendDocument,
)
from fullmenu.report.plain import interval, percent, rate
from fullmenu.report.questions import ViewAnswer

Medium = Literal["terminal", "page"]


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column of the table of views: its title, and what it says of an answer.

    The page writes a log's own label for ``before``, ``after`` and ``dishes``; a ``verdict`` is
    drawn with its symbol. ``on`` is where it stands; ``matched``: answers at matched lengths are
    marked.
    """

    head: str
    cell: Callable[[ViewAnswer], str]
    on: tuple[Medium, ...] = ("terminal", "page")
    matched: bool = False


def _rates(x: ViewAnswer) -> str:
    return " → ".join(rate(side.rate) for side in x.sides)


COMPARED = (
    ViewColumn(
        "before",
        lambda x: interval(x.before.effective_number if x.before else None),
        matched=True,
    ),
    ViewColumn("after", lambda x: interval(x.after.effective_number), matched=True),
    ViewColumn("repeat rate", _rates, on=("page",), matched=True),
    ViewColumn("ratio", lambda x: interval(x.ratio), matched=True),
    ViewColumn("verdict", lambda x: x.verdict or ""),
)
CHECKED = (
    ViewColumn("answers", lambda x: interval(x.after.effective_number)),
    ViewColumn("repeat rate", lambda x: interval(x.after.repeat_rate, rate), on=("terminal",)),
    ViewColumn("repeat rate", _rates, on=("page",)),
)


def columns(document: Content, on: Medium) -> list[ViewColumn]:
    """Return the columns of the table of views, the view's name left out."""
    chosen = CHECKED if isinstance(document, CheckDocument) else COMPARED
    return [column for column in chosen if on in column.on]


@dataclass(frozen=True, slots=True)
class DishTable:
    """Answers with the share of all outputs that gives each, in one log or before and after."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[DishOfAll, tuple[str, ...]]]


def dishes_of_all(document: Content) -> DishTable | None:
    """Return the commonest answers of all outputs, where these were counted."""
    if isinstance(document, TrendDocument) or not document.dishes_of_all:
        return None
    of_all = document.dishes_of_all
    sides = [of_all.before, of_all.after] if isinstance(of_all, DishesOfBoth) else [of_all]
    counted = " and ".join(f"{side.outputs:,}" for side in sides)
    heads = ("before", "after") if len(sides) == 2 else ("share",)
    rows = [
        (dishes[0], tuple(_share(dish, side) for dish, side in zip(dishes, sides, strict=True)))
        for dishes in zip(*(side.commonest for side in sides), strict=True)
    ]
    title = f"Commonest answers (share of all {counted} outputs)"
    return DishTable(title, heads, rows)


def _share(dish: DishOfAll, of: DishesOfAll) -> str:
    return interval(dish.share, percent) if dish.share else percent(dish.outputs / of.outputs)


MEASURES: dict[Question, str] = {
    "within": "Measures of one prompt's outputs (mean over prompts)",
    "across": "Measures of one output of each prompt",
}


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure that was asked for by name, taken on one thing.

    ``cells`` are its value, or before, after and change; ``note`` says of how many prompts it is
    the mean, where it is not defined for all.
    """

    name: str
    of: str
    unit: str
    cells: tuple[str, ...]
    undefined: str | None
    note: str = ""


def measure_heads(document: Content) -> tuple[str, ...]:
    """Return what the cells of a measure's row are."""
    if isinstance(document, CheckDocument):
        return ("value",)
    return ("first" if isinstance(document, TrendDocument) else "before",
            "last" if isinstance(document, TrendDocument) else "after", "change")  # fmt: skip


def measure_rows(document: Content, question: Question) -> list[MeasureRow]:
    """Return the rows of one question, ``within`` or ``across`` prompts."""
    return list(_measure_rows(document, question))


def _measure_rows(document: Content, question: Question) -> Iterator[MeasureRow]:
    for m in document.measures or []:
        write = plain.form(m.unit)
        name, of, unit = (one_line(x, 40) for x in (m.name, m.of, m.unit))
        if isinstance(m, CheckedMeasure):
            value = m.within if question == "within" else m.across
            told = interval(value.estimate, write)
            yield MeasureRow(name, of, unit, (told,), _why(value), _note(m, question, value))
            continue
        change = m.within if question == "within" else m.across
        if change.value:  # after, judged against before
            cells = ("", interval(change.value.estimate, write), "")
            yield MeasureRow(name, of, unit, cells, _why(change.value))
        elif change.before and change.after:
            sides = change.before, change.after
            moved = change.change.estimate if change.change else None
            before, after = (interval(side.estimate, write) for side in sides)
            cells = (before, after, plain.difference(moved, m.unit) if moved else "")
            why = _why(change.before) or _why(change.after)
            yield MeasureRow(name, of, unit, cells, why, _note(m, question, *sides))


def _note(m: CheckedMeasure | ComparedMeasure, question: Question, *values: MeasureValue) -> str:
    n = min((x.estimate.n for x in values if x.estimate), default=m.prompts)
    if question != "within" or n >= m.prompts:
        return ""
    return f"{one_line(m.name, 40)} is defined for {n} of {m.prompts} prompts: a mean of those"


def _why(value: MeasureValue) -> str | None:
    return one_line(value.undefined, 300) if value.undefined else None
