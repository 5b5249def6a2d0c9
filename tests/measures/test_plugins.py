"""A package with a ``fullmenu.measures`` entry point, installed by pip: its measure is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:  # pytest brings it
    import tomli as tomllib

from fullmenu.samples import Samples

PLUGIN = Path(__file__).parents[1] / "plugin"


@pytest.fixture(scope="module")
def installed(
    require: Callable[[str], object], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Install the plugin into a folder of its own; return an environment that sees it."""
    require("pip")
    folder = tmp_path_factory.mktemp("plugin")
    wheel = folder / "fullmenu_vowels-1.0-py3-none-any.whl"
    points = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]["entry-points"]
    named = "".join(
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items())
        for group, names in points.items()
    )
    info = "fullmenu_vowels-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as z:  # a wheel by hand: no build backend, no network
        z.write(PLUGIN / "fullmenu_vowels" / "__init__.py", "fullmenu_vowels/__init__.py")
        z.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: fullmenu-vowels\nVersion: 1.0")
        z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any")
        z.writestr(f"{info}/entry_points.txt", named)
        z.writestr(f"{info}/RECORD", "")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder / "site"), str(wheel)], check=True)
    return {"PYTHONPATH": os.pathsep.join([str(folder / "site"), os.environ.get("PYTHONPATH", "")])}


def test_it_is_listed_and_explained(
    shell: Callable[..., subprocess.CompletedProcess[str]], installed: dict[str, str]
) -> None:
    done = shell("measures", "different_vowels", env=installed)
    assert done.returncode == 0, done.stderr
    assert "fm.measures.different_vowels(texts, level)" in done.stdout
    assert "different_vowels" in shell("measures", env=installed).stdout


def test_a_log_is_checked_with_it(
    shell: Callable[..., subprocess.CompletedProcess[str]],
    installed: dict[str, str],
    write: Callable[[str, Samples], Path],
) -> None:
    log = Samples.of({f"{k}?": ["a", "ae", "aei"] for k in range(8)})
    path = str(write("log.jsonl", log))
    done = shell("check", path, "--measures", "different_vowels", "--json", env=installed)
    assert done.returncode == 0, done.stderr
    [row] = json.loads(done.stdout)["measures"]
    assert (row["name"], row["within"]["value"]) == ("different_vowels", 2.0)


def test_its_author_runs_the_laws(installed: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--noconftest", "-c", os.devnull,
         "-p", "no:cacheprovider", "--rootdir", str(PLUGIN), "test_laws.py"],
        cwd=PLUGIN, env={**os.environ, **installed}, capture_output=True, encoding="utf-8",
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout


def test_without_it_the_name_is_unknown(
    shell: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = shell("measures", "different_vowels")
    assert done.returncode == 1
    assert "unknown measure 'different_vowels'" in done.stderr
