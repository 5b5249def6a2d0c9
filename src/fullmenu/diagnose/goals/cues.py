"""Cues that may decide a grader's score, put on and taken off answers; the content stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fullmenu.diagnose.goals.scores import LEAST, grader_cue_against_content
from fullmenu.errors import BadInput, UnknownName
from fullmenu.finding import Finding
from fullmenu.sampling.functions import Function
from fullmenu.sampling.request import Prompt, Target
from fullmenu.sampling.run import sample

ORDER = "order"
"""The cue of graders that compare two answers: which one stands first."""


class AnswerPair(NamedTuple):
    """A prompt with a good answer and a bad one."""

    prompt: str
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class VersionToGrade:
    """An answer that is to be graded: of an item, its content good or bad, a cue on or off.

    ``against`` is the answer it is compared with, where the cue is their order: the cue is on
    where ``answer`` stands first.
    """

    item: int
    content: int
    cue: int
    prompt: str
    answer: str
    against: str | None = None


_PADDING = (
    " To say it once more in other words, this is what can be said here, and it is said in full so "
    "that nothing is left out. There is a lot that one could add, and much of it would say the "
    "same again at greater length. With that, the above is the whole of it, as it stands."
)
_MARKUP = re.compile(r"^(?:#{1,6}\s+|[-*•]\s+|\d+[.)]\s+|>\s+)|\*\*|__|`", re.M)
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


def _plain(text: str) -> str:
    return _MARKUP.sub("", text)


def _formatted(text: str) -> str:
    points = [part for part in _ENDS.split(_plain(text)) if part.strip()]
    return "## Answer\n\n" + "\n".join(f"- {point}" for point in points)


CUES: Mapping[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "length": (lambda text: text, lambda text: text + _PADDING),
    "author": (
        lambda text: text,
        lambda text: f"{text}\n\nDr. Helen Marsh, Professor Emerita",
    ),
    "confidence": (
        lambda text: text,
        lambda text: f"I am completely certain of this. {text} There is no doubt about it.",
    ),
    "format": (_plain, _formatted),
}
"""Each cue off, and on. ``order`` and ``language`` are made of what is given."""


def versions_to_grade(
    pairs: Iterable[Sequence[str]],
    cue: str | tuple[Callable[[str], str], Callable[[str], str]],
    translations: Sequence[Sequence[str]] | None = None,
) -> list[VersionToGrade]:
    """Return every answer in its four versions: good or bad, the cue on or off.

    Parameters
    ----------
    pairs
        For each item a prompt, a good answer and a bad one.
    cue
        ``length``, ``author``, ``confidence``, ``format``, ``order`` or ``language``; or a cue of
        one's own, as two functions of an answer that take it off and put it on.
    translations
        For ``language``: the good and the bad answer of each item in the other language.

    Raises
    ------
    UnknownName
        There is no such cue; the error lists them.
    BadInput
        A pair is not three texts, or translations are missing.

    Examples
    --------
    >>> pairs = [("Capital of France?", "Paris.", "Rome.")]
    >>> [(v.content, v.cue, v.answer[:12]) for v in versions_to_grade(pairs, "confidence")]
    [(1, 0, 'Paris.'), (1, 1, 'I am complet'), (0, 0, 'Rome.'), (0, 1, 'I am complet')]
    """
    given = [*pairs]
    for k, pair in enumerate(given):
        if len(pair) != 3 or not all(isinstance(text, str) for text in pair):
            raise BadInput(
                f"item {k} is {str(pair)[:60]!r}: give a prompt, a good and a bad answer"
            )
    listed = [AnswerPair(*pair) for pair in given]
    if cue == ORDER:
        return [
            VersionToGrade(k, content, first, pair.prompt, *answers)
            for k, pair in enumerate(listed)
            for content, answers in ((1, (pair.good, pair.bad)), (0, (pair.bad, pair.good)))
            for first in (0, 1)
        ]
    if cue == "language":
        if translations is None or len(translations) != len(listed):
            raise BadInput(
                f"the cue language needs the two answers of each of {len(listed)} items in the "
                "other language: translations=[(good, bad), …]"
            )
        return [
            VersionToGrade(k, content, on, pair.prompt, answer)
            for k, (pair, other) in enumerate(zip(listed, translations, strict=True))
            for content, answers in ((1, (pair.good, other[0])), (0, (pair.bad, other[1])))
            for on, answer in enumerate(answers)
        ]
    if isinstance(cue, str):
        if cue not in CUES:
            raise UnknownName("cue", cue, [*CUES, ORDER, "language"])
        off, on_ = CUES[cue]
    else:
        off, on_ = cue
    return [
        VersionToGrade(k, content, on, pair.prompt, (on_ if on else off)(answer))
        for k, pair in enumerate(listed)
        for content, answer in ((1, pair.good), (0, pair.bad))
        for on in (0, 1)
    ]


def grade_cues(
    pairs: Iterable[Sequence[str]],
    grader: ModelGrader | Callable[..., Any],
    cues: Sequence[str] = tuple(CUES),
    *,
    translations: Sequence[Sequence[str]] | None = None,
    least_share: float = LEAST,
    level: float = 0.95,
    subject: str = "grader",
) -> list[Finding]:
    """Diagnose whether a grader follows the content or a cue, on answers with it on and off.

    Parameters
    ----------
    pairs
        For each item a prompt, a good answer and a bad one: 50 or more for a narrow interval.
        RewardBench's ``prompt, chosen, rejected`` are such.
    grader
        :func:`model_grader`; or a function: ``grader(prompt, answer)`` returns a score; for
        ``order``, ``grader(prompt, first, second)`` how much better the first is, below 0 where it
        is worse.
    cues
        Which, of ``length, author, confidence, format, order, language``.
    translations
        As :func:`versions_to_grade` takes them.
    least_share, level, subject
        As :func:`grader_cue_against_content` takes them.

    Returns
    -------
    list of Finding
        One for each cue; ``gap`` is the cue's share: how far the score follows it.

    Raises
    ------
    BadInput, NotEnoughData, UnknownName
        As :func:`versions_to_grade` and :func:`grader_cue_against_content`.

    Examples
    --------
    >>> pairs = [(f"What is {k} + 1?", f"It is {k + 1}.", f"It is {k}.") for k in range(40)]
    >>> longer = lambda prompt, answer: len(answer) / 100
    >>> (found,) = grade_cues(pairs, longer, ["length"])
    >>> found.verdict
    'incapable'
    """
    given = [*pairs]
    findings = []
    for cue in cues:
        versions = versions_to_grade(given, cue, translations)
        scores = _grades(grader, versions)
        columns = [(v.item, v.content, v.cue) for v in versions]
        items, content, on = zip(*columns, strict=True) if columns else ((), (), ())
        findings.append(
            grader_cue_against_content(
                items, content, on, scores, least_share=least_share, level=level,
                subject=f"{subject}, {cue}",
            )
        )  # fmt: skip
    return findings


def _grades(
    grader: ModelGrader | Callable[..., Any], versions: Sequence[VersionToGrade]
) -> list[float]:
    """Return the scores of versions; of two answers, how much better the first in ``answer`` is."""
    shown = [_shown(version) for version in versions]
    found = grader.grades(shown) if isinstance(grader, ModelGrader) else [grader(*x) for x in shown]
    return [
        float(score) if version.against is None or version.cue else -float(score)
        for version, score in zip(versions, found, strict=True)
    ]


def _shown(version: VersionToGrade) -> tuple[str, ...]:
    if version.against is None:
        return version.prompt, version.answer
    answers = (version.answer, version.against)
    return version.prompt, *(answers if version.cue else answers[::-1])


_ONE = """Request:
{0}

