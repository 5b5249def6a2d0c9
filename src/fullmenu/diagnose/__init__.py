"""The cousins of mode collapse: other ways to optimise the score and not the intention."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES: dict[str, str] = {}
"""Public name → module of this package it lives in."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu.diagnose' has no attribute {name!r}")
    return getattr(importlib.import_module(f"fullmenu.diagnose.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
