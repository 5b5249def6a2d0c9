"""What nearly all outputs of both logs share: the fixed part of a format, and what it leaves free.

Most of a JSON object, an XML record, a form letter or a piece of code may be the same in every
output. Two such texts are alike however much their free parts differ, so that a collapse of the
free part hardly moves a rate of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from fullmenu.judge.case import OrderedLog, few_of_each
from fullmenu.text.tokens import PIECE

SHARED = 0.95
"""A run of pieces belongs to the format if so large a share of either log has it."""

ROOM = 1 - SHARED + 1e-9
"""So large a share may lack it."""

MOST = 0.5
"""Above this share of a median output the fixed part is taken out, and the rest is judged too."""

RUN = 3
"""Pieces of a run: long enough that prose shares none, short enough for one field's name."""

SEARCHED = 256
"""Outputs of each log that are searched for it, about."""

Run = tuple[str, ...]
Split = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The fixed part of a format."""

    runs: frozenset[Run]  # of pieces, in nearly all outputs of both logs
    share: float  # of the pieces of a median output

    def free_part(self, text: str) -> str:
        r"""Return what is left of a text, each stretch on a line; the text where nothing is left.

        >>> Boilerplate(frozenset([("", "", "I"), ("", "I", "eat")]), 0.6).free_part("I eat figs.")
        'figs'
        """
        pieces = [*PIECE.finditer(text)]
        fixed = self.fixed([piece[0] for piece in pieces])
        stretches: list[str] = []
        start = end = -1
        for piece, is_fixed in zip(pieces, [*fixed], strict=True):
            if is_fixed:
                if end > 0:
                    stretches.append(text[start:end])
                start = end = -1
            elif piece[0].isalnum() or "_" in piece[0]:  # marks at the edge of a stretch go
                start, end = piece.start() if start < 0 else start, piece.end()
        if end > 0:
            stretches.append(text[start:end])
        return "\n".join(stretches) or text

    def fixed(self, pieces: Sequence[str]) -> list[bool]:
        """Tell of each piece whether it lies in a run that is fixed."""
        fixed = np.zeros(len(pieces) + 2 * (RUN - 1), bool)
        for i, run in enumerate(_runs(pieces)):
            if run in self.runs:
                fixed[i : i + RUN] = True
        told: list[bool] = fixed[RUN - 1 : len(fixed) - RUN + 1].tolist()
        return told


def find(logs: Sequence[OrderedLog]) -> Boilerplate | None:
    """Find what nearly all outputs of both logs share; ``None`` where it is not most of a text.

    What one log alone repeats is its own doing, and no format.

    Parameters
    ----------
    logs
        Before and after.

    Notes
    -----
    Runs of three pieces (words and marks; white space does not count) are looked for anywhere, so
    that neither layout nor the order of fields matters. It cannot see what is fixed within a
    prompt only, such as the question repeated in each answer.

    Examples
    --------
    >>> from fullmenu.judge.case import pair
    >>> from fullmenu.samples import Samples
    >>> nouns = ["fig", "kiwi", "plum", "pear", "lime", "date"]
    >>> log = Samples.of({n: [f'{{"kind": "fruit", "name": "{n}"}}'] * 2 for n in nouns})
    >>> plate = find(pair(log, log).logs)
    >>> plate.free_part('{"kind": "fruit", "name": "melon"}') if plate else None
    'melon'
    """
    split: Split = lru_cache(maxsize=None)(PIECE.findall)  # most texts are searched twice
    runs = _common(logs[0], split)
    for log in logs[1:]:
        runs &= _common(log, split) if runs else runs
    if not runs:
        return None
    found = Boilerplate(runs, 0.0)
    seen = (pieces for log in logs for pieces, _ in _searched(log, split))
    shares = [sum(found.fixed(pieces)) / max(len(pieces), 1) for pieces in seen]
    share = float(np.median(shares))
    return replace(found, share=share) if share > MOST else None


def without(log: OrderedLog, plate: Boilerplate) -> OrderedLog:
    """Return a log of what is left of its outputs."""
    return replace(log, outputs=[plate.free_part(text) for text in log.outputs])


def _searched(log: OrderedLog, split: Split) -> Iterator[tuple[list[str], float]]:
    """Yield the pieces of some outputs, and weights that sum to 1: every prompt weighs alike."""
    rows = few_of_each(log.groups, SEARCHED)
    if len(rows) > 2 * SEARCHED:
        rows = rows[np.linspace(0, len(rows) - 1, 2 * SEARCHED).astype(np.int64)]
    groups = log.groups[rows]
    sizes = np.bincount(groups)
    for i, weight in zip(rows, 1 / sizes[groups] / np.count_nonzero(sizes), strict=True):
        yield split(log.outputs[i]), float(weight)


def _common(log: OrderedLog, split: Split) -> frozenset[Run]:
    """Return the runs that nearly all outputs have: those that too many lack are let go."""
    held: defaultdict[Run, float] = defaultdict(float)
    seen = 0.0
    for pieces, weight in _searched(log, split):
        runs = {*_runs(pieces)}
        if seen > ROOM:
            runs &= held.keys()
        for run in runs:
            held[run] += weight
        seen += weight
        if seen > ROOM:
            held = defaultdict(float, {r: w for r, w in held.items() if seen - w <= ROOM})
            if not held:
                break
    return frozenset(run for run, share in held.items() if share >= SHARED)


def _runs(pieces: Sequence[str]) -> Iterator[Run]:
    """Yield every run, those over either end of the text filled up with nothing."""
    edge = ("",) * (RUN - 1)
    padded = (*edge, *pieces, *edge)
    return zip(*(padded[k:] for k in range(RUN)), strict=False)
