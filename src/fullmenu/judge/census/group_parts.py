"""A log of any size cut into groups: each is read as a log of its own, where it has outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import IO

import msgspec
import numpy as np

from fullmenu.errors import BadInput, UnknownName
from fullmenu.judge.census.tally import PromptCounts
from fullmenu.judge.closeup import row_keys
from fullmenu.judge.groups import Value, values_of
from fullmenu.kernel.packing import pack, unpack
from fullmenu.readers.parts import Batches, Part
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Ints

MOST_VALUES = 10_000
"""Different values of a column that are counted in one part, at most."""
_SCHEMA = "fullmenu/group-counts/1"


@dataclass(frozen=True, slots=True)
class GroupPart(Part):
    """What a part of a log holds of one group: all of it is read, and the rest is passed by.

    Parameters
    ----------
    by, timed
        What the log is cut by, and whether that is a unit of time.
    values
        Those that are of the group.
    """

    by: str = ""
    timed: bool = False
    values: frozenset[Value] = frozenset()

    @classmethod
    def of(cls, part: Part, by: str, timed: bool, values: Iterable[Value]) -> GroupPart:
        """Return what a part holds of a group."""
        held = {field.name: getattr(part, field.name) for field in fields(Part)}
        return cls(**held, by=by, timed=timed, values=frozenset(values))

    def batches(self, rejects: Path | IO[str] | None = None) -> Batches:
        """Return the outputs of the group, and the account of reading the whole part."""
        return _OfGroup(Part.batches(self, rejects), self)


class _OfGroup(Batches):
    def __init__(self, whole: Batches, of: GroupPart) -> None:
        self._whole, self._of = whole, of
        self.account, self._log = whole.account, whole._log

    def __next__(self) -> Samples:
        of = self._of
        for samples in self._whole:
            mine = np.array([v in of.values for v in _values(samples, of.by, of.timed)], bool)
            if mine.any():
                return samples if mine.all() else samples.take(mine)
        raise StopIteration


def count_groups(by: str, timed: bool, size: int, part: Part) -> bytes:
    """Count the outputs of each prompt of a part, by what the log is cut by."""
    numbers: dict[Value | None, int] = {}
    found = []
    for samples in part.batches():
        values = _values(samples, by, timed)
        place = np.array([numbers.setdefault(v, len(numbers)) for v in values], np.int64)
        if len(numbers) > MOST_VALUES:
            raise BadInput(
                f"by {by} there are more than {MOST_VALUES:,} values, such as "
                f"{next(iter(numbers))!r}: cut the log by a column with few"
            )
        found.append(np.stack([place.astype(np.uint64), row_keys(samples)], 1))
    pairs, counts = np.unique(np.concatenate(found), axis=0, return_counts=True) if found else (
        np.empty((0, 2), np.uint64), np.empty(0, np.int64)
    )  # fmt: skip
    said = msgspec.json.encode([*numbers])
    parts = np.full(len(pairs), 1 + (part.size > size))
    return pack(
        _SCHEMA, values=np.frombuffer(said, np.uint8), place=pairs[:, 0].astype(np.int64),
        keys=pairs[:, 1], counts=counts.astype(np.int64), parts=parts,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """How many outputs the prompts of one part have, by what the log is cut by."""

    values: list[Value | None]
    place: Ints
    prompts: PromptCounts

    @classmethod
    def from_bytes(cls, data: bytes, timed: bool) -> GroupCounts:
        """Read what :func:`count_groups` gave."""
        held = unpack(data, _SCHEMA)
        values = msgspec.json.decode(held["values"].tobytes())
        if timed:
            values = [v and date.fromisoformat(v) for v in values]
        counts = PromptCounts(*(held[name] for name in ("keys", "counts", "parts")))
        return cls(values, held["place"], counts)

    @property
    def sizes(self) -> dict[Value | None, int]:
        """How many outputs each value has."""
        sums = np.bincount(self.place, self.prompts.counts, len(self.values)).astype(int)
        return dict(zip(self.values, sums.tolist(), strict=True))

    def of(self, values: Iterable[Value]) -> PromptCounts:
        """Return the counts of the prompts of some values."""
        wanted = {*values}
        mine = np.array([v in wanted for v in self.values], bool)[self.place]
        p = self.prompts
        return PromptCounts.summed(p.keys[mine], p.counts[mine], p.parts[mine])


def sizes_of(counts: Sequence[GroupCounts]) -> Mapping[Value | None, int]:
    """Return how many outputs each value has, in order of first appearance."""
    total: dict[Value | None, int] = {}
    for part in counts:
        for value, n in part.sizes.items():
            total[value] = total.get(value, 0) + n
    return total


def _values(samples: Samples, by: str, timed: bool) -> list[Value | None]:
    try:
        return values_of(samples, by, timed)
    except UnknownName:  # a part may lack a column that others have
        return [None] * len(samples)
