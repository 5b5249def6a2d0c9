"""One watch of one log: parts in, alarms out, and its state in a file after every batch."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.readers.follow import Growing, Place
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Media, Record, Samples
from fullmenu.views.registry import Encoder, View
from fullmenu.watch import state
from fullmenu.watch.monitor import MODELS, OTHERS, Monitor
from fullmenu.watch.two_sample import TwoSample
from fullmenu.watch.visits import Visit, gather, gather_some

FILE = "fullmenu/watch-file/1"

BATCH = 512
"""Visits between two savings of the state."""

GONE = (
    "the log is not the one that was being read when the watch was stopped; watch that log, or "
    "begin anew with --fresh"
)

Doc = dict[str, Any]


@dataclass(frozen=True)
class Take:
    """Outputs read at once, one by one or as a table, and the place in the log where they end."""

    end: Doc
    records: Sequence[Record] = ()
    samples: Samples | None = None


class Log(Protocol):
    """A log that can be read on from where it was left."""

    remarks: list[str]
    media: Media

    def take(self, end: Doc | None, follow: bool) -> Take | None:
        """Return what comes next, or once more what came up to ``end``; ``None``: nothing yet."""


class Lines:
    """A file of one record a line."""

    media: Media = "text"

    def __init__(self, file: Growing, model: str | None) -> None:
        self.file, self.model = file, model
        self.remarks = file.remarks
        self.said = False

    def take(self, end: Doc | None, follow: bool) -> Take | None:
        """Return the next part, as its lines come; or all of the file, by time if it is there."""
        until = None if end is None else Place(**end)
        part = self.file.part(end=until, whole=not follow, last=not follow)
        if part is None:
            return None
        if end is not None and part.end.to_dict() != end:
            raise BadInput(GONE)
        if not follow:
            self.file.log.judge()
        if not self.said:
            self.said = True
            self.remarks.append(f"reading {self.file.path.name} as {self.file.how}")
            self.remarks += self.file.log.said
        records = [r for r in part.records if self.model in (None, r.model)]
        if part.records and not records:
            self.remarks.append(f"what was read holds no output of the model {self.model!r}")
        if not follow and records and all(r.time is not None for r in records):
            records.sort(key=_seconds)
        return Take(part.end.to_dict(), records)


class Whole:
    """Any log that :func:`fullmenu.read` reads; what was there last time is left out."""

    def __init__(self, samples: Samples, model: str | None, place: Doc) -> None:
        self.samples, self.model, self.media = samples, model, samples.media
        self.remarks: list[str] = []
        self.at = int(place.get("outputs", 0))
        if self.at and _digest(samples, self.at) != place.get("digest"):
            raise BadInput(
                f"the log does not begin with the {self.at:,} outputs that were read of it before; "
                "watch that log, or begin anew with --fresh"
            )

    def take(self, end: Doc | None, follow: bool) -> Take | None:
        """Return what was added since, by time where every output has one."""
        stop = len(self.samples) if end is None else int(end["outputs"])
        if stop > len(self.samples) or (end and _digest(self.samples, stop) != end["digest"]):
            raise BadInput(GONE)
        if self.at >= stop:
            return None
        table = self.samples.table.slice(self.at, stop - self.at)
        new = replace(self.samples, table=table)
        if table.column("time").null_count == 0:
            times = np.asarray(table.column("time").cast("int64"))
            new = new.take(np.argsort(times, kind="stable"))
        if self.model is not None and self.model in new.models:
            new = new.of_model(self.model)
        elif self.model is not None:
            new = new.take([])
        self.at = stop
        end = {"outputs": stop, "digest": _digest(self.samples, stop)}
        return Take(end, samples=new)


def _seconds(r: Record) -> float:
    time = r.time or datetime.min
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()


def _digest(samples: Samples, n: int) -> str:
    part = samples.table.slice(0, n).select(["prompt_id", "output"])
    found = sha256()
    for prompt, output in zip(*(c.to_pylist() for c in part.columns), strict=True):
        found.update(f"{len(prompt)},{len(output)};{prompt}{output}".encode("utf-8", "replace"))
    return found.hexdigest()[:32]


def fingerprint(samples: Samples) -> str:
    """Return what tells two baselines apart."""
    return _digest(samples, len(samples))


@dataclass
class Watch:
    """A monitor on its way through a log.

    Parameters
    ----------
    monitor
        Which sees the visits.
    path
        The file that keeps the state, if any.
    settings
        What it was begun with: a state of other settings is refused.
    apart
        Asks of the same visits whether they are different at all.
    follow
        Whether the last run of outputs may go on in the next part.
    """

    monitor: Monitor
    path: Path | None
    settings: Doc
    apart: TwoSample
    follow: bool = False
    place: Doc = field(default_factory=dict)
    until: Doc | None = None
    parts: bool = False
    done: int = 0
    held: list[Record] = field(default_factory=list)
    outputs: int = 0
    versions: dict[str | None, Doc] = field(default_factory=dict)
    unsent: list[Doc] = field(default_factory=list)
    sends: bool = False
    saved: bytes = b""
    saving: bytes = b""

    def take(self, log: Log, tell: Callable[[Sequence[Alarm]], object]) -> bool:
        """Take what comes next; ``False`` where nothing did.

        Parameters
        ----------
        log
            Which goes on from :attr:`place`.
        tell
            Called after each batch, which is saved by then, with the alarms that it raised.
        """
        if self.until is None:
            self.parts = self.follow
        take = log.take(self.until, self.parts)
        if take is None:
            return False
        visits, held = self._visits(take)
        self.until = take.end
        while True:
            batch = visits[self.done : self.done + BATCH]
            raised = self.monitor.update(batch)
            self.apart.update(batch)
            self._count(batch)
            self.done += len(batch)
            if self.done >= len(visits):
                self.place, self.until, self.done, self.held = take.end, None, 0, held
            self.unsent += [a.to_dict() for a in raised if self.sends]
            self.save()
            tell(raised)
            if self.until is None:
                return True

    def _visits(self, take: Take) -> tuple[list[Visit], list[Record]]:
        """Cut into visits; of the runs that may go on, return the outputs."""
        if take.samples is not None:
            return gather(take.samples), []
        rows = [*self.held, *take.records]
        samples = Samples.from_records(r._replace(source=str(i)) for i, r in enumerate(rows))
        visits, rest = gather_some(samples, open_runs=self.parts)
        return visits, [rows[int(i)] for i in rest.table.column("source").to_pylist()]

    def _count(self, visits: Sequence[Visit]) -> None:
        first = self.monitor.visits - len(visits) + 1
        for i, v in enumerate(visits):
            self.outputs += len(v.outputs)
            name = v.model
            if name not in self.versions and len(self.versions) >= MODELS:
                name = OTHERS
            found = self.versions.setdefault(
                name,
                {
                    "model": name, "first": first + i, "visits": 0, "outputs": 0,
                    "time": v.time.timestamp() if v.time else None,
                },
            )  # fmt: skip
            found["visits"] += 1
            found["outputs"] += len(v.outputs)

    def save(self) -> None:
        """Write the state: the whole file or nothing of it.

        Raises
        ------
        BadInput
            Somebody else wrote it since: two watches on one state would count twice.
        """
        path = self.path
        if path is not None and path.exists() and path.read_bytes() != self.saved:
            raise BadInput(
                f"another watch writes the state {path}, so this one stops; let one end before the "
                "next begins, or give each a --state of its own"
            )
        body = {
            "settings": self.settings,
            "place": self.place,
            "until": self.until,
            "parts": self.parts,
            "done": self.done,
            "held": [_plain(r) for r in self.held],
            "outputs": self.outputs,
            "versions": list(self.versions.values()),
            "unsent": self.unsent,
            "monitor": self.monitor.to_bytes().decode(),
            "two_sample": self.apart.to_bytes().decode(),
        }
        self.saving = state.to_bytes(body, FILE)
        if path is not None:
            write(path, self.saving)
        self.saved = self.saving

    @classmethod
    def load(
        cls,
        data: bytes,
        path: Path,
        settings: Doc,
        baseline: Samples,
        encoder: Encoder | None = None,
        follow: bool = False,
        views: Sequence[View] = (),
    ) -> Watch:
        """Go on where a state was left.

        Raises
        ------
        BadInput
            It is cut off, foreign, or of a watch with other settings.
        """
        try:
            body = state.from_bytes(data, FILE)
            for name, was in body["settings"].items():
                if settings.get(name) != was:
                    raise BadInput(f"{_other(name, was, settings.get(name))}; {_WAYS}")
            monitor = Monitor.from_bytes(body["monitor"].encode(), views=views, encoder=encoder)
            seen = monitor.baseline.ruler.views
            apart = TwoSample.from_bytes(body["two_sample"].encode(), baseline, views=seen)
        except BadInput as error:
            raise BadInput(f"the state {path} is refused, and left as it is: {error}") from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise BadInput(
                f"the state {path} is refused, and left as it is: it does not hold what one of "
                f"this version holds ({type(error).__name__}); {_WAYS}"
            ) from None
        versions = {v["model"]: v for v in body["versions"]}
        held = [_record(r) for r in body["held"]]
        return cls(
            monitor,
            path,
            settings,
            apart,
            follow,
            place=body["place"],
            until=body["until"],
            parts=body["parts"],
            done=body["done"],
            held=held,
            outputs=body["outputs"],
            versions=versions,
            unsent=body["unsent"],
            saved=data,
        )


def again(watch: Watch) -> Watch:
    """Return a watch as it was saved last: what was taken since is taken back."""
    views = watch.monitor.baseline.ruler.views
    path, data = watch.path, watch.saved
    if path is not None and path.exists() and path.read_bytes() == watch.saving:
        data = watch.saving  # it was stopped just after it was written
    found = Watch.load(
        data, path or Path(), watch.settings, watch.apart.reference, None, watch.follow, views
    )
    return replace(found, path=watch.path, sends=watch.sends)


_WAYS = "give what it was begun with, another --state, or --fresh to begin anew"


def _other(name: str, was: Any, now: Any) -> str:
    if name == "baseline":
        return "the baseline's outputs are others than those it was begun with"
    shown = ["unset" if x is None else x for x in (was, now)]
    return f"it was begun with {name.replace('_', ' ')} {shown[0]}, and now that is {shown[1]}"


def _plain(r: Record) -> list[Any]:
    time = None if r.time is None else _seconds(r)
    return [r.output, r.prompt, r.prompt_id, r.model, time, r.score, r.sample_index]


def _record(row: Sequence[Any]) -> Record:
    output, prompt, prompt_id, model, seconds, score, index = row
    time = None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
    return Record(output, prompt, prompt_id, model, time, score, index)


def write(path: Path, data: bytes) -> None:
    """Replace a file by another at one stroke; the old one stays where that fails."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise BadInput(f"cannot keep the state in {path}: {error.strerror}") from None
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def before(samples: Samples, alarms: Sequence[Alarm], most: int = 3) -> Iterator[tuple[str, Doc]]:
    """Yield what was asked and served before, for every prompt that an alarm names."""
    named = {p.prompt_id for a in alarms for p in a.prompts}
    named |= {e.prompt_id for a in alarms for e in a.examples}
    if not named:
        return
    found: dict[str, Doc] = {}
    columns = (samples.table.column(c).to_pylist() for c in ("prompt_id", "prompt", "output"))
    for pid, prompt, output in zip(*columns, strict=True):
        if pid in named:
            one = found.setdefault(pid, {"prompt": prompt, "before": []})
            if len(one["before"]) < most and output[:240] not in one["before"]:
                one["before"].append(output[:240])
    yield from found.items()


def document(watch: Watch, baseline: Samples, labels: Sequence[str]) -> Doc:
    """Return all that is to be told of a watch, as ``docs/watch.md`` describes it."""
    m = watch.monitor
    ruler = m.baseline.ruler
    return {
        **m.state,
        "log": {"label": labels[1], "outputs": watch.outputs, "waiting": len(watch.held)},
        "baseline": {
            "label": labels[0], "outputs": len(baseline), "prompts": baseline.n_prompts,
            "models": baseline.models[:20],
        },
        "confidence": m.baseline.confidence,
        "versions": list(watch.versions.values()),
        "asked": dict(before(baseline, m.alarms[m.acknowledged :] or m.alarms[-1:])),
        "acknowledged": m.acknowledged,
        "two_sample": {
            **watch.apart.answer._asdict(),
            "visits": watch.apart.visits,
            "skipped": watch.apart.skipped,
        },
        "views": {
            v.name: {"sees": v.sees, "blind": v.blind, "ruler": v.ruler} for v in ruler.views
        },
        "scales": {name: list(scale) for name, scale in ruler.scales.items()},
    }  # fmt: skip
