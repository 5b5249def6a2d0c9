"""Whether compiled loops are used: for logs so large that they pay, where WebAssembly can run."""

from __future__ import annotations

import sys
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

LARGE = 400_000
"""Characters of text, or entries of rows, from which on a start of 50 ms pays."""

LOADED = SMALL = 20_000
"""From how many on, once they are imported."""


def loops(size: int) -> ModuleType | None:
    """Return the compiled loops for so many characters or entries; ``None``: use the array code.

    Both ways give the same columns, counts and dishes, and sums to 12 digits.
    """
    least = LOADED if "fullmenu.compiled.loops" in sys.modules else LARGE
    return None if size < least else _started()


def started() -> ModuleType:
    """Return the compiled loops, which :func:`loops` said are there."""
    module = _started()
    assert module is not None
    return module


def loops_of_rows(x: Any, *, of_any_size: bool = False) -> ModuleType | None:
    """Return the compiled loops for rows: those of many entries, CSR in float32.

    ``of_any_size``: or of few, once they are imported, so that rows read alone and rows read with
    others give the same digits.
    """
    if not hasattr(x, "indptr") or x.dtype != np.float32:
        return None
    module = loops(max(x.nnz, SMALL) if of_any_size else x.nnz)
    return module if module and x.shape[1] <= module.WIDTH else None


@lru_cache(maxsize=1)
def _started() -> ModuleType | None:
    """Start the loops, where there is a runtime for them and address space for its memory."""
    try:
        from fullmenu.compiled import loops as module

        module.start()
    except (ImportError, OSError, RuntimeError):
        return None
    return module
