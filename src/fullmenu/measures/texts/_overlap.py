"""What each text shares with all others at once, and what is lost when one of them is left out.

A match is clipped at the largest count among the references. Of all other texts that is the largest
count of the n-gram, or for its holder the second largest; with one more text left out, the next.
Three numbers an n-gram therefore say everything, and time is linear in the words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.measures.texts._ids import Cells, Words, begins, shared_grams
from fullmenu.measures.texts._units import Floats, Ints


@dataclass(frozen=True, slots=True)
class Overlap:
    """Matches of n texts, each against the texts of all other units.

    Parameters
    ----------
    matches : (n, k)
        Clipped matches of each order.
    closest : (n,)
        Words of the reference that is nearest in length.
    row, unit : (c,)
        For these texts something changes when this unit is left out.
    matches_then : (c, k)
        Their matches then.
    closest_then : (c,)
        Their nearest reference then; without any, -1.
    """

    matches: Floats
    closest: Ints
    row: Ints
    unit: Ints
    matches_then: Floats
    closest_then: Ints


def against_others(words: Words, longest: int, unit: Ints, block: Ints | None = None) -> Overlap:
    """Compare each text with the texts of all other units.

    Parameters
    ----------
    words
        Texts; those of one unit stand together.
    longest
        Words of the longest n-gram.
    unit : (n,)
        What each text belongs to.
    block : (n,), optional
        Only texts of one block are compared.
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


def _clipped(cells: Cells, unit: Ints) -> tuple[Ints, Ints, Ints]:
    """Matches of each cell; and how many are lost without which unit."""
    if not len(cells.gram):
        return cells.count, cells.count, cells.count
    mine = unit[cells.row]
    heads = begins(cells.gram, mine)
    most = np.maximum.reduceat(cells.count, heads)
    starts = begins(cells.gram[heads])
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
    at = tops[begins(gram)]
    most[at] = 0
    return peak, owner[at]


def _nearest(lengths: Ints, unit: Ints, block: Ints | None) -> tuple[Ints, Ints, Ints]:
    """Length nearest to each text's own in another unit, that unit, and the nearest without it.

    Of two that are equally near the shorter counts. -1 where there is none.
    """
    far = 3 * (int(lengths.max(initial=0)) + 1)  # further than any two texts of one block
    place = lengths if block is None else lengths + block * far
    order = np.lexsort((unit, place))
    sorted_place, sorted_unit = place[order], unit[order]
    runs = begins(sorted_unit)
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
