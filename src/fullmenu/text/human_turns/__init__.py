"""How often people use a turn of phrase: counts of 177,477 English texts, mostly short stories.

A turn is three words of content in a row; the words between them that only carry grammar are left
out: "voice barely above a whisper" holds "voice barely whisper". ``tools/human_turns.py`` makes the
counts; `NOTICE` says what they are made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_WORD = re.compile(r"\w+(?:['-]\w+)*")
_COMMONEST = """
the and of to with that this is are was were you they their have has had from not but which what
his her it
"""
_ENGLISH = frozenset(_COMMONEST.split())
_TWO = {"gonna": ("gon", "na"), "wanna": ("wan", "na"), "gotta": ("got", "ta")}


class HumanTurns(NamedTuple):
    """What people wrote, counted.

    Parameters
    ----------
    texts, characters
        How many texts, and how long they are together.
    least
        A turn that is not in ``counts`` was used at most so often.
    left_out
        Words that only carry grammar.
    counts
        Of the commonest turns.
    """

    texts: int
    characters: int
    least: int
    left_out: frozenset[str]
    counts: dict[str, int]

    def at_most(self, turn: str) -> float:
        """Return how often people use a turn, in a character of text, or at most use it."""
        return max(self.counts.get(turn, 0), self.least) / self.characters


@lru_cache(maxsize=1)
def human_turns() -> HumanTurns:
    """Return the counts that the package brings.

    >>> people = human_turns()
    >>> people.counts["took deep breath"], people.least, "the" in people.left_out
    (3351, 263, True)
    """
    file = Path(__file__).with_name("counts.json")
    counts = json.loads(file.read_text(encoding="utf-8"))
    return HumanTurns(
        counts["texts"],
        counts["characters"],
        counts["least"],
        frozenset(counts["left_out"].split()),
        counts["turns"],
    )


def turns(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield every turn of a text, and where it begins and ends, as the counts count them.

    >>> text = "Her voice was barely above a whisper, and she couldn't help but smile."
    >>> [(turn, text[a:b]) for turn, a, b in turns(text)][:2]
    [('voice barely whisper', 'voice was barely above a whisper'), \
('barely whisper could', "barely above a whisper, and she couldn't")]
    """
    words = list(_content(text))
    for (one, start, _), (two, _, _), (three, _, end) in zip(
        words, words[1:], words[2:], strict=False
    ):
        yield f"{one} {two} {three}", start, end


def is_english(texts: list[str]) -> bool:
    """Tell whether texts are English, by its commonest words: one in twelve, or more.

    >>> is_english(["The cat sat on the mat."]), is_english(["Le chat dort sur le tapis."])
    (True, False)
    """
    words = [word for text in texts for word in _WORD.findall(text[:2_000].lower())]
    return 12 * sum(word in _ENGLISH for word in words) >= len(words) > 0


def _content(text: str) -> Iterator[tuple[str, int, int]]:
    left_out = human_turns().left_out
    lowered = text.lower().replace("’", "'")
    for found in _WORD.finditer(lowered):
        word = found[0]
        if "'" in word:  # couldn't: could; it's: it
            word = word[:-3] if word.endswith("n't") else word.partition("'")[0]
        if not word.isalpha() or word in left_out or word == "cannot":
            continue
        for part in _TWO.get(word, (word,)):
            yield part, found.start(), found.end()
