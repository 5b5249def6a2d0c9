"""Scorers: by a function, a pattern, a schema, a judge."""

from __future__ import annotations

import random

import pytest

from fullmenu.errors import BadInput
from fullmenu.stress import judge_scorer, pattern_scorer, schema_scorer
from fullmenu.stress.scorers import scorer_of

OUTPUTS = [f"good {k}" if k % 2 else f"bad {k}" for k in range(200)]
PROMPTS = ["Say something good."] * len(OUTPUTS)


def honest(text: str) -> str:
    return "Yes." if "Answer:\ngood" in text else "No."


def test_functions():
    assert scorer_of(len).scores(["ab"], [None]) == [2.0]
    both = scorer_of(lambda output, prompt: output == prompt)
    assert both.scores(["a", "a"], ["a", "b"]) == [1.0, 0.0]
    assert scorer_of(lambda output: None).scores(["a"], [None]) == [None]
    with pytest.raises(BadInput, match="gave 'x' for"):
        scorer_of(lambda output: "x").scores(["a"], [None])
    with pytest.raises(BadInput, match="not int"):
        scorer_of(3)


def test_patterns_and_schemas():
    assert pattern_scorer(r"^\d+$").scores(["12", "a"], [None, None]) == [1.0, 0.0]
    with pytest.raises(BadInput, match="no regular expression"):
        pattern_scorer("(")
    fruit = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    said = ['{"n": 3}', '{"n": "3"}', "```json\n{}\n```", "no"]
    assert schema_scorer(fruit).scores(said, [None] * 4) == [1.0, 0.0, 0.0, 0.0]
    with pytest.raises(BadInput, match="no JSON Schema"):
        schema_scorer({"type": 3})


def test_a_judge_that_is_sure():
    judge = judge_scorer(honest, "Is it good?")
    assert judge.scores(OUTPUTS, PROMPTS) == [float(k % 2) for k in range(200)]
    assert [e.value for e in judge.errors().values()] == [0.0, 0.0]
    assert all(e.n == 60 for e in judge.errors().values())


def test_a_judge_that_errs_is_told():
    draw = random.Random(0)

    def unsure(text: str) -> str:
        said = honest(text)
        return {"Yes.": "No.", "No.": "Yes."}[said] if draw.random() < 0.2 else said

    judge = judge_scorer(unsure, "Is it good?", again=200)
    judge.scores(OUTPUTS, PROMPTS)
    again, _ = judge.errors().values()
    assert again.low <= 2 * 0.2 * 0.8 <= again.high


def test_a_judge_that_takes_the_first_option_is_told():
    def first(text: str) -> str:
        return "yes" if "yes or no" in text else "no"

    judge = judge_scorer(first, "Is it good?")
    judge.scores(OUTPUTS, PROMPTS)
    again, swapped = judge.errors().values()
    assert (again.value, swapped.value) == (0.0, 1.0)


def test_a_judge_that_says_neither_gives_no_score():
    judge = judge_scorer(lambda text: "Yes and no, perhaps.", "Is it good?")
    assert judge.scores(OUTPUTS[:3], PROMPTS[:3]) == [None] * 3
    assert judge.errors() == {}
