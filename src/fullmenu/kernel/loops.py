"""Compiled loops: the arithmetic of the array code, in one pass over the data each.

`fullmenu.kernel.compiled` says when they are used. Each is compiled at its first use and kept on
disk; all release the interpreter's lock.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_loop = njit(cache=True, nogil=True)
_inline = njit(cache=True, nogil=True, inline="always")

LOGS = np.log1p(np.arange(4096.0))
"""log(1 + count)."""


@_loop
def inner_products(keys: Any, row: Any, data: Any, n: int, common: int) -> Any:
    """Inner products of n rows by the columns of two to ``common`` rows, below the diagonal.

    ``keys``, ascending, hold in their upper half a column, in their lower half the number of an
    entry, whose row and value are ``row`` and ``data``. Columns of more rows are returned beside,
    dense, (n, c): there a matrix product is faster.
    """
    products = np.zeros((n, n))
    rows = np.empty(n, np.int32)
    values = np.empty(n)
    wide = 0
    for pass_ in range(2):
        dense = np.zeros((n, wide))
        wide = 0
        a = 0
        while a < len(keys):
            b = a + 1
            while b < len(keys) and keys[b] >> 32 == keys[a] >> 32:
                b += 1
            if b - a > common:
                if pass_:
                    for k in range(a, b):
                        e = keys[k] & 0xFFFFFFFF
                        dense[row[e], wide] = data[e]
                wide += 1
            elif b - a > 1 and not pass_:
                for k in range(b - a):
                    e = keys[a + k] & 0xFFFFFFFF
                    rows[k] = i = row[e]
                    values[k] = value = np.float64(data[e])
                    line = products[i]
                    for other in range(k):
                        line[rows[other]] += value * values[other]
            a = b
        if not wide:
            break
    return products, dense


@_loop
def pair_products(indices: Any, data: Any, starts: Any, a: Any, b: Any, width: int) -> Any:
    """Inner products of rows ``a`` and ``b`` of CSR rows of so many columns, pair by pair."""
    scratch = np.zeros(width)
    products = np.zeros(len(a))
    for k in range(len(a)):
        for e in range(starts[a[k]], starts[a[k] + 1]):
            scratch[indices[e]] = data[e]
        total = 0.0
        for e in range(starts[b[k]], starts[b[k] + 1]):
            total += scratch[indices[e]] * np.float64(data[e])
        products[k] = total
        for e in range(starts[a[k]], starts[a[k] + 1]):
            scratch[indices[e]] = 0.0
    return products


@_loop
def squares_inside(
    indices: Any, data: Any, starts: Any, norms: Any, weights: Any, rows: Any, ends: Any, width: Any
) -> Any:
    """Σ w·w′·k² of each CSR row over the other rows of its part, (n,).

    Parts stand one behind the other in ``rows``; ``ends`` say where each begins and the last ends.
    """
    same = np.zeros(len(norms))
    scratch = np.zeros(width, data.dtype)
    for part in range(len(ends) - 1):
        for p in range(ends[part], ends[part + 1]):
            i = rows[p]
            for e in range(starts[i], starts[i + 1]):
                scratch[indices[e]] = data[e]
            for q in range(p + 1, ends[part + 1]):
                j = rows[q]
                total = 0.0
                for e in range(starts[j], starts[j + 1]):
                    total += np.float64(scratch[indices[e]]) * np.float64(data[e])
                k = min(max(total / (norms[i] * norms[j]), -1.0), 1.0)
                both = weights[i] * weights[j] * k * k
                same[i] += both
                same[j] += both
            for e in range(starts[i], starts[i + 1]):
                scratch[indices[e]] = 0
    return same


@_inline
def _mix(h: Any) -> Any:
    """Scramble 64 bits, as `fullmenu.text.tokens.mix`."""
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


@_loop
def phrasing_keys(hashes: Any, words: Any, points: Any, texts: Any) -> Any:
    """Of each word, word pair and run of four characters the column, behind its text's number.

    ``words`` and ``texts`` say where each text begins among the word hashes and the code points.
    """
    n = len(texts) - 1
    keys = np.empty(2 * len(hashes) + len(points) + 4 * n, np.uint64)
    at = 0
    for t in range(n):
        text = np.uint64(t) << np.uint64(21)
        for w in range(words[t], words[t + 1]):
            keys[at] = text | (hashes[w] >> np.uint64(44))
            at += 1
            if w + 1 < words[t + 1]:
                pair = _mix(hashes[w] * np.uint64(0x9E3779B97F4A7C15) + hashes[w + 1])
                keys[at] = text | (pair >> np.uint64(44))
                at += 1
        if texts[t + 1] == texts[t]:
            continue
        text |= np.uint64(1 << 20)  # runs of characters have columns of their own
        a = b = c = np.uint64(2)  # two marks before, and two behind
        first = True
        blank = False
        for i in range(texts[t], texts[t + 1] + 2):
            if i >= texts[t + 1]:
                d = np.uint64(3)
            else:
                d = np.uint64(points[i])
                if d <= 32 or d == 0xA0 or (d >= 0x2000 and d <= 0x200A):
                    if blank:
                        continue
                    blank = True
                    d = np.uint64(32)
                else:
                    blank = False
            if first:
                c, first = d, False
                continue
            low = a | (b << np.uint64(21)) | (c << np.uint64(42))
            keys[at] = text | (_mix(low + _mix(d)) >> np.uint64(44))
            at += 1
            a, b, c = b, c, d
    return keys[:at]


@_inline
def _log(count: Any, logs: Any) -> Any:
    return logs[count] if count < len(logs) else np.log1p(np.float64(count))


@_loop
def counted(keys: Any, n: int, logs: Any) -> Any:
    """Unit rows of damped counts of keys, ascending: CSR as three arrays.

    A row is two blocks, each log(1 + count) at unit length, and they share the weight. A row
    without keys gets the last column.
    """
    indices = np.empty(len(keys) + n, np.int32)
    data = np.empty(len(keys) + n, np.float32)
    ends = np.zeros(n + 1, np.int64)
    counts = np.empty(len(keys), np.int64)  # of a text
    at = k = 0
    for t in range(n):
        begin = at
        filled = 0
        for block in range(2):
            first = at
            squares = 0.0
            owner = np.uint64(2 * t + block)
            while k < len(keys) and keys[k] >> np.uint64(20) == owner:
                last = k + 1
                while last < len(keys) and keys[last] == keys[k]:
                    last += 1
                indices[at] = keys[k] & np.uint64(0x1FFFFF)
                counts[at - begin] = last - k
                value = _log(last - k, logs)
                squares += value * value
                at += 1
                k = last
            norm = np.sqrt(squares)
            filled += at > first
            for e in range(first, at):
                data[e] = _log(counts[e - begin], logs) / norm
        if not filled:
            indices[at] = 1 << 21
            data[at] = 1.0
            at += 1
        scale = np.float32(np.sqrt(1.0 / max(filled, 1)))
        for e in range(begin, at):
            data[e] *= scale
        ends[t + 1] = at
    return ends, indices[:at].copy(), data[:at].copy()
