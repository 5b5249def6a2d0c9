"""Ways of asking: what is asked, and what is read from the replies."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu.cure import arm_of, read_answers, try_arms
from fullmenu.cure.arms.registry import DEFAULT, FIXED
from fullmenu.cure.trial import read_log
from fullmenu.errors import BadInput, UnknownName
from fullmenu.sampling import Prompt
from fullmenu.sampling.budget import Budget

from .replies import READ, garbled, mangled

PROMPTS = [Prompt("Name a fruit.", "fruit"), Prompt("Name a town.", "town")]


@given(st.integers(0, 10**9))
@settings(max_examples=400, deadline=None)
def test_mangled_replies_never_give_a_wrong_answer(seed):
    one = mangled(seed)
    answers = read_answers(one.reply)
    texts = [answer.text for answer in answers or []]
    if one.whole:
        assert texts == one.answers
    assert set(texts) <= set(one.answers)
    assert all(a.probability is None or 0 <= a.probability <= 1 for a in answers or [])


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.__name__)
def test_an_honest_reply_is_read_whole(kind):
    answers = [("fig", 0.5), ('a "ripe" {kiwi}', 0.25)]
    for seed in range(20):
        found = read_answers(kind(answers, random.Random(seed)))
        assert [answer.text for answer in found] == ["fig", 'a "ripe" {kiwi}']
        if kind.__name__ != "wrong_chances":
            assert [answer.probability for answer in found] == pytest.approx([0.5, 0.25])


@given(st.text(max_size=300))
def test_any_text_is_read_or_given_up(text):
    read_answers(text)
    read_answers('{"answers": [' * 40 + text)


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_garbled_json_raises_nothing(seed):
    r = random.Random(seed)
    read_answers(garbled([("fig", 0.1), ("kiwi", 0.2)], r))


def test_deep_and_long_replies_end_soon():
    assert read_answers("[" * 100_000) is None
    assert read_answers('{"a":' * 50_000) is None
    assert read_answers("{" * 10_000 + '[{"text": "fig", "p": 0.1}]') is None


def test_per_cent_without_a_sign():
    found = read_answers(
        '[{"text": "fig", "probability": 60}, {"text": "kiwi", "probability": 0.5}]'
    )
    assert [answer.probability for answer in found] == [0.6, 0.005]


@pytest.mark.parametrize("name", sorted(FIXED))
def test_an_arm_keeps_the_request_and_brings_one_output(name):
    arm = arm_of(name)
    plan = arm.plan(PROMPTS, 4, {"temperature": 1.0}, per_request=2, seed=None)
    requests = [plan.next() for _ in range(2)]
    for request in requests:
        assert any(base.text in request.prompt.text for base in PROMPTS)
        assert request.prompt.extra["arm"] == name
        assert request.parameters == {"temperature": 1.0}
    assert arm.outputs("fig") == ["fig"]
    assert plan.total == 8


def test_drawn_seeds_differ_by_request_and_return():
    for name in ("persona", "constraint", "random_string", "rotation"):
        texts = [arm_of(name).worded(PROMPTS[0], i).text for i in range(8)]
        assert len(set(texts)) == 8
        assert texts == [arm_of(name).worded(PROMPTS[0], i).text for i in range(8)]


def test_memory_shows_what_was_served_and_asks_one_after_the_other():
    asked = []

    def model(prompt):
        asked.append(prompt)
        return f"answer {len(asked)}"

    [_, log] = try_arms(["Name a fruit."], model, 3, arms=["plain", "memory"])
    assert asked[3] == "Name a fruit."
    assert "- answer 4\n" in asked[4]
    assert "- answer 4\n- answer 5\n" in asked[5]
    assert log.samples.outputs == ["answer 4", "answer 5", "answer 6"]


def test_verbalized_counts_what_is_not_parsed():
    replies = iter([json.dumps([{"text": "fig", "p": 0.5}, {"text": "kiwi", "p": 0.1}]), "no list"])

    def model(prompt):
        return next(replies) if "JSON" in prompt else "fig"

    [plain, log] = try_arms(["Name a fruit."], model, 4, arms=["plain", "verbalized=2"])
    assert plain.asked == log.asked == 4
    assert (log.replies, log.unread, log.samples.outputs) == (2, 1, ["fig", "kiwi"])
    assert log.samples.prompts == ["Name a fruit."] * 2


def test_messages_keep_their_turns():
    prompt = Prompt([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "A fruit?"}]},
    ])  # fmt: skip
    worded = arm_of("persona").worded(prompt, 0)
    assert worded.messages[0] == prompt.messages[0]
    assert worded.messages[1]["content"][0] == {"type": "text", "text": "A fruit?"}
    assert len(worded.messages[1]["content"]) == 2


def test_a_trial_goes_on_where_it_was_and_is_read_again(tmp_path):
    asked = []

    def model(prompt, **_):
        asked.append(prompt)
        return f"{len(asked)} {prompt[:20]}"

    names = ["plain", "persona", "memory", "pick=mmr"]
    first = try_arms(
        ["A fruit?", "A town?"], model, 3, arms=names, folder=tmp_path, budget=Budget(requests=20)
    )
    assert [log.stopped != "" for log in first] == [True, True, True, True]
    assert len(asked) == 20
    again = try_arms(["A fruit?", "A town?"], model, 3, arms=names, folder=tmp_path)
    assert [len(log.samples) for log in again] == [6, 6, 6, 18]
    assert len(asked) == 36
    for name, log in zip(("plain", "persona", "memory", "pick-mmr"), again, strict=True):
        read = read_log(tmp_path / f"{name}.jsonl")
        assert read.samples.outputs == log.samples.outputs
        assert (read.name, read.keeps, read.method) == (log.name, log.keeps, log.method)


def test_arms_that_cannot_be():
    for wrong in ("verbalized=many", "verbalized=1", "temperature=hot", "temperature=1+model=2"):
        with pytest.raises(BadInput):
            arm_of(wrong)
    for unknown in ("verbal", "temperature", "model=2"):
        with pytest.raises(UnknownName, match="random_string"):
            arm_of(unknown)
    with pytest.raises(UnknownName, match="cluster_best"):
        arm_of("pick=best")
    for arms in (["plain"], ["plain", "plain"], []):
        with pytest.raises(BadInput, match="two or more"):
            try_arms(["A?"], lambda prompt: "a", 2, arms=arms)
    assert [arm_of(name).name for name in DEFAULT] == [*DEFAULT]
