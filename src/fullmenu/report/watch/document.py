"""The documents of a watch and of a plan for one, typed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, convert

from fullmenu.report.document import ViewFacts

Draws = Literal["independent", "dependent", "untested"]


@dataclass(frozen=True, slots=True)
class PromptMeans:
    """A prompt, and its mean in an alarm's stream before the change and since.

    Parameters
    ----------
    prompt_id
        Which.
    before, since
        The means; ``null`` where the baseline does not have the prompt.
    visits
        How many since.
    """

    prompt_id: str
    before: float | None
    since: float
    visits: int


@dataclass(frozen=True, slots=True)
class RepeatedOutput:
    """An output that its visit repeated, shortened.

    Parameters
    ----------
    visit, prompt_id
        Where.
    output
        Its beginning.
    """

    visit: int
    prompt_id: str
    output: str


@dataclass(frozen=True, slots=True)
class CommonAnswer:
    """One of the commonest answers of the last visits.

    Parameters
    ----------
    output
        Its beginning.
    count, of
        How many of how many answers.
    prompts
        To how many different prompts.
    canned
        Whether it comes more often than any did before, to prompts that have nothing to do with
        each other.
    """

    output: str
    count: int
    of: int
    prompts: int
    canned: bool


@dataclass(frozen=True, slots=True)
class Reconfiguration:
    """A change of what outputs are asked with.

    Parameters
    ----------
    visit, time
        The first visit with the new value, and its time in seconds since 1970.
    model
        Whose.
    name, before, value
        What changed, from what to what.
    """

    visit: int
    time: float | None
    model: str | None
    name: str
    before: str
    value: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A change for the worse that is not chance.

    Parameters
    ----------
    visit, time
        When it was raised: number of the visit in the watch, counted from 1, and its time in
        seconds since 1970.
    model, stream, falls
        Where the evidence is strongest; ``falls``: the stream fell (it rose, otherwise).
    since, since_low, since_high, since_time
        The first visit of the new state, estimated; the range that holds 80 % of the evidence.
    exact
        False where the change lies further back than is remembered: ``since`` is then the latest
        that it may be.
    strength, run_length
        The statistic and the level that it had to reach. Where nothing has changed, an alarm this
        strong comes after ``strength`` visits or more on average.
    before, after
        Mean of the stream in the baseline, and since the change.
    evidence
        Share of each stream in the model's statistic, the largest first.
    prompts
        Where it is worst, among the visits since the change.
    examples
        What is now repeated.
    sure
        In words, with the assumption, or that no guarantee holds and why.
    again, last
        How often it was raised again since, and at which visit last.
    guaranteed, corrected
        Whether the guarantee holds for it; and the visit at which it turned out that it does not,
        0 where that was known when the alarm was raised, or never.
    answers
        The canned answers among those of the last hundred visits.
    change
        The last change of what outputs are asked with that came before it began.
    pipe
        What the pipe around the model did since then and did not in the baseline, in sentences:
        cut, empty or doubled outputs, messages of errors, one text for many prompts, other
        prompts or sampling. ``null`` where nobody looked.
    """

    visit: int
    time: float | None
    model: str | None
    stream: str
    falls: bool
    since: int
    since_low: int
    since_high: int
    since_time: float | None
    exact: bool
    strength: float
    run_length: float
    before: float
    after: float
    evidence: tuple[tuple[str, float], ...]
    prompts: tuple[PromptMeans, ...]
    examples: tuple[RepeatedOutput, ...]
    sure: str
    again: int = 0
    last: int = 0
    guaranteed: bool = False
    corrected: int = 0
    answers: tuple[CommonAnswer, ...] = ()
    change: Reconfiguration | None = None
    pipe: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, state: object) -> Alarm:
        """Read :meth:`to_dict` back."""
        return convert(state, cls)

    def __str__(self) -> str:
        who = f"{self.model}: " if self.model else ""
        way = "fell" if self.falls else "rose"
        return (
            f"{who}{self.stream} {way} from {self.before:.3g} to {self.after:.3g} since visit "
            f"{self.since} (between {self.since_low} and {self.since_high}); {self.sure}"
        )


class Size(Struct, frozen=True):
    """An effective number with its band.

    Parameters
    ----------
    value, low, high
        The number and its band; ``null``: no bound.
    """

    value: float
    low: float
    high: float | None


