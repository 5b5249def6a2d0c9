"""distinct-n: against the definition, and against its own drift."""

from __future__ import annotations

import csv
import lzma
from collections import Counter
from math import comb
from pathlib import Path

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import distinct_n
from fullmenu.measures.texts._grams import words_of
from fullmenu.measures.texts.distinct import _rarefied


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
    hashes, rows = words_of(texts).grams(2)
    value, _ = _rarefied(hashes, rows, np.bincount(rows), 4)
    assert value == pytest.approx(_by_definition(texts, 2, 4))
    assert _by_definition(texts, 2, 6) == pytest.approx(4 / 6)


def test_leaves_out_each_prompt_exactly() -> None:
    texts, groups = _texts(1, 12), np.repeat(np.arange(6), 2)
    texts[3] += " and more words to make it a longer one"
    hashes, rows = words_of(texts).grams(2)
    _, without = _rarefied(hashes, groups[rows], np.bincount(groups[rows]), 100)
    for k in range(6):
        rest = [t for t, g in zip(texts, groups, strict=True) if g != k]
        assert without[k] == pytest.approx(_by_definition(rest, 2, 100), rel=1e-12)


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


ROSES = ["a rose is a rose", "Violets are blue.", "a rose is red"]


def _share(texts: list[list[str]], n: int) -> float:
    grams = [tuple(w[i : i + n]) for w in texts for i in range(len(w) - n + 1)]
    return len(set(grams)) / len(grams)


@pytest.mark.parametrize("n", [1, (1, 2), (1, 2, 3)])
def test_all_words_is_different_by_all_mean_over_orders(n: int | tuple[int, ...]) -> None:
    split = [t.split() for t in ROSES]
    orders = n if isinstance(n, tuple) else (n,)
    e = distinct_n(ROSES, n, words="all", tokenize=str.split)
    assert e.value == pytest.approx(np.mean([_share(split, k) for k in orders]))
    assert e.low is not None and e.high is not None and e.low < e.value < e.high


def test_all_words_falls_with_sample_size() -> None:
    small, large = (distinct_n(_texts(5, n), words="all").value for n in (20, 400))
    assert large < 0.8 * small


def test_a_tokenizer_of_ones_own() -> None:
    assert distinct_n(["A b", "a B"], 1, words="all").value == pytest.approx(2 / 4)
    e = distinct_n(["A b", "a B"], 1, words="all", tokenize=str.split)
    assert e.value == 1
    letters = distinct_n(["A b", "a B"], 1, words="all", tokenize=lambda t: iter(t))
    assert letters.value == pytest.approx(5 / 6)


def test_where_one_output_holds_all_of_an_order_anything_may_be() -> None:
    e = distinct_n(["one two three", "one"], 2, words="all")
    assert (e.value, e.low, e.high) == (1.0, 0.0, 1.0)
    with pytest.raises(NotEnoughData, match="4 words"):
        distinct_n(["one two three", "one"], 4, words="all")


@pytest.mark.parametrize(
    "bad",
    [
        {"n": ()},
        {"n": (2, 2)},
        {"n": (1, 0)},
        {"words": "some"},
        {"tokenize": "split"},
        {"tokenize": lambda t: t},
        {"tokenize": len},
        {"tokenize": lambda t: [1, 2]},
    ],
)
def test_orders_and_tokenizers_that_make_no_sense(bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        distinct_n(ROSES, **{"words": "all", **bad})


def test_is_what_was_published_beside_real_outputs(data: Path) -> None:
    with lzma.open(data / "tevet_mcdiv" / "con_test_200_with_hds_prompt_gen.csv.xz", "rt") as file:
        rows = list(csv.DictReader(file))[:20]

    def words(text: str) -> list[str]:
        return [w for w in text.replace(".", "").replace("\n", "").split(" ") if w]

    for row in rows:
        texts = [row[f"resp_{i}"] for i in range(5)]
        if max(len(words(t)) for t in texts) < 5:
            continue
        e = distinct_n(texts, (1, 2, 3, 4, 5), words="all", tokenize=words)
        assert e.value == pytest.approx(float(row["metric_AveragedDistinctNgrams"]), abs=5.1e-4)
