"""``phrasing``: the same words and turns of phrase."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.kernel.rows import counted, joined, stacked
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.text import tokens
from fullmenu.views.registry import View

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def rows(texts: Sequence[str]) -> csr_matrix:
    """Feature rows whose inner product is the likeness of two texts' wording, in [0, 1].

    Half the weight lies on words and word pairs, half on runs of four characters; counts are
    damped to log(1 + count).

    Parameters
    ----------
    texts
        Outputs; any language. An empty output is a dish of its own.

    Returns
    -------
    (n, 2**21 + 1) CSR, float32
        Unit rows; nothing is fitted.

    Notes
    -----
    Cannot see sense, order beyond two words, or layout. Unrelated texts of one language are not at
    0: they share function words, more so the longer they are.

    Examples
    --------
    >>> x = rows(["the cat sat down", "The cat sat down", "a dog ran off", ""])
    >>> (x @ x.T).toarray().round(2).tolist()[0]
    [1.0, 1.0, 0.0, 0.0]
    """
    loops = choice.loops(sum(map(len, texts)))
    parts = [_rows(tokens.tokenize(batch), loops) for _, batch in tokens.batches(texts)]
    return stacked(parts) if parts else _rows(tokens.tokenize([]), None)


class _Reading:
    def __init__(self, texts: Sequence[str], prompts: Sequence[str | None]) -> None:
        self._loops, self._found = choice.loops(sum(map(len, texts))), tokens.tokenize(texts)

    def rows(self, at: Ints, alone: bool = False) -> csr_matrix:
        return _rows(self._found.at(at), self._loops)

    def squares(self, ends: Ints) -> Floats:
        sums: Floats = choice.started().phrasing_squares(*_for_loops(self._found), ends)
        return sums


def _rows(found: tokens.Tokens, loops: ModuleType | None) -> csr_matrix:
    if loops is not None:
        from scipy.sparse import csr_matrix

        return csr_matrix(loops.phrasing(*_for_loops(found)), (found.n, (1 << 21) + 1))
    pairs, first = found.grams(2)
    words = counted(
        np.concatenate([found.rows, found.rows[first]]),
        np.concatenate([found.hashes, pairs]),
        found.n,
    )
    return joined([words, counted(*_runs(found), found.n)], [0.5, 0.5])


def _for_loops(found: tokens.Tokens) -> tuple[NDArray[Any], ...]:
    return found.points, found.text_starts, found.hashes, found.word_starts


def _runs(found: tokens.Tokens) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Rows and hashes of all runs of four characters, with two boundary marks at either end."""
    points = np.where(_is_space(found.points), np.uint32(32), found.points)
    lengths = np.diff(found.text_starts)
    keep = np.ones(len(points), bool)
    keep[1:] = (points[1:] != 32) | (points[:-1] != 32)
    keep[found.text_starts[:-1][lengths > 0]] = True  # what stands before it is another text
    points = points[keep]
    lengths = np.diff(np.concatenate([[0], np.cumsum(keep)])[found.text_starts])
    filled = lengths > 0
    sizes = lengths + 4 * filled
    starts = np.cumsum(sizes) - sizes
    marked = np.empty(int(sizes.sum()), np.uint64)
    marked[
        np.arange(len(points)) + np.repeat(starts + 2 - np.cumsum(lengths) + lengths, lengths)
    ] = points
    for k in range(2):
        marked[starts[filled] + k] = 2
        marked[(starts + sizes)[filled] - 1 - k] = 3
    points, rows = marked, np.repeat(np.arange(found.n), sizes)
    if len(points) < 4:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    whole = rows[:-3] == rows[3:]
    low = points[:-3] | (points[1:-2] << np.uint64(21)) | (points[2:-1] << np.uint64(42))
    return rows[:-3][whole], tokens.mix(low + tokens.mix(points[3:]))[whole]


def _is_space(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return (points <= 32) | (points == 0xA0) | ((points >= 0x2000) & (points <= 0x200A))


VIEW = View(
    "phrasing",
    lambda texts, prompts: rows(texts),
    sees="words, word pairs and runs of four characters",
    blind="sense: a paraphrase counts as new, and two jokes built alike on other words as "
    "different",
    default=1,
    read=_Reading,
)
