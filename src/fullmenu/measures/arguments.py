"""Arguments that many measures take, checked: texts, prompts of outputs, whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.stats.arrays import Ints


def checked(texts: Any, least: int = 2) -> list[str]:
    """Return the texts as a list of ``least`` strings or more."""
    if isinstance(texts, str):
        raise BadInput("texts is one string; give a list of outputs")
    given = list(texts)
    wrong = next((t for t in given if not isinstance(t, str)), "")
    if wrong != "":
        raise BadInput(f"texts hold a {type(wrong).__name__}; give strings only")
    if len(given) < least:
        raise NotEnoughData(f"this needs at least {least} outputs, not {len(given)}; sample more")
    return given


def units(groups: Any, n: int, least: int = 2, kept: Any = slice(None)) -> tuple[Ints, str]:
    """Return the unit (0, 1, …) that each of n outputs belongs to, and what units are called.

    Outputs are units of their own where no ``groups`` are given. Only those that are ``kept``
    count.
    """
    if groups is None:
        return np.arange(len(np.arange(n)[kept])), "outputs"
    g = np.asarray(groups)
    if g.shape != (n,):
        raise BadInput(f"groups of shape {g.shape} for {n} outputs: give one prompt an output")
    names, codes = np.unique(g[kept], return_inverse=True)
    if len(names) < least:
        raise NotEnoughData(
            f"outputs of {len(names)} prompt(s), where at least {least} are needed; give more "
            "prompts, or leave groups out"
        )
    return codes.astype(np.int64), "prompts"


def outputs(texts: Any, groups: Any) -> tuple[list[str], Ints, str]:
    """Return the texts, the unit of each, and what units are called."""
    given = checked(texts)
    return (given, *units(groups, len(given)))


def whole(name: str, value: Any, least: int = 1, *, or_else: str = "") -> int:
    """Check a whole number of at least ``least``; the error adds what else may be given."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise BadInput(f"{name}={value!r}: give a whole number of at least {least}{or_else}")
    return int(value)
