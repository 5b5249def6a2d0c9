"""What the parts of a log leave: a state that merges in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import msgspec
import numpy as np

from fullmenu.engine.spill import table_from_bytes, table_to_bytes
from fullmenu.errors import BadInput
from fullmenu.judge.closeup import Keys, keys_of
from fullmenu.kernel.packing import pack, unpack
from fullmenu.kernel.prompt_rates import PromptRates
from fullmenu.readers.account import Account
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Ints
from fullmenu.stats.bottom_k import BottomK
from fullmenu.stats.poisson import upper_tail

_SCHEMA = "fullmenu/census/3"
_PROMPTS = "fullmenu/prompt-counts/1"


@dataclass(frozen=True, slots=True)
class PromptCounts:
    """How many outputs each prompt has, and in how many parts; parts merge in any order.

    Parameters
    ----------
    keys : (P,)
        The prompts, ascending.
    counts, parts : (P,)
        Outputs of each, and the parts that hold some.

    Examples
    --------
    >>> a, b = (PromptCounts.partial(["x", "y"], 1), PromptCounts.partial(["x"], 1))
    >>> sorted(a.merge(b).counts.tolist()), sorted(a.merge(b).parts.tolist())
    ([1, 2], [1, 2])
    """

    keys: Keys
    counts: Ints
    parts: Ints

    @classmethod
    def partial(cls, prompt_ids: Sequence[str], parts: int) -> PromptCounts:
        """Return the state of one part; one that is read in pieces counts as two parts."""
        counted = Counter(prompt_ids)
        keys = keys_of([*counted])
        return cls.summed(keys, np.array([*counted.values()], np.int64), np.full(len(keys), parts))

    @classmethod
    def summed(cls, keys: Keys, counts: Ints, parts: Ints) -> PromptCounts:
        """Return a state of keys that may come several times."""
        names, place = np.unique(keys, return_inverse=True)
        sums = (np.bincount(place, x, len(names)).astype(np.int64) for x in (counts, parts))
        return cls(names, *sums)

    def merge(self, other: PromptCounts) -> PromptCounts:
        """Return the state of both parts."""
        return PromptCounts.summed(
            np.concatenate([self.keys, other.keys]),
            np.concatenate([self.counts, other.counts]),
            np.concatenate([self.parts, other.parts]),
        )

    def to_bytes(self) -> bytes:
        """Return the state as bytes."""
        return pack(_PROMPTS, keys=self.keys, counts=self.counts, parts=self.parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> PromptCounts:
        """Read the state back."""
        return cls(**unpack(data, _PROMPTS))


@dataclass(frozen=True, slots=True)
class Census:
    """What a part of a log leaves; parts merge in any order.

    Parameters
    ----------
    rates
        By view, the repeat rates of its prompts.
    sample
        The outputs of the prompts that are looked at closely, in no order.
    empty
        Outputs that hold nothing.
    models
        Outputs of each model named.
    accounts
        By the number of each part, what was read of it.
    left_out
        Outputs of prompts that have too many, which were counted and not compared.
    calls
        Model calls, where the log names them: those that several parts hold are told by it.
    """

    rates: Mapping[str, PromptRates]
    sample: Samples
    empty: int
    models: Mapping[str, int]
    accounts: Mapping[int, Account]
    left_out: int = 0
    calls: BottomK = field(default_factory=BottomK.of)

    def merge(self, other: Census) -> Census:
        """Return the state of both parts.

        Raises
        ------
        BadInput
            They were looked at by different views, or hold a part or a prompt twice.
        """
        if self.rates.keys() != other.rates.keys():
            raise BadInput(
                f"parts looked at through {[*self.rates]} and {[*other.rates]}: use the same views"
            )
        twice = self.accounts.keys() & other.accounts.keys()
        if twice:
            raise BadInput(f"both states hold part {min(twice)}")
        return Census(
            {view: rates.merge(other.rates[view]) for view, rates in self.rates.items()},
            Samples.joined([self.sample, other.sample]),
            self.empty + other.empty,
            dict(Counter(self.models) + Counter(other.models)),
            {**self.accounts, **other.accounts},
            self.left_out + other.left_out,
            self.calls.merge(other.calls),
        )

    @property
    def prompts(self) -> PromptRates:
        """Its prompts, and how many outputs each has."""
        return next(iter(self.rates.values()))

    def to_bytes(self) -> bytes:
        """Return the state as bytes."""
        said = {
            "views": [*self.rates], "empty": self.empty, "models": self.models,
            "left_out": self.left_out,
            "accounts": {str(k): account.to_dict() for k, account in self.accounts.items()},
        }  # fmt: skip
        blobs = [msgspec.json.encode(said), table_to_bytes(self.sample.table)]
        blobs += [rates.to_bytes() for rates in self.rates.values()]
        arrays = {f"x{i}": np.frombuffer(blob, np.uint8) for i, blob in enumerate(blobs)}
        return pack(_SCHEMA, calls=self.calls.keys, in_parts=self.calls.parts, **arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Census:
        """Read the state back."""
        arrays = unpack(data, _SCHEMA)
        calls = BottomK(arrays.pop("calls"), arrays.pop("in_parts"))
        head, table, *rates = (arrays[f"x{i}"].tobytes() for i in range(len(arrays)))
        said: dict[str, Any] = msgspec.json.decode(head)
        return cls(
            {v: PromptRates.from_bytes(r) for v, r in zip(said["views"], rates, strict=True)},
            Samples(table_from_bytes(table)),
            said["empty"],
            said["models"],
            {int(k): Account.from_dict(values) for k, values in said["accounts"].items()},
            said["left_out"],
            calls,
        )


TWICE, SURE = 0.01, 0.975
"""Share of calls that stand in several parts, and how sure it must be that it is larger, for a log
to be refused."""


def calls_twice(label: str, calls: BottomK, seen: float = 1.0) -> list[str]:
    """Say how many model calls of a log stand in several parts, which a reader cannot leave out.

    ``seen`` is the chance that a second part was read too, where only some were.

    Raises
    ------
    BadInput
        They are surely more than one in a hundred: their outputs would count as repeats.

    Examples
    --------
    >>> few = BottomK.of(range(500)).merge(BottomK.of([7, 9]))
    >>> calls_twice("log", few)[0].split(",")[0]
    'log: 2 of 500 calls that were looked at stand in several of its parts'
    """
    n, twice = len(calls.keys), calls.repeated
    if not twice:
        return []
    said = (
        f"{twice:,} of {n:,} calls that were looked at stand in several of its parts, word for word"
    )
    if seen < 1:
        share = min(twice / (seen * n), 1.0)
        said += f"; as only some parts were read, about {100 * share:.2g} % of all calls do"
    by_chance = upper_tail(np.array([twice]), np.array([TWICE * seen * n]))
    if by_chance[0] < 1 - SURE:
        raise BadInput(
            f"{label} holds calls more than once: {said}. Parts cannot leave the second ones out, "
            "and would count them as outputs that say the same again. Write each call once, or "
            "read the log whole, without an engine and without a sample"
        )
    return [f"{label}: {said}. They are counted in each."]


def merged(states: Iterable[Any]) -> Any:
    """Merge states as they come, pairs of like size first: each row is moved log n times."""
    heap: list[tuple[int, Any]] = []
    for state in states:
        rank = 0
        while heap and heap[-1][0] <= rank:
            rank, before = heap.pop()
            state, rank = before.merge(state), rank + 1
        heap.append((rank, state))
    return reduce(lambda a, b: a.merge(b), (state for _, state in reversed(heap)))
