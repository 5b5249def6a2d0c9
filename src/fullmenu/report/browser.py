"""The sample browser of a page: each prompt with what it was answered, as data for one script."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import NamedTuple, TypedDict

from fullmenu.cleaner import clean
from fullmenu.samples import Samples

TEXT = 16_000_000
"""Characters that a page holds at most; of more, prompts drawn by their names."""

ANSWERS = 1_000
"""Different outputs of a prompt and log that a page holds at most, the commonest."""

LONGEST = 20_000
"""Characters of one output that a page shows."""

OPEN = 5
"""Prompts that can be read without scripts, at least."""

MARKS = ("refusal", "cut off")
"""What an output can be marked as; its marks are these in bits, the first the lowest."""


class Marks(NamedTuple):
    """What stands out in the outputs of one log.

    ``answers``: which answer each is, on one numbering for all logs, or ``None`` where it was not
    compared with others; ``refused`` and ``cut``: whether it refuses, and whether it is cut off.
    """

    answers: Sequence[int | None]
    refused: Sequence[bool]
    cut: Sequence[bool]


MarkedBy = Callable[[Sequence[Samples]], Sequence[Marks]]
"""Marks the outputs of each log, or of a part of it."""


class Given(NamedTuple):
    """An output with how often it was given, and its marks."""

    n: int
    text: str
    marks: int


class AnswerGroup(NamedTuple):
    """Outputs that are one answer, the commonest first; its number tells it on the other side."""

    number: int
    outputs: list[Given]

    @property
    def n(self) -> int:
        """How many outputs give it."""
        return sum(output.n for output in self.outputs)


class Asked(NamedTuple):
    """One prompt: the answers of each log, the commonest first, and how often it repeats itself."""

    anchor: str
    asked: str
    sides: list[list[AnswerGroup]]
    rates: list[float | None]

    @property
    def loss(self) -> float:
        """How much its repeat rate rose; of one log, the rate."""
        rates = [rate for rate in self.rates if rate is not None]
        if len(rates) < len(self.sides):
            return 0.0
        return round(rates[-1] - (rates[0] if len(rates) > 1 else 0.0), 3)


class Browser(TypedDict):
    """What the page shows: ``data`` is all of it as JSON that is safe inside a script element.

    ``twice``: whether prompts have several outputs, so that they can repeat themselves.
    """

    labels: list[str]
    marks: Sequence[str]
    first: list[Asked]
    anchors: dict[str, str]
    twice: bool
    data: str
    prompts: int
    shown: int


def browser(
    logs: Sequence[Samples],
    labels: Sequence[str],
    marked_by: MarkedBy | None = None,
    leading: Sequence[str] = (),
) -> Browser:
    """Group the outputs of one log, or of two, by prompt and answer.

    The prompts whose repeat rate rose most come first, or, where each has one output, those whose
    answer is given to more prompts than before; ``leading`` are the ids of those that can be read
    without scripts. Without ``marked_by`` equal outputs are one answer.
    """
    everything = {name for log in logs for name in log.column("prompt_id")}
    names = _drawn(logs, [name for name in leading if name in everything], everything)
    if len(names) < len(everything):
        logs = [
            log.take([k for k, name in enumerate(log.column("prompt_id")) if name in names])
            for log in logs
        ]
    marks = marked_by(logs) if marked_by else ()
    asked: dict[str, str] = {}
    outputs: dict[str, list[Counter[tuple[str, int]]]]
    outputs = defaultdict(lambda: [Counter() for _ in logs])
    answers: dict[str, int] = {}
    for side, log in enumerate(logs):
        columns = (log.column(name) for name in ("prompt_id", "prompt", "output"))
        for k, (name, prompt, output) in enumerate(zip(*columns, strict=True)):
            asked.setdefault(name, prompt or name)
            bits = 0
            if marks:
                bits = marks[side].refused[k] + 2 * marks[side].cut[k]
                number = marks[side].answers[k]
                if number is not None:
                    answers[output] = number
            outputs[name][side][output, bits] += 1
    kept = {name: _asked(name, asked[name], outputs[name], answers) for name in outputs}
    first = [name for name in leading if name in kept]
    twice = any(rate is not None for one in kept.values() for rate in one.rates)
    loss = {name: one.loss for name, one in kept.items()} if twice else _shared(outputs, answers)
    order = sorted(kept, key=lambda name: (-loss[name], kept[name].asked))
    first += [name for name in order if name not in first][: max(OPEN - len(first), 0)]
    return {
        "labels": [*labels],
        "marks": MARKS,
        "first": [kept[name] for name in order if name in first],
        "anchors": {name: kept[name].anchor for name in leading if name in kept},
        "twice": twice,
        "data": in_script(
            {"labels": [*labels], "marks": MARKS, "prompts": [[*kept[name]] for name in order]}
        ),
        "prompts": len(everything),
        "shown": len(kept),
    }


def _drawn(logs: Sequence[Samples], first: Sequence[str], everything: set[str]) -> set[str]:
    """Return the prompts that fit on a page: these first, then by their names' digests."""
    size: Counter[str] = Counter()
    for log in logs:
        seen: set[tuple[str, str]] = set()
        columns = (log.column(name) for name in ("prompt_id", "prompt", "output"))
        for name, prompt, text in zip(*columns, strict=True):
            if name not in size:
                size[name] = min(len(prompt or name), LONGEST)
            if (name, text) not in seen:
                seen.add((name, text))
                size[name] += min(len(text), LONGEST)
    if sum(size.values()) <= TEXT:
        return everything
    kept: set[str] = set()
    left = TEXT
    for name in (*first, *sorted(everything - {*first}, key=_digest)):
        left -= size[name]
        if kept and left < 0:
            break
        kept.add(name)
    return kept


