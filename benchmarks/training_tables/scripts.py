"""The scripts of docs/scripts, run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from table import Table

SCRIPTS = Path(__file__).resolve().parents[2] / "docs" / "scripts"


def table() -> bool:
    """Print which scripts end well, and with which TRL."""
    try:
        trl = f"TRL {version('trl')}"
    except PackageNotFoundError:
        trl = "no TRL"
    shown = Table(f"Scripts of the docs, run as they stand ({trl})")
    good = True
    for name in ("loop.py", "grpo.py", "dpo.py"):
        with tempfile.TemporaryDirectory() as place:
            began = time.perf_counter()
            run = subprocess.run(
                [sys.executable, str(SCRIPTS / name)], cwd=place, env=dict(os.environ),
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            seconds = time.perf_counter() - began
        last = (run.stdout if run.returncode == 0 else run.stderr).strip().splitlines()[-1:]
        good &= run.returncode == 0
        shown.add(name, f"{seconds:.0f} s; {' '.join(last)[:90]}", "ends well", run.returncode == 0)
    shown.show()
    return good
