"""Narrow dense stand-ins for wide sparse rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.kernel.rows import Features

_STEP = 512


def sketch(x: Features, width: int = 512) -> NDArray[np.float32]:
    """Fold CSR rows into ``width`` columns by a fixed signed hash of the column number.

    Inner products are kept up to a random error of about 1/√width: enough to find who is near, not
    to say how near. Dense rows come back as they are.
    """
    if not hasattr(x, "indptr"):
        return np.asarray(x, np.float32)
    loops = choice.loops_of_rows(x)
    narrow = np.empty((x.shape[0], width), np.float32)
    for a in range(0, x.shape[0], _STEP):
        b = min(a + _STEP, x.shape[0])
        if loops is not None:
            narrow[a:b] = loops.sketch(x[a:b], width)
            continue
        at = slice(x.indptr[a], x.indptr[b])
        mixed: Any = x.indices[at].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        column = (mixed >> np.uint64(40)) % np.uint64(width)
        sign = np.where((mixed >> np.uint64(39)) & np.uint64(1), np.float32(1), np.float32(-1))
        rows = np.repeat(np.arange(b - a), np.diff(x.indptr[a : b + 1])).astype(np.uint64)
        flat = (rows * np.uint64(width) + column).astype(np.int64)
        sums = np.bincount(flat, x.data[at] * sign, minlength=(b - a) * width)
        narrow[a:b] = sums.reshape(b - a, width)
    return narrow
