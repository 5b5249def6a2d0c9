"""Findings in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fullmenu.report.plain import Doc, counted, number, one_line

TONES = {
    "failure": "collapsed",
    "warning": "narrowed",
    "incapable": "unclear",
    "inconclusive": "unclear",
    "ok": "held",
    "present": "measured",
    "absent": "measured",
}
SYMBOLS = {
    "failure": "▼▼",
    "warning": "▼",
    "incapable": "?",
    "inconclusive": "?",
    "ok": "=",
    "present": "●",
    "absent": "○",
}
KINDS = {
    "failure": "Failures: the score went one way, the intention another",
    "hazard": "Hazards: nothing is wrong yet",
    "structure": "Structure: how it is made, no fault",
}
_WORST = ("failure", "warning", "incapable", "inconclusive", "present", "absent", "ok")


def in_order(findings: Sequence[Doc]) -> list[Doc]:
    """Return findings by kind, the worst of each first, then the largest gap in its own spread."""
    kinds = list(KINDS)
    return sorted(
        findings,
        key=lambda f: (kinds.index(f["kind"]), _WORST.index(f["verdict"]), -_standardised(f)),
    )


def _standardised(finding: Doc) -> float:
    gap = finding["gap"]
    if gap["low"] is None or gap["high"] is None or gap["high"] <= gap["low"]:
        return 0.0
    return abs(float(gap["value"])) / float(gap["high"] - gap["low"])


def estimate(e: dict[str, Any]) -> str:
    """Return an estimate with its interval and unit.

    Examples
    --------
    >>> estimate({"value": 0.4, "low": 0.31, "high": None, "unit": "accuracy"})
    '0.40 [0.31, …] accuracy'
    """
    low, high = ("…" if e[k] is None else number(e[k]) for k in ("low", "high"))
    interval = "" if low == high == "…" else f" [{low}, {high}]"
    return f"{number(e['value'])}{interval} {one_line(e['unit'], 40)}".rstrip()


def rests_on(finding: Doc) -> str:
    """Say what the interval rests on.

    Examples
    --------
    >>> rests_on({"items": 500, "seeds": 1})
    '500 items, 1 training run'
    """
    return f"{counted(finding['items'], 'item')}, {counted(finding['seeds'], 'training run')}"


def row(finding: Doc) -> dict[str, Any]:
    """Return a finding ready to print."""
    return {
        "cousin": one_line(finding["cousin"], 60),
        "kind": finding["kind"],
        "subject": one_line(finding["subject"], 160),
        "verdict": finding["verdict"],
        "tone": TONES[finding["verdict"]],
        "symbol": SYMBOLS[finding["verdict"]],
        "score": one_line(finding["score"], 120),
        "intention": one_line(finding["intention"], 120),
        "gap": estimate(finding["gap"]),
        "method": one_line(finding["gap"]["method"], 160),
        "null": one_line(finding["null"], 160),
        "rests": rests_on(finding),
        "why": one_line(finding["why"], 500),
        "caveat": one_line(finding["caveat"], 800),
        "cure": one_line(finding["cure"], 400),
        "evidence": [
            (one_line(name, 80), estimate(e), one_line(e["method"], 120))
            for name, e in finding["evidence"].items()
        ],
        "notes": [one_line(n, 500) for n in finding["notes"]],
    }
