"""A report as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report import brief, console, layout, plain, questions, words
from fullmenu.report.console import clipped, grid, heading, item, text
from fullmenu.report.document import (
    ChangedDish,
    CheckDocument,
    ComparedPrompt,
    ComparisonDocument,
    Content,
    Question,
    ServedDish,
    Signal,
    SignalChange,
    TrendDocument,
    TrendStep,
)
from fullmenu.report.layout import ViewColumn
from fullmenu.report.models import terminal as models
from fullmenu.report.plain import interval
from fullmenu.report.questions import ViewAnswer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

STYLES = {
    "collapsed": "bold red",
    "narrowed": "bold yellow",
    "unclear": "bold",
    "held": "bold green",
    "widened": "bold magenta",
}

ASKED: dict[Question, str] = {
    "within": "Same prompt: different answers to one prompt",
    "across": "Different prompts: different answers over prompts",
}


def as_text(document: Content, width: int | None = None) -> str:
    """Return the whole report as plain text without colour, 80 columns wide unless told otherwise.

    Every text in the document is taken as hostile.
    """
    return console.as_text(_blocks(document, width or 80), width)


def show(document: Content, to: Console, *, whole: bool = True) -> None:
    """Print the report, or one screen of it; every text in the document is taken as hostile."""
    console.show((_blocks if whole else _short)(document, to.width), to)


def _short(document: Content, width: int) -> list[RenderableType]:
    marks = any(sign.explains is not False for sign in document.pipe or ())
    return [
        text("Fullmenu: ", brief.subject(document), style="dim"),
        *(_pipe(document) if marks else ()),
        *_verdict(document),
        *brief.blocks(document, width),
        *_measures(document),
    ]


def _blocks(document: Content, width: int) -> list[RenderableType]:
    trend = isinstance(document, TrendDocument)
    return [
        text("Fullmenu: ", brief.subject(document), style="dim"),
        "",
        *_pipe(document),
        *_verdict(document),
        *(_trend(document) if isinstance(document, TrendDocument) else ()),
        *_models(document, width),
        *(block for q in ASKED if not trend for block in _views(document, q)),
        *_signals(document),
        *_measures(document),
        *_dishes(document, width),
        *_turns(document, width),
        *_prompts(document, width),
        *_caveats(document),
    ]


def _models(document: Content, width: int) -> list[RenderableType]:
    if not (isinstance(document, TrendDocument) and document.models):
        return []
    return models.blocks(document.models, width)


def _verdict(document: Content) -> list[RenderableType]:
    found: list[RenderableType] = []
    if not isinstance(document, CheckDocument):
        title = f"{plain.SYMBOLS[document.verdict]} {words.TITLES[document.verdict].upper()}"
        found.append(text(title, style=STYLES[document.verdict]))
    return [*found, text(words.headline(document)), *map(item, words.told_first(document))]


def _pipe(document: Content) -> list[RenderableType]:
    said = words.pipe(document)
    if not said:
        return []
    return [text("Model or pipeline? ", said[0], style="bold"), *map(item, said[1:]), ""]


def _views(document: Content, question: Question) -> list[RenderableType]:
    found = [x for x in questions.answers(document) if x.question == question]
    columns = layout.columns(document, "terminal")
    table = grid(1 if any(len(x.view) > 9 or x.at_matched for x in found) else 2)
    if not all(x.undefined for x in found):
        heads = ("" if c.head == "verdict" else c.head for c in columns)
        table.add_row(*(text(t, style="dim") for t in ("view", *heads)))
    missing = []
    for x in found:
        if x.undefined:
            missing.append(f"{one_line(x.view, 20)}: no answer, {one_line(x.undefined, 300)}")
            continue
        name = text(one_line(x.view, 12), style="bold")
        table.add_row(name, *(_cell(column, x) for column in columns))
    return [*heading(ASKED[question]), table, *(item(m) for m in dict.fromkeys(missing))]


def _cell(column: ViewColumn, x: ViewAnswer) -> Text:
    if column.head == "verdict":
        return _word(x.verdict)
    arrow = "→ " if column.head == "after" else ""
    return text(arrow, column.cell(x), " *" if column.matched and x.at_matched else "")


def _word(verdict: str | None) -> Text:
    return text(brief.word(verdict), style=STYLES[verdict] if verdict else "")


def _trend(document: TrendDocument) -> list[RenderableType]:
    names = questions.names(document)
    found: list[RenderableType] = []
    for view, block in document.views.items():
        table = grid()
        table.add_row(*(text(t, style="dim") for t in ("version", "answers", "ratio", "")))
        for name, rates, step in zip_longest(names, block.versions, [None, *block.steps]):
            size = interval(rates.effective_number)
            if rates.undefined:
                size = one_line(rates.undefined, 40)
            table.add_row(
                text(one_line(name, 20), style="bold"),
                text(size),
                text(_ratio(step) if step else ""),
                _word(step.verdict) if step else text(""),
            )
        table.add_row(
            text("last ÷ first", style="dim"),
            text(""),
            text(_ratio(block.overall)),
            _word(block.overall.verdict),
        )
        found += [*heading(f"Seen by {one_line(view, 40)}, each against the one before"), table]
    return found


def _ratio(step: TrendStep) -> str:
    return interval(step.ratio) + (" *" if step.at_matched_lengths else "")


def _signals(document: Content) -> list[RenderableType]:
    if isinstance(document, TrendDocument):
        return []
    table = grid()
    signals: list[Signal | SignalChange] = list(document.signals.values())
    for s in signals:
        write = plain.form(s.unit)
        name = text(one_line(s.label, 30))
        if isinstance(s, Signal):
            if s.value:
                table.add_row(name, text(interval(s.value, write)))
        elif s.before or s.after:
            sides = " → ".join(write(e.value if e else None) for e in (s.before, s.after))
            told = plain.difference(s.difference, s.unit)
            if not s.difference and s.before and s.after:
                told = " → ".join(plain.bounds(e, write) for e in (s.before, s.after))
            table.add_row(name, text(sides), text(told))
    return [*heading(f"Signals{_beside(document)}"), table] if table.row_count else []


def _beside(document: Content) -> str:
    return "" if isinstance(document, CheckDocument) else ", beside the verdict"


def _measures(document: Content) -> list[RenderableType]:
    found: list[RenderableType] = []
    for question, title in layout.MEASURES.items():
        table = grid(2 if len(layout.measure_heads(document)) == 1 else 1)
        missing = []
        for row in layout.measure_rows(document, question):
            if row.undefined:
                missing.append(f"{row.name} of {row.of}: undefined, {row.undefined}")
                continue
            table.add_row(text(row.name), text(row.of), *(text(c) for c in row.cells))
            missing += [row.note] if row.note else []
        if table.row_count or missing:
            found += [
                *heading(f"{title}{_beside(document)}"),
                table,
                *(item(m) for m in dict.fromkeys(missing)),
            ]
    return found


def _dishes(document: Content, width: int) -> list[RenderableType]:
    said = words.regulars(document)
    found = [*heading("Answers"), *(item(x) for x in said)] if said else []
    if isinstance(document, TrendDocument):
        return found
    lost = document.lost if isinstance(document, ComparisonDocument) else []
    lists: list[tuple[str, list[ServedDish] | list[ChangedDish]]] = [
        ("Lost answers", lost),
        ("What it falls back on", document.fallback),
    ]
    places = questions.media(document) != "text"
    for title, dishes in lists:
        if dishes:
            cards = (_card(dish, width, places) for dish in dishes[: brief.TOP])
            found += [*heading(title), *cards]
    if counted := layout.dishes_of_all(document):
        shares = [" → ".join(cells) for _, cells in counted.rows]
        wide = max(map(len, shares), default=0)
        found += heading(counted.title)
        for (dish, _), told in zip(counted.rows, shares, strict=True):
            found.append(clipped(f"  {told:<{wide}}  {brief.example(dish, places)}", width))
    return found


def _card(dish: ServedDish | ChangedDish, width: int, place: bool) -> Text:
    outputs = f"{brief.counts(dish)} outputs"
    return clipped(f"  {outputs:<16} {brief.example(dish, place, width - 20)}", width)


def _turns(document: Content, width: int) -> list[RenderableType]:
    if not isinstance(document, ComparisonDocument):
        return []
    found: list[RenderableType] = []
    for kind in words.TURNS:
        gained = [turn for turn in getattr(document, kind).gained if turn.of][: brief.TOP]
        if gained:
            found += heading(f"{kind.capitalize()} that took over (in how many prompts)")
        for turn in gained:
            prompts = f"{turn.before.prompts} → {turn.after.prompts} of {turn.of}"
            found.append(clipped(f"  {prompts:<16} {one_line(turn.text, 200)}", width))
    return found


def _prompts(document: Content, width: int) -> list[RenderableType]:
    entries = questions.prompts(document)[: brief.TOP]
    if not entries:
        return []
    compared = isinstance(document, ComparisonDocument)
    title = "Prompts that lost most" if compared else "Most repetitive prompts"
    found = heading(f"{title} (repeat rate, mean over views)")
    for p in entries:
        if isinstance(p, ComparedPrompt):
            sides = [[getattr(r, k) for r in p.views.values()] for k in ("before", "after")]
        else:
            sides = [list(p.views.values())]
        means = (sum(r.value for r in side) / len(side) if side else None for side in sides)
        told = " → ".join(map(plain.rate, means)) if p.views else "–"
        found.append(clipped(f"  {told:<16} {one_line(p.prompt or p.prompt_id, 200)}", width))
    return found


def _caveats(document: Content) -> list[RenderableType]:
    found = [item(one_line(c, 600)) for c in document.caveats]
    found += [
        item(f"{one_line(name, 40)} cannot see {one_line(view.blind, 300)}")
        for name, view in document.views.items()
        if view.blind
    ]
    marked = any(x.at_matched for x in questions.answers(document))
    which = "at matched lengths"
    if isinstance(document, TrendDocument):
        marked = any(s.at_matched_lengths for v in document.views.values() for s in v.steps)
        which = "ratio and verdict at matched lengths"
    if marked:
        found.insert(0, item(f"* {which}"))
    return [*heading("Caveats"), *found] if found else []
