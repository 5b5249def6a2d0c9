"""What is done with each part of a log: prompts are counted, then every output is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from fullmenu.engine.spill import Spill, gathered
from fullmenu.errors import NotEnoughData
from fullmenu.judge.case import OrderedLog, by_text
from fullmenu.judge.census.state import Census, Keys, PromptCounts, keys_of, row_keys
from fullmenu.judge.look import some_prompts
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.prompt_rates import PromptRates
from fullmenu.kernel.rates import of_sums
from fullmenu.readers.parts import Part
from fullmenu.samples import SCHEMA, Samples
from fullmenu.stats.arrays import Floats, Ints, among
from fullmenu.views.registry import get


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
    empty = left_out = 0
    row = part.first
    batches = part.batches()
    with Spill(plan.aside, part.number) as aside:
        for samples in batches:
            keys = row_keys(samples)
            chances = chances_of(Path(part.source).name, np.arange(row, row + len(keys)))
            row += len(keys)
            kept = plan.are("kept", keys)
            if not kept.all():
                samples, keys, chances = samples.take(kept), keys[kept], chances[kept]
            empty += sum(not text.strip() for text in samples.outputs)
            models.update(m for m in samples.column("model") if m is not None)
            stay = plan.stay(keys, chances)
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
        rates_of(plan.views, here), Samples.joined(close), empty, dict(models),
        {part.number: batches.account}, left_out,
    )  # fmt: skip
    return state.to_bytes()


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


def look_at_bucket(plan: Plan, bucket: int) -> bytes:
    """Look at what all parts set aside in a bucket: prompts that are whole by now."""
    logs = [Samples(table) for table in gathered(plan.aside, bucket)]
    nothing = Samples(SCHEMA.empty_table())
    return Census(rates_of(plan.views, logs), nothing, 0, {}, {}).to_bytes()


def rates_of(views: Sequence[str], logs: Sequence[Samples]) -> dict[str, PromptRates]:
    """Return what each view sees of the prompts of some outputs, which hold each prompt whole.

    Prompts are told apart by id and text, as :func:`fullmenu.judge.case.by_text` does.
    """
    none = np.empty(0, np.int64)
    if not logs:
        nothing = PromptRates(np.empty(0, np.uint64), none, np.empty(0), np.empty(0))
        return dict.fromkeys(views, nothing)
    (samples,) = by_text([Samples.joined(logs)])
    names = keys_of(samples.prompt_ids)
    groups = samples.groups
    order = np.argsort(groups, kind="stable")
    outputs, prompts = samples.outputs, samples.prompts
    log = OrderedLog(
        samples, [outputs[i] for i in order], [prompts[i] for i in order], groups[order]
    )
    looking = [get(name) for name in views]
    sums = [PairSums(*np.zeros((2, len(log.groups)))) for _ in views]
    for rows in some_prompts(log):
        part = log.at(rows)
        _, own = np.unique(part.groups, return_inverse=True)
        for view, of_view in zip(looking, sums, strict=True):
            features = view.rows(part.outputs, part.prompts)
            of_view.same[rows], of_view.partners[rows] = view.within_pairs(
                features, part.outputs, part.prompts, own
            )
    return {
        name: PromptRates.partial(of_sums(of_view, log.groups, len(names)), names)
        for name, of_view in zip(views, sums, strict=True)
    }


def jobs(plan: Plan) -> tuple[partial[bytes], partial[bytes]]:
    """Return what looks at a part, and what looks at a bucket."""
    return partial(look_at_part, plan), partial(look_at_bucket, plan)


def sampled(keys: Keys, counts: np.ndarray, outputs: int, least: int) -> Keys:
    """Return the prompts that are looked at closely: the first by key, of so many outputs.

    ``keys`` are ascending, and say nothing of what a prompt is: so the first are a random few,
    the same however a log is cut. ``least`` prompts at least.

    >>> sampled(np.array([2, 5, 9], np.uint64), np.array([10, 10, 10]), 20, 1).tolist()
    [2, 5]
    """
    if not len(keys):
        raise NotEnoughData("the log holds no outputs, so there is nothing to check")
    return keys[: max(least, int(np.searchsorted(np.cumsum(counts), outputs, side="right")))]
