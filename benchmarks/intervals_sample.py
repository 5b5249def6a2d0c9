"""How often the interval of ``--sample`` covers the full pass, for logs in all kinds of order.

Parts of a made-up log are drawn as ``stats.cluster_sample.drawn_parts`` does, the repeat rate of
all parts is estimated from them, and compared with that of the whole log. Outputs are one of twelve
dishes; prompts differ in how many they use, and a second model (or a later time) uses fewer.

Run ``python benchmarks/intervals_sample.py [DRAWS] [SEED]``.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.stats.cluster_sample import Cells, drawn_parts, sampled_repeat_rate
from table import Table

PARTS, ROWS, DISHES = 120, 500, 12
Ints = NDArray[np.int64]


class Log(NamedTuple):
    """The prompt and the dish of each output, in the order of the file, and how many prompts."""

    prompt: Ints
    dish: Ints
    prompts: int


def log_of(order: str, outputs: int, rng: np.random.Generator) -> Log:
    """Make a log of so many outputs a prompt, in an order."""
    n = PARTS * ROWS
    prompts = n // outputs
    prompt = np.repeat(np.arange(prompts), outputs)
    spread = rng.choice([0.1, 0.3, 1.0, 3.0], prompts)
    if order == "by topic":  # whose prompts are alike in how varied their outputs are
        spread = np.geomspace(0.05, 8, 12)[np.arange(prompts) * 12 // prompts]
    before, after = (
        rng.gamma(np.repeat(s * spread[:, None], DISHES, 1)) + 1e-12 for s in (1.0, 0.3)
    )
    when = np.tile(np.arange(outputs) / outputs, prompts)
    second = np.zeros(n, bool)
    if order in ("by model", "models in turn"):
        second = when >= 0.5
    elif order == "by time":  # the second kind comes in little by little
        second = rng.random(n) < when
    shares = np.where(second[:, None], after[prompt], before[prompt])
    at = rng.random(n) * shares.sum(1)
    dish = (at[:, None] > shares.cumsum(1)).sum(1).clip(0, DISHES - 1)
    rank = {
        "by prompt": (prompt,), "by topic": (prompt,), "shuffled": (rng.random(n),),
        "by model": (rng.random(n), second), "by time": (rng.random(n), when),
        "in two visits": (prompt, when >= 0.5),
    }  # fmt: skip
    if order == "models in turn":  # a part of one, a part of the other
        place = np.empty(n)
        for kind in (0, 1):
            mine = np.flatnonzero(second == kind)
            place[rng.permutation(mine)] = np.arange(len(mine)) // ROWS * 2 + kind
        chosen = np.argsort(place, kind="stable")
    elif order == "half of the prompts spread":
        chosen = np.argsort(np.where(prompt % 2 == 0, rng.random(n) * n, np.arange(n)))
    else:
        chosen = np.lexsort(rank[order])
    return Log(prompt[chosen], dish[chosen], prompts)


def rate_of(log: Log) -> float:
    """The mean over prompts of the share of pairs that are one dish."""
    table = np.zeros((log.prompts, DISHES))
    np.add.at(table, (log.prompt, log.dish), 1)
    n = table.sum(1)
    return float(((table * (table - 1)).sum(1) / (n * (n - 1))).mean())


def cells_of(log: Log, parts: list[int]) -> tuple[Cells, Ints]:
    """What the outputs of each prompt in each part drawn are like, and which prompts these are."""
    rows = (np.array(parts)[:, None] * ROWS + np.arange(ROWS)).ravel()
    prompts, prompt = np.unique(log.prompt[rows], return_inverse=True)
    key = prompt * len(parts) + np.repeat(np.arange(len(parts)), ROWS)
    found, cell = np.unique(key, return_inverse=True)
    table = np.zeros((len(found), DISHES))
    np.add.at(table, (cell, log.dish[rows]), 1)
    of, part = np.divmod(found, len(parts))
    whole = np.zeros((len(prompts), DISHES))
    np.add.at(whole, of, table)
    same, cross = (table * (table - 1)).sum(1) / 2, (table * (whole[of] - table)).sum(1)
    return Cells(of, part, table.sum(1), same, cross), prompts


def coverage(order: str, outputs: int, wanted: int, draws: int, seed: int) -> tuple[float, ...]:
    """Coverage, the mean estimate ÷ the full pass, and the mean width ÷ the full pass."""
    rng = np.random.default_rng(seed)
    log = log_of(order, outputs, rng)
    whole = rate_of(log)
    parts = np.arange(len(log.prompt)) // ROWS
    held_in = np.bincount(
        np.unique(log.prompt * PARTS + parts) // PARTS, minlength=log.prompts
    ).astype(float)
    estimates = []
    for k in range(draws):
        drawn = drawn_parts([ROWS] * PARTS, wanted * ROWS, seed=seed + k)
        cells, prompts = cells_of(log, drawn)
        estimates.append(sampled_repeat_rate(cells, PARTS, held_in[prompts]))
    covered = np.mean([e.low <= whole <= e.high for e in estimates])  # type: ignore[operator]
    mean = np.mean([e.value for e in estimates])
    width = np.mean([e.high - e.low for e in estimates])  # type: ignore[operator]
    return float(covered), float(mean / whole), float(width / whole)


ORDERS = (
    "by prompt", "by topic", "shuffled", "by model", "models in turn", "by time", "in two visits",
    "half of the prompts spread",
)  # fmt: skip


def main(draws: int, seed: int) -> None:
    table = Table(f"--sample: the interval covers the full pass ({draws} draws of {PARTS} parts)")
    for outputs in (10, 600):
        for order in ORDERS:
            for wanted in (20, 40, 60, 80):
                covered, mean, width = coverage(order, outputs, wanted, draws, seed)
                table.add(
                    f"{order}, {outputs} outputs a prompt, {wanted} parts drawn",
                    f"{covered:.1%} (mean {mean:.3f}, width {width:.2f} × the full pass)",
                    "≥ 93 %", covered >= 0.93,
                )  # fmt: skip
    table.show()


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 300, given[1] if len(given) > 1 else 7)
