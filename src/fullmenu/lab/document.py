"""A result as a plain JSON document; pages and tables are drawn from it alone."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib import metadata
from typing import Any

from fullmenu.lab.experiment import Result

SCHEMA = "fullmenu/lab/1"
_NAMED = ("fullmenu", "numpy", "torch", "trl", "pytorch_optimizer")


def document(result: Result) -> dict[str, Any]:
    """Return everything a run gave, as ``docs/lab.md`` describes it."""
    experiment = result.experiment
    baseline = next(iter(experiment.arms))
    return {
        "schema": SCHEMA,
        "experiment": experiment.name,
        "about": experiment.about,
        "caveat": experiment.caveat,
        "setting": "full" if result.full else "quick",
        "settings": dict(result.settings),
        "seeds": result.seeds,
        "numbers": {name: asdict(number) for name, number in experiment.numbers.items()},
        "baseline": baseline,
        "arms": {
            arm: {
                "about": about,
                "numbers": {n: result.estimate(arm, n).to_dict() for n in experiment.numbers},
                "against_baseline": {}
                if arm == baseline
                else {n: result.difference(arm, n).to_dict() for n in experiment.numbers},
                "verdicts": _verdicts(result, arm),
                "cpu_seconds": sum(cell.seconds for cell in result.of(arm)),
            }
            for arm, about in experiment.arms.items()
        },
        "claims": [asdict(claim) for claim in experiment.claims(result)],
        "published": [asdict(figure) for figure in experiment.published],
        "cells": [asdict(cell) for cell in result.cells],
        "picture": result.experiment.draw(result).to_dict(),
        "versions": _versions(),
    }


def _verdicts(result: Result, arm: str) -> dict[str, list[str]]:
    questions = dict.fromkeys(q for cell in result.of(arm) for q in cell.outcome.verdicts)
    return {question: result.verdicts(arm, question) for question in questions}


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _NAMED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
