"""What tests of several folders share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from fullmenu.samples import Samples

pytest_plugins = ["pytester"]
collect_ignore = [
    "plugin",  # it would be registered for all tests
    "diagnose/fixtures",
    "integrations/two_processes.py",  # a script that a test runs
]

MENU = (
    "Roast salmon under lemon and dill",
    "Lentil soup thickened with cream",
    "Grilled aubergine, tahini, pomegranate seeds",
    "Beef stew from yesterday's pot",
    "Cold noodles in sesame sauce",
    "Mushroom risotto finished by hand",
    "Chickpea curry over steamed rice",
    "Baked trout wrapped inside newspaper",
    "Potato pancakes served beside applesauce",
    "Duck breast glazed twice, sliced thin",
    "Spinach pie layered between filo",
    "Tomato salad dressed at table",
)


def unavailable(reason: str) -> NoReturn:
    """Skip, or fail where everything is required (FULLMENU_REQUIRE_ALL=1)."""
    if os.environ.get("FULLMENU_REQUIRE_ALL") == "1":
        pytest.fail(f"FULLMENU_REQUIRE_ALL=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def require() -> Callable[..., ModuleType]:
    """``require(module)`` imports it; ``require(module, path)`` needs a file besides."""

    def require(module: str, path: Path | None = None) -> ModuleType:
        try:
            found = import_module(module)
        except ModuleNotFoundError:
            unavailable(f"{module.partition('.')[0]} is not installed")
        if path is not None and not path.exists():
            unavailable(f"there is no {path}")
        return found

    return require


@pytest.fixture(autouse=True)
def same_draws() -> None:
    """Draw the same numbers from torch in every run, whatever ran before."""
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of real data; its absence always skips."""
    here = Path(__file__).parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("FULLMENU_DATA") or here)
    if not folder.is_dir():
        pytest.skip("no real data: set FULLMENU_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def valid() -> Callable[[dict[str, Any]], None]:
    """Assert that a document, written as JSON and read again, fits its schema."""

    def valid(document: dict[str, Any]) -> None:
        document = json.loads(json.dumps(document, allow_nan=False))
        kind, version = document["schema"].removeprefix("fullmenu/").split("/")
        path = files("fullmenu.report") / "schema" / f"{kind}.{version}.json"
        schema = json.loads(path.read_text(encoding="utf-8"))
        faults = [
            f"{e.json_path}: {e.message[:200]}"
            for e in Draft202012Validator(schema).iter_errors(document)
        ]
        assert not faults

    return valid


@pytest.fixture(scope="session")
def menu() -> Sequence[str]:
    """Twelve dishes that share no content word."""
    return MENU


@pytest.fixture(scope="session")
def serve() -> Callable[..., Samples]:
    """Return a maker of logs: ``outputs`` to each of ``prompts``, drawn from some dishes."""

    def serve(
        dishes: Sequence[str] = MENU,
        prompts: int = 20,
        outputs: int = 10,
        seed: int = 0,
        p: Sequence[float] | None = None,
    ) -> Samples:
        rng = np.random.default_rng(seed)
        return Samples.of(
            {
                f"Guest {k} asks": rng.choice(np.array(dishes, object), outputs, p=p).tolist()
                for k in range(prompts)
            },
            model=f"cook-{seed}",
        )

    return serve


@pytest.fixture(scope="session")
def shuffled() -> Callable[..., Samples]:
    """Return a function that puts the rows of a log in another order."""
    return lambda log, seed=1: log.take(np.random.default_rng(seed).permutation(len(log)))


@pytest.fixture(scope="session")
def draw() -> Callable[..., Any]:
    """Return a maker of pictures: ``n`` of some kinds, (n, 32, 32, 3) bytes, drawn anew each time.

    A kind is a disc or a bar of one colour and place; its pictures differ by a pixel and by noise.
    """

    def draw(n: int, kinds: Sequence[int] = range(8), seed: int = 0) -> Any:
        rng = np.random.default_rng(seed)
        found = np.empty((n, 32, 32, 3), np.uint8)
        for i in range(n):
            k = int(rng.choice(np.asarray(kinds)))
            fixed = np.random.default_rng(1000 + k)
            ground, colour = fixed.integers(0, 256, (2, 3))
            y, x = fixed.uniform(8, 24, 2) + rng.uniform(-0.5, 0.5, 2)
            down, across = np.mgrid[:32, :32]
            disc = (down - y) ** 2 + (across - x) ** 2 < 60
            bar = abs(down - y) + 0.3 * (across - x) < 5
            shape = (disc if k % 2 else bar)[:, :, None]
            picture = np.where(shape, colour, ground) + rng.normal(0, 4, (32, 32, 3))
            found[i] = np.clip(picture, 0, 255)
        return found

    return draw


@pytest.fixture
def folder(tmp_path: Path, draw: Callable[..., Any]) -> Callable[..., Path]:
    """Write pictures to a folder: ``folder("a", {"cat": draw(3), "": draw(2)})``."""
    from PIL import Image

    def folder(name: str, pictures: dict[str, Any], ending: str = ".png") -> Path:
        for prompt, array in pictures.items():
            place = tmp_path / name / prompt
            place.mkdir(parents=True, exist_ok=True)
            for i, picture in enumerate(array):
                Image.fromarray(picture).save(place / f"{i:04}{ending}")
        return tmp_path / name

    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Samples], Path]:
    """Write a log as JSON lines, and return its path."""

    def write(name: str, log: Samples) -> Path:
        path = tmp_path / name
        rows = zip(log.prompts, log.outputs, strict=True)
        lines = [json.dumps({"prompt": p, "response": o}) for p, o in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def shell() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``fullmenu`` as a user does, 80 columns wide."""

    def shell(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
        options["env"] = env | options.pop("env", {})
        return subprocess.run(
            [sys.executable, "-m", "fullmenu", *args],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
            **options,
        )

    return shell


@pytest.fixture(scope="session")
def demo(
    shell: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """``fullmenu demo``, run once, and the folder it was run in."""
    folder = tmp_path_factory.mktemp("demo")
    return shell("demo", cwd=folder), folder
