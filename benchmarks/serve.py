"""What the server reaches: ingest, fuzz, clients, crash, alarms; each is a file ``serve_….py``.

Run: python benchmarks/serve.py [name …]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    here = Path(__file__).parent
    known = sorted(p.stem.removeprefix("serve_") for p in here.glob("serve_*.py"))
    if unknown := set(names) - set(known):
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    return max(subprocess.call([sys.executable, here / f"serve_{n}.py"]) for n in names or known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
