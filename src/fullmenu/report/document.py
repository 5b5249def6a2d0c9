"""The documents of a check, a comparison and a trend, typed; and how any document is read.

JSON is made of a document by :func:`to_json`, and read back by :func:`read`; the JSON Schema files
in ``report/schema/`` are written from these classes. A field whose default is ``UNSET`` is left
out of the JSON where it has no value; ``None`` is ``null``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Generic, Literal, TypeAlias, TypeVar, Union, cast

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert, to_builtins

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate, Margins, VerdictName
from fullmenu.report.models.document import AlikeModels
from fullmenu.samples import Media

T = TypeVar("T")

Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Picture = Annotated[str, Meta(pattern="^data:image/png;base64,[A-Za-z0-9+/=]+$")]
Pictures = Annotated[list[Picture], Meta(max_length=64)]
Question = Literal["within", "across"]


class Sides(Struct, Generic[T], frozen=True):
    """The same of the log before and of the log after.

    Parameters
    ----------
    before, after
        One for each log.
    """

    before: T
    after: T


class LogFacts(Struct, frozen=True, kw_only=True):
    """What was looked at: how much, of which models, read how.

    Parameters
    ----------
    label
        How the report calls the log.
    outputs, prompts
        How many.
    outputs_per_prompt
        The median.
    models
        The first ten.
    media
        What outputs are. Where they are not texts, an ``example`` is the place of a picture or
        vector.
    empty
        How many outputs are blank.
    read
        How each file was read, and what was left out, in words.
    """

    label: str
    outputs: Count
    prompts: Count
    outputs_per_prompt: float | UnsetType = UNSET
    models: list[str] | UnsetType = UNSET
    media: Media | UnsetType = UNSET
    empty: Count | UnsetType = UNSET
    read: list[str] | UnsetType = UNSET


class ReadFile(Struct, frozen=True):
    """A file that was read.

    Parameters
    ----------
    name
        As it was given.
    bytes, sha256
        Its size and digest when the report was saved.
    """

    name: str
    bytes: Count
    sha256: str


class Provenance(Struct, frozen=True):
    """How a saved report was made; only the command line writes it.

    Parameters
    ----------
    version
        Of Fullmenu.
    command
        The command, word by word.
    files
        What was read; folders and streams have no digest and are left out.
    """

    version: str
    command: list[str]
    files: list[ReadFile]


class Curve(Struct, frozen=True, kw_only=True):
    """The effective number that ``m`` outputs of one prompt would show.

    Parameters
    ----------
    m
        Numbers of outputs.
    value, low, high
        The curve and its band, a number for each ``m``.
    """

    m: list[Annotated[int, Meta(ge=1)]]
    value: list[float]
    low: list[float]
    high: list[float]


Ways: TypeAlias = tuple[tuple[str, ...], ...]


class Either(Struct, frozen=True, kw_only=True):
    """One of several sets of fields, named by ``ways``."""

    ways: ClassVar[Ways] = ()

    def __post_init__(self) -> None:
        if not any(all(getattr(self, name) is not UNSET for name in way) for way in self.ways):
            raise ValueError(f"give {', or '.join(' and '.join(way) for way in self.ways)}")


class Rates(Either, frozen=True, kw_only=True):
    """How often a log repeats itself, seen by one view; or why that cannot be told.

    Parameters
    ----------
    repeat_rate
        The chance that two outputs are the same dish, partial likeness counting in part.
    effective_number
        1 divided by it; ``null`` where no two outputs were alike at all.
    curve
        Within prompts only: how the number grows with the outputs asked for.
    undefined
        Why there is no rate; the others are then absent.
    """

    repeat_rate: Estimate | UnsetType = UNSET
    effective_number: Estimate | UnsetType | None = UNSET
    curve: Curve | UnsetType | None = UNSET
    undefined: str | UnsetType = UNSET
    ways: ClassVar[Ways] = (
        ("repeat_rate", "effective_number"),
        ("undefined",),
    )

    @property
    def rate(self) -> float | None:
        """The repeat rate's value, where there is one."""
        return self.repeat_rate.value if self.repeat_rate else None

    @property
    def size(self) -> float | None:
        """The effective number's value, where there is one."""
        return self.effective_number.value if self.effective_number else None


