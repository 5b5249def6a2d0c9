"""What two outputs have in common: the views' likeness, shared words, names, numbers, lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from fullmenu.kernel.likeness import by_group
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.text.function_words import FUNCTION_WORDS
from fullmenu.views import answer, outline, phrasing

TRAITS = (
    "phrasing", "outline", "answer", "answer²", "words shared", "names shared", "numbers shared",
    "words of the prompt", "words of the longer output", "words of the shorter ÷ of the longer",
    "words in common", "names in common", "words of headings in common",
)  # fmt: skip
"""What :func:`traits` measures, in order."""

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HEADING = re.compile(
    r"\*\*([^*\n]{2,80})\*\*|^#+ (.+)|^[ \t]*(?:\d+[.)]|[-*])[ \t]+([^:\n]{2,60})", re.M
)
"""Bold, a heading, or what a list's item begins with."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def traits(outputs: Sequence[str], prompts: Sequence[str | None], groups: Ints) -> Floats:
    """Measure what the outputs of each pair inside a group have in common, (N, 13).

    Parameters
    ----------
    outputs, prompts
        The texts, and what was asked.
    groups : (n,)
        The prompt of each, 0 … P − 1. Pairs come group by group, in a group as the upper triangle.

    Examples
    --------
    >>> x = traits(["An apple, 3 cm.", "An apple, 3 cm."], ["A fruit?"] * 2, np.zeros(2, int))
    >>> x.round(2).tolist()
    [[1.0, 1.0, 1.0, 1.0, 0.83, 0.5, 0.75, 1.1, 1.61, 0.0, 0.83, 0.5, 0.5]]
    """
    asked = [prompt or "" for prompt in prompts]
    alike = [
        _above(by_group(rows, groups))
        for rows in (phrasing.rows(outputs), outline.rows(outputs), answer.rows(outputs, asked))
    ]
    words, names, numbers, headings = (
        _shared(outputs, asked, groups, parts) for parts in (_words, _names, _numbers, _headings)
    )
    pairs = [(rows[i], rows[j]) for rows, i, j in _pairs(groups)]
    first, second = (np.concatenate([pair[k] for pair in pairs] or [groups[:0]]) for k in (0, 1))
    lengths = np.log1p([len(text.split()) for text in outputs])
    longer = np.maximum(lengths[first], lengths[second])
    shorter = np.minimum(lengths[first], lengths[second])
    of_prompt = np.log1p([len(prompt.split()) for prompt in asked])[first]
    return np.column_stack([
        *alike, alike[2] ** 2, words[0], names[0], numbers[0], of_prompt, longer, shorter - longer,
        words[1], names[1], headings[1],
    ])  # fmt: skip


def _pairs(groups: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield the rows of each group of two or more, and the places of its pairs among them."""
    for rows, k in by_group(np.ones((len(groups), 1)), groups):
        i, j = np.triu_indices(len(k), 1)
        yield rows, i, j


def _above(grams: Iterator[tuple[Ints, Floats]]) -> Floats:
    values = [k[np.triu_indices(len(k), 1)] for _, k in grams]
    return np.concatenate(values) if values else np.empty(0)


def _shared(
    outputs: Sequence[str], prompts: Sequence[str], groups: Ints, parts: Callable[[str], set[str]]
) -> Floats:
    """Return what share both have, of the output with fewer parts and of all parts of the two.

    (2, N); the prompt's own parts are left out.
    """
    of_prompt = {prompt: parts(prompt) for prompt in set(prompts)}
    own = [parts(text) - of_prompt[prompt] for text, prompt in zip(outputs, prompts, strict=True)]
    counts = np.array([len(one) for one in own])
    values = []
    for rows, i, j in _pairs(groups):
        incidence = _incidence([own[row] for row in rows.tolist()])
        both = (incidence @ incidence.T).toarray()[i, j]
        one, other = counts[rows[i]], counts[rows[j]]
        # half a part more on either side: ½ where neither has any
        of = np.stack([np.minimum(one, other), one + other - both])
        values.append((both + 0.5) / (of + 1))
    return np.concatenate(values, axis=1) if values else np.empty((2, 0))


def _incidence(sets: Sequence[set[str]]) -> Any:
    """Return which set holds which part, (sets, parts)."""
    from scipy.sparse import csr_matrix

    number: dict[str, int] = {}
    columns = [number.setdefault(part, len(number)) for one in sets for part in sorted(one)]
    starts = np.cumsum([0, *map(len, sets)])
    shape = (len(sets), max(len(number), 1))
    return csr_matrix((np.ones(len(columns)), np.array(columns, np.int64), starts), shape)


def _words(text: str) -> set[str]:
    words = _WORD.findall(text.lower().replace("’", "'"))
    return {answer.stem(word) for word in words if word not in FUNCTION_WORDS}


def _headings(text: str) -> set[str]:
    return _words(" ".join("".join(parts) for parts in _HEADING.findall(text)))


def _names(text: str) -> set[str]:
    return set(_NAME.findall(text))


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))
