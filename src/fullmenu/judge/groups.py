"""One log cut into groups: by the time of its outputs, by model, or by any of its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.readers import scalars
from fullmenu.samples import Samples, shown
from fullmenu.text.encoding import dump

FEW = 8
"""Outputs that a group needs; one with fewer is not judged."""
MOST = 60
"""Groups that are judged: weeks of a year, or days of two months."""

Time = str | date
"""A moment, or a day, as ISO 8601 writes them."""

UNITS = ("day", "week", "month")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_OWN = {
    "time": "nearly every output has its own; cut by day, week or month",
    "output": "a group would hold one output over and over; cut by another column",
    **dict.fromkeys(
        ("prompt", "prompt_id"), "groups would share no prompt; check without it lists the prompts"
    ),
}
"""Columns that make no groups, and why."""
_TIMES = "name the column of times with --map time=COLUMN, in Python columns={'time': 'COLUMN'}"


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one log, in order.

    Parameters
    ----------
    by
        ``day``, ``week``, ``month``, ``model`` or a column.
    labels, logs
        What each is called, and its outputs.
    left_out
        What is not judged, in sentences.
    """

    by: str
    labels: list[str]
    logs: list[Samples]
    left_out: list[str]


def between(log: Samples, since: Time | None = None, until: Time | None = None) -> Samples:
    """Return the outputs of a time, both ends included; a day is the whole of it, in UTC.

    Raises
    ------
    BadInput
        An end is no time, the first is after the last, or no output is of that time.

    Examples
    --------
    >>> from fullmenu.samples import Record
    >>> days = [Record("fig", time=datetime(2025, 5, day)) for day in (11, 12, 13)]
    >>> between(Samples.from_records(days), "2025-05-12").notes
    ('since 2025-05-12: 2 of 3 outputs',)
    """
    if since is None and until is None:
        return log
    first, last = moment("since", since, 0), moment("until", until, 1)
    ends = [
        f"{name} {end}" for name, end in (("since", since), ("until", until)) if end is not None
    ]
    if first and last and first >= last:
        raise BadInput(f"{', '.join(ends)} is no time: since is after until")
    times: list[datetime | None] = log.column("time")
    known = [time for time in times if time is not None]
    if not known:
        raise BadInput(f"no output has a time, so none is {' '.join(ends)}: {_TIMES}")
    kept = np.array(
        [
            time is not None and (not first or time >= first) and (not last or time < last)
            for time in times
        ]
    )
    if not kept.any():
        raise BadInput(
            f"no output is {', '.join(ends)}: the log goes from {min(known):%Y-%m-%d %H:%M} to "
            f"{max(known):%Y-%m-%d %H:%M} UTC"
        )
    told = f"{', '.join(ends)}: {kept.sum():,} of {len(log):,} outputs"
    if len(known) < len(times):
        told += f"; without a time, and left out: {len(times) - len(known):,}"
    return replace(log.take(kept), notes=(*log.notes, told))


