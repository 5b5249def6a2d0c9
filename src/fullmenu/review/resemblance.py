"""What two outputs have in common: the views' likeness, shared words, names, numbers, lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from fullmenu.review.pairs import LikelyPairs, squared_likeness
from fullmenu.stats.arrays import Floats
from fullmenu.text.function_words import FUNCTION_WORDS
from fullmenu.views import answer, registry

TRAITS = (
    "phrasing", "outline", "answer", "answer²", "words shared", "names shared", "numbers shared",
    "words of the prompt", "words of the longer output", "words of the shorter ÷ of the longer",
)  # fmt: skip
"""What :func:`traits` measures, in order."""

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def traits(outputs: Sequence[str], prompts: Sequence[str | None], pairs: LikelyPairs) -> Floats:
    """Measure what the outputs of each pair have in common, (N, 10): :data:`TRAITS`.

    >>> from fullmenu.review.pairs import pairs_of
    >>> asked = ["A fruit?"] * 2
    >>> x = traits(["An apple, 3 cm.", "An apple, 3 cm."], asked, pairs_of(asked))
    >>> x.round(2).tolist()
    [[1.0, 1.0, 1.0, 1.0, 0.83, 0.5, 0.75, 1.1, 1.61, 0.0]]
    """
    groups = np.zeros(len(outputs), np.int64)
    groups[pairs.first] = groups[pairs.second] = pairs.prompts + 1
    looked = np.flatnonzero(groups).tolist()
    texts, asked = [outputs[i] for i in looked], [prompts[i] or "" for i in looked]
    alike = []
    for name in ("phrasing", "outline", "answer"):
        rows = registry.get(name).rows(texts, asked)
        alike.append(np.sqrt(squared_likeness(rows, groups[looked])))
    whole, by_prompt = [text or "" for text in outputs], [prompt or "" for prompt in prompts]
    said, questions = ([len(t.split()) for t in some] for some in (whole, by_prompt))
    lengths = np.log1p(said)
    longer = np.maximum(lengths[pairs.first], lengths[pairs.second])
    shorter = np.minimum(lengths[pairs.first], lengths[pairs.second])
    return np.column_stack([
        *alike,
        alike[2] ** 2,
        *(_shared(whole, by_prompt, pairs, parts) for parts in (_words, _names, _numbers)),
        np.log1p(questions)[pairs.first],
        longer,
        shorter - longer,
    ])  # fmt: skip


def _shared(
    outputs: Sequence[str],
    prompts: Sequence[str],
    pairs: LikelyPairs,
    parts: Callable[[str], set[str]],
) -> Floats:
    """Share of the parts of the output with fewer that both have, the prompt's left out."""
    of_prompt = {prompt: parts(prompt) for prompt in set(prompts)}
    own = [parts(text) - of_prompt[prompt] for text, prompt in zip(outputs, prompts, strict=True)]
    both = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    # half a part more on either side: ½ where neither has any
    return np.array(
        [(len(own[i] & own[j]) + 0.5) / (min(len(own[i]), len(own[j])) + 1) for i, j in both]
    )


def _words(text: str) -> set[str]:
    words = _WORD.findall(text.lower().replace("’", "'"))
    return {answer.stem(word) for word in words if word not in FUNCTION_WORDS}


def _names(text: str) -> set[str]:
    return set(_NAME.findall(text))


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))
