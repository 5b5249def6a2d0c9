"""A lab document in words and cells, for the terminal and the page alike."""

from __future__ import annotations

from typing import NamedTuple

from fullmenu.cleaner import one_line
from fullmenu.estimate import Estimate
from fullmenu.report.lab.document import ArmSummary, Claim, LabDocument, Published, SeedSet


class ArmRow(NamedTuple):
    """One arm: its name, what it is, its numbers ready to print, and what the instrument said."""

    name: str
    about: str
    cells: list[str]
    said: str


def title(*documents: LabDocument) -> str:
    """Say in a few words how a run, or several, came out."""
    claims = [claim for document in documents for claim in document.claims]
    return f"{sum(claim.holds for claim in claims)} of {len(claims)} claims hold"


def outcome(*documents: LabDocument) -> str:
    """Say how a run, or several, came out, and what it took."""
    return f"{title(*documents)}, {_seconds(*documents)}"


def _seconds(*documents: LabDocument) -> str:
    total = sum(arm.cpu_seconds for document in documents for arm in document.arms.values())
    return f"{total:,.0f} CPU seconds"


def holds(document: LabDocument) -> bool:
    """Say whether every claim holds."""
    return all(c.holds for c in document.claims)


def counts(document: LabDocument) -> str:
    """Say what was run."""
    seeds = document.seeds
    return (
        f"{document.setting} setting, {len(document.arms)} arms × {len(seeds)} "
        f"seed{'' if len(seeds) == 1 else 's'} ({_range(seeds)}), {_seconds(document)}"
    )


def limits(claim: Claim) -> str:
    """Say what a claim cannot show, and whether it was changed since it was first written."""
    blind = f"Cannot show: {one_line(claim.blind, 300)}. " if claim.blind else ""
    history = one_line(claim.history, 400)
    return f"{blind}{f'History: {history}' if history else 'Unchanged since first written'}."


def elsewhere(kept: SeedSet) -> str:
    """Say how the claims came out on other seeds, and show those that failed.

    >>> claims = [Claim("it rises", "by 2", True), Claim("it ends", "it went on", False)]
    >>> elsewhere(SeedSet([7, 8, 9], claims, 3.2))
    'seeds 7–9: 1 of 2 claims hold; not: it ends (it went on)'
    """
    failed = [c for c in kept.claims if not c.holds]
    told = "; ".join(f"{one_line(c.says, 300)} ({one_line(c.shown, 200)})" for c in failed)
    held = f"{len(kept.claims) - len(failed)} of {len(kept.claims)} claims hold"
    return f"seeds {_range(kept.seeds)}: {held}" + (f"; not: {told}" if failed else "")


def _range(seeds: list[int]) -> str:
    whole = len(seeds) > 1 and seeds == [*range(seeds[0], seeds[-1] + 1)]
    return f"{seeds[0]}–{seeds[-1]}" if whole else ", ".join(map(str, seeds))


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
    >>> figure(Estimate(-0.001, -0.003, 0.001, 5, "nats", "t"), 2)
    '0.00 ±0.00'
    """
    rounded = round(estimate.value, digits) + 0.0  # no −0.00
    value = f"{rounded:{'+' if signed else ''}.{digits}f}"
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
