"""Cue against content: classifiers and graders that are known to follow one or the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fullmenu.diagnose import cue_against_content, grader_cue_against_content
from fullmenu.errors import BadInput, NotEnoughData

N = 600
CONTENT = np.random.default_rng(0).integers(0, 10, N)
CUE: list[Any] = [
    None if i < 200 else int(c) if i < 400 else int((c + 3) % 10) for i, c in enumerate(CONTENT)
]


def mixed(by_cue: float, seed: int = 0) -> list[int]:
    """Answers by the cue in so many of the cases that have one, else by the content."""
    led = np.random.default_rng(seed).random(N) < by_cue
    return [
        int(q if q is not None and take else c)
        for c, q, take in zip(CONTENT, CUE, led, strict=True)
    ]


@pytest.mark.parametrize(("by_cue", "verdict"), [(0, "ok"), (1, "failure"), (0.6, "failure")])
def test_a_classifier_of_known_mixture(by_cue: float, verdict: str) -> None:
    said = [a for seed in range(3) for a in mixed(by_cue, seed)]
    seeds = np.repeat(range(3), N)
    found = cue_against_content(
        said, CONTENT.tolist() * 3, CUE * 3, seeds=seeds, items=list(range(N)) * 3
    )
    assert found.verdict == verdict
    intent = found.evidence["intent"]
    assert intent.value == pytest.approx(1 - 2 * by_cue, abs=0.08)
    assert found.seeds == 3 and found.items == 200


def test_one_run_warns_at_most_and_noise_is_incapable() -> None:
    assert cue_against_content(mixed(1), CONTENT.tolist(), CUE).verdict == "warning"
    noise = np.random.default_rng(1).integers(0, 10, N).tolist()
    assert cue_against_content(noise, CONTENT.tolist(), CUE).verdict == "incapable"


def test_mistakes_are_no_cue_following() -> None:
    """A poor classifier of two classes errs towards the cue's label whenever it errs."""
    rng = np.random.default_rng(2)
    content = rng.integers(0, 2, N)
    cue = [None if i < N // 2 else int(1 - c) for i, c in enumerate(content)]
    said = np.where(rng.random(N) < 0.35, 1 - content, content)
    found = cue_against_content(said.tolist(), content.tolist(), cue)
    assert found.evidence["intent"].value < 0.5
    assert found.verdict == "inconclusive"
    with pytest.raises(NotEnoughData, match="give neutral items"):
        half = N // 2
        aligned = [int(c) for c in content[:half]] + cue[half:]
        cue_against_content(said.tolist(), content.tolist(), aligned)


def test_bad_tables() -> None:
    with pytest.raises(BadInput, match="of lengths"):
        cue_against_content([1, 2], [1], [None])
    with pytest.raises(NotEnoughData, match="0 items in conflict"):
        cue_against_content([1, 2, 1], [1, 2, 1], [None, None, None])


ITEMS, GOOD, ON = (x.ravel() for x in np.indices((60, 2, 2)))
NOISE = np.random.default_rng(3).normal(0, 0.5, len(ITEMS))


@pytest.mark.parametrize(
    ("by_content", "by_cue", "verdict"),
    [(2, 0, "ok"), (1, 1, "warning"), (1, -1, "warning"), (0, 1, "incapable")],
)
def test_a_grader_of_known_effects(by_content: float, by_cue: float, verdict: str) -> None:
    found = grader_cue_against_content(ITEMS, GOOD, ON, by_content * GOOD + by_cue * ON + NOISE)
    assert found.verdict == verdict
    for name, true in (("content effect", by_content), ("cue effect", by_cue)):
        e = found.evidence[f"cue: {name}"]
        assert e.low is not None and e.high is not None
        assert e.low - 0.1 < true < e.high + 0.1


def test_several_graders_can_fail() -> None:
    runs, items, good, on = (x.ravel() for x in np.indices((4, 60, 2, 2)))
    rng = np.random.default_rng(4)
    scores = good + on + rng.normal(0, 0.3, len(runs))
    found = grader_cue_against_content(items, good, on, scores, seeds=runs)
    assert (found.verdict, found.seeds) == ("failure", 4)
    assert found.evidence["cue: cue's share"].value == pytest.approx(0.5, abs=0.05)


def test_bad_scores() -> None:
    with pytest.raises(BadInput, match="content=2"):
        grader_cue_against_content([1], [2], [0], [1.0])
    with pytest.raises(BadInput, match="not finite"):
        grader_cue_against_content([1], [1], [0], [float("nan")])
    with pytest.raises(BadInput, match="must be numbers"):
        grader_cue_against_content([1], [1], [0], [None])  # type: ignore[list-item]
    with pytest.raises(NotEnoughData, match="1 items"):
        grader_cue_against_content([1], [1], [0], [1.0])
    with pytest.raises(NotEnoughData, match="lacks one of its four versions"):
        grader_cue_against_content(ITEMS[:-1], GOOD[:-1], ON[:-1], NOISE[:-1])
