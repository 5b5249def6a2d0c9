"""One log cut into groups: by the time of its outputs, by model, or by any of its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from heapq import merge
from typing import Any

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

Value = str | float | bool | date
"""What a group is told by: the first day of a unit of time, or a value of a column."""

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
    rows: dict[Value | None, list[int]] = {}
    for row, value in enumerate(values_of(log, by, is_timed(log, by))):
        rows.setdefault(value, []).append(row)
    counts = {value: len(held) for value, held in rows.items()}
    groups = arranged(counts, by, log.further)
    logs = [log.take([*merge(*(rows[v] for v in values))]) for values in groups.values]
    return Groups(by, groups.labels, logs, groups.left_out)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The groups that values make, in order: what each is called, and which values are of it."""

    labels: list[str]
    values: list[list[Value]]
    left_out: list[str]


def arranged(counts: Mapping[Value | None, int], by: str, further: Sequence[str]) -> Arrangement:
    """Make groups of the values of a column, or of the times of outputs.

    Parameters
    ----------
    counts
        How many outputs have each value; ``None``: that have none.
    by, further
        What the log is cut by, and the names of its further columns.

    Raises
    ------
    BadInput, NotEnoughData
        As in :func:`split`.
    """
    there = [value for value in counts if value is not None]
    if not there:
        raise BadInput(
            f"no output has a {by}; by what else? Known: {', '.join([*UNITS, *further])}"
        )
    keys, called = (there, _days(by)) if isinstance(there[0], date) else _keyed(there, by)
    held: dict[object, list[Value]] = {}
    for value, key in zip(there, keys, strict=True):
        held.setdefault(key, []).append(value)
    sizes = {key: sum(counts[value] for value in values) for key, values in held.items()}
    order = sorted(held) if _sortable(held) else list(held)  # type: ignore[type-var]
    names = dict(zip(order, called(order), strict=True))
    enough = [key for key in order if sizes[key] >= FEW]
    left_out = _left_out([(names[key], sizes[key]) for key in order if key not in enough])
    if nameless := counts.get(None, 0):
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
    return Arrangement([names[key] for key in enough], [held[key] for key in enough], left_out)


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


def is_timed(log: Samples, by: str) -> bool:
    """Tell whether a log is cut by its times; it may have a column ``week`` instead."""
    if by not in UNITS:
        return False
    if log.table.column("time").null_count < len(log):
        return True
    if by in log.further:
        return False
    raise BadInput(f"no output has a time, so none has a {by}: {_TIMES}")


def values_of(log: Samples, by: str, timed: bool) -> list[Value | None]:
    """Return what each output is cut by: the first day of its unit of time, or its value in a
    column; ``None`` where it has none.

    Raises
    ------
    BadInput
        The column makes no groups, or there is none of that name.
    """
    if timed:
        return [None if time is None else _start(time, by) for time in log.column("time")]
    if by in _OWN:
        raise BadInput(f"cannot cut a log by {by}: {_OWN[by]}")
    try:
        values = log.column(by)
    except UnknownName:
        known = ["day", "week", "month", "model", *log.further]
        raise UnknownName("group or column", by, known) from None
    return [None if value is None or value == "" else _hashable(value) for value in values]


Called = Callable[[Sequence[object]], list[str]]


def _start(time: datetime, by: str) -> date:
    """Return the first day of a moment's day, week or month."""
    day = time.astimezone(timezone.utc).date()
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def _days(by: str) -> Called:
    """Return what names units of time by their first days."""

    def called(days: Sequence[object]) -> list[str]:
        starts = [day for day in days if isinstance(day, date)]
        years = by == "month" or len({day.year for day in starts}) > 1
        form = {"day": "{0.day} {1}", "week": "week of {0.day} {1}", "month": "{1}"}[by]
        form += " {0.year}" if years else ""
        return [form.format(day, MONTHS[day.month - 1]) for day in starts]

    return called


def _keyed(values: Sequence[Value], by: str) -> tuple[Sequence[object], Called]:
    """Return the group of each value, a number or time where all are, and what names groups."""
    for read in (_number, _time):
        keys = [read(value) for value in values]
        if None not in keys:
            return keys, lambda order: [_name(by, key) for key in order]
    return [*map(dump, values)], lambda order: [_name(by, key) for key in order]


def _hashable(value: Any) -> Value:
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


def _sortable(keys: Iterable[object]) -> bool:
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
