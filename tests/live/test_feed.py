"""A log copied into a store: each output once, however often it is begun, killed and rotated."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sqlalchemy", reason="sqlalchemy is not installed")

from fullmenu.live.feed import Feed
from fullmenu.store import Store


def lines(*numbers, **others):
    rows = ({"prompt": "A fruit?", "output": f"dish {n}", **others} for n in numbers)
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "store.db")) as store:
        yield store


def outputs(store):
    return [s.record.output.removeprefix("dish ") for s in store.samples()]


def total(feed):
    return sum(added.stored for added in feed.parts())


def test_a_log_goes_on_where_it_was_left(tmp_path, store):
    log = tmp_path / "log.jsonl"
    log.write_text(lines(1, 1, 2))
    feed = Feed(store, str(log), grows=True)
    assert total(feed) == 3
    with log.open("a") as file:
        file.write(lines(1, 1))
    assert total(feed) == 2
    with log.open("a") as file:
        file.write(lines(3) + '{"prompt": "A fruit?", "out')
    assert total(Feed(store, str(log), grows=True)) == 1
    assert outputs(store) == ["1", "1", "2", "1", "1", "3"]


def test_what_a_killed_one_stored_is_not_stored_again(tmp_path, store, monkeypatch):
    log = tmp_path / "log.jsonl"
    log.write_text(lines(1, 2))
    feed = Feed(store, str(log), grows=True)

    def killed(place):
        raise KeyboardInterrupt

    monkeypatch.setattr(feed, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        total(feed)
    assert outputs(store) == []
    assert total(Feed(store, str(log), grows=True)) == 2


def test_a_rotated_log_is_read_on(tmp_path, store):
    log = tmp_path / "log.jsonl"
    log.write_text(lines(1, 1))
    feed = Feed(store, str(log), grows=True)
    assert total(feed) == 2
    log.rename(tmp_path / "log.jsonl.1")
    log.write_text(lines(1, 1))
    assert total(feed) == 2
    assert outputs(store) == ["1"] * 4


def test_calls_that_have_a_name_are_known_whichever_way_they_come(tmp_path, store):
    log = tmp_path / "log.jsonl"
    log.write_text(lines(1, call_id="a") + lines(2, call_id="b"))
    Feed(store, str(log))
    assert [tuple(added) for added in Feed(store, str(log)).parts()] == [(2, 0)]
    other = tmp_path / "copy.jsonl"
    other.write_text(log.read_text() + lines(3, call_id="c"))
    assert [tuple(added) for added in Feed(store, str(other)).parts()] == [(1, 2)]


def test_a_log_that_is_read_as_a_whole_keeps_what_it_says(tmp_path, store):
    log = tmp_path / "log.json"
    row = {"prompt": "A fruit?", "output": "fig", "temperature": 0.5, "note": "ripe", "model": "m"}
    log.write_text(json.dumps([row, {**row, "output": "kiwi"}]))
    assert total(Feed(store, str(log))) == 2
    assert total(Feed(store, str(log))) == 0
    (first, _) = (s.record for s in store.samples())
    assert (first.parameters, first.extra) == ({"temperature": 0.5}, {"note": "ripe"})


def test_the_command_copies_and_needs_no_baseline(tmp_path, shell):
    log = tmp_path / "log.jsonl"
    log.write_text(lines(1, 2, 3))
    place = str(tmp_path / "there.db")
    told = shell("watch", str(log), "--store", place)
    assert (told.returncode, told.stdout) == (
        0, f"stored 3 samples in {place}; 0 were there already\n",
    )  # fmt: skip
    assert "stored 0 samples" in shell("watch", str(log), "--store", place).stdout
    told = shell("watch", str(log))
    assert told.returncode == 2 and "--baseline" in told.stderr
