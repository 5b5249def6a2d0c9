"""Checking and comparing logs of any size, part by part."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
from fullmenu.judge.case import Case, Progress, Settings, in_order, pair, single
from fullmenu.judge.census.dish_tally import DishTally, Menu, dishes_of_part, with_dishes
from fullmenu.judge.census.group_parts import (
    GroupCounts,
    GroupPart,
    count_groups,
    sizes_of,
)
from fullmenu.judge.census.part_jobs import CensusPlan, count_prompts, jobs
from fullmenu.judge.census.tally import Census, PromptCounts, calls_twice, merged
from fullmenu.judge.closeup import (
    IN_PARTS,
    SAMPLED,
    Keys,
    about_closeup,
    in_order_of,
    keys_of,
    sampled,
)
from fullmenu.judge.explanation import causes, explained
from fullmenu.judge.groups import Groups, arranged, is_timed, values_of
from fullmenu.judge.judgement import conclude, judge
from fullmenu.judge.look import Sights, look
from fullmenu.judge.many import over
from fullmenu.judge.marks import marks
from fullmenu.judge.pipe import look_for
from fullmenu.judge.plates import served
from fullmenu.judge.premises import examine, left_out
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.readers.account import Account
from fullmenu.readers.file_names import called
from fullmenu.readers.parts import SIZE, Part, Parts, parts
from fullmenu.readers.sources import Source
from fullmenu.report.document import LogFacts, Notice, TrendDocument
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views.registry import chosen

MOST = 20_000
"""Outputs of one prompt that are compared with each other at most."""
MEMORY = 2 << 30
"""Bytes that all processes together may take."""
OVER = 3
"""Times as many outputs are looked at closely of all versions of a trend."""
_BASE, _TIMES = 220 << 20, 14  # a process with nothing read, and how its texts grow when looked at
_SMALLEST = 4 << 20
_SEVERAL_TEXTS = (
    "some prompt ids stand for several texts, which are not told apart when logs are compared in "
    "parts; leave the engine out, or give each text an id of its own"
)

Tell = Callable[[str, int, int], None]
"""Called with the step that is under way, how many of its parts are done, and how many it has: 0
of a step that has none."""


def check_in_parts(
    source: Source,
    *,
    engine: Engine | None = None,
    memory: int = MEMORY,
    folder: str | os.PathLike[str] | None = None,
    views: Sequence[str] | None = None,
    measures: Sequence[str] = (),
    count_dishes: bool = False,
    seed: int = 0,
    label: str | None = None,
    tell: Tell | None = None,
    **how: Any,
) -> Report:
    """Measure how varied a log of any size is: :func:`fullmenu.check`, part by part.

    Repeat rates within prompts and the numbers of outputs are of every output. What takes all
    outputs at once is of whole prompts, the first in an order by hash: of 20,000 outputs, or of
    2,048 prompts where these have no more than 20 each. A log that has no more is checked as
    :func:`fullmenu.check` does. Of a prompt with more than 20,000 outputs about so many are
    compared; of fewer than six prompts, so many in all. The report says which is which.

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
    count_dishes
        Whether every output is held against the dishes that the sample serves twice or more, the
        1,000 commonest: one more pass.
    tell
        Called as parts are done.
    how
        How the log is read, as :func:`fullmenu.readers.parts.parts` takes it.

    Raises
    ------
    NotEnoughData
        The log holds no outputs.
    BadInput
        It cannot be read in parts.

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
    settings = Settings(views, None, None, "", measures, seed, _afterwards(tell))
    (name,) = [label] if label else called([source], ["log"])
    with _folder(folder) as place:
        run = _Run(engine or Local(), memory, place, tell, settings, how, [source])
        logs, counts = run.counted()
        (census,), (facts,), beside = run.together([name], logs, counts)
        sample = in_order(census.sample)
        told = run.prepared([sample])
        case = single(sample, name, run.settings)
        pipe = [sign.check() for sign in look_for([sample], [name])]
        sights = _counted(look(case), [census], census.prompts.names)
        premises = examine(sights)
        plates = served(sights)
        document = one.document(premises, plates, pipe, told=told)
        document = structs.replace(
            document, log=facts, caveats=[*document.caveats, *beside, *_beyond([census])]
        )
        if count_dishes:
            menu = Menu.of(sights, plates)
            (tally,) = run.tallies(menu, logs)
            of_all = tally.told(menu, plates, facts.prompts, tally.commonest)
            document = structs.replace(document, dishes_of_all=of_all)
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
    count_dishes: bool = False,
    seed: int = 0,
    labels: tuple[str, str] | None = None,
    tell: Tell | None = None,
    **how: Any,
) -> Report:
    """Say whether a log of any size lost variety: :func:`fullmenu.compare`, part by part.

    The prompts that both logs hold are judged. Within prompts every output counts; at matched
    lengths, across prompts and in all that stands beside the verdict, about 20,000 outputs of each
    log do, of the same prompts. Of prompts that one log alone holds nothing is looked at, for
    signs of the pipeline either.

    Parameters
    ----------
    before, after
        Files or folders of the same prompts; they are read twice.
    engine, memory, folder, tell, how
        As in :func:`check_in_parts`.
    views, margins, measures, seed, labels
        As in :func:`fullmenu.compare`.
    count_dishes
        As in :func:`check_in_parts`; what looks lost in the sample, and is served by other outputs
        after, is then not listed as lost.

    Raises
    ------
    NotEnoughData
        The logs share no prompt.
    BadInput
        As in :func:`check_in_parts`, or one prompt id stands for several texts.
    """
    settings = Settings(views, margins, None, "", measures, seed, _afterwards(tell))
    names = list(labels or called([before, after], ["before", "after"]))
    with _folder(folder) as place:
        run = _Run(engine or Local(), memory, place, tell, settings, how, [before, after])
        logs, counts = run.counted()
        return _compared(run, names, *run.together(names, logs, counts), logs * count_dishes)


