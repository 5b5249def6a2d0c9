"""What is done with each part of a log: prompts are counted, then every output is looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fullmenu.engine.spill import Spill, gathered
from fullmenu.judge.census.state import Census, PromptCounts
from fullmenu.judge.closeup import Keys, keys_of, rates_of, row_keys
from fullmenu.samples import SCHEMA, Samples
from fullmenu.stats.arrays import among
from fullmenu.views.registry import get

if TYPE_CHECKING:
    from fullmenu.readers.parts import Part


@dataclass(frozen=True, slots=True)
class Plan:
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

    def write(self, kept: Keys, sampled: Keys, spread: Keys) -> None:
        """Write the prompts that are judged, looked at closely, and spread over parts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, keys in (("kept", kept), ("sampled", sampled), ("spread", spread)):
            np.save(self.folder / f"{name}.npy", np.sort(keys))

    def are(self, name: str, keys: Keys) -> np.ndarray:
        """Tell which keys are among those written under a name, (n,)."""
        known = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return among(keys, known)

    @property
    def aside(self) -> Path:
        """Where rows are set aside."""
        return self.folder / "aside"


def count_prompts(size: int, part: Part) -> bytes:
    """Count the outputs of each prompt of a part; one larger than ``size`` is read in pieces."""
    counts: Counter[str] = Counter()
    for ids in part.prompt_ids():
        for pair in ids.value_counts().to_pylist():
            counts[pair["values"]] += pair["counts"]
    keys = keys_of([*counts])
    n = np.array([*counts.values()], np.int64)
    return PromptCounts.summed(keys, n, np.full(len(n), 1 + (part.size > size))).to_bytes()


def look_at_part(plan: Plan, part: Part) -> bytes:
    """Look at the outputs of a part; those of prompts that are spread over parts are set aside."""
    here: list[Samples] = []
    close = [Samples(SCHEMA.empty_table())]
    models: Counter[str] = Counter()
    empty = 0
    batches = part.batches()
    with Spill(plan.aside, part.number) as aside:
        for samples in batches:
            keys = row_keys(samples)
            kept = plan.are("kept", keys)
            if not kept.all():
                samples, keys = samples.take(kept), keys[kept]
            close.append(samples.take(plan.are("sampled", keys)))
            empty += sum(not text.strip() for text in samples.outputs)
            models.update(m for m in samples.column("model") if m is not None)
            spread = plan.are("spread", keys)
            if spread.any():
                rows = np.flatnonzero(spread)
                buckets = (keys[rows] % np.uint64(plan.buckets)).astype(np.int64)
                aside.add(samples.take(rows).table, buckets)
            if not spread.all():
                here.append(samples.take(~spread) if spread.any() else samples)
    state = Census(
        rates_of([*map(get, plan.views)], here), Samples.joined(close), empty, dict(models),
        {part.number: batches.account},
    )  # fmt: skip
    return state.to_bytes()


def look_at_bucket(plan: Plan, bucket: int) -> bytes:
    """Look at what all parts set aside in a bucket: prompts that are whole by now."""
    logs = [Samples(table) for table in gathered(plan.aside, bucket)]
    nothing = Samples(SCHEMA.empty_table())
    return Census(rates_of([*map(get, plan.views)], logs), nothing, 0, {}, {}).to_bytes()


def jobs(plan: Plan) -> tuple[partial[bytes], partial[bytes]]:
    """Return what looks at a part, and what looks at a bucket."""
    return partial(look_at_part, plan), partial(look_at_bucket, plan)
