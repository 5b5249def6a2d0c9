"""The three commands of docs/serve.md, in a clean environment, put a first sample on the page.

Run: python benchmarks/serve_newcomer.py

The package is installed from this checkout with the versions of constraints.txt; the rest is as it
stands in the page.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from table import Table

ROOT = Path(__file__).parents[1]
URL = "http://127.0.0.1:8000"


def main() -> None:
    install, serve, send = commands()
    table = Table("A newcomer: the three commands of docs/serve.md in a clean environment")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        path = f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}"
        left = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FULLMENU"))}
        env = {**left, "PATH": path}
        here = install.replace('"fullmenu[', f'-q -c {ROOT}/constraints.txt "{ROOT}[')
        began = time.perf_counter()
        subprocess.run(here, shell=True, check=True, env=env, cwd=folder)
        table.add(install, f"{time.perf_counter() - began:.0f} s")
        running = subprocess.Popen(f"exec {serve}", shell=True, env=env, cwd=folder)
        try:
            began = time.perf_counter()
            while not answers():
                assert running.poll() is None and time.perf_counter() - began < 60
                time.sleep(0.1)
            table.add(serve, f"listens after {time.perf_counter() - began:.1f} s")
            subprocess.run(f"{send} -sS --fail", shell=True, check=True, env=env, cwd=folder)
            models = json.loads(read("/api/status"))["models"]
            table.add(send[:40] + "…", [m["model"] for m in models], "['m1']",
                      [m["model"] for m in models] == ["m1"])  # fmt: skip
            page = read("/")
            table.add("the page shows the model", "m1" in page, "True", "m1" in page)
        finally:
            running.send_signal(signal.SIGINT)
            status = running.wait(60)
        table.add("Ctrl-C", f"ends with {status}", "0", status == 0)
    table.show()


def commands() -> list[str]:
    """Return the first three commands of the page."""
    text = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.split("\n")
    ]
    return [line for line in lines if line][:3]


def answers() -> bool:
    try:
        return bool(read("/healthz"))
    except OSError:
        return False


def read(path: str) -> str:
    with urllib.request.urlopen(URL + path, timeout=30) as answer:
        return answer.read().decode()


if __name__ == "__main__":
    main()
