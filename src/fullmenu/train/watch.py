"""See the variety of a model while it trains, in any loop."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any, TypedDict

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.kernel.dishes import Dishes
from fullmenu.kernel.likeness import grams, share_of_pairs
from fullmenu.kernel.rows import Features
from fullmenu.monitor.baseline import Baseline, Traffic
from fullmenu.monitor.monitor import Monitor
from fullmenu.monitor.ruler import Reading
from fullmenu.monitor.visits import shortened
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Samples
from fullmenu.text.chat import completion_text, prompt_text
from fullmenu.train.cost import Cost
from fullmenu.train.dish_loss import DishLoss
from fullmenu.train.looks import Look, agreement, entropy, grades, mass, rates
from fullmenu.train.output_log import OutputLog
from fullmenu.train.outputs import (
    Row,
    Sampled,
    as_log,
    dealt,
    keyed,
    name_of,
    number,
    of_rows,
    to_rows,
)
from fullmenu.train.random_state import untouched
from fullmenu.train.reach import GROWTH, MOST, SOON, Reach, foretell, visits_to_alarm
from fullmenu.views import registry
from fullmenu.views.registry import Encoder

SCHEMA = "fullmenu/train-watch/2"
MOST_DRAWN = 16
"""Prompts drawn for a look, unless ``draws`` is given."""

Sample = Callable[[Sequence[Any], int], Sequence[Sequence[str]]]
"""From prompts and k to k fresh outputs of each; a prompt may come twice."""
Score = Callable[..., Sequence[float | None]]
"""``score(prompts=[...], completions=[...])``, as rewards are called; ``None``: no score."""


@dataclass(frozen=True)
class Raised:
    """An alarm, dated in steps of training: raised at ``step``, for a loss since ``since``."""

    step: int
    since: int
    alarm: Alarm

    def __str__(self) -> str:
        return f"step {self.step} (since about step {self.since}): {self.alarm}"


class State(TypedDict):
    """What a watch needs to go on, as plain JSON."""

    schema: str
    monitor: str | None
    gathered: list[list[Row]]
    before: list[Row] | None
    raised: list[tuple[int, int, dict[str, object]]]
    visits: list[tuple[int, int]]
    last_varied: int | None
    last_step: int | None
    first_step: int
    taken: int
    written: int | None
    cost: list[float]


class Watch:
    """Watch the variety of a model while it trains; ``watch.step(step)`` in any loop.

    Parameters
    ----------
    prompts, sample
        The fixed prompts, and ``sample(prompts, k)``: k fresh outputs of each, from the model as
        it is now; ``sample`` sets and restores its train or eval mode. Without them, give
        :meth:`completions` what the trainer sampled anyway.
    every
        Steps between looks.
    per_prompt
        Outputs of a prompt in a look, two or more.
    draws
        Prompts drawn for a look, with replacement; by default as many as there are, at most 16.
    baseline
        A log from before. Or how many looks make one: so many times ``per_prompt`` outputs of
        every prompt, sampled at :meth:`begin`; or the first so many calls of :meth:`completions`,
        during which training already goes on, and up to four times as many where these are too few
        for any alarm (:meth:`foretell` says it before).
    margin
        The alarm is for an effective number below this share of the baseline's.
    views, encoder, ruler
        As in :func:`fullmenu.compare`.
    quality, proxy, gold
        ``score(prompts=[...], completions=[...])``: what is logged beside variety; ``proxy`` is
        what is trained on, ``gold`` a second, held-out scorer. Any reward function will do.
    path
        A file for the sampled outputs, which ``fullmenu check`` and ``compare`` read with
        ``--model "step 100"``.
    log
        ``log(scalars, step)``: where the numbers go, such as ``variety/answer/repeat_rate``.
    keep
        ``keep(step)`` is called after every varied look: save the model there.
    stop_on_alarm
        Whether :attr:`should_stop` becomes true with the first alarm.
    run_length
        Of :class:`fullmenu.watch.Monitor`; a look is one visit of each prompt drawn.
    traffic
        Of :meth:`fullmenu.watch.Baseline.fit`, for :meth:`completions`. By default ``drawn``
        where a log is given or the baseline's prompts came again and again, else ``open``.
    seed
        Of the draws of prompts and of the sampling.

    Raises
    ------
    BadInput
        An argument is not among what is allowed.

    Notes
    -----
    :attr:`guarantee` says what the alarms promise: with ``sample`` what the monitor does, for
    prompts are drawn independently at random; with :meth:`completions` nothing. Only the repeat
    rate of the views is watched, since length and score are meant to change in training.

    Global random states are restored after every look
    (:func:`fullmenu.train.random_state.untouched`), so the losses are those without the watch.

    Cannot see what its views cannot see, nor prompts that it is not given; :attr:`notices` says
    where the baseline repeats itself so much that no loss can be seen.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> words = [a + b for a in "bcdfgh" for b in ("ara", "elo", "imu", "osk", "uty")]
    >>> menu = list(words)
    >>> def cook(prompts, k):
    ...     return [rng.choice(menu, k).tolist() for _ in prompts]
    >>> watch = Watch([f"Day {i}?" for i in range(12)], cook, every=10, stop_on_alarm=True)
    >>> for step in range(1, 101):
    ...     if step == 50:
    ...         del menu[2:]
    ...     look = watch.step(step)
    ...     if watch.should_stop:
    ...         break
    >>> step, watch.last_varied, sorted(look.rates)
    (50, 40, ['answer', 'outline', 'phrasing'])
    """

    def __init__(
        self,
        prompts: Sequence[Any] = (),
        sample: Sample | None = None,
        *,
        every: int = 100,
        per_prompt: int = 8,
        draws: int | None = None,
        baseline: int | Samples = 4,
        margin: float = 0.5,
        views: Sequence[str] | None = None,
        encoder: Encoder | None = None,
        ruler: str = "",
        quality: Score | None = None,
        proxy: Score | None = None,
        gold: Score | None = None,
        path: str | PathLike[str] | None = None,
        log: Callable[[dict[str, float], int], object] | None = None,
        keep: Callable[[int], object] | None = None,
        stop_on_alarm: bool = False,
        run_length: float = 1000.0,
        traffic: Traffic | None = None,
        seed: int = 0,
    ) -> None:
        self.asked = {prompt_text(p): p for p in prompts}
        if bool(self.asked) != (sample is not None):
            raise BadInput(
                f"{len(self.asked)} prompts and {'no ' if sample is None else 'a '}sample: give "
                "both, or neither and the trainer's completions to watch.completions"
            )
        if every < 1 or per_prompt < 2 or (draws is not None and draws < 1):
            raise BadInput(
                f"every={every}, per_prompt={per_prompt}, draws={draws}: a look every step or more "
                "rarely, of two outputs of a prompt or more, and one prompt or more"
            )
        if isinstance(baseline, int) and baseline < 1:
            raise BadInput(
                f"baseline={baseline}: give a log from before, or 1 look or more, such as 4"
            )
        if not 0 < margin <= 1:
            raise BadInput(
                f"margin={margin}: the share of the baseline's effective number below which the "
                "alarm is raised; give one in (0, 1], such as 0.5"
            )
        self.sample, self.every, self.per_prompt = sample, int(every), int(per_prompt)
        self.draws = draws or min(len(self.asked), MOST_DRAWN)
        self.margin, self.run_length, self.traffic = margin, run_length, traffic
        self.views = registry.chosen(views, "text", encoder, ruler)
        self.encoder = encoder
        given = {"quality": quality, "proxy": proxy, "gold": gold}
        self.scorers = {name: score for name, score in given.items() if score is not None}
        self.record = None if path is None else OutputLog(path)
        self.log, self.keep, self.stop_on_alarm = log, keep, stop_on_alarm
        self.seed = seed
        self.monitor: Monitor | None = None
        self.visits_to_alarm: int | None = None
        self.looks: list[Look] = []
        self.raised: list[Raised] = []
        self.last_varied: int | None = None
        self.last_step: int | None = None
        self._wanted = baseline
        self._gathered: list[Samples] = []
        self._before: DishLoss | None = None
        self._visits: list[tuple[int, int]] = []
        self._taken = self._first_step = 0
        self._cost = Cost()
        if not isinstance(baseline, int):
            self._fit(baseline)

    @property
    def alarms(self) -> list[Alarm]:
        """Every alarm, as :class:`fullmenu.watch.Alarm`; :attr:`raised` dates them in steps."""
        return [r.alarm for r in self.raised]

    @property
    def should_stop(self) -> bool:
        """Whether the loop should end: an alarm was raised, and ``stop_on_alarm`` was asked for."""
        return self.stop_on_alarm and bool(self.raised)

    @property
    def guarantee(self) -> str:
        """What the alarms promise, in one sentence; or that they promise nothing, and why."""
        if self.sample is None:
            return (
                "No guarantee holds: the completions are the trainer's own, so the watch draws "
                "neither prompts nor, without a log from before, an untrained baseline."
            )
        if self.monitor is not None and self.monitor.notices:
            return self.monitor.notices[0]
        return (
            f"While the effective number stays above {self.margin:g} of the baseline's, a false "
            f"alarm comes once in {self.run_length:,.0f} visits or more on average "
            f"({self.draws} visits a look), prompts being drawn at random by the watch; the bounds "
            "are approximate."
        )

    @property
    def notices(self) -> list[str]:
        """What this watch cannot see or promise, in sentences."""
        if self.monitor is None:
            return []
        blind = [name for name, bound in self._bounds().items() if bound >= 1]
        said = [] if self.sample is None else list(self.monitor.notices)
        if self.visits_to_alarm is not None and self.visits_to_alarm > SOON:
            said.append(
                f"Even if every prompt got one answer from now on, an alarm would take "
                f"{self.visits_to_alarm} visits: give more outputs a prompt, or more prompts."
            )
        if blind:
            said.append(
                f"In {', '.join(blind)} the baseline repeats itself so much, or is so small, that "
                f"a fall below {self.margin:g} of its variety cannot be seen: give more outputs a "
                "prompt, more prompts, or a margin nearer 1."
            )
        return said

    def scalars(self, look: Look) -> dict[str, float]:
        """Return what a trainer logs of a look: its numbers by name, and the cost so far."""
        return {**look.scalars(), "variety/cost": self.cost}

    @property
    def cost(self) -> float:
        """Share of the time since :meth:`begin` that the looks took, the baseline's left out."""
        return self._cost.share

    def every_for(self, share: float = 0.03) -> int | None:
        """Return how many steps apart looks must be to cost ``share``; ``None``: not known yet."""
        return self._cost.every_for(share, (self.last_step or 0) - self._first_step)

    def due(self, step: int) -> bool:
        """Whether a look is due: at the first step since the last look to pass a multiple of every.

        >>> watch = Watch(every=10)
        >>> watch.last_step = 8
        >>> watch.due(9), watch.due(10), watch.due(13)
        (False, True, True)
        """
        return self.last_step is None or step // self.every > self.last_step // self.every

    def begin(self, step: int = 0) -> Look | None:
        """Sample the baseline, before the first step; :meth:`step` does it where nobody did."""
        if self._cost.began is not None:
            return None
        if self.record is not None:
            self.record.open()
        self._first_step = step
        look = None
        if self.sample is not None and self.monitor is None and self.last_step is None:
            assert isinstance(self._wanted, int)
            visits = self._sampled(list(self.asked), self._wanted * self.per_prompt)
            look = self._take(step, visits)
        self._cost.begin()
        return look

    def step(self, step: int) -> Look | None:
        """Take a look if one is due, and return it.

        Raises
        ------
        BadInput
            There is no ``sample``; or what it returned is not k texts for each prompt.
        """
        if self.sample is None:
            raise BadInput(
                "watch.step samples, and no prompts and sample were given; give them, or hand the "
                "trainer's completions to watch.completions"
            )
        if self._cost.began is None:
            self.begin(step)
        if not self.due(step):
            return None
        with self._cost.looking():
            rng = np.random.default_rng([self.seed, 1, self._taken])
            drawn = rng.choice(len(self.asked), self.draws).tolist()
            texts = list(self.asked)
            return self._take(step, self._sampled([texts[i] for i in drawn], self.per_prompt))

    def completions(
        self,
        step: int,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        scores: Sequence[float | None] | None = None,
        logprobs: Sequence[Sequence[float] | None] | None = None,
    ) -> Look | None:
        """Look at completions that the trainer has made, if a look is due.

        Returns ``None`` where none was. The first calls, which make the baseline, are all due.

        Parameters
        ----------
        step
            Of training.
        prompts, completions
            One prompt for each completion, in any order; text, or the messages of a chat.
        scores
            Their rewards, logged as ``variety/quality`` unless there is a scorer of that name.
        logprobs
            Of the tokens of each, in nats: their mean entropy is logged as ``variety/entropy``.

        Raises
        ------
        BadInput
            There is not one prompt (and score) for each completion.
        NotEnoughData
            No prompt has two completions.
        """
        if self._cost.began is None:
            self.begin(step)
        first = self.monitor is None
        again = self.last_step is not None and step <= self.last_step
        if again or not (first or self.due(step)):
            return None
        with nullcontext() if first else self._cost.looking():
            given = None if "quality" in self.scorers else scores
            return self._take(step, dealt(prompts, completions, given, logprobs))

    def foretell(self, prompts: int, per_prompt: int, pool: int | None = None) -> Reach:
        """Foretell whether completions handed to :meth:`completions` can raise an alarm, how soon.

        For a model as varied as can be: of one that repeats itself already more are needed. After
        the baseline :attr:`notices` says what holds of the model itself.

        Parameters
        ----------
        prompts, per_prompt
            Different prompts of a step, and completions of each.
        pool
            How many different prompts there are in all; by default no end of them.

        Examples
        --------
        >>> Watch().foretell(prompts=4, per_prompt=8, pool=500).baseline
        4
        >>> Watch().foretell(prompts=1, per_prompt=8, pool=500).baseline
        16
        """
        wanted = self._wanted if isinstance(self._wanted, int) else 1
        return foretell(self._fitted, prompts, per_prompt, pool or 1 << 30, wanted)

    def state_dict(self) -> State:
        """Return what is needed to go on, as plain JSON."""
        return {
            "schema": SCHEMA,
            "monitor": None if self.monitor is None else self.monitor.to_bytes().decode(),
            "gathered": [to_rows(s) for s in self._gathered],
            "before": None if self._before is None else to_rows(self._before.before),
            "raised": [(r.step, r.since, r.alarm.to_dict()) for r in self.raised],
            "visits": self._visits,
            "last_varied": self.last_varied,
            "last_step": self.last_step,
            "first_step": self._first_step,
            "taken": self._taken,
            "written": None if self.record is None else self.record.size,
            "cost": self._cost.to_list(),
        }

    def load_state_dict(self, state: State) -> None:
        """Go on where :meth:`state_dict` stopped; lines written since are cut off the log.

        Raises
        ------
        BadInput
            It is no such state; or the log that it goes with is not there.
        """
        if state.get("schema") != SCHEMA:
            raise BadInput(
                f"this is no state of a watch: its schema is {state.get('schema')!r}, not "
                f"{SCHEMA!r}; give what state_dict returned"
            )
        if state["monitor"] is not None:
            saved = state["monitor"].encode()
            self.monitor = Monitor.from_bytes(saved, views=self.views, encoder=self.encoder)
        self._gathered = [of_rows(rows) for rows in state["gathered"]]
        if state["before"] is not None:
            self._before = DishLoss(of_rows(state["before"]), registry.eyes(self.views))
        self.raised = [Raised(a, b, Alarm.from_dict(x)) for a, b, x in state["raised"]]
        self._visits = [(a, b) for a, b in state["visits"]]
        self.last_varied, self.last_step = state["last_varied"], state["last_step"]
        self._first_step, self._taken = state["first_step"], state["taken"]
        if self.last_step is not None:
            self._cost.restore(state["cost"])
        if self.record is not None:
            self.record.resume(state["written"])

    def _untouched(self) -> AbstractContextManager[None]:
        return untouched(
            int(np.random.SeedSequence([self.seed, 2, self._taken]).generate_state(1)[0])
        )

    def _sampled(self, texts: Sequence[str], k: int) -> list[Sampled]:
        assert self.sample is not None
        with self._untouched():
            found = [list(o) for o in self.sample([self.asked[t] for t in texts], k)]
        if [len(o) for o in found] != [k] * len(texts):
            raise BadInput(
                f"sample(prompts, {k}) of {len(texts)} prompts returned "
                f"{[len(o) for o in found][:8]} outputs; return a list of {k} texts for each prompt"
            )
        return [
            Sampled(t, [completion_text(o) for o in x]) for t, x in zip(texts, found, strict=True)
        ]

    def _take(self, step: int, visits: list[Sampled]) -> Look:
        for visit in visits:
            self._score(visit)
        samples = as_log(visits, f"step {step}")
        features = {v.name: v.rows(samples.outputs, samples.prompts) for v in self.views}
        by_view, effective = rates(features, samples.groups, samples.n_prompts)
        scores = {
            name: [x for v in visits for x in v.scores[name]]
            for name in ("quality", "proxy", "gold")
            if all(name in v.scores for v in visits)
        }
        known = {name: [x for x in xs if x is not None] for name, xs in scores.items()}
        look = Look(
            step, by_view, effective, len(samples), samples.n_prompts,
            means={name: float(np.mean(xs)) for name, xs in known.items() if xs},
            grades=self._grades(visits, samples, features) | entropy(samples),
            agreement=agreement(scores["proxy"], scores["gold"])
            if {"proxy", "gold"} <= scores.keys() else None,
        )  # fmt: skip
        look = self._judged(look, samples, visits, features)
        if self.record is not None:
            self.record.append(samples)
        self._taken += 1
        self.last_step = step
        self.looks.append(look)
        if look.varied:
            self.last_varied = step
            if self.keep is not None:
                with self._untouched():
                    self.keep(step)
        if self.log is not None:
            self.log(self.scalars(look), step)
        return look

    def _grades(
        self, visits: list[Sampled], samples: Samples, features: dict[str, Features]
    ) -> dict[str, Estimate]:
        if not all("quality" in v.scores for v in visits):
            return {}
        view = registry.eyes(self.views)
        dishes = Dishes(features[view.name], samples.outputs, view.same_dish).of
        return grades([v.scores["quality"] for v in visits], dishes)

    def _score(self, visit: Sampled) -> None:
        for name, score in self.scorers.items():
            asked = [self.asked.get(visit.prompt, visit.prompt)] * len(visit.outputs)
            with self._untouched():
                found = list(score(prompts=asked, completions=visit.outputs))
            if len(found) != len(visit.outputs):
                raise BadInput(
                    f"the {name} scorer gave {len(found)} scores for {len(visit.outputs)} outputs: "
                    "return one for each"
                )
            visit.scores[name] = [number(x) for x in found]

    def _judged(
        self, look: Look, samples: Samples, visits: list[Sampled], features: dict[str, Features]
    ) -> Look:
        if self.monitor is None:
            self._gathered.append(samples)
            assert isinstance(self._wanted, int)
            if self.sample is not None or len(self._gathered) >= self._wanted:
                self._fit(of_rows([row for part in self._gathered for row in to_rows(part)]))
            return look
        self._visits.append((self.monitor.visits + 1, look.step))
        blind = all(bound >= 1 for bound in self._bounds().values())
        raised = [] if blind else self.monitor.take(self._readings(visits, features))
        if self.sample is None:
            raised = [replace(alarm, sure=self.guarantee) for alarm in raised]
        for alarm in raised:
            steps = [step for first, step in self._visits if first <= alarm.since]
            self.raised.append(Raised(look.step, max(steps, default=self._first_step), alarm))
        bounds = self._bounds()
        within = all(x.value <= bounds.get(name, 1.0) for name, x in look.rates.items())
        eyes = registry.eyes(self.views).name
        return replace(
            look,
            dishes={} if self._before is None else self._before.of(samples, features[eyes]),
            mass=None if self._before is None else mass(self._before.before, samples),
            evidence=max(0.0, self.monitor.log_statistic, *(np.log(a.strength) for a in raised))
            / np.log(self.run_length),
            varied=within and not raised,
            alarms=tuple(raised),
        )

    def _fit(self, before: Samples) -> None:
        samples = keyed(before, list(self.asked))
        visits = sum(part.n_prompts for part in self._gathered)
        monitor = self._fitted(samples, visits)
        self.visits_to_alarm = visits_to_alarm(monitor)
        if (self.visits_to_alarm or MOST) > SOON and self._may_grow():
            return
        self.monitor = monitor
        self._before = DishLoss(samples, registry.eyes(self.views))
        self._gathered = []
        if self.visits_to_alarm is None:
            warnings.warn(f"No alarm can be raised. {self.notices[-1]}", stacklevel=3)

    def _may_grow(self) -> bool:
        """Whether the baseline gathers more of the trainer's completions, being too small."""
        if self.sample is not None or not isinstance(self._wanted, int):
            return False
        return 0 < len(self._gathered) < GROWTH * self._wanted

    def _fitted(self, samples: Samples, visits: int) -> Monitor:
        """Return the monitor of a baseline, which so many visits made (0: a log from before)."""
        again = not visits or visits >= 2 * samples.n_prompts
        traffic = "drawn" if self.sample else self.traffic or ("drawn" if again else "open")
        baseline = Baseline.fit(
            samples, views=self.views, signals=(), across=False, traffic=traffic
        )
        return Monitor(self._allowing(baseline), run_length=self.run_length)

    def _allowing(self, baseline: Baseline) -> Baseline:
        """Let the effective number, one over the rate, fall to ``margin`` of what it was."""
        levels = dict(baseline.levels)
        for model, level in levels.items():
            single = level.bounds_by_prompt
            levels[model] = replace(
                level,
                bounds=np.minimum(level.bounds / self.margin, 1.0),
                bounds_by_prompt=None if single is None else np.minimum(single / self.margin, 1.0),
            )
        return replace(baseline, levels=levels)

    def _readings(self, visits: list[Sampled], features: dict[str, Features]) -> list[Reading]:
        assert self.monitor is not None
        ends = np.cumsum([0, *(len(v.outputs) for v in visits)]).tolist()
        likeness = {name: list(grams(x, ends)) for name, x in features.items()}
        streams = self.monitor.baseline.ruler.streams
        found = []
        for i, visit in enumerate(visits):
            if len(visit.outputs) > 1:
                squares = [likeness[name][i] ** 2 for name in streams]
                typical = visit.outputs[int(np.argmax(squares[0].sum(axis=1)))]
                values = np.array([share_of_pairs(k2) for k2 in squares])
                name = name_of(visit.prompt)
                found.append(Reading(name, None, None, values, shortened(typical)))
        return found

    def _bounds(self) -> dict[str, float]:
        assert self.monitor is not None
        baseline = self.monitor.baseline
        level = baseline.level(None)
        return {
            baseline.ruler.streams[c.stream]: float(level.bounds[i])
            for i, c in enumerate(baseline.channels)
        }