class PromptRate(Struct, frozen=True):
    """The repeat rate of one prompt.

    Parameters
    ----------
    value
        The rate.
    low, high
        Jackknife over the prompt's outputs, at 95 %, for the first 40 prompts of a list.
    """

    value: float
    low: float | None
    high: float | None


class Decision(Struct, frozen=True):
    """What is decided about one change, and why.

    Parameters
    ----------
    verdict
        The verdict.
    reason
        One sentence that can be checked against the numbers.
    ratio
        The effective number after ÷ before, with the interval that the verdict was read from;
        ``null`` where there is no honest interval.
    needed
        For ``unclear``: about how many prompts would settle it, or ``null``.
    """

    verdict: VerdictName
    reason: str
    ratio: Estimate | None
    needed: int | UnsetType | None = UNSET


class FreePart(Decision, frozen=True, kw_only=True):
    """A decision on what is left of outputs without what nearly all of both logs share.

    Parameters
    ----------
    before, after
        Rates of each log that ``ratio`` was measured on.
    ruling
        Whether the word of the view is this one.
    """

    before: Rates
    after: Rates
    ruling: bool


class TrendStep(Decision, frozen=True):
    """A decision on two versions of a trend.

    Parameters
    ----------
    at_matched_lengths
        Whether the ratio was measured at matched lengths, while ``versions`` describes the
        outputs as they are.
    """

    at_matched_lengths: bool | UnsetType = UNSET


class Change(Struct, frozen=True, kw_only=True):
    """What one view says to one question, before and after.

    Parameters
    ----------
    before, after
        Rates of each log.
    verdict, reason, ratio, needed
        The decision, where there is one.
    raw, length_matched
        The decision on the outputs as they are, and cut to matched lengths (``null`` where
        lengths hardly changed). A loss or gain stands only where both show it, and ``ratio`` is
        the milder of the two.
    matched_before, matched_after
        Rates of each log at matched lengths, where ``ratio`` was measured there.
    free
        The decision on what is free, where most of an output is the same in nearly all outputs of
        both logs. It is the word of the view unless the whole lost more; all else is of the whole.
    """

    before: Rates
    after: Rates
    matched_before: Rates | UnsetType = UNSET
    matched_after: Rates | UnsetType = UNSET
    verdict: VerdictName | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    ratio: Estimate | UnsetType | None = UNSET
    needed: int | UnsetType | None = UNSET
    raw: Decision | UnsetType = UNSET
    length_matched: Decision | UnsetType | None = UNSET
    free: FreePart | UnsetType = UNSET


class ViewFacts(Struct, frozen=True, kw_only=True):
    """One view.

    Parameters
    ----------
    sees, blind, ruler
        What it sees, what it cannot see, and what its features were fitted on.
    """

    sees: str
    blind: str
    ruler: str


class CheckedView(ViewFacts, frozen=True, kw_only=True):
    """What one view says of one log.

    Parameters
    ----------
    within, across
        Rates of outputs to one prompt ("asked twice"), and to different prompts.
    """

    within: Rates
    across: Rates


class ComparedView(Change, frozen=True, kw_only=True):
    """What one view says of two logs, asked twice; with one output per prompt, across prompts.

    Parameters
    ----------
    sees, blind, ruler
        What it sees, what it cannot see, and what its features were fitted on.
    across
        The other question: does it say the same to different prompts?
    judged
        Which question ``verdict`` answers; absent where neither could be judged.
    """

    sees: str
    blind: str
    ruler: str
    across: Change
    judged: Question | UnsetType = UNSET


class TrendView(ViewFacts, frozen=True, kw_only=True):
    """What one view says of three or more logs.

    Parameters
    ----------
    judged
        Which question that is; ``null`` where neither could be judged.
    versions
        Rates of each version.
    steps
        Each version against the one before: one fewer than versions.
    overall
        The last version against the first.
    """

    judged: Question | UnsetType | None = UNSET
    versions: list[Rates]
    steps: list[TrendStep]
    overall: TrendStep


