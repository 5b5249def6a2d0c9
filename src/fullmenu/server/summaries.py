"""What pages show of many samples: computed behind them, kept, and told with the time it is of."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

import numpy as np

from fullmenu.errors import BadInput, FullmenuError
from fullmenu.kernel import rates
from fullmenu.monitor.visits import visit_of_rows
from fullmenu.report import html
from fullmenu.report.document import ComparisonDocument
from fullmenu.report.page import Shown
from fullmenu.samples import Samples
from fullmenu.views import registry

if TYPE_CHECKING:
    from fullmenu.store import Range, Store, Stored

_LOG = logging.getLogger(__name__)

SIDE = 1_000
"""Samples that a comparison takes of a side at most."""

LATELY = 500
"""Of the newest samples, how many are compared with the baseline."""

RUN = 50
"""Samples that are taken in a row, so that outputs of one visit stay together."""

STRETCHES, OF_EACH = 24, 100
"""Stretches of a course without a baseline, and samples read of each."""

KEPT, WAITING = 24, 24
"""Summaries that are kept, of which the one goes that nobody looked at for longest; and those that
may wait to be computed."""

RATES = 20_000
"""Repeat rates of prompts that are kept."""

EYES = "answer"
"""The view that prompts are compared in."""

PATIENCE = 2.0
"""Seconds for which a summary is good enough, at least; one that cost more is good for longer."""

LASTING = 4
"""How many times as long as it took to compute."""

T = TypeVar("T")


class SampleRange(NamedTuple):
    """Samples of a model with numbers above ``after``, up to ``until``."""

    model: str | None
    after: int
    until: int


@dataclass(frozen=True)
class Summary(Generic[T]):
    """What was computed, of when it is, why it could not be, and whether it is being computed."""

    value: T | None
    as_of: datetime | None
    error: str | None
    working: bool


class SampleStretch(NamedTuple):
    """Samples in a row, and by view the effective number of answers among them."""

    first: int
    last: int
    samples: int
    began: datetime
    ended: datetime
    sizes: dict[str, float | None]


class Course(NamedTuple):
    """How varied a model was, stretch by stretch; ``across`` different prompts or to the same."""

    stretches: list[SampleStretch]
    across: bool


class Compared(NamedTuple):
    """A comparison, and what its page shows."""

    document: ComparisonDocument
    shown: Shown


@dataclass
class _Kept:
    version: object = None
    value: Any = None
    as_of: datetime | None = None
    error: str | None = None
    cost: float = 0.0
    done: float = 0.0
    waits: bool = False


class Summaries:
    """What is computed behind the pages, one thing at a time, when somebody looks."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._rates: OrderedDict[Hashable, float | None] = OrderedDict()
        self._wanted: OrderedDict[Hashable, tuple[object, Callable[[], Any]]] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ending = False

    def course(self, model: str | None, last: int) -> Summary[Course]:
        """Return how varied a model was so far, up to its ``last`` sample."""
        return self._look(("course", model), last, lambda: course(self.store, model, last))

    def compared(
        self, before: SampleRange, after: SampleRange, labels: tuple[str, str]
    ) -> Summary[Compared]:
        """Return a comparison of two parts of the store."""
        return self._look(
            ("compared", before, after),
            None,
            lambda: compared(self.store, before, after, labels),
        )

    def lately(
        self, model: str | None, baseline: Range, since: int | None, last: int
    ) -> Summary[Compared]:
        """Return a comparison with the baseline of a model's samples up to ``last``.

        They are those with numbers above ``since``, or where that is ``None`` its newest ones.
        """

        def make() -> Compared:
            after = baseline.until if since is None else since
            if since is None:
                newest = self.store.samples(after, last, model=model, limit=LATELY, newest=True)
                after = newest[-1].id - 1 if newest else after
            before = SampleRange(model, *baseline)
            return compared(
                self.store, before, SampleRange(model, after, last), ("baseline", "lately")
            )

        return self._look(("lately", model, baseline, since), last, make)

    def rates(
        self, asked: Mapping[Hashable, Callable[[], Sequence[str]]]
    ) -> dict[Hashable, float | None]:
        """Return the repeat rates of some prompts' outputs; ``None`` of fewer than two."""
        with self._changed:
            found = {key: self._rates[key] for key in asked if key in self._rates}
        new = {key: outputs() for key, outputs in asked.items() if key not in found}
        computed = dict(zip(new, repeat_rates([*new.values()]), strict=True))
        with self._changed:
            self._rates.update(computed)
            while len(self._rates) > RATES:
                self._rates.popitem(last=False)
        return {**found, **computed}

    def settle(self, timeout: float = 60.0) -> None:
        """Wait until nothing is being computed."""
        with self._changed:
            self._changed.wait_for(
                lambda: not any(kept.waits for kept in self._kept.values()), timeout
            )

    def stop(self) -> None:
        """End."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(10)

    def _look(self, key: Hashable, version: object, make: Callable[[], T]) -> Summary[T]:
        with self._changed:
            if key not in self._kept and len(self._wanted) >= WAITING:
                return Summary(None, None, "too much waits to be computed; try again later", False)
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            fresh = kept.as_of is not None and kept.version == version
            due = time.monotonic() - kept.done >= max(PATIENCE, LASTING * kept.cost)
            if not fresh and not kept.waits and (kept.as_of is None or due) and not self._ending:
                kept.waits = True
                self._wanted[key] = version, make
                self._begin()
                self._changed.notify_all()
            idle = [other for other, one in self._kept.items() if not one.waits and other != key]
            for oldest in idle[: max(len(self._kept) - KEPT, 0)]:
                del self._kept[oldest]
            return Summary(kept.value, kept.as_of, kept.error, kept.waits)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="fullmenu-summaries", daemon=True
            )
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ending or self._wanted)
                if self._ending:
                    return
                key, (version, make) = self._wanted.popitem(last=False)
            began = time.monotonic()
            value, error = None, None
            try:
                value = make()
            except FullmenuError as told:
                error = str(told)
            except Exception as failed:
                _LOG.exception("a summary could not be computed")
                error = f"it could not be computed ({type(failed).__name__})"
            with self._changed:
                kept = self._kept.setdefault(key, _Kept())
                kept.version, kept.error, kept.waits = version, error, False
                kept.value = value if error is None else kept.value
                kept.as_of, kept.done = datetime.now(timezone.utc), time.monotonic()
                kept.cost = kept.done - began
                self._changed.notify_all()


def course(store: Store, model: str | None, last: int) -> Course:
    """Read some samples of each stretch, and see how varied they are."""
    opening = store.samples(0, last, model=model, limit=1)
    if not opening:
        raise BadInput("no sample of this model is here")
    edges = np.linspace(opening[0].id - 1, last, STRETCHES + 1).astype(int).tolist()
    parts = [store.samples(a, b, model=model, limit=OF_EACH) for a, b in pairwise(edges) if b > a]
    parts = joined([part for part in parts if part])
    logs = [samples_of(part) for part in parts]
    across = not any(np.bincount(visit_of_rows(log)).max() > 1 for log in logs)
    ends = [part[0].id - 1 for part in parts[1:]] + [last]
    return Course(
        [
            SampleStretch(
                part[0].id, end, len(part), time_of(part[0]), time_of(part[-1]),
                {view.name: size(log, view, across) for view in views_of(log)},
            )
            for part, log, end in zip(parts, logs, ends, strict=True)
        ],
        across,
    )  # fmt: skip


def joined(parts: Sequence[list[Stored]], least: int = 20) -> list[list[Stored]]:
    """Join neighbours until each holds enough samples to tell something."""
    found: list[list[Stored]] = []
    for part in parts:
        if found and len(found[-1]) < least:
            found[-1] = found[-1] + part
        else:
            found.append(part)
    if len(found) > 1 and len(found[-1]) < least:
        found[-2:] = [found[-2] + found[-1]]
    return found


def views_of(log: Samples) -> list[registry.View]:
    """Return the views that a log is looked through unless others are named."""
    return [registry.get(name) for name in registry.defaults(log.media)]


def size(log: Samples, view: registry.View, across: bool) -> float | None:
    """Return the effective number of answers of a stretch; ``None``: it cannot be told."""
    groups = visit_of_rows(log)
    prompts: Sequence[str | None] = log.column("prompt")
    if across:
        prompts = [None] * len(log)
        groups = np.unique(log.column("prompt_id"), return_inverse=True)[1]
    rows = view.rows(log.outputs, prompts)
    n = int(groups.max()) + 1
    if across:
        if n < rates.FIXED_PROMPTS:
            return None
        rate = rates.across(rows, groups, n).value
    else:
        found = rates.within(rows, groups, n)
        if not found.judged.any():
            return None
        rate = float(found.rates[found.judged].mean())
    return 1 / rate if rate > 0 else None


def repeat_rates(outputs: Sequence[Sequence[str]]) -> list[float | None]:
    """Return how likely two outputs of each prompt are one answer; ``None`` of fewer than two."""
    texts = [x for part in outputs for x in part]
    if not texts:
        return [None] * len(outputs)
    groups = np.repeat(np.arange(len(outputs)), [len(part) for part in outputs])
    found = rates.within(registry.get(EYES).rows(texts, [None] * len(texts)), groups, len(outputs))
    pairs = zip(found.rates.tolist(), found.judged.tolist(), strict=True)
    return [rate if judged else None for rate, judged in pairs]


def compared(
    store: Store, before: SampleRange, after: SampleRange, labels: tuple[str, str]
) -> Compared:
    """Compare two parts of the store, or what is drawn of each."""
    from fullmenu.judge.two import compare

    logs = [samples_of(drawn(store, part)) for part in (before, after)]
    report = compare(*logs, labels=labels)
    document = cast(ComparisonDocument, report.content)
    return Compared(document, html.contents_with(document, report.samples, report.marked_by))


def drawn(store: Store, part: SampleRange) -> list[Stored]:
    """Return a part's samples; of a large one, runs that are spread evenly over it.

    Raises
    ------
    BadInput
        There is none.
    """
    model, after, until = part
    found = store.samples(after, until, model=model, limit=SIDE + 1)
    if len(found) > SIDE:
        edges = np.linspace(after, until, SIDE // RUN + 1).astype(int).tolist()
        found = [x for a, b in pairwise(edges) for x in store.samples(a, b, model=model, limit=RUN)]
    if not found:
        named = "without a name" if model is None else repr(model)
        raise BadInput(
            f"no sample of the model {named} has a number above {after:,}, up to {until:,}"
        )
    return found


def samples_of(stored: Sequence[Stored]) -> Samples:
    """Return what is stored as a table."""
    return Samples.from_records(x.record for x in stored)


def time_of(stored: Stored) -> datetime:
    """Return when a sample was given, or where that is not told, when it came."""
    return _zoned(stored.record.time) if stored.record.time else stored.arrived


def number_at(store: Store, model: str | None, time: datetime, last: int) -> int:
    """Return the number after which a model's samples are of that time or later.

    Where samples did not come in the order of their times, it is about there.
    """
    low, high = 0, last
    while low < high:
        middle = (low + high) // 2
        found = store.samples(middle, last, model=model, limit=1)
        if found and time_of(found[0]) < time:
            low = found[0].id
        else:
            high = middle
    return low


def _zoned(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
