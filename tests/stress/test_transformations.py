"""Every transformation keeps what it says it keeps, on any prompt."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fullmenu.errors import BadInput, UnknownName
from fullmenu.sampling.request import Prompt
from fullmenu.stress import catalogue, shifted
from fullmenu.stress.transformation import request, words

ALL = catalogue()

REQUESTS = [
    "Name a fruit. Use one word only! Do not explain.",
    "Could you please translate “Good morning, friend” into French, and tell me why?",
    "Write a haiku about rain; then list 3.5 things, e.g. the NASA logo or C++ (see `ls -la`).",
    "Fix this:\n```python\nprint('Hello,  World')\n```\nSend it to bob@example.com or {name}.",
    "请写一首关于春天的短诗。不要超过四行。",
    "Straße, İstanbul, ﬁne ﬂour, ΟΔΟΣ: welche Wörter sind klein?",
    "- buy milk\n- buy eggs\nWhich of these is heavier?",
    "What is 12.5 % of 1,200? Answer with a number.",
]

texts = st.one_of(
    st.sampled_from(REQUESTS),
    st.text(min_size=1, max_size=120),
    st.lists(
        st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=14),
        min_size=1,
        max_size=12,
    ).map(" ".join),
).filter(lambda text: text.strip())

conversations = st.builds(
    lambda system, turns, last: [
        *([{"role": "system", "content": system}] if system else []),
        *(m for a, b in turns
          for m in ({"role": "user", "content": a}, {"role": "assistant", "content": b})),
        {"role": "user", "content": last},
    ],
    st.one_of(st.none(), texts),
    st.lists(st.tuples(texts, texts), max_size=2),
    st.one_of(
        texts,
        texts.map(
            lambda t: [
                {"type": "text", "text": t},
                {"type": "image_url", "image_url": {"url": "x"}},
            ]
        ),
    ),
)  # fmt: skip

prompts = st.builds(
    lambda asks, number: Prompt(asks, f"p{number}"), st.one_of(texts, conversations), st.integers()
)
strengths = st.floats(0.01, 1.0)


@pytest.mark.parametrize("transformation", ALL, ids=lambda t: t.name)
@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(prompt=prompts, strength=strengths, seed=st.integers(0, 9))
def test_what_must_stay_the_same_does(transformation, prompt, strength, seed):
    shifted_once = transformation.shift(prompt, strength, seed)
    assert transformation.keeps(prompt, shifted_once)
    assert shifted_once == transformation.shift(prompt, strength, seed)
    assert transformation.shift(prompt, 0.0, seed) is prompt
    assert shifted_once.prompt_id == prompt.prompt_id


@pytest.mark.parametrize("transformation", ALL, ids=lambda t: t.name)
def test_it_shifts_ordinary_prompts(transformation):
    for strength in (0.5, 1.0):
        moved = sum(
            transformation.shift(Prompt(text, str(k)), strength) != Prompt(text, str(k))
            for k, text in enumerate(REQUESTS)
        )
        assert moved >= (1 if transformation.name in ("terse", "instruction_order") else 5)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("typos", "Nmae a friut, 4 of them."),
        ("casing", "name three fruits."),
        ("punctuation", "Name 3 fruits, now"),
        ("paraphrase_frame", "Name fruits."),
        ("irrelevant_context", "Name 3 fruits, 2 red. It rains."),
        ("wordy", "Dear friend, name 3 fruits"),
        ("terse", "Name fruits red"),
        ("bullets", "- Name 3 fruits\n- 2 green."),
        ("json_object", '{"request": "Name 3 fruits."}'),
        ("role", "I am a nurse. Name fruits."),
        ("tone", "Come on. Name 3 fruit"),
        ("instruction_order", "Name 3 fruits."),
        ("system_prompt", "Name 3 fruits"),
        ("transcript", "User: Name fruits\n\nAssistant:"),
        ("no_template", "Name 3 fruits"),
    ],
)
def test_what_was_not_kept_is_seen(name, broken):
    (transformation,) = catalogue([name])
    assert not transformation.keeps(Prompt("Name 3 fruits, 2 red. Now!"), Prompt(broken))


def test_earlier_turns_are_left_alone():
    turns = [
        {"role": "user", "content": "Hello there, friend."},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Name several wonderful fruits, please."},
    ]
    for name in ("typos", "casing", "role", "json_object", "terse"):
        (transformation,) = catalogue([name])
        after = transformation.shift(Prompt(turns, "p"), 1.0)
        assert list(after.messages[:2]) == turns[:2]
        assert request(after) != turns[2]["content"]


def test_code_quotations_and_addresses_keep_their_letters():
    text = 'Explain `Print(Value)` and "Wonderful Morning" from https://Example.com/Some/Path now'
    for name in ("typos", "casing", "punctuation", "terse"):
        (transformation,) = catalogue([name])
        after = request(transformation.shift(Prompt(text), 1.0))
        for part in ("`Print(Value)`", '"Wonderful Morning"', "https://Example.com/Some/Path"):
            assert part in after


def test_strength_goes_further():
    long = Prompt(" ".join(["wonderful morning everybody"] * 40))
    (typos,) = catalogue(["typos"])
    slips = [
        sum(a != b for a, b in zip(words(long.text), words(typos.shift(long, s).text), strict=True))
        for s in (0.1, 0.5, 1.0)
    ]
    assert slips[0] < slips[1] < slips[2] <= 0.7 * 120


def test_versions_say_what_they_are_of():
    versions = shifted(["Name a fruit.", "Name a tree."], ["casing", "instruction_order"])
    assert [(v.prompt_id, v.extra["shift"], v.extra["origin"]) for v in versions] == [
        ("p1", "inside", "p1"),
        ("p2", "inside", "p2"),
        ("p1 (casing)", "casing", "p1"),
        ("p2 (casing)", "casing", "p2"),
    ]


def test_own_versions_from_a_file(tmp_path):
    file = tmp_path / "own.jsonl"
    rows = [
        {"id": "fruit", "shift": "german", "prompt": "Nenne eine Frucht."},
        {"id": "fruit", "shift": "formal", "messages": [{"role": "user", "content": "A fruit!"}]},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    versions = shifted({"fruit": "Name a fruit."}, own=file)
    assert [(v.extra["shift"], v.text) for v in versions] == [
        ("inside", "Name a fruit."),
        ("german", "Nenne eine Frucht."),
        ("formal", "A fruit!"),
    ]
    assert len(shifted({"fruit": "Name a fruit."}, ["casing"], own=file)) == 4


def test_refusals():
    with pytest.raises(BadInput, match="strength=2"):
        shifted(["a"], strength=2)
    with pytest.raises(BadInput, match="strength=0 shifts nothing"):
        shifted(["a"], strength=0)
    with pytest.raises(UnknownName, match="did you mean 'typos'"):
        shifted(["a"], ["typo"])
    with pytest.raises(BadInput, match="not among the prompts; their ids are fruit"):
        shifted({"fruit": "Name a fruit."}, own={"german": {"tree": "Nenne einen Baum."}})
