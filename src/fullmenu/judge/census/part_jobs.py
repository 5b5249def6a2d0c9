"""What is done with each part of a log: prompts are counted, then every output is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fullmenu.engine.spill import Spill, gathered
from fullmenu.judge.census.tally import Census, PromptCounts
from fullmenu.judge.closeup import Keys, keys_of, rates_of, row_keys
from fullmenu.samples import SCHEMA, Samples
from fullmenu.stats.arrays import Floats, Ints, among
from fullmenu.stats.bottom_k import BottomK
from fullmenu.views.registry import get

if TYPE_CHECKING:
    from fullmenu.readers.parts import Part


@dataclass(frozen=True, slots=True)
class CensusPlan:
    """What is known of a log when its outputs are looked at; it travels to every process.

    Parameters
    ----------
    folder
        Where the keys below lie, and where rows are set aside.
    views
        What looks at the outputs.
    buckets
        How many the outputs of prompts that are spread over parts are set aside in.
    """

    folder: Path
    views: tuple[str, ...]
    buckets: int

    def write(self, kept: Keys, sampled: Keys, spread: Keys, shares: Mapping[int, float]) -> None:
        """Write the prompts that are judged, looked at closely, and spread over parts; and of
        those that have too many outputs, which share of them is compared."""
        self.folder.mkdir(parents=True, exist_ok=True)
        thinned = np.array(sorted(shares), np.uint64)
        names = {"kept": kept, "sampled": sampled, "spread": spread, "thinned": thinned}
        for name, keys in names.items():
            np.save(self.folder / f"{name}.npy", np.sort(keys))
        np.save(self.folder / "shares.npy", np.array([shares[k] for k in thinned.tolist()]))

    def are(self, name: str, keys: Keys) -> np.ndarray:
        """Tell which keys are among those written under a name, (n,)."""
        known = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return among(keys, known)

    def stay(self, keys: Keys, chances: Floats) -> np.ndarray:
        """Tell which outputs are compared, where a share of those of their prompt is, (n,).

        ``chances`` are numbers from 0 to 1 that nothing else depends on.
        """
        known = np.load(self.folder / "thinned.npy")
        if not len(known):
            return np.ones(len(keys), bool)
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        shares = np.load(self.folder / "shares.npy")[at]
        return np.asarray((known[at] != keys) | (chances < shares))

    @property
    def aside(self) -> Path:
        """Where rows are set aside."""
        return self.folder / "aside"


def count_prompts(size: int, part: Part) -> bytes:
    """Count the outputs of each prompt of a part; one larger than ``size`` is read in pieces."""
    counts: Counter[str] = Counter()
    for of_some in part.prompt_counts():
        counts.update(of_some)
    keys = keys_of([*counts])
    n = np.array([*counts.values()], np.int64)
    return PromptCounts.summed(keys, n, np.full(len(n), 1 + (part.size > size))).to_bytes()


def look_at_part(plan: CensusPlan, part: Part) -> bytes:
    """Look at the outputs of a part; those of prompts that are spread over parts are set aside."""
    here: list[Samples] = []
    close = [Samples(SCHEMA.empty_table())]
    models: Counter[str] = Counter()
    empty = left_out = 0
    batches = part.batches()
    with Spill(plan.aside, part.number) as aside:
        for samples, keys, stay in _kept(plan, part, batches):
            empty += sum(not text.strip() for text in samples.outputs)
            for pair in samples.table.column("model").value_counts().to_pylist():
                if pair["values"] is not None:
                    models[pair["values"]] += pair["counts"]
            if not stay.all():
                left_out += int((~stay).sum())
                samples, keys = samples.take(stay), keys[stay]
            close.append(samples.take(plan.are("sampled", keys)))
            spread = plan.are("spread", keys)
            if spread.any():
                rows = np.flatnonzero(spread)
                buckets = (keys[rows] % np.uint64(plan.buckets)).astype(np.int64)
                aside.add(samples.take(rows).table, buckets)
            if not spread.all():
                here.append(samples.take(~spread) if spread.any() else samples)
    state = Census(
        rates_of([*map(get, plan.views)], here), Samples.joined(close), empty, dict(models),
        {part.number: batches.account}, left_out, BottomK.of(batches.calls),
    )  # fmt: skip
    return state.to_bytes()


def _kept(
    plan: CensusPlan, part: Part, batches: Iterable[Samples]
) -> Iterator[tuple[Samples, Keys, np.ndarray]]:
    """Yield outputs of the prompts that are kept, their keys, and which of them are compared."""
    row = part.first
    for samples in batches:
        keys = row_keys(samples)
        chances = chances_of(Path(part.source).name, np.arange(row, row + len(keys)))
        row += len(keys)
        kept = plan.are("kept", keys)
        if not kept.all():
            samples, keys, chances = samples.take(kept), keys[kept], chances[kept]
        yield samples, keys, plan.stay(keys, chances)


def compared(plan: CensusPlan, part: Part) -> Iterator[Samples]:
    """Yield the outputs of a part that are compared."""
    for samples, _, stay in _kept(plan, part, part.batches()):
        yield samples if stay.all() else samples.take(stay)


def chances_of(file: str, rows: Ints) -> Floats:
    """Return a number from 0 to 1 for each row of a file: a hash of where it stands, (n,).

    >>> chances_of("log.parquet", np.arange(3)).round(2).tolist()
    [0.71, 0.91, 1.0]
    """
    x = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + keys_of([file])
    # splitmix64 (Steele, Lea and Flood 2014)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((x ^ (x >> np.uint64(31))) / 2.0**64)


def look_at_bucket(plan: CensusPlan, bucket: int) -> bytes:
    """Look at what all parts set aside in a bucket: prompts that are whole by now."""
    logs = [Samples(table) for table in gathered(plan.aside, bucket)]
    nothing = Samples(SCHEMA.empty_table())
    return Census(rates_of([*map(get, plan.views)], logs), nothing, 0, {}, {}).to_bytes()


def jobs(plan: CensusPlan) -> tuple[partial[bytes], partial[bytes]]:
    """Return what looks at a part, and what looks at a bucket."""
    return partial(look_at_part, plan), partial(look_at_bucket, plan)