class ErrorRate(Struct, frozen=True, kw_only=True):
    """One family of decisions, which share an error rate.

    Parameters
    ----------
    rate
        The chance of any false change among them, where nothing changed.
    decisions
        How many share it.
    """

    rate: Share
    decisions: Count


class ErrorRates(Struct, frozen=True, kw_only=True):
    """How often chance alone finds a change.

    Parameters
    ----------
    verdict
        The verdict: every view and question; of three versions or more, every step too.
    beside
        All that is tested beside it: changes of signals and measures, and the lists of phrases,
        openings and outlines. However much is asked for, the verdict stays as it is.
    """

    verdict: ErrorRate
    beside: ErrorRate


class Signal(Struct, frozen=True, kw_only=True):
    """Something measured beside the views.

    Parameters
    ----------
    label, unit
        What it is, in words, and what it counts.
    value
        ``null`` where the log is too small for it.
    """

    label: str
    unit: str
    value: Estimate | None


class SignalChange(Struct, frozen=True, kw_only=True):
    """A signal before and after.

    Parameters
    ----------
    label, unit
        What it is, in words, and what it counts.
    before, after, difference
        Each ``null`` where the logs are too small for it, or do not share prompts.
    deciles
        Of scores: the 0, 10, … 100 % quantiles of each log.
    """

    label: str
    unit: str
    before: Estimate | None
    after: Estimate | None
    difference: Estimate | None
    deciles: Sides[list[float] | None] | UnsetType = UNSET


class DishCounts(Struct, frozen=True, kw_only=True):
    """How many dishes one log serves, and how much of them was seen.

    Parameters
    ----------
    plates, seen
        Outputs counted, and different dishes among them.
    coverage
        Share of what the model serves that was seen (Good and Turing).
    unseen
        Dishes not seen yet, at least (Chao).
    top_3_share
        Share of the three dishes served most.
    half_of_plates
        The fewest dishes that make up half of all plates.
    cumulative
        Share of the first, the first two … dishes, those served most first.
    """

    plates: Count
    seen: Count
    coverage: Estimate | None
    unseen: Estimate | None
    top_3_share: Estimate | None
    half_of_plates: Count | UnsetType = UNSET
    cumulative: list[Share]


class DishOfAll(Struct, frozen=True, kw_only=True):
    """A dish that the sample has, as often as all outputs serve it.

    Parameters
    ----------
    example, prompt
        An output of it in the sample, and its prompt, if it has one.
    outputs, share
        How many, and which share of all that is; without an interval where there are fewer than
        six prompts.
    """

    example: str
    prompt: str | None
    outputs: Count
    share: Estimate | None


class DishesOfAll(Struct, frozen=True, kw_only=True):
    """The dishes that a sample serves twice or more, counted in all outputs of a log.

    Parameters
    ----------
    outputs, held_against
        How many were counted, and against how many dishes.
    found
        Share of the outputs that are of one of these; all others are rare.
    top_3_share
        Share of the three that are served most.
    commonest
        Up to ten, most outputs first. Of two logs the same dishes stand in both lists: up to ten
        of after, then those of before that are not among them.
    """

    outputs: Count
    held_against: Count
    found: Estimate | None
    top_3_share: Estimate | None
    commonest: list[DishOfAll]


class DishesOfBoth(Struct, frozen=True, kw_only=True):
    """The same of two logs, on one numbering.

    Parameters
    ----------
    before, after
        Of each log.
    not_lost
        Dishes that look lost in the sample, and that other outputs after still serve.
    """

    before: DishesOfAll
    after: DishesOfAll
    not_lost: Count


class DishChange(Struct, frozen=True, kw_only=True):
    """Dishes before and after.

    Parameters
    ----------
    before, after
        Counts of each log.
    lost
        Dishes served twice or more before and never after.
    by_chance_lost
        How many would look lost had nothing changed.
    by_chance_range
        Between which two numbers that would lie in 95 %.
    """

    before: DishCounts
    after: DishCounts
    lost: Count
    by_chance_lost: Annotated[float, Meta(ge=0)]
    by_chance_range: tuple[Count, Count] | UnsetType = UNSET


class Serving(Struct, frozen=True):
    """How often a dish is served.

    Parameters
    ----------
    plates, share
        How many outputs, and of all.
    """

    plates: Count
    share: Share


