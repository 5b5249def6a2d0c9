"""A watch of a store: the same alarms as of a file, each sample once, whoever runs it."""

from __future__ import annotations

import json
import time
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
from fullmenu.monitor.visits import gather
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Record, Samples
from fullmenu.store import Store, WatchSettings

from .conftest import visits

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


def seen(text: str, *, ended: bool = False) -> int:
    """How many visits a text holds, without the last where that may go on."""
    return len(gather(Samples.from_records(records(text)))) - (not ended)


def all_at_once(store: Store, log: Path) -> None:
    store.add(records(log.read_text()))


def test_a_watch_follows_one_model(store: Store, before: Path, log: Path) -> None:
    rows = records(before.read_text())
    store.add([r._replace(model="a") for r in rows])
    store.add([r._replace(model="b") for r in rows])
    a = store.set_baseline("a", (0, store.models()[1].last_id), EXACT)
    b = store.set_baseline("b", (0, store.models()[0].last_id), EXACT)
    new = records(log.read_text())
    steady = records(visits(100, seed=5))
    for x, y in zip(new, steady, strict=True):
        store.add([x._replace(model="a"), y._replace(model="b")])
    run(store)
    assert [x.watch for x in store.alarms()] == [a.id]
    assert [x.watch for x in store.alarms(model="a", standing=True)] == [a.id]
    assert store.alarms(model="b") == []
    assert [w.lag for w in store.watches()] == [0, 0]
    document = json.loads(store.document(b.id) or b"")
    assert document["visits"] == seen(visits(100, seed=5))
    assert document["log"] == {"label": "b", "outputs": 396, "waiting": 4}


def test_two_watchers_share_the_watches(store: Store, before: Path, log: Path) -> None:
    watch = begin(store)
    all_at_once(store, log)
    other = Store.open(str(store))
    watchers = [Watcher(store, poll=0.01), Watcher(other, poll=0.01)]
    for one in watchers:
        one.start()
    deadline = time.monotonic() + 60
    while store.watches()[0].lag and time.monotonic() < deadline:
        time.sleep(0.02)
    for one in watchers:
        one.stop()
    other.close()
    assert json.loads(store.document(watch) or b"")["visits"] == seen(log.read_text())
    assert len(store.alarms()) == 1


def test_a_watch_that_was_taken_from_its_watcher_counts_nothing_twice(
    store: Store, before: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_log, "PART", 50)
    watch = begin(store)
    all_at_once(store, log)
    slow, quick = Watcher(store), Watcher(store)
    for _ in range(3):
        slow.turn()
    store.release(slow.keeper)  # as when it stood still for longer than its lease
    quick.turn()
    slow.turn()
    assert store.watches()[0].error is None
    while quick.turn():
        pass
    monkeypatch.setattr(watcher, "QUIET", 0)
    quick.turn()
    assert json.loads(store.document(watch) or b"")["visits"] == seen(log.read_text(), ended=True)
    assert same(of_store(store, watch), of_file(log, before))


def test_an_error_of_one_watch_stops_no_other(
    store: Store, before: Path, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.add([Record("alone", "Why?", model="a")])
    bad = store.set_baseline("a", (0, 400), EXACT)
    store.keep_state(bad.id, 0, b"no state", 400)
    begin(store)
    store.add([Record("again", "Why?", model="a")])
    all_at_once(store, log)
    run(store)
    a, none = store.watches()
    assert a.error is not None and "the state of the watch 'a'" in a.error
    assert "cannot go on" in caplog.text
    assert none.error is None
    assert [x.model for x in store.alarms()] == [None]


def test_an_alarm_stands_until_it_is_acknowledged(store: Store, before: Path, log: Path) -> None:
    begin(store)
    all_at_once(store, log)
    run(store)
    [alarm] = store.alarms(standing=True)
    store.add(records(visits(60, dishes=2, seed=3)))
    run(store)
    [again] = store.alarms()
    assert again.alarm.again > alarm.alarm.again

    noted = store.acknowledge(alarm.id, "Ann")
    assert (noted.by, noted.acknowledged is not None) == ("Ann", True)
    assert store.alarms(standing=True) == []
    store.add(records(visits(60, dishes=2, seed=4)))
    run(store)
    assert [x.acknowledged is None for x in store.alarms()] == [True, False]
    assert [x.id for x in store.alarms(standing=True)] == [store.alarms()[0].id]


def test_a_new_baseline_ends_the_watch_and_keeps_its_alarms(
    store: Store, before: Path, log: Path
) -> None:
    begin(store)
    all_at_once(store, log)
    one = Watcher(store)
    while one.turn():
        pass
    last = store.models()[0].last_id
    second = store.set_baseline(None, (last - 160, last), EXACT)
    store.add(records(visits(40, dishes=2, seed=6)))
    while one.turn():
        pass
    assert len(store.alarms()) == 1
    assert store.alarms(standing=True) == []
    assert json.loads(store.document(second.id) or b"")["visits"] == seen(
        visits(40, dishes=2, seed=6)
    )
    assert store.alarms(watch=second.id) == []


def test_what_is_asked_with_is_kept_of_an_open_visit(
    store: Store, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = begin(store)
    cold = [
        r._replace(parameters={"temperature": 0.1 if i >= 80 else 1.0})
        for i, r in enumerate(records(visits(30, seed=1)))
    ]
    for i in range(0, len(cold), 5):  # every other part ends within a visit
        store.add(cold[i : i + 5])
        run(store)
    document = json.loads(store.document(watch) or b"")
    assert [(c["visit"], c["value"]) for c in document["changes"]] == [(21, "0.1")]


def test_a_few_samples_wait_for_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(store)
    one = Watcher(store)
    store.add(records(visits(10, seed=1)))
    assert not one.turn(patience=3600)
    assert store.watches()[0].lag == 40
    store.add(records(visits(10, seed=2)))
    assert one.turn(patience=3600)
    assert store.watches()[0].lag == 0


def test_an_error_is_over_when_the_watch_goes_on(
    store: Store, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = begin(store)
    store.keep_error(watch, "the database went away")
    Watcher(store).turn()
    assert store.watches()[0].error is None


def test_a_watch_that_cannot_go_on_rests_longer_each_time(
    store: Store, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("fullmenu.live.watcher.time.monotonic", lambda: now[0])
    store.keep_state(begin(store), 0, b"no state", 300)
    all_at_once(store, log)
    tried = []
    one = Watcher(store)
    read = store.state
    monkeypatch.setattr(store, "state", lambda watch: tried.append(now[0]) or read(watch))
    while now[0] < 1000:
        one.turn()
        now[0] += 10
    assert tried == [0, 30, 90, 210, 450, 930]
