"""Turns of phrase as text, at 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report import console
from fullmenu.report.console import clipped, text
from fullmenu.report.phrases import words
from fullmenu.report.phrases.document import OverusedTurn, PhrasesDocument
from fullmenu.report.plain import interval, number

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

SHOWN, FEW = 12, 6
"""Turns shown of one log, and of each of two lists."""

EACH = 3
"""Turns shown of each of several logs."""


def show(document: PhrasesDocument, terminal: Console, whole: bool = False) -> None:
    """Print what is overused; ``whole``: all turns listed, and the caveats."""
    console.show(blocks(document, terminal.width, whole), terminal)


def blocks(document: PhrasesDocument, width: int, whole: bool = False) -> list[RenderableType]:
    """Return the lines."""
    lines = [*_lines(document, whole)]
    return [
        text(f"Fullmenu: turns of phrase against {words.other(document)}", style="dim"),
        "",
        text(words.headline(document), style="bold"),
        "",
        *(clipped(line, width) for line in lines),
        "",
        *(text(caveat) for caveat in (document.caveats if whole else ())),
        text("All of it: --verbose, or a page: --html FILE" if not whole else "", style="dim"),
    ]


def _lines(document: PhrasesDocument, whole: bool) -> Iterator[str]:
    first = document.logs[0]
    if document.gone:
        most = 1_000 if whole else FEW
        yield from _rates(document)
        yield from ["", f"came (prompts, {words.baseline(document)} → {words.name(first)})"]
        yield from _turns(first.turns[:most], words.prompts)
        yield from ["went"]
        yield from _turns(document.gone.turns[:most], words.fallen)
        return
    several = len(document.logs) > 1
    for log in document.logs:
        if several:
            score = f": {interval(log.score)} uses in 1,000 words" if log.score else ""
            yield f"{words.name(log)}{score}"
        most = 1_000 if whole else EACH if several else SHOWN
        yield from _turns(log.turns[:most], words.prompts)
        if not several or whole:
            if log.score and not several:
                yield f"score: {interval(log.score)} uses in 1,000 words"
            yield from _wrapped(words.check(log.held_out))


def _rates(document: PhrasesDocument) -> Iterator[str]:
    rows = [("uses in 1,000 words", words.baseline(document), words.name(document.logs[0]))]
    rows += words.rates(document)
    for what, before, after in rows:
        yield f"{what:<24}  {one_line(before, 20):<20}  {one_line(after, 20)}".rstrip()


def _turns(turns: Sequence[OverusedTurn], prompts: Callable[[OverusedTurn], str]) -> Iterator[str]:
    for turn in turns:
        yield f"  {prompts(turn):<17} {number(turn.rate.value):>6} : " + (
            f"{words.rate(turn.other_rate).partition(' [')[0]:<14} {one_line(turn.text, 200)}"
        )


def _wrapped(said: str) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(said, 78)
