"""What a run of an experiment gave: cells, and intervals over seeds."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata

import numpy as np

from fullmenu.errors import UnknownName
from fullmenu.estimate import Estimate
from fullmenu.lab.experiment import Cell, Experiment, Settings
from fullmenu.report.lab.document import ArmSummary, LabDocument
from fullmenu.stats.seeds import over_seeds


@dataclass(frozen=True)
class Result:
    """The cells of one experiment, and what follows from them.

    Examples
    --------
    >>> from fullmenu.lab.experiment import Number, Outcome
    >>> tossing = Experiment("tossing", "…", {"coin": "fair"}, {"heads": Number("of ten")},
    ...     cell=lambda arm, seed, settings: Outcome({"heads": 5.0}), claims=lambda r: [],
    ...     draw=lambda r: None)
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
            picture=experiment.draw(self).to_dict(),
            versions=_versions(),
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
