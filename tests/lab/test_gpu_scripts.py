"""The scripts of the full settings: one each, and each runs, very small."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fullmenu.lab.registry import experiment, names

PLACE = Path(__file__).parents[2] / "benchmarks" / "gpu"
MODULES = {"lab": "torch", "trl": "trl", "": "numpy"}


def full() -> Any:
    spec = importlib.util.spec_from_file_location("full_settings", PLACE / "full.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OURS = [name for name in names() if experiment(name).cell.__module__.startswith("fullmenu.")]


@pytest.mark.parametrize("name", OURS)
def test_every_full_setting_has_a_script(name: str) -> None:
    script = PLACE / f"{name}.sh"
    assert os.access(script, os.X_OK)
    assert f'full.py" {name} "$@"' in script.read_text(encoding="utf-8")
    assert not set(full().TINY[name]) - set(experiment(name).settings) - {"seeds"}


@pytest.mark.parametrize("name", [n for n in OURS if n not in ("gan-stacked-mnist", "rlhf-trl")])
def test_it_runs_very_small(
    name: str, require: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = experiment(name).extras
    require(MODULES.get(extra, "torch"))
    if name == "descent":
        require("pytorch_optimizer")
    assert full().main(name, tmp_path, tiny=True, workers=None) == 0
    assert "claims hold" in capsys.readouterr().out
    assert list((tmp_path / name / "full" / "cells").rglob("*.json"))
