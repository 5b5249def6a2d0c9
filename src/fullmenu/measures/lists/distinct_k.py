"""How many different answers are there among k to one prompt?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.lists._classes import classes
from fullmenu.measures.registry import measure
from fullmenu.stats.proportion import share_interval


@measure(takes="lists", unit="classes", paper="Zhang et al. 2025; Hurlbert 1971", rises=True)
def distinct_k(lists: Any, k: int = 10, *, level: float = 0.95) -> Estimate:
    """Estimate how many different classes k outputs to one prompt fall into, mean over prompts.

    ``value`` in [1, k]: 1, every prompt has one answer only.

    Parameters
    ----------
    lists
        For each prompt a list of the classes of its outputs, one an output: any ids that can be
        told apart. Prompts without outputs are left out.
    k
        Outputs looked at. Where a prompt has more, the mean over all ways to draw k of them, exact.
    level
        …: jackknife over prompts, Wilson's with t on the effective number. It holds the mean of
        such sets of prompts in 90 % of them or more (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        Fewer than two prompts, or a prompt of fewer than k outputs.
    BadInput
        Lists that are no lists, or classes that cannot be hashed.

    Notes
    -----
    The distinct-k of NoveltyBench: the number of classes of k outputs. The stored field
    ``distinct`` of that benchmark is the largest class *number*, one less; give it the partition.
    Cannot see how good the classes are, or whether two prompts get the same answer. It rises with
    k: compare at one k only.

    Examples
    --------
    >>> print(distinct_k([[0, 0, 1, 0], [0, 1, 2, 3], [0, 0, 0, 0]], k=4))
    2.33 [1.08, 3.87]
    """
    rows = classes(lists, k, "distinct_k")
    values = np.array([_expected(Counter(row).values(), len(row), k) for row in rows])
    m = len(values)
    x = np.clip((values - 1) / (k - 1), 0.0, 1.0)
    value = float(x.mean())
    low, high = share_interval(value, (x.sum() - x) / (m - 1), level)
    mean, low, high = (1 + (k - 1) * v for v in (value, low, high))
    method = f"classes of {k} outputs, jackknife over prompts"
    return Estimate(float(values.mean()), min(low, mean), max(high, mean), m, "classes", method,
                    level)  # fmt: skip


def _expected(counts: Any, n: int, k: int) -> float:
    """Classes among k of n outputs, drawn without replacement."""
    if n == k:
        return float(len(counts))
    x = np.fromiter(counts, np.float64, len(counts))[:, None]
    missed = np.clip(1 - x / (n - np.arange(k)), 0.0, 1.0).prod(1)
    return float((1 - missed).sum())
