"""What is measured: pure functions of features, texts, counts, lists or log-probabilities.

Measures of one family share a file, whatever its name: each is found by its own.

``fm.measures.NAME(…)`` finds each by name; ``fm.measures.all_measures()`` lists them;
``fm.measures.rows_of(kernel)`` makes any kernel matrix into feature rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fullmenu.errors import UnknownName

if TYPE_CHECKING:
    from fullmenu.estimate import Estimate
    from fullmenu.measures.registry import Measure


def all_measures() -> dict[str, Measure]:
    """Return every registered measure, by name."""
    from fullmenu.measures.registry import registered

    return registered()


def rows_of(kernel: Any) -> Any:
    """Return unit feature rows whose inner products are a kernel matrix.

    >>> rows_of([[1, 0.5], [0.5, 1]]).shape
    (2, 2)
    """
    from fullmenu.kernel import gram

    return gram.rows_of(kernel)


def __getattr__(name: str) -> Callable[..., Estimate]:
    if name.startswith("_"):
        raise AttributeError(name)
    from fullmenu.measures.registry import get

    try:
        return get(name).function
    except UnknownName as error:
        raise AttributeError(str(error)) from None
