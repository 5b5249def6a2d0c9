"""Getting variety back: rewards, selection, rebalancing. Framework-free."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES: dict[str, str] = {
    "Deduplicated": "deduplication",
    "Pair": "preferences",
    "Pairs": "preferences",
    "Rebalanced": "rebalancing",
    "Selected": "selecting",
    "Variety": "variety",
    "balancing_weights": "rebalancing",
    "cap": "rewards.cap",
    "cluster_frequency": "rewards.cluster_frequency",
    "deduplicate": "deduplication",
    "down_to_rate": "deduplication",
    "dpp": "selection.dpp",
    "effective_sample_size": "variety",
    "expected_repeat_rate": "mixing",
    "facility_location": "selection.facility_location",
    "mix": "rewards.mix",
    "mixing_share": "mixing",
    "mixing_weights": "mixing",
    "mmr": "selection.mmr",
    "multiply": "rewards.multiply",
    "novelty": "rewards.novelty",
    "own_share": "rewards.own_share",
    "preference_pair": "preferences",
    "preference_pairs": "preferences",
    "probe": "rewards.probe",
    "rebalance": "rebalancing",
    "select": "selecting",
    "without_near_duplicates": "deduplication",
}
"""Public name → module of this package it lives in."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.cure' has no attribute {name!r}")
    return getattr(importlib.import_module(f"fullmenu.cure.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
