"""A real server in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SERVER = [sys.executable, "-m", "tests.sampling.server"]


class Running:
    """A server that runs, and what it says came."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [*SERVER, json.dumps(self.settings)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.settings["port"] = int(self.process.stdout.readline())
        self.process.stdout.close()
        return self.process

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['port']}/v1"

    def log(self) -> Counter[str]:
        """How many requests came, failed and were answered."""
        lines = Path(self.settings["log"]).read_text().splitlines()
        return Counter(json.loads(line)[0] for line in lines)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """``serve(faults=0.2, …)`` starts a server."""
    running: list[Running] = []

    def start(**settings: Any) -> Running:
        log = str(tmp_path / f"server-{len(running)}.log")
        running.append(Running({"log": log, **settings}))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def ask(require: Callable[..., Any]) -> None:
    """The extra ``ask``."""
    require("openai")
    require("stamina")
