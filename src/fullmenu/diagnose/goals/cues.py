"""Cues that a grader may take for quality: how to switch each on and off, the content the same."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fullmenu.errors import UnknownName

LONG = (
    "To put this in context, it helps to go through the matter step by step and to look at it "
    "from more than one side. There are several things that one could add here, and each of them "
    "would take some time to lay out in full. In what follows nothing is changed about what was "
    "said above; it is only put at greater length, so that the whole can be read at leisure. Taken "
    "together, this is how things stand, and there is little that would need to be added to it. "
    "Those who would like to read on may go back to the beginning and take it from there again, "
    "sentence by sentence, as slowly as they wish."
)
_MARKS = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|#{1,6}|>)\s+|\*\*|__|`{1,3}|^\s*[-*_]{3,}\s*$", re.M)
_ENDS = re.compile(r"(?<=[.!?。！？])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Cue:
    """What a grader should not go by.

    Parameters
    ----------
    name, about
        What it is called; what on and off are.
    on, off
        From an answer to its version with the cue on, and off; its content stays.
    """

    name: str
    about: str
    on: Callable[[str], str]
    off: Callable[[str], str]


def _listed(text: str) -> str:
    parts = [part.strip() for part in _ENDS.split(_plain(text)) if part.strip()]
    return "**Answer**\n\n" + "\n".join(f"- {part}" for part in parts)


def _plain(text: str) -> str:
    return _MARKS.sub("", text).strip()


ORDER = "order"
"""Which of two answers is shown first: no version of a text."""


def measured(outputs: Sequence[str]) -> dict[str, list[float]]:
    """Return how much of each cue that can be read off a text is in each output.

    ``length`` is the logarithm of its words, ``format`` that of its marks of lists, headings and
    bold type, and ``confidence`` 0 where it hedges, else 1.

    >>> measured(["It is four.", "- Perhaps it is **five**"])["format"][0]
    0.0
    """
    from fullmenu.text.tokens import count_words
    from fullmenu.views.caution import cautious

    return {
        "length": np.log1p(count_words(outputs)).tolist(),
        "format": [math.log1p(len(_MARKS.findall(text))) for text in outputs],
        "confidence": [float(not hedges) for hedges in cautious(outputs)],
    }


_ALL = {
    cue.name: cue
    for cue in (
        Cue("length", "100 words more that say nothing; as it is",
            lambda text: f"{text}\n\n{LONG}", lambda text: text),
        Cue("format", "as a list under a bold heading; without any marks", _listed, _plain),
        Cue("confidence", "certain in its words; doubtful in its words",
            lambda text: f"There is no doubt about this. {text} I am certain of it.",
            lambda text: f"I may be wrong about this. {text} I am not sure of it."),
        Cue("author", "said to be by a leading expert; by an anonymous beginner",
            lambda text: f"{text}\n\n(Written by a leading expert in the field.)",
            lambda text: f"{text}\n\n(Written by an anonymous beginner in the field.)"),
    )
}  # fmt: skip


def cues_of(names: Sequence[str | Cue] | None = None) -> list[Cue]:
    """Return cues by name, or as they are; all that come with Fullmenu by default.

    Raises
    ------
    UnknownName
        A name is none of them; the error lists all.

    Examples
    --------
    >>> [cue.name for cue in cues_of()]
    ['length', 'format', 'confidence', 'author']
    >>> print(cues_of(["format"])[0].on("Rinse it. Boil it."))
    **Answer**
    <BLANKLINE>
    - Rinse it.
    - Boil it.
    """
    found = []
    for one in names if names is not None else _ALL:
        if isinstance(one, str) and one not in _ALL:
            raise UnknownName("cue", one, _ALL)
        found.append(_ALL[one] if isinstance(one, str) else one)
    return found
