"""Findings as one HTML file, mode collapse and its cousins side by side."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.finding import Finding
from fullmenu.report import html
from fullmenu.report.finding import words
from fullmenu.report.glossary import FINDINGS
from fullmenu.report.page import Shown
from fullmenu.text.amounts import amount

_BAD = ("failure", "warning")


def render(findings: Sequence[Finding]) -> str:
    """Return the page; every text of a finding is taken as hostile."""
    return html.drawn("findings.html.jinja", contents(findings), FINDINGS)


def _worst(row: words.FindingRow) -> str:
    return f"The worst, {row.cousin} of {row.subject}: {row.why}"


def contents(findings: Sequence[Finding]) -> Shown:
    """Return what the template shows."""
    ordered = words.in_order(findings)
    bad = sum(f.verdict in _BAD for f in ordered)
    worst = words.row(ordered[0]) if len(ordered) == 1 else None
    tone = worst.tone if worst else "narrowed" if bad else "held"
    if any(f.verdict == "failure" for f in ordered):
        tone = "collapsed"
    rows = [words.row(f) for f in ordered]
    return {
        "title": "Fullmenu: findings",
        "subject": "mode collapse and its cousins",
        "tone": tone,
        "symbol": worst.symbol if worst else "▼" if bad else "=",
        "word_title": worst.verdict.capitalize()
        if worst
        else f"{bad} of {amount(len(ordered), 'finding')} {'needs' if bad == 1 else 'need'} care",
        "answer": worst.why if worst else _worst(rows[0]) if bad else "",
        "kinds": [
            (title, [r for r in rows if r.kind == kind])
            for kind, title in words.KINDS.items()
            if any(r.kind == kind for r in rows)
        ],
        "rows": rows,
    }