def split(log: Samples, by: str) -> Groups:
    """Cut one log into groups: by time, by number, or else in order of first appearance.

    Parameters
    ----------
    log
        All outputs.
    by
        ``day``, ``week`` or ``month`` of their time in UTC; ``model``; or any column of the log.

    Raises
    ------
    BadInput
        There is no such column, no output has a time, or there are too many groups.
    NotEnoughData
        Fewer than two groups have enough outputs.

    Examples
    --------
    >>> from fullmenu.samples import Record
    >>> days = [Record("fig", time=datetime(2025, 5, day)) for day in range(5, 28) for _ in "ab"]
    >>> groups = split(Samples.from_records(days), "week")
    >>> groups.labels, [len(log) for log in groups.logs], groups.left_out
    (['week of 5 May', 'week of 12 May', 'week of 19 May'], [14, 14, 14], \
['not judged, with fewer than 8 outputs: week of 26 May (4)'])
    """
    if not isinstance(by, str):
        raise BadInput(f"by is {shown(by)}: give week, day, month, model or a column's name")
    keys, called = _timed(log, by) if _is_timed(log, by) else _valued(log, by)
    rows: dict[object, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    nameless = len(rows.pop(None, ()))
    order = sorted(rows) if _sortable(rows) else list(rows)  # type: ignore[type-var]
    names = dict(zip(order, called(order), strict=True))
    enough = [key for key in order if len(rows[key]) >= FEW]
    left_out = _left_out([(names[key], len(rows[key])) for key in order if key not in enough])
    if nameless:
        left_out.append(f"{nameless:,} outputs have no {by if by not in UNITS else 'time'}")
    if len(enough) < 2:
        have = f"only {names[enough[0]]} has" if enough else "none has"
        why = f"there are {len(order):,} groups, and {have} {FEW} outputs or more"
        if len(order) == 1:
            why = f"there is one group, {names[order[0]]}"
        raise NotEnoughData(f"by {by} {why}: nothing to compare. {_coarser(by, len(order))}")
    if len(enough) > MOST:
        raise BadInput(
            f"by {by} there are {len(enough):,} groups, from {names[enough[0]]} to "
            f"{names[enough[-1]]}: at most {MOST} are judged. {_coarser(by, len(order))}"
        )
    logs = [log.take(rows[key]) for key in enough]
    return Groups(by, [names[key] for key in enough], logs, left_out)


def when(by: str, label: str) -> str:
    """Say when, or where, something happened first.

    >>> when("week", "week of 12 May"), when("day", "12 May"), when("step", "step 300")
    ('in the week of 12 May', 'on 12 May', 'at step 300')
    """
    at = {"week": "in the ", "day": "on ", "month": "in ", "model": "with "}
    return f"{at.get(by, 'at ')}{label}"


def moment(name: str, end: Time | None, days: int) -> datetime | None:
    """Return the first moment of an end, or the first one after it."""
    if end is None:
        return None
    if isinstance(end, date) and not isinstance(end, datetime):
        end = end.isoformat()
    text = end if isinstance(end, str) else ""
    time = end if isinstance(end, datetime) else None
    if re.match(r"\d{4}-\d\d-\d\d", text):
        time = scalars.time(text)
    if time is None:
        raise BadInput(
            f"{name} is {shown(end)}, which is no time: write a day, 2025-05-12, or a moment, "
            "2025-05-12T08:00"
        )
    time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    if days and len(text.strip()) == 10:
        return time + timedelta(days=1)
    return time + timedelta(microseconds=days)


def _is_timed(log: Samples, by: str) -> bool:
    """Tell whether a log is cut by its times; it may have a column ``week`` instead."""
    if by not in UNITS:
        return False
    if log.table.column("time").null_count < len(log):
        return True
    if by in log.further:
        return False
    raise BadInput(f"no output has a time, so none has a {by}: {_TIMES}")


Called = Callable[[Sequence[object]], list[str]]


def _timed(log: Samples, by: str) -> tuple[list[date | None], Called]:
    """Return the first day of each output's unit of time, and what such days are called."""

    def start(time: datetime | None) -> date | None:
        if time is None:
            return None
        day = time.astimezone(timezone.utc).date()
        if by == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if by == "month" else day

    def called(days: Sequence[object]) -> list[str]:
        starts = [day for day in days if isinstance(day, date)]
        years = by == "month" or len({day.year for day in starts}) > 1
        form = {"day": "{0.day} {1}", "week": "week of {0.day} {1}", "month": "{1}"}[by]
        form += " {0.year}" if years else ""
        return [form.format(day, MONTHS[day.month - 1]) for day in starts]

    return [start(time) for time in log.column("time")], called


def _valued(log: Samples, by: str) -> tuple[Sequence[object], Called]:
    """Return each output's value in a column, a number or time where all are, and their names."""
    if by in _OWN:
        raise BadInput(f"cannot cut a log by {by}: {_OWN[by]}")
    try:
        values = log.column(by)
    except UnknownName:
        known = ["day", "week", "month", "model", *log.further]
        raise UnknownName("group or column", by, known) from None
    there = [value for value in values if value is not None and value != ""]
    if not there:
        raise BadInput(
            f"no output has a {by}; by what else? Known: {', '.join([*UNITS, *log.further])}"
        )
    for read in (_number, _time):
        if all(read(value) is not None for value in set(map(_hashable, there))):
            keys = [None if value is None or value == "" else read(value) for value in values]
            return keys, lambda order: [_name(by, key) for key in order]
    texts = [None if value is None or value == "" else dump(value) for value in values]
    return texts, lambda order: [_name(by, key) for key in order]


def _hashable(value: object) -> object:
    return dump(value) if isinstance(value, (list, dict)) else value


def _number(value: object) -> float | None:
    return None if isinstance(value, bool) else scalars.number(value)


def _time(value: object) -> datetime | None:
    time = scalars.time(value) if isinstance(value, (str, datetime)) else None
    return time.replace(tzinfo=timezone.utc) if time and time.tzinfo is None else time


def _name(by: str, key: object) -> str:
    """Return what a group is called."""
    if isinstance(key, float):
        key = f"{key:.12g}"
    if isinstance(key, datetime):
        key = f"{key:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
    text = " ".join(str(key).split())
    text = text if len(text) <= 40 else f"{text[:39]}…"
    return text if by == "model" else f"{by} {text}"


def _sortable(keys: dict[object, list[int]]) -> bool:
    return not any(isinstance(key, str) for key in keys)


def _left_out(few: list[tuple[str, int]]) -> list[str]:
    if not few:
        return []
    named = ", ".join(f"{name} ({n})" for name, n in few[:5])
    more = f" and {len(few) - 5:,} more" if len(few) > 5 else ""
    return [f"not judged, with fewer than {FEW} outputs: {named}{more}"]


def _coarser(by: str, groups: int) -> str:
    """Say what else to do."""
    if by in UNITS:
        finer = groups < 2 and by != "day"
        at = UNITS.index(by) + (-1 if finer else 1)
        other = f"--by {UNITS[at]} (by={UNITS[at]!r}), or " if at < len(UNITS) else ""
        return f"Use {other}another time, with --since and --until (since=, until=)"
    return "Use another column"
