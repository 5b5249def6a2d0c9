"""``fullmenu alarms`` and ``fullmenu export`` as a user calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests.live.conftest import visits
from typer.testing import CliRunner, Result

import fullmenu as fm
from fullmenu.cli.app import app
from fullmenu.errors import BadInput
from fullmenu.samples import Record

pytest.importorskip("sqlalchemy")

from fullmenu.live import Watcher
from fullmenu.store import Store, WatchSettings

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [*map(str, words)])


def filled() -> None:
    def records(text: str, first: int) -> list[Record]:
        rows = enumerate(map(json.loads, text.splitlines()), first)
        return [
            Record(
                r["response"], r["prompt"], model="bot",
                time=datetime.fromtimestamp(1_790_000_000 + 3600 * i, timezone.utc),
            )
            for i, r in rows
        ]  # fmt: skip

    with Store.open() as store:
        store.add(records(visits(0, order=range(25), each=12, seed=9), 0))
        store.set_baseline("bot", (0, 300), WatchSettings(views=["phrasing"]))
        store.add(records(visits(60, seed=1) + visits(40, dishes=2, seed=2), 300))
        watcher = Watcher(store)
        while watcher.turn():
            pass
        watcher.stop()


def test_alarms_are_listed_and_acknowledged(run: Run) -> None:
    filled()
    listed = run("alarms")
    assert listed.exit_code == 3
    assert "1  bot  raised" in listed.output
    assert "▼ stands" in listed.output
    assert "bot now gives more near-duplicates" in listed.output
    assert "since about visit" in listed.output

    [plain] = json.loads(run("alarms", "--json").output)
    assert (plain["id"], plain["model"], plain["acknowledged"]) == (1, "bot", None)
    assert plain["alarm"]["stream"] == "near_duplicates"

    noted = run("alarms", "--acknowledge", 1, "--by", "Ann")
    assert noted.exit_code == 0
    assert "no alarm stands in fullmenu.db" in noted.output
    assert "by Ann" in run("alarms", "--all").output
    assert run("alarms", "--all", "--model", "none").output.startswith("no alarm is")

    error = run("alarms", "--acknowledge", 7).exception
    assert isinstance(error, BadInput)
    assert str(error) == "there is no alarm 7 in fullmenu.db: `fullmenu alarms` lists them"


def test_an_export_is_read_by_the_other_commands(run: Run) -> None:
    filled()
    assert run("export", "all.parquet").output == "700 samples: all.parquet\n"
    day = "2026-09-22"
    assert run("export", "day.parquet", "--since", day, "--until", day).exit_code == 0
    assert len(fm.read("day.parquet")) == 24
    assert run("export", "bot.parquet", "--model", "bot").exit_code == 0

    for words, why in (
        (("export", "x.csv"), "samples are written as .parquet"),
        (("export", "x.parquet", "--model", "cat"), "no sample in fullmenu.db is of that model"),
        (("export", "x.parquet", "--since", "soon"), "since is 'soon'"),
        (("export", "no/x.parquet"), "no"),
        (("export", "x.parquet", "--store", "other.db"), "there is no store other.db"),
        (("alarms", "--store", "other.db"), "there is no store other.db"),
    ):
        error = run(*words).exception
        assert isinstance(error, BadInput), words
        assert why in str(error)
    assert not list(Path().glob("*x.parquet*"))
