"""The monitor: visits in, alarms out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

import numpy as np
from msgspec import to_builtins
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.monitor import answers, codec, detector, summary
from fullmenu.monitor.answers import Kept, RecentAnswers
from fullmenu.monitor.band import Band
from fullmenu.monitor.baseline import Baseline, ModelBaseline, SavedBaseline
from fullmenu.monitor.configuration import Changes
from fullmenu.monitor.history import History, SavedHistory
from fullmenu.monitor.onset import Onset, date_onset
from fullmenu.monitor.prompt_draws import PromptDraws, SavedDraws
from fullmenu.monitor.prompt_drift import PromptDrift, SavedDrift
from fullmenu.monitor.ruler import Reading
from fullmenu.monitor.timeline import SavedTimeline, Timeline
from fullmenu.monitor.visits import Visit, gather
from fullmenu.report.watch.document import (
    Alarm,
    CommonAnswer,
    PromptMeans,
    Reconfiguration,
    RepeatedOutput,
)
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.views.registry import Encoder, View

RECENT = 100
"""Visits of the stretches whose band is shown as the recent one."""
MODELS = 64
"""Models told apart; more are pooled under :data:`OTHERS`."""
OTHERS = "other models"
KEPT = 100
"""Alarms kept; of more, the first and the latest."""

MIXES = 4
"""Models by whose baselines the mix of prompts is tested: each more would dilute the bets."""

SUMMARY = "fullmenu/watch/1"
_BANDS = ("band", "recent", "last_recent")


class SavedMonitor(TypedDict):
    """A monitor as it is saved."""

    baseline: SavedBaseline
    run_length: float
    visits: codec.Count
    unknown: codec.Count
    raised: codec.Count
    corrected: codec.Count
    acknowledged: codec.Count
    alarms: list[Alarm]
    memories: list[tuple[str | None, SavedHistory]]
    bands: dict[str, list[Floats]]
    draws: SavedDraws
    drift: SavedDrift | None
    timeline: SavedTimeline
    answers: list[tuple[codec.Count, str, str | None, str]]
    changes: list[Reconfiguration]
    known: list[tuple[str | None, str, str]]
    latest: list[tuple[str | None, str, str]]


class Monitor:
    """Watch the variety of a model's outputs over time.

    Parameters
    ----------
    baseline
        From :meth:`Baseline.fit`; or a log from before, which is then fitted with its defaults.
    run_length
        A: where nothing changes, the mean number of visits to a false alarm is A or more.

    Notes
    -----
    **Guarantee.** If live outputs to a prompt are independent draws of what the baseline's were
    (no change), and prompts come as the baseline's ``traffic`` says, then with probability .99
    over baselines (its ``confidence``) the mean run length to a false alarm is at least A, and
    P(an alarm by visit t) ≤ t/A; over baselines too, ≤ t/A + .01. One A covers all views, signals,
    prompts and models: detectors of the streams of one visit are averaged; those of different
    models, of which a visit moves one only, are added. The ``drawn`` and ``open`` bounds are
    approximate; ``benchmarks/watch_false_alarms.py`` prints what they reach.

    Where prompts turn out not to come at random, which is itself tested at 1 %, or are not in the
    baseline, :attr:`notices` and every alarm say that no guarantee holds.

    After an alarm the model's detectors begin anew, and the alarm stands until
    :meth:`acknowledge`; while it stands, further ones of that model count as the same, raised
    ``again``.

    Memory does not grow with the number of visits: the last 512 visits of each model, at most 64
    models, 400 points of the timeline and 100 alarms are kept.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> words = [f"{a}{b}" for a in "bcdfgh" for b in ("ara", "elo", "imu", "osk", "uty")]
    >>> def log(dishes, prompts, each):
    ...     asked = {f"q{i}": rng.choice(words[:dishes], each).tolist() for i in prompts}
    ...     return Samples.of(asked, model="cook")
    >>> monitor = Monitor(Baseline.fit(log(30, range(40), 12), views=["phrasing"], signals=[]))
    >>> monitor.update(log(30, rng.permutation(40), 6))
    []
    >>> [alarm] = monitor.update(log(3, rng.permutation(40), 6))
    >>> alarm.stream, 36 <= alarm.since <= 46, monitor.standing
    ('phrasing', True, True)
    """

    def __init__(self, baseline: Baseline | Samples, *, run_length: float = 1000.0) -> None:
        if not run_length > 1 or not np.isfinite(run_length):
            raise BadInput(
                f"run_length={run_length}: give the mean number of visits to a false alarm that "
                "you accept, above 1, such as 1000"
            )
        self.baseline = Baseline.fit(baseline) if isinstance(baseline, Samples) else baseline
        self.run_length = float(run_length)
        self.visits = 0
        self.unknown = 0
        self.raised = self.corrected = 0
        self.alarms: list[Alarm] = []
        self.acknowledged = 0
        self.histories: dict[str | None, History] = {}
        levels = list(self.baseline.levels.values())
        usual = np.nan_to_num(np.mean([x.mean for x in levels], axis=0), nan=0.5)
        self.band, self.recent, self.last_recent = Band(usual), Band(usual), Band(usual)
        every = np.concatenate([x.by_prompt for x in levels[:MIXES]], axis=1)
        self.draws = PromptDraws(self.baseline.weights, every)
        kind, views = self.baseline.kind, self.baseline.ruler.views
        self.drift = PromptDrift(kind, views[0]) if kind is not None else None
        self.timeline = Timeline()
        self.recent_answers = RecentAnswers()
        self.changes = Changes()
        self._log_totals: dict[str | None, float] = {}
        self._levels: dict[str | None, ModelBaseline] = {}
        self._prompt_means: dict[str | None, Floats | None] = {}
        self._place = {p: i for i, p in enumerate(self.baseline.prompts)}
        channels = self.baseline.channels
        self._streams = np.array([c.stream for c in channels])
        self._falls = np.array([c.falls for c in channels])
        self._log_shares: dict[str | None, Floats] = {}
        self._log_run_length = math.log(self.run_length)
        self._bets = detector.bets(self.run_length)

    def update(self, sample: Samples | Visit | Sequence[Visit]) -> list[Alarm]:
        """Take one visit, several in order, or a log, and return the alarms that it raises.

        A log is cut into visits by :func:`gather`; one of another medium than the baseline's is
        refused.
        """
        if isinstance(sample, Visit):
            visits = [sample]
        else:
            visits = gather(sample) if isinstance(sample, Samples) else list(sample)
        media = {view.media for view in self.baseline.ruler.views}
        for v in visits:
            if media and v.media not in media:
                raise BadInput(f"a visit of {v.media}s, and the baseline holds {media.pop()}s")
        raised: list[Alarm] = []
        for a in range(0, len(visits), 256):
            part = visits[a : a + 256]
            raised += self.take(self.baseline.ruler.read(part, self._pairs(part)))
        return raised

    def take(self, readings: Sequence[Reading]) -> list[Alarm]:
        """Take visits that were read already (:meth:`Ruler.read`, :meth:`Ruler.of_features`)."""
        raised: list[Alarm] = []
        done = 0
        while done < len(readings):
            room = RECENT - self.visits % RECENT
            raised += self._steps(readings[done : done + room])
            done += room
        self._correct()
        return raised

    @property
    def standing(self) -> bool:
        """Whether there is an alarm that nobody acknowledged."""
        return self.acknowledged < len(self.alarms)

    def acknowledge(self) -> None:
        """Take note of all alarms: what comes next is a new alarm."""
        self.acknowledged = len(self.alarms)

    @property
    def statistic(self) -> float:
        """The evidence of a change so far; an alarm is raised where it reaches ``run_length``."""
        return math.exp(min(self.log_statistic, 700.0))

    @property
    def log_statistic(self) -> float:
        """Log of :attr:`statistic`."""
        totals = list(self._log_totals.values())
        return totals[0] if len(totals) == 1 else float(np.logaddexp.reduce(totals))

    @property
    def notices(self) -> list[str]:
        """What the guarantee does not cover in this watch, in sentences; empty where it holds."""
        b = self.baseline
        said = []
        if b.traffic == "drawn" and not self.draws.random:
            said.append(
                "Prompts do not come at random (or not with the weights given): no guarantee "
                "holds. Draw them so, or fit the baseline with traffic='any' (--traffic any)."
            )
        if b.traffic == "drawn" and self.unknown:
            said.append(
                f"{self.unknown} of {self.visits} visits were of prompts that the baseline does "
                "not hold: no guarantee holds. If they are fresh draws of the same kind of "
                "prompts, fit the baseline with traffic='open' (--traffic open)."
            )
        if self.drift is not None and not self.drift.same:
            said.append(
                "Live prompts are of another kind than the baseline's (longer or shorter, or about "
                "other things): no guarantee holds. Give a baseline of prompts like those of today."
            )
        if b.traffic == "any" and self.unknown:
            said.append(
                f"{self.unknown} of {self.visits} visits were of prompts that the baseline does "
                "not hold: nothing is learnt from them."
            )
        return said

    @property
    def state(self) -> dict[str, object]:
        """How things stand, as plain JSON."""
        b = self.baseline
        course = summary.timeline(self.timeline.points, self.band, b.ruler.streams)
        return {
            "schema": SUMMARY,
            "visits": self.visits,
            "models": list(self.histories),
            "run_length": self.run_length,
            "traffic": b.traffic,
            "statistic": self.statistic,
            "standing": self.standing,
            "raised": self.raised,
            "corrected": self.corrected,
            "alarms": [a.to_dict() for a in self.alarms],
            "notices": self.notices,
            "streams": to_builtins(
                summary.streams(b, self.band, self.last_recent, list(self.recent_answers.kept))
            ),
            "timeline": to_builtins(course),
        }

    def to_bytes(self) -> bytes:
        """Return everything that is needed to go on, as versioned JSON."""
        state: SavedMonitor = {
            "baseline": self.baseline.to_dict(),
            "run_length": self.run_length,
            "visits": self.visits,
            "unknown": self.unknown,
            "raised": self.raised,
            "corrected": self.corrected,
            "acknowledged": self.acknowledged,
            "alarms": self.alarms,
            "memories": [(model, h.to_dict()) for model, h in self.histories.items()],
            "bands": {name: getattr(self, name).to_list() for name in _BANDS},
            "draws": self.draws.to_list(),
            "drift": None if self.drift is None else self.drift.to_dict(),
            "timeline": self.timeline.to_list(),
            "answers": [(x.visit, x.prompt_id, x.model, x.text) for x in self.recent_answers.kept],
            "changes": self.changes.marks,
            "known": list(self.changes.known),
            "latest": [(*key, value) for key, value in self.changes.latest.items()],
        }
        return codec.to_bytes(state)

    @classmethod
    def from_bytes(
        cls, data: bytes, *, views: Sequence[View] = (), encoder: Encoder | None = None
    ) -> Monitor:
        """Go on exactly where :meth:`to_bytes` stopped: same alarms to the last digit.

        Where the baseline was fitted with views given as objects, or with an encoder, the same ones
        are given again. ``BadInput``: the bytes are foreign, of another version, or cut off; or a
        view was made with an encoder, and none is given.
        """
        state = codec.from_bytes(data, SavedMonitor)
        baseline = Baseline.from_dict(state["baseline"], views, encoder)
        monitor = cls(baseline, run_length=state["run_length"])
        monitor.visits, monitor.unknown = state["visits"], state["unknown"]
        monitor.raised, monitor.acknowledged = state["raised"], state["acknowledged"]
        monitor.corrected = state["corrected"]
        monitor.alarms = state["alarms"]
        for model, history in state["memories"]:
            monitor.histories[model] = History.from_dict(history)
            monitor._log_totals[model] = monitor._total(model)
        for name in _BANDS:
            getattr(monitor, name).restore(state["bands"][name])
        monitor.draws.restore(state["draws"])
        if monitor.drift is not None and state["drift"] is not None:
            monitor.drift.restore(state["drift"])
        monitor.timeline.restore(state["timeline"])
        monitor.recent_answers = RecentAnswers(Kept(*x) for x in state["answers"])
        monitor.changes.restore(state["changes"], state["known"], state["latest"])
        return monitor

    def _pairs(self, visits: Sequence[Visit]) -> list[tuple[Visit, Visit] | None]:
        """Pair first outputs of visits of different prompts; each output is used once."""
        found: list[tuple[Visit, Visit] | None] = [None] * len(visits)
        if not self.baseline.ruler.across:
            return found
        for i, visit in enumerate(visits):
            history = self._history(visit.model)[1]
            waiting = history.pending
            if waiting is not None and waiting["prompt_id"] != visit.prompt_id:
                first = Visit(
                    waiting["prompt_id"], (waiting["output"],), model=visit.model, media=visit.media
                )
                found[i], history.pending = (first, visit), None
            else:
                history.pending = {"prompt_id": visit.prompt_id, "output": visit.outputs[0]}
        return found

    def _history(self, model: str | None) -> tuple[str | None, History]:
        name = model if model in self.histories or len(self.histories) < MODELS else OTHERS
        if name not in self.histories:
            b = self.baseline
            self.histories[name] = History(len(b.ruler.streams), len(b.channels))
        return name, self.histories[name]

    def _steps(self, readings: Sequence[Reading]) -> list[Alarm]:
        """Take visits up to the next multiple of :data:`RECENT`."""
        values = np.stack([r.values for r in readings])
        times = np.array([_seconds(r.time) for r in readings])
        prompts = np.array([self._place.get(r.prompt_id, -1) for r in readings])
        models = [self._history(r.model)[0] for r in readings]
        grown = np.empty((len(readings), len(self._streams), len(detector.BETS)))
        for model in dict.fromkeys(models):
            mine = np.array([m == model for m in models])
            grown[mine] = self._growth(model, values[mine], prompts[mine])
        drawn = self.baseline.traffic == "drawn"
        if self.drift is not None:
            self.drift.add([r.visit.prompt for r in readings if r.visit is not None])
        first = self.visits + 1
        raised = []
        for i, (reading, model, prompt) in enumerate(
            zip(readings, models, prompts.tolist(), strict=True)
        ):
            self.visits += 1
            if prompt < 0:
                self.unknown += 1
            elif drawn:
                self.draws.add(prompt)
            history = self.histories[model]
            history.add(self.visits, times[i], prompt, values[i])
            if reading.visit is not None:
                self._note(reading.visit, float(times[i]))
            if reading.example is not None:
                history.examples.append((self.visits, reading.prompt_id, reading.example))
            history.log_wealth = detector.step(history.log_wealth, grown[i])
            self._log_totals[model] = self._total(model)
            if self.log_statistic >= self._log_run_length:
                raised += self._alarms(float(times[i]))
        band_sums = self.band.add(values)
        self.recent.add(values)
        self.timeline.add(first, times, values, band_sums)
        if self.visits % RECENT == 0:
            self.last_recent, self.recent = self.recent, Band(self.band.guess)
        return raised

    def _note(self, visit: Visit, time: float) -> None:
        if visit.media == "text":
            self.recent_answers.add(self.visits, visit)
        self.changes.see(self.visits, _known(time), visit.model, visit.asked_with)

    def _correct(self) -> None:
        """Take the guarantee back from alarms that had it, where a notice has come since."""
        for i, alarm in enumerate(self.alarms if self.notices else ()):
            if alarm.guaranteed:
                self.corrected += 1
                self.alarms[i] = replace(
                    alarm,
                    guaranteed=False,
                    corrected=self.visits,
                    sure=f"seen at visit {self.visits:,}, after the alarm: {self.notices[0]}",
                )

    def common_answers(self) -> list[CommonAnswer]:
        """Return the commonest answers of the last hundred visits."""
        return answers.common(
            list(self.recent_answers.kept), self.baseline.ruler.views, self.baseline.usual_share
        )[0]

    def _alarms(self, time: float) -> list[Alarm]:
        raised = []
        while self.log_statistic >= self._log_run_length:
            worst = max(self._log_totals, key=lambda k: self._log_totals[k])
            alarm = self._alarm(worst, time)
            if alarm is not None:
                raised.append(alarm)
            self.histories[worst].restart()
            self._log_totals[worst] = -np.inf
        return raised

    def _level(self, model: str | None) -> ModelBaseline:
        if model not in self._levels:
            self._levels[model] = self.baseline.level(model)
        return self._levels[model]

    def _growth(self, model: str | None, values: Floats, prompts: NDArray[np.int64]) -> Floats:
        """Log growth of every channel and bet, (visits, channels, bets)."""
        level = self._level(model)
        x = values[:, self._streams]
        x = np.where(self._falls, 1 - x, x)
        if model not in self._prompt_means:
            self._prompt_means[model] = self.baseline.prompt_means(model, self._bets)
        means = self._prompt_means[model]
        if means is not None:
            return detector.growth_of_prompts(x, level.bounds, means[prompts], self._bets)
        bounds = level.bounds
        known = np.ones(len(values), np.bool_)
        if level.bounds_by_prompt is not None:
            known = prompts >= 0
            bounds = level.bounds_by_prompt[prompts]
        return np.where(known[:, None, None], detector.growth(x, bounds, self._bets), np.nan)

    def _total(self, model: str | None) -> float:
        return detector.log_total(self.histories[model].log_wealth, self._log_weights(model))

    def _log_weights(self, model: str | None) -> Floats:
        """Log weight of every channel and bet; −∞ where nothing can be detected."""
        if model not in self._log_shares:
            with np.errstate(divide="ignore"):
                self._log_shares[model] = np.log(self.baseline.shares(model))
        return self._log_shares[model]

    def _alarm(self, model: str | None, time: float) -> Alarm | None:
        """Describe an alarm of a model.

        ``None`` where one stands, which is raised again instead, with the canned answers of now;
        but not where these are what is new.
        """
        b = self.baseline
        kept = self.recent_answers.of(model)
        told, of = answers.common(kept, b.ruler.views, b.usual_share)
        canned = tuple(answer for answer in told if answer.canned)
        for i in range(self.acknowledged, len(self.alarms)):
            old = self.alarms[i]
            if old.model == model and not (canned and not old.answers):
                again, latest = old.again + 1, canned or old.answers
                self.alarms[i] = replace(old, again=again, last=self.visits, answers=latest)
                return None
        history, level = self.histories[model], self._level(model)
        # Of every channel log Σ w M over its bets; the channels add up to the model's statistic.
        logs = np.logaddexp.reduce(history.log_wealth + self._log_weights(model), axis=1)
        total = float(np.logaddexp.reduce(logs))
        channel = int(np.argmax(logs))
        stream, falls = int(self._streams[channel]), bool(self._falls[channel])
        rows = history.rows
        numbers = history.numbers[rows]
        when = self._onset(level, history, channel)
        if canned:
            since = answers.canned_since(kept, told, of, b.usual_share)
            if since is not None:
                first, low = (int(np.searchsorted(numbers, visit)) for visit in since)
                when = Onset(first, low, first)
        after = rows[when.step :]
        alarm = Alarm(
            visit=self.visits,
            time=_known(time),
            model=model,
            stream=b.ruler.streams[stream],
            falls=falls,
            since=int(numbers[when.step]),
            since_low=int(numbers[when.low]) if when.low else history.began,
            since_high=int(numbers[when.high]),
            since_time=_known(float(history.times[rows[when.step]])),
            exact=history.whole or when.step > 0,
            strength=self.statistic,
            run_length=self.run_length,
            before=float(level.mean[stream]),
            after=float(np.nanmean(history.values[after, stream])),
            evidence=self._evidence(logs, total),
            prompts=self._worst(history, level.by_prompt, after, stream, falls),
            examples=self._examples(history, after, stream, falls),
            sure=self._sure(),
            last=self.visits,
            guaranteed=not self.notices,
            answers=canned,
            change=self.changes.before(int(numbers[when.high]), model),
        )
        self.raised += 1
        if len(self.alarms) >= KEPT:
            del self.alarms[KEPT // 2]
            self.acknowledged = min(self.acknowledged, len(self.alarms))
        self.alarms.append(alarm)
        return alarm

    def _onset(self, level: ModelBaseline, history: History, channel: int) -> Onset:
        stream, rows = self._streams[channel], history.rows
        x, prompts, mean = history.values[rows, stream], history.prompts[rows], level.mean[stream]
        each = level.by_prompt if level.bounds_by_prompt is not None else level.expected
        if each is not None:
            unknown = mean if level.bounds_by_prompt is None else np.nan
            x = x - np.where(prompts >= 0, each[prompts, stream], unknown) + mean
        if self._falls[channel]:
            x, mean = 1 - x, 1 - mean
        return date_onset(x, float(mean), float(level.bounds[channel] - mean) / 2)

    def _evidence(self, logs: Floats, total: float) -> tuple[tuple[str, float], ...]:
        shares: dict[str, float] = {}
        for stream, log in zip(self._streams.tolist(), logs.tolist(), strict=True):
            name = self.baseline.ruler.streams[stream]
            shares[name] = shares.get(name, 0.0) + float(np.exp(log - total))
        return tuple(sorted(shares.items(), key=lambda x: -x[1]))

    def _worst(
        self, history: History, before: Floats, rows: NDArray[np.int64], stream: int, falls: bool
    ) -> tuple[PromptMeans, ...]:
        seen = rows[(history.prompts[rows] >= 0) & ~np.isnan(history.values[rows, stream])]
        prompts = history.prompts[seen]
        x = history.values[seen, stream]
        n = np.bincount(prompts, minlength=len(before))
        now = np.bincount(prompts, x, minlength=len(before)) / np.maximum(n, 1)
        was = before[:, stream]
        gain = np.where(n > 0, (now - np.nan_to_num(was)) * (-1 if falls else 1), -np.inf)
        top = [p for p in np.argsort(-gain, kind="stable")[:5].tolist() if gain[p] > 0]
        return tuple(
            PromptMeans(self.baseline.prompts[p], _known(float(was[p])), float(now[p]), int(n[p]))
            for p in top
        )

    def _examples(
        self, history: History, rows: NDArray[np.int64], stream: int, falls: bool
    ) -> tuple[RepeatedOutput, ...]:
        value = dict(
            zip(history.numbers[rows].tolist(), history.values[rows, stream].tolist(), strict=True)
        )
        held = [e for e in history.examples if not np.isnan(value.get(e[0], np.nan))]
        held.sort(key=lambda e: value[e[0]] * (1 if falls else -1))
        return tuple(RepeatedOutput(*e) for e in held[:5])

    def _sure(self) -> str:
        if self.notices:
            return self.notices[0]
        how = {
            "drawn": "prompts drawn at random from the baseline's",
            "open": "prompts being fresh draws of the baseline's kind",
            "any": "prompts in any order",
        }[self.baseline.traffic]
        return (
            f"by chance, so strong an alarm would come once in {self.statistic:,.0f} visits or "
            f"more rarely, {how}"
        )


def _seconds(time: datetime | None) -> float:
    return float("nan") if time is None else time.timestamp()


def _known(x: float) -> float | None:
    return None if np.isnan(x) else x
