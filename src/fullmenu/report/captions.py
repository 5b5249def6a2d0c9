"""Charts with their words: title, caption, alternative text, and the numbers as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from fullmenu.cleaner import one_line
from fullmenu.report import charts, questions
from fullmenu.report.document import CheckDocument, Content, TrendDocument
from fullmenu.report.forms import Form, Lanes, Picture
from fullmenu.report.plain import SYMBOLS, number, percent
from fullmenu.report.questions import QUESTIONS
from fullmenu.report.words import headline, regulars, title

TABLE_ROWS = 40
"""Lanes of a chart's table; the JSON holds them all."""


class Drawing(Struct, frozen=True, kw_only=True):
    """A chart with its words, ``alt`` for those who do not see it, and its numbers as a table."""

    kind: str
    form: Form
    title: str
    alt: str
    caption: str = ""
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def drawings(document: Content) -> list[Drawing]:
    """Return every chart with its words: title, alternative text, caption and table."""
    return list(_drawings(document))


def _drawings(document: Content) -> Iterator[Drawing]:
    forest = charts.forest(document)
    if forest and not isinstance(document, CheckDocument):
        m = document.margins
        told = "; ".join(row.name for row in forest.lanes)
        caption = (
            "Answers before → after. Each line is the interval of their ratio: left of 1 is fewer. "
            f"Dashed: the margins {m.collapsed:g} (collapsed), {m.narrowed:g} (narrowed) and "
            f"1/{m.narrowed:g} (widened)."
        )
        yield Drawing(
            kind="forest", form=forest, title="Fewer answers, or more?",
            alt=f"Ratio of different answers after to before. {told}", caption=caption,
            head=["view", "ratio"], rows=_cells(forest),
        )  # fmt: skip
    for view in document.views:
        name = one_line(view, 40)
        if isinstance(document, TrendDocument):
            plot = charts.trend(document, view)
            judged = document.views[view].judged
            asked = f"{QUESTIONS[judged].capitalize()}. " if judged else ""
            caption = asked.strip()
            told = f"Effective number of answers seen by {name}, version by version"
            head = ["version", "value", "low", "high", "against the one before"]
        else:
            plot = charts.curve(document, view)
            caption, told = "", f"Different answers seen by {name} as more outputs are asked for"
            head = ["which", "outputs asked for", "value", "low", "high"]
        if plot:
            rows = (
                _versions(document, view) if isinstance(document, TrendDocument) else _cells(plot)
            )
            ends = "; ".join(f"{r[0]}: {r[2]} in {r[1]} outputs" for r in _lasts(rows))
            if isinstance(document, TrendDocument):
                told_in_full = rows if len(rows) <= charts.SIGNED else [rows[0], rows[-1]]
                ends = "; ".join(f"{row[0]}: {row[1]}" for row in told_in_full)
            yield Drawing(
                kind="trend" if isinstance(document, TrendDocument) else "curve", form=plot,
                title=name, alt=f"{told}. {ends}", caption=caption, head=head, rows=_cut(rows),
            )  # fmt: skip
    if isinstance(document, TrendDocument):
        return
    plates = charts.plates(document)
    if plates:
        yield Drawing(
            kind="plates", form=plates, title="How few answers make up how much",
            alt="Share of all outputs by the commonest answers. " + " ".join(regulars(document)),
            caption="The higher the line, the fewer answers the outputs give. "
            "The marks: the top three.",
            head=["which", "answers", "share of outputs"],
            rows=_cut([row[:3] for row in _cells(plates) if _worth(int(row[1]))]),
        )  # fmt: skip


def _versions(document: TrendDocument, view: str) -> list[list[str]]:
    """Return the numbers of a trend's chart."""
    block = document.views[view]
    signs = ["", *(SYMBOLS[step.verdict] for step in block.steps)]
    told = zip(questions.names(document), block.versions, signs, strict=True)
    return [
        [name, *(number(x) for x in (e.value, e.low, e.high)), sign]
        for name, rates, sign in told
        if (e := rates.effective_number)
    ]


def picture(document: Content) -> Picture:
    """Return the charts that say most, with the headline.

    Of a comparison the ratios; of a trend every view over the versions; of a check how its menu
    fills up. Where there are none of these, whatever chart there is.
    """
    drawn = drawings(document)
    leading = [d for d in drawn if d.kind in ("forest", "trend")]
    leading = leading or [d for d in drawn if d.kind == "curve"] or drawn[:1]
    return Picture(
        title=title(document),
        about=headline(document),
        forms=[replace(d.form, title=d.title) for d in leading],
    )


def _worth(rank: int) -> bool:
    return rank <= 10 or rank in (20, 30, 50, 100, 150, 200)


def _lasts(rows: list[list[str]]) -> list[list[str]]:
    """Return the last row of each line."""
    return list({row[0]: row for row in rows}.values())


def _cut(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) <= TABLE_ROWS:
        return rows
    more = f"and {len(rows) - TABLE_ROWS:,} more in the JSON"
    return [*rows[:TABLE_ROWS], [more, *[""] * (len(rows[0]) - 1)]]


def _cells(form: Form) -> list[list[str]]:
    """Return the numbers of a chart: of rows their marks, of a plane its named lines or points."""
    if isinstance(form, Lanes):
        return [[row.name, *(m.title.rpartition(": ")[2] for m in row.marks)] for row in form.lanes]
    write = percent if form.y.percent else number
    return [
        [line.name, f"{x:g}", write(y), *(write(v[k]) for v in (line.low, line.high) if v)]
        for line in form.lines
        if line.name
        for k, (x, y) in enumerate(zip(line.x, line.y, strict=True))
    ]
