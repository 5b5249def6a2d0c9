"""n-gram diversity: against the definition, within outputs and across them."""

from __future__ import annotations

import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.measures import distinct_n, ngram_diversity

TEXTS = ["a rose is a rose", "A rose  is red", "violets are blue and red", "so are you"]


def _sum(texts: list[list[str]], top: int) -> float:
    total = 0.0
    for n in range(1, top + 1):
        grams = [tuple(w[i : i + n]) for w in texts for i in range(len(w) - n + 1)]
        total += len(set(grams)) / len(grams)
    return total


def _blanks(text: str) -> list[str]:
    return text.split(" ")


@pytest.mark.parametrize("top", [1, 3, 4])
def test_is_the_sum_over_orders(top: int) -> None:
    e = ngram_diversity(TEXTS, top, words="all", tokenize=_blanks)
    assert e.value == pytest.approx(_sum([t.split(" ") for t in TEXTS], top))
    assert e.low is not None and e.high is not None and e.low < e.value < e.high <= top


def test_across_outputs_is_the_number_of_the_package() -> None:
    e = ngram_diversity(TEXTS, words="all", across_documents=True, tokenize=_blanks)
    assert e.value == pytest.approx(_sum([" ".join(TEXTS).split(" ")], 4))
    inside = ngram_diversity(TEXTS, words="all", tokenize=_blanks)
    assert e.value != inside.value


def test_taken_at_a_number_it_is_the_sum_of_distinct_n() -> None:
    texts = TEXTS * 6
    each = [distinct_n(texts, n, words=20).value for n in (1, 2, 3)]
    assert ngram_diversity(texts, 3, words=20).value == pytest.approx(sum(each))


def test_too_few_words_say_so() -> None:
    with pytest.raises(NotEnoughData, match="1000"):
        ngram_diversity(TEXTS)
    with pytest.raises(NotEnoughData, match="3 words"):
        ngram_diversity(["a b", "c d"], words="all")
