"""Engines run a function on every item, and survive what dies."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from fullmenu.engine.engines import TRIES, Engine, Local, Pool
from fullmenu.errors import BadInput, FullmenuError, UnknownName


def _twice(item: int) -> bytes:
    return bytes([2 * item])


def _refuse(item: int) -> bytes:
    raise UnknownName("view", "phrasin", ["phrasing", "answer"])


def _die(folder: Path, times: int, poison: int, item: int) -> bytes:
    """Die on one item so many times, as a process that is killed for its memory does."""
    tries = folder / f"{item}"
    before = len(tries.read_text()) if tries.exists() else 0
    tries.write_text("x" * (before + 1))
    if item == poison and before < times:
        os.kill(os.getpid(), signal.SIGKILL)
    return bytes([item])


@pytest.mark.parametrize("engine", [Local(), Pool(2)], ids=["local", "pool"])
def test_every_item_is_done_once(engine: Engine):
    assert sorted(engine.map(_twice, range(9))) == [(i, bytes([2 * i])) for i in range(9)]
    assert [*engine.map(_twice, [])] == []


@pytest.mark.parametrize("engine", [Local(), Pool(2)], ids=["local", "pool"])
def test_an_error_comes_out_as_it_was_raised(engine: Engine):
    with pytest.raises(UnknownName, match="did you mean 'phrasing'"):
        list(engine.map(_refuse, range(3)))


def test_a_process_that_dies_is_tried_again(tmp_path: Path):
    job = partial(_die, tmp_path, 1, 2)
    assert sorted(Pool(2).map(job, range(6))) == [(i, bytes([i])) for i in range(6)]


def test_an_item_that_kills_every_process_is_named_and_the_others_are_done(tmp_path: Path):
    done = []
    with pytest.raises(FullmenuError, match=f"worked on 3 died {TRIES} times"):
        for place, _ in Pool(2).map(partial(_die, tmp_path, 99, 3), range(6)):
            done.append(place)
    assert 3 not in done
    assert len(done) == len(set(done))


def test_a_pool_of_no_process_is_refused():
    with pytest.raises(BadInput, match="workers=0"):
        Pool(0)
