"""One text of a chat message: whoever's shape it has, and whoever asks."""

from collections import UserDict, UserList

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu import cure, train
from fullmenu.cure.rewards.call import Call
from fullmenu.errors import BadInput
from fullmenu.text.chat import (
    asked,
    completion_text,
    is_conversation,
    is_message,
    last_turn,
    prompt_text,
    requested,
    said,
)
from fullmenu.text.wrappings import served

CALL = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}


def lc(kind, **kwargs):
    """A message as LangChain serialises it."""
    path = ["langchain", "schema", "messages", kind]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


VENDORS = {
    "openai": lambda t: {"role": "assistant", "content": t},
    "openai parts": lambda t: {"role": "assistant", "content": [{"type": "text", "text": t}]},
    "openai refusal": lambda t: {"role": "assistant", "content": None, "refusal": t},
    "refusal part": lambda t: {
        "role": "assistant", "content": [{"type": "refusal", "refusal": t}],
    },
    "responses": lambda t: {
        "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": t}],
    },
    "anthropic": lambda t: {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "s"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "text", "text": t[:3]},
            {"type": "text", "text": t[3:]},
        ],
    },
    "gemini": lambda t: {
        "role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": t}],
    },
    "langchain": lambda t: {"type": "ai", "content": t, "additional_kwargs": {}},
    "langchain blocks": lambda t: {"type": "ai", "content": [{"type": "text", "text": t}]},
    "langchain dict": lambda t: {"type": "ai", "data": {"content": t, "type": "ai"}},
    "langchain serialised": lambda t: lc("AIMessage", content=t, type="ai"),
    "langchain chunk": lambda t: lc("AIMessageChunk", content=t),
    "sharegpt": lambda t: {"from": "gpt", "value": t},
    "vercel": lambda t: {
        "role": "assistant", "parts": [{"type": "step-start"}, {"type": "text", "text": t}],
    },
    "opentelemetry": lambda t: {
        "role": "assistant", "parts": [{"type": "text", "content": t}], "finish_reason": "stop",
    },
    "mappings": lambda t: UserDict(role="assistant", content=UserList([UserDict(text=t)])),
    "turns": lambda t: [{"role": "user", "content": "?"}, {"role": "assistant", "content": t}],
    "a part": lambda t: [{"type": "text", "text": t}],
}  # fmt: skip
BODIES = {
    "chat": lambda t: {"choices": [{"message": {"role": "assistant", "content": t}}]},
    "completion": lambda t: {"choices": [{"text": t}]},
    "responses": lambda t: {
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
            VENDORS["responses"](t),
        ]
    },
    "output_text": lambda t: {"output_text": t},
    "anthropic": lambda t: {"type": "message", **VENDORS["anthropic"](t)},
    "gemini": lambda t: {"candidates": [{"content": VENDORS["gemini"](t)}]},
}
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.mark.parametrize("vendor", VENDORS)
@given(words)
@settings(max_examples=20)
def test_one_dish_is_one_text_in_every_shape(vendor, dish):
    assert said(VENDORS[vendor](dish)).text == completion_text(VENDORS[vendor](dish)) == dish


@pytest.mark.parametrize("body", BODIES)
@given(words)
@settings(max_examples=20)
def test_one_dish_is_one_text_in_every_response(body, dish):
    assert [answer.text for answer in served(BODIES[body](dish))] == [dish]


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "assistant", "content": None, "function_call": CALL["function"]},
        {"role": "assistant", "content": [{"type": "tool_use", "name": "look_up", "input": {}}]},
        {"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "c1", "input": {}}]},
        {"role": "assistant", "parts": [{"type": "tool-look_up", "toolCallId": "c1"}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "look_up"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "look_up"}, "thoughtSignature": ""}]},
        {"type": "ai", "content": "", "additional_kwargs": {"tool_calls": [CALL]}},
        lc("AIMessage", content="", tool_calls=[CALL], additional_kwargs={"tool_calls": [CALL]}),
        {"type": "function_call", "name": "look_up", "arguments": "{}"},
    ],
)
def test_a_call_without_text_is_no_empty_answer(message):
    answer = said(message)
    assert (answer.text, answer.missing) == (None, "messages with tool calls and no text")
    assert (len(answer.calls), answer.left_out) == (1, {"tool calls": 1})


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": "fig", "reasoning_content": "Hm."},
        {"role": "assistant", "content": "fig", "reasoning": "Hm."},
        {"role": "assistant", "content": "fig", "thinking": "Hm."},
        {"type": "ai", "content": "fig", "additional_kwargs": {"reasoning_content": "Hm."}},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, "fig"]},
        {"role": "assistant", "content": [{"type": "reasoning", "text": "Hm."}, "fig"]},
        {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "Hm."}}},
                                          {"text": "fig"}]},
        {"role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": "fig"}]},
        {"role": "assistant", "parts": [{"type": "reasoning", "content": "Hm."},
                                        {"type": "text", "content": "fig"}]},
    ],
)  # fmt: skip
def test_thoughts_are_left_out_and_said(message):
    answer = said(message)
    assert (answer.text, answer.reasoning, answer.left_out) == ("fig", "Hm.", {"reasoning": 1})


