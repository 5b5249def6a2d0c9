"""The scripts of docs/scripts run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "docs" / "scripts"


@pytest.mark.parametrize(
    ("script", "needs", "says"),
    [
        ("loop.py", (), "stopped at step"),
        ("grpo.py", ("trl", "torch", "datasets"), "step 15:"),
        ("dpo.py", ("trl", "torch", "datasets"), "step 20: repeats"),
    ],
)
def test_it_runs(
    script: str, needs: tuple[str, ...], says: str, tmp_path: Path, require: Any
) -> None:
    for name in needs:
        require(name)
    run = subprocess.run(
        [sys.executable, str(SCRIPTS / script)],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert says in run.stdout
