"""Checking and comparing logs of any size, part by part."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import structs

from fullmenu.engine.engines import Engine, Local
from fullmenu.engine.folder import RunFolder
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Margins
from fullmenu.judge import items, one, two
from fullmenu.judge.case import Settings, in_order, pair, single
from fullmenu.judge.census.passes import Plan, count_prompts, jobs
from fullmenu.judge.census.state import Census, PromptCounts, merged
from fullmenu.judge.closeup import SAMPLED, Keys, about_closeup, in_order_of, keys_of, sampled
from fullmenu.judge.explanation import causes, explained
from fullmenu.judge.judgement import conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.marks import marks
from fullmenu.judge.pipe import look_for
from fullmenu.judge.plates import served
from fullmenu.judge.premises import examine, left_out
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.readers.account import Account
from fullmenu.readers.file_names import called
from fullmenu.readers.parts import SIZE, Part, Parts, parts
from fullmenu.readers.sources import Source
from fullmenu.report.document import LogFacts
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views.registry import chosen

LEAST = 2 * FIXED_PROMPTS
"""Prompts of them at least."""
MOST = 20_000
"""Outputs of one prompt that are compared with each other at most."""
MEMORY = 2 << 30
"""Bytes that all processes together may take."""
_BASE, _TIMES = 220 << 20, 14  # a process with nothing read, and how its texts grow when looked at
_SMALLEST = 4 << 20
_SEVERAL_TEXTS = (
    "some prompt ids stand for several texts, which are not told apart when logs are compared in "
    "parts; leave the engine out, or give each text an id of its own"
)

Tell = Callable[[str, int, int], None]
"""Called with the step that is under way, how many of its parts are done, and how many it has."""


def check_in_parts(
    source: Source,
    *,
    engine: Engine | None = None,
    memory: int = MEMORY,
    folder: str | os.PathLike[str] | None = None,
    views: Sequence[str] | None = None,
    measures: Sequence[str] = (),
    seed: int = 0,
    label: str | None = None,
    tell: Tell | None = None,
    **how: Any,
) -> Report:
    """Measure how varied a log of any size is: :func:`fullmenu.check`, part by part.

    Repeat rates within prompts and the numbers of outputs are of every output. What takes all
    outputs at once is of whole prompts, the first in an order by hash, 20,000 outputs of them; a
    log that has no more is checked as :func:`fullmenu.check` does. The report says which is which.

    Parameters
    ----------
    source
        Files or folders, as for :func:`fullmenu.read`; they are read twice.
    engine
        Where parts are worked on: :class:`fullmenu.engine.engines.Local` by default, ``Pool``, or
        the one of an extra.
    memory
        Bytes that all its processes may take together.
    folder
        Where what parts gave is kept, so that a stopped run goes on from there; by default nowhere.
    views, measures, seed, label
        As in :func:`fullmenu.check`; views of texts, without an encoder.
    tell
        Called as parts are done.
    how
        How the log is read, as :func:`fullmenu.readers.parts.parts` takes it.

    Raises
    ------
    NotEnoughData
        The log holds no outputs, or fewer than six prompts.
    BadInput
        It cannot be read in parts, or one prompt has more than 20,000 outputs.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> rows = [{"prompt": f"Fruit {i // 3}?", "output": f"fig {i % 2}"} for i in range(27)]
    >>> path = pathlib.Path(tempfile.mkdtemp(), "log.jsonl")
    >>> _ = path.write_text("\\n".join(map(json.dumps, rows)))
    >>> report = check_in_parts(path, views=["phrasing"])
    >>> report.document["log"]["outputs"], report.document["log"]["prompts"]
    (27, 9)
    """
    settings = Settings(views, None, None, "", measures, seed)
    (name,) = [label] if label else called([source], ["log"])
    with _folder(folder) as place:
        run = _Run(engine or Local(), memory, place, tell, settings, how, [source])
        (census,), (facts,), beside = run.censuses([name])
    sample = in_order(census.sample)
    run.refuse_items([sample])
    case = single(sample, name, settings)
    pipe = [sign.check() for sign in look_for([sample], [name])]
    sights = replace(look(case), counted=in_order_of(case, [census.rates], census.prompts.names))
    premises = examine(sights)
    plates = served(sights)
    document = one.document(premises, plates, pipe)
    document = structs.replace(
        document, log=facts, caveats=[*document.caveats, *beside, *_beyond([census])]
    )
    return Report(document, [sample], partial(marks, plates))


def compare_in_parts(
    before: Source,
    after: Source,
    *,
    engine: Engine | None = None,
    memory: int = MEMORY,
    folder: str | os.PathLike[str] | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    measures: Sequence[str] = (),
    seed: int = 0,
    labels: tuple[str, str] | None = None,
    tell: Tell | None = None,
    **how: Any,
) -> Report:
    """Say whether a log of any size lost variety: :func:`fullmenu.compare`, part by part.

    The prompts that both logs hold are judged. Within prompts every output counts; at matched
    lengths, across prompts and in all that stands beside the verdict, 20,000 outputs of each log
    do, of the same prompts. Of prompts that one log alone holds nothing is looked at, for signs of
    the pipe either.

    Parameters
    ----------
    before, after
        Files or folders of the same prompts; they are read twice.
    engine, memory, folder, tell, how
        As in :func:`check_in_parts`.
    views, margins, measures, seed, labels
        As in :func:`fullmenu.compare`.

    Raises
    ------
    NotEnoughData
        The logs share fewer than six prompts.
    BadInput
        As in :func:`check_in_parts`, or one prompt id stands for several texts.
    """
    settings = Settings(views, margins, None, "", measures, seed)
    names = list(labels or called([before, after], ["before", "after"]))
    with _folder(folder) as place:
        run = _Run(engine or Local(), memory, place, tell, settings, how, [before, after])
        censuses, facts, beside = run.censuses(names)
    logs = [in_order(census.sample) for census in censuses]
    run.refuse_items(logs)
    case = pair(logs[0], logs[1], names, settings)
    shared = reduce(np.intersect1d, (census.prompts.names for census in censuses))
    if not case.paired or len(np.setdiff1d(keys_of(case.ids), shared)):
        raise BadInput(_SEVERAL_TEXTS)
    signs = look_for(logs, names)
    sights = replace(look(case), counted=in_order_of(case, [c.rates for c in censuses], shared))
    opinions = judge(examine(sights))
    ruling, pipe = explained(conclude(opinions), signs, logs, settings)
    plates = served(sights)
    found = two.document(ruling, plates, pipe, causes(ruling, settings))
    found = structs.replace(
        found, before=facts[0], after=facts[1], shared_prompts=len(shared),
        caveats=[*found.caveats, *beside, *_beyond(censuses)],
    )  # fmt: skip
    return Report(found, logs, partial(marks, plates))


@dataclass
class _Run:
    """The steps that checking and comparing share."""

    engine: Engine
    memory: int
    place: Path
    tell: Tell | None
    settings: Settings
    how: Mapping[str, Any]
    sources: Sequence[Source]

    @property
    def views(self) -> tuple[str, ...]:
        """The names of the views."""
        return tuple(view.name for view in chosen(self.settings.views, "text", None, ""))

    @property
    def size(self) -> int:
        """Bytes of a part: of what memory leaves each process, what its texts may be.

        A power of two, so that a run goes on with a worker more or less.
        """
        each = self.memory // (self.engine.workers + 1) - _BASE
        if each < _SMALLEST * _TIMES:
            least = (_SMALLEST * _TIMES + _BASE) * (self.engine.workers + 1)
            raise BadInput(
                f"memory of {self.memory >> 20} MiB for {self.engine.workers} worker(s): they need "
                f"{math.ceil(least / (1 << 20))} MiB; give more, or fewer workers"
            )
        return int(min(SIZE, 1 << ((each // _TIMES).bit_length() - 1)))

    def censuses(self, names: Sequence[str]) -> tuple[list[Census], list[LogFacts], list[str]]:
        """Count each log; return what its outputs leave, the facts of it, and what to say."""
        logs = [parts(source, size=self.size, **self.how) for source in self.sources]
        first = [next((some for part in log for some in part.batches()), None) for log in logs]
        if None not in first:
            self.refuse_items([some for some in first if some])
        kept = RunFolder(self.place, self._plan(logs))
        counts = [
            merged(self._done(kept, f"{name} prompts", partial(count_prompts, self.size), log,
                              PromptCounts.from_bytes))
            for name, log in zip(self._steps, logs, strict=True)
        ]  # fmt: skip
        shared = reduce(np.intersect1d, (c.keys for c in counts))
        self._judgeable(counts, shared)
        among = [np.isin(c.keys, shared) for c in counts]
        most = np.max([c.counts[at] for c, at in zip(counts, among, strict=True)], axis=0)
        close = sampled(shared, most, SAMPLED, LEAST)
        censuses = []
        for name, log, counted in zip(self._steps, logs, counts, strict=True):
            spread = counted.keys[counted.parts > 1]
            buckets = max(1, math.ceil(sum(part.size for part in log) / self.size))
            plan = Plan(self.place / f"{name} keys", self.views, buckets)
            plan.write(shared, close, spread)
            look_at_part, look_at_bucket = jobs(plan)
            states = self._done(kept, f"{name} outputs", look_at_part, log, Census.from_bytes)
            census = merged(states)
            if len(np.intersect1d(spread, shared)):
                census = merged([census, *self._done(
                    kept, f"{name} spread", look_at_bucket, range(buckets), Census.from_bytes
                )])  # fmt: skip
            censuses.append(census)
        if len(logs) > 1 and any(len(np.setdiff1d(c.prompts.names, shared)) for c in censuses):
            raise BadInput(_SEVERAL_TEXTS)
        seen = reduce(np.intersect1d, (census.prompts.names for census in censuses))
        facts, beside = [], []
        for name, log, census, counted in zip(names, logs, censuses, counts, strict=True):
            facts.append(_facts(name, log, census, seen, len(counted.keys)))
            alone = ~np.isin(counted.keys, shared)
            silent = census.prompts.of(np.setdiff1d(census.prompts.names, seen))
            left = int(alone.sum()) + len(silent.names)
            if left:
                rows = int(counted.counts[alone].sum() + silent.counts.sum())
                beside.append(left_out(name, left, rows))
        return censuses, facts, beside

    @property
    def _steps(self) -> tuple[str, ...]:
        return ("log",) if len(self.sources) == 1 else ("before", "after")

    def _done(
        self, kept: RunFolder, step: str, job: Callable[[Any], bytes], items: Sequence[Any],
        read: Callable[[bytes], Any],
    ) -> Iterator[Any]:  # fmt: skip
        for done, (_, state) in enumerate(kept.run(step, self.engine, job, items), 1):
            if self.tell:
                self.tell(step, done, len(items))
            yield read(state)

    def _plan(self, logs: Sequence[Sequence[Part]]) -> dict[str, Any]:
        files = [[_file(part) for part in log] for log in logs]
        how = {name: value for name, value in self.how.items() if value is not None}
        return {"census": 1, "views": self.views, "size": self.size, "files": files,
                "how": repr(sorted(how.items()))}  # fmt: skip

    def refuse_items(self, logs: Sequence[Samples]) -> None:
        """Refuse labels, ids and lists, which :func:`fullmenu.judge.items.prepared` looks at."""
        for notice in items.prepared(logs, self.settings).notices:
            views = "" if self.settings.views else f", or name the views ({','.join(self.views)})"
            raise BadInput(
                f"{notice.sentence} In parts this is not done yet: leave the engine out{views}"
            )

    def _judgeable(self, counts: Sequence[PromptCounts], shared: Keys) -> None:
        if len(shared) < FIXED_PROMPTS:
            where = "are in the log" if len(counts) == 1 else "are in both logs"
            raise NotEnoughData(
                f"{len(shared)} prompts {where}: in parts it takes {FIXED_PROMPTS}; leave the "
                "engine out, which compares outputs of few prompts too"
            )
        for counted in counts:
            n = int(counted.counts.max())
            if n > MOST:
                raise BadInput(
                    f"one prompt has {n:,} outputs, and at most {MOST:,} of one prompt are "
                    "compared with each other; read fewer with a condition, such as one week"
                )


def _file(part: Part) -> list[Any]:
    return [part.source, part.row_groups, *part.file.stamp]


@contextmanager
def _folder(given: str | os.PathLike[str] | None) -> Iterator[Path]:
    if given is not None:
        yield Path(given)
        return
    with tempfile.TemporaryDirectory(prefix="fullmenu-") as place:
        yield Path(place)


def _facts(label: str, log: Parts, census: Census, seen: Keys, n_prompts: int) -> LogFacts:
    account = Account.total([log.account, *(census.accounts[k] for k in sorted(census.accounts))])
    account.judge()
    account.refuse_nothing([part.source for part in log])
    prompts = census.prompts.of(seen)
    outputs = int(prompts.counts.sum())
    return LogFacts(
        label=label,
        outputs=outputs,
        prompts=len(prompts.counts),
        outputs_per_prompt=float(np.median(prompts.counts)),
        models=sorted(census.models, key=lambda m: (-census.models[m], m))[:10],
        media="text",
        empty=census.empty,
        read=[*account.summary(n_prompts)],
    )


def _beyond(censuses: Sequence[Census]) -> list[str]:
    outputs = [int(census.prompts.counts.sum()) for census in censuses]
    return about_closeup([census.sample for census in censuses], outputs)
