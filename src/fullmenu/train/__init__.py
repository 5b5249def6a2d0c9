"""In training: see the collapse while it happens, and train without it."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES: dict[str, str] = {
    "Scorecard": "scorecard",
    "gan": "",
    "Watch": "watch",
    "kl_divergence": "fullmenu.stats.kl",
    "kl_of_best_of": "fullmenu.stats.kl",
    "optimizer": "optimizers",
    "over_optimisation": "fullmenu.stats.over_optimisation",
}
"""Public name → module, of this package where it has no dot; nothing: it is one itself."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.train' has no attribute {name!r}")
    if not _HOMES[name]:
        return importlib.import_module(f"fullmenu.train.{name}")
    home = _HOMES[name] if "." in _HOMES[name] else f"fullmenu.train.{_HOMES[name]}"
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
