"""Dishes: outputs so alike that they count as one, and the chance that one looks lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.kernel.gram import gram
from fullmenu.kernel.rows import Features, MadeRows, is_sparse, stacked
from fullmenu.kernel.sketch import sketch
from fullmenu.stats.arrays import Floats, Ints, run_starts

_BLOCK = 256


class Dishes:
    """The dishes of some outputs, and of others that are held against them.

    Outputs are taken in an order that depends on what they say alone, so the order of a log does
    not matter; identical outputs are one dish, whatever they were asked.

    Parameters
    ----------
    features : (n, d)
        Unit rows of the outputs, in the view that tells dishes apart.
    threshold
        Least likeness to a dish's leader: the view's ``same_dish``.
    names : (n,), optional
        What an output is called, where it is only a place: of a picture, its place without the
        folder.
    asked : (n,), optional
        Which of identical outputs comes first: the id of its prompt.

    Attributes
    ----------
    of : (n,) int64
        The dish of each output, 0 … D − 1, numbered in the order of the leaders' rows.

    Examples
    --------
    >>> dishes = Dishes(np.eye(3)[[1, 0, 1]], ["fig", "kiwi", "fig"], 0.5)
    >>> dishes.of.tolist(), len(dishes)
    ([0, 1, 0], 2)
    >>> dishes.assign(np.eye(3)[[2, 0]], ["plum", "a kiwi"]).tolist()
    [2, 1]
    """

    def __init__(
        self,
        features: Features,
        outputs: Sequence[str],
        threshold: float,
        *,
        names: Sequence[str] | None = None,
        asked: Sequence[str] | None = None,
    ) -> None:
        self.threshold = threshold
        first = _first(outputs, by_content(outputs, names, asked))
        rows = np.array(list(first.values()), np.int64)
        lead = group(features, threshold, rows)[rows]
        leaders, number = np.unique(lead, return_inverse=True)
        self._features, self._lead = features, leaders
        self._known = dict(zip(first, number.tolist(), strict=True))
        self.of = np.array([self._known[text] for text in outputs], np.int64)

    def __len__(self) -> int:
        return len(self._lead)

    @cached_property
    def leaders(self) -> Features:
        """Unit rows of the leaders, (D, d)."""
        rows = self._features[self._lead]
        del self._features
        return rows

    def assign(
        self, features: Features, outputs: Sequence[str], asked: Sequence[str] | None = None
    ) -> Ints:
        """Return the dish of each of other outputs, (m,); numbers from D on are new dishes.

        An output that was there before is the dish that it was. New dishes are not remembered.
        """
        known = len(self)
        first = _first(outputs, by_content(outputs, None, asked))
        new = {text: row for text, row in first.items() if text not in self._known}
        rows = known + np.array(list(new.values()), np.int64)
        lead = group(stacked([self.leaders, features]), self.threshold, rows, leaders=known)[rows]
        lead[lead >= known] = known + np.unique(lead[lead >= known], return_inverse=True)[1]
        dish = self._known | dict(zip(new, lead.tolist(), strict=True))
        return np.array([dish[text] for text in outputs], np.int64)


def by_content(
    outputs: Sequence[str],
    names: Sequence[str] | None = None,
    asked: Sequence[str] | None = None,
) -> Ints:
    """Return an order of outputs that depends on what they say alone; see :class:`Dishes`.

    >>> by_content(["fig", "kiwi", "fig"]).tolist()
    [0, 2, 1]
    """
    called = outputs if names is None else names
    ties = [""] * len(outputs) if asked is None else asked
    keys = [
        (crc32(name.encode("utf-8", "replace")), text, tie)
        for name, text, tie in zip(called, outputs, ties, strict=True)
    ]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def _first(outputs: Sequence[str], order: Ints) -> dict[str, int]:
    """The first row of each different output."""
    first: dict[str, int] = {}
    for i in order.tolist():
        first.setdefault(outputs[i], i)
    return first


def group(
    features: Features, threshold: float, order: Ints | None = None, *, leaders: int = 0
) -> Ints:
    """Assign every row to a dish by leader clustering: for each, the row that leads its dish.

    Rows are taken in ``order``; a row joins the dish whose leader is most alike (as far as a sketch
    of the rows can tell), if k ≥ threshold, and otherwise leads a new dish.

    Parameters
    ----------
    features : (n, d)
        Unit rows.
    order : (m,)
        Give one that depends on content only, so that the order of the log has no say. By default
        as they come.
    leaders
        The first so many rows lead dishes already, and are not in ``order``.

    Notes
    -----
    Cannot see dishes that shade into one another: a chain of small steps is cut where a leader's
    reach ends.

    Examples
    --------
    >>> group(np.eye(3)[[0, 1, 0, 2, 1]], 0.9).tolist()
    [0, 1, 0, 3, 1]
    """
    made = isinstance(features, MadeRows)
    n = len(features) if made else features.shape[0]
    near = None if made else _near(features)
    order = np.arange(leaders, n) if order is None else order
    dish = np.full(n, -1, np.int64)
    dish[:leaders] = np.arange(leaders)
    lead = np.empty(n, np.int64)
    lead[:leaders] = np.arange(leaders)
    near_lead = np.empty((n, sketch(features[:1]).shape[1]), np.float32)
    # the error of a likeness k by w columns is (1 − k²)/√w: three times that, and rounding
    least = threshold - 3 * (1 - threshold**2) / np.sqrt(near_lead.shape[1]) - 1e-5
    near_lead[:leaders] = _near(features[:leaders]) if near is None else near[:leaders]
    count = leaders
    for a in range(0, len(order), _BLOCK):
        rows = order[a : a + _BLOCK]
        mine = _near(features[rows]) if near is None else near[rows]
        if count:
            like = mine @ near_lead[:count].T
            best = like.argmax(1)
            some = np.flatnonzero(like[np.arange(len(rows)), best] >= least)
            best = lead[best[some]]
            joins = alike(features[rows[some]], features[best]) >= threshold
            dish[rows[some[joins]]] = best[joins]
            left = dish[rows] < 0
            rows, mine = rows[left], mine[left]
        if len(rows):
            dish[rows] = rows[
                _led(len(rows), *_alike_pairs(features, rows, mine, least, threshold))
            ]
        new = dish[rows] == rows
        more = count + int(new.sum())
        lead[count:more], near_lead[count:more] = rows[new], mine[new]
        count = more
    return dish


def _near(features: Features) -> NDArray[np.float32]:
    """Return a sketch of rows, each of unit length, or of 0."""
    rows = sketch(features)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1))


def _alike_pairs(
    features: Features, rows: Ints, near: NDArray[np.float32], least: float, threshold: float
) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of places among some rows that are alike enough, and how much.

    Where few are of ``least`` or more by the sketch, only these are looked at.
    """
    i, j = np.nonzero(np.tril(near @ near.T >= least, -1))
    if len(i) > 2 * len(rows):  # then all of them at once are faster
        return _reached(gram(features[rows]), threshold)
    k = alike(features[rows[i]], features[rows[j]])
    some = k >= threshold
    return i[some], j[some], k[some]


