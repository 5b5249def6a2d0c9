"""The document of the turns of phrase that a model overuses, typed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from fullmenu.estimate import Estimate
from fullmenu.report.document import Count, LogFacts, Provenance

Against = Literal["people", "baseline", "others"]


class OverusedTurn(Struct, frozen=True, kw_only=True):
    """A turn of phrase that one side uses more than the other.

    Parameters
    ----------
    text
        The turn, in lower case.
    prompts, of
        Under how many prompts an output uses it, of how many.
    rate
        Uses in 1,000 words.
    other_prompts
        Under how many prompts of the other side; left out against people.
    other_rate
        Uses in 1,000 words on the other side. Where people use it too rarely to be counted, ``low``
        is 0 and ``value`` is the most that they may.
    """

    text: str
    prompts: Count
    of: Count
    rate: Estimate
    other_prompts: Count | UnsetType = UNSET
    other_rate: Estimate


class HeldOut(Struct, frozen=True, kw_only=True):
    """The check on prompts that were not looked at when the turns were found.

    Parameters
    ----------
    found
        Turns found on half of the prompts.
    again
        How many of these are overused under the other prompts too.
    rate, other_rate
        Their uses in 1,000 words under the other prompts, all of them together; halves change
        sides, and the mean is taken.
    """

    found: Count
    again: Count
    rate: Estimate
    other_rate: Estimate


class OverusingLog(Struct, frozen=True, kw_only=True):
    """A log, and what it overuses.

    Parameters
    ----------
    log
        What was looked at.
    turns
        The turns it overuses, the surest first.
    held_out
        Whether they are there under other prompts too; left out with fewer than 12 prompts.
    score
        Of English texts: uses, in 1,000 words, of turns that come up much more often than people
        use them, found on other prompts of the same log.
    """

    log: LogFacts
    turns: list[OverusedTurn]
    held_out: HeldOut | UnsetType = UNSET
    score: Estimate | UnsetType = UNSET


class MovedTurns(Struct, frozen=True, kw_only=True):
    """Whether turns of phrase went, or only others came in their place.

    Parameters
    ----------
    turns
        The turns that went, the surest first; their ``rate`` is the baseline's.
    held_out
        Of the turns that went, as for those that came; ``rate`` is the baseline's.
    score
        The baseline's own score against people, of English texts.
    """

    turns: list[OverusedTurn]
    held_out: HeldOut | UnsetType = UNSET
    score: Estimate | UnsetType = UNSET


class PhrasesDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/phrases/1"
):  # fmt: skip
    """The turns of phrase that models overuse.

    Parameters
    ----------
    against
        What use is compared with: that of ``people``, a ``baseline``, or the ``others`` of several
        logs, taken together.
    baseline
        What the baseline is called.
    logs
        What each overuses; where there are several, those with the highest score first.
    gone
        Against a baseline: what it used more.
    caveats
        Sentences.
    provenance
        How it was made, where the command line saved it.
    """

    against: Against
    baseline: str | UnsetType = UNSET
    logs: Annotated[list[OverusingLog], Meta(min_length=1)]
    gone: MovedTurns | UnsetType = UNSET
    caveats: list[str]
    provenance: Provenance | UnsetType = UNSET
