"""rexmex: lists of recommendations, by the formulas of recmetrics.

Run: python benchmarks/peers.py rexmex
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from table import Table

REQUIREMENTS = [
    "rexmex==0.1.3", "numpy==2.2.6", "pandas==2.3.3", "scipy==1.17.1", "scikit-learn==1.9.1",
    "six==1.17.0",
]  # fmt: skip

ITEMS, K, D = 5_000, 20, 64


def lists(users: int) -> list[list[int]]:
    """Up to twenty different items a user, by Zipf's law."""
    shares = np.cumsum(1 / np.arange(1, ITEMS + 1))
    drawn = np.searchsorted(shares, shares[-1] * np.random.default_rng(users).random((users, K)))
    return [list(dict.fromkeys(row)) for row in drawn.tolist()]


def vectors() -> Any:
    return np.random.default_rng(1).normal(size=(ITEMS, D))


def theirs_personalization(users: int) -> Callable[[], float]:
    from rexmex.metrics.ranking import personalization

    x = lists(users)
    return lambda: 1 - float(personalization(x))


def ours_personalization(users: int) -> Callable[[], float]:
    from fullmenu.measures import user_overlap

    x = lists(users)
    return lambda: user_overlap(x).value


def theirs_intra_list(users: int) -> Callable[[], float]:
    from rexmex.metrics.ranking import intra_list_similarity

    x, features = lists(users), vectors()
    return lambda: 1 - float(intra_list_similarity(x, features))


def ours_intra_list(users: int) -> Callable[[], float]:
    from fullmenu.measures import intra_list_variety

    x, features = lists(users), dict(enumerate(vectors()))
    return lambda: intra_list_variety(x, features).value


def theirs_coverage(users: int) -> Callable[[], float]:
    from rexmex.metrics.coverage import item_coverage

    pairs = [(u, i) for u, row in enumerate(lists(users)) for i in row]
    everything = (list(range(users)), list(range(ITEMS)))
    return lambda: float(item_coverage(everything, pairs))


def ours_coverage(users: int) -> Callable[[], float]:
    from fullmenu.measures import catalogue_coverage

    x = lists(users)
    return lambda: catalogue_coverage(x, ITEMS).value


def main() -> int:
    from peer import bench

    table = Table(f"rexmex 0.1.3: lists of up to {K} of {ITEMS:,} items; ours with an interval")
    failed = 0
    for case, users in (("personalization", 4_000), ("intra_list", 4_000), ("coverage", 4_000)):
        them = bench.theirs("rexmex", case, users=users)
        us = bench.ours("rexmex", case, users=users)
        same = abs(us.value - them.value) <= (0.5001e-3 if case == "coverage" else 1e-9)
        failed += not same
        table.add(
            f"{case}, {users:,} users",
            f"{us.value:.9g} / {them.value:.9g}",
            "equal, to 3 decimals" if case == "coverage" else "equal",
            same,
        )
        table.add("  seconds, ours / theirs", f"{us.seconds:.3g} / {them.seconds:.3g}")
        table.add("  megabytes, ours / theirs", f"{us.megabytes:.0f} / {them.megabytes:.0f}")
    for case in ("personalization", "intra_list", "coverage"):
        us = bench.ours("rexmex", case, users=100_000, repeat=1)
        table.add(f"{case}, 100,000 users, ours", f"{us.seconds:.2g} s")
    table.show()
    return failed
