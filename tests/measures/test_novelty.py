"""Novelty: by definition, and what a larger reference does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import novelty


def _texts(seed: int, n: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join("abcde"[i] for i in rng.integers(0, 5, rng.integers(2, 9))) for _ in range(n)]


def _by_definition(texts: list[str], reference: list[str], n: int) -> float:
    def grams(t: str) -> list[tuple[str, ...]]:
        words = t.split()
        return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]

    known = {g for t in reference for g in grams(t)}
    mine = [g for t in texts for g in grams(t)]
    return sum(g not in known for g in mine) / len(mine)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_is_the_share_of_ngrams_not_in_the_reference(n: int) -> None:
    texts, reference = _texts(0, 15), _texts(1, 6)
    assert novelty(texts, reference, n).value == pytest.approx(_by_definition(texts, reference, n))


def test_at_a_reference_size_it_is_the_mean_over_all_draws() -> None:
    texts, reference = _texts(2, 10), _texts(3, 6)
    every = [_by_definition(texts, list(some), 3) for some in itertools.combinations(reference, 2)]
    e = novelty(texts, reference, 3, reference_size=2)
    assert e.value == pytest.approx(np.mean(every))


def test_falls_as_the_reference_grows_unless_taken_at_a_size() -> None:
    texts = _texts(4, 60)
    small, large = _texts(5, 20), _texts(6, 400)
    assert novelty(texts, large, 4).value < novelty(texts, small, 4).value - 0.1
    at = [novelty(texts, r, 4, reference_size=20).value for r in (small, large)]
    assert at[0] == pytest.approx(at[1], abs=0.05)


def test_a_copy_is_not_new_and_other_words_are() -> None:
    texts = _texts(7, 20)
    copied = novelty(texts, texts, 2)
    assert copied.value == 0 and copied.high is not None and 0 < copied.high < 0.3
    assert novelty(texts, ["x y z"], 2).value == 1


def test_says_what_is_missing() -> None:
    texts = _texts(8, 9)
    for reference in ([], ["short"]):
        with pytest.raises(NotEnoughData):
            novelty(texts, reference)
    with pytest.raises(NotEnoughData, match="reference_size=3"):
        novelty(texts, ["a b c d"] * 2, reference_size=3)
    with pytest.raises(NotEnoughData, match="holds all"):
        novelty(["a b c d", "a"], ["a b c d"])
    with pytest.raises(BadInput):
        novelty(texts, "one text")
