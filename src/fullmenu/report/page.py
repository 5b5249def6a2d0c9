"""What the page says: the words and numbers of a document, ready for the template."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import UnsetType

from fullmenu.cleaner import clean, one_line
from fullmenu.estimate import Estimate
from fullmenu.report import layout, plain, questions, words
from fullmenu.report.browser import in_script
from fullmenu.report.captions import drawings
from fullmenu.report.document import (
    ChangedDish,
    CheckDocument,
    ComparedView,
    ComparisonDocument,
    Content,
    LogPictures,
    Pictures,
    Provenance,
    ServedDish,
    Sides,
    Signal,
    SignalChange,
    TrendAnswers,
    TrendDocument,
    TrendStep,
    Turn,
    ViewFacts,
)
from fullmenu.report.plain import interval, rate
from fullmenu.report.questions import QUESTIONS, ViewAnswer
from fullmenu.text.amounts import amount

CARDS = 3
"""Answers shown as lost, and as given more than before; all others are folded."""

TURNS, ALL_TURNS = 4, 12
"""Turns of phrase shown of each kind, and those that are folded with them."""

PROMPTS, ALL_PROMPTS = 8, 40
"""Prompts in the table; where no browser has them all, so many are folded."""

CHANGES = 8
"""Answers listed as lost from one version to another, and as gained."""

EYES = "answer"
"""The view that prompts are shown by, where it was looked through."""

FILES = 20
"""Files named with their digests."""

Shown = Mapping[str, object]
"""What a template shows, by name."""


def contents(document: Content) -> Shown:
    """Return what the template shows: words and numbers ready to print, and charts."""
    names = questions.names(document)
    before, after = ("before", names[0]) if len(names) == 1 else names[:2]
    compared = isinstance(document, ComparisonDocument)
    trend = document if isinstance(document, TrendDocument) else None
    drawn = drawings(document)
    verdict = None if isinstance(document, CheckDocument) else document.verdict
    word_title = words.title(document)
    columns = layout.columns(document, "page")
    labels = {"before": before, "after": after, "dishes": after}
    lost = document.lost if isinstance(document, ComparisonDocument) else []
    return {
        "title": f"Fullmenu: {word_title.lower()}",
        "subject": _subject(document, names),
        "verdict": verdict,
        "word_title": word_title,
        "answer": words.headline(document),
        "pipe": words.pipe(document),
        "notes": [*words.told_first(document), *_notes(document)],
        "unit": _unit(document, names),
        "compared": compared,
        "before": before,
        "after": after,
        "columns": [labels.get(column.head, column.head) for column in columns],
        "table": [_table_row(x, columns) for x in questions.answers(document)],
        "at_matched": any(x.at_matched for x in questions.answers(document)) or any(
            step.at_matched_lengths
            for view in (trend.views.values() if trend else ())
            for step in (*view.steps, view.overall)
        ),
        "versions": names if trend else [],
        "between": _pairs(trend, names) if trend else [],
        "data": _answers_data(trend, names) if trend and trend.answers else "",
        "trend_rows": _trend_rows(trend) if trend else [],
        "regulars": words.regulars(document),
        "counted": layout.dishes_of_all(document),
        "lost": _cards(lost),
        "lost_in_all": words.gone(document) if isinstance(document, ComparisonDocument) else 0,
        "fallback": [] if isinstance(document, TrendDocument) else _cards(document.fallback),
        "places": questions.media(document) != "text",
        "gallery": [] if isinstance(document, TrendDocument) else _sheets(document.gallery, names),
        "turns_found": _turns(document) if isinstance(document, ComparisonDocument) else [],
        "prompts": _prompts(document, names),
        "eyes": one_line(_eyes(document), 40),
        "signals": _signals(document, names),
        "measure_heads": layout.measure_heads(document),
        "measures": [
            {"title": title, "rows": found}
            for question, title in layout.MEASURES.items()
            if (found := layout.measure_rows(document, question))
        ],
        "caveats": [clean(c, 600) for c in document.caveats],
        "views": views_seen(document.views),
        "signs": ", ".join(f"{sign} {verdict}" for verdict, sign in plain.SYMBOLS.items()),
        "matched": _matched(document),
        "reasons": [
            {"what": what, "verdict": d.verdict, "reason": clean(d.reason, 500)}
            for what, d in questions.decisions(document)
        ],
        "method": _method(document),
        "computed": _computed(document),
        "logs": _logs(document),
        "made": made(document.provenance or None),
        **{name: next((f for f in drawn if f.kind == name), None)
           for name in ("forest", "plates")},
        **{f"{name}s": [f for f in drawn if f.kind == name] for name in ("curve", "trend")},
    }  # fmt: skip


def _cards(dishes: list[ServedDish] | list[ChangedDish]) -> list[Shown]:
    return [{"dish": dish, "pictures": plain.pictures(dish.pictures or [])} for dish in dishes]


def leading(document: Content) -> list[str]:
    """Return the ids of the prompts in the table."""
    return [p.prompt_id for p in questions.prompts(document)[:PROMPTS]]


def _eyes(document: Content) -> str:
    return EYES if EYES in document.views else next(iter(document.views))


def _prompts(document: Content, names: list[str]) -> list[Shown]:
    view = _eyes(document)
    found: list[Shown] = []
    for p in questions.prompts(document)[:ALL_PROMPTS]:
        seen = p.views.get(view)
        if seen is None:
            continue
        rates = [seen.before, seen.after] if isinstance(seen, Sides) else [seen]
        found.append(
            {
                "id": p.prompt_id,
                "asked": p.prompt or p.prompt_id or "(no prompt)",
                "example": p.example,
                "rates": [min(r.value, 1.0) for r in rates],
                "told": [interval(r, rate) for r in rates],
                "sheets": _sheets(p.pictures, names),
            }
        )
    return found


def _sheets(given: Sides[Pictures] | LogPictures | UnsetType, names: list[str]) -> list[Shown]:
    if not given:
        return []
    sides = [given.before, given.after] if isinstance(given, Sides) else [given.log]
    css = ("was", "is")[-len(sides) :]
    return [
        {"label": name, "css": style, "pictures": shown, "counted": [*Counter(shown).items()]}
        for name, style, side in zip(names, css, sides, strict=True)
        if (shown := plain.pictures(side))
    ]


def _subject(document: Content, names: list[str]) -> str:
    if isinstance(document, TrendDocument):
        return f"a trend over {len(names)} {words.trend_unit(document)}"
    return " compared with ".join(names)


def _notes(document: Content) -> list[str]:
    if not isinstance(document, ComparisonDocument):
        return []
    found = []
    same = [x for x in questions.answers(document) if x.verdict == document.verdict]
    if len(same) > 1:
        where = ", ".join(f"{x.name} ({QUESTIONS[x.question]})" for x in same)
        found.append(f"The same verdict in {where}.")
    if document.judged == "across prompts only":
        found.append("Judged across prompts only: there is one output per prompt.")
    return found


class PlatesSide(NamedTuple):
    """One log's effective number as plates to draw."""

    label: str
    n: int
    css: str
    shown: str


