"""Arrays, by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LONGEST = 100_000_000


def array_of(given: Any, name: str) -> NDArray[Any]:
    """Return what was given as an array; refuse what is ragged, masked or complex.

    >>> array_of([1, 2], "counts").shape
    (2,)
    """
    if np.ma.is_masked(given):
        raise BadInput(f"{name} hold masked values; leave them out, or fill them")
    rows = (given, *given) if isinstance(given, list | tuple) else (given,)
    if any(isinstance(row, range) and len(row) > _LONGEST for row in rows):
        raise BadInput(f"{name} hold a range of more than {_LONGEST:,} numbers; give fewer")
    try:
        x = np.asarray(given)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise BadInput(f"{name} make no array ({error}); give rows of one length") from None
    if np.iscomplexobj(x):
        raise BadInput(f"{name} hold complex numbers; give real ones")
    return x


def numbers_of(given: Any, name: str) -> Floats:
    """Return what was given as finite real numbers."""
    x = array_of(given, name)
    if x.size and not np.issubdtype(x.dtype, np.number):
        raise BadInput(f"{name} of shape {x.shape} are no numbers; give numbers")
    values = x.astype(np.float64)
    if not np.isfinite(values).all():
        raise BadInput(f"{name} of shape {x.shape} hold values that are not finite numbers")
    return values


def run_starts(*sorted_keys: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell for each entry whether a run of equal keys begins with it.

    >>> run_starts(np.array([2, 2, 3, 3]), np.array([1, 1, 1, 5])).tolist()
    [True, False, True, True]
    """
    new = np.ones(len(sorted_keys[0]), np.bool_)
    new[1:] = False
    for key in sorted_keys:
        new[1:] |= key[1:] != key[:-1]
    return new


def among(keys: NDArray[Any], known: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which keys are among those known, which are sorted.

    >>> among(np.array([3, 1, 9]), np.array([1, 2, 3])).tolist()
    [True, True, False]
    """
    if not len(known):
        return np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys)
