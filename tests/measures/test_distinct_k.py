"""distinct-k, utility-k and the partition that they take: NoveltyBench by definition."""

from __future__ import annotations

import itertools
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import distinct_k, utility_k
from fullmenu.measures.lists.answers import partition


def test_counts_classes() -> None:
    e = distinct_k([[0, 0, 1, 0], ["x", "y", "z", 1.5], [7] * 4], k=4)
    assert e.value == pytest.approx((2 + 4 + 1) / 3)
    assert e.low is not None and e.high is not None and 1 <= e.low < e.value < e.high <= 4


def test_of_more_outputs_it_is_the_mean_over_all_draws() -> None:
    rows = [[0, 0, 1, 2, 0, 1], [0, 1, 2, 3, 4, 4], [3] * 5]
    every = [np.mean([len(set(s)) for s in itertools.combinations(r, 3)]) for r in rows]
    assert distinct_k(rows, 3).value == pytest.approx(np.mean(every))


def test_all_alike_and_all_different_keep_an_interval() -> None:
    same, other = distinct_k([[0] * 10] * 9), distinct_k([list(range(10))] * 9)
    assert same.value == same.low == 1 and same.high is not None and 1 < same.high < 5
    assert other.value == other.high == 10 and other.low is not None and 5 < other.low < 10


def test_utility_weighs_by_patience_and_gives_nothing_for_a_repeat() -> None:
    e = utility_k([["a", "a", "b"], ["a", "b", "c"]], [[8, 9, 5], [2, 4, 8]], 3, patience=0.5)
    assert e.value == pytest.approx(((8 + 5 / 4) / 1.75 + (2 + 2 + 2) / 1.75) / 2)
    plain = utility_k([["a", "a", "b"], ["a", "b", "c"]], k=3, patience=1)
    assert plain.value == pytest.approx((2 / 3 + 1) / 2)


def test_utility_of_one_value_has_no_upper_bound() -> None:
    e = utility_k([[0, 1]] * 6, [[5, 5]] * 6, 2)
    assert e.value == pytest.approx(5)
    assert e.low is not None and 0 < e.low < 5 and e.high is None


def test_prompts_without_outputs_are_left_out() -> None:
    rows, scores = [[0, 1], [], [0, 0]], [[3, 4], [], [5, 6]]
    assert distinct_k(rows, 2).value == 1.5
    assert utility_k(rows, scores, 2).value == utility_k(rows[::2], scores[::2], 2).value


@pytest.mark.parametrize("measure", [distinct_k, utility_k])
def test_too_few_say_so(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(NotEnoughData, match="or k=3"):
        measure([[0, 1, 2], [0] * 10])
    with pytest.raises(NotEnoughData, match="2 prompts"):
        measure([[0] * 10, []])
    for bad in ("text", [{0, 1}, {1}], [[[]], [[]]], 5):
        with pytest.raises(BadInput):
            measure(bad)
    with pytest.raises(BadInput, match="k=1"):
        measure([[0], [0]], k=1)


@pytest.mark.parametrize(
    "bad",
    [
        {"scores": [[1, 2]]},
        {"scores": [[1], [2]]},
        {"scores": [[1, -2], [1, 1]]},
        {"scores": [[1, np.nan], [1, 1]]},
        {"scores": [["good", "bad"], [1, 1]]},
        {"scores": 3},
        {"patience": 0},
        {"patience": 1.5},
    ],
)
def test_scores_that_make_no_sense(bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        utility_k([[0, 1], [0, 1]], k=2, **bad)


def test_partition_asks_first_members_only() -> None:
    near = partition([0, 3, 5, 6, 9], lambda a, b: abs(a - b) <= 3)
    assert near == [0, 0, 1, 1, 2]
    assert partition([], lambda a, b: True) == []


def test_is_what_noveltybench_stored(data: Path) -> None:
    path = data / "noveltybench" / "generations.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(next(file)) for _ in range(50)]
    for r in records:
        assert distinct_k([r["partition"]] * 2).value == r["distinct"] + 1
    e = utility_k([r["partition"] for r in records], [r["generation_scores"] for r in records])
    assert e.value == pytest.approx(np.mean([r["utility"] for r in records]), abs=1e-12)
