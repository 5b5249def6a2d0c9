"""The document of a trial of cures, typed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from fullmenu.estimate import Estimate, VerdictName
from fullmenu.report.document import Count, LogFacts, Provenance

Sign = Literal["sameness", "phrases", "broken words", "length", "languages"]


class SideEffect(Struct, frozen=True, kw_only=True):
    """Something else that an arm changed; where sameness went, if it only moved.

    Parameters
    ----------
    sign
        ``sameness``: another view, or the other question, lost variety. ``phrases``: new turns of
        phrase. ``broken words``, ``length``, ``languages``: the arm writes otherwise.
    moved
        Whether the arm is not recommended for it; a change of length is only told.
    sentence
        What it is, in words.
    """

    sign: Sign
    moved: bool
    sentence: str


class PassAt(Struct, frozen=True, kw_only=True):
    """The chance that one of k outputs to a prompt is valid.

    Parameters
    ----------
    k
        So many outputs.
    chance
        Unbiased by prompt, the mean over prompts.
    """

    k: Annotated[int, Meta(ge=1)]
    chance: Estimate


class ArmCost(Struct, frozen=True, kw_only=True):
    """What an arm cost, as far as it was counted.

    Parameters
    ----------
    replies
        How many came.
    read, written
        Tokens.
    tokens
        Read and written for an output that is kept.
    seconds
        The median request.
    """

    replies: Count
    read: Count
    written: Count
    tokens: float | UnsetType = UNSET
    seconds: float | UnsetType = UNSET


class TriedArm(Struct, frozen=True, kw_only=True):
    """An arm, and what it brought.

    Parameters
    ----------
    log
        Its outputs; its ``label`` is the arm's name.
    about
        What it does.
    unread
        Replies that cannot be read as a list of answers.
    answers
        Effective number of different answers among the ``of`` outputs of a prompt, in the view.
    verdict, ratio
        Against the baseline; ``null`` where there is no honest interval.
    lengths
        The verdict on the repeat rate at matched lengths, where lengths changed.
    quality, quality_change
        Its mean; and the difference to the baseline, by prompt, or else that of ``valid``.
    valid
        Share of outputs that the checker accepts.
    yields
        Different valid outputs, as a share of the outputs that were asked for.
    pass_at
        Where there is a checker.
    cost
        What it cost.
    effects
        What else it changed.
    frontier
        Whether no other arm is at least as varied and as good (without quality: as cheap), and
        better in one.
    """

    log: LogFacts
    about: str = ""
    unread: Count = 0
    answers: Estimate
    verdict: VerdictName | UnsetType = UNSET
    ratio: Estimate | UnsetType | None = UNSET
    lengths: VerdictName | UnsetType = UNSET
    quality: Estimate | UnsetType = UNSET
    quality_change: Estimate | UnsetType = UNSET
    valid: Estimate | UnsetType = UNSET
    yields: Estimate
    pass_at: list[PassAt] = []
    cost: ArmCost
    effects: list[SideEffect] = []
    frontier: bool = False


class CuresDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/cures/1"
):  # fmt: skip
    """What cures bring, and what they cost.

    Parameters
    ----------
    view
        In which view answers are told apart.
    prompts
        That all arms share.
    of
        Outputs of a prompt that ``answers`` and ``yields`` are of.
    arms
        The baseline first.
    recommended
        The arm's name; absent where none is better than the baseline.
    reason
        Why, and what it costs: sentences.
    caveats
        Sentences.
    provenance
        How it was made, where the command line saved it.
    """

    view: str
    prompts: Annotated[int, Meta(ge=1)]
    of: Annotated[int, Meta(ge=1)]
    arms: Annotated[list[TriedArm], Meta(min_length=2)]
    recommended: str | UnsetType = UNSET
    reason: list[str]
    caveats: list[str]
    provenance: Provenance | UnsetType = UNSET
