"""The nouns of the lab: an experiment, one cell of it, its result, and what that must show."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from types import MappingProxyType
from typing import Any

import numpy as np

from fullmenu.errors import UnknownName
from fullmenu.estimate import Estimate
from fullmenu.lab.seed_sets import kept_of
from fullmenu.report.forms import Picture
from fullmenu.report.lab.document import ArmSummary, Claim, LabDocument, Number, Published
from fullmenu.stats.seeds import over_seeds

__all__ = ["Cell", "Claim", "Experiment", "Number", "Outcome", "Published", "Result", "Settings"]

Settings = Mapping[str, Any]
"""What a cell is run with: plain JSON values by name."""


@dataclass(frozen=True)
class Outcome:
    """What one arm gave on one seed.

    ``numbers`` are averaged over seeds, every one that the experiment lists; ``verdicts`` are what
    the instrument said of this run, such as ``{"compare": "collapsed"}``; ``traces`` what the
    picture needs beside: lists of numbers or of points, plain JSON.
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
        The charts of the result.
    settings
        Of the quick run: a few minutes at most on two cores.
    full
        What ``--full`` changes in them, ``seeds`` included.
    quick_arms
        Those of the quick run, the baseline first; empty: all.
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
    draw: Callable[[Result], Picture]
    settings: Settings = field(default_factory=dict)
    full: Settings = field(default_factory=dict)
    quick_arms: Sequence[str] = ()
    seeds: int = 5
    published: Sequence[Published] = ()
    extras: str = "lab"
    caveat: str = ""

    @classmethod
    def of(
        cls,
        module: str,
        *,
        settings: Settings,
        published: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType({}),
        **declared: Any,
    ) -> Experiment:
        """Return the experiment that a module is.

        ``cell``, ``claims`` and ``draw`` are its own, and what it is ``about`` is the first
        paragraph of its docstring. A setting that is a pair is that of the quick run and that of
        the full one; so are ``seeds``, which stand among them. Figures of others come by source,
        arm and number.
        """
        own = vars(sys.modules[module])
        quick, full = quick_and_full(settings)
        return cls(
            module.rpartition(".")[2].replace("_", "-"),
            " ".join((own["__doc__"] or "").partition("\n\n")[0].split()),
            settings=quick,
            full=full,
            seeds=quick.pop("seeds"),
            published=[
                Published(arm, number, value, source)
                for source, arms in published.items()
                for arm, numbers in arms.items()
                for number, value in numbers.items()
            ],
            **{name: own[name] for name in ("cell", "claims", "draw")},
            **declared,
        )


def quick_and_full(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the quick setting, and what the full one changes in it, of values and pairs.

    >>> quick_and_full({"steps": (600, 3000), "batch": 60})
    ({'steps': 600, 'batch': 60}, {'steps': 3000})
    """
    pairs = {name: x for name, x in settings.items() if isinstance(x, tuple)}
    quick = {**settings, **{name: x for name, (x, _) in pairs.items()}}
    return quick, {name: x for name, (_, x) in pairs.items()}


@dataclass(frozen=True)
class Result:
    """The cells of one experiment, and what follows from them.

    Examples
    --------
    >>> tossing = Experiment("tossing", "…", {"coin": "fair"}, {"heads": Number("of ten")},
    ...     cell=lambda arm, seed, settings: Outcome({"heads": 5.0}), claims=lambda r: [],
    ...     draw=lambda r: Picture())
    >>> cells = [Cell("coin", s, Outcome({"heads": h}), 0.0) for s, h in enumerate([4, 6, 5])]
    >>> print(Result(tossing, {}, cells).estimate("coin", "heads"))
    5 [2.52, 7.48]
    """

    experiment: Experiment
    settings: Settings
    cells: Sequence[Cell]
    full: bool = False

    @property
    def seeds(self) -> list[int]:
        """The seeds that were run, in order."""
        return sorted({cell.seed for cell in self.cells})

    def of(self, arm: str) -> list[Cell]:
        """The cells of an arm, by seed."""
        if arm not in self.experiment.arms:
            raise UnknownName("arm", arm, list(self.experiment.arms))
        return sorted((c for c in self.cells if c.arm == arm), key=lambda c: c.seed)

    def values(self, arm: str, number: str) -> list[float]:
        """A number of an arm, seed by seed."""
        return [float(c.outcome.numbers[number]) for c in self.of(arm)]

    def mean(self, arm: str, number: str) -> float:
        """Mean of a number over the seeds of an arm."""
        return float(np.mean(self.values(arm, number)))

    def estimate(self, arm: str, number: str) -> Estimate:
        """Mean over seeds with its t interval."""
        return over_seeds(self.values(arm, number), unit=self.experiment.numbers[number].unit)

    def difference(self, arm: str, number: str, against: str | None = None) -> Estimate:
        """Mean paired difference to the baseline (or to another arm), seed by seed."""
        other = against or next(iter(self.experiment.arms))
        ours, theirs = self.values(arm, number), self.values(other, number)
        pairs = [a - b for a, b in zip(ours, theirs, strict=True)]
        return over_seeds(pairs, unit=self.experiment.numbers[number].unit)

    def verdicts(self, arm: str, question: str) -> list[str]:
        """What the instrument said of an arm, seed by seed."""
        return [c.outcome.verdicts[question] for c in self.of(arm)]

    def table(self) -> Mapping[str, Mapping[str, Estimate]]:
        """Every number of every arm."""
        numbers = self.experiment.numbers
        return {a: {n: self.estimate(a, n) for n in numbers} for a in self.experiment.arms}

    def document(self) -> LabDocument:
        """Everything a run gave, as ``docs/lab.md`` describes it."""
        experiment = self.experiment
        return LabDocument(
            experiment=experiment.name,
            about=experiment.about,
            caveat=experiment.caveat,
            setting="full" if self.full else "quick",
            settings=dict(self.settings),
            seeds=self.seeds,
            numbers=dict(experiment.numbers),
            baseline=next(iter(experiment.arms)),
            arms={arm: self._summary(arm) for arm in experiment.arms},
            claims=list(experiment.claims(self)),
            published=list(experiment.published),
            cells=[asdict(cell) for cell in self.cells],
            picture=experiment.draw(self),
            versions=_versions(),
            other_seeds=[kept for kept in kept_of(experiment.name) if kept.seeds != self.seeds],
        )

    def _summary(self, arm: str) -> ArmSummary:
        baseline, *_ = self.experiment.arms
        numbers = self.experiment.numbers
        cells = self.of(arm)
        questions = dict.fromkeys(q for cell in cells for q in cell.outcome.verdicts)
        return ArmSummary(
            about=self.experiment.arms[arm],
            numbers={n: self.estimate(arm, n) for n in numbers},
            against_baseline={n: self.difference(arm, n) for n in numbers if arm != baseline},
            verdicts={question: self.verdicts(arm, question) for question in questions},
            cpu_seconds=sum(cell.seconds for cell in cells),
        )


_NAMED = ("fullmenu", "numpy", "torch", "trl", "pytorch_optimizer")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _NAMED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
