"""OpenTelemetry GenAI and OpenInference spans; Langfuse observations."""

import json

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

MENU = {
    "Name a fruit.": ["fig", "kiwi", "fig", "fig"],
    "system: Be brief.\nuser: Name a tree.": ["oak"],
}
SPANS = [
    "otel_v2.json",
    "otel_details.json",
    "otel_events.json",
    "otel_legacy.json",
    "openinference_otlp.json",
    "openinference_spans.jsonl",
    "phoenix_rest.json",
    "phoenix_frame.parquet",
]


@pytest.mark.parametrize("name", SPANS)
def test_each_output_message_is_a_choice(load, groups, name):
    samples = load(name)
    assert groups(samples) == MENU
    assert samples.table["time"].null_count == 0
    if name != "otel_events.json":  # these events name no model
        assert samples.models == ["gpt-4o-mini-2024-07-18"]
    notes = " ".join(samples.notes)
    assert "tool calls and no text (1)" in notes or "null outputs (1)" in notes
    if name not in ("otel_details.json", "otel_events.json"):
        assert "(3)" in notes, "the spans around the calls are counted"


def test_spans_without_content(load):
    with pytest.raises(BadInput, match=r"without content.*CAPTURE_MESSAGE_CONTENT \(3\)"):
        load("otel_no_content.json")


def _span(**attributes):
    return {"name": "chat", "context": {"trace_id": "1"}, "attributes": attributes}


def test_only_text_parts_are_joined(write):
    parts = [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "a "},
        {"type": "text", "content": "fig"},
        {"type": "blob", "content": "AAAA"},
    ]
    span = _span(**{
        "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}],
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": parts}]),
    })  # fmt: skip
    samples = read(write("x.jsonl", json.dumps(span)))
    assert (samples.outputs, samples.prompt_ids) == (["a fig"], ["Hi"])


def test_structured_values_in_otlp(write):
    def text(s):
        return {"stringValue": s}

    def keys(**values):
        return {"kvlistValue": {"values": [{"key": k, "value": v} for k, v in values.items()]}}

    part = keys(type=text("text"), content=text("fig"))
    message = keys(role=text("assistant"), parts={"arrayValue": {"values": [part]}})
    attribute = {"key": "gen_ai.output.messages", "value": {"arrayValue": {"values": [message]}}}
    span = {"name": "chat", "traceId": "1", "attributes": [attribute]}
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    assert read(write("x.json", json.dumps(export))).outputs == ["fig"]


def test_an_agent_that_wraps_a_call_is_not_counted_twice(write):
    messages = [{"role": "assistant", "parts": [{"type": "text", "content": "fig"}]}]
    lines = [
        _span(**{"gen_ai.operation.name": op, "gen_ai.output.messages": messages})
        for op in ("chat", "invoke_agent")
    ]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, lines))))
    assert samples.outputs == ["fig"]
    assert any("'invoke_agent'" in note for note in samples.notes)


def test_images_tell_prompts_apart(write):
    lines = [
        _span(**{
            "gen_ai.input.messages": [
                {"role": "user", "parts": [{"type": "text", "content": "What is it? "},
                                           {"type": "uri", "uri": f"http://x.invalid/{i}"}]}],
            "gen_ai.output.messages": [{"role": "assistant", "content": "a fig"}],
        })
        for i in (1, 2, 2)
    ]  # fmt: skip
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, lines))))
    assert samples.n_prompts == 2


def test_a_broken_span_is_one_reject(write):
    good = _span(**{"gen_ai.output.messages": [{"role": "assistant", "content": "fig"}]})
    bad = {"name": "chat", "traceId": "1", "attributes": [{"oops": 1}]}
    samples = read(write("x.jsonl", json.dumps(good) + "\n" + json.dumps(bad)))
    assert samples.outputs == ["fig"]
    assert any("1 of 2 records rejected (first: x.jsonl line 2" in note for note in samples.notes)


def test_broken_spans_in_one_export_are_counted_each(write):
    good = _span(**{"gen_ai.output.messages": [{"role": "assistant", "content": "fig"}]})
    bad = {"name": "chat", "attributes": [{"oops": 1}]}
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [good] * 1_200 + [bad] * 11 + [good]}]}]}
    samples = read(write("x.json", json.dumps(export)))
    assert len(samples) == 1_201
    assert any("11 of 1,212 records rejected" in note for note in samples.notes)


def test_an_empty_message_that_calls_a_tool_is_no_output(write):
    call = {"role": "assistant", "content": "", "tool_calls": [{"id": "1"}]}
    fig = {"role": "assistant", "content": "fig"}
    silence = {"role": "assistant", "content": ""}
    span = _span(**{"gen_ai.output.messages": [call, fig, silence]})
    assert read(write("x.jsonl", json.dumps(span))).outputs == ["fig", ""]


def test_old_phoenix_columns(write):
    row = {
        "span_kind": "LLM",
        "attributes.llm.input_messages": [{"message.role": "user", "message.content": "Hi"}],
        "attributes.llm.output_messages": [{"message.role": "assistant", "message.content": "fig"}],
    }
    samples = read(write("x.jsonl", json.dumps(row)))
    assert (samples.outputs, samples.prompt_ids) == (["fig"], ["Hi"])


@pytest.mark.parametrize("name", ["langfuse.jsonl", "langfuse_export.csv"])
def test_langfuse(load, groups, name):
    samples = load(name)
    assert groups(samples) == {
        "Name a fruit.": ["fig", "kiwi", "fig", "plum"],
        "Write JSON.": ['{"fruit": "fig"}'],
    }
    assert samples.models == ["gpt-4o-mini"]
    notes = " ".join(samples.notes)
    for reason in ("tool calls and no text", "generations without output", "SPAN", "EVENT"):
        assert reason in notes