def alike(x: Features, y: Features) -> Floats:
    """Return the inner products of rows, pair by pair, (n,).

    >>> alike(np.eye(2), np.array([[1.0, 0.0], [0.6, 0.8]])).tolist()
    [1.0, 0.8]
    """
    loops = choice.loops_of_rows(x)
    if loops is not None:
        return np.asarray(loops.pair_products(x, y))
    # k(xᵢ, yᵢ) = Σ_c x_ic·y_ic
    if is_sparse(x):
        return np.asarray(x.multiply(y).sum(1), np.float64).ravel()
    return np.einsum("ij,ij->i", x, y).astype(np.float64)


def led(k: Floats, threshold: float) -> Ints:
    """Return the row that leads each row's dish, taken as they come, from inner products (n, n).

    >>> led(np.array([[1, 0.4, 0.6], [0.4, 1, 0.7], [0.6, 0.7, 1]]), 0.5).tolist()
    [0, 1, 1]
    """
    return _led(len(k), *_reached(k, threshold))


def _reached(k: Floats, threshold: float) -> tuple[Ints, Ints, Floats]:
    i, j = np.nonzero(np.tril(k >= threshold, -1))
    return i, j, k[i, j]


def _led(n: int, i: Ints, j: Ints, k: Floats) -> Ints:
    """Return the same of n rows from the pairs that are alike enough, j < i, by i and j."""
    lead = np.arange(n)
    for a, b in pairwise([*np.flatnonzero(run_starts(i)).tolist(), len(i)]):
        leads = lead[j[a:b]] == j[a:b]
        if leads.any():
            lead[i[a]] = j[a + int(np.where(leads, k[a:b], -np.inf).argmax())]
    return lead


def lost_by_chance(dishes: Ints, prompts: Ints, before: NDArray[np.bool_]) -> float:
    """Count the dishes that would look lost had nothing changed: an expectation.

    >>> one_prompt = np.zeros(4, np.int64)
    >>> first = np.array([True, True, False, False])
    >>> round(lost_by_chance(np.array([0, 0, 1, 1]), one_prompt, first), 3)  # each: 1 of 6 deals
    0.333
    """
    return float(chances_of_loss(dishes, prompts, before).sum())


def range_of_losses(chances: Floats, level: float = 0.95) -> tuple[int, int]:
    """Return between which numbers of dishes look lost by chance, of the chance of each, (D,).

    Dishes count as independent; plates that are dealt out depend on one another so that the
    number varies a little less.

    >>> range_of_losses(np.full(20, 0.5)), range_of_losses(np.full(3, 0.01))
    ((6, 14), (0, 1))
    """
    # the distribution of a sum of unlike coins, one coin after the other
    number = np.ones(1)
    for p in chances[chances > 1e-9].tolist():
        number = np.append(number, 0.0) * (1 - p) + np.append(0.0, number) * p
    below = np.cumsum(number)
    low, high = np.searchsorted(below, [(1 - level) / 2, (1 + level) / 2])
    return int(low), int(min(high, len(number) - 1))


def chances_of_loss(dishes: Ints, prompts: Ints, before: NDArray[np.bool_]) -> Floats:
    """Return the chance of each dish served twice or more to look lost had nothing changed.

    Lost is a dish with two plates or more, all of them before. Given how often it was served on
    both sides together, every way of dealing the plates of a prompt to the two sides is as likely
    as any other. Dish, prompt and side are given of each plate, (n,).
    """
    from scipy.special import gammaln

    def log_choose(n: Floats, k: Floats) -> Floats:
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

    width = int(prompts.max()) + 1
    pairs, served = np.unique(dishes * width + prompts, return_counts=True)
    dish, prompt = pairs // width, pairs % width
    first = np.bincount(prompts[before], minlength=width)[prompt]
    both = np.bincount(prompts, minlength=width)[prompt]
    # P(all of a dish's plates fall before) = Π over prompts of C(first, served) / C(both, served)
    fits = served <= first
    log_p = log_choose(first, np.where(fits, served, 0)) - log_choose(both, served)
    chance = np.exp(np.bincount(dish, np.where(fits, log_p, -np.inf)))
    return np.asarray(chance[np.bincount(dish, served) >= 2])
