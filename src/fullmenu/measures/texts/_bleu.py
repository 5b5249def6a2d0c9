"""Numbered words, the n-grams that texts share, and BLEU: of one text against all others at once.

A match is clipped at the largest count among the references. Of all other texts that is the largest
count of the n-gram, or for its holder the second largest; with one more text left out, the next.
Three numbers an n-gram therefore say everything, and time is linear in the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.measures.texts._grams import Tokenize, words_of
from fullmenu.stats.arrays import Floats, Ints, run_starts


class NumberedWords(NamedTuple):
    """The words of n texts, one after the other: equal words, equal numbers, without gaps."""

    ids: Ints
    lengths: Ints

    @property
    def rows(self) -> Ints:
        """Which text each word is in."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def take(self, order: Ints) -> NumberedWords:
        """Return some of the texts, in this order."""
        lengths = self.lengths[order]
        starts = (np.cumsum(self.lengths) - self.lengths)[order]
        shift = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        return NumberedWords(self.ids[np.arange(len(shift)) + shift], lengths)


def numbered_words(texts: Sequence[str], tokenize: Tokenize | None) -> NumberedWords:
    """Number the words of texts."""
    found = words_of(texts, tokenize)
    if not len(found.hashes):
        raise NotEnoughData(
            f"none of the {len(texts)} texts has a word; give texts with words, or a tokenize= "
            "that finds the words of theirs"
        )
    _, ids = np.unique(found.hashes, return_inverse=True)
    return NumberedWords(ids, found.lengths())


@dataclass(frozen=True, slots=True)
class GramCounts:
    """How often each text holds each n-gram of one order, in ascending order of both.

    N-grams of one text only are left out.
    """

    gram: Ints
    row: Ints
    count: Ints


def shared_grams(
    words: NumberedWords, longest: int, block: Ints | None = None
) -> Iterator[GramCounts]:
    """Count the n-grams of 1, 2, … ``longest`` words that two texts or more (of one block) hold.

    A longer n-gram is shared only if those inside it are, so that little is left to count.
    """
    n, ids, rows = len(words.lengths), words.ids, words.rows
    base = int(ids.max(initial=0)) + 1
    first, keys = np.arange(len(ids)), ids
    if block is not None:
        keys = ids * (int(block.max(initial=0)) + 1) + block[rows]
    for k in range(1, longest + 1):
        _, gram = np.unique(keys, return_inverse=True)
        cells, count = np.unique(gram * n + rows[first], return_counts=True)
        held, row = np.divmod(cells, n)
        shared = np.bincount(held) > 1
        good = shared[held]
        yield GramCounts(held[good], row[good], count[good])
        keep = shared[gram] & (first + k < len(ids))
        first, gram = first[keep], gram[keep]
        inside = rows[first + k] == rows[first]
        first, gram = first[inside], gram[inside]
        keys = gram * base + ids[first + k]


EPSILON = 0.1
"""Matches that an order with none is given (Chen & Cherry 2014, their first smoothing)."""


def bleu(matches: Any, totals: Any, length: Any, closest: Any) -> Floats:
    """Return smoothed BLEU with uniform weights over the orders; 0 where not even a word matches.

    Clipped matches and n-grams of each order are (…, n); the words of the text, and of the
    reference nearest in length, (…). Orders of which a text has no n-gram are left out.

    >>> [float(bleu(hits, [4, 3, 2, 1], 4, 4).round(4)) for hits in ([3, 2, 1, 0], [4, 3, 2, 1])]
    [0.3976, 1.0]
    >>> float(bleu([1, 0, 0, 0], [1, 0, 0, 0], 1, 1))  # one word, the same
    1.0
    """
    # Papineni et al. 2002: min(1, e^(1 − r/c)) · exp(mean over orders of ln(matches / n-grams))
    hits, length = np.asarray(matches, np.float64), np.asarray(length, np.float64)
    grams = np.asarray(totals, np.float64)
    there = grams > 0
    logs = np.log(np.where(there, np.where(hits > 0, hits, EPSILON) / np.maximum(grams, 1.0), 1.0))
    brevity = np.exp(np.where(length > closest, 0.0, 1 - closest / np.maximum(length, 1)))
    mean = logs.sum(-1) / np.maximum(there.sum(-1), 1)
    none = (hits[..., 0] <= 0) | (length <= 0)
    return np.asarray(np.where(none, 0.0, brevity * np.exp(mean)))


def totals_of(lengths: Ints, longest: int) -> Ints:
    """N-grams of each order in texts of these lengths."""
    return np.maximum(lengths[..., None] - np.arange(longest), 0)


class Overlap(NamedTuple):
    """Matches of n texts, each against the texts of all other units.

    Clipped ``matches`` of each order, (n, k), and words of the ``closest`` reference in length,
    (n,). For each ``row`` something changes when this ``unit`` is left out: its matches then, and
    its closest reference (−1 without any).
    """

    matches: Floats
    closest: Ints
    row: Ints
    unit: Ints
    matches_then: Floats
    closest_then: Ints


