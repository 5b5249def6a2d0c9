"""n-gram cosine: every pair by definition, and published values."""

from __future__ import annotations

import csv
import itertools
import lzma
from collections import Counter
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.measures import ngram_cosine

ORDERS = (1, 2, 3, 4, 5)


def _texts(seed: int, n: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join("abcde"[i] for i in rng.integers(0, 5, rng.integers(1, 9))) for _ in range(n)]


def _cosine(a: list[str], b: list[str], n: int, shortest: int) -> float:
    x, y = (Counter(tuple(w[i : i + n]) for i in range(len(w) - n + 1)) for w in (a, b))
    if n == shortest:  # a shorter text is one phrase
        x, y = (c or Counter({tuple(w): 1} if w else {}) for c, w in ((x, a), (y, b)))
    dot = sum(x[g] * y[g] for g in x)
    return dot / sqrt(sum(v * v for v in x.values()) * sum(v * v for v in y.values())) if dot else 0


def _by_definition(texts: list[str], orders: tuple[int, ...], groups: list[int]) -> float:
    split = [t.split() for t in texts]
    pairs = [
        (split[i], split[j])
        for i, j in itertools.combinations(range(len(texts)), 2)
        if groups[i] != groups[j]
    ]
    held = [[n for n in orders if n <= max(len(a), len(b))] or [min(orders)] for a, b in pairs]
    return float(
        np.mean(
            [
                np.mean([_cosine(a, b, n, min(orders)) for n in here])
                for here, (a, b) in zip(held, pairs, strict=True)
            ]
        )
    )


@pytest.mark.parametrize("orders", [(1,), (2,), ORDERS])
def test_is_the_mean_over_pairs(orders: tuple[int, ...]) -> None:
    texts = _texts(0, 20)
    e = ngram_cosine(texts, orders)
    assert e.value == pytest.approx(_by_definition(texts, orders, list(range(20))))
    groups = [i // 3 for i in range(20)]
    e = ngram_cosine(texts, orders, groups=groups)
    assert e.value == pytest.approx(_by_definition(texts, orders, groups))
    assert e.n == 7


def test_the_interval_leaves_out_each_output_exactly() -> None:
    texts = _texts(1, 8)
    e = ngram_cosine(texts, (1, 2), level=0.5)
    logs = np.log(
        [_by_definition(texts[:i] + texts[i + 1 :], (1, 2), list(range(7))) for i in range(8)]
    )
    se = np.sqrt(7 / 8 * ((logs - logs.mean()) ** 2).sum())
    assert e.high is not None
    assert np.log(e.high / e.value) == pytest.approx(0.7111 * se, rel=1e-3)


def test_alike_is_one_and_nothing_shared_is_zero() -> None:
    same = ngram_cosine(["one two three four five six"] * 9)
    assert same.value == 1 and same.low is not None and 0.5 < same.low < 1
    other = ngram_cosine([f"a{i} b{i} c{i}" for i in range(9)])
    assert other.value == 0 and other.high is not None and 0 < other.high < 1
    assert ngram_cosine(["Paris"] * 5).value == 1  # no 2-grams in one word
    assert ngram_cosine(["Paris"] * 5, (3, 4)).value == 1
    assert ngram_cosine(["", "Paris", "Paris", ""]).value == pytest.approx(1 / 6)


def test_one_output_is_not_enough() -> None:
    with pytest.raises(NotEnoughData):
        ngram_cosine(["alone"])


def _words(text: str) -> list[str]:
    return [w for w in text.replace(".", "").replace("\n", "").split(" ") if w]


def test_is_what_was_published_beside_real_outputs(data: Path) -> None:
    with lzma.open(data / "tevet_mcdiv" / "con_test_200_with_hds_prompt_gen.csv.xz", "rt") as file:
        rows = list(csv.DictReader(file))[:30]
    for row in rows:
        texts = [row[f"resp_{i}"] for i in range(5)]
        if min(map(len, map(_words, texts))) < 5:
            continue  # they count orders that are not there as unlike
        e = ngram_cosine(texts, tokenize=_words)
        assert -e.value == pytest.approx(float(row["metric_AveragedCosineSimilarity"]), abs=5.1e-4)