def _asked(
    name: str, prompt: str, sides: list[Counter[tuple[str, int]]], answers: dict[str, int]
) -> Asked:
    numbers: dict[int | str, int] = {}
    grouped: list[list[AnswerGroup]] = []
    for side in sides:
        found: dict[int, list[Given]] = {}
        commonest = sorted(side.items(), key=lambda given: (-given[1], given[0]))[:ANSWERS]
        for (text, bits), n in commonest:
            number = numbers.setdefault(answers.get(text, text), len(numbers))
            found.setdefault(number, []).append(Given(n, clean(text, LONGEST), bits))
        grouped.append(
            sorted((AnswerGroup(*x) for x in found.items()), key=lambda answer: -answer.n)
        )
    rates = [_repeat_rate([answer.n for answer in side]) for side in grouped]
    return Asked(f"prompt-{_digest(name)}", clean(prompt, LONGEST), grouped, rates)


def _shared(
    outputs: dict[str, list[Counter[tuple[str, int]]]], answers: dict[str, int]
) -> dict[str, float]:
    """Return how much commoner in its log a prompt's answer became, prompt by prompt."""
    sides = range(len(next(iter(outputs.values()), [])))
    given: list[Counter[int | str]] = [Counter() for _ in sides]
    for prompt in outputs.values():
        for side in sides:
            for (text, _), n in prompt[side].items():
                given[side][answers.get(text, text)] += n

    def share(side: int, prompt: list[Counter[tuple[str, int]]]) -> float:
        total = given[side].total() or 1
        return max((given[side][answers.get(x, x)] for x, _ in prompt[side]), default=0) / total

    last = len(sides) - 1
    return {
        name: share(last, prompt) - (share(0, prompt) if last else 0.0)
        for name, prompt in outputs.items()
    }


def _repeat_rate(counts: Sequence[int]) -> float | None:
    """Return the chance that two of the outputs are one answer: Σ n(n − 1) / N(N − 1)."""
    total = sum(counts)
    return sum(n * (n - 1) for n in counts) / (total * (total - 1)) if total > 1 else None


def _digest(name: str) -> str:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def in_script(value: object) -> str:
    """Write JSON in which nothing can end a script element, or a line of one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
