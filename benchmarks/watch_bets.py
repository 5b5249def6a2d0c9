"""Two ways tried to see a planted collapse sooner, side by side with what the monitor does.

Fewer bets, whose shares of the weight are larger; and prompts weighted by 1/(b + mean b), b being
their repeat rate before, so that prompts that repeat little count for more. Both are given the
true means, which is the most that they could gain. Delays are medians as multiples of Page's CUSUM
that is told the truth; visits, detectors and streams as in watch_delay.py.

Run: python benchmarks/watch_bets.py [streams]
"""

from __future__ import annotations

import sys

import numpy as np

from fullmenu.monitor.detector import bets
from fullmenu.watch import Baseline
from table import Table
from watch_delay import AFTER, PROMPTS, WARM, A, median, tuned
from watch_streams import Kitchen, cusum, e_detector, first_at, values_of

POOL = {2: 12_000, 5: 4_000}
CASES = {"10 %, one dish": (0.1, 1), "30 %, one dish": (0.3, 1), "60 %, one dish": (0.6, 1),
         "30 %, three dishes": (0.3, 3), "60 %, three dishes": (0.6, 3)}  # fmt: skip


def main(streams: int = 600) -> None:
    kitchen = Kitchen(PROMPTS)
    fit = {"views": ["phrasing"], "signals": []}
    reader = Baseline.fit(kitchen.log(40, np.random.default_rng(1)), **fit)
    rates = Baseline.fit(kitchen.log(400, np.random.default_rng(2)), **fit).levels[None]
    weights = 1 / (rates.by_prompt[:, 0] + rates.mean[0])
    rng = np.random.default_rng(0)
    table = Table(f"Median delay ÷ CUSUM told the truth, A = {A:,.0f}, {streams} streams")
    for size, pool in POOL.items():
        calm, asked = _visits(reader, kitchen, size, 2 * pool, 1)
        for name, (p, dishes) in CASES.items():
            worse, asked_later = _visits(reader, kitchen, size, pool, 3, p, dishes)
            middle = (calm.mean() + worse.mean()) / 2
            level = tuned(calm, middle, rng)
            i = rng.integers(0, len(calm), (streams, WARM))
            j = rng.integers(0, len(worse), (streams, AFTER))
            x = np.concatenate([calm[i], worse[j]], axis=1)
            best = median(first_at(cusum(x, middle), level) - WARM)
            low = bets(A)[0]
            tried = {f"{n} bets": _delay(x, calm, np.geomspace(low, 0.9, n)) for n in (8, 6, 4, 3)}
            before, after = calm * weights[asked], worse * weights[asked_later]
            y = np.concatenate([before[i], after[j]], axis=1)
            tried["8 bets, prompts weighted"] = _delay(y, before, bets(A))
            said = ", ".join(f"{what} {delay / best:.2f}" for what, delay in tried.items())
            table.add(f"visits of {size}: {name} (CUSUM {best:.0f})", said)
    table.show()


def _visits(
    b: Baseline, kitchen: Kitchen, size: int, n: int, seed: int, p: float = 0.0, dishes: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    order = rng.integers(0, PROMPTS, n)
    found = []
    for part in np.array_split(order, max(n // 1000, 1)):
        found += b.ruler.read(kitchen.visits(part, size, rng, p, dishes))
    return values_of(found)[:, 0], order


def _delay(x: np.ndarray, calm: np.ndarray, shares: np.ndarray) -> float:
    m0 = np.full(len(x), calm.mean())
    return median(first_at(e_detector(x, m0, shares), np.log(A)) - WARM)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
