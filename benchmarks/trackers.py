"""Numbers of a watch reach the trackers that a trainer of TRL reports to, read back from disk.

Trackers are heavy, and ask for older packages than the tests have: install them (``mlflow-skinny``,
``wandb``, ``trackio``) with ``fullmenu[trl]`` in an environment of their own.

Run: python -m pytest benchmarks/trackers.py
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import require
from tests.integrations.test_trl import base, trainer

from fullmenu.train import Watch

__all__ = ["base", "require"]

pytestmark = pytest.mark.filterwarnings("ignore")

NAME = "variety/phrasing/effective_number"


def trained(base: Path, folder: Path, tracker: str) -> Watch:
    from fullmenu.integrations.trl import VarietyCallback

    watch = Watch(every=2, baseline=1, views=["phrasing"])
    trainer(base, folder, VarietyCallback(watch), report_to=[tracker], run_name="tiny").train()
    return watch


def test_mlflow(base: Path, tmp_path: Path, require: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = require("mlflow")
    require("trl")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "runs").as_uri())
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    trained(base, tmp_path, "mlflow")
    [file] = (tmp_path / "runs").rglob(f"metrics/*{NAME}")
    assert len(file.read_text().splitlines()) == 4


def test_wandb_offline(
    base: Path, tmp_path: Path, require: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("wandb")
    require("trl")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    trained(base, tmp_path, "wandb")
    [file] = tmp_path.rglob("run-*.wandb")
    assert NAME.encode() in file.read_bytes()


def test_trackio(base: Path, tmp_path: Path, require: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))  # read when it is imported
    require("trackio")
    require("trl")
    trained(base, tmp_path, "trackio")
    told = 0
    for path in (tmp_path / "trackio").glob("*.db"):
        with sqlite3.connect(path) as database:
            rows = database.execute("SELECT CAST(metrics AS TEXT) FROM metrics")
            told += sum(NAME in row for (row,) in rows)
    assert told == 4
