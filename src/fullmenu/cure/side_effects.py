"""Did a cure only move the sameness? Other views, phrases, broken words, length, languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from fullmenu.cleaner import one_line
from fullmenu.errors import FullmenuError
from fullmenu.judge.turns.overuse import phrases
from fullmenu.report.cures.document import SideEffect
from fullmenu.report.document import ComparisonDocument
from fullmenu.report.plain import interval, number, percent
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.stats.means import mean_difference
from fullmenu.text.languages import language_of, script

LOST = ("collapsed", "narrowed")

PROMPTS = 0.1
"""A new turn of phrase is a sign under so many of the prompts, or more."""

RISE = 0.02
"""Broken words, and outputs in another language, are a sign where their share rose by so much."""

LENGTHS = (0.67, 1.5)
"""Outputs that are shorter or longer than so many times the baseline's are told."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TORN = re.compile(
    r"(.)\1{3}|[a-zß-ÿ][A-ZÀ-Þ]|[bcdfghjklmnpqrstvwxz]{6}|[^\W\d_]\d+[^\W\d_]|\ufffd"
)


def side_effects(
    baseline: Samples, arm: Samples, name: str, compared: ComparisonDocument, level: float
) -> list[SideEffect]:
    """Return what an arm changed beside the variety of answers.

    Parameters
    ----------
    baseline, arm, name
        Outputs to the same prompts, and what the arm is called.
    compared
        The comparison of the two.
    level
        Of the intervals: each sign must be sure.
    """
    return [
        *_sameness(compared),
        *_phrases(baseline, arm, compared.shared_prompts),
        *_shares(baseline, arm, level),
        *_length(baseline, arm, level),
    ]


def _sameness(compared: ComparisonDocument) -> Iterator[SideEffect]:
    for view, part in compared.views.items():
        for change, where in ((part, "to one prompt"), (part.across, "to different prompts")):
            if change.verdict in LOST and change.ratio:
                yield SideEffect(
                    sign="sameness",
                    moved=True,
                    sentence=f"its {view} is more alike {where}: ×{interval(change.ratio)} the "
                    "variety",
                )


def _phrases(baseline: Samples, arm: Samples, prompts: int) -> Iterator[SideEffect]:
    """New turns of phrase that come up under many prompts, and were confirmed on other prompts."""
    try:
        report = phrases(arm, against=baseline).content
    except FullmenuError:  # few prompts, or no texts
        return
    came = report.logs[0]
    turns = [
        turn
        for turn in came.turns
        if turn.prompts - (turn.other_prompts or 0) >= max(PROMPTS * turn.of, 3)
    ]
    if not turns or (came.held_out and not came.held_out.again):
        return
    first = turns[0]
    yield SideEffect(
        sign="phrases",
        moved=True,
        sentence=f"new turns of phrase, above all “{one_line(first.text, 60)}” (under "
        f"{first.other_prompts or 0} → {first.prompts} of {first.of:,} prompts)",
    )


def _shares(baseline: Samples, arm: Samples, level: float) -> Iterator[SideEffect]:
    usual = Counter(language for text in baseline.outputs if (language := language_of(text)))
    common = {word for word, count in usual.items() if count >= 0.02 * len(baseline)}

    def other(text: str) -> float:
        language = language_of(text)
        return float(bool(common) and bool(language) and language not in common)

    known = frozenset(
        word.lower()
        for log in (baseline.outputs, [x or "" for x in baseline.prompts])
        for text in log
        for word in _WORD.findall(text)
    )
    broken = _by_prompt(baseline, arm, lambda text: broken_share(text, known), level)
    if broken and broken[1] > RISE and broken[2] > 0:
        yield SideEffect(
            sign="broken words",
            moved=True,
            sentence=f"{percent(broken[0] + broken[1])} of its words are broken, the baseline's "
            f"{percent(broken[0])}",
        )
    foreign = _by_prompt(baseline, arm, other, level)
    if foreign and foreign[1] > RISE and foreign[2] > 0:
        yield SideEffect(
            sign="languages",
            moved=True,
            sentence=f"{percent(foreign[0] + foreign[1])} of its outputs are in another language "
            f"or script, the baseline's {percent(foreign[0])}",
        )


def _length(baseline: Samples, arm: Samples, level: float) -> Iterator[SideEffect]:
    count: Callable[[str], float] = lambda text: float(len(_WORD.findall(text)))  # noqa: E731
    found = _by_prompt(baseline, arm, count, level)
    if not found or not found[0]:
        return
    before, change, surely = found
    ratio = (before + change) / before
    if surely > 0 and not LENGTHS[0] <= ratio <= LENGTHS[1]:
        yield SideEffect(
            sign="length",
            moved=False,
            sentence=f"its outputs have {number(before + change)} words, the baseline's "
            f"{number(before)}",
        )


def _by_prompt(
    baseline: Samples, arm: Samples, value: Callable[[str], float], level: float
) -> tuple[float, float, float] | None:
    """The baseline's mean, the change, and how far its interval is from 0; negative: around it."""
    codes = {name: k for k, name in enumerate(dict.fromkeys([*baseline.prompt_ids]))}
    sides = []
    for log in (baseline, arm):
        ids = log.column("prompt_id")
        rows = [i for i, name in enumerate(ids) if name in codes]
        texts = log.outputs
        values: Floats = np.array([value(texts[i]) for i in rows], np.float64)
        sides.append((values, np.array([codes[ids[i]] for i in rows], np.int64)))
    try:
        change = mean_difference(sides[0], sides[1], "share", level)
    except FullmenuError:
        return None
    assert change.low is not None and change.high is not None
    return float(sides[0][0].mean()), change.value, max(change.low, -change.high)


def broken_share(text: str, known: frozenset[str] = frozenset()) -> float:
    """Return the share of a text's words that are broken.

    Broken are letters of two scripts in a word, runs of one letter or of consonants, and capitals
    or digits inside.

    Parameters
    ----------
    text
        An output.
    known
        Words, in lower case, that are whole however they look.

    Examples
    --------
    >>> broken_share("The fig is ripe."), broken_share("Thе fiiiiig isRipe xq7zt now.")
    (0.0, 0.8)
    """
    words = text.split()
    if not words:
        return 0.0
    torn = 0
    for word in words:
        bare = word.strip(".,;:!?()[]{}\"'“”‘’*_`#-–—…/\\|<>")
        if not bare or bare.lower() in known or "://" in bare or "@" in bare:
            continue
        torn += bool(_TORN.search(bare)) or len(_scripts(bare)) > 1
    return torn / len(words)


_SPACED = {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "HANGUL"}


def _scripts(word: str) -> set[str]:
    return {name for x in word if x.isalpha() and (name := script(x)) in _SPACED}
