"""The watcher of a store: one thread that counts what comes, for every watch in turn."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

import msgspec

from fullmenu.errors import FullmenuError
from fullmenu.live.cursors import LastSample, fingerprint
from fullmenu.live.documents import document_of
from fullmenu.live.rounds import go_round
from fullmenu.live.session import Session
from fullmenu.live.state import SessionSettings
from fullmenu.live.store_log import StoreCursor, StoreState, records_of
from fullmenu.monitor.visits import gather
from fullmenu.report.document import to_json
from fullmenu.samples import Samples
from fullmenu.store import Store, StoredWatch

if TYPE_CHECKING:
    from fullmenu.monitor.baseline import Traffic

_LOG = logging.getLogger(__name__)

QUIET = 600.0
"""Seconds without a sample of a model after which its open visit counts as ended."""

LEASE = 10.0
"""Seconds for which a server takes a watch; while it lives it takes it anew."""

RESTING = 30.0
"""Seconds after which a watch that could not go on is tried again; each time twice as many."""

LONGEST = 3600.0
"""And at most so many."""

FEW, PATIENCE = 64, 5.0
"""So few samples wait for others to come, so many seconds at most: each part saves a state."""

WINDOW = 1_000
"""Samples before its place in which a watch that goes on looks for signs of the pipe."""

DRAWN = 10.0
"""Seconds between two documents of a watch that is behind."""


@dataclass
class Running:
    """A watch that is being run; ``stale``: its document is older than its state."""

    watch: StoredWatch
    state: StoreState
    session: Session
    cursor: StoreCursor
    drawn: float = float("-inf")
    stale: bool = True


class Watcher:
    """Runs the watches of a store, behind whatever stores samples in it.

    Every sample counts once, whichever server runs the watch and however it was stopped: the state
    of a watch, its place and its alarms are kept in one transaction. An error of one watch is kept
    with it (``StoredWatch.error``) and stops no other. Of two watchers of one
    store, each watch has one.

    An open visit ends with the next sample of another prompt of its model, as in a file that is
    followed; or when nothing has come of the model for ten minutes.
    Outputs of one prompt that are further apart than that may count as two visits.

    Parameters
    ----------
    store
        Where samples come to; it stays open.
    poll
        Seconds between two looks where nothing has come.

    Examples
    --------
    >>> import tempfile
    >>> store = Store.open(f"{tempfile.mkdtemp()}/store.db")
    >>> watcher = Watcher(store)
    >>> watcher.turn()  # nothing is watched
    False
    """

    def __init__(self, store: Store, *, poll: float = 0.5) -> None:
        self.store, self.poll = store, poll
        self.keeper = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._running: dict[int, Running] = {}
        self._resting: dict[int, tuple[float, float]] = {}
        self._ours: dict[int, float] = {}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Run in threads of its own, until :meth:`stop`."""
        self._stop.clear()
        for run in (self._loop, self._hold):
            thread = threading.Thread(target=run, name=f"watcher{run.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End after what is being counted; the watches are free for others at once."""
        self._stop.set()
        for thread in self._threads:
            thread.join(10)
            if thread.is_alive():
                return  # what it has not saved is counted anew by whoever goes on
        self._threads = []
        try:
            for now in self._running.values():
                self._draw(now)
            self.store.release(self.keeper)
        except FullmenuError as error:
            _LOG.warning("%s", error)

    def turn(self, patience: float = 0.0) -> bool:
        """Count the next part of every watch; tell whether there was anything to count.

        ``patience``: how many seconds a few samples may wait for others to come.
        """
        watches = self.store.watches()
        for number in (self._running.keys() | self._ours.keys()) - {w.id for w in watches}:
            self._lose(number)
        counted = False
        for watch in watches:
            if self._stop.is_set():
                break
            until, rested = self._resting.get(watch.id, (0.0, RESTING / 2))
            if time.monotonic() < until:
                continue
            try:
                counted |= self._advance(watch, patience)
                self._resting.pop(watch.id, None)
            except Exception as error:  # of whatever kind: the other watches go on
                self._lose(watch.id)
                rests = min(2 * rested, LONGEST)
                self._resting[watch.id] = time.monotonic() + rests, rests
                self._failed(watch, error)
        return counted

    def _loop(self) -> None:
        go_round(
            lambda: self.turn(PATIENCE), self._stop, self.poll, "the watches cannot go on now", _LOG
        )

    def _hold(self) -> None:
        """Take what is ours anew, in time, however long it takes to count or to fit."""
        while not self._stop.wait(LEASE / 4):
            for number in list(self._ours):
                try:
                    self._take(number)
                except FullmenuError as error:
                    _LOG.warning("%s", error)

    def _take(self, watch: int) -> bool:
        """Take a watch, unless a server has it that lives, as far as can be seen."""
        until = time.monotonic() + LEASE / 2
        if not self.store.claim(watch, self.keeper, LEASE):
            keeper = self.store.keeper(watch)
            if keeper is None or not _is_gone(keeper):
                return False
            self.store.release(keeper)
            if not self.store.claim(watch, self.keeper, LEASE):
                return False
        self._ours[watch] = until
        return True

    def _lose(self, watch: int) -> None:
        self._running.pop(watch, None)
        self._ours.pop(watch, None)

    def _failed(self, watch: StoredWatch, error: Exception) -> None:
        said = str(error) if isinstance(error, FullmenuError) else repr(error)
        try:
            if not self._take(watch.id):
                return  # another server has it now
            self._lose(watch.id)
            self.store.keep_error(watch.id, said)
        except FullmenuError as worse:
            said = str(worse)
        if said != watch.error:
            _LOG.error("the watch %r cannot go on: %s", watch.name, said)

    def _advance(self, watch: StoredWatch, patience: float) -> bool:
        """Count one part of a watch's samples, if it is ours; tell whether there was any."""
        if self._ours.get(watch.id, 0) < time.monotonic() and not self._take(watch.id):
            self._lose(watch.id)
            return False
        if watch.id not in self._running:
            self._running[watch.id] = self._begin(watch)
            if watch.error is not None:
                self.store.keep_error(watch.id, None)
        now = self._running[watch.id]
        self._acknowledge(now)
        due = watch.lag > FEW or (watch.lag > 0 and watch.lag_seconds >= patience)
        closes = not watch.lag and self._quiet(now)
        if due or closes:
            now.session.grows = not closes
            for raised in now.session.batches(now.cursor):
                now.stale = True
                if raised:
                    now.drawn = float("-inf")
                if self._stop.is_set() or now.session.until is None:
                    break  # one part a turn
        if time.monotonic() > now.drawn + (DRAWN if watch.lag else 0):
            self._draw(now)
        return due

    def _quiet(self, now: Running) -> bool:
        """Tell whether a visit has been open for so long that nothing more will come of it."""
        if not now.session.held:
            return False
        last = self.store.samples(model=now.watch.model, newest=True, limit=1)
        age = datetime.now(timezone.utc) - last[0].arrived if last else timedelta(seconds=QUIET)
        return age.total_seconds() >= QUIET

    def _acknowledge(self, now: Running) -> None:
        """Tell the monitor of alarms that were acknowledged in the store."""
        taken = self.store.alarms(watch=now.watch.id, standing=False, limit=1)
        monitor = now.session.monitor
        if taken and monitor.standing:
            n = sum(a.visit <= taken[0].alarm.visit for a in monitor.alarms)
            if n > monitor.acknowledged:
                monitor.acknowledged = n
                now.session.save()
                now.stale = True

    def _draw(self, now: Running) -> None:
        """Keep the document of a watch, if it is not the one that is there."""
        if now.stale:
            after, until = now.watch.baseline
            model = now.watch.model or "outputs that name no model"
            document = document_of(now.session, [f"samples {after + 1:,} to {until:,}", model])
            data = msgspec.json.encode(to_json(document))
            self.store.keep_document(now.watch.id, now.state.version, data)
            now.stale, now.drawn = False, time.monotonic()

    def _begin(self, watch: StoredWatch) -> Running:
        before = Samples.from_records(records_of(self.store, watch.model, watch.baseline))
        settings = SessionSettings(
            log=f"{watch.id}",
            baseline=fingerprint(before),
            views=watch.settings.views,
            traffic=cast("Traffic | None", watch.settings.traffic),
            run_length=watch.settings.run_length,
            model=watch.model,
        )
        state = StoreState(self.store, watch)
        session = Session.open(settings, before, storage=state, grows=True)
        place = session.place
        position = place.sample if isinstance(place, LastSample) else watch.baseline.until
        cursor = StoreCursor(self.store, watch.model, position)
        lately = self.store.samples(watch.baseline.until, position, model=watch.model,
                                    limit=WINDOW, newest=True)[::-1]  # fmt: skip
        session.window.extend(gather(Samples.from_records(s.record for s in lately)))
        if session.place is None:
            session.begin(cursor)
        return Running(watch, state, session, cursor)


def _is_gone(keeper: str) -> bool:
    """Tell whether a keeper was a process of this machine that no longer runs."""
    host, process, _ = keeper.rsplit(":", 2)
    if host != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
