"""The document of a lab run, typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from fullmenu.estimate import Estimate
from fullmenu.report.forms import Picture


@dataclass(frozen=True)
class Number:
    """A column of the lab's table.

    Parameters
    ----------
    about, unit
        What it is, in a few words, and its unit.
    digits
        Decimals that are shown.
    """

    about: str
    unit: str = ""
    digits: int = 2


@dataclass(frozen=True)
class Claim:
    """Something an experiment must show.

    Parameters
    ----------
    says, shown
        The claim, and what was seen.
    holds
        Whether it does.
    blind
        What it cannot show.
    history
        What it was at first, and why it was changed; empty: it was not.
    """

    says: str
    shown: str
    holds: bool
    blind: str = ""
    history: str = ""


class SeedSet(Struct, frozen=True):
    """The same claims on other seeds, as they were kept when these were run.

    Parameters
    ----------
    seeds
        Which.
    claims
        What was seen.
    cpu_seconds
        Of the run.
    """

    seeds: list[int]
    claims: list[Claim]
    cpu_seconds: float


@dataclass(frozen=True)
class Published:
    """Somebody else's figure for one arm and one number, set beside ours.

    Parameters
    ----------
    arm, number, value
        The figure, as published.
    source
        Where.
    """

    arm: str
    number: str
    value: str
    source: str


class ArmSummary(Struct, frozen=True, kw_only=True):
    """One arm over its seeds.

    Parameters
    ----------
    about
        A few words on it.
    numbers
        Means over seeds.
    against_baseline
        Paired differences to the baseline; empty for the baseline itself.
    verdicts
        What the instrument said, seed by seed, by question.
    cpu_seconds
        The sum over seeds.
    """

    about: str
    numbers: dict[str, Estimate]
    against_baseline: dict[str, Estimate]
    verdicts: dict[str, list[str]]
    cpu_seconds: float


class LabDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/lab/2"
):  # fmt: skip
    """What an experiment with a known answer gave.

    Parameters
    ----------
    experiment, about, caveat
        Its name, what it shows, and what it does not.
    setting, settings, seeds
        The quick or the full one, what that is, and the seeds.
    numbers
        The columns of the table.
    baseline, arms
        The first arm, and all of them.
    claims
        What must hold.
    published
        Figures of others.
    cells
        Every arm on every seed: its numbers, what the instrument said, and the CPU seconds it took.
    picture
        Charts, as data: ``fullmenu.report.forms``.
    versions
        Of what it ran with.
    other_seeds
        What the claims showed on other seeds in the quick setting, as kept with this version.
    """

    experiment: str
    about: str
    caveat: str
    setting: Literal["quick", "full"]
    settings: dict[str, object]
    seeds: list[int]
    numbers: dict[str, Number]
    baseline: str
    arms: dict[str, ArmSummary]
    claims: list[Claim]
    published: list[Published]
    cells: list[dict[str, object]]
    picture: Picture
    versions: dict[str, str]
    other_seeds: list[SeedSet] = []