class MeanOverVisits(Struct, frozen=True, kw_only=True):
    """The mean of a stream over some visits.

    Parameters
    ----------
    value, low, high
        The mean, and a band that holds at every moment at once.
    n
        How many visits.
    method
        How it was computed.
    effective_number
        Of views: 1 divided by the mean; ``null`` where that is 0.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    effective_number: Size | UnsetType | None = UNSET


class Stream(Struct, frozen=True, kw_only=True):
    """What is watched: a view's repeat rate, or a signal.

    Parameters
    ----------
    baseline
        Its mean before.
    now, recent
        Since the start, and over the last full hundred visits.
    """

    baseline: float | None
    now: MeanOverVisits | None
    recent: MeanOverVisits | None


class StreamMean(Struct, frozen=True):
    """A stream's mean over one stretch of the timeline, and its band since the start.

    Parameters
    ----------
    value, low, high
        ``null`` where nothing was seen.
    """

    value: float | None
    low: float | None
    high: float | None


class TimelinePoint(Struct, frozen=True, kw_only=True):
    """One stretch of the timeline.

    Parameters
    ----------
    first, last
        Its visits.
    began, ended
        Their times, in seconds since 1970.
    streams
        Each stream's mean.
    """

    first: int
    last: int
    began: float | None
    ended: float | None
    streams: dict[str, StreamMean]


class WatchedLog(Struct, frozen=True, kw_only=True):
    """The log that is watched.

    Parameters
    ----------
    label
        How the report calls it.
    outputs
        How many were read.
    waiting
        How many wait for the rest of their visit.
    """

    label: str
    outputs: int
    waiting: int


class BaselineFacts(Struct, frozen=True, kw_only=True):
    """The log that the bounds were fitted to.

    Parameters
    ----------
    label
        How the report calls it.
    outputs, prompts
        How many.
    models
        The first twenty.
    """

    label: str
    outputs: int
    prompts: int
    models: list[str]


class ModelVisits(Struct, frozen=True, kw_only=True):
    """A model that was seen.

    Parameters
    ----------
    model
        Its name, where it was recorded.
    first, visits, outputs
        Its first visit, and how many visits and outputs it gave.
    time
        When the first was, in seconds since 1970.
    """

    model: str | None
    first: int
    visits: int
    outputs: int
    time: float | None


class AskedPrompt(Struct, frozen=True):
    """A prompt that an alarm names.

    Parameters
    ----------
    prompt
        Its text, where the baseline has it.
    before
        Some of what it gave before.
    """

    prompt: str | None
    before: list[str]


class TwoSampleFacts(Struct, frozen=True, kw_only=True):
    """Whether the outputs are different at all, and whether less varied: odds against chance.

    Parameters
    ----------
    changed, less_varied
        The odds now.
    most_changed, most_less_varied
        The largest so far.
    visits, skipped
        Visits that were asked, and those for which the baseline had no outputs left.
    """

    changed: Annotated[float, Meta(ge=0)]
    less_varied: Annotated[float, Meta(ge=0)]
    most_changed: Annotated[float, Meta(ge=0)]
    most_less_varied: Annotated[float, Meta(ge=0)]
    visits: int
    skipped: int


class WatchDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/watch/1"
):  # fmt: skip
    """How a watch stands.

    Parameters
    ----------
    visits, models
        How many visits were seen, and of which models.
    run_length
        Where nothing changes, a false alarm comes after this many visits or more on average.
    traffic
        How prompts come: ``drawn`` from the baseline's, ``open``, or ``any`` order.
    statistic, standing
        The evidence now, and whether an alarm stands.
    raised, corrected, acknowledged, alarms
        How many alarms there were; of how many the guarantee was taken back afterwards; how many of
        those kept were acknowledged; and all that are kept.
    notices
        Why no guarantee holds; empty where it does.
    streams
        What is watched.
    timeline
        The means, stretch by stretch.
    log, baseline
        What is watched, against what.
    confidence
        The share of baselines for which the bounds hold.
    versions
        The models, each with its first visit.
    asked
        The prompts that an alarm names.
    views
        What each view can see.
    scales
        Middle and spread of ``length`` and ``score``, which are watched on a scale from 0 to 1.
    two_sample
        Whether the outputs are different at all.
    answers
        The commonest answers of the last hundred visits.
    changes
        Where outputs began to be asked with other settings.
    draws
        Whether the baseline's outputs of one visit are ``independent`` draws, or ``dependent``;
        ``untested`` where it asks no prompt in several visits.
    """

    visits: int
    models: list[str | None]
    run_length: float
    traffic: Literal["drawn", "open", "any"]
    statistic: float
    standing: bool
    raised: int
    corrected: int
    acknowledged: int
    alarms: list[Alarm]
    notices: list[str]
    streams: dict[str, Stream]
    timeline: list[TimelinePoint]
    log: WatchedLog
    baseline: BaselineFacts
    confidence: float
    versions: list[ModelVisits]
    asked: dict[str, AskedPrompt]
    views: dict[str, ViewFacts]
    scales: dict[str, tuple[float, float]]
    two_sample: TwoSampleFacts
    answers: list[CommonAnswer]
    changes: list[Reconfiguration]
    draws: Draws


@dataclass(frozen=True, slots=True)
class Expected:
    """How long a loss would go unseen.

    Parameters
    ----------
    loss
        ``halving`` of the effective number, ``a fifth lost`` of it, or ``takeover``: 30 % of
        outputs are one dish of the prompt's own.
    replaced
        Share of outputs replaced by one of the prompt's own dishes to bring it about.
    before, after
        Mean repeat rate within visits, in the first view.
    visits, low, high
        Median number of visits to the alarm, and the middle 80 %; ``None``: longer than
        ``horizon``.
    horizon
        How many visits were simulated.
    """

    loss: str
    replaced: float
    before: float
    after: float
    visits: int | None
    low: int | None
    high: int | None
    horizon: int


class PlanDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/watch-plan/1"
):  # fmt: skip
    """After how many visits each loss would be seen.

    Parameters
    ----------
    run_length, size, traffic
        As the watch would be set; ``size`` is 1 where repeats are watched across prompts only.
    view
        The view whose effective number the losses are told in.
    losses
        What was simulated.
    """

    run_length: float
    size: int
    view: str
    traffic: Literal["drawn", "open", "any"]
    losses: list[Expected]
