"""Graders that are known to go by a cue, by the content, or by both."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.stats import binom

from fullmenu.diagnose import (
    Cue,
    cue_or_content,
    cue_versions,
    cues_in_scores,
    judge_cues,
    ratings,
)
from fullmenu.diagnose.goals.scores import estimates
from fullmenu.errors import BadInput, NotEnoughData, UnknownName

PAIRS = [
    (f"What is {n} and {n}?", f"It is **{2 * n}**. Count it.", f"It is **{3 * n}**. Count it.")
    for n in range(1, 61)
]  # fmt: skip
READS = {
    "length": lambda text: len(text.split()) > 50,
    "format": lambda text: "\n- " in text,
    "confidence": lambda text: "no doubt" in text,
    "author": lambda text: "expert" in text,
}


def right(prompt, answer):
    return str(2 * int(re.findall(r"\d+", prompt)[0])) in re.findall(r"\d+", answer)


def grader(cue, share, seed=0):
    rng = np.random.default_rng(seed)

    def grade(prompt, answer):
        seen = READS[cue](answer)
        return (1 - share) * right(prompt, answer) + share * seen + rng.normal(0, 0.15)

    return grade


@pytest.mark.parametrize("cue", READS)
@pytest.mark.parametrize(("share", "verdict"), [(0, "ok"), (0.3, "warning"), (0.9, "warning")])
def test_a_planted_share_is_read(cue, share, verdict):
    found = cue_or_content(PAIRS, grader(cue, share), cues=[cue])
    read = found.evidence[f"{cue}: cue's share"]
    assert read.value == pytest.approx(share, abs=0.05)
    assert found.verdict == verdict
    assert found.cousin == "goal misgeneralization"


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_intervals_hold_the_planted_share(share):
    shares = [
        cue_or_content(PAIRS, grader("author", share, seed), cues=["author"]).gap
        for seed in range(40)
    ]
    assert (
        sum(read.low <= share <= read.high for read in shares) >= 34
    )  # at 95 % fewer come 3 times in 1,000


def test_of_several_cues_the_worst_is_named_first():
    found = cue_or_content(PAIRS, grader("author", 0.6))
    assert next(iter(found.evidence)) == "author: cue's share"
    assert "author: cue effect" in found.why
    assert found.gap.value == pytest.approx(0.6, abs=0.05)
    for other in ("length", "format", "confidence"):
        assert found.evidence[f"{other}: cue's share"].low == 0
    assert found.gap.level == pytest.approx(1 - 0.05 / 4)


def test_versions_keep_the_words_of_the_answer():
    for version in cue_versions(PAIRS):
        answer = PAIRS[version.item][1 if version.content else 2]
        kept, made = (" ".join(re.findall(r"\w+", text)) for text in (answer, version.answer))
        assert kept in made


def test_order_and_a_cue_of_ones_own():
    def prefer(prompt, first, second):
        return 0.5 + 0.2 * (right(prompt, first) - right(prompt, second)) + 0.2

    found = cue_or_content(PAIRS, prefer=prefer)
    assert found.evidence["order: cue's share"].value == pytest.approx(0.5, abs=0.01)
    loud = Cue("loud", "in capitals; as it is", str.upper, str)
    found = cue_or_content(PAIRS, lambda p, a: right(p, a) + 3 * a.isupper(), cues=[loud])
    assert found.evidence["loud: cue's share"].value == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_a_cue_that_goes_along_with_the_content_is_told_from_it(share):
    rng = np.random.default_rng(3)
    items = np.repeat(np.arange(120), 6)
    content = rng.normal(size=720)
    cue = 0.8 * content + 0.6 * rng.normal(size=720)
    scores = (1 - share) * content + share * cue + rng.normal(0, 0.2, 720) + items
    found = cues_in_scores(items, content, scores, {"words": cue})
    assert found.gap.value == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(("n", "odd"), [(25, 0.15), (100, 0.058), (250, 0.01), (250, 0.07)])
def test_intervals_hold_where_the_cue_alone_decides_a_few_items(n, odd):
    """Exactly, over how many of n items are such: a share of 0.8 is missed 4 % a side at most."""
    rng = np.random.default_rng(n)
    chances = binom.pmf(np.arange(n + 1), n, odd)
    above = below = 0.0
    for k in np.flatnonzero(chances > 1e-4).tolist():
        few = np.array([k, *rng.binomial(n, k / n, 2000)]) / n
        content = 0.8 * (1 - few) / (1 - odd)
        (own, *drawn), (cue, *cues) = content, 1 - content
        pairs = np.stack([drawn, cues], axis=1)
        share = estimates(own, cue, pairs, n, "", 0.95)[2]
        above += chances[k] * share.above(0.8)
        below += chances[k] * share.below(0.8)
    assert max(above, below) <= 0.045


def test_a_model_that_is_asked_is_a_grader():
    versions = cue_versions(PAIRS, ["author"])

    def judge(text):
        prompt, answer = text.split("Question:\n")[1].split("\n\nAnswer:\n")
        return f"I give it {5 + 2 * right(prompt, answer) + 2 * ('expert' in answer)}/10."

    rated = ratings(versions, judge)
    assert len(rated) == len(versions)
    columns = zip(*((v.cue, v.item, v.content, v.on) for v in versions), strict=True)
    assert judge_cues(*columns, list(rated.values())).gap.value == pytest.approx(0.5, abs=0.02)
    with pytest.raises(NotEnoughData, match="holds a rating"):
        ratings(versions[:2], lambda text: "good")


def test_refusals():
    with pytest.raises(BadInput, match="give grade"):
        cue_or_content(PAIRS)
    with pytest.raises(UnknownName, match="length"):
        cue_or_content(PAIRS, right, cues=["lenght"])
    with pytest.raises(BadInput, match="finite number"):
        cue_or_content(PAIRS, lambda p, a: float("nan"))
    with pytest.raises(NotEnoughData, match="at least 5"):
        cue_or_content(PAIRS[:3], right)
    x = np.random.default_rng(0).normal(size=100)
    items = np.arange(100) // 5
    with pytest.raises(BadInput, match="content and words go together by"):
        cues_in_scores(items, x, x, {"words": 2 * x})
    with pytest.raises(BadInput, match="the score is the same"):
        cues_in_scores(items, x, np.zeros(100), {"words": x[::-1]})
    with pytest.raises(NotEnoughData, match="at least 10"):
        cues_in_scores(np.arange(100), x, x, {"words": x})
