"""The document of a stress test, typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from fullmenu.estimate import Estimate, Margins, VerdictName
from fullmenu.report.document import Count, LogFacts, Provenance, Question

StressVerdict = Literal["broken", "changed", "unclear", "held"]
STRESS_VERDICTS: tuple[StressVerdict, ...] = ("broken", "changed", "unclear", "held")
"""What is said of a shift, worst first."""


class StressedView(Struct, frozen=True, kw_only=True):
    """What a view says of the variety outside against inside.

    Parameters
    ----------
    view, question
        Which view, within prompts or across them.
    verdict, reason
        The verdict, in the words of a comparison.
    ratio
        Effective number outside ÷ inside; left out where there is no honest interval.
    """

    view: str
    question: Question
    verdict: VerdictName
    reason: str
    ratio: Estimate | UnsetType = UNSET


class Contrast(Struct, frozen=True, kw_only=True):
    """A number that outputs have, inside and outside.

    Parameters
    ----------
    name
        ``score``, ``missing``, ``empty``, ``error``, ``cut``, ``caution``, ``length`` or
        ``answers``.
    label
        The same in words.
    inside, outside
        Its mean over prompts; of ``answers`` left out.
    change
        Outside − inside, paired by prompt, at the level that the number of tests asks for; of
        ``length``, outside ÷ inside. Of ``answers``: how far the answers moved, 0 where the two
        sides answer alike.
    margin
        The least change that counts.
    verdict
        ``broken`` where it surely got worse by the margin, ``changed`` where it surely moved but
        is no fault by itself, ``held`` where a change by twice the margin is ruled out.
    these_prompts_only
        Whether ``broken`` is sure of these prompts, but not of others like them; ``change`` is then
        of these prompts.
    """

    name: str
    label: str
    inside: float | UnsetType = UNSET
    outside: float | UnsetType = UNSET
    change: Estimate
    margin: float
    verdict: StressVerdict
    these_prompts_only: bool = False


class StressedPrompt(Struct, frozen=True, kw_only=True):
    """A prompt on which a shift did much.

    Parameters
    ----------
    origin
        Its id.
    prompt, shifted
        Its text as it is, and shifted, where the log has it.
    inside, outside
        Some outputs of both.
    """

    origin: str
    prompt: str | None
    shifted: str | None
    inside: list[str]
    outside: list[str]


class StressedShift(Struct, frozen=True, kw_only=True):
    """What one shift did.

    Parameters
    ----------
    name, about, same
        The shift, what it does, and what it keeps; the last two are empty for one of the user's.
    prompts, outputs
        How many prompts have both sides, and how many outputs are from outside.
    verdict
        The worst of what is below.
    broken, changed
        What broke, and what changed: names of outcomes, and ``variety``.
    reason
        One sentence with the numbers.
    variety, variety_reason
        The verdict of a comparison of the outputs outside with those inside.
    views, outcomes
        What it rests on.
    worst
        The prompts on which most broke, the worst first.
    """

    name: str
    about: str
    same: str
    prompts: Count
    outputs: Count
    verdict: StressVerdict
    broken: list[str]
    changed: list[str]
    reason: str
    variety: VerdictName
    variety_reason: str
    views: list[StressedView]
    outcomes: list[Contrast]
    worst: list[StressedPrompt]


class StressDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/stress/1"
):
    """A model outside its usual setting: which shifts of its prompts break what.

    Parameters
    ----------
    verdict
        The worst of all shifts.
    reason
        One sentence.
    inside
        The outputs to the prompts as they are.
    shifts
        What each did, the worst first.
    scorer
        What gave the scores, where there are any.
    scorer_errors
        How often the scorer contradicts itself, by how it was asked.
    margins
        What counts as a change of variety.
    alpha
        How often a model that no shift moves is told otherwise: all shifts and outcomes together.
    tests
        How many decisions share that.
    caveats
        Sentences.
    provenance
        How it was made, where the command line saved it.
    """

    verdict: StressVerdict
    reason: str
    inside: LogFacts
    shifts: Annotated[list[StressedShift], Meta(min_length=1)]
    scorer: str | UnsetType = UNSET
    scorer_errors: Mapping[str, Estimate] | UnsetType = UNSET
    margins: Margins
    alpha: float
    tests: Count
    caveats: list[str]
    provenance: Provenance | UnsetType = UNSET