def _unit(document: Content, names: list[str]) -> Shown | None:
    if isinstance(document, TrendDocument):
        view = questions.trend_lead(document)
        if view is None:
            return None
        first, *_, last = document.views[view].versions
        sides = [(names[0], first.size, "was"), (names[-1], last.size, "is")]
        seen_by = one_line(view, 40)
    else:
        x = questions.lead(document)
        if x is None:
            return None
        css = ("was", "is")[-len(names) :]
        sizes = [side.size for side in x.sides]
        sides = list(zip(names, sizes, css, strict=True))
        seen_by = f"{x.name}, {QUESTIONS[x.question]}"
    shown = [side_of_plates(name, n, css) for name, n, css in sides if n is not None]
    alt = f"Seen by {seen_by}: " + "; ".join(f"{s.label}: {s.shown}" for s in shown)
    return {"sides": shown, "alt": alt} if shown else None


def side_of_plates(name: str, n: float, css: str) -> PlatesSide:
    """Return one log's effective number as plates to draw."""
    n = n or 1.0
    more = " (120 drawn)" if n > 120.5 else ""
    shown = f"{plain.number(n).removesuffix('.0')} answer{'' if n < 1.05 else 's'}{more}"
    return PlatesSide(name, max(1, round(n)), css, shown)


def _table_row(x: ViewAnswer, columns: list[layout.ViewColumn]) -> Shown:
    marks = (" *" if x.at_matched and c.matched else "" for c in columns)
    return {
        "view": x.name,
        "question": QUESTIONS[x.question],
        "undefined": clean(x.undefined, 300) if x.undefined else None,
        "cells": [c.cell(x) + mark for c, mark in zip(columns, marks, strict=True)],
        "verdict": x.verdict,
    }


