"""Running one case on either side: in its own environment and process, timed and weighed.

A peer's module names ``REQUIREMENTS`` and defines ``theirs_NAME(…)`` and ``ours_NAME(…)``: plain
functions of JSON arguments that make their data and return ``prepared``, a callable without
arguments whose result is JSON. Only that callable is timed. Imports of the peer belong inside.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parent / ".peers"


@dataclass(frozen=True)
class Run:
    """What one side said of one case.

    Parameters
    ----------
    value
        What the case returned.
    seconds
        The fastest of the repetitions.
    megabytes
        Peak memory of the process, above what it held before the call.
    """

    value: Any
    seconds: float
    megabytes: float


def environment(name: str, requirements: list[str]) -> Path:
    """Return the Python of an environment that holds these requirements, made at need."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    done = folder / "requirements.json"
    if done.exists() and json.loads(done.read_text()) == requirements:
        return python
    print(f"(installing {', '.join(requirements)})", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *requirements], check=True, stderr=subprocess.DEVNULL)
    done.write_text(json.dumps(requirements))
    return python


def ours(module: str, case: str, *, repeat: int = 3, **arguments: Any) -> Run:
    """Run ``ours_CASE`` of a peer's module in this environment."""
    return _run(Path(sys.executable), module, f"ours_{case}", repeat, arguments)


def theirs(module: str, case: str, *, repeat: int = 1, **arguments: Any) -> Run:
    """Run ``theirs_CASE`` of a peer's module in the peer's environment."""
    found = importlib.import_module(f"peer.{module}")
    python = environment(module, found.REQUIREMENTS)
    return _run(python, module, f"theirs_{case}", repeat, arguments)


def _run(python: Path, module: str, function: str, repeat: int, arguments: dict[str, Any]) -> Run:
    call = [str(python), str(HERE / "bench.py"), module, function, str(repeat)]
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        call, input=json.dumps(arguments), capture_output=True, text=True, env=env, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{function} of {module} failed:\n{done.stderr[-2000:]}")
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def _peak() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM: peak memory is measured on Linux only")


def _here(module: str, function: str, repeat: int) -> None:
    sys.path[0] = str(HERE.parent)  # not this folder: its files are called as the peers are
    prepare: Callable[..., Callable[[], Any]] = getattr(
        importlib.import_module(f"peer.{module}"), function
    )
    call = prepare(**json.loads(sys.stdin.read()))
    Path("/proc/self/clear_refs").write_text("5")  # peak memory starts anew here
    before, best = _peak(), float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        value = call()
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"value": value, "seconds": best, "megabytes": _peak() - before}))


if __name__ == "__main__":
    _here(sys.argv[1], sys.argv[2], int(sys.argv[3]))
