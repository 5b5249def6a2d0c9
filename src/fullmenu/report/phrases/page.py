"""Turns of phrase as one HTML file, under the same policy as every report."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.cleaner import clean
from fullmenu.report import html, page
from fullmenu.report.page import Shown
from fullmenu.report.phrases import words
from fullmenu.report.phrases.document import OverusedTurn, OverusingLog, PhrasesDocument
from fullmenu.report.plain import interval


def render(document: PhrasesDocument) -> str:
    """Return the page; every text in it is taken as hostile."""
    return html.drawn("phrases.html.jinja", contents(document))


def contents(document: PhrasesDocument) -> Shown:
    """Return what the template shows."""
    gone = document.gone
    return {
        "title": "Fullmenu: turns of phrase",
        "subject": f"turns of phrase against {words.other(document)}",
        "answer": words.headline(document),
        "other": words.other(document),
        "people": document.against == "people",
        "sides": (words.baseline(document), words.name(document.logs[0])),
        "rates": [*words.rates(document)],
        "scores": [
            (words.name(log), interval(log.score or None))
            for log in document.logs
            if log.score and len(document.logs) > 1
        ],
        "logs": [_log(log) for log in document.logs],
        "gone": {"turns": _turns(gone.turns, gone=True), "check": words.check(gone.held_out)}
        if gone
        else None,
        "caveats": [clean(c, 600) for c in document.caveats],
        "made": page.made(document.provenance or None),
    }


def _log(log: OverusingLog) -> Shown:
    return {
        "name": words.name(log),
        "score": interval(log.score or None) if log.score else "",
        "turns": _turns(log.turns),
        "check": words.check(log.held_out),
    }


def _turns(turns: Sequence[OverusedTurn], gone: bool = False) -> list[Shown]:
    return [
        {
            "text": turn.text,
            "prompts": words.fallen(turn) if gone else words.prompts(turn),
            "rate": words.rate(turn.rate),
            "other": words.rate(turn.other_rate),
        }
        for turn in turns
    ]
