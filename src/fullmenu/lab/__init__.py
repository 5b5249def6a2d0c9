"""The lab: experiments with a known answer, run for real."""

from __future__ import annotations

from fullmenu.lab.experiment import Claim, Experiment, Number, Outcome, Published, Result
from fullmenu.lab.runs import run

__all__ = ["Claim", "Experiment", "Number", "Outcome", "Published", "Result", "run"]
