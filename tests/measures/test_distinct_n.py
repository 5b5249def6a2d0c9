"""distinct-n: against the definition, and against its own drift."""

from __future__ import annotations

from collections import Counter
from math import comb

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import distinct_n
from fullmenu.measures.texts._units import phrases
from fullmenu.measures.texts.distinct_n import _drawn, _rarefied


def _texts(seed: int, n: int, words: int = 30) -> list[str]:
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, 501)
    return [" ".join(f"w{i}" for i in rng.choice(500, words, p=p / p.sum())) for _ in range(n)]


def _by_definition(texts: list[str], n: int, m: int) -> float:
    counts = Counter(
        tuple(words[i : i + n])
        for words in (t.split() for t in texts)
        for i in range(len(words) - n + 1)
    )
    total = sum(counts.values())
    return sum(1 - comb(total - c, m) / comb(total, m) for c in counts.values()) / m


@pytest.mark.parametrize("n", [1, 2, 3])
def test_is_the_expected_number_of_distinct_ones(n: int) -> None:
    texts = _texts(0, 12)
    e = distinct_n(texts, n, words=100)
    assert e.value == pytest.approx(_by_definition(texts, n, 100), rel=1e-12)


def test_all_of_them_is_the_plain_share() -> None:
    texts = ["a b a b a", "c d e"]
    hashes, rows = phrases(texts, 2, short=False)
    value, _ = _rarefied(hashes, rows, np.bincount(rows), 4)
    assert value == pytest.approx(_by_definition(texts, 2, 4))
    assert _by_definition(texts, 2, 6) == pytest.approx(4 / 6)


def test_leaves_out_each_prompt_exactly() -> None:
    texts, groups = _texts(1, 12), np.repeat(np.arange(6), 2)
    texts[3] += " and more words to make it a longer one"
    hashes, rows = phrases(texts, 2, short=False)
    _, without = _rarefied(hashes, groups[rows], np.bincount(groups[rows]), 100)
    for k in range(6):
        rest = [t for t, g in zip(texts, groups, strict=True) if g != k]
        assert without[k] == pytest.approx(_by_definition(rest, 2, 100), rel=1e-12)


@pytest.mark.parametrize(("total", "m"), [(3_000, 1_000), (50, 50), (200_000, 1_000)])
def test_chances_are_exact(total: int, m: int) -> None:
    counts = np.array([c for c in (0, 1, 2, 30, 255, 256, 257, 1000) if c <= total])
    exact = [1 - comb(total - c, m) / comb(total, m) for c in counts.tolist()]
    assert _drawn(counts, total, m) == pytest.approx(exact, rel=1e-6)


def test_does_not_fall_with_sample_size() -> None:
    small = np.mean([distinct_n(_texts(s, 40)).value for s in range(10)])
    large = distinct_n(_texts(99, 2_000)).value
    assert small == pytest.approx(large, rel=0.02)


def test_one_sentence_over_and_over() -> None:
    e = distinct_n(["the same five words here"] * 300)
    assert e.value == pytest.approx(4 / 1000)
    assert e.low is not None and e.high is not None
    assert e.low < e.value < e.high < 0.1


def test_too_few_phrases_says_what_would_do() -> None:
    with pytest.raises(NotEnoughData, match="words=58 "):
        distinct_n(_texts(0, 3))
    with pytest.raises(NotEnoughData):
        distinct_n(["", ""])
    distinct_n(_texts(0, 3), words=58)


@pytest.mark.parametrize("bad", [{"n": 0}, {"words": 0}, {"n": 1.5}, {"groups": [1]}])
def test_arguments_that_make_no_sense(bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        distinct_n(_texts(0, 3), **bad)
