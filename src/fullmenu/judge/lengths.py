"""Length control: a shorter answer is not a less varied one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.judge.case import OrderedLog
from fullmenu.text.tokens import WORD, count_words

Window = Literal["first", "anywhere"]

GOLDEN = (5**0.5 - 1) / 2
"""Its multiples modulo 1 are spread evenly."""

ALIKE = 1.05
"""Mean lengths within this factor of each other need no matching."""

SHORT = 15
"""Below so many words on either side nothing is matched.

Cut to three words, any two answers begin alike: a model that fell back on one short refusal would
look as varied as the answers it replaced, once they are cut to its length.
"""


def differ(before: float, after: float) -> bool:
    """Say whether mean lengths call for matching.

    >>> differ(100, 101), differ(100, 120), differ(100, 3)
    (False, True, False)
    """
    return min(before, after) >= SHORT and not alike(before, after)


def by_cutting(before: float, after: float) -> float:
    """Return how near to 1 a ratio at matched lengths must come to be no change: cutting moves it.

    Between concise and verbose answers of one model, 2.3 to 2.5 times as long, it moved by up to a
    fifth, up or down with the window (`benchmarks/premises_length.py`).

    >>> round(by_cutting(100, 240), 2)
    0.8
    """
    return float((min(before, after) / max(before, after)) ** 0.25)


def alike(before: float, after: float) -> bool:
    """Say whether mean lengths are as good as equal."""
    return max(before, after) <= ALIKE * min(before, after)


def matched(
    before: OrderedLog, after: OrderedLog, window: Window = "first"
) -> tuple[OrderedLog, OrderedLog]:
    """Return both logs with their outputs cut as :func:`match` cuts them."""
    first, second = match(before.outputs, after.outputs, before.groups, after.groups, window)
    return replace(before, outputs=first), replace(after, outputs=second)


def cut(text: str, n: int) -> str:
    """Return the text up to the end of its n-th word, layout kept.

    >>> cut("a  b\\n\\nc d", 3)
    'a  b\\n\\nc'
    >>> cut("三文鱼汤", 2)
    '三文'
    """
    if text.isascii():
        parts = text.split(None, n)
        return text if len(parts) <= n else text[: len(text) - len(parts[n])].rstrip()
    ends = [word.end() for word in islice(WORD.finditer(text), n + 1)]
    return text if len(ends) <= n else text[: ends[n - 1] if n else 0]


def stretch(text: str, n: int, place: float) -> str:
    """Return n words of a text that begin anywhere: at the front for place 0, at the end for 1.

    >>> [stretch("a b  c d", 2, place) for place in (0, 0.5, 1)]
    ['a b', 'b  c', 'c d']
    >>> stretch("三文鱼汤", 2, 0.5)
    '文鱼'
    """
    room = int(count_words([text])[0]) - n
    if room <= 0:
        return text
    first = round(place * room)
    rest = text[len(cut(text, first)) :] if first else text
    return cut(rest.lstrip(), n)


def match(
    before: Sequence[str],
    after: Sequence[str],
    before_groups: NDArray[np.int64],
    after_groups: NDArray[np.int64],
    window: Window = "first",
) -> tuple[list[str], list[str]]:
    """Cut texts so that, prompt by prompt, both sides have the same spread of lengths.

    Within a prompt the k-th shortest output of one side and the output at the same quantile of the
    other are both cut to the shorter of the two. Prompts on one side only stay as they are.

    Parameters
    ----------
    before, after
        The outputs' texts.
    before_groups, after_groups
        Prompt of each, on one numbering.
    window
        Whether what is left is the beginning, or a stretch from anywhere: at one place in all
        outputs of a prompt, so that like outputs stay alike, and these places spread evenly.

    Examples
    --------
    >>> zeros = np.zeros(2, int)
    >>> match(["a b c", "a"], ["x y", "x y z w"], zeros, zeros)
    (['a b c', 'a'], ['x', 'x y z'])
    """
    texts = (list(before), list(after))
    lengths = (count_words(before), count_words(after))
    rows = (_rows_by_group(before_groups), _rows_by_group(after_groups))
    for group in rows[0].keys() & rows[1].keys():
        sides = [rows[s][group] for s in (0, 1)]
        ranked = [np.sort(lengths[s][sides[s]]) for s in (0, 1)]
        for s in (0, 1):
            # of equally long outputs the order is that of their texts: no log's own order matters
            pairs = sorted((int(lengths[s][row]), texts[s][row], row) for row in sides[s].tolist())
            mine = [row for _, _, row in pairs]
            other = ranked[1 - s]
            rank = (np.arange(len(mine)) + 0.5) / len(mine) * len(other) - 0.5
            target = np.interp(rank, np.arange(len(other)), other)
            place = 0.0 if window == "first" else (group + 1) * GOLDEN % 1
            for row, limit in zip(mine, target, strict=True):
                if lengths[s][row] > limit:
                    texts[s][row] = _cut(texts[s][row], max(1, round(float(limit))), place)
    return texts


def _cut(text: str, n: int, place: float) -> str:
    return stretch(text, n, place) if place else cut(text, n)


def _rows_by_group(groups: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    order = np.argsort(groups, kind="stable")
    values, starts = np.unique(groups[order], return_index=True)
    return dict(zip(values.tolist(), np.split(order, starts[1:]), strict=True))
