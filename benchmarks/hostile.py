"""What do measures make of hostile arguments? Raw errors and hangs, of every measure.

Every registered measure is called with each of some 85 hostile values for each of its parameters,
and with each among its rows. A raw error is any that is not Fullmenu's own; a hang is a call of
more than ten seconds of this process's time; memory is held below 8 GB.

Run ``python benchmarks/hostile.py [measure …]``: a minute for all.
"""

from __future__ import annotations

import resource
import signal
import sys
import warnings
from collections import Counter
from typing import Any

from fullmenu import measures
from fullmenu.testing.hostile import cases, fault
from fullmenu.testing.kinds import KINDS

SECONDS = 10
BYTES = 8 << 30


class Hang(BaseException):
    """A call that took too long."""


def main(names: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    signal.signal(signal.SIGPROF, _hang)
    warnings.simplefilter("error")
    faults: Counter[str] = Counter()
    total = 0
    for name, m in measures.all_measures().items():
        if names and name not in names:
            continue
        for case in cases(m, KINDS[m.takes]):
            total += 1
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                wrong = fault(m, case)
            except Hang:
                wrong = "hangs"
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            if wrong:
                faults["hangs" if wrong == "hangs" else "raw errors"] += 1
                print(f"{name}({case.parameter} = {case.what}): {wrong}", flush=True)
    print(f"{total} cases: {faults['raw errors']} raw errors, {faults['hangs']} hangs")
    return 1 if faults else 0


def _hang(*_: Any) -> None:
    raise Hang


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
