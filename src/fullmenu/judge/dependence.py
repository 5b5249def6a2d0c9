"""Does what is said depend on what was asked? Outputs are matched to their prompts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.case import Case, OrderedLog, few_of_each
from fullmenu.judge.look import Sights
from fullmenu.kernel.prompt_match import MOST, even_rows, matching, of_wins
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.report.document import Notice, Signal, SignalChange
from fullmenu.text.function_words import FUNCTION_WORDS

AT_CHANCE = 0.65
"""Where an output is surely matched to its prompt less often than this, by every view, it says the
same to everybody."""

LONG, LONG_ONCE = 8, 20
"""Mean words of outputs that can be matched to prompts at all; with one output a prompt, to the
prompts' words: labels and names fit many prompts, and need not repeat what was asked."""

OWN = 0.9
"""Share of prompts with a word of their own from which on prompts count as different questions."""

STEM = 5
"""Characters of a word that tell it from another."""

_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{2}|[^\W\d_]+")


def matched(sights: Sights) -> list[dict[str, Estimate]]:
    """Return of each log how well outputs are matched to prompts, by view.

    With one output a prompt they are matched to the words of prompts, under ``words``. A view, or
    a log, that allows neither is left out.
    """
    return [_of_log(sights, place) for place in range(len(sights.case.logs))]


def _of_log(sights: Sights, place: int) -> dict[str, Estimate]:
    log = sights.case.logs[place]
    try:
        used = even_rows(log.groups).ravel()
    except NotEnoughData:
        shared = by_words(log) if log.samples.media == "text" else None
        return {"words": shared} if shared else {}
    _, groups = np.unique(log.groups[used], return_inverse=True)
    return {view: matching(seen[place].alone, groups) for view, seen in sights.by_view.items()}


def by_words(log: OrderedLog) -> Estimate | None:
    """Return how well outputs are matched to their prompts by the words that they share.

    Words of a prompt count the more, the fewer prompts have them. ``None`` where fewer than six
    prompts have a text of their own.
    """
    first = np.unique(log.groups, return_index=True)[1]
    texts = {log.prompts[i]: i for i in first.tolist() if log.prompts[i]}
    at = list(texts.values())[:MOST]
    if len(at) < FIXED_PROMPTS:
        return None
    asked = [stems(log.prompts[i] or "") for i in at]
    said = [stems(log.outputs[i]) for i in at]
    held = Counter(word for words in asked for word in words)
    number = {word: k for k, word in enumerate(held)}
    has, says = np.zeros((2, len(at), len(number)))
    for k, (prompt, output) in enumerate(zip(asked, said, strict=True)):
        has[k, [number[w] for w in prompt]] = 1.0
        says[k, [number[w] for w in output if w in number]] = 1.0
    # the share of a prompt's words that an output has, each by its inverse document frequency
    rare = np.log((len(at) + 1) / np.array([*held.values()]))
    shared = (says * rare) @ has.T / np.maximum(has @ rare, 1e-9)
    gain = (np.diag(shared)[:, None] - shared).round(9)
    wins = (gain > 0) + 0.5 * (gain == 0)
    np.fill_diagonal(wins, 0.0)
    return of_wins(wins)


def stems(text: str) -> set[str]:
    """Return the beginnings of the words of content.

    >>> sorted(stems("Write a poem on the mountains: 3 lines"))
    ['lines', 'mount', 'poem', 'write']
    """
    words = (word.lower() for word in _WORD.findall(text))
    return {w[:STEM] for w in words if len(w) > 1 + w.isascii() and w not in FUNCTION_WORDS}


def ask_differently(prompts: Sequence[str | None]) -> bool:
    """Tell whether prompts clearly ask different things: nearly each has a word of its own.

    Paraphrases of one question draw on the same few words, and a repeated prompt has none.

    >>> ask_differently([f"Tell me a joke about {x}" for x in ("cats", "rain", "wine", "golf")])
    True
    >>> ask_differently(["Tell me a joke", "Tell a good joke", "A joke, please", "A good one!"])
    False
    """
    asked = [stems(text) for text in dict.fromkeys(prompts) if text]
    if len(asked) < 2 or len(asked) < len({*prompts}):
        return False
    held = Counter(word for words in asked for word in words)
    rare = max(1, len(asked) // 15)
    own = [any(held[word] <= rare for word in words) for words in asked]
    return float(np.mean(own)) >= OWN


def notices(case: Case, found: Sequence[dict[str, Estimate]]) -> list[Notice]:
    """Say that the last log says the same to everybody, where that is sure."""
    log, now = case.logs[-1], found[-1]
    if not now:
        return []
    best = max(now, key=lambda view: now[view].value)
    ceiling = max(estimate.high or 1.0 for estimate in now.values())
    if ceiling >= AT_CHANCE or log.samples.media != "text":
        return []
    once = "words" in now
    words = float(np.median(log.words))
    before = found[0].get(best) if len(found) > 1 else None
    fell = before is not None and (before.low or 0.0) > AT_CHANCE
    first = few_of_each(log.groups, 1)
    long = words >= (LONG_ONCE if once else LONG)
    if not fell and not (long and ask_differently([log.prompts[i] for i in first])):
        return []
    value = now[best]
    low, high = value.low or 0.0, value.high or 1.0
    told = f"{100 * value.value:.0f} times in 100 [{100 * low:.0f}, {100 * high:.0f}]"
    was = f"; before, {100 * before.value:.0f}" if before else ""
    how = "by the prompts' words" if once else f"seen by {best}"
    return [
        Notice(
            "same to everybody",
            "It says the same to everybody: of its own prompt and another, an output is matched to "
            f"its own {told} {how}, where chance is 50{was}. What it says does not depend on what "
            "was asked.",
        )
    ]


def signals_of_one(found: dict[str, Estimate]) -> dict[str, Signal]:
    """Return how well outputs are matched to their prompts as signals of one log."""
    return {
        f"matched_{view}": Signal(label=_label(view), unit="share", value=estimate)
        for view, estimate in found.items()
    }


def signals_of_two(found: Sequence[dict[str, Estimate]]) -> dict[str, SignalChange]:
    """Return the same before and after."""
    before, after = found
    return {
        f"matched_{view}": SignalChange(
            label=_label(view),
            unit="share",
            before=before.get(view),
            after=after.get(view),
            difference=None,
        )
        for view in dict.fromkeys([*before, *after])
    }


def _label(view: str) -> str:
    return f"matched to prompt, {view}"
