"""A log followed from Python: alarms as they come, over restarts."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.live.cursors import Cursor, fingerprint, open_log
from fullmenu.live.session import Session
from fullmenu.live.state import SessionSettings
from fullmenu.live.storage import StateFile, state_beside
from fullmenu.monitor.baseline import Traffic
from fullmenu.readers import read
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder, View

_LOG = logging.getLogger(__name__)


def follow(
    path: str | Path,
    baseline: Samples | str | Path,
    *,
    state: str | Path | None = None,
    fresh: bool = False,
    acknowledge: bool = False,
    poll: float | None = 1.0,
    run_length: float = 1000.0,
    traffic: Traffic | None = None,
    views: Sequence[str | View] | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    model: str | None = None,
    format: str | None = None,
    map: dict[str, str] | str | None = None,
    records: str | None = None,
    tolerate: bool = False,
) -> Iterator[Alarm]:
    """Watch a log as it grows, and yield its alarms; go on next time where it stopped.

    What is told of the reading, such as that the log was rotated, goes to the logger
    ``fullmenu.live.stream``. What is guaranteed, and what is not seen, is said at
    :class:`fullmenu.watch.Monitor`. Two watches on one state stop each other.

    Parameters
    ----------
    path
        The log that is watched: JSONL or text to follow it as it grows; with ``poll=None`` whatever
        :func:`fullmenu.read` reads.
    baseline
        The log from before: several outputs of each prompt.
    state
        The file that keeps the state; by default beside the log, as ``fullmenu watch`` has it.
    fresh
        Begin anew; the old state is kept as ``….old``.
    acknowledge
        Take note of the alarms that stand so far: while an alarm stands, further ones of its model
        count as the same.
    poll
        Seconds between two looks at the log; ``None``: end where the log ends.
    run_length
        Where nothing changes, a false alarm comes after so many visits on average, or more.
    traffic, views, encoder, ruler
        As in :meth:`fullmenu.watch.Baseline.fit`.
    model
        Whose outputs are watched; by default everybody's.
    format, map, records, tolerate
        As in :func:`fullmenu.read`.

    Yields
    ------
    Alarm
        The state is saved by then. An alarm counts as given when the next one is asked for: one
        whose handling was cut off is yielded again next time.

    Raises
    ------
    BadInput
        The log or the baseline cannot be read; the state is damaged, of other settings, or written
        by another watch.
    NotEnoughData
        The baseline holds nothing that can be watched.

    Examples
    --------
    >>> import json, tempfile
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> words = [f"{a}{b}" for a in "bcdfgh" for b in ("ara", "elo", "imu", "osk", "uty")]
    >>> def served(dishes, prompts, each):
    ...     return [{"prompt": f"Day {i}?", "response": rng.choice(words[:dishes])}
    ...             for i in prompts for _ in range(each)]
    >>> folder = Path(tempfile.mkdtemp())
    >>> def write(name, records):
    ...     with (folder / name).open("a") as file:
    ...         file.writelines(json.dumps(r) + "\\n" for r in records)
    ...     return folder / name
    >>> before = write("before.jsonl", served(30, range(40), 12))
    >>> log = write("live.jsonl", served(30, rng.permutation(40), 6))
    >>> list(follow(log, before, views=["phrasing"], poll=None))
    []
    >>> log = write("live.jsonl", served(3, rng.permutation(40), 6))
    >>> [alarm] = follow(log, before, views=["phrasing"], poll=None)
    >>> alarm.falls, 36 <= alarm.since <= 46
    (False, True)
    >>> list(follow(log, before, views=["phrasing"], poll=None))  # it was given already
    []
    """
    if poll is not None and not 0 < poll < 86_400:
        raise BadInput(f"poll={poll}: give seconds, above 0, or None to end where the log ends")
    log = str(path)
    before = baseline if isinstance(baseline, Samples) else read(str(baseline))
    place = state_beside(log) if state is None else Path(state)
    storage = None if place is None else StateFile(place)
    if fresh and storage is not None:
        storage.set_aside()
    settings = SessionSettings(
        log=Path(log).name,
        baseline=fingerprint(before),
        views=None if views is None else [v if isinstance(v, str) else v.name for v in views],
        semantic=ruler or None,
        traffic=traffic,
        run_length=float(run_length),
        model=model,
    )
    session = Session.open(
        settings,
        before,
        storage=storage,
        grows=poll is not None,
        views=views,
        encoder=encoder,
        ruler=ruler,
    )
    session.keeps_alarms = True
    if acknowledge:
        session.monitor.acknowledge()
    cursor = open_log(
        log,
        session.place,
        grows=session.grows,
        format=format,
        map=map,
        records=records,
        model=model,
        tolerate=tolerate,
    )
    session.begin(cursor)
    return _alarms(session, cursor, poll)


def _alarms(session: Session, cursor: Cursor, poll: float | None) -> Iterator[Alarm]:
    yield from _unsent(session)
    while True:
        for _ in session.batches(cursor):
            yield from _unsent(session)
        while cursor.remarks:
            _LOG.info(cursor.remarks.pop(0))
        if poll is None:
            session.save()
            return
        time.sleep(poll)


def _unsent(session: Session) -> Iterator[Alarm]:
    while session.unsent:
        yield session.unsent[0]
        session.unsent.pop(0)
        session.save()