class _DishFacts(Struct, frozen=True, kw_only=True):
    """A dish.

    Parameters
    ----------
    example, prompt
        One output, and what was asked.
    prompts
        How many prompts it was served to.
    pictures
        Of pictures only.
    """

    example: str
    prompt: str | None
    prompts: Count
    pictures: Pictures | UnsetType = UNSET


class ServedDish(_DishFacts, frozen=True, kw_only=True):
    """A dish of one log.

    Parameters
    ----------
    plates, share
        How many outputs are this dish, and of all.
    """

    plates: Count
    share: Share


class ChangedDish(_DishFacts, frozen=True, kw_only=True):
    """A dish that is gone, or is served more than before.

    Parameters
    ----------
    before, after
        How often.
    """

    before: Serving
    after: Serving


class PromptCount(Struct, frozen=True):
    """How often something is said.

    Parameters
    ----------
    prompts
        In how many prompts an output says it.
    outputs
        In how many outputs, of phrases.
    """

    prompts: Count
    outputs: Count | UnsetType = UNSET


class Turn(Struct, frozen=True, kw_only=True):
    """A phrase, an opening or an outline that came or went.

    Parameters
    ----------
    text
        What is said.
    z
        How surely it changed: the log odds in standard errors.
    before, after
        How often.
    of
        How many prompts there are.
    """

    text: str
    z: float
    before: PromptCount
    after: PromptCount
    of: Count


class Turns(Struct, frozen=True):
    """What took over, and what faded.

    Parameters
    ----------
    gained, faded
        The surest first.
    """

    gained: list[Turn]
    faded: list[Turn]


class LogPictures(Struct, frozen=True):
    """Pictures of the only log.

    Parameters
    ----------
    log
        Thumbnails.
    """

    log: Pictures


class _PromptFacts(Struct, frozen=True, kw_only=True):
    """A prompt.

    Parameters
    ----------
    prompt_id, prompt, example
        Its name, its text, and an output; of two logs one of the later.
    pictures
        Of pictures only, the first prompts.
    """

    prompt_id: str
    prompt: str | None
    example: str


class CheckedPrompt(_PromptFacts, frozen=True, kw_only=True):
    """One prompt of a log.

    Parameters
    ----------
    views
        Its repeat rate, view by view.
    """

    views: dict[str, PromptRate]
    pictures: LogPictures | UnsetType = UNSET


class ComparedPrompt(_PromptFacts, frozen=True, kw_only=True):
    """One prompt before and after.

    Parameters
    ----------
    rise
        How much its repeat rate rose, the mean over views.
    views
        Its repeat rates, view by view.
    """

    rise: float
    views: dict[str, Sides[PromptRate]]
    pictures: Sides[Pictures] | UnsetType = UNSET


class MeasureValue(Either, frozen=True, kw_only=True):
    """What a measure gives: an estimate, or why there is none.

    Parameters
    ----------
    value, low, high, n, unit, method, level
        The estimate.
    undefined
        Why there is none; the others are then absent.
    """

    value: float | UnsetType = UNSET
    low: float | UnsetType | None = UNSET
    high: float | UnsetType | None = UNSET
    n: Count | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    method: str | UnsetType = UNSET
    level: float | UnsetType = UNSET
    undefined: str | UnsetType = UNSET
    ways: ClassVar[Ways] = (
        ("value", "low", "high", "n", "unit", "method", "level"),
        ("undefined",),
    )

    @classmethod
    def of(cls, estimate: Estimate) -> MeasureValue:
        """Return an estimate as a measure's value."""
        return convert(estimate, cls, from_attributes=True)

    @property
    def estimate(self) -> Estimate | None:
        """The estimate, where there is one."""
        return None if self.undefined else Estimate(*(getattr(self, x) for x in self.ways[0]))


class MeasureChange(Either, frozen=True, kw_only=True):
    """A measure before and after; one that takes a reference has ``value`` instead.

    Parameters
    ----------
    before, after
        Of each log.
    change
        By prompt, within prompts only; ``null`` where the logs do not share prompts.
    value
        After, judged against before.
    """

    before: MeasureValue | UnsetType = UNSET
    after: MeasureValue | UnsetType = UNSET
    change: MeasureValue | UnsetType | None = UNSET
    value: MeasureValue | UnsetType = UNSET
    ways: ClassVar[Ways] = (("before", "after"), ("value",))


