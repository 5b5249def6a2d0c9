"""MTLD, MATTR and HD-D: against their definitions, text by text."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import hdd, mattr, mtld


def _texts(seed: int, n: int, least: int = 30) -> list[str]:
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, 61)
    return [
        " ".join(f"w{i}" for i in rng.choice(60, rng.integers(least, 90), p=p / p.sum()))
        for _ in range(n)
    ]


def _mattr(words: list[str], window: int) -> float:
    starts = range(len(words) - window + 1)
    return float(np.mean([len(set(words[s : s + window])) / window for s in starts]))


def _hdd(words: list[str], draws: int) -> float:
    n = len(words)
    missed = sum(comb(n - words.count(w), draws) / comb(n, draws) for w in set(words))
    return (len(set(words)) - missed) / draws


def _mtld(words: list[str], threshold: float) -> float:
    factors, run = 0.0, []
    for word in words:
        run.append(word)
        if len(set(run)) / len(run) <= threshold:
            factors, run = factors + 1, []
    if run:
        factors += (1 - len(set(run)) / len(run)) / (1 - threshold)
    return len(words) / (factors or 1)


def test_mattr_is_the_mean_over_windows() -> None:
    texts = _texts(0, 12)
    e = mattr(texts, 20)
    assert e.value == pytest.approx(np.mean([_mattr(t.split(), 20) for t in texts]))
    assert mattr(["a b a b", "a b c d"], 4).value == pytest.approx(0.75)


def test_hdd_is_the_expected_share_of_different_words() -> None:
    texts = _texts(1, 12)
    assert hdd(texts, 20).value == pytest.approx(np.mean([_hdd(t.split(), 20) for t in texts]))
    assert hdd(["a a", "a a"], 2).value == pytest.approx(0.5)


@pytest.mark.parametrize("threshold", [0.5, 0.72])
def test_mtld_is_words_by_runs_read_both_ways(threshold: float) -> None:
    texts = [*_texts(2, 12, 1), "one two three"]
    both = [(_mtld(t.split(), threshold) + _mtld(t.split()[::-1], threshold)) / 2 for t in texts]
    assert mtld(texts, threshold).value == pytest.approx(np.mean(both))


@pytest.mark.parametrize(("measure", "option"), [(mattr, 40), (hdd, 40)])
def test_short_outputs_are_left_out_and_counted(measure: object, option: int) -> None:
    assert callable(measure)
    texts = [*_texts(3, 4, 50), "too short", ""]
    e = measure(texts, option)
    assert e.value == pytest.approx(measure(texts[:4], option).value)
    assert "4 of 6 outputs" in e.method and e.n == 4
    with pytest.raises(NotEnoughData, match="1 of 3 outputs"):
        measure(texts[3:], option)


def test_prompts_are_the_units() -> None:
    texts = _texts(4, 12, 50)
    e = mattr(texts, 20, groups=np.arange(12) // 4)
    assert e.n == 3 and e.value == pytest.approx(mattr(texts, 20).value)
    with pytest.raises(NotEnoughData, match="1 prompt"):
        mattr(texts, 20, groups=[0] * 12)


def test_where_all_score_alike_the_interval_is_not_a_point() -> None:
    e = mtld(["a rose is a rose"] * 6)
    assert e.value == 5 and e.low is not None and 0 < e.low < 5 and e.high is None
    e = hdd(["one two three"] * 6, 2)
    assert e.value == 1 and e.low is not None and e.low < 1


@pytest.mark.parametrize("bad", [0, 1, -0.1, True])
def test_a_threshold_is_a_share(bad: float) -> None:
    with pytest.raises(BadInput, match="threshold"):
        mtld(_texts(0, 3), bad)
