"""EAD: the published formula, its limits, and published values."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import distinct_n, expectation_adjusted_distinct

ROSES = ["a rose is a rose", "violets are blue", "a rose is red"]


def _by_formula(texts: list[str], n: int, v: int) -> float:
    grams = [tuple(w[i : i + n]) for w in map(str.split, texts) for i in range(len(w) - n + 1)]
    return len(set(grams)) / (v * (1 - ((v - 1) / v) ** len(grams)))


@pytest.mark.parametrize("v", [10, 50_257])
@pytest.mark.parametrize("n", [1, 2, (1, 2, 3)])
def test_is_the_formula(n: int | tuple[int, ...], v: int) -> None:
    orders = n if isinstance(n, tuple) else (n,)
    e = expectation_adjusted_distinct(ROSES, n, vocabulary=v)
    assert e.value == pytest.approx(np.mean([_by_formula(ROSES, k, v) for k in orders]))
    assert e.low is not None and e.high is not None and e.low < e.value < e.high


def test_a_large_vocabulary_adjusts_nothing() -> None:
    e = expectation_adjusted_distinct(ROSES, (1, 2), vocabulary=10**12)
    assert e.value == pytest.approx(distinct_n(ROSES, (1, 2), words="all").value)


def test_may_exceed_one_and_keeps_an_interval() -> None:
    texts = [f"a{i} b{i} c{i} d{i}" for i in range(10)]
    e = expectation_adjusted_distinct(texts, 1, vocabulary=100)
    assert e.low is not None and e.high is not None
    assert e.low < 1 < e.value <= e.high


def test_says_what_is_missing() -> None:
    with pytest.raises(NotEnoughData, match="3 words"):
        expectation_adjusted_distinct(["too short", "as well"])
    with pytest.raises(BadInput, match="vocabulary"):
        expectation_adjusted_distinct(ROSES, 1, vocabulary=1)


def test_is_what_was_published_beside_real_outputs(data: Path) -> None:
    folder = data / "olmo2_7b_stages"
    with lzma.open(folder / "sft_alpacaeval.jsonl.xz", "rt", encoding="utf-8") as file:
        rows = [json.loads(next(file)) for _ in range(30)]
    with lzma.open(folder / "baseline_metrics.jsonl.xz", "rt", encoding="utf-8") as file:
        stored = {(r["stage"], r["prompt_id"]): r["ead"] for r in map(json.loads, file)}
    prompts = {r["prompt_id"] for r in rows}
    for prompt in prompts:
        texts = [r["response"] for r in rows if r["prompt_id"] == prompt]
        if len(texts) == 10:
            e = expectation_adjusted_distinct(texts, tokenize=str.split)
            assert e.value == pytest.approx(stored["sft", prompt], abs=1e-9)
