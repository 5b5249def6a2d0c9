"""Two servers on one store, which both take samples and run watches: each sample counts once."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest

pytest.importorskip("sqlalchemy")

from fullmenu.live.watcher import Watcher
from fullmenu.samples import Record
from fullmenu.store import Store, WatchSettings

from .conftest import URLs

MODELS = ("one", "other")


def visits(model: str, first: int, n: int, seed: int) -> list[list[Record]]:
    rng = np.random.default_rng(seed)
    return [
        [
            Record(f"dish {rng.integers(40)} of {model}", f"Question {prompt}?", model=model,
                   call_id=f"{model} {first + i} {k}")
            for k in range(4)
        ]
        for i, prompt in enumerate(rng.integers(0, 25, n).tolist())
    ]  # fmt: skip


def test_each_sample_is_stored_once_and_watched_once(urls: URLs) -> None:
    url = urls("store")
    stores = [Store.open(url), Store.open(url)]
    for number, model in enumerate(MODELS):
        stores[0].add([r for part in visits(model, 0, 75, number) for r in part])
        last = next(m.last_id for m in stores[0].models() if m.model == model)
        settings = WatchSettings(views=["exact", "phrasing"])
        stores[0].set_baseline(model, (0, last), settings)
    watchers = [Watcher(store, poll=0.01) for store in stores]
    sent = {m: visits(m, 1_000, 60, 7 + i) for i, m in enumerate(MODELS)}
    failed: list[Exception] = []

    def serve(store: Store) -> None:
        try:
            for parts in zip(*sent.values(), strict=True):  # each server is sent all of it
                store.add([record for part in parts for record in part])
        except Exception as error:
            failed.append(error)

    for one in watchers:
        one.start()
    servers = [threading.Thread(target=serve, args=(store,)) for store in stores]
    for thread in servers:
        thread.start()
    for thread in servers:
        thread.join()
    watchers[0].stop()  # the other takes over
    deadline = time.monotonic() + 90
    while any(w.lag for w in stores[1].watches()) and time.monotonic() < deadline:
        time.sleep(0.05)
    watchers[1].stop()
    assert failed == []
    for watch in stores[1].watches():
        assert watch.error is None
        log = json.loads(stores[1].document(watch.id) or b"")["log"]
        assert log["outputs"] + log["waiting"] == 4 * 60
    assert {m.samples for m in stores[1].models()} == {4 * (75 + 60)}
    for store in stores:
        store.close()
