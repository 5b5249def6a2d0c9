"""The nouns of the lab: an experiment, one cell of it, and what it must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fullmenu.report.lab.document import Claim, Number, Published

if TYPE_CHECKING:
    from fullmenu.lab.result import Result

__all__ = ["Cell", "Claim", "Experiment", "Number", "Outcome", "Published", "Settings"]

Settings = Mapping[str, Any]
"""What a cell is run with: plain JSON values by name."""


@dataclass(frozen=True)
class Outcome:
    """What one arm gave on one seed.

    Parameters
    ----------
    numbers
        What is averaged over seeds, by name; every name that the experiment lists.
    verdicts
        What the instrument said of this run, by question, such as ``{"compare": "collapsed"}``.
    traces
        What the picture needs beside the numbers: lists of numbers or of points, plain JSON.
    """

    numbers: Mapping[str, float]
    verdicts: Mapping[str, str] = field(default_factory=dict)
    traces: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One arm on one seed, as it is kept: its outcome and the CPU seconds it took."""

    arm: str
    seed: int
    outcome: Outcome
    seconds: float


@dataclass(frozen=True)
class Experiment:
    """An experiment with a known answer.

    Parameters
    ----------
    name
        As given to ``fullmenu lab run``.
    about
        One sentence: what is made to happen, and what it shows.
    arms
        What is compared, by name, with a few words on each; the first is the baseline to which
        the others are paired by seed.
    numbers
        The columns of the table.
    cell
        Train one arm on one seed with the settings. Runs in a process of its own on one thread;
        ``import torch`` belongs inside.
    claims
        What must hold of the result, the instrument's verdicts against the known answer included.
    draw
        An altair chart of the result.
    settings
        Of the quick run: at most three minutes on two cores.
    full
        What ``--full`` changes in them, ``seeds`` included.
    seeds
        How many, from 0 on.
    published
        Figures of others, with their source.
    extras
        The extra of Fullmenu that the experiment needs, such as ``lab``; empty: none.
    caveat
        What the experiment does not show.
    """

    name: str
    about: str
    arms: Mapping[str, str]
    numbers: Mapping[str, Number]
    cell: Callable[[str, int, Settings], Outcome]
    claims: Callable[[Result], Sequence[Claim]]
    draw: Callable[[Result], Any]
    settings: Settings = field(default_factory=dict)
    full: Settings = field(default_factory=dict)
    seeds: int = 5
    published: Sequence[Published] = ()
    extras: str = "lab"
    caveat: str = ""
