"""In training: see the collapse while it happens, and train without it."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES: dict[str, str] = {
    "Scorecard": "scorecard",
    "gan": "",
    "Watch": "watch",
    "kl_divergence": "goodhart",
    "kl_of_best_of": "goodhart",
    "optimizer": "optimizers",
    "over_optimisation": "goodhart",
}
"""Public name → module of this package it lives in; nothing: it is one itself."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.train' has no attribute {name!r}")
    if not _HOMES[name]:
        return importlib.import_module(f"fullmenu.train.{name}")
    return getattr(importlib.import_module(f"fullmenu.train.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
