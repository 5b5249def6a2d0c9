"""A report on one screen: the verdict, one table, what was lost and gained, where the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report import layout, plain, questions, words
from fullmenu.report.console import clipped, text
from fullmenu.report.document import (
    ChangedDish,
    CheckDocument,
    ComparisonDocument,
    Content,
    DishOfAll,
    ServedDish,
    TrendDocument,
)
from fullmenu.report.models.words import sentences
from fullmenu.report.plain import interval
from fullmenu.report.questions import ViewAnswer
from fullmenu.text.amounts import amount

if TYPE_CHECKING:
    from rich.console import RenderableType

TOP = 3
"""Answers, and turns of phrase, shown of each kind, one fewer where one question has an answer."""

NAMED = 6
"""Versions that are all named at the top; of more, the first and the last."""

VERSIONS = 10
"""Rows of a trend; of more, the first of those where something changed, and the last."""

Row = tuple[str, ...]


def blocks(document: Content, width: int) -> list[RenderableType]:
    """Return the lines below the verdict: tables, lost and gained answers, where the rest is."""
    table = [*rows(document)]
    if len(_asked(document)) == 1:
        head = ", ".join(filter(None, table[0][1:]))
        table[:2] = [(f"answers to {table[1][0]}{head and ': '}{head}",)]
    lines = [line.rstrip() for line in _aligned(table)]
    bold = {*questions.QUESTIONS.values()}
    return [
        "",
        *(clipped(line, width, "bold" if line in bold else "") for line in lines),
        *(text(line) for line in unjudged(document)),
        *(clipped(line, width) for line in _listed(document)),
        *(text(line) for line in _alike(document)),
        "",
        text(_marks(document), "All of it: --verbose, or a page: --html FILE", style="dim"),
    ]


def in_lines(document: Content) -> str:
    """Return a few lines for a prompt or a notebook: what, the verdict, each view's answers."""
    said = words.headline(document)
    if not isinstance(document, CheckDocument):
        said = f"{words.TITLES[document.verdict]}. {said}"
    table = [*_aligned([*rows(document)])][:4]
    told = (one_line(line, 200) for line in (f"Fullmenu: {subject(document)}", said))
    return "\n".join([*told, *(line.rstrip() for line in table)])


def subject(document: Content) -> str:
    """Say which logs a report is about, and how large they are."""
    logs = questions.logs(document).values()
    if isinstance(document, TrendDocument):
        versions = questions.names(document)
        if len(versions) <= NAMED:
            return " → ".join(versions)
        count = f"{len(versions)} {words.trend_unit(document)}"
        return f"{versions[0]} → … → {versions[-1]} ({count})"
    if isinstance(document, CheckDocument):
        names, prompts = plain.label(document.log, "log"), document.log.prompts
    else:
        names, prompts = " → ".join(questions.names(document)), document.after.prompts
    *others, last = (log.outputs for log in logs)
    counts = "".join(f"{n:,} and " for n in others) + amount(last, "output")
    of = amount(prompts, "prompt")
    if isinstance(document, ComparisonDocument) and document.shared_prompts:
        of = amount(document.shared_prompts, "shared prompt")
    return f"{names} ({counts} of {of})"


def rows(document: Content) -> Iterator[Row]:
    """Yield the one table: a head, then rows; a row of one cell is the title of those below."""
    return _versions(document) if isinstance(document, TrendDocument) else _views(document)


def _views(document: CheckDocument | ComparisonDocument) -> Iterator[Row]:
    compared = isinstance(document, ComparisonDocument)
    shown = [x for x in questions.answers(document) if not x.undefined]
    if shown:
        yield ("answers", *(("before", "after", "ratio", "") if compared else ("", "")))
    for question, name in questions.QUESTIONS.items():
        mine = [x for x in shown if x.question == question]
        yield from [(name,)] if mine else []
        for x in mine:
            called = f"  {one_line(x.view, 12)}{' *' if x.at_matched else ''}"
            after = interval(x.after.effective_number)
            if not compared:
                yield called, after, _of_varied(x)
                continue
            before = interval(x.before.effective_number if x.before else None)
            yield called, before, after, interval(x.ratio), word(x.verdict)


def _asked(document: Content) -> list[str]:
    """Return the names of the questions that some view could answer."""
    found = {x.question for x in questions.answers(document) if not x.undefined}
    return [name for question, name in questions.QUESTIONS.items() if question in found]


def _of_varied(x: ViewAnswer) -> str:
    return f"repeats itself {words.one_in(x.after.rate)}" if x.after.rate is not None else ""


def word(verdict: str | None) -> str:
    """Return a verdict with its symbol."""
    return f"{plain.SYMBOLS[verdict]} {verdict}" if verdict else "not judged"


