"""Homogenization by BLEU and ROUGE-L: against the definitions, pair by pair."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures import homogenization_bleu, homogenization_rouge_l
from fullmenu.measures.texts import homogenization as _pairs

from .test_self_bleu import _bleu, _sums, _texts, _zipf

BOTH: Any = pytest.mark.parametrize("f", [homogenization_bleu, homogenization_rouge_l])
Measure = Callable[..., Estimate]


def _bleu_of(a: str, b: str) -> float:
    return _bleu(*_sums(a.split(), [b.split()], 4))


def _rouge_l(a: str, b: str) -> float:
    x, y = (re.sub("[^a-z0-9]+", " ", t.lower()).split() for t in (a, b))
    best = [[0] * (len(y) + 1) for _ in range(len(x) + 1)]
    for i, v in enumerate(x):
        for j, w in enumerate(y):
            best[i + 1][j + 1] = best[i][j] + 1 if v == w else max(best[i][j + 1], best[i + 1][j])
    common = best[-1][-1]
    return 2 * common / (len(x) + len(y)) if common else 0.0


KERNELS = {homogenization_bleu: _bleu_of, homogenization_rouge_l: _rouge_l}


def _mean(f: Measure, texts: list[str], groups: list[int]) -> float:
    n = range(len(texts))
    return float(
        np.mean([KERNELS[f](texts[i], texts[j]) for i in n for j in n if groups[i] != groups[j]])
    )


@BOTH
def test_is_the_mean_over_ordered_pairs(f: Measure) -> None:
    for seed in range(40):
        texts = _texts(seed)
        r = random.Random(seed)
        texts = [t.replace("w1", r.choice(["w1", "it", "sleeps"])) for t in texts]
        alone = list(range(len(texts)))
        assert f(texts).value == pytest.approx(_mean(f, texts, alone), abs=1e-14)
        pairs = [i // 2 for i in alone]
        assert f(texts, groups=pairs).value == pytest.approx(_mean(f, texts, pairs), abs=1e-14)


def test_rouge_sees_letters_and_digits_of_ascii_only() -> None:
    texts = ["Don't café, 3 CATS!", "don t caf 3 cats", "naïve don cats"]
    assert homogenization_rouge_l(texts).value == pytest.approx(_mean(
        homogenization_rouge_l, texts, [0, 1, 2]
    ))  # fmt: skip
    with pytest.raises(NotEnoughData, match="tokenize="):
        homogenization_rouge_l(["狗在这里", "狗在这里"])
    assert homogenization_rouge_l(["狗在这里", "狗在这里"], tokenize=list).value == 1.0


@BOTH
def test_strangers_score_zero_and_copies_one(f: Measure) -> None:
    apart = f(["alpha beta gamma delta", "one two three four", "ein zwei drei vier"])
    assert (apart.value, apart.low) == (0.0, 0.0)
    assert apart.high is not None and 0 < apart.high < 1
    same = f(["one and the same text"] * 9)
    assert (same.value, same.high) == (1.0, 1.0)
    assert same.low is not None and 0.3 < same.low < 1


@BOTH
def test_does_not_drift_with_sample_size(f: Measure) -> None:
    few = np.mean([f(_zipf(s, 30)).value for s in range(8)])
    assert f(_zipf(99, 400)).value == pytest.approx(float(few), rel=0.05)


@BOTH
def test_random_pairs_are_about_as_many_and_near_the_mean_of_all(f: Measure) -> None:
    texts = _zipf(4, 300)
    every, some = f(texts), f(texts, pairs=3_000)
    assert "all 44850 pairs" in every.method
    assert 2_500 < int(some.method.split("random ")[1].split()[0]) < 3_500
    assert some.value == pytest.approx(every.value, rel=0.05)
    assert some.low is not None and some.high is not None
    assert every.low is not None and every.high is not None
    assert some.low < every.value < some.high
    assert some.high - some.low > every.high - every.low
    assert f(texts, pairs=10**9) == every
    assert f(texts, pairs=3_000, seed=1).value != some.value


@BOTH
def test_which_pairs_depends_on_what_is_said_and_not_on_the_order(f: Measure) -> None:
    texts, groups = _zipf(5, 90), np.arange(90) // 3
    order = np.random.default_rng(0).permutation(90)
    a = f(texts, pairs=400, groups=groups)
    b = f([texts[i] for i in order], pairs=400, groups=groups[order])
    assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high))


@BOTH
def test_tiles_of_a_large_block_add_up(f: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    texts, groups = _zipf(6, 50), np.arange(50) // 4
    whole = f(texts, pairs=10**6, groups=groups)
    monkeypatch.setattr(_pairs, "ALL_PAIRS", 12)
    tiled = f(texts, pairs=10**6, groups=groups)
    assert (tiled.value, tiled.low) == pytest.approx((whole.value, whole.low), rel=1e-12)


@BOTH
def test_too_few_pairs_to_leave_one_out(f: Measure) -> None:
    with pytest.raises(NotEnoughData, match="larger pairs="):
        f(_zipf(7, 6), pairs=1, groups=[0, 0, 0, 0, 1, 2])


@BOTH
@pytest.mark.parametrize("bad", [{"pairs": 0}, {"pairs": 1.5}, {"groups": [1]}, {"tokenize": 3}])
def test_arguments_that_make_no_sense(f: Measure, bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        f(_zipf(0, 5), **bad)
