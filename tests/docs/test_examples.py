"""Every command and every Python example of README and docs does what it says, as it stands."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.conftest import unavailable
from tests.docs import scene
from tests.integrations import tiny
from tests.sampling.conftest import Running

from fullmenu.errors import MissingExtra

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = re.compile(r"^(?: {4}|- run: |run: |\$ )*((?:\S+ [^|]*\| *)?fullmenu .*)$")
ELSEWHERE = {
    "--follow --store": "tests/live copies a log into a store",
    " --to ": "tests/live sends to a server of this machine",
    "fullmenu serve": "tests/cli/test_serve.py runs it, and tests/server looks at its pages",
    "fullmenu review": "tests/cli/test_review.py runs it",
    "--kernel people": "tests/cli/test_review.py makes that kernel, and judges by it",
    "--local": "tests/sampling runs a tiny model",
    "lab run": "tests/lab runs it, at a smaller size",
    "--webhook": "tests/live posts to a server of this machine",
}
"""Commands that are run by other tests, and by which."""

ENDPOINT = "http://127.0.0.1:8000/v1"
"""The server of the pages, in whose place one of the tests' is asked, with its toy model."""

TRIED = {"openinference"}
"""Modules of examples that ``benchmarks/serve_clients.py`` tries, and tests do without."""

PATIENCE = 300
"""Seconds after which a command is taken for one without an end."""

ENDS = {0, 3}
"""Exit codes: fine, and variety lost."""

STOPPED = {130, -signal.SIGTERM}
"""How what goes on without an end ends: stopped as it asks, or as it waits."""


def blocks(path: Path) -> list[tuple[str, str]]:
    """Return the code of a page: its language, and its text; indented code has none."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [*fenced, *(("", line) for line in re.findall(r"^ {4}\S.*$", prose, re.M))]


def python(path: Path) -> list[str]:
    """Return the Python examples of a page."""
    return [body for language, body in blocks(path) if language == "python"]


def typed(path: Path) -> list[str]:
    """Return the lines of a page that are typed at a prompt, and call Fullmenu."""
    code = "\n".join(body for language, body in blocks(path) if language != "python")
    found = (COMMANDS.match(line.strip()) for line in code.splitlines())
    return [match[1] for match in found if match]


CASES = [
    pytest.param(line, id=f"{path.stem}: {line}")
    for line, path in {line: path for path in PAGES for line in typed(path)}.items()
]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everything that the pages name."""
    place = tmp_path_factory.mktemp("docs")
    scene.make(place)
    for line in (
        "fullmenu compare before.jsonl after.jsonl --json > collapse.json",
        "fullmenu diagnose forgetting base/ tuned/ --json > forgetting.json",
        "fullmenu lab run menu --seeds 1 --workers 1 -q",
    ):
        done = run(line, place)
        assert done.returncode in {0, 1, 3}, done.stderr
    return place


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """Yield a server that speaks OpenAI's API."""
    for name in ("openai", "stamina"):
        if find_spec(name) is None:
            unavailable(f"{name} is not installed")
    running = Running({"log": str(tmp_path / "server.log")})
    yield running
    running.stop()


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(made, tmp_path / "docs"))