class _MeasureFacts(Struct, frozen=True, kw_only=True):
    """A measure that was asked for by name.

    Parameters
    ----------
    name, of
        The measure, and what it was taken on: ``texts``, a view, ``dishes``, ``lists``,
        ``logprobs``.
    unit, rises, says
        What it counts, whether it rises with variety, and what it says.
    prompts
        How many there are.
    """

    name: str
    of: str
    unit: str
    rises: bool | None
    says: str
    prompts: Annotated[int, Meta(ge=1)]


class CheckedMeasure(_MeasureFacts, frozen=True, kw_only=True):
    """A measure of one log.

    Parameters
    ----------
    within, across
        The mean over prompts (``n`` is for how many it is defined), and of one output of each
        prompt.
    """

    within: MeasureValue
    across: MeasureValue


class ComparedMeasure(_MeasureFacts, frozen=True, kw_only=True):
    """A measure of two logs.

    Parameters
    ----------
    within, across
        The mean over prompts, and of one output of each prompt.
    """

    within: MeasureChange
    across: MeasureChange


class PipeCheck(Struct, frozen=True):
    """Something in a log that the pipe did, not the model.

    Parameters
    ----------
    name
        What is amiss.
    log
        Which log: ``log``, ``before`` or ``after``; ``both`` where they differ; of a trend, the
        name of a version.
    count, of
        How many outputs or prompts, and of how many.
    explains
        Whether the loss is gone without it; ``null`` where there is no loss, or where it cannot be
        taken out.
    sentence
        What it is, in words.
    """

    name: str
    log: str
    count: Count
    of: Count
    explains: bool | None
    sentence: str


class Notice(Struct, frozen=True):
    """Something that a reader should know first.

    Parameters
    ----------
    name
        What it is, in a few words that stay: ``same to everybody``.
    sentence
        The same in a sentence, with its numbers.
    """

    name: str
    sentence: str


class Cause(Notice, frozen=True, kw_only=True):
    """Outputs, or a prompt, without which the verdict is another.

    Parameters
    ----------
    name
        ``refusals``, ``cut outputs``, ``empty outputs``, ``error outputs``, ``labels`` or ``one
        prompt``.
    sentence
        What it did, in words.
    before, after
        The share of outputs of each log that it is about.
    without
        The decision without them; ``null`` where too little is left to judge.
    """

    before: Share
    after: Share
    without: Decision | None


class WantedPrompt(Struct, frozen=True, kw_only=True):
    """A prompt whose answers do what is not wanted of them.

    Parameters
    ----------
    prompt_id, prompt
        Its name and its text.
    before, after
        The repeat rate of its answers; of one log, ``before`` is absent.
    p
        The chance of so much or more where nothing is amiss.
    examples
        Up to three different answers, the commonest first.
    """

    prompt_id: str
    prompt: str | None
    before: Share | UnsetType = UNSET
    after: Share
    p: Share
    examples: list[str]


class Wanted(Struct, frozen=True, kw_only=True):
    """What was wanted of single prompts, and those that do not do it.

    Parameters
    ----------
    same, varied
        Of how many prompts each is wanted.
    judged
        How many have outputs enough to be judged.
    flickering
        Prompts whose answers should be the same and vary.
    collapsed
        Prompts whose answers should vary and are the same.
    rate
        Of the prompts listed, at most this share is expected to be listed wrongly (Benjamini and
        Hochberg, over all prompts judged and both lists).
    """

    same: Count
    varied: Count
    judged: Count
    flickering: list[WantedPrompt]
    collapsed: list[WantedPrompt]
    rate: Share


class CheckDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/check/1"
):  # fmt: skip
    """One log, looked at.

    Parameters
    ----------
    log
        What was looked at.
    pipe
        What the pipe did to the log, not the model, as far as the log shows it.
    views
        What each view says.
    signals
        What was measured beside them.
    dishes, fallback
        How many dishes it serves, and those that it serves most.
    dishes_of_all
        Those of a sample counted in all outputs, where it was asked for.
    prompts
        The most repetitive first.
    notices
        What a reader should know first.
    wanted
        Prompts that do not do what was wanted of them, where something was.
    measures
        Those asked for by name.
    gallery
        Of pictures only: up to 32, taken evenly over the prompts.
    caveats
        Sentences.
    provenance
        How it was made, where the command line saved it.
    """

    log: LogFacts
    pipe: list[PipeCheck] | UnsetType = UNSET
    views: Annotated[dict[str, CheckedView], Meta(min_length=1)]
    signals: dict[str, Signal]
    dishes: DishCounts
    fallback: list[ServedDish]
    dishes_of_all: DishesOfAll | UnsetType = UNSET
    prompts: list[CheckedPrompt]
    notices: list[Notice] | UnsetType = UNSET
    wanted: Wanted | UnsetType = UNSET
    measures: list[CheckedMeasure] | UnsetType = UNSET
    gallery: LogPictures | UnsetType = UNSET
    caveats: list[str]
    provenance: Provenance | UnsetType = UNSET


class ComparisonDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/compare/1"
):  # fmt: skip
    """A comparison of two versions.

    Parameters
    ----------
    verdict, reason
        The worst verdict of all views and both questions, and why.
    judged
        Across prompts only where there is one output per prompt.
    margins
        What counts as a change, set before looking.
    error_rates
        How often chance alone finds a change: in the verdict, and beside it.
    before, after
        What was looked at.
    shared_prompts
        Prompts that both have; 0 where the comparison is not by prompt.
    pipe
        What the pipe did to the log, not the model, as far as the log shows it.
    views
        What each view says.
    signals
        What was measured beside them.
    dishes, half_of_plates
        How many dishes each log serves, and the fewest that make up half of all plates.
    lost, fallback
        Dishes that are gone, and dishes served more than before.
    dishes_of_all
        Those of a sample counted in all outputs, where it was asked for.
    phrases, openings, outlines
        What took over and what faded. Phrases have three words or more, or two of which one
        carries meaning.
    prompts
        Those that lost most first.
    notices
        What a reader should know first.
    causes
        Outputs, or a prompt, without which a loss is none.
    wanted
        Prompts that do not do what was wanted of them, where something was.
    measures
        Those asked for by name.
    gallery
        Of pictures only: up to 32 of each log, taken evenly over the prompts.
    caveats
        Sentences.
    provenance
        How it was made, where the command line saved it.
    """

    verdict: VerdictName
    reason: str
    pipe: list[PipeCheck] | UnsetType = UNSET
    judged: Literal["within and across prompts", "across prompts only"]
    margins: Margins
    error_rates: ErrorRates | UnsetType = UNSET
    before: LogFacts
    after: LogFacts
    shared_prompts: Count
    views: Annotated[dict[str, ComparedView], Meta(min_length=1)]
    signals: dict[str, SignalChange]
    dishes: DishChange
    half_of_plates: Sides[Count]
    lost: list[ChangedDish]
    fallback: list[ChangedDish]
    dishes_of_all: DishesOfBoth | UnsetType = UNSET
    phrases: Turns
    openings: Turns
    outlines: Turns
    prompts: list[ComparedPrompt]
    notices: list[Notice] | UnsetType = UNSET
    causes: list[Cause] | UnsetType = UNSET
    wanted: Wanted | UnsetType = UNSET
    measures: list[ComparedMeasure] | UnsetType = UNSET
    gallery: Sides[Pictures] | UnsetType = UNSET
    caveats: list[str]
    provenance: Provenance | UnsetType = UNSET


class LargestFall(Struct, frozen=True, kw_only=True):
    """The step of a trend at which most was lost; there is none where no step is clearly a loss.

    Parameters
    ----------
    version
        Which of the versions is the first after it, from 0.
    when
        Where that is, in words: ``in the week of 12 May``, ``from v2 to v3``.
    view, verdict
        The view that it is told by, and its verdict.
    before, after
        The effective numbers, as the two versions were compared; ``null`` where undefined.
    """

    version: Count
    when: str
    view: str
    verdict: VerdictName
    before: float | None
    after: float | None


