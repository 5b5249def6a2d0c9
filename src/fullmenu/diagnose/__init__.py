"""The cousins of mode collapse: other ways to optimise the score and not the intention."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES: dict[str, str] = {
    "mode_collapse": "collapse",
    "over_optimisation": "proxies.gold",
    "goal_misgeneralization": "goals.misgeneralizing",
    "judge_episodes": "goals.judging",
    "Level": "goals.world",
    "Episode": "goals.rolling",
    "cue_against_content": "goals.labels",
    "grader_cue_against_content": "goals.scores",
    "instrumental_convergence": "power.preferring",
    "transition_model": "power.model",
    "counted_model": "power.counting",
}
"""Public name → module of this package it lives in."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.diagnose' has no attribute {name!r}")
    return getattr(importlib.import_module(f"fullmenu.diagnose.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
