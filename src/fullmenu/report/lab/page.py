"""Lab runs as one HTML file, under the same policy as every report."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.cleaner import one_line
from fullmenu.report import html
from fullmenu.report.glossary import LAB
from fullmenu.report.lab import words
from fullmenu.report.lab.document import LabDocument
from fullmenu.report.page import Shown


def render(documents: Sequence[LabDocument]) -> str:
    """Return the page of one or more runs, in the order given."""
    return html.drawn("lab.html.jinja", contents(documents), LAB)


def contents(documents: Sequence[LabDocument]) -> Shown:
    """Return what the template shows: words ready to print, and charts."""
    held = all(map(words.holds, documents))
    return {
        "title": "Fullmenu: the lab",
        "subject": "experiments with a known answer",
        "tone": "held" if held else "narrowed",
        "symbol": "=" if held else "!",
        "word_title": words.title(*documents),
        "runs": [_run(document) for document in documents],
    }


def _run(document: LabDocument) -> Shown:
    return {
        "picture": document.picture,
        "name": one_line(document.experiment, 60),
        "about": one_line(document.about, 400),
        "counts": words.counts(document),
        "title": words.title(document),
        "head": [
            (one_line(name, 30), one_line(number.about, 120), one_line(number.unit, 20))
            for name, number in document.numbers.items()
        ],
        "rows": words.rows(document),
        "against": words.rows(document, against=True),
        "baseline": one_line(document.baseline, 40),
        "claims": [(claim, words.limits(claim)) for claim in document.claims],
        "elsewhere": [words.elsewhere(kept) for kept in document.other_seeds],
        "published": document.published,
        "caveat": one_line(document.caveat, 600),
        "versions": ", ".join(f"{n} {v}" for n, v in document.versions.items()),
    }
