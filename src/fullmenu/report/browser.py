"""The sample browser of a page: each prompt with what it was answered, as data for one script."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypedDict

from fullmenu.cleaner import clean
from fullmenu.samples import Samples

TEXT = 16_000_000
"""Characters that a page holds at most; of more, prompts drawn by their names."""

ANSWERS = 1_000
"""Different answers of a prompt and log that a page holds at most, the commonest."""

LONGEST = 20_000
"""Characters of one output that a page shows."""

OPEN = 5
"""Prompts that can be read without scripts."""


class Asked(TypedDict):
    """One prompt: ``sides`` hold the answers of each log with their counts, commonest first."""

    id: str
    asked: str
    sides: list[list[tuple[int, str]]]
    loss: float


class Browser(TypedDict):
    """What the page shows: ``data`` is all of it as JSON that is safe inside a script element."""

    labels: list[str]
    first: list[Asked]
    data: str
    prompts: int
    shown: int


def browser(logs: Sequence[Samples], labels: Sequence[str]) -> Browser:
    """Group the outputs of one log, or of two, by prompt; the prompts that lost most come first.

    The loss of a prompt is how much the share of different answers among its outputs fell; of one
    log, how far that share lies below 1.
    """
    asked: dict[str, str] = {}
    answers: dict[str, list[Counter[str]]] = defaultdict(lambda: [Counter() for _ in logs])
    for side, log in enumerate(logs):
        columns = (log.column(name) for name in ("prompt_id", "prompt", "output"))
        for name, prompt, output in zip(*columns, strict=True):
            asked.setdefault(name, prompt or name)
            answers[name][side][output] += 1
    kept: list[Asked] = []
    left = TEXT
    for name in sorted(answers, key=_digest):
        one = _asked(name, asked[name], answers[name])
        left -= len(one["asked"]) + sum(len(text) for side in one["sides"] for _, text in side)
        if kept and left < 0:
            break
        kept.append(one)
    kept.sort(key=lambda prompt: (-prompt["loss"], prompt["asked"]))
    return {
        "labels": [*labels],
        "first": kept[:OPEN],
        "data": _in_script({"labels": [*labels], "prompts": kept}),
        "prompts": len(answers),
        "shown": len(kept),
    }


def _asked(name: str, prompt: str, sides: list[Counter[str]]) -> Asked:
    shares = [len(side) / side.total() if side else 1.0 for side in sides]
    return {
        "id": f"prompt-{_digest(name)}",
        "asked": clean(prompt, LONGEST),
        "sides": [
            [
                (n, clean(text, LONGEST))
                for text, n in sorted(side.items(), key=lambda x: (-x[1], x[0]))[:ANSWERS]
            ]
            for side in sides
        ],
        "loss": round((shares[0] if len(sides) > 1 else 1.0) - shares[-1], 3),
    }


def _digest(name: str) -> str:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _in_script(value: object) -> str:
    """Write JSON in which nothing can end a script element, or a line of one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
