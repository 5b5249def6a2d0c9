"""A store keeps what it was given, once, and gives it back."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fullmenu.errors import BadInput, UnknownName
from fullmenu.samples import Record

from .conftest import URLs

if TYPE_CHECKING:
    from fullmenu.store import Store

NOON = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)
FULL = Record(
    "A fig – 無花果.",
    "Name a fruit",
    "fruit",
    "bot/1",
    NOON,
    0.5,
    3,
    "spans",
    [-0.25, float("-inf")],
    [{"name": "eat", "arguments": '{"what": "fig"}'}],
    "stop",
    "fp_1",
    {"temperature": 0.7, "stop": ["a"]},
    "trace/span",
    {"step": 7, "team": "kitchen"},
)


def served(n: int, model: str | None = "bot", first: int = 0) -> list[Record]:
    return [
        Record(f"dish {i}", f"day {i % 5}", model=model, time=NOON + timedelta(minutes=i))
        for i in range(first, first + n)
    ]


def test_every_field_of_a_sample_comes_back(store: Store) -> None:
    bare = Record("just a text")
    store.add([FULL, bare])
    first, second = store.samples()
    assert first.record == FULL
    assert second.record == bare
    assert (first.id, second.id) == (1, 2)
    assert abs((datetime.now(timezone.utc) - first.arrived).total_seconds()) < 60


def test_a_sample_is_stored_once(store: Store) -> None:
    batch = served(20)
    assert store.add(batch) == (20, 0)
    assert store.add(batch) == (0, 20)
    assert store.add(batch[:5] + served(3, first=20)) == (3, 5)
    assert [m.samples for m in store.models()] == [23]


def test_outputs_of_one_call_that_are_the_same_are_samples_each(store: Store) -> None:
    fig = Record("fig", "Fruit?", call_id="7")
    assert store.add([fig, fig, fig]) == (3, 0)
    assert store.add([fig, fig, fig]) == (0, 3)


def test_what_names_no_call_and_no_time_is_always_new(store: Store) -> None:
    assert store.add([Record("Yes.", "Is it?")]).stored == 1
    assert store.add([Record("Yes.", "Is it?")]).stored == 1


def test_keys_of_the_callers_decide(store: Store) -> None:
    fig = Record("fig", "Fruit?", call_id="7")
    assert store.add([fig, fig, fig], keys=["a", "b", "a"]) == (2, 1)
    with pytest.raises(BadInput, match="2 keys for 1 samples"):
        store.add([fig], keys=["a", "b"])


def test_pages_go_by_number(store: Store) -> None:
    store.add(served(10, "a") + served(10, None))
    assert [s.id for s in store.samples(limit=4)] == [1, 2, 3, 4]
    assert [s.id for s in store.samples(4, 7)] == [5, 6, 7]
    assert [s.id for s in store.samples(newest=True, limit=3)] == [20, 19, 18]
    assert [s.id for s in store.samples(model="a", after=8)] == [9, 10]
    assert [s.id for s in store.samples(model=None, limit=2)] == [11, 12]
    assert [s.id for s in store.samples(prompt_id="day 1")] == [2, 7, 12, 17]
    assert [s.id for s in store.samples(prompt_id="day 1", model="a")] == [2, 7]
    assert store.samples(model="no such") == store.samples(prompt_id="none") == []


def test_one_id_may_stand_for_many_prompts(store: Store) -> None:
    store.add([Record(f"dish {i}", f"Today is {i}", "daily", call_id=str(i)) for i in range(1200)])
    assert [s.id for s in store.samples(prompt_id="daily", newest=True, limit=2)] == [1200, 1199]
    assert store.samples(prompt_id="Today is 1") == []


def test_models_prompts_and_days_are_counted(store: Store) -> None:
    store.add(served(10, "a"))
    store.add(served(7, None))
    store.add(
        [Record("", "day 0", model="a", time=NOON + timedelta(days=1), finish_reason="length")]
    )
    a, none = store.models()
    assert (a.model, a.samples, a.prompts, a.last_id) == ("a", 11, 5, 18)
    assert (a.first_time, a.last_time) == (NOON, NOON + timedelta(days=1))
    assert (none.model, none.samples, none.prompts) == (None, 7, 5)
    some, on = store.search_prompts("a", "", limit=2)
    assert [(p.prompt_id, p.samples) for p in some] == [("day 0", 3), ("day 1", 2)]
    rest, end = store.search_prompts("a", "DAY", after=on or 0)
    assert ([p.samples for p in rest], end) == ([2, 2, 2], None)
    assert store.search_prompts("a", "night") == ([], None)
    first, second = store.days("a")
    assert (first.samples, first.characters, first.squares) == (10, 60, 360)
    assert (second.samples, second.empty, second.cut) == (1, 1, 1)
    assert second.day == datetime(2026, 5, 5, tzinfo=timezone.utc)


def test_a_search_looks_through_so_many_prompts_and_then_asks_on(store: Store) -> None:
    store.add([Record("x", f"prompt {i}", model="m", call_id=str(i)) for i in range(30)])
    found, on = store.search_prompts("m", "PROMPT 29", most=10)
    assert found == [] and on is not None
    seen = 1
    while on is not None and not found:
        found, on = store.search_prompts("m", "prompt 29", after=on, most=10)
        seen += 1
    assert [p.prompt for p in found] == ["prompt 29"] and seen == 3
    assert [p.prompt for p in store.search_prompts("m", "", limit=2)[0]] == ["prompt 0", "prompt 1"]
    assert store.search_prompts("m", "%") == ([], None)
    assert store.search_prompts("nobody", "prompt") == ([], None)


def test_text_that_a_database_cannot_hold_is_made_harmless(store: Store) -> None:
    nasty = Record(
        "a\x00b\ud800", "p\x00", "\udfff", "m\x00", score=float("nan"),
        parameters={"stop": "\x00\ud800"}, extra={"x\x00": "y" * 99},
        calls=[{"name": "\ud800", "arguments": "\x00"}],
    )  # fmt: skip
    assert store.add([nasty, nasty]).stored == 2
    r = store.samples()[0].record
    assert (r.output, r.prompt, r.model, r.score) == ("a\ufffdb\ufffd", "p\ufffd", "m\ufffd", None)
    assert store.samples(model="m\x00", limit=1)[0].record == r
    with pytest.raises(BadInput, match="sample_index=2147483648"):
        store.add([Record("x", sample_index=2**31)])


def test_a_second_process_sees_the_same_store(urls: URLs) -> None:
    from fullmenu.store import Store

    with Store.open(urls("one")) as a, Store.open(urls("one")) as b:
        a.add(served(3))
        assert b.add(served(5)) == (2, 3)
        assert [s.id for s in a.samples()] == [1, 2, 3, 4, 5]


def test_writers_of_many_threads_lose_nothing(store: Store, urls: URLs) -> None:
    from fullmenu.store import Store

    other = Store.open(urls("store"))
    seen: list[int] = []

    def write(to: Store, first: int) -> None:
        for i in range(first, first + 100, 10):
            to.add(served(10, f"m{i % 3}", i))

    done = threading.Event()

    def read() -> None:
        place = 0
        while len(seen) < 600 and not done.is_set():
            for s in store.samples(place, limit=50):
                seen.append(s.id)
                place = s.id
            time.sleep(0.002)  # else it keeps writers from the interpreter

    threads = [threading.Thread(target=write, args=(to, 100 * i)) for i, to in
               enumerate([store, other, store, other, store, other])]  # fmt: skip
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done.set()
    threads[-1].join()
    other.close()
    assert seen == list(range(1, 601))  # a reader never passes a number that is still to come
    assert sum(m.samples for m in store.models()) == 600


def test_a_baseline_is_a_range_of_a_models_samples(store: Store) -> None:
    from fullmenu.store import Range, WatchSettings

    store.add(served(10, "a") + served(10, "b"))
    first = store.set_baseline("a", Range(0, 8), WatchSettings(views=["exact"]))
    assert (first.name, first.model, first.baseline, first.position) == ("a", "a", (0, 8), 8)
    assert (first.lag, first.settings.views) == (2, ["exact"])
    second = store.set_baseline("a", (2, 10))
    assert [w.id for w in store.watches()] == [second.id]
    assert [w.ended is None for w in store.watches(ended=True)] == [False, True]
    assert store.watch("a") == store.watch(second.id)
    assert store.state(second.id) == (0, None)
    store.end_watch(second.id)
    assert store.watches() == []
    with pytest.raises(BadInput, match="no sample of the model 'a' is in the range"):
        store.set_baseline("a", (10, 20))
    with pytest.raises(UnknownName, match="unknown model 'c'"):
        store.set_baseline("c", (0, 8))
    with pytest.raises(UnknownName, match="unknown watch"):
        store.watch("a")


def test_settings_tokens_and_changes(store: Store) -> None:
    assert store.setting("webhooks", []) == []
    store.set("webhooks", [{"url": "https://example.com"}])
    store.set("webhooks", [{"url": "https://example.org"}])
    assert store.setting("webhooks") == [{"url": "https://example.org"}]
    store.set("webhooks", None)
    assert store.setting("webhooks") is None

    secret = store.add_token("ci", "ingest")
    assert store.check(secret) == "ingest"
    assert store.check(secret[:-1]) is None
    [token] = store.tokens()
    assert (token.name, token.scope) == ("ci", "ingest")
    assert secret not in repr(token)
    store.revoke(token.id)
    assert store.check(secret) is None

    store.add_change("v2 released", model="a", at=NOON)
    store.add_change("new template")
    assert [c.text for c in store.changes()] == ["new template", "v2 released"]
    assert [c.model for c in store.changes(until=NOON)] == ["a"]


def test_old_samples_go_and_counts_stay(store: Store) -> None:
    store.add(served(2500, "a"))
    store.add(served(100, "b"))
    days = store.days()
    assert store.prune(keep=300) == (2300, 0)
    assert [(m.model, m.samples, m.prompts) for m in store.models()] == [
        ("b", 100, 5),
        ("a", 200, 5),
    ]
    assert store.samples(limit=1)[0].id == 2301
    assert store.days() == days
    assert store.prune(before=datetime.now(timezone.utc) + timedelta(hours=1)) == (300, 0)
    assert store.samples() == store.search_prompts("a", "")[0] == []
    assert [m.samples for m in store.models()] == [0, 0]
    assert store.add(served(1)).stored == 1
    assert store.samples()[0].id == 2601  # numbers never come again
    with pytest.raises(BadInput, match="what is to go"):
        store.prune()


def test_what_a_watch_needs_stays(store: Store) -> None:
    store.add(served(50, "a"))
    store.set_baseline("a", (10, 20))
    store.add(served(50, "b"))
    assert store.prune(keep=0) == (60, 40)
    assert {s.id for s in store.samples()} == {*range(11, 51)}


def test_an_export_reads_back_as_the_same_samples(store: Store, tmp_path: Path) -> None:
    import fullmenu as fm
    from fullmenu.samples import Samples

    records = [FULL, *served(20), Record("plain", "Fruit?"), Record('["a", "list"]')]
    records = [r._replace(source="api") for r in records]  # else it is the file's name
    store.add(records)
    assert store.export(tmp_path / "out.parquet") == 23
    back = fm.read(tmp_path / "out.parquet")
    there = Samples.from_records(records)
    assert back == replace(there, notes=back.notes)
    assert (
        store.export(tmp_path / "b.parquet", model="bot", since=NOON + timedelta(minutes=15)) == 5
    )


def test_size(store: Store) -> None:
    store.add(served(100))
    assert store.size().bytes > 10_000
