"""Langfuse observations in the shapes in which frameworks write them; all texts are made up."""

from __future__ import annotations

import json

import pytest

from fullmenu.readers import read

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Name a fruit."}
FIG = {"role": "assistant", "content": "A fig."}
CALL = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
OF_GEMINI = {"content": {"parts": [{"text": "A fig."}], "role": "model"}, "finish_reason": "STOP"}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
           "content": [{"type": "output_text", "text": "A fig.", "annotations": []}]}  # fmt: skip
PARTS = [{"role": "user", "parts": [{"type": "text", "content": "Name a fruit."}]}]
UNDER_SYSTEM = "system: Be brief.\nuser: Name a fruit."


def lc(kind, **kwargs):
    path = ["langchain_core", "messages", kind]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


SHAPES = {
    "agno": ({"messages": [SYSTEM, USER], "tools": []},
             {"id": "chatcmpl-1", "choices": [{"message": FIG, "finish_reason": "stop"}]},
             UNDER_SYSTEM),
    "anthropic": ({"model": "claude", "max_tokens": 99, "messages": [USER], "tools": [],
                   "thinking": {"type": "enabled"}},
                  {"id": "msg_1", "type": "message", "role": "assistant", "stop_reason": "end_turn",
                   "content": [{"type": "thinking", "thinking": "Hm."},
                               {"type": "text", "text": "A "}, {"type": "text", "text": "fig."}]},
                  None),
    "autogen": ({"messages": [USER], "model": "gpt"}, {"choices": [{"message": FIG}], "usage": {}},
                None),
    "claude-agent": ({"content": "Name a fruit.", "role": "user"},
                     {"content": [{"type": "text", "text": "A fig."}], "role": "assistant"}, None),
    "crewai": ([SYSTEM, USER], "A fig.", UNDER_SYSTEM),
    "csharp-gemini": (PARTS, [{"role": "assistant", "finish_reason": "stop",
                               "parts": [{"type": "text", "content": "A fig."}]}], None),
    "google-adk": ({"model": "gemini", "config": {"http_options": {}, "tools": [],
                                                  "system_instruction": "Be brief."},
                    "contents": [{"parts": [{"text": "Name a fruit."}], "role": "user"}]},
                   {**OF_GEMINI, "usage_metadata": {"total_token_count": 9}}, UNDER_SYSTEM),
    "google-genai": ({"model": "gemini", "contents": "Name a fruit."},
                     {"sdk_http_response": {"headers": {}}, "candidates": [OF_GEMINI],
                      "model_version": "gemini", "usage_metadata": {"total_token_count": 9}}, None),
    "koog": ([SYSTEM, USER], [FIG], UNDER_SYSTEM),
    "langgraph": ([USER], {**FIG, "additional_kwargs": {"refusal": None}}, None),
    "langgraph-js": ([lc("HumanMessage", content="Name a fruit.")],
                     {"messages": [lc("HumanMessage", content="Name a fruit."),
                                   lc("AIMessage", content="A fig.", tool_calls=[])]}, None),
    "llamaindex": ({"args": ["Name a fruit."]}, "A fig.", None),
    "llamaindex-kwargs": ({"args": [], "kwargs": {"messages": [USER]}}, "assistant: A fig.", None),
    "microsoft-agent": (PARTS, [{"role": "assistant",
                                 "parts": [{"type": "text", "content": "A fig."}]}], None),
    "openai-agents": ([USER], {"id": "resp_1", "object": "response", "instructions": "Be brief.",
                               "output": [{"type": "reasoning", "summary": []}, MESSAGE],
                               "usage": {"total_tokens": 9}}, None),
    "openai-agents-items": ([USER], [MESSAGE], None),
    "pydantic-ai-2025-06": (
        [{**SYSTEM, "event.name": "gen_ai.system.message"}, {**USER, "gen_ai.message.index": 0}],
        {"index": 0, "message": FIG, "gen_ai.system": "openai", "event.name": "gen_ai.choice"},
        UNDER_SYSTEM),
    "pydantic-ai-2025-12": (PARTS, [{"role": "assistant", "finish_reason": "stop",
                                     "parts": [{"type": "thinking", "content": "Hm."},
                                               {"type": "text", "content": "A fig."}]}], None),
    "vercel": ([{"role": "user", "content": [{"type": "text", "text": "Name a fruit."}]}], "A fig.",
               None),
    "vercel-outer": ({"system": "Be brief.", "prompt": "Name a fruit."}, "A fig.", UNDER_SYSTEM),
    "vertex-ai": ({"contents": [{"role": "user", "parts": [{"text": "Name a fruit."}]}],
                   "model": "projects/x/models/gemini", "tools": [], "labels": {},
                   "safety_settings": []},
                  {"candidates": [{**OF_GEMINI, "finish_reason": 1, "avg_logprobs": -0.7,
                                   "safety_ratings": []}], "model_version": "gemini"}, None),
}  # fmt: skip
CALLS = {
    "vercel": [{"toolCallId": "call_1", "toolName": "look_up", "input": "{}"}],
    "koog": [{"content": json.dumps([CALL]), "role": "assistant", "finish_reason": "tool_calls"}],
    "langgraph": {"role": "assistant", "content": "", "additional_kwargs": {"tool_calls": [CALL]}},
    "langgraph-js": lc("AIMessage", content="", additional_kwargs={"tool_calls": [CALL]}),
    "agno": {"role": "assistant", "tool_calls": [CALL]},
    "claude-agent": {"role": "assistant", "content": [{"type": "tool_use", "name": "look_up"}]},
    "google-adk": {"content": {"parts": [{"function_call": {"name": "look_up", "args": {}}}],
                               "role": "model"}, "usage_metadata": {"total_token_count": 9}},
    "pydantic-ai": {"index": 0, "message": {"role": "assistant", "tool_calls": [CALL]},
                    "event.name": "gen_ai.choice"},
}  # fmt: skip