def _trend_rows(document: TrendDocument) -> list[Shown]:
    found: list[Shown] = []
    for view, block in document.views.items():
        cells = [
            {
                "size": clean(rates.undefined, 200)
                if rates.undefined
                else interval(rates.effective_number),
                "verdict": step.verdict if step else None,
                "ratio": _step_ratio(step) if step else "",
            }
            for rates, step in zip(block.versions, [None, *block.steps], strict=True)
        ]
        overall = {"verdict": block.overall.verdict, "ratio": _step_ratio(block.overall)}
        found.append({"view": one_line(view, 40), "cells": cells, **overall})
    return found


def _pairs(document: TrendDocument, names: list[str]) -> list[Shown]:
    """Return what was lost and gained over all versions, and at the step where most was lost."""
    if not document.answers:
        return []
    pairs = [(0, len(names) - 1)]
    if document.fall and document.fall.version < len(names):
        pairs.insert(0, (document.fall.version - 1, document.fall.version))
    return [_changed(document.answers, names, *pair) for pair in dict.fromkeys(pairs)]


def _changed(answers: TrendAnswers, names: list[str], a: int, b: int) -> Shown:
    """Return the answers lost and gained from one version to another, the commonest first.

    Lost: given twice or more, and not any more. Gained: given twice or more, a larger share.
    """
    was, now = (max(answers.counted[k], 1) for k in (a, b))
    rows = [(x, x.outputs[a], x.outputs[b]) for x in answers.answers]
    lost = sorted((r for r in rows if r[1] > 1 and not r[2]), key=lambda r: -r[1])
    gained = sorted((r for r in rows if r[2] > 1 and r[2] / now > r[1] / was), key=lambda r: -r[2])
    return {
        "pair": (a, b),
        "title": f"{names[a]} → {names[b]}",
        "counted": [answers.counted[a], answers.counted[b]],
        "lists": [
            {
                "title": title,
                "all": len(found),
                "rows": [(before, after, x) for x, before, after in found[:CHANGES]],
            }
            for title, found in (("Lost", lost), ("Given more than before", gained))
        ],
    }


def _answers_data(document: TrendDocument, names: list[str]) -> str:
    """Return the answers of all versions for the script that compares any two."""
    assert document.answers
    place = questions.media(document) != "text"
    return in_script(
        {
            "names": names,
            "counted": document.answers.counted,
            "most": CHANGES,
            "answers": [
                [
                    plain.place(x.example, 44) if place else one_line(x.example, 100) or "(empty)",
                    one_line(x.prompt or "", 70),
                    x.outputs,
                ]
                for x in document.answers.answers
            ],
        }
    )


def _step_ratio(step: TrendStep) -> str:
    return interval(step.ratio) + (" *" if step.at_matched_lengths else "")


def _turns(document: ComparisonDocument) -> list[list[Shown]]:
    columns = []
    for way, went in (("gained", "took over"), ("faded", "faded")):
        column: list[Shown] = []
        for kind in words.TURNS:
            turns: list[Turn] = [t for t in getattr(getattr(document, kind), way) if t.of]
            if turns:
                title = f"{kind.capitalize()} that {went}"
                column.append({"title": title, "entries": turns[:ALL_TURNS]})
        if column:
            columns.append(column)
    return columns


def _signals(document: Content, names: list[str]) -> list[Shown]:
    if isinstance(document, TrendDocument):
        return []
    heads = ("value",) if len(names) == 1 else (*names, "difference")
    signals: Iterable[Signal | SignalChange] = document.signals.values()
    return [
        {"label": one_line(s.label, 60), "cells": _signal(s), "heads": heads, "moved": _moved(s)}
        for s in signals
        if any(_estimates(s))
    ]


def _moved(s: Signal | SignalChange) -> bool:
    """Tell whether a signal is shown at once: it changed, or it has nothing to change against."""
    if isinstance(s, Signal):
        return True
    change = s.difference
    return bool(change and change.low is not None and change.high is not None
                and (change.low > 0 or change.high < 0))  # fmt: skip


def _estimates(s: Signal | SignalChange) -> list[Estimate | None]:
    return [s.value] if isinstance(s, Signal) else [s.before, s.after, s.difference]


def _signal(s: Signal | SignalChange) -> list[str]:
    sides = [s.value] if isinstance(s, Signal) else [s.before, s.after]
    cells = [interval(e, plain.form(s.unit)) for e in sides]
    return cells if isinstance(s, Signal) else [*cells, plain.difference(s.difference, s.unit)]