def _compared(
    run: _Run, names: Sequence[str], censuses: Sequence[Census], facts: Sequence[LogFacts],
    beside: Sequence[str], all_of: Sequence[Parts] = (),
) -> Report:  # fmt: skip
    """Judge two logs; the dishes of all their outputs are counted where these are given."""
    logs = [in_order(census.sample) for census in censuses]
    told = run.prepared(logs)
    settings = run.settings
    case = pair(logs[0], logs[1], names, settings)
    shared = reduce(np.intersect1d, (census.prompts.names for census in censuses))
    if not case.paired or len(np.setdiff1d(keys_of(case.ids), shared)):
        raise BadInput(_SEVERAL_TEXTS)
    signs = look_for(logs, names)
    sights = _counted(look(case), censuses, shared)
    opinions = judge(examine(sights))
    ruling, pipe = explained(conclude(opinions), signs, logs, settings)
    plates = served(sights)
    document = two.document(ruling, plates, pipe, causes(ruling, settings), told=told)
    document = structs.replace(
        document, before=facts[0], after=facts[1], shared_prompts=len(shared),
        caveats=[*document.caveats, *beside, *_beyond(censuses)],
    )  # fmt: skip
    if all_of:
        menu = Menu.of(sights, plates)
        tallies = run.tallies(menu, all_of)
        document = with_dishes(document, menu, plates, tallies)
    return Report(document, logs, partial(marks, plates))


def trend_in_parts(
    versions: Source | Sequence[Source],
    *,
    by: str | None = None,
    engine: Engine | None = None,
    memory: int = MEMORY,
    folder: str | os.PathLike[str] | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    measures: Sequence[str] = (),
    seed: int = 0,
    labels: Sequence[str] | None = None,
    tell: Tell | None = None,
    **how: Any,
) -> Report:
    """Follow variety over versions of any size: :func:`fullmenu.trend`, part by part.

    Within prompts every output of every version counts. All else is of about 60,000 outputs of all
    versions together, of the same whole prompts, the first in an order by hash.

    Parameters
    ----------
    versions
        A list of three logs or more, oldest first; with ``by``, one log. It is then read once to
        find its groups, and each part of it once more for every group that it holds: write a log
        in order of what it is cut by.
    by
        As in :func:`fullmenu.compare`; of two groups the report is a comparison.
    engine, memory, folder, tell, how
        As in :func:`check_in_parts`.
    views, margins, measures, seed, labels
        As in :func:`fullmenu.trend`.

    Raises
    ------
    NotEnoughData
        Fewer than two groups have enough outputs.
    BadInput
        As in :func:`check_in_parts`; there are too few versions, or too many groups.
    """
    settings = Settings(views, margins, None, "", measures, seed, _afterwards(tell))
    several = by is None and isinstance(versions, Sequence) and not isinstance(versions, str)
    sources: list[Any] = [*versions] if several else [versions]  # type: ignore[misc]
    if by is None and len(sources) < 3:
        raise BadInput(f"a trend needs three versions or more, not {len(sources)}; use compare")
    with _folder(folder) as place:
        run = _Run(engine or Local(), memory, place, tell, settings, how, sources, by)
        groups = None
        if by is not None:
            groups, logs, counts = run.groups(by)
            names = list(labels or groups.labels)
            if len(names) == 2:
                censuses, facts, beside = run.together(names, logs, counts)
                return _compared(run, names, censuses, facts, [*groups.left_out, *beside])
        else:
            logs, counts = run.counted()
            names = list(labels or called(sources, [f"v{i + 1}" for i in range(len(logs))]))
        if len(names) != len(logs):
            raise BadInput(f"{len(names)} labels for {len(logs)} versions: give one for each")
        censuses, facts, beside = run.apart(names, logs, counts)
    samples = [in_order(census.sample) for census in censuses]
    told = run.prepared(samples)
    of_label = dict(zip(names, censuses, strict=True))

    def see(case: Case) -> Sights:
        sides = [of_label[log.label] for log in case.logs]
        shared = reduce(np.intersect1d, (census.prompts.names for census in sides))
        if not case.paired:
            return look(case)
        if len(np.setdiff1d(keys_of(case.ids), shared)):
            raise BadInput(_SEVERAL_TEXTS)
        return _counted(look(case), sides, shared)

    document = over(samples, names, run.settings, groups, see).content
    assert isinstance(document, TrendDocument)
    caveats = [notice.sentence for notice in told]
    caveats += [*document.caveats, *beside, *_beyond(censuses)]
    return Report(structs.replace(document, versions=facts, caveats=caveats))


