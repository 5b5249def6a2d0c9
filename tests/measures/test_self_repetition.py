"""Self-repetition: the published score, drift, and what the interval does at the edges."""

from __future__ import annotations

from collections import Counter
from math import log

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import self_repetition


def _texts(seed: int, n: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join("abcde"[i] for i in rng.integers(0, 5, rng.integers(1, 12))) for _ in range(n)]


def _by_definition(texts: list[str], n: int) -> float:
    held = []
    for words in map(str.split, texts):
        grams = {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
        held.append(grams or {tuple(words)})  # a shorter one is one phrase
    times = Counter(gram for grams in held for gram in grams)
    return float(np.mean([log(sum(times[g] - 1 for g in grams) + 1) for grams in held]))


@pytest.mark.parametrize("n", [1, 2, 4])
def test_is_the_published_score(n: int) -> None:
    texts = _texts(0, 60)
    e = self_repetition(texts, n)
    assert e.value == pytest.approx(_by_definition(texts, n), rel=1e-12)
    assert e.low is not None and e.high is not None and e.low < e.value < e.high


def test_leaves_out_each_of_a_few_outputs_exactly() -> None:
    texts = _texts(1, 6)
    e = self_repetition(texts, 2, level=0.5)
    without = np.array([_by_definition(texts[:i] + texts[i + 1 :], 2) for i in range(6)])
    se = np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    assert e.high is not None
    assert e.high - e.value == pytest.approx(0.7267 * se, rel=1e-3)


def test_rises_with_sample_size() -> None:
    assert self_repetition(_texts(2, 400)).value > self_repetition(_texts(2, 40)).value + 1


def test_prompts_change_the_interval_only() -> None:
    texts = [t for t in _texts(3, 30) for _ in range(4)]
    alone, by_prompt = (
        self_repetition(texts, 2, groups=g) for g in (None, np.repeat(np.arange(30), 4))
    )
    assert alone.value == by_prompt.value
    assert (alone.low, alone.high) != (by_prompt.low, by_prompt.high)


def test_nothing_again_and_all_alike_have_no_upper_bound() -> None:
    none = self_repetition(["a b c d e", "f g h i j", "k l m n o"])
    assert (none.value, none.low, none.high) == (0.0, 0.0, None)
    same = self_repetition(["a b c d e"] * 8)
    assert same.value == pytest.approx(log(1 + 2 * 7))
    assert same.low is not None and 0 < same.low < same.value and same.high is None


def test_says_what_is_missing() -> None:
    with pytest.raises(NotEnoughData, match="1 words"):
        self_repetition(["", ""])
    assert self_repetition(["a b c", "a b c"]).value == pytest.approx(log(2))
    with pytest.raises(BadInput, match="level"):
        self_repetition(_texts(0, 9), level=2)
