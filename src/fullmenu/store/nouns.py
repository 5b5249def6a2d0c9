"""What a store gives back."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Record


class Added(NamedTuple):
    """How many samples were stored, and how many were there already."""

    stored: int
    known: int


class Stored(NamedTuple):
    """A sample, its number in the store, which rises with arrival, and when it arrived."""

    id: int
    record: Record
    arrived: datetime


class ModelFacts(NamedTuple):
    """A model, by its name (``None``: no sample says one), and what the store holds of it.

    ``first_time`` and ``last_time`` are of all samples that came, those pruned since too; a sample
    without a time counts with that of its arrival.
    """

    model: str | None
    samples: int
    prompts: int
    first_time: datetime | None
    last_time: datetime | None
    last_id: int


class PromptFacts(NamedTuple):
    """A prompt, and how many samples of it the store holds."""

    id: int
    prompt_id: str
    prompt: str | None
    samples: int
    last_id: int


class Day(NamedTuple):
    """What came of a model on one day (UTC); it stays when samples are pruned.

    ``characters`` and ``squares`` are the sums of the outputs' lengths and of their squares,
    ``empty`` counts outputs of nothing but white space, ``cut`` those that ended for their length.
    """

    model: str | None
    day: datetime
    samples: int
    characters: int
    squares: float
    empty: int
    cut: int


class Range(NamedTuple):
    """The samples with numbers above ``after``, up to ``until``."""

    after: int
    until: int


class WatchSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a watch is begun with, as in :func:`fullmenu.watch.follow`."""

    views: list[str] | None = None
    traffic: str | None = None
    run_length: float = 1000.0


class StoredWatch(NamedTuple):
    """A watch of one model's samples against a range of them.

    Parameters
    ----------
    id, name
        Its number, and what it is called.
    model
        Whose samples are watched; ``None``: those that name no model.
    baseline
        The range of that model's samples that it goes by. What comes after is watched.
    settings
        What it was begun with.
    position
        The last sample that it counted; those of an open visit wait.
    began, ended
        When it was set, and when another took its place.
    error
        Why it cannot go on; ``None``: it can.
    lag
        How many samples of the model came since.
    lag_seconds
        How long the oldest of them has waited.
    """

    id: int
    name: str
    model: str | None
    baseline: Range
    settings: WatchSettings
    position: int
    began: datetime
    ended: datetime | None
    error: str | None
    lag: int
    lag_seconds: float


class StoredAlarm(NamedTuple):
    """An alarm of a watch, when it was raised, who acknowledged it when; ``over``: or it ended."""

    id: int
    watch: int
    model: str | None
    alarm: Alarm
    raised: datetime
    acknowledged: datetime | None
    by: str | None
    over: bool


class ChangeNote(NamedTuple):
    """Something that somebody says has changed, such as a release."""

    id: int
    time: datetime
    model: str | None
    text: str


class Token(NamedTuple):
    """A token by its name; the secret is not kept."""

    id: int
    name: str
    scope: str
    created: datetime


class Pruned(NamedTuple):
    """How many samples went, and how many were due but are still needed by a watch."""

    samples: int
    needed: int


class StoreSize(NamedTuple):
    """What a store takes on disk, and how much of that is its write-ahead log, in bytes."""

    bytes: int
    wal: int
