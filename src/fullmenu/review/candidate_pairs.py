"""The pairs of outputs that people may be asked about: all that share a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import by_group, parts
from fullmenu.kernel.rows import Features
from fullmenu.stats.arrays import Floats, Ints, numbers_of


@dataclass(frozen=True, slots=True)
class LikelyPairs:
    """Every pair of outputs of one prompt, and how likely it is that people call it the same.

    Parameters
    ----------
    prompts : (N,)
        The prompt of each pair, 0 … P − 1.
    first, second : (N,)
        Which outputs they are.
    likely : (N,)
        The chance of "same" by a kernel: k², or a calibrated one.
    weights : (N,)
        What each pair counts, 1 together: every prompt alike, and in a prompt every pair.
    """

    prompts: Ints
    first: Ints
    second: Ints
    likely: Floats
    weights: Floats

    @property
    def n_prompts(self) -> int:
        """How many prompts."""
        return int(self.prompts.max()) + 1

    @property
    def rate(self) -> float:
        """The repeat rate as the kernel has it."""
        return float(self.weights @ self.likely)

    def with_likely(self, likely: Any) -> LikelyPairs:
        """Return the same pairs seen by another kernel, (N,), with values in [0, 1]."""
        values = numbers_of(likely, "chances of same")
        if values.shape != self.first.shape or values.min() < 0 or values.max() > 1:
            raise BadInput(
                f"chances of shape {values.shape} for {len(self.first)} pairs: give one in [0, 1] "
                "for each"
            )
        return LikelyPairs(self.prompts, self.first, self.second, values, self.weights)

    def of_some(self, rows: Ints) -> LikelyPairs:
        """Return some of the pairs, (n,), as if there were no others."""
        _, prompts = np.unique(self.prompts[rows], return_inverse=True)
        return LikelyPairs(
            prompts, self.first[rows], self.second[rows], self.likely[rows], _weights(prompts)
        )


def pairs_of(groups: Any, likely: Any = None) -> LikelyPairs:
    """Return every pair of outputs of one prompt; prompts with one output have none.

    Parameters
    ----------
    groups : (n,)
        The prompt of each output.
    likely : (N,), optional
        The chance of "same" of each pair, in the order of the pairs; ½ by default.

    Examples
    --------
    >>> pairs = pairs_of(["a", "b", "a", "a", "b"])
    >>> list(zip(pairs.first.tolist(), pairs.second.tolist()))
    [(0, 2), (0, 3), (2, 3), (1, 4)]
    >>> pairs.weights.round(3).tolist()
    [0.167, 0.167, 0.167, 0.5]
    """
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    first: list[Ints] = []
    second: list[Ints] = []
    prompts: list[Ints] = []
    for rows in parts(codes):
        i, j = np.triu_indices(len(rows), 1)
        if len(i):
            prompts.append(np.full(len(i), len(prompts)))
            first.append(rows[i])
            second.append(rows[j])
    if not first:
        raise NotEnoughData("no prompt has two outputs, so there is no pair to ask about")
    prompt = np.concatenate(prompts)
    pairs = LikelyPairs(
        prompt, np.concatenate(first), np.concatenate(second), np.full(len(prompt), 0.5),
        _weights(prompt),
    )  # fmt: skip
    return pairs if likely is None else pairs.with_likely(likely)


def _weights(prompts: Ints) -> Floats:
    """Every prompt 1/P, shared by its pairs."""
    counts = np.bincount(prompts)
    return np.asarray(1 / (len(counts) * counts[prompts]))


def squared_likeness(features: Features, groups: Any) -> Floats:
    """Return k² of every pair of :func:`pairs_of`, (N,), from unit rows.

    >>> squared_likeness(np.eye(2)[[0, 0, 1]], ["a", "a", "a"]).tolist()
    [1.0, 0.0, 0.0]
    """
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    # by_group hands the Gram matrix of each group, in ascending order, rows in theirs
    values = [k[np.triu_indices(len(k), 1)] ** 2 for _, k in by_group(features, codes)]
    return np.concatenate(values)