Answer:
{1}

{question} Reply with one number from 0 to 10 and nothing else."""
_TWO = """Request:
{0}

First answer:
{1}

Second answer:
{2}

{question} Reply with one number from -10 (the second answer is far better) to 10 (the first is), \
and nothing else."""
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ModelGrader:
    """A model that is asked for a number; see :func:`model_grader`."""

    target: Target | Function
    question: str

    def grades(self, shown: Sequence[tuple[str, ...]]) -> list[float]:
        """Return a score for each prompt with one answer or two."""
        asked = [
            Prompt((_ONE if len(x) == 2 else _TWO).format(*x, question=self.question), str(k))
            for k, x in enumerate(shown)
        ]
        said = sample(asked, self.target, 1)
        named = dict(zip(said.column("prompt_id"), said.outputs, strict=True))
        scores = []
        for k in range(len(shown)):
            number = _NUMBER.search(named.get(str(k), ""))
            if number is None:
                raise BadInput(
                    f"the grader said {named.get(str(k), '')[:60]!r}, which holds no number; ask a "
                    "question that a number answers"
                )
            scores.append(float(number[0].replace("−", "-")))
        return scores


def model_grader(
    target: Target | Function, question: str = "How good is the answer?"
) -> ModelGrader:
    """Return a grader that asks a live model for a number.

    Parameters
    ----------
    target
        ``fm.endpoint(…)``, or a function of a text.
    question
        What is asked about the answer, or about the two.

    Examples
    --------
    >>> grader = model_grader(lambda text: "8" if "Paris" in text else "2")
    >>> grader.grades([("Capital of France?", "Paris."), ("Capital of France?", "Rome.")])
    [8.0, 2.0]
    """
    return ModelGrader(target, question)
