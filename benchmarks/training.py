"""What a training person takes from Fullmenu, tried in runs whose answer is known.

Run: OMP_NUM_THREADS=1 python benchmarks/training.py [name …]

reward     A policy learns from the default reward: 1 or 3 right answers and 100 junk strings.
junk       Do texts that are only unlike the others earn more than a correct, unlike answer?
callback   Total collapse in ten runs: alarmed, or the shortage said before step 1, with the number.
passes     pass@k against the exact value, and how often its intervals hold it.
mass       pass@1 up while pass@k falls, planted in 40 runs; 120 sound ones beside them, by design.
dedup      Plants of eight kinds among real outputs, beside MinHash where datasketch is installed.
scripts    Scripts of the docs, run as they stand.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

from training_tables import callbacks, degenerate, passes, plants, policy, scripts

TABLES: dict[str, Callable[[], bool]] = {
    "reward": policy.table,
    "junk": degenerate.table,
    "callback": callbacks.table,
    "passes": passes.table,
    "mass": passes.mass_table,
    "dedup": plants.table,
    "scripts": scripts.table,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        print(f"no table {unknown[0]!r}; there are {', '.join(TABLES)}", file=sys.stderr)
        return 2
    reached = [TABLES[name]() for name in names or TABLES]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1:]))
