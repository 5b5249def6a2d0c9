"""A sample of a log's parts, and the repeat rates that all of them would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec import UNSET, structs

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.judge import one
from fullmenu.judge.case import OrderedLog
from fullmenu.judge.census.tally import calls_twice, merged
from fullmenu.judge.closeup import IN_PARTS, SAMPLED, keys_of, row_keys, sampled
from fullmenu.judge.description import about
from fullmenu.judge.look import some_prompts
from fullmenu.kernel.rates import effective_number
from fullmenu.readers.account import Account
from fullmenu.readers.file_names import called
from fullmenu.readers.parts import Parts, parts
from fullmenu.readers.sources import Source
from fullmenu.report.document import CheckDocument, Rates
from fullmenu.report.report import Report
from fullmenu.samples import SCHEMA, Samples
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.bottom_k import BottomK
from fullmenu.stats.cluster_sample import Cells, drawn_parts, sampled_repeat_rate
from fullmenu.text.tokens import kept_for_views
from fullmenu.views.pairs_within import pairs_within
from fullmenu.views.registry import View, chosen, get


def sampled_rates(
    source: Source,
    wanted: float,
    *,
    views: Sequence[str] | None = None,
    seed: int = 0,
    size: int = 1,
    **how: Any,
) -> dict[str, Estimate]:
    """Estimate the repeat rates within prompts of a whole log from some of its row groups.

    The drawn row groups are held in memory. Of the others only the prompts are read: they tell how
    many row groups hold each, and with that its chance to be in the sample.

    Parameters
    ----------
    source
        Parquet files, as for :func:`fullmenu.read`.
    wanted
        How many outputs to read, about.
    views
        As in :func:`fullmenu.check`; views of texts, without an encoder.
    seed
        Of the draw.
    size
        Bytes that row groups are gathered up to before parts are drawn; by default each is drawn
        alone.
    how
        How the log is read, as :func:`fullmenu.readers.parts.parts` takes it.

    Returns
    -------
    dict
        By view, an estimate whose interval covers what the full pass gives.

    Raises
    ------
    BadInput
        A file has no row groups.
    NotEnoughData
        Fewer than 20 parts would be drawn.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> rows = [{"prompt": f"Fruit {i // 9}?", "output": f"fig {i % 2}"} for i in range(900)]
    >>> path = pathlib.Path(tempfile.mkdtemp(), "log.parquet")
    >>> pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=18)
    >>> print(sampled_rates(path, 450, views=["exact"])["exact"])
    0.444 [0.444, 0.444]
    """
    draw = _Draw.of(source, wanted, seed, size, how)
    draw.calls_twice(*called([source], ["log"]))
    return draw.rates([view.name for view in chosen(views, "text", None, "")])


def check_sample(
    source: Source,
    wanted: float,
    *,
    views: Sequence[str] | None = None,
    measures: Sequence[str] = (),
    seed: int = 0,
    label: str | None = None,
    size: int = 1,
    **how: Any,
) -> Report:
    """Check some row groups of a log: :func:`fullmenu.check` of these.

    The repeat rates within prompts are those that the whole log would show
    (:func:`sampled_rates`); all else is of the outputs read, or of 20,000 of them, of whole
    prompts, and the report says so.

    Parameters
    ----------
    source, wanted, views, seed, size, how
        As in :func:`sampled_rates`.
    measures, label
        As in :func:`fullmenu.check`.

    Raises
    ------
    BadInput, NotEnoughData
        As in :func:`sampled_rates`.
    """
    draw = _Draw.of(source, wanted, seed, size, how)
    (name,) = [label] if label else called([source], ["log"])
    twice = draw.calls_twice(name)
    close = draw.close
    report = one.check(close, views=views, measures=measures, label=name, seed=seed)
    document = report.content
    assert isinstance(document, CheckDocument)
    seen = dict(document.views)
    for view, e in draw.rates([v for v in seen if seen[v].within.undefined is UNSET]).items():
        number = effective_number(e) if e.value > 0 else None
        within = Rates(repeat_rate=e, effective_number=number)
        seen[view] = structs.replace(seen[view], within=within)
    n = len(draw.samples)
    rest = "the outputs read"
    if len(close) < n:
        rest = (
            f"{len(close):,} of the outputs read, all that were read of {close.n_prompts:,} prompts"
        )
    caveat = (
        f"A sample, drawn with seed {seed}: {n:,} of {draw.of_outputs:,} records, in {draw.parts} "
        f"of {draw.of_parts} row groups. Repeat rates within prompts are what the whole log would "
        f"show, with intervals for that; all else is of {rest}."
    )
    facts = structs.replace(about(draw.samples, name), read=draw.read)
    found = structs.replace(
        document, log=facts, views=seen, caveats=[caveat, *twice, *document.caveats]
    )
    return Report(found, report.samples, report.marked_by)


@dataclass(frozen=True)
class _Draw:
    """Parts that were drawn and read."""

    samples: Samples
    part_of: Ints
    held_in: Floats
    parts: int
    of_parts: int
    of_outputs: int
    read: list[str]
    calls: BottomK

    @classmethod
    def of(
        cls, source: Source, wanted: float, seed: int, size: int, how: Mapping[str, Any]
    ) -> _Draw:
        cut = parts(source, size=size, **how)
        whole = next((part.source for part in cut if part.rows is None), None)
        if whole is not None:
            raise BadInput(f"a sample draws row groups, and {whole} has none: write it as Parquet")
        rows = [part.rows or 0 for part in cut]
        drawn = drawn_parts(rows, wanted, seed)
        batches = [cut[number].batches() for number in drawn]
        logs = [Samples.joined([Samples(SCHEMA.empty_table()), *batch]) for batch in batches]
        calls = merged(BottomK.of(batch.calls) for batch in batches)
        account = Account.total([cut.account, *(batch.account for batch in batches)])
        account.judge()
        account.refuse_nothing([part.source for part in cut])
        samples = Samples.joined(logs)
        part_of = np.repeat(np.arange(len(logs)), [len(log) for log in logs])
        held_in = _held_in(cut, keys_of(samples.prompt_ids))
        read = [*account.summary(samples.n_prompts)]
        return cls(samples, part_of, held_in, len(drawn), len(cut), sum(rows), read, calls)

    def calls_twice(self, label: str) -> list[str]:
        """Say how many model calls several parts hold; refuse a log where they are many."""
        some = self.parts < self.of_parts
        return calls_twice(
            label, self.calls, (self.parts - 1) / (self.of_parts - 1) if some else 1.0
        )

    @property
    def close(self) -> Samples:
        """The outputs that are looked at closely: of whole prompts, as in a census."""
        keys, counts = np.unique(row_keys(self.samples), return_counts=True)
        if int(counts.sum()) <= SAMPLED:
            return self.samples
        first = sampled(keys, counts, SAMPLED, IN_PARTS)
        return self.samples.take(np.isin(row_keys(self.samples), first))

    def rates(self, views: Sequence[str]) -> dict[str, Estimate]:
        """Return what the whole log would show, by view."""
        samples = self.samples
        order = np.lexsort((self.part_of, samples.groups))
        texts, asked = samples.outputs, samples.prompts
        log = OrderedLog(
            samples, [texts[i] for i in order], [asked[i] for i in order], samples.groups[order]
        )
        cells = _cells([*map(get, views)], log, self.part_of[order])
        return {
            name: sampled_repeat_rate(of_view, self.of_parts, self.held_in)
            for name, of_view in zip(views, cells, strict=True)
        }


def _held_in(cut: Parts, keys: np.ndarray) -> Floats:
    """Return how many parts hold each prompt, (p,)."""
    order = np.argsort(keys)
    known = keys[order]
    counts = np.zeros(len(keys))
    for part in cut:
        found = [keys_of([*counts]) for counts in part.prompt_counts()]
        if found:
            here = np.unique(np.concatenate(found))
            at = np.minimum(np.searchsorted(known, here), len(known) - 1)
            counts[order[at[known[at] == here]]] += 1
    return np.maximum(counts, 1.0)


def _cells(views: Sequence[View], log: OrderedLog, part_of: Ints) -> list[Cells]:
    """Return what each view sees of the outputs of each prompt in each part, rows in order."""
    same, all_of = np.zeros((2, len(views), len(log.groups)))
    starts = np.flatnonzero(
        np.diff(log.groups, prepend=-1).astype(bool) | np.diff(part_of, prepend=-1).astype(bool)
    )
    cell = np.zeros(len(log.groups), np.int64)
    cell[starts[1:]] = 1
    cell = np.cumsum(cell)
    with kept_for_views():
        for rows in some_prompts(log):
            some = log.at(rows)
            said = some.outputs, some.prompts
            _, own = np.unique(some.groups, return_inverse=True)
            names, parts = np.unique(cell[rows], return_inverse=True)
            if len(names) == own.max() + 1:  # each prompt lies in one part
                found = [sums.same for sums in pairs_within(views, *said, some.groups)]
                all_of[:, rows] = same[:, rows] = found
                continue
            for v, view in enumerate(views):
                features = view.rows(*said)
                all_of[v, rows] = view.within_pairs(features, *said, own).same
                same[v, rows] = view.within_pairs(features, *said, parts).same
    within = np.add.reduceat(same, starts, axis=1)
    between = np.add.reduceat(all_of, starts, axis=1) - within
    sizes = np.diff(np.append(starts, len(cell))).astype(np.float64)
    # each pair stands in the sums of both of its outputs
    return [
        Cells(log.groups[starts], part_of[starts], sizes, w / 2, b)
        for w, b in zip(within, between, strict=True)
    ]
