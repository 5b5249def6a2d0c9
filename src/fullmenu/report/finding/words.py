"""Findings in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from fullmenu.cleaner import one_line
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict, Kind
from fullmenu.report.plain import number
from fullmenu.text.amounts import amount

LOOKS: dict[FindingVerdict, tuple[str, str]] = {
    "failure": ("collapsed", "▼▼"),
    "warning": ("narrowed", "▼"),
    "incapable": ("unclear", "?"),
    "inconclusive": ("unclear", "?"),
    "present": ("measured", "●"),
    "absent": ("measured", "○"),
    "ok": ("held", "="),
}
"""Tone and symbol of each verdict, the worst first."""

KINDS: dict[Kind, str] = {
    "failure": "Failures: the score went one way, the intention another",
    "hazard": "Hazards: nothing is wrong yet",
    "structure": "Structure: how it is made, no fault",
}


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings by kind, the worst of each first, then the largest gap in its own spread."""
    kinds, verdicts = list(KINDS), list(LOOKS)
    return sorted(
        findings,
        key=lambda f: (kinds.index(f.kind), verdicts.index(f.verdict), -_standardised(f.gap)),
    )


def _standardised(gap: Estimate) -> float:
    if gap.low is None or gap.high is None or gap.high <= gap.low:
        return 0.0
    return abs(gap.value) / (gap.high - gap.low)


def estimate(e: Estimate) -> str:
    """Return an estimate with its interval and unit.

    >>> estimate(Estimate(0.4, 0.31, None, 500, "accuracy", "paired"))
    '0.40 [0.31, …] accuracy'
    """
    low, high = ("…" if x is None else number(x) for x in (e.low, e.high))
    interval = "" if low == high == "…" else f" [{low}, {high}]"
    return f"{number(e.value)}{interval} {one_line(e.unit, 40)}".rstrip()


class FindingRow(Struct, frozen=True, kw_only=True):
    """A finding ready to print."""

    cousin: str
    kind: Kind
    subject: str
    verdict: str
    meaning: str
    tone: str
    symbol: str
    score: str
    intention: str
    gap: str
    method: str
    null: str
    rests: str
    why: str
    caveat: str
    cure: str
    evidence: list[tuple[str, str, str]]
    notes: list[str]


def row(finding: Finding) -> FindingRow:
    """Return a finding ready to print."""
    tone, symbol = LOOKS[finding.verdict]
    runs = amount(finding.seeds, "training run")
    return FindingRow(
        cousin=one_line(finding.cousin, 60),
        kind=finding.kind,
        subject=one_line(finding.subject, 160),
        verdict=finding.verdict,
        meaning=finding.meaning,
        tone=tone,
        symbol=symbol,
        score=one_line(finding.score, 120),
        intention=one_line(finding.intention, 120),
        gap=estimate(finding.gap),
        method=one_line(finding.gap.method, 160),
        null=one_line(finding.null, 160),
        rests=f"{amount(finding.items, 'item')}, {runs}",
        why=one_line(finding.why, 500),
        caveat=one_line(finding.caveat, 800),
        cure=one_line(finding.cure, 400),
        evidence=[
            (one_line(name, 80), estimate(e), one_line(e.method, 120))
            for name, e in finding.evidence.items()
        ],
        notes=[one_line(n, 500) for n in finding.notes],
    )