@pytest.mark.parametrize(
    ("message", "text", "missing"),
    [
        (None, None, "null outputs"),
        ({"role": "assistant", "content": None}, None, "null outputs"),
        ({"role": "assistant", "content": []}, None, "null outputs"),
        ({"role": "assistant", "content": ""}, "", ""),
        ({"role": "assistant", "content": [{"type": "image_url", "image_url": {}}]}, None,
         "messages without a text part"),
        (3, None, "outputs that are not text"),
    ],
)  # fmt: skip
def test_why_there_is_no_text(message, text, missing):
    answer = said(message)
    assert (answer.text, answer.missing) == (text, missing)


def test_what_a_response_lacks():
    assert [a.missing for a in served({"choices": [None, {"message": None}]})] == [
        "choices that are not objects",
        "null outputs",
    ]
    assert served({})[0].missing == served({"choices": []})[0].missing
    call = {"type": "function_call", "name": "look_up", "arguments": "{}"}
    answer = served({"output": [call]})[0]
    assert (answer.missing, answer.calls) == ("responses without a message", (call,))


def test_a_response_is_one_answer_with_the_tokens_of_all_its_texts():
    def part(text, p):
        return {"type": "output_text", "text": text, "logprobs": [{"logprob": p}]}

    items = [{"type": "message", "role": "assistant", "content": [part(*x)]}
             for x in (("A fig, ", -1), ("or two.", -2))]  # fmt: skip
    answer, *others = served({"output": items})
    assert (answer.text, others) == ("A fig, or two.", [])
    assert answer.logprobs == [{"logprob": -1}, {"logprob": -2}]


@pytest.mark.parametrize(
    "conversation",
    [
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
         {"role": "assistant", "content": "Hello"}],
        [{"from": "system", "value": "Be brief."}, {"from": "human", "value": "Hi"},
         {"from": "gpt", "value": "Hello"}],
        [{"type": "system", "content": "Be brief."}, {"type": "human", "content": "Hi"},
         {"type": "ai", "content": "Hello"}],
        [lc("SystemMessage", content="Be brief."), lc("HumanMessage", content="Hi"),
         lc("AIMessage", content="Hello")],
        {"system": "Be brief.", "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            {"role": "assistant", "content": "Hello"}]},
        {"systemInstruction": {"parts": [{"text": "Be brief."}]}, "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {"role": "model", "parts": [{"text": "Hello"}]}]},
    ],
)  # fmt: skip
def test_one_conversation_is_one_prompt_in_every_shape(conversation):
    expected = "system: Be brief.\nuser: Hi\nassistant: Hello"
    assert asked(conversation) == prompt_text(conversation) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("Hi", "Hi"),
        (["Hi"], "Hi"),
        (["a", "b"], '["a", "b"]'),
        ({"topic": "figs"}, '{"topic": "figs"}'),
        (7, "7"),
        ({"content": "Hi"}, "Hi"),
        ([{"role": "human", "content": "Hi"}], "Hi"),
        ([{"role": "system", "content": "Hi"}], "system: Hi"),
    ],
)
def test_prompts_that_are_no_conversations(value, text):
    assert asked(value) == text


