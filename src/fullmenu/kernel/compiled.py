"""Whether compiled loops are used: for logs so large that they pay, where numba is installed."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType

LARGE = 4_000_000
"""Characters of text, or entries of rows, from which on half a second of import pays."""

LOADED = 250_000
"""From how many on, once they are imported."""


def loops(size: int) -> ModuleType | None:
    """Return the compiled loops for so many characters or entries; ``None``: use the array code.

    Numba comes with the extra ``fast``; smaller inputs never import it. Both ways give the same
    columns, counts and dishes, and sums to 12 digits.
    """
    least = LOADED if "fullmenu.kernel.loops" in sys.modules else LARGE
    if size < least or not _installed():
        return None
    from fullmenu.kernel import loops as module

    return module


@lru_cache(maxsize=1)
def _installed() -> bool:
    return find_spec("numba") is not None
