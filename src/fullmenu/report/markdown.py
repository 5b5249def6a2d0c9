"""A report as Markdown that GitHub renders: for pull requests, issues and step summaries."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence

from fullmenu.cleaner import one_line
from fullmenu.report import brief, layout, plain, words
from fullmenu.report.document import CheckDocument, Content, TrendDocument

_ENTITIES = {ord(c): f"&#{ord(c)};" for c in string.punctuation if c not in ",;?%()'"}


def render(document: Content) -> str:
    """Return the verdict, the tables, what was lost and gained, and what limits it, folded.

    Model text in it stands in entities, as code, so that nothing in it is Markdown, a link or a
    mention.
    """
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Content) -> Iterator[str]:
    if isinstance(document, CheckDocument):
        yield f"### {_escaped(words.headline(document))}"
    else:
        yield f"### {plain.SYMBOLS[document.verdict]} {words.TITLES[document.verdict]}"
        yield f"\n{_escaped(words.headline(document))}"
    for said in words.told_first(document):
        yield f"\n{_escaped(said)}"
    yield f"\n{_escaped(brief.subject(document))}\n"
    yield from _table([*brief.rows(document)])
    for said in brief.unjudged(document):
        yield f"\n{_escaped(said)}"
    counted = layout.dishes_of_all(document)
    listed = isinstance(document, CheckDocument) and counted  # the table below has them
    if not (isinstance(document, TrendDocument) or listed):
        title, cards = brief.answers(document)
        if cards:
            yield f"\n**{_escaped(title)}**\n"
            yield "| outputs | answer |\n|---|---|"
            yield from (f"| {counts} | <code>{_escaped(x)}</code> |" for counts, x in cards)
    if counted:
        yield f"\n**{_escaped(counted.title)}**\n"
        yield f"| {' | '.join(counted.heads)} | answer |\n|{'---|' * len(counted.heads)}---|"
        for dish, cells in counted.rows:
            answer = _escaped(brief.example(dish, False))
            yield f"| {' | '.join(map(_escaped, cells))} | <code>{answer}</code> |"
    if document.caveats:
        yield "\n<details><summary>Caveats</summary>\n"
        yield from (f"- {_escaped(caveat)}" for caveat in document.caveats)
        yield "\n</details>"


def _table(rows: Sequence[brief.Row]) -> Iterator[str]:
    width = max(map(len, rows), default=0)
    for k, row in enumerate(rows):
        cells = [_escaped(cell.strip()) for cell in row] + [""] * (width - len(row))
        if len(row) == 1:
            cells[0] = f"**{cells[0]}**"
        yield f"| {' | '.join(cells)} |"
        if k == 0:
            yield "|" + "---|" * width


def _escaped(said: str) -> str:
    """Write punctuation as entities, but for what Markdown leaves alone.

    >>> _escaped("a|b, *c* <img> @you")
    'a&#124;b, &#42;c&#42; &#60;img&#62; &#64;you'
    """
    return one_line(said, 2_000).translate(_ENTITIES)
