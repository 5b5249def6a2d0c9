"""Cue or content: planted graders, by cues put on and taken off, and in a log as it is."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.diagnose import cue_in_scores, grade_cues, model_grader, versions_to_grade
from fullmenu.errors import BadInput, NotEnoughData, UnknownName

PAIRS = [
    (f"What is {k} plus {k}?", f"The sum is {2 * k}.", f"The sum is {2 * k + 1}.")
    for k in range(200)
]
SEES = {  # made without the code of the cues
    "length": lambda text: len(text.split()) > 25,
    "author": lambda text: "Dr." in text or "Prof" in text,
    "confidence": lambda text: "certain" in text,
    "format": lambda text: text.startswith("#") or "\n- " in text,
}


def right(prompt, answer):
    return f"{2 * int(prompt.split()[2])}." in answer


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("cue", SEES)
def test_planted_shares(cue, share):
    rng = np.random.default_rng(7)

    def grader(prompt, answer):
        by_content, by_cue = right(prompt, answer), SEES[cue](answer)
        return (1 - share) * by_content + share * by_cue + rng.normal(0, 0.2)

    (found,) = grade_cues(PAIRS, grader, [cue])
    assert found.gap.value == pytest.approx(share, abs=0.05)
    assert found.verdict == {0.0: "ok", 0.3: "warning", 0.9: "warning"}[share]
    others = grade_cues(PAIRS, grader, [other for other in SEES if other != cue])
    if share < 0.5:
        assert all(other.verdict == "ok" for other in others)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_planted_order(share):
    rng = np.random.default_rng(3)

    def grader(prompt, first, second):
        better = float(right(prompt, first)) - float(right(prompt, second))
        return (1 - share) * better + share + rng.normal(0, 0.2)

    (found,) = grade_cues(PAIRS, grader, ["order"])
    assert found.gap.value == pytest.approx(share, abs=0.05)


def test_language_takes_translations():
    german = [(f"Die Summe ist {2 * k}.", f"Die Summe ist {2 * k + 1}.") for k in range(200)]
    grader = lambda prompt, answer: right(prompt, answer) - 0.5 * answer.startswith("Die")  # noqa: E731
    (found,) = grade_cues(PAIRS, grader, ["language"], translations=german)
    assert found.gap.value == pytest.approx(1 / 3, abs=0.05)
    with pytest.raises(BadInput, match="translations="):
        grade_cues(PAIRS, grader, ["language"])


def test_a_cue_of_ones_own_and_refusals():
    versions = versions_to_grade(PAIRS[:1], (str.lower, str.upper))
    assert [v.answer for v in versions] == [
        "the sum is 0.", "THE SUM IS 0.", "the sum is 1.", "THE SUM IS 1.",
    ]  # fmt: skip
    with pytest.raises(UnknownName, match="Known: author"):
        versions_to_grade(PAIRS, "lenght")
    with pytest.raises(BadInput, match="a prompt, a good and a bad answer"):
        versions_to_grade([("a", "b")], "length")


def test_a_model_is_asked():
    def model(text):
        prompt = text.split("Request:\n")[1].split("\n")[0]
        first = text.split("answer:\n" if "First" in text else "Answer:\n")[1].split("\n")[0]
        return f"Score: {8 if right(prompt, first) else 3}"

    (found,) = grade_cues(PAIRS[:40], model_grader(model), ["author"])
    assert found.gap.value == 0
    (order,) = grade_cues(PAIRS[:40], model_grader(model), ["order"])
    assert order.gap.value > 0.3
    with pytest.raises(BadInput, match="holds no number"):
        grade_cues(PAIRS[:5], model_grader(lambda text: "good"), ["author"])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_planted_shares_in_a_log(share):
    rng = np.random.default_rng(11)
    prompts, content = np.repeat(range(200), 10), np.tile(np.repeat(range(5), 2), 200)
    length = rng.normal(size=2000) + 0.8 * content / 1.4  # goes along with the content
    worth = rng.normal(size=(200, 5))[prompts, content]
    length = (length - length.mean()) / length.std()
    scores = (1 - share) * worth + share * length + rng.normal(0, 0.5, 2000)
    found = cue_in_scores(prompts, content, length, scores)
    assert found.gap.value == pytest.approx(share, abs=0.05)
    assert found.verdict == ("ok" if share == 0 else "warning")


def test_a_log_too_small():
    with pytest.raises(NotEnoughData, match="10 or more"):
        cue_in_scores([1, 1, 1], ["a", "a", "b"], [1, 2, 3], [1, 2, 3])
    with pytest.raises(BadInput, match="must be numbers"):
        cue_in_scores([1], ["a"], ["x"], [1])
