"""A lab document in words and cells, for the terminal and the page alike."""

from __future__ import annotations

from typing import NamedTuple

from fullmenu.cleaner import one_line
from fullmenu.estimate import Estimate
from fullmenu.report.lab.document import ArmSummary, LabDocument, Published


class ArmRow(NamedTuple):
    """One arm: its name, what it is, its numbers ready to print, and what the instrument said."""

    name: str
    about: str
    cells: list[str]
    said: str


def title(document: LabDocument) -> str:
    """Say in a few words how the run came out."""
    held = sum(c.holds for c in document.claims)
    return f"{held} of {len(document.claims)} claims hold"


def holds(document: LabDocument) -> bool:
    """Say whether every claim holds."""
    return all(c.holds for c in document.claims)


def counts(document: LabDocument) -> str:
    """Say what was run."""
    seeds = document.seeds
    seconds = sum(arm.cpu_seconds for arm in document.arms.values())
    return (
        f"{document.setting} setting, {len(document.arms)} arms × {len(seeds)} "
        f"seed{'' if len(seeds) == 1 else 's'}, {seconds:,.0f} CPU seconds"
    )


def rows(document: LabDocument, *, against: bool = False) -> list[ArmRow]:
    """Return every arm with its numbers; with ``against``, differences to the baseline."""
    found = []
    for arm_name, arm in document.arms.items():
        numbers = arm.against_baseline if against else arm.numbers
        if not numbers:
            continue
        cells = [
            figure(numbers[name], number.digits, signed=against)
            for name, number in document.numbers.items()
        ]
        found.append(ArmRow(one_line(arm_name, 40), one_line(arm.about, 200), cells, said(arm)))
    return found


def by_source(figures: list[Published]) -> dict[str, list[str]]:
    """Return figures of others by source, a line an arm.

    >>> by_source([Published("plain", "modes", "17.3", "Lin 2018"),
    ...            Published("plain", "quality", "94.8", "Lin 2018")])
    {'Lin 2018': ['plain: modes 17.3, quality 94.8']}
    """
    found: dict[str, dict[str, list[str]]] = {}
    for x in figures:
        arms = found.setdefault(one_line(x.source, 200), {})
        told = f"{one_line(x.number, 30)} {one_line(x.value, 120)}"
        arms.setdefault(one_line(x.arm, 60), []).append(told)
    return {
        source: [f"{arm}: {', '.join(told)}" for arm, told in arms.items()]
        for source, arms in found.items()
    }


def figure(estimate: Estimate, digits: int, *, signed: bool = False) -> str:
    """Return a mean over seeds with half its interval.

    >>> figure(Estimate(24.4, 23.3, 25.5, 5, "modes", "t"), 1)
    '24.4 ±1.1'
    >>> figure(Estimate(25.0, None, None, 5, "modes", "t"), 1)
    '25.0 each'
    """
    value = f"{estimate.value:{'+' if signed else ''}.{digits}f}"
    if estimate.high is None:
        return f"{value} each" if estimate.n > 1 else value
    return f"{value} ±{estimate.high - estimate.value:.{digits}f}"


def said(arm: ArmSummary) -> str:
    """Return the instrument's verdicts of an arm, each with how often: ``compare: held 2``."""
    return "; ".join(
        f"{one_line(question, 40)}: "
        + ", ".join(f"{one_line(v, 20)} {found.count(v)}" for v in dict.fromkeys(found))
        for question, found in arm.verdicts.items()
    )