def _versions(document: TrendDocument) -> Iterator[Row]:
    names = questions.names(document)
    views = document.views
    yield ("answers", *(one_line(name, 20) for name in views))
    rows = []
    for k, name in enumerate(names):
        cells = []
        moved = k in (0, len(names) - 1)
        for view in views.values():
            step = view.steps[k - 1] if k else None
            moved |= bool(step and step.verdict not in ("held", "unclear", None))
            symbol = plain.SYMBOLS[step.verdict] if step and step.verdict else ""
            cells.append(f"{interval(view.versions[k].effective_number)} {symbol}")
        rows.append((moved, (one_line(name, 20), *cells)))
    most = VERSIONS // 2 if document.models else VERSIONS
    shown = [row for moved, row in rows if moved or len(rows) <= most][: most - 1]
    if rows and rows[-1][1] not in shown:
        shown.append(rows[-1][1])
    yield from shown
    if len(shown) < len(rows):
        yield (f"({len(rows) - len(shown)} more versions are not shown)",)
    overall = (
        f"{plain.number(v.overall.ratio.value)} {plain.SYMBOLS[v.overall.verdict]}"
        if v.overall.ratio and v.overall.verdict
        else ""
        for v in views.values()
    )
    yield ("last ÷ first", *overall)


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    """Yield rows as lines; a row of one cell is a title and takes no column's width."""
    from rich.cells import cell_len

    columns = zip_longest(*(row for row in rows if len(row) > 1), fillvalue="")
    widths = [max(map(cell_len, column)) for column in columns]
    for row in rows:
        yield (
            row[0]
            if len(row) == 1
            else "  ".join(
                cell + " " * (width - cell_len(cell))
                for cell, width in zip(row, widths, strict=False)
            )
        )


def unjudged(document: Content) -> Iterator[str]:
    """Say once of each reason what cannot be told."""
    of: dict[str, list[ViewAnswer]] = {}
    for x in questions.answers(document):
        if x.undefined:
            of.setdefault(one_line(x.undefined, 300), []).append(x)
    asked = {x.question for x in questions.answers(document) if not x.undefined}
    for reason, missing in of.items():
        if all(x.question not in asked for x in missing):
            what = " and ".join(dict.fromkeys(questions.QUESTIONS[x.question] for x in missing))
        else:
            what = ", ".join(dict.fromkeys(one_line(x.view, 20) for x in missing))
        yield f"{what}: {reason}"


def _listed(document: Content) -> Iterator[str]:
    if isinstance(document, TrendDocument):
        return
    title, cards = answers(document)
    yield from [title] if cards else []
    width = max([10, *(len(given) for given, _ in cards)])
    yield from (f"  {given:<{width}} {answer}" for given, answer in cards)


def _alike(document: Content) -> Iterator[str]:
    if isinstance(document, TrendDocument) and document.models:
        yield from sentences(document.models)


def answers(
    document: CheckDocument | ComparisonDocument,
) -> tuple[str, list[tuple[str, str]]]:
    """Return a title, and how often answers were given with the answers."""
    most = TOP if len(_asked(document)) > 1 else TOP - 1
    dishes: Sequence[ServedDish | ChangedDish]
    if isinstance(document, ComparisonDocument):
        gained = [dish for dish in document.fallback if dish.after.plates > dish.before.plates]
        dishes = [*document.lost[:most], *gained[:most]]
        kinds = " and ".join(k for k, of in (("lost", document.lost), ("gained", gained)) if of)
        sides = f"{document.dishes.before.plates:,} and {document.dishes.after.plates:,}"
        title = f"{kinds} (outputs, of {sides})"
    else:
        if counted := layout.dishes_of_all(document):
            return counted.title.lower(), [
                (share, example(dish, False)) for dish, (share,) in counted.rows[:most]
            ]
        dishes = document.fallback[:most]
        title = f"commonest answers (outputs, of {document.dishes.plates:,})"
    place = questions.media(document) != "text"
    return title, [(counts(dish), example(dish, place)) for dish in dishes]


def counts(dish: ServedDish | ChangedDish) -> str:
    """Return how often an answer was given, before and after where two logs are compared."""
    if isinstance(dish, ChangedDish):
        return f"{dish.before.plates:,} → {dish.after.plates:,}"
    return f"{dish.plates:,}"


def example(dish: ServedDish | ChangedDish | DishOfAll, place: bool, width: int = 60) -> str:
    """Return an answer on one line; ``place``: the name of a picture, cut to so many characters."""
    shown = plain.place(dish.example, width) if place else one_line(dish.example, 200)
    return shown or "(an empty output)"


def _marks(document: Content) -> str:
    marked = any(x.at_matched for x in questions.answers(document))
    return "* at matched lengths. " if marked else ""