def observed(asked, served, id="o1"):
    return {"id": id, "traceId": "t1", "type": "GENERATION", "name": "chat", "model": "m",
            "input": asked, "output": served, "parentObservationId": None}  # fmt: skip


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("framework", SHAPES)
def test_a_framework_s_generation(write, framework, as_text):
    asked, served, prompt = SHAPES[framework]
    if as_text:
        asked, served = (x if isinstance(x, str) else json.dumps(x) for x in (asked, served))
    samples = read(write("x.jsonl", json.dumps(observed(asked, served))))
    assert [text.removeprefix("assistant: ") for text in samples.outputs] == ["A fig."]
    assert samples.prompts == [prompt or "Name a fruit."]


@pytest.mark.parametrize("framework", CALLS)
def test_a_framework_s_tool_call_is_no_output(write, framework):
    rows = [observed([USER], json.dumps(CALLS[framework])), observed([USER], "A fig.", "o2")]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, rows))))
    assert samples.outputs == ["A fig."]
    assert "not read: messages with tool calls and no text (1)" in samples.notes


def test_beeai_s_marks_of_a_call_s_start_and_end_are_no_outputs(write):
    marks = [{**observed(None, None, f"m{n}"), "name": f"backend.openai.chat.{at}-15",
              "parentObservationId": "o1"} for n, at in enumerate(["start", "finish"])]  # fmt: skip
    call = {"role": "assistant", "content": [{"type": "text", "text": "A fig."}]}
    asked = [{"role": "user", "content": [{"type": "text", "text": "Name a fruit."}]}]
    rows = [*marks, observed(asked, json.dumps([call]))]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, rows))))
    assert (samples.outputs, samples.prompts) == (["A fig."], ["Name a fruit."])
    assert "not read: generations without output (2)" in samples.notes


@pytest.mark.parametrize("indent", [None, 2])
def test_a_trace_as_the_platform_downloads_it(write, indent):
    observations = [observed([USER], "A fig."), {**observed(None, None, "o2"), "type": "SPAN"}]
    bare = [{**one, "input": None, "output": None} for one in observations]
    trace = {"id": "t1", "output": "A fig.", "observations": bare}
    path = write(
        "x.json", json.dumps({"trace": trace, "observations": observations}, indent=indent)
    )
    assert read(path).outputs == ["A fig."]