def _afterwards(tell: Tell | None) -> Progress | None:
    """Tell of the steps that come after the parts, too."""
    return None if tell is None else lambda step: tell(step, 0, 0)


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
    by: str | None = None
    told: list[Notice] = field(default_factory=list)

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

    def counted(self) -> tuple[list[Parts], list[PromptCounts]]:
        """Cut each log into parts, and count the prompts of each."""
        logs = [parts(source, size=self.size, **self.how) for source in self.sources]
        self._begun(logs)
        counts = [
            merged(self._done(f"{name} prompts", partial(count_prompts, self.size), log,
                              PromptCounts.from_bytes))
            for name, log in zip(self._steps(len(logs)), logs, strict=True)
        ]  # fmt: skip
        for log, counted in zip(logs, counts, strict=True):
            if not len(counted.keys):
                _refuse_nothing(log)
        return logs, counts

    def groups(self, by: str) -> tuple[Groups, list[Parts], list[PromptCounts]]:
        """Cut the log into groups, each with the parts that hold some of it and its prompts."""
        log = parts(self.sources[0], size=self.size, **self.how)
        first = self._begun([log])[0]
        if first is None:
            raise NotEnoughData("the log holds no outputs, so there is nothing to check")
        timed = is_timed(first, by)
        values_of(first, by, timed)  # refuses what makes no groups
        job = partial(count_groups, by, timed, self.size)
        read = partial(GroupCounts.from_bytes, timed=timed)
        done = self._numbered("log groups", job, log, read)
        states = [state for _, state in sorted(done, key=lambda pair: pair[0])]
        found = arranged(sizes_of(states), by, first.further)
        logs, counts = [], []
        for values in found.values:
            own = [state.of(values) for state in states]
            mine = Parts(
                GroupPart.of(part, by, timed, values)
                for part, count in zip(log, own, strict=True)
                if len(count.keys)
            )
            mine.account = log.account
            logs.append(mine)
            counts.append(merged(own))
        return Groups(by, found.labels, [], found.left_out), logs, counts

    def together(
        self, names: Sequence[str], logs: Sequence[Parts], counts: Sequence[PromptCounts]
    ) -> tuple[list[Census], list[LogFacts], list[str]]:
        """Look at the prompts that all logs hold."""
        shared = reduce(np.intersect1d, (c.keys for c in counts))
        if not len(shared) and len(logs) > 1:
            raise NotEnoughData(
                "no prompt is in both logs: in parts they must share some; leave the engine out, "
                "which compares logs of different prompts too"
            )
        most = MOST if len(shared) >= FIXED_PROMPTS else SAMPLED // max(len(shared), 1)
        among = [np.isin(c.keys, shared) for c in counts]
        sizes = np.max([c.counts[at] for c, at in zip(counts, among, strict=True)], axis=0)
        close = sampled(shared, np.minimum(sizes, most), SAMPLED, IN_PARTS)
        censuses = [
            self._census(step, log, counted, shared, close, most)
            for step, log, counted in zip(self._steps(len(logs)), logs, counts, strict=True)
        ]
        if len(logs) > 1 and any(len(np.setdiff1d(c.prompts.names, shared)) for c in censuses):
            raise BadInput(_SEVERAL_TEXTS)
        seen = reduce(np.intersect1d, (census.prompts.names for census in censuses))
        facts, beside = [], []
        for name, log, census, counted in zip(names, logs, censuses, counts, strict=True):
            facts.append(_facts(name, log, census, seen, counted, most))
            beside += calls_twice(name, census.calls)
            alone = ~np.isin(counted.keys, shared)
            silent = census.prompts.of(np.setdiff1d(census.prompts.names, seen))
            left = int(alone.sum()) + len(silent.names)
            if left:
                rows = int(counted.counts[alone].sum() + silent.counts.sum())
                beside.append(left_out(name, left, rows))
        held = [
            PromptCounts(c.keys[at], c.counts[at], c.parts[at])
            for c, at in zip(counts, among, strict=True)
        ]
        return censuses, facts, [*beside, *_thinned(censuses, held, most)]

    def apart(
        self, names: Sequence[str], logs: Sequence[Parts], counts: Sequence[PromptCounts]
    ) -> tuple[list[Census], list[LogFacts], list[str]]:
        """Look at all prompts of each log; closely at the same ones, of all logs together."""
        together = merged(counts)
        most = min(MOST, max(int(SAMPLED * OVER // len(logs)), 1))
        close = sampled(together.keys, together.counts, SAMPLED * OVER, IN_PARTS * OVER)
        censuses, facts, beside = [], [], []
        for step, name, log, counted in zip(
            self._steps(len(logs)), names, logs, counts, strict=True
        ):
            few = len(counted.keys) < FIXED_PROMPTS
            each = most // max(len(counted.keys), 1) if few else MOST
            census = self._census(step, log, counted, counted.keys, close, each)
            censuses.append(census)
            facts.append(_facts(name, log, census, census.prompts.names, counted, each))
            beside += calls_twice(name, census.calls)
            beside += [f"{name}: {told}" for told in _thinned([census], [counted], each)]
        return censuses, facts, beside

    def _census(
        self, step: str, log: Parts, counted: PromptCounts, kept: Keys, close: Keys, most: int
    ) -> Census:
        """Look at the outputs of the prompts that are kept, ``most`` of each prompt or so."""
        spread = np.intersect1d(counted.keys[counted.parts > 1], kept)
        buckets = max(1, math.ceil(sum(part.size for part in log) / self.size))
        plan = self._keys(step, buckets)
        many = counted.counts > most
        shares = dict(zip(counted.keys[many].tolist(), most / counted.counts[many], strict=True))
        plan.write(kept, close, spread, shares)
        look_at_part, look_at_bucket = jobs(plan)
        census: Census = merged(self._done(f"{step} outputs", look_at_part, log, Census.from_bytes))
        if len(spread):
            buckets_done = self._done(
                f"{step} spread", look_at_bucket, range(buckets), Census.from_bytes
            )
            census = merged([census, *buckets_done])
        return census

    def tallies(self, menu: Menu, logs: Sequence[Parts]) -> list[DishTally]:
        """Count the dishes of the outputs that were looked at."""
        path = self.place / "menu.npz"
        menu.write(path)
        return [
            merged(self._done(f"{step} dishes", partial(dishes_of_part, self._keys(step), path),
                              log, DishTally.from_bytes))
            for step, log in zip(self._steps(len(logs)), logs, strict=True)
        ]  # fmt: skip

    def _keys(self, step: str, buckets: int = 1) -> CensusPlan:
        return CensusPlan(self.place / f"{step} keys", self.views, buckets)

    def _steps(self, logs: int) -> Sequence[str]:
        if logs <= 2:
            return ("log",) if logs == 1 else ("before", "after")
        return [f"version {i + 1}" for i in range(logs)]

    def _begun(self, logs: Sequence[Parts]) -> list[Samples | None]:
        """Look at the first outputs of each log: what they are, and with that the views."""
        first = [next((some for part in log for some in part.batches()), None) for log in logs]
        if None not in first:
            prepared = items.prepared([some for some in first if some], self.settings)
            _refuse_lists(prepared, self.settings)
            self.settings, self.told = prepared.settings, prepared.notices
        self.kept = RunFolder(self.place, self._plan(logs))
        return first

    def _done(
        self, step: str, job: Callable[[Any], bytes], items: Sequence[Any],
        read: Callable[[bytes], Any],
    ) -> Iterator[Any]:  # fmt: skip
        return (state for _, state in self._numbered(step, job, items, read))

    def _numbered(
        self, step: str, job: Callable[[Any], bytes], items: Sequence[Any],
        read: Callable[[bytes], Any],
    ) -> Iterator[tuple[int, Any]]:  # fmt: skip
        for done, (place, state) in enumerate(self.kept.run(step, self.engine, job, items), 1):
            if self.tell:
                self.tell(step, done, len(items))
            yield place, read(state)

    def _plan(self, logs: Sequence[Sequence[Part]]) -> dict[str, Any]:
        files = [[_file(part) for part in log] for log in logs]
        how = {name: value for name, value in self.how.items() if value is not None}
        return {"census": 3, "views": self.views, "size": self.size, "files": files,
                "by": self.by, "how": repr(sorted(how.items()))}  # fmt: skip

    def prepared(self, logs: Sequence[Samples]) -> list[Notice]:
        """Return what was said of the first outputs; refuse logs of which it is not true."""
        settings = replace(self.settings, views=None) if self.told else self.settings
        again = items.prepared(logs, settings)
        _refuse_lists(again, settings)
        if again.settings.views != self.settings.views:
            raise BadInput(
                "the first outputs are ids or labels, and others are texts, or the other way "
                "round: name the views that look at them"
            )
        return self.told


def _refuse_nothing(log: Parts) -> None:
    """Say why a log holds no outputs, as it is said of one in memory."""
    account = log.account
    for part in log:
        batches = part.batches()
        if next(batches, None) is not None:
            return
        account = Account.total([account, batches.account])
    account.refuse_nothing([part.source for part in log])


def _refuse_lists(prepared: items.Prepared, settings: Settings) -> None:
    """Refuse lists, which :func:`fullmenu.judge.items.prepared` takes apart."""
    for notice in prepared.notices:
        if notice.name == "lists of items":
            raise BadInput(f"{notice.sentence} In parts this is not done yet: leave the engine out")


def _counted(sights: Sights, censuses: Sequence[Census], prompts: Keys) -> Sights:
    """Give sights the rates of all prompts, those of the case first, in its order.

    Of fewer than six prompts the interval rests on single outputs, which were looked at closely.
    """
    if len(prompts) < FIXED_PROMPTS:
        return sights
    rates = [census.rates for census in censuses]
    return replace(sights, counted=in_order_of(sights.case, rates, prompts))


def _file(part: Part) -> list[Any]:
    return [part.source, part.row_groups, *part.file.stamp]


@contextmanager
def _folder(given: str | os.PathLike[str] | None) -> Iterator[Path]:
    if given is not None:
        yield Path(given)
        return
    with tempfile.TemporaryDirectory(prefix="fullmenu-") as place:
        yield Path(place)


def _facts(
    label: str, log: Parts, census: Census, seen: Keys, counted: PromptCounts, most: int
) -> LogFacts:
    account = Account.total([log.account, *(census.accounts[k] for k in sorted(census.accounts))])
    account.judge()
    account.refuse_nothing([part.source for part in log])
    prompts = census.prompts.of(seen)
    outputs = int(prompts.counts.sum()) + census.left_out
    at = np.minimum(np.searchsorted(counted.keys, seen), len(counted.keys) - 1)
    many = (counted.keys[at] == seen) & (counted.counts[at] > most)
    each = np.where(many, counted.counts[at], prompts.counts)
    return LogFacts(
        label=label,
        outputs=outputs,
        prompts=len(prompts.counts),
        outputs_per_prompt=float(np.median(each)),
        models=sorted(census.models, key=lambda m: (-census.models[m], m))[:10],
        media="text",
        empty=census.empty,
        read=[*account.summary(len(counted.keys))],
    )


def _beyond(censuses: Sequence[Census]) -> list[str]:
    outputs = [int(census.prompts.counts.sum()) for census in censuses]
    return about_closeup([census.sample for census in censuses], outputs)


def _thinned(censuses: Sequence[Census], counts: Sequence[PromptCounts], most: int) -> list[str]:
    """Say how many prompts had more outputs than are compared with each other."""
    if not any(census.left_out for census in censuses):
        return []
    n = len(np.unique(np.concatenate([c.keys[c.counts > most] for c in counts])))
    prompts, of = ("One prompt has", "") if n == 1 else (f"{n:,} prompts have", " of each")
    return [
        f"{prompts} more than {most:,} outputs: about {most:,}{of} are compared, chosen by a hash "
        "of file and row, and the intervals are those of so many."
    ]
