"""Engines: every item once, whatever happens to a process."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from fullmenu.engine.engines import Local, Pool
from fullmenu.errors import BadInput, FullmenuError


def twice(item: int) -> bytes:
    return str(2 * item).encode()


def dies_once(folder: str, item: int) -> bytes:
    mark = Path(folder, "died")
    if item == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return str(item).encode()


def dies_always(item: int) -> bytes:
    if item == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return str(item).encode()


def refuses(item: int) -> bytes:
    raise BadInput(f"item {item} is no log")


@pytest.mark.parametrize("engine", [Local(), Pool(2)])
def test_every_item_gives_once(engine):
    assert sorted(engine.map(twice, range(9))) == [(i, str(2 * i).encode()) for i in range(9)]


def test_a_process_that_dies_takes_no_item_with_it(tmp_path):
    gave = sorted(Pool(2).map(partial(dies_once, str(tmp_path)), range(7)))
    assert gave == [(i, str(i).encode()) for i in range(7)]


def test_an_item_that_always_kills_its_process_is_named_and_the_others_are_done():
    gave = []
    with pytest.raises(FullmenuError, match="worked on 2 died 3 times"):
        for place, _ in Pool(2).map(dies_always, range(6)):
            gave.append(place)
    assert 2 not in gave and len(gave) == len({*gave})


def test_an_error_in_a_job_comes_through():
    with pytest.raises(BadInput, match="item 0 is no log"):
        list(Pool(1).map(refuses, range(3)))


def test_no_workers_are_refused():
    with pytest.raises(BadInput, match="workers=0"):
        Pool(0)