def run(line: str, place: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run a line as a shell does; one without an end is ended once it has written something."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src")}
    if url:
        env |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
        line = re.sub(r"--model \S+", "--model toy-model", line.replace(ENDPOINT, url))
    if "--follow" not in line and "--every" not in line:
        return subprocess.run(
            ["bash", "-c", line],
            cwd=place,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    typed = re.split(r"\s+#", line)[0]
    if "--follow" in line and "--html" not in line:
        line, typed = f"{typed} --html watch.html", f"{typed} --html watch.html"
    named = re.search(r"(?:-o|--html) (\S+)", typed)
    assert named, f"{typed}: what does it write?"
    written = place / named[1]
    old = written.stat().st_size if written.exists() else 0
    followed = subprocess.Popen(
        ["bash", "-c", f"exec {line}"],
        cwd=place,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    began = time.monotonic()
    while followed.poll() is None and (not written.exists() or written.stat().st_size == old):
        if time.monotonic() - began > PATIENCE:
            followed.kill()
            raise TimeoutError(f"{typed} writes nothing")
        time.sleep(0.1)
    followed.send_signal(signal.SIGTERM)
    out, err = followed.communicate()
    return subprocess.CompletedProcess(line, followed.returncode, out, err)


@pytest.mark.parametrize("line", CASES)
def test_a_command_of_the_docs_works(
    line: str, place: Path, request: pytest.FixtureRequest
) -> None:
    other = next((why for part, why in ELSEWHERE.items() if part in line), None)
    if other:
        return
    asks = re.search("fullmenu (sample|canary|stress|cure) ", line) and "--model" in line
    if asks and (output := re.search(r"-o (\S+)", line)):
        (place / output[1]).unlink(missing_ok=True)
    done = run(line, place, request.getfixturevalue("server").url if asks else "")
    if done.returncode == 1 and "need the extra" in done.stderr:
        unavailable(done.stderr.strip())
    assert done.returncode in (ENDS | STOPPED if "--every" in line else ENDS), done.stderr
    assert "Traceback" not in done.stderr


def test_the_pages_have_commands() -> None:
    assert len(CASES) > 40
    assert all(any(part in str(case.values[0]) for case in CASES) for part in ELSEWHERE)


def names(page: str, place: Path) -> dict[str, Any]:
    """Return the names that a page's examples use and do not make."""
    return dict(NAMES.get(page, lambda place: {})(place))


def _pictures(place: Path) -> Iterator[tuple[str, Any]]:
    if find_spec("torch") is None:
        unavailable("torch is not installed")
    import torch

    yield "array", scene.images(12, 30)
    yield "tensor", torch.from_numpy(scene.images(2, 31))
    yield "labels", ["all"] * 60
    yield "network", torch.nn.Sequential(torch.nn.AvgPool2d(32), torch.nn.Flatten())


def _training(place: Path) -> Iterator[tuple[str, Any]]:
    if find_spec("trl") is None:
        unavailable("trl is not installed")
    model, tokenizer = tiny.llama(dropout=0.0)
    rng = np.random.default_rng(0)
    model.save_pretrained(place / "tiny")
    tokenizer.save_pretrained(place / "tiny")
    yield "model", str(place / "tiny")
    yield "tokenizer", tokenizer
    yield "prompts", tiny.PROMPTS
    yield "sample", lambda prompts, k: [[*rng.choice(tiny.WORDS, k)] for _ in prompts]
    yield "steps", 3
    yield "train_one_step", lambda: None
    yield "my_reward", lambda completions, **columns: [float(len(c)) for c in completions]
    yield "scores_before_tuning", [3.0, 4.0, 5.0]
    yield (
        "settings",
        {
            "max_steps": 2, "per_device_train_batch_size": 24, "num_generations": 4,
            "max_completion_length": 4, "use_cpu": True, "bf16": False, "report_to": [],
            "save_strategy": "no", "disable_tqdm": True,
        },
    )  # fmt: skip


NAMES: dict[str, Callable[[Path], Iterator[tuple[str, Any]]]] = {
    "train": _training,
    "images": _pictures,
}


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", [p for p in PAGES if python(p)], ids=lambda p: p.stem)
def test_the_python_of_a_page_works(
    path: Path, place: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr("fullmenu.live.stream.time", SimpleNamespace(sleep=stop))
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"prompt": "?", "output": "!"}'))
    )
    told = names(path.stem, place)
    for k, body in enumerate(python(path)):
        if ENDPOINT in body:
            body = body.replace(ENDPOINT, request.getfixturevalue("server").url)
            body = body.replace("my-model", "toy-model")
            (place / "samples.jsonl").unlink()
        try:
            exec(compile(body, f"{path.name}, example {k + 1}", "exec"), told)
        except Stopped:
            continue
        except (MissingExtra, ModuleNotFoundError) as error:
            if getattr(error, "name", None) not in TRIED:
                unavailable(str(error))


class Stopped(BaseException):
    """What follows a file has come to its end."""


def stop(seconds: float) -> None:
    """Take the place of a pause before a file is looked at again."""
    raise Stopped