def test_pictures_files_and_calls_tell_prompts_apart():
    def of(part):
        return asked([{"role": "user", "content": [{"type": "text", "text": "What?"}, part]}])

    one, two = ({"type": "image_url", "image_url": {"url": f"http://x.invalid/{i}"}} for i in "12")
    assert of(one).startswith("What?[image_url ") and of(one) != of(two)
    called = [{"role": "assistant", "content": "Hm.", "tool_calls": [CALL]}]
    assert asked(called) != asked([{"role": "assistant", "content": "Hm."}])


def test_requests():
    assert requested({"prompt": "Hi"}) == requested({"input": "Hi", "instructions": ""}) == "Hi"
    assert requested({"input": "Hi", "instructions": "Be brief."}) == "system: Be brief.\nuser: Hi"
    assert requested({"model": "m"}) is requested(None) is None


def test_what_a_message_is():
    assert all(is_message(make("fig")) for name, make in VENDORS.items() if name not in
               ("turns", "a part"))  # fmt: skip
    for other in ({"content": "fig"}, {"role": "user"}, {"type": "text", "text": "fig"}, "fig", 3):
        assert not is_message(other)
    assert not is_conversation([]) and not is_conversation("fig")


def test_the_last_turn_of_the_model():
    user, model = {"role": "user", "content": "?"}, {"role": "assistant", "content": "fig"}
    tool = {"role": "tool", "content": "done"}
    assert last_turn([user, model, tool, user]) == 1
    assert last_turn([user, tool]) is None
    assert said([user, model, tool]).text == "fig"


@pytest.mark.parametrize("odd", [3, 2.5, object(), b"fig", [3], [["fig"]]])
def test_what_is_no_chat_is_refused(odd):
    for read in (prompt_text, completion_text):
        with pytest.raises(BadInput, match="a prompt or completion of type"):
            read(odd)


SMALL = pytest.mark.filterwarnings("ignore:No alarm can be raised")


@SMALL
def test_content_parts_do_not_collapse_a_training_watch(menu):
    dishes, prompts = list(menu[:6]), [f"Guest {i}?" for i in range(8)]
    looks = {}
    for name in ("openai", "openai parts", "anthropic", "langchain serialised", "gemini"):
        watch = train.Watch(every=1, baseline=1)
        watch.completions(
            0, [p for p in prompts for _ in dishes], [[VENDORS[name](d)] for d in dishes * 8]
        )
        looks[name] = {view: rate.value for view, rate in watch.looks[0].rates.items()}
    assert looks["openai"]["phrasing"] == 0
    assert all(rates == looks["openai"] for rates in looks.values())


@SMALL
def test_a_prompt_in_parts_is_the_baseline_s_prompt(menu):
    watch, dishes = train.Watch(every=1, baseline=1), list(menu[:6]) * 2
    prompts = [f"Guest {i}?" for i in range(32) for _ in dishes]
    parts = [[{"role": "user", "content": [{"type": "text", "text": p}]}] for p in prompts]
    watch.completions(0, prompts, dishes * 32)
    watch.completions(1, parts, dishes * 32)
    assert watch.looks[1].dishes["served"] == 6
    assert watch.looks[1].dishes["lost"] == 0


def test_rewards_tell_a_system_prompt_from_a_line_of_the_user():
    two = [{"role": "system", "content": "A"}, {"role": "user", "content": "B"}]
    one = [{"role": "user", "content": "A\nB"}]
    parts = [{"role": "user", "content": [{"type": "text", "text": "A\nB"}]}]
    call = Call([two, one, parts, "A\nB"], ["x"] * 4)
    assert call.groups.tolist() == [0, 1, 1, 1]
    rewards = cure.own_share()(prompts=[two, two, one, one], completions=["fig", "fig", "fig", "x"])
    assert rewards == pytest.approx([0, 0, 1, 1])


def test_a_prompt_with_an_id_beside_it_is_told_apart_by_it():
    prompts = [{"uid": uid, "content": "Fruit?"} for uid in "aab"]
    call = Call(prompts, ["x"] * 3)
    assert (call.groups.tolist(), call.asked) == ([0, 0, 1], ["Fruit?"] * 3)
