"""A watch of a store: the same alarms as of a file, each sample once, whoever runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")


import fullmenu as fm
from fullmenu.live import (
    Session,
    SessionSettings,
    Watcher,
    fingerprint,
    open_log,
    store_log,
    watcher,
)
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Record
from fullmenu.store import Store, WatchSettings

EXACT = WatchSettings(views=["exact", "phrasing"])


def records(text: str) -> list[Record]:
    rows = map(json.loads, text.splitlines())
    return [Record(r["response"], r["prompt"], parameters=r.get("parameters")) for r in rows]


@pytest.fixture
def store(tmp_path: Path, before: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as store:
        store.add(records(before.read_text()))
        yield store


def begin(store: Store) -> int:
    return store.set_baseline(None, (0, 300), EXACT).id


def run(store: Store) -> None:
    one = Watcher(store)
    while one.turn():
        pass
    one.stop()


def of_file(log: Path, before: Path) -> list[Alarm]:
    past = fm.read(before)
    views = EXACT.views
    session = Session.open(SessionSettings("log", fingerprint(past), views), past)
    cursor = open_log(log)
    session.begin(cursor)
    for _ in session.batches(cursor):
        pass
    return session.monitor.alarms


def of_store(store: Store, watch: int) -> list[Alarm]:
    return [a.alarm for a in store.alarms(watch=watch)][::-1]


def same(a: list[Alarm], b: list[Alarm]) -> bool:
    """Whether alarms are the same, and as strong to the twelfth digit."""
    return len(a) == len(b) and all(
        replace(x, strength=0, evidence=()) == replace(y, strength=0, evidence=())
        and x.strength == pytest.approx(y.strength, rel=1e-12)
        and dict(x.evidence) == pytest.approx(dict(y.evidence), rel=1e-9)
        for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize("size", [3, 50, 400])
def test_a_store_gives_the_alarms_of_the_file(
    store: Store, before: Path, log: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_log, "PART", 3 * size)
    watch = begin(store)
    new = records(log.read_text())
    for i in range(0, len(new), size):
        store.add(new[i : i + size])
        if i % (5 * size) == 0:
            run(store)  # each time a new watcher, as after a restart
    run(store)
    monkeypatch.setattr(watcher, "QUIET", 0)  # the file ends: so does its last visit
    run(store)
    raised = of_store(store, watch)
    assert raised
    assert same(raised, of_file(log, before))
