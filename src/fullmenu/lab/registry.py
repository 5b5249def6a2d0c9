"""The experiments by name; other packages add theirs as ``fullmenu.experiments`` entry points."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from fullmenu.errors import UnknownName
from fullmenu.lab.experiment import Experiment
from fullmenu.plugins import load

_OURS = (
    "menu",
    "gan-ring",
    "gan-grid",
    "gan-stacked-mnist",
    "rlhf",
    "rlhf-trl",
    "bonus",
    "descent",
    "self-training",
    "forgetting",
    "double-descent",
    "lottery-ticket",
    "superposition",
    "coin-run",
    "options",
    "over-optimisation",
)


def names() -> list[str]:
    """Every experiment that can be run: ours first, in the order of the story."""
    return [*_OURS, *sorted(set(_plugins()) - set(_OURS))]


def experiment(name: str) -> Experiment:
    """Load an experiment by its name.

    >>> experiment("menu").name
    'menu'
    """
    if name in _OURS:
        module = import_module(f"fullmenu.lab.experiments.{name.replace('-', '_')}")
        found: Experiment = module.EXPERIMENT
        return found
    plugins = _plugins()
    if name not in plugins:
        raise UnknownName("experiment", name, names())
    return load(plugins[name], Experiment)


def _plugins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="fullmenu.experiments")}
