"""The cousins of mode collapse: other ways to optimise the score and not the intention."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES: dict[str, str] = {
    "activations": "units.hooks",
    "dictionary_gain": "units.gain",
    "judge_tickets": "tickets.judging",
    "linear_mode_connectivity": "tickets.path",
    "lottery_ticket": "tickets.diagnosis",
    "mean_max_cosine": "units.matching",
    "polysemanticity": "units.diagnosis",
    "sparse_autoencoder": "units.autoencoder",
    "train_tickets": "tickets.training",
    "changes_by_suite": "checkpoints.suites",
    "counted_model": "power.counting",
    "cue_against_content": "goals.labels",
    "double_descent": "descents.verdict",
    "Episode": "goals.rolling",
    "forgetting": "checkpoints.verdict",
    "goal_misgeneralization": "goals.misgeneralizing",
    "grader_cue_against_content": "goals.scores",
    "instrumental_convergence": "power.preferring",
    "judge_episodes": "goals.judging",
    "learned_and_last": "checkpoints.transfers",
    "Level": "goals.world",
    "mode_collapse": "collapse",
    "over_optimisation": "gold",
    "read_results": "checkpoints.reading",
    "replay_weights": "checkpoints.replay",
    "Results": "checkpoints.results",
    "sweep": "descents.sweeping",
    "transfer": "checkpoints.transfers",
    "transition_model": "power.model",
}
"""Public name → module of this package it lives in."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.diagnose' has no attribute {name!r}")
    return getattr(importlib.import_module(f"fullmenu.diagnose.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
