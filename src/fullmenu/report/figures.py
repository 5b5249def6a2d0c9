"""Charts with their words: title, caption, alternative text, and the numbers as a table."""

from __future__ import annotations

from typing import Any

from fullmenu.report import charts
from fullmenu.report.plain import Doc, interval, number, one_line, percent, rate
from fullmenu.report.reading import QUESTIONS
from fullmenu.report.sentences import regulars

TABLE_ROWS = 40
"""Rows of a chart's table; the JSON holds them all."""

EYES = "answer"
"""The view that prompts are drawn by, where it was looked through."""


def drawings(document: Doc) -> list[dict[str, Any]]:
    """Return every chart with its words: title, alternative text, caption and table."""
    found: list[dict[str, Any]] = []

    def add(kind: str, chart: Any, title: str, alt: str, caption: str, rows: list[Any]) -> None:
        if chart is not None:
            head, body = _table(rows)
            found.append(
                {
                    "id": f"chart-{len(found)}", "kind": kind, "spec": chart.to_dict(),
                    "title": title, "alt": alt, "caption": caption, "head": head, "rows": body,
                }
            )  # fmt: skip

    page = charts.PAGE
    forest = charts.forest_rows(document)
    alt = "Ratio of dishes after to before. "
    alt += "; ".join(f"{r['what']}: {r['value']:.2f}, {r['verdict']}" for r in forest)
    m = document.get("margins") or {}
    caption = (
        "Each line is the interval of a ratio: left of 1 is fewer dishes. Dashed: the margins "
        f"{m.get('collapsed', 0.5):g} (collapsed), {m.get('narrowed', 0.9):g} (narrowed) and "
        f"1/{m.get('narrowed', 0.9):g} (widened)."
    )
    add("forest", charts.forest(document, page) if forest else None,
        "Fewer dishes, or more?", alt, caption, forest)  # fmt: skip
    for view, block in (document.get("views") or {}).items():
        name = one_line(view, 40)
        if "versions" in block:
            rows = charts.trend_rows(document, view)
            told = "; ".join(f"{r['version']}: {number(r['value'])}" for r in rows)
            asked = QUESTIONS.get(str(block.get("judged")))
            caption = f"{asked.capitalize()}. " if asked else ""
            add("trend", charts.trend(document, view, page), name,
                f"Effective number of dishes seen by {name}, version by version. {told}",
                caption + "Upright lines: intervals. Signs: against the version before.",
                rows)  # fmt: skip
        else:
            curves = charts.curve_rows(document, view)
            rows = [r for side, *_ in curves for r in side]
            alt = f"Dishes seen by {name} as more outputs are asked for. " + "; ".join(
                f"{s[-1]['side']}: {number(s[-1]['value'])} in {s[-1]['m']} outputs"
                for s, *_ in curves
            )
            add("curve", charts.curve(document, view, page), name, alt, "", rows)
    rows = [r for side, *_ in charts.plates_rows(document) for r in side if _worth(r["dishes"])]
    add("plates", charts.plates(document, page), "How few dishes make up how much",
        "Share of all plates by the dishes served most. " + " ".join(regulars(document)),
        "The higher the line, the fewer dishes the plates come from. The marks: the top three.",
        rows)  # fmt: skip
    names = list(document.get("views") or {})
    if names:
        view = EYES if EYES in names else names[0]
        rows = charts.prompt_rows(document, view)
        alt = f"Repeat rates of single prompts, seen by {one_line(view, 40)}"
        add("prompts", charts.prompts(document, view, page), "", alt,
            f"Seen by {one_line(view, 40)}. Thin lines: the interval over a prompt's outputs.",
            rows)  # fmt: skip
    return found


def _worth(i: int) -> bool:
    return i <= 10 or i in (20, 30, 50, 100, 150, 200)


HEADS = {
    "side": "which", "m": "outputs asked for", "value": "value", "low": "low", "high": "high",
    "dishes": "dishes", "share": "share of plates", "what": "view", "verdict": "verdict",
    "prompt": "prompt", "before": "before", "after": "after", "version": "version",
    "step": "against the one before",
}  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    if not rows:
        return [], []
    keys = [k for k in HEADS if rows[0].get(k) is not None]
    body = [[_cell(k, r) for k in keys] for r in rows[:TABLE_ROWS]]
    if len(rows) > TABLE_ROWS:
        body.append([f"and {len(rows) - TABLE_ROWS:,} more in the JSON", *[""] * (len(keys) - 1)])
    return [HEADS[k] for k in keys], body


def _cell(key: str, row: dict[str, Any]) -> str:
    x = row.get(key)
    if x is None:
        return "–"
    if key == "share":
        return percent(x)
    if key in ("before", "after"):
        return interval({"value": x, **{k: row.get(f"{key}_{k}") for k in ("low", "high")}}, rate)
    return number(x) if isinstance(x, float) else str(x)
