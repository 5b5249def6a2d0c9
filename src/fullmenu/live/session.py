"""A session: a monitor on its way through a log, and its state after every batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from msgspec import ValidationError, structs, to_builtins

from fullmenu.errors import BadInput
from fullmenu.judge.case import ids_by_text
from fullmenu.live.cursors import Chunk, Cursor, Mark, mark_of
from fullmenu.live.state import WAYS, SavedRecord, SessionSettings, SessionState
from fullmenu.live.storage import Storage
from fullmenu.live.window import Window
from fullmenu.monitor.baseline import Baseline
from fullmenu.monitor.monitor import MODELS, OTHERS, Monitor
from fullmenu.monitor.two_sample import TwoSample
from fullmenu.monitor.visits import Visit, gather, gather_some
from fullmenu.readers.follow import Place
from fullmenu.report.watch.document import Alarm, ModelVisits
from fullmenu.samples import Record, Samples
from fullmenu.views.registry import Encoder, View

BATCH = 512
"""Visits between two savings of the state."""

WAITING = 20
"""Alarms that are kept where they cannot be sent."""


@dataclass
class Session:
    """A monitor on its way through a log: every output counts once, whenever it is stopped.

    Made by :meth:`open`. The state is saved after every batch and before anybody hears of its
    alarms, so that a session that is killed goes on where it was saved last.

    Parameters
    ----------
    storage
        Keeps the state; ``None``: nothing does.
    grows
        Whether the last run of outputs may go on in the next chunk of the log.
    keeps_alarms
        Whether alarms are kept until they are sent (:meth:`send`).
    """

    settings: SessionSettings
    monitor: Monitor
    two_sample: TwoSample
    storage: Storage | None = None
    grows: bool = False
    keeps_alarms: bool = False
    place: Mark | None = None
    until: Mark | None = None
    open_runs: bool = False
    done: int = 0
    held: list[Record] = field(default_factory=list)
    outputs: int = 0
    versions: dict[str | None, ModelVisits] = field(default_factory=dict)
    unsent: list[Alarm] = field(default_factory=list)
    window: Window = field(init=False)
    _prompts: frozenset[str] = field(init=False)
    _ids: dict[str, str] = field(init=False)
    _saved: bytes | None = None
    _saving: bytes | None = None

    def __post_init__(self) -> None:
        self.window = Window(self.two_sample.reference)
        self._prompts = frozenset(self.monitor.baseline.prompts)
        self._ids = ids_by_text(self.two_sample.reference)

    @classmethod
    def open(
        cls,
        settings: SessionSettings,
        baseline: Samples,
        *,
        storage: Storage | None = None,
        grows: bool = False,
        views: Sequence[str | View] | None = None,
        encoder: Encoder | None = None,
        ruler: str = "",
    ) -> Session:
        """Go on where a state was left in the storage, or begin: fit the baseline.

        ``grows``: whether the log is read as it grows. Views, encoder and ruler are those of
        :meth:`fullmenu.watch.Baseline.fit`; views by default those of the settings.

        Raises
        ------
        BadInput
            The state is cut off, foreign, or of a session with other settings; or a setting is not
            among what is allowed.
        NotEnoughData
            The baseline holds nothing that can be watched.
        """
        data = None if storage is None else storage.load()
        if data is not None:
            objects = [v for v in views or () if isinstance(v, View)]
            opened = cls._of_bytes(data, str(storage), settings, baseline, objects, encoder)
            return replace(opened, storage=storage, grows=grows)
        fitted = Baseline.fit(
            baseline,
            views=settings.views if views is None else views,
            traffic=settings.traffic,
            encoder=encoder,
            ruler=ruler,
        )
        monitor = Monitor(fitted, run_length=settings.run_length)
        two_sample = TwoSample(baseline, views=fitted.ruler.views)
        return cls(settings, monitor, two_sample, storage, grows)

    def again(self) -> Session:
        """Return the session as it was saved last: what was taken since is taken back."""
        data = self._saved
        if self.storage is not None and self.storage.load() == self._saving:
            data = self._saving  # it was stopped just after it was saved
        if data is None:
            return self
        views = self.monitor.baseline.ruler.views
        before = self.two_sample.reference
        opened = self._of_bytes(data, str(self.storage), self.settings, before, views, None)
        return replace(
            opened, storage=self.storage, grows=self.grows, keeps_alarms=self.keeps_alarms
        )

    def begin(self, cursor: Cursor) -> None:
        """Take note of where a log begins; it must be of the baseline's medium."""
        media = self.two_sample.reference.media
        if cursor.media != media:
            raise BadInput(f"the log holds {cursor.media}s, and the baseline {media}s")
        if self.place is None:
            self.place = cursor.start
        if self.grows:
            self.save()

    def batches(self, cursor: Cursor) -> Iterator[list[Alarm]]:
        """Count what the log holds, and yield after each batch the alarms that it raised.

        Alarms of which the guarantee had to be taken back come again, ``corrected``. The batch is
        saved by then.

        The cursor goes on from :attr:`place`, and was given to :meth:`begin`. ``BadInput``: another
        session saves to the same storage, or the log is another one.
        """
        while True:
            if self.until is None:
                self.open_runs = self.grows
            chunk = cursor.take(self.until, self.open_runs)
            if chunk is None:
                return
            visits, held = self._visits(chunk)
            self.until = chunk.end
            while self.until is not None:
                batch = visits[self.done : self.done + BATCH]
                seen = self.monitor.visits
                raised = self._explained(self.monitor.update(batch), batch)
                raised += [a for a in self.monitor.alarms if a.corrected > seen]
                self.two_sample.update(batch)
                self.count(batch)
                self.done += len(batch)
                if self.done >= len(visits):
                    self.place, self.until, self.done, self.held = chunk.end, None, 0, held
                if self.keeps_alarms:
                    self.unsent += raised
                self.save()
                yield raised

    def send(self, post: Callable[[Alarm], str | None]) -> str | None:
        """Send the alarms that wait, the oldest first; those that cannot be sent go on waiting.

        ``post`` sends one, and returns why it could not; so does this.
        """
        why = None
        while self.unsent and why is None:
            why = post(self.unsent[0])
            del self.unsent[: 1 if why is None else -WAITING]
        self.save()
        return why

    def save(self) -> None:
        """Save the state, unless somebody else saved one since: two sessions would count twice."""
        if self.storage is not None and self.storage.load() not in (None, self._saved):
            raise BadInput(
                f"another watch writes the state {self.storage}, so this one stops; let one end "
                "before the next begins, or give each a --state of its own"
            )
        self._saving = SessionState(
            settings=self.settings,
            place={} if self.place is None else to_builtins(self.place),
            until=None if self.until is None else to_builtins(self.until),
            parts=self.open_runs,
            done=self.done,
            held=[SavedRecord.of(r) for r in self.held],
            outputs=self.outputs,
            versions=list(self.versions.values()),
            unsent=self.unsent,
            monitor=self.monitor.to_bytes().decode(),
            two_sample=self.two_sample.to_bytes().decode(),
        ).to_bytes()
        if self.storage is not None:
            self.storage.save(self._saving, self.place, self.monitor.alarms)
        self._saved = self._saving

    def count(self, visits: Sequence[Visit]) -> None:
        """Count visits and outputs by model, which the monitor has seen by now."""
        first = self.monitor.visits - len(visits) + 1
        for number, visit in enumerate(visits, first):
            self.outputs += len(visit.outputs)
            name = visit.model
            if name not in self.versions and len(self.versions) >= MODELS:
                name = OTHERS
            time = visit.time.timestamp() if visit.time else None
            seen = self.versions.get(name) or ModelVisits(
                model=name, first=number, visits=0, outputs=0, time=time
            )
            self.versions[name] = structs.replace(
                seen, visits=seen.visits + 1, outputs=seen.outputs + len(visit.outputs)
            )

    def _explained(self, raised: list[Alarm], batch: Sequence[Visit]) -> list[Alarm]:
        """Return alarms with what the pipe did, each as seen from its own visit."""
        first, kept, told = self.monitor.visits - len(batch) + 1, 0, []
        for alarm in raised:
            self.window.extend(batch[kept : alarm.visit - first + 1])
            kept = alarm.visit - first + 1
            told.append(replace(alarm, pipe=self.window.signs(alarm)))
        self.window.extend(batch[kept:])
        pipes = {(alarm.visit, alarm.model): alarm.pipe for alarm in told}
        alarms = self.monitor.alarms
        for i, alarm in enumerate(alarms):
            if (alarm.visit, alarm.model) in pipes:
                alarms[i] = replace(alarm, pipe=pipes[alarm.visit, alarm.model])
        return told

    def _visits(self, chunk: Chunk) -> tuple[list[Visit], list[Record]]:
        if chunk.samples is not None:
            return self._named(gather(chunk.samples)), []
        rows = [*self.held, *chunk.records]
        samples = Samples.from_records(r._replace(source=str(i)) for i, r in enumerate(rows))
        visits, rest = gather_some(samples, open_runs=self.open_runs)
        return self._named(visits), [rows[int(i)] for i in rest.table.column("source").to_pylist()]

    def _named(self, visits: Sequence[Visit]) -> list[Visit]:
        """Return visits under the baseline's prompt ids; other ids are known by their text."""
        return [
            visit
            if visit.prompt_id in self._prompts or not visit.prompt
            else replace(visit, prompt_id=self._ids.get(visit.prompt, visit.prompt_id))
            for visit in visits
        ]

    @classmethod
    def _of_bytes(
        cls,
        data: bytes,
        name: str,
        settings: SessionSettings,
        baseline: Samples,
        views: Sequence[View],
        encoder: Encoder | None,
    ) -> Session:
        refused = f"the state {name} is refused, and left as it is"
        try:
            state = SessionState.from_bytes(data)
            settings.check(state.settings)
            monitor = Monitor.from_bytes(state.monitor.encode(), views=views, encoder=encoder)
            views = monitor.baseline.ruler.views
            two_sample = TwoSample.from_bytes(state.two_sample.encode(), baseline, views=views)
            until = None if state.until is None else mark_of(state.until)
            place = mark_of(state.place) or (Place() if isinstance(until, Place) else None)
            held = [r.record for r in state.held]
        except BadInput as error:
            raise BadInput(f"{refused}: {error}") from None
        except (ValidationError, LookupError, TypeError, ValueError, ArithmeticError,
                AttributeError, OSError) as error:  # fmt: skip
            raise BadInput(
                f"{refused}: it does not hold what one of this version holds "
                f"({type(error).__name__}); {WAYS}"
            ) from None
        return cls(
            settings,
            monitor,
            two_sample,
            place=place,
            until=until,
            open_runs=state.parts,
            done=state.done,
            held=held,
            outputs=state.outputs,
            versions={v.model: v for v in state.versions},
            unsent=state.unsent,
            _saved=data,
        )
