"""Engines: what runs one function on many items and hands on what each gave, as it is done."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Protocol

from fullmenu.errors import BadInput, FullmenuError

TRIES = 3
"""How often an item is tried whose process died."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Engine(Protocol):
    """What runs one function on many items."""

    workers: int

    def map(self, job: Callable[[Any], bytes], items: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        """Yield the place of each item and what ``job`` made of it, in any order.

        ``job`` and the items can be pickled. An error in a job ends the run.
        """


class Local:
    """This process, one item after another.

    >>> list(Local().map(str.encode, ["a", "b"]))
    [(0, b'a'), (1, b'b')]
    """

    workers = 1

    def map(self, job: Callable[[Any], bytes], items: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        """Yield what ``job`` makes of every item, in order."""
        for place, item in enumerate(items):
            yield place, job(item)


class Pool:
    """Processes of this machine.

    A process that dies takes no other item with it: what it had is tried again, alone, up to
    :data:`TRIES` times.

    Parameters
    ----------
    workers
        How many; by default one a core.
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise BadInput(f"workers={workers}: it takes one process at least")
        self.workers = workers or os.cpu_count() or 1

    def map(self, job: Callable[[Any], bytes], items: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        """Yield what ``job`` makes of every item, as each is done.

        Raises
        ------
        FullmenuError
            The process that had an item died, each time that it was tried.
        """
        waiting = list(reversed(range(len(items))))
        died: dict[int, int] = {}
        while waiting:
            alone = any(place in died for place in waiting)
            try:
                yield from self._until_one_dies(job, items, waiting, alone)
            except _Died as death:
                for place in death.places:
                    died[place] = died.get(place, 0) + 1
                    if died[place] >= TRIES and len(death.places) == 1:
                        raise FullmenuError(
                            f"the process that worked on {_called(items[place])} died {TRIES} "
                            "times, perhaps for want of memory: give --memory less, or fewer "
                            "--workers"
                        ) from None
                waiting += death.places

    def _until_one_dies(
        self, job: Callable[[Any], bytes], items: Sequence[Any], waiting: list[int], alone: bool
    ) -> Iterator[tuple[int, bytes]]:
        running: dict[Future[bytes], int] = {}
        most = 1 if alone else 2 * self.workers
        with (
            _one_thread_each(),
            ProcessPoolExecutor(
                min(self.workers, len(waiting)), multiprocessing.get_context("spawn")
            ) as pool,
        ):
            try:
                while waiting or running:
                    while waiting and len(running) < most:
                        place = waiting.pop()
                        running[pool.submit(job, items[place])] = place
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        result = future.result()
                        yield running.pop(future), result
                    if alone:
                        most = 2 * self.workers
            except BrokenProcessPool:
                raise _Died(sorted(running.values(), reverse=True)) from None
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


class _Died(Exception):
    def __init__(self, places: list[int]) -> None:
        self.places = places


def _called(item: Any) -> str:
    return str(getattr(item, "source", item))[:200]


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that are started here compute on one thread each: there is one a core."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