class TrendAnswer(Struct, frozen=True, kw_only=True):
    """An answer, with how often each version gave it.

    Parameters
    ----------
    example, prompt
        One output, and what was asked.
    outputs
        How many of each version's outputs give it.
    pictures
        Of pictures only.
    """

    example: str
    prompt: str | None
    outputs: list[Count]
    pictures: Pictures | UnsetType = UNSET


class TrendAnswers(Struct, frozen=True, kw_only=True):
    """The answers of all versions on one numbering, so that any two can be compared.

    Parameters
    ----------
    counted
        How many outputs of each version were grouped; of large ones some, taken evenly.
    answers
        Those that some version gave twice or more, the commonest.
    """

    counted: list[Count]
    answers: list[TrendAnswer]


class TrendDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/trend/1"
):  # fmt: skip
    """Three or more versions, in order.

    Parameters
    ----------
    verdict, reason
        Of the last version against the first, and why.
    by
        Where the versions are groups of one log: ``week``, ``model`` or another column.
    fall
        The step at which most was lost.
    margins
        What counts as a change, set before looking.
    error_rates
        How often chance alone finds a change: in the verdict, and beside it.
    versions
        What was looked at.
    pipe
        What the pipe did to the log, not the model, as far as the log shows it.
    views
        What each view says.
    answers
        What each version gives, so that lost and gained answers of any two can be told.
    measures
        Those asked for by name: of the first version (``before``) and the last (``after``).
    models
        Which versions could replace one another, where they are models or logs of their own.
    caveats
        Sentences.
    provenance
        How it was made, where the command line saved it.
    """

    verdict: VerdictName
    reason: str
    by: str | UnsetType = UNSET
    fall: LargestFall | UnsetType = UNSET
    margins: Margins
    error_rates: ErrorRates | UnsetType = UNSET
    pipe: list[PipeCheck] | UnsetType = UNSET
    versions: Annotated[list[LogFacts], Meta(min_length=3)]
    views: Annotated[dict[str, TrendView], Meta(min_length=1)]
    answers: TrendAnswers | UnsetType = UNSET
    measures: list[ComparedMeasure] | UnsetType = UNSET
    models: AlikeModels | UnsetType = UNSET
    caveats: list[str]
    provenance: Provenance | UnsetType = UNSET


Content = CheckDocument | ComparisonDocument | TrendDocument
"""What a :class:`fullmenu.Report` holds."""

CONTENT = (CheckDocument, ComparisonDocument, TrendDocument)

D = TypeVar("D", bound=Struct)


def read(found: object, *kinds: type[D]) -> D:
    """Read a document from its JSON form; fields that this version does not know are left out.

    Parameters
    ----------
    found
        Plain JSON, as :func:`json.loads` returns it.
    *kinds
        What it may be, such as :class:`ComparisonDocument`.

    Raises
    ------
    BadInput
        It is none of these, or a field is missing or of another type; the path is named.

    Examples
    --------
    >>> try:
    ...     read({"schema": "fullmenu/check/1", "log": 3}, CheckDocument)
    ... except BadInput as error:
    ...     print(error)
    this fullmenu/check/1 cannot be read: Expected `object`, got `int` - at `$.log`
    """
    names = [str(kind.__struct_config__.tag) for kind in kinds]
    schema = found.get("schema") if isinstance(found, Mapping) else None
    if schema not in names:
        raise BadInput(f"a document of schema {schema!r}; give one of {', '.join(names)}")
    try:
        return cast(D, convert(to_builtins(found, enc_hook=_plain), Union[kinds]))  # noqa: UP007
    except (ValidationError, UnicodeEncodeError) as error:
        raise BadInput(f"this {schema} cannot be read: {error}") from None


def to_json(document: Struct) -> dict[str, object]:
    """Return a document's JSON form."""
    return cast("dict[str, object]", to_builtins(document, enc_hook=_plain))


def _plain(x: object) -> object:
    for kind in (float, str):
        if isinstance(x, kind):
            return kind(x)
    raise NotImplementedError(f"a document cannot hold {type(x).__name__}")
