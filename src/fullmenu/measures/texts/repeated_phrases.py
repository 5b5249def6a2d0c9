"""How much of an output is found again in another: its phrases, or the templates of them?"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import listed, outputs
from fullmenu.measures.pairs import between_units, rate_of_pairs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, Words, split_by, words_of
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.text import tokens
from fullmenu.text.function_words import GRAMMAR

LEAST_GRAMMAR = 2
"""A template holds so many function words at least: a run of content words is no template."""

_NUMBER, _CONTENT = "0", ""


@measure(unit="share", paper="Salkar et al. 2022; Shaib et al. 2024")
def repeated_phrases(
    texts: Sequence[str], words: int = 4, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Estimate the share of an output's phrases that occur in another given output too.

    ``value`` in [0, 1]: a mean over ordered pairs of outputs, so that it does not drift with how
    many are given. 1: all outputs have the same phrases.

    Cannot see a paraphrase, or one word changed in every four. Long outputs meet more phrases
    than short ones: compare at matched lengths. In varied text the value is near 0, which says
    "not word for word" and nothing of sense.

    Parameters
    ----------
    words
        Words of a phrase. A shorter output is one phrase.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale.

    >>> same = "it is important to note that"
    >>> print(repeated_phrases([f"{same} a", f"{same} b"]))
    0.75 [0, 1]
    """
    found, unit, names = outputs(texts, groups)
    value, without = _shared(found, words, unit)
    method = "phrases shared by pairs"
    return rate_of_pairs(value, without, names, "share", method, level, graded=True)


def _shared(texts: Sequence[str], n: int, unit: Ints) -> tuple[float, Floats]:
    hashes, rows = words_of(texts).phrases(n)
    wordless = np.flatnonzero(np.bincount(rows, minlength=len(texts)) == 0)  # one phrase as well
    hashes = np.concatenate([hashes, np.ones(len(wordless), np.uint64)])
    return shared_by_pairs(hashes, np.append(rows, wordless), len(texts), unit)


@measure(unit="share", paper="Shaib, Elazar, Li & Wallace 2024")
def templates(
    texts: Sequence[str],
    n: int = 5,
    *,
    function_words: Collection[str] | None = None,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of an output's templates that occur in another given output too.

    ``value`` in [0, 1]: a mean over ordered pairs of outputs, so that it does not drift with how
    many are given. An output that holds no template is shared by equal texts only.

    Cannot see parts of speech: adjectives, nouns and verbs are one blank, so that its templates are
    coarser than those that Shaib et al. read off a tagger, and no number of theirs is matched. A
    part of the value is the language itself: any two English texts share some. Long outputs meet
    more templates than short ones, so compare at matched lengths.

    Parameters
    ----------
    n
        Words of a template: function words as they are, numbers and words of content as blanks,
        and at least two function words among them ("in the ___ of the").
    function_words
        The words that stay, lower-cased; by default English ones. Give those of your language.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale. [90 %]

    Raises
    ------
    NotEnoughData
        …, or no template in any of them.

    >>> print(templates(["It is one of the best songs", "This is one of the worst ideas ever"]))
    0.583 [0, 1]
    """
    found, unit, names = outputs(texts, groups)
    kept = GRAMMAR if function_words is None else function_words
    kept = kept if isinstance(kept, Set) else listed("function_words", kept, "words")
    if not all(isinstance(w, str) for w in kept):
        raise BadInput("function_words is no collection of words; give a list of strings")
    shapes, grammar = _shapes(found, frozenset(kept), tokenize)
    first = shapes.starts(n)
    before = np.concatenate([[0], np.cumsum(grammar)])
    held = before[first + n] - before[first] >= LEAST_GRAMMAR
    if not held.any():
        raise NotEnoughData(
            f"no output holds {n} words with {LEAST_GRAMMAR} function words among them; give "
            "longer outputs, or the function_words of their language"
        )
    hashes, rows = (x[held] for x in shapes.grams(n))
    bare = np.flatnonzero(np.bincount(rows, minlength=len(found)) == 0)
    own = words_of([found[i] for i in bare], lambda text: [text])
    hashes, rows = np.concatenate([hashes, own.hashes]), np.concatenate([rows, bare])
    value, without = shared_by_pairs(hashes, rows, len(found), unit)
    method = f"{n}-word templates shared by pairs"
    return rate_of_pairs(value, without, names, "share", method, level, graded=True)


def _shapes(
    texts: Sequence[str], kept: frozenset[str], tokenize: Tokenize | None
) -> tuple[Words, NDArray[np.bool_]]:
    """Words with blanks for those of content; and which of them are function words."""
    if tokenize is None:
        return _our_shapes(texts, kept)

    def shape(text: str) -> list[str]:
        lowered = [w.lower() for w in split_by(tokenize, text)]
        return [w if w in kept else _NUMBER if w[:1].isdigit() else _CONTENT for w in lowered]

    words = words_of(texts, shape)
    blanks = words_of([""], lambda _: [_NUMBER, _CONTENT]).hashes
    return words, ~np.isin(words.hashes, blanks)


def _our_shapes(texts: Sequence[str], kept: frozenset[str]) -> tuple[Words, NDArray[np.bool_]]:
    stay = tokens.tokenize(sorted(kept)).hashes
    hashes, rows, grammar = [], [], []
    for start, batch in tokens.batches(texts):
        found = tokens.tokenize(batch)
        stays = np.isin(found.hashes, stay)
        head = found.points[found.starts]
        blank = np.where((head >= ord("0")) & (head <= ord("9")), np.uint64(1), np.uint64(2))
        hashes.append(np.where(stays, found.hashes, blank))
        rows.append(found.rows + start)
        grammar.append(stays)
    return Words(np.concatenate(hashes), np.concatenate(rows), len(texts)), np.concatenate(grammar)


def shared_by_pairs(hashes: Any, rows: Ints, n: int, unit: Ints) -> tuple[float, Floats]:
    """Mean over ordered pairs of outputs from different units; and with each unit left out.

    ``hashes`` and ``rows`` are every phrase, and which of n outputs it is in.
    """
    m = int(unit.max()) + 1
    _, ids = np.unique(hashes, return_inverse=True)
    cells, times = np.unique(ids * n + rows, return_counts=True)
    gram, row = cells // n, cells % n
    weight = times / np.bincount(rows, minlength=n)[row]
    if m < n:  # outputs of one prompt are summed up: they are not compared with each other
        cells, where = np.unique(gram * m + unit[row], return_inverse=True)
        here, weight = np.bincount(where).astype(np.float64), np.bincount(where, weight)
        gram, owner = cells // m, cells % m
    else:
        here, owner = np.ones(len(gram)), unit[row]
    holders = np.bincount(gram, here)[gram]
    weights = np.bincount(gram, weight)[gram]
    # of ordered pairs (i, j): Σ over i's phrases that j holds of their part in i
    shared = weight * (holders - here)
    lost = np.bincount(owner, shared + here * (weights - weight), minlength=m)
    return between_units(float(shared.sum()), lost, np.bincount(unit))
