"""Verbalized sampling: one request asks for k answers with their probabilities."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fullmenu.cure.arms.arm import Wording, added
from fullmenu.errors import BadInput
from fullmenu.sampling.request import Prompt

TEXTS = (
    "text", "answer", "response", "output", "completion", "content", "reply", "suggestion",
)  # fmt: skip
"""Keys that an answer's text stands under."""

CHANCES = ("probability", "prob", "p", "likelihood", "chance", "percentage", "confidence")
"""Keys that its probability stands under."""

PLACEHOLDER = "the whole answer"
LENGTH, TRIES, DEPTH = 200_000, 500, 4
"""Characters that are read, places tried that are no JSON, and how deep lists may lie."""

_QUESTION = (
    "Give {k} different answers to the request above. Each must be complete in itself, as if it "
    "were the only one. Give each the probability, from 0 to 1, with which it would be your "
    "answer; draw from the whole range of answers, unlikely ones too.\n"
    'Reply with JSON only, in this form: {{"answers": [{{"text": "{placeholder}", '
    '"probability": 0.1}}]}}'
)
_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*(%?)\s*")


@dataclass(frozen=True)
class ListedAnswer:
    """One answer of a list.

    Parameters
    ----------
    text
        What it says.
    probability
        As the model gives it, from 0 to 1; ``None`` where it gives none that can be one.
    """

    text: str
    probability: float | None


@dataclass(frozen=True)
class AnswerList(Wording):
    """A request for ``each`` answers with probabilities (arXiv 2510.01171)."""

    def worded(self, prompt: Prompt, index: int) -> Prompt:
        """Return the prompt with the question for several answers."""
        return added(prompt, after=_QUESTION.format(k=self.each, placeholder=PLACEHOLDER))

    def outputs(self, reply: str) -> list[str] | None:
        """Return the answers, as many as were asked for at most."""
        answers = read_answers(reply)
        return None if answers is None else [answer.text for answer in answers[: self.each]]


def answer_list(each: int = 5) -> AnswerList:
    """Return the arm that asks for so many answers at once.

    Raises
    ------
    BadInput
        Fewer than two.
    """
    if each < 2:
        raise BadInput(f"verbalized={each}: ask for 2 answers or more")
    return AnswerList(
        f"verbalized={each}", f"each request for {each} answers with probabilities", each=each
    )


def read_answers(reply: str) -> list[ListedAnswer] | None:
    """Read a list of answers with probabilities; never guess.

    JSON may stand in prose or in a code fence, be cut at its end, or lie in other objects, and its
    keys may have other common names. An answer whose text is cut, missing, doubtful or no text is
    left out; a probability that is none becomes ``None``.

    Parameters
    ----------
    reply
        What the model said.

    Returns
    -------
    list of ListedAnswer, or None
        ``None`` where no list is found, or several that differ: not parsed.

    Notes
    -----
    A numbered list in prose is not read: where an answer ends there is a guess.

    Examples
    --------
    >>> read_answers('Sure! [{"text": "fig", "probability": "20%"}, {"text": "kiwi", "pro')
    [ListedAnswer(text='fig', probability=0.2)]
    >>> read_answers("1. fig (20 %)") is None
    True
    """
    lists: list[list[ListedAnswer]] = []
    run: list[_Object] = []
    for value in (*_values(reply[:LENGTH]), None):
        if isinstance(value, _Object) and _is_item(value):
            run.append(value)
            continue
        if run:
            lists.append(_answers(run))
            run = []
        lists += map(_answers, _item_lists(value, DEPTH))
    lists = [some for some in lists if some]
    if not lists or any(some != lists[0] for some in lists[1:]):
        return None
    return lists[0]


class _Object(dict[str, object]):
    """A JSON object, and which of its keys stand twice with different values."""

    doubtful: frozenset[str] = frozenset()


def _object(pairs: Sequence[tuple[str, object]]) -> _Object:
    made = _Object(pairs)
    made.doubtful = frozenset(key for key, value in pairs if made[key] != value)
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _values(text: str) -> Iterator[object]:
    """Yield the objects and lists that are whole JSON, from the left; none from inside another."""
    at, left = 0, TRIES
    starts = re.compile(r"[\[{]")
    while left and (begin := starts.search(text, at)):
        try:
            value, at = _DECODER.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            at, left = begin.end(), left - 1
            continue
        yield value


def _is_item(value: object) -> bool:
    return isinstance(value, _Object) and bool(_keys(value, TEXTS)) and bool(_keys(value, CHANCES))


def _keys(value: Mapping[str, object], names: Iterable[str]) -> list[str]:
    return [key for key in value if key.strip().lower() in names]


def _item_lists(value: object, depth: int) -> Iterator[list[_Object]]:
    """Yield the lists of answers in a value, however deep."""
    if isinstance(value, list):
        items = [one for one in value if _is_item(one)]
        if items:
            yield items
            return
    inside = value if isinstance(value, list) else []
    if isinstance(value, _Object):
        inside = [part for key, part in value.items() if key not in value.doubtful]
    for part in inside if depth else ():
        yield from _item_lists(part, depth - 1)


def _answers(items: Sequence[_Object]) -> list[ListedAnswer]:
    chances = [_chance(item) for item in items]
    # a number above 1 says that they are per cent, all of them
    parts = 100.0 if max((x for x, _ in chances if x is not None), default=0.0) > 1 else 1.0
    answers = []
    for item, (chance, percent) in zip(items, chances, strict=True):
        text = _text(item)
        if text is not None:
            share = None if chance is None else chance / (100.0 if percent else parts)
            answers.append(ListedAnswer(text, share if share is None or share <= 1 else None))
    return answers


def _text(item: _Object) -> str | None:
    """Return an answer's text; ``None`` where it is none, or one of two."""
    texts = set()
    for key in _keys(item, TEXTS):
        value = item[key]
        if isinstance(value, _Object) and not _is_item(value):
            inner = _keys(value, TEXTS)
            value = value[inner[0]] if len(inner) == 1 and not value.doubtful else None
        if key in item.doubtful or not isinstance(value, str):
            return None
        texts.add(value.strip())
    text = texts.pop()
    if texts or not text or text.strip(".… ") in ("", PLACEHOLDER):
        return None
    return text


def _chance(item: _Object) -> tuple[float | None, bool]:
    """Return the number that is given as a probability, and whether it is said to be per cent."""
    keys = _keys(item, CHANCES)
    value = item[keys[0]]
    if len(keys) > 1 or keys[0] in item.doubtful or isinstance(value, bool):
        return None, False
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        return float(match[1]), bool(match[2])
    if isinstance(value, (int, float)) and math.isfinite(value) and 0 <= value <= 100:
        return float(value), False
    return None, False