def against_others(
    words: NumberedWords, longest: int, unit: Ints, block: Ints | None = None
) -> Overlap:
    """Compare each text with the texts of all other units, or of those of one ``block``.

    Texts of one unit stand together.
    """
    n, m = len(unit), int(unit.max()) + 1
    matches = np.zeros((n, longest))
    keys, losses, orders = [], [], []
    for k, cells in enumerate(shared_grams(words, longest, block)):
        clipped, lost, holder = _clipped(cells, unit)
        matches[:, k] = np.bincount(cells.row, clipped, minlength=n)
        at = np.flatnonzero(lost)
        keys.append(cells.row[at] * m + holder[at])
        losses.append(lost[at])
        orders.append(np.full(len(at), k))
    closest, giver, second = _nearest(words.lengths, unit, block)
    moved = np.flatnonzero(second != closest)
    changed, where = np.unique(
        np.concatenate([*keys, moved * m + giver[moved]]), return_inverse=True
    )
    row, left_out = np.divmod(changed, m)
    order, loss = np.concatenate(orders), np.concatenate(losses)
    lost_of = np.bincount(
        where[: len(loss)] * longest + order, loss, minlength=len(changed) * longest
    ).reshape(-1, longest)
    then = np.where(giver[row] == left_out, second[row], closest[row])
    return Overlap(matches, closest, row, left_out, matches[row] - lost_of, then)


def _clipped(cells: GramCounts, unit: Ints) -> tuple[Ints, Ints, Ints]:
    """Matches of each cell; and how many are lost without which unit."""
    if not len(cells.gram):
        return cells.count, cells.count, cells.count
    # with a₁ ≥ a₂ ≥ a₃ the largest counts by unit: the most among the others is a₁, or a₂ for the
    # unit that has a₁; without one more unit that leads them it is the next (Papineni et al. 2002)
    mine = unit[cells.row]
    heads = np.flatnonzero(run_starts(cells.gram, mine))
    most = np.maximum.reduceat(cells.count, heads)
    starts = np.flatnonzero(run_starts(cells.gram[heads]))
    sizes = np.diff(np.append(starts, len(heads)))
    best, leader = _take_leader(most, mine[heads], starts, sizes)
    second, runner_up = _take_leader(most, mine[heads], starts, sizes)
    third = np.maximum.reduceat(most, starts)
    counts = np.diff(np.append(heads[starts], len(mine)))
    best, leader, second, runner_up, third = (
        np.repeat(x, counts) for x in (best, leader, second, runner_up, third)
    )
    leads = mine == leader
    clipped = np.minimum(cells.count, np.where(leads, second, best))
    rest = np.where(leads | (mine == runner_up), third, second)
    return clipped, clipped - np.minimum(clipped, rest), np.where(leads, runner_up, leader)


def _take_leader(most: Ints, owner: Ints, starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Largest count of each n-gram and a unit that has it, whose own count is then set to 0."""
    peak = np.maximum.reduceat(most, starts)
    tops = np.flatnonzero(most == np.repeat(peak, sizes))
    gram = np.repeat(np.arange(len(starts)), sizes)[tops]
    at = tops[np.flatnonzero(run_starts(gram))]
    most[at] = 0
    return peak, owner[at]


def _nearest(lengths: Ints, unit: Ints, block: Ints | None) -> tuple[Ints, Ints, Ints]:
    """Length nearest to each text's own in another unit, that unit, and the nearest without it.

    Of two that are equally near the shorter counts. -1 where there is none.
    """
    # lengths sorted, blocks laid apart: the nearest of another unit is the first one to either side
    # that is past the run of equal owners
    far = 3 * (int(lengths.max(initial=0)) + 1)  # further than any two texts of one block
    place = lengths if block is None else lengths + block * far
    order = np.lexsort((unit, place))
    sorted_place, sorted_unit = place[order], unit[order]
    runs = np.flatnonzero(run_starts(sorted_unit))
    sizes = np.diff(np.append(runs, len(order)))
    before, behind = np.repeat(runs - 1, sizes), np.repeat(runs + sizes, sizes)

    def find(without: Ints) -> tuple[Ints, Ints]:
        below = np.searchsorted(sorted_place, place, side="right") - 1
        above = below + 1
        for at, jump in ((below, before), (above, behind)):
            on = np.arange(len(at))
            while len(on):
                on = on[(at[on] >= 0) & (at[on] < len(order))]
                found = sorted_unit[at[on]]
                on = on[(found == unit[on]) | (found == without[on])]
                at[on] = jump[at[on]]
        inside = (below >= 0), (above < len(order))
        pick = [sorted_place[np.clip(at, 0, len(order) - 1)] for at in (below, above)]
        gap = [np.where(ok, abs(place - p), far) for ok, p in zip(inside, pick, strict=True)]
        low = gap[0] <= gap[1]
        value = np.where(low, pick[0], pick[1]) - (place - lengths)
        value[np.minimum(*gap) >= far // 3] = -1
        giver = sorted_unit[np.clip(np.where(low, below, above), 0, len(order) - 1)]
        return value, giver

    closest, giver = find(unit)
    return closest, giver, find(giver)[0]
