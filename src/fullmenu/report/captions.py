"""Charts with their words: title, caption, alternative text, and the numbers as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from fullmenu.cleaner import one_line
from fullmenu.report import charts
from fullmenu.report.document import CheckDocument, Content, PromptRate, TrendDocument
from fullmenu.report.plain import interval, number, percent, rate
from fullmenu.report.questions import QUESTIONS
from fullmenu.report.words import regulars

if TYPE_CHECKING:
    import altair as alt

TABLE_ROWS = 40
"""Rows of a chart's table; the JSON holds them all."""

EYES = "answer"
"""The view that prompts are drawn by, where it was looked through."""


class Drawing(Struct, frozen=True, kw_only=True):
    """A chart with its words, ``alt`` for those who do not see it, and its numbers as a table."""

    id: str
    kind: str
    spec: dict[str, object]
    title: str
    alt: str
    caption: str = ""
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def drawings(document: Content) -> list[Drawing]:
    """Return every chart with its words: title, alternative text, caption and table."""
    found: list[Drawing] = []

    def add(
        kind: str,
        chart: alt.LayerChart | None,
        title: str,
        told: str,
        caption: str,
        rows: Sequence[Struct],
    ) -> None:
        if chart is not None:
            head, body = _table(rows)
            found.append(
                Drawing(
                    id=f"chart-{len(found)}", kind=kind, spec=chart.to_dict(), title=title,
                    alt=told, caption=caption, head=head, rows=body,
                )
            )  # fmt: skip

    page = charts.PAGE
    forest = charts.forest_rows(document)
    if forest and not isinstance(document, CheckDocument):
        told = "Ratio of dishes after to before. "
        told += "; ".join(f"{r.what}: {r.value:.2f}, {r.verdict}" for r in forest)
        m = document.margins
        caption = (
            "Each line is the interval of a ratio: left of 1 is fewer dishes. Dashed: the margins "
            f"{m.collapsed:g} (collapsed), {m.narrowed:g} (narrowed) and 1/{m.narrowed:g} "
            "(widened)."
        )
        add(
            "forest", charts.forest(document, page), "Fewer dishes, or more?", told, caption, forest
        )
    for view in document.views:
        name = one_line(view, 40)
        if isinstance(document, TrendDocument):
            versions = charts.trend_rows(document, view)
            told = "; ".join(f"{r.version}: {number(r.value)}" for r in versions)
            judged = document.views[view].judged
            caption = f"{QUESTIONS[judged].capitalize()}. " if judged else ""
            add("trend", charts.trend(document, view, page), name,
                f"Effective number of dishes seen by {name}, version by version. {told}",
                caption + "Upright lines: intervals. Signs: against the version before.",
                versions)  # fmt: skip
        else:
            curves = [rows for rows, *_ in charts.curve_rows(document, view)]
            told = f"Dishes seen by {name} as more outputs are asked for. " + "; ".join(
                f"{rows[-1].side}: {number(rows[-1].value)} in {rows[-1].m} outputs"
                for rows in curves
            )
            add("curve", charts.curve(document, view, page), name, told, "", _joined(curves))
    if isinstance(document, TrendDocument):
        return found
    dishes = [[r for r in rows if _worth(r.dishes)] for rows, *_ in charts.plates_rows(document)]
    add("plates", charts.plates(document, page), "How few dishes make up how much",
        "Share of all plates by the dishes served most. " + " ".join(regulars(document)),
        "The higher the line, the fewer dishes the plates come from. The marks: the top three.",
        _joined(dishes))  # fmt: skip
    view = EYES if EYES in document.views else next(iter(document.views))
    rows = charts.prompt_rows(document, view)
    add("prompts", charts.prompts(document, view, page), "",
        f"Repeat rates of single prompts, seen by {one_line(view, 40)}",
        f"Seen by {one_line(view, 40)}. Thin lines: the interval over a prompt's outputs.",
        rows)  # fmt: skip
    return found


def _joined(lines: Iterable[Sequence[Struct]]) -> list[Struct]:
    return [row for rows in lines for row in rows]


def _worth(i: int) -> bool:
    return i <= 10 or i in (20, 30, 50, 100, 150, 200)


HEADS = {
    "side": "which", "m": "outputs asked for", "value": "value", "low": "low", "high": "high",
    "dishes": "dishes", "share": "share of plates", "what": "view", "verdict": "verdict",
    "prompt": "prompt", "before": "before", "after": "after", "version": "version",
    "step": "against the one before",
}  # fmt: skip


def _table(rows: Sequence[Struct]) -> tuple[list[str], list[list[str]]]:
    if not rows:
        return [], []
    keys = [k for k in HEADS if getattr(rows[0], k, None) is not None]
    body = [[_cell(k, r) for k in keys] for r in rows[:TABLE_ROWS]]
    if len(rows) > TABLE_ROWS:
        body.append([f"and {len(rows) - TABLE_ROWS:,} more in the JSON", *[""] * (len(keys) - 1)])
    return [HEADS[k] for k in keys], body


def _cell(key: str, row: Struct) -> str:
    x = getattr(row, key)
    if x is None:
        return "–"
    if key == "share":
        return percent(x)
    if key in ("before", "after"):
        bounds = (getattr(row, f"{key}_{end}") for end in ("low", "high"))
        return interval(PromptRate(x, *bounds), rate)
    return number(x) if isinstance(x, float) else str(x)