def views_seen(views: Mapping[str, ViewFacts | ComparedView]) -> list[Shown]:
    """Return what each view sees, what it cannot see, and its ruler."""
    return [
        {
            "name": one_line(name, 40),
            **{k: clean(getattr(v, k) or "–", 400) for k in ("sees", "blind", "ruler")},
        }
        for name, v in views.items()
    ]


def _matched(document: Content) -> list[Shown]:
    return [
        {
            "view": x.name,
            "question": QUESTIONS[x.question],
            "raw": x.raw,
            "raw_ratio": interval(x.raw.ratio),
            "matched": x.matched,
            "matched_ratio": interval(x.matched.ratio),
        }
        for x in questions.answers(document)
        if x.raw and x.matched
    ]


def _method(document: Content) -> list[str]:
    found = []
    if not isinstance(document, CheckDocument):
        m, rates = document.margins, document.error_rates
        steps = len(document.versions) - 1 if isinstance(document, TrendDocument) else 0
        shared = (
            f" The last version against the first has half of it, the {steps} steps the other half."
            if steps
            else ""
        )
        decisions = f" ({rates.verdict.decisions} decisions)" if rates else ""
        beside = (
            "Beside the verdict stand signals, measures, phrases, openings and outlines: what is "
            f"tested there shares another {100 * rates.beside.rate:g} %, and never changes it. "
            if rates and rates.beside.decisions
            else ""
        )
        found += [
            f"Collapsed: the whole interval of the ratio lies below {m.collapsed:g}. Narrowed: "
            f"it lies below 1, and the ratio below {m.narrowed:g}. Widened: the mirror image.",
            f"Held: the {100 * m.held_level:g} % interval lies inside {m.held_low:g} to "
            f"{m.held_high:g}. "
            "Unclear: none of these; more outputs or prompts would settle it.",
            f"Losses and gains share an error rate of {100 * m.alpha:g} % over all views and "
            f"both questions{decisions}.{shared} {beside}These margins were set before looking.",
            "The overall verdict is the worst one found"
            + (" from the first version to the last" if shared else "")
            + "; held needs every view to have held.",
        ]
    found += [f"Computed as: {clean(method, 300)}." for method in _methods(document)]
    schema = document.__struct_config__.tag
    return [*found, f"Document: {schema}; docs/report.md explains it."]


def _methods(document: Content) -> list[str]:
    found: list[Estimate | UnsetType | None] = []
    for x in questions.answers(document):
        found += [x.after.repeat_rate, x.ratio]
    if isinstance(document, TrendDocument):
        for view in document.views.values():
            found += [rates.repeat_rate for rates in view.versions]
            found += [step.ratio for step in (*view.steps, view.overall)]
    return list(dict.fromkeys(e.method for e in found if e and e.method))


def _computed(document: Content) -> list[Shown]:
    if isinstance(document, TrendDocument):
        return []
    found: list[Shown] = []
    signals: Iterable[tuple[str, Signal | SignalChange]] = document.signals.items()
    for name, s in signals:
        made = [s.value] if isinstance(s, Signal) else [s.after or s.before, s.difference]
        methods = [clean(e.method, 200) for e in made if e]
        if methods:
            told = "; ".join(x for x in (words.SIGNALS.get(name), *methods) if x)
            found.append({"label": one_line(s.label, 60), "told": told})
    return found


def made(provenance: Provenance | None) -> list[tuple[str, str]]:
    """Return how a document was made: the command, the version, the files with their digests."""
    if provenance is None:
        return []
    command = clean(shlex.join(provenance.command), 600)
    files = [
        (plain.place(file.name, 80), f"{file.bytes:,} bytes, SHA-256 {one_line(file.sha256, 64)}")
        for file in provenance.files[:FILES]
    ]
    return [("command", command), ("Fullmenu", one_line(provenance.version, 40)), *files]


def _logs(document: Content) -> list[str]:
    found = []
    for log, name in zip(questions.logs(document).values(), questions.names(document), strict=True):
        told = f"{name}: {amount(log.outputs, 'output')} of {amount(log.prompts, 'prompt')}"
        if log.models:
            told += ", model " + ", ".join(one_line(x, 60) for x in log.models[:5])
        if log.empty:
            told += f", {log.empty:,} empty"
        found.append(told + "".join(f"; {one_line(r, 300)}" for r in log.read or []))
    return found
