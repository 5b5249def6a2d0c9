"""The same prompts and outputs in every provider's body, in every place: the same samples."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fullmenu.errors import BadInput
from fullmenu.readers import read
from fullmenu.text import reasoning

CALL = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
THOUGHT = "Fig? Or kiwi."


def user(prompt):
    return [{"role": "user", "content": prompt}]


def halves(text):
    middle = len(text) // 2
    return [text[:middle], text[middle:]]


# Each takes a text (None: a tool is called instead) and whether it was thought about.
def openai(text, thought):
    message = {"role": "assistant", "content": text}
    message |= {"reasoning_content": THOUGHT} if thought else {}
    message |= {"tool_calls": [CALL]} if text is None else {}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"total_tokens": 12},
    }  # fmt: skip


def openai_inline(text, thought):
    before = f"<think>\n{THOUGHT}\n</think>\n\n" if thought else ""
    return openai(None if text is None else before + text, False)


def responses(text, thought):
    reasoning = [{"type": "reasoning", "summary": [{"type": "summary_text", "text": THOUGHT}]}]
    call = [{"type": "function_call", "name": "look_up", "arguments": "{}", "call_id": "c"}]
    message = {
        "type": "message", "role": "assistant", "status": "completed", "id": "msg_1",
        "content": [{"type": "output_text", "text": t} for t in halves(text or "")],
    }  # fmt: skip
    items = [*(reasoning if thought else []), *(call if text is None else [message])]
    return {"id": "resp_1", "object": "response", "model": "m", "created_at": 1.0, "output": items,
            "usage": {"total_tokens": 12}}  # fmt: skip


def anthropic(text, thought):
    blocks = [{"type": "thinking", "thinking": THOUGHT, "signature": "s"}] if thought else []
    call = [{"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {}}]
    texts = [{"type": "text", "text": t} for t in halves(text or "")]
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
        "content": [*blocks, *(call if text is None else texts)], "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": 3},
    }  # fmt: skip


def content_of_gemini(text, thought):
    parts = [{"text": THOUGHT, "thought": True}] if thought else []
    none = {"thought": None, "functionResponse": None, "inlineData": None}  # as the SDK dumps it
    call = [{**none, "functionCall": {"name": "look_up", "args": {}}, "text": None}]
    return {
        "role": "model",
        "parts": [*parts, *(call if text is None else [{**none, "text": t} for t in halves(text)])],
    }


def gemini(text, thought):
    content = content_of_gemini(text, thought)
    return {
        "sdk_http_response": {"headers": {"date": "Fri, 01 Aug 2025 13:22:00 GMT"}},
        "candidates": [{"content": content, "finish_reason": "STOP", "index": 0}],
        "usage_metadata": {"total_token_count": 12}, "model_version": "m", "response_id": "r1",
    }  # fmt: skip


def adk(text, thought):
    return {
        "content": content_of_gemini(text, thought), "finish_reason": "STOP",
        "usage_metadata": {"total_token_count": 12},
    }  # fmt: skip


def langchain(text, thought):
    kwargs = {"content": text or "", "type": "ai", "additional_kwargs": {}}
    kwargs["additional_kwargs"] |= {"reasoning_content": THOUGHT} if thought else {}
    kwargs["additional_kwargs"] |= {"tool_calls": [CALL]} if text is None else {}
    path = ["langchain", "schema", "messages", "AIMessage"]
    message = {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}
    generation = {"text": text or "", "generation_info": {"finish_reason": "stop"},
                  "message": message, "type": "ChatGeneration"}  # fmt: skip
    return {"generations": [[generation]], "llm_output": {"token_usage": {"total_tokens": 12}}}


def langgraph(text, thought):
    extra = {"reasoning_content": THOUGHT} if thought else {}
    extra |= {"tool_calls": [CALL]} if text is None else {}
    return {"role": "assistant", "content": text or "", "additional_kwargs": extra}


def converse(text, thought):
    thoughts = [{"reasoningContent": {"reasoningText": {"text": THOUGHT}}}] if thought else []
    call = [{"toolUse": {"toolUseId": "t", "name": "look_up", "input": {}}}]
    content = [*thoughts, *(call if text is None else [{"text": t} for t in halves(text)])]
    return {"output": {"message": {"role": "assistant", "content": content}},
            "stopReason": "end_turn", "usage": {"totalTokens": 12}}  # fmt: skip


def ollama(text, thought):
    message = {"role": "assistant", "content": text or ""}
    message |= {"thinking": THOUGHT} if thought else {}
    message |= (
        {"tool_calls": [{"function": {"name": "look_up", "arguments": {}}}]} if text is None else {}
    )
    return {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": True,
            "done_reason": "stop", "eval_count": 3}  # fmt: skip


def vercel(text, thought):
    call = [{"toolCallId": "c", "toolName": "look_up", "input": "{}"}]
    return {
        "text": text or "", "toolCalls": call if text is None else [], "finishReason": "stop",
        "usage": {"totalTokens": 12}, **({"reasoning": THOUGHT} if thought else {}),
    }  # fmt: skip


def pydantic_ai(text, thought):
    message = {"role": "assistant", "content": text}
    message |= {"reasoning_content": THOUGHT} if thought else {}
    message |= {"tool_calls": [CALL]} if text is None else {}
    return {"index": 0, "message": message, "gen_ai.system": "openai",
            "event.name": "gen_ai.choice"}  # fmt: skip


def semconv(text, thought):
    parts = [{"type": "reasoning", "content": THOUGHT}] if thought else []
    call = [{"type": "tool_call", "id": "c", "name": "look_up", "arguments": {}}]
    texts = [{"type": "text", "content": t} for t in halves(text or "")]
    return [{"role": "assistant", "parts": [*parts, *(call if text is None else texts)],
             "finish_reason": "stop"}]  # fmt: skip


def chunks(text, thought):
    deltas = [{"role": "assistant", "content": ""}]
    deltas += [{"reasoning_content": t} for t in halves(THOUGHT)] if thought else []
    deltas += [{"tool_calls": [CALL]}] if text is None else [{"content": t} for t in halves(text)]
    return [
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m",
         "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]  # fmt: skip


def tool_list(text, thought):
    """Calls as a bare list, as the Vercel AI SDK writes them; a text stands by itself."""
    if text is None:
        return [{"toolCallId": "c", "toolName": "look_up", "input": "{}"}]
    return f"<think>{THOUGHT}</think>{text}" if thought else text


def koog(text, thought):
    """Calls as JSON inside the content."""
    content = json.dumps([CALL]) if text is None else tool_list(text, thought)
    return [{"role": "assistant", "content": content, "finish_reason": "stop"}]


BODIES = {
    body.__name__: body
    for body in (
        openai, openai_inline, responses, anthropic, gemini, adk, langchain, langgraph, converse,
        ollama, vercel, pydantic_ai, semconv, chunks, tool_list, koog,
    )
}  # fmt: skip


# Each takes prompts with a body each, and returns a file's name and text.
def lines(rows):
    return "x.jsonl", "".join(json.dumps(row) + "\n" for row in rows)


def in_table(pairs):
    return lines({"prompt": p, "response": body} for p, body in pairs)


def as_text_in_table(pairs):
    return lines({"prompt": p, "response": quoted(body)} for p, body in pairs)


def with_its_request(pairs):
    return lines({"request": json.dumps({"model": "m", "messages": user(p)}),
                  "response": quoted(body)} for p, body in pairs)  # fmt: skip


def in_csv(pairs):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["prompt", "output"])
    writer.writerows([p, quoted(body)] for p, body in pairs)
    return "x.csv", out.getvalue()


def langfuse(pairs, **more):
    return lines(
        {"id": f"o{i}", "traceId": f"t{i}", "type": "GENERATION", "input": user(p), "output": body}
        | more
        for i, (p, body) in enumerate(pairs)
    )


def langfuse_text(pairs):
    requests = [
        {"model": "m", "contents": [{"role": "user", "parts": [{"text": p}]}]} for p, _ in pairs
    ]
    return lines(
        {"id": f"o{i}", "traceId": f"t{i}", "type": "GENERATION", "input": json.dumps(requests[i]),
         "output": quoted(body)}
        for i, (_, body) in enumerate(pairs)
    )  # fmt: skip


def langfuse_args(pairs):
    return lines(
        {"id": f"o{i}", "traceId": f"t{i}", "type": "GENERATION",
         "input": json.dumps({"args": [p], "kwargs": {}}), "output": json.dumps(quoted(body))
         if not isinstance(body, str) else body}
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def span(i, **attributes):
    return {"name": "chat", "context": {"trace_id": f"t{i}", "span_id": f"s{i}"},
            "attributes": attributes}  # fmt: skip


def otel(pairs):
    return lines(
        span(i, **{"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(user(p)),
                   "gen_ai.output.messages": quoted(body)})
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def otel_completion(pairs):
    return lines(
        span(i, **{"gen_ai.system": "x", "gen_ai.prompt": json.dumps({"messages": user(p)}),
                   "gen_ai.completion": quoted(body)})
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def otel_events(pairs):
    return lines(
        {**span(i, **{"gen_ai.system": "x"}),
         "events": [{"name": "gen_ai.content.prompt",
                     "attributes": {"gen_ai.prompt": json.dumps(user(p))}},
                    {"name": "gen_ai.content.completion",
                     "attributes": {"gen_ai.completion": quoted(body)}}]}
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def openinference(pairs):
    return lines(
        {"name": "llm", "span_kind": "LLM", "context": {"trace_id": f"t{i}", "span_id": f"s{i}"},
         "attributes": {"input.value": json.dumps({"messages": user(p), "model": "m"}),
                        "output.value": quoted(body), "llm.model_name": "m"}}
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def mlflow(pairs):
    return lines(
        {"trace_id": f"tr-{i}", "state": "OK", "request": json.dumps({"messages": user(p)}),
         "response": quoted(body), "spans": []}
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def langsmith(pairs):
    return lines(
        {"id": f"run{i}", "trace_id": f"t{i}", "run_type": "llm",
         "inputs": {"messages": [user(p)]},
         "outputs": body if isinstance(body, dict) else {"output": body}}
        for i, (p, body) in enumerate(pairs)
    )  # fmt: skip


def quoted(body):
    return body if isinstance(body, str) else json.dumps(body)


PLACES = {
    place.__name__: place
    for place in (
        in_table, as_text_in_table, with_its_request, in_csv, langfuse, langfuse_text,
        langfuse_args, otel, otel_completion, otel_events, openinference, mlflow, langsmith,
    )
}  # fmt: skip
MENU = [
    ("Name a fruit.", "A fig, they say."), ("Name a fruit.", "Kiwi — or two?\nTwo."),
    ("Name a tree.", "Oak."), ("Name a tree.", "Łódź has limes 🍋"),
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("body", BODIES)
def test_the_same_samples_whatever_the_wrapping(write, body, place):
    made = BODIES[body]
    pairs = [(p, made(text, i % 2)) for i, (p, text) in enumerate(MENU)]
    pairs.insert(2, ("Name a tree.", made(None, False)))
    samples = read(write(*PLACES[place](pairs)))
    assert list(zip(samples.prompts, samples.outputs, strict=True)) == MENU
    notes = " ".join(samples.notes)
    assert "outputs whose reasoning is left out (2)" in notes
    assert "no text (1)" in notes or "without a message (1)" in notes


@pytest.mark.parametrize("body", BODIES)
def test_reasoning_is_kept_on_request(write, body):
    pairs = [(p, BODIES[body](text, True)) for p, text in MENU]
    samples = read(write(*as_text_in_table(pairs)), reasoning="keep")
    assert samples.outputs == [f"{THOUGHT}\n\n{text}" for _, text in MENU]
    assert len(samples.notes) == 1


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(st.sampled_from(list(BODIES)), st.sampled_from(list(PLACES)), st.lists(texts, min_size=1))
@settings(max_examples=150, deadline=None)
def test_any_text_comes_out_as_it_went_in(tmp_path_factory, body, place, dishes):
    dishes = [f"a {dish} b" for dish in dishes]
    assume(all(reasoning.apart(dish) is None for dish in dishes))  # a draw may hold its marks
    name, content = PLACES[place]([("p", BODIES[body](dish, False)) for dish in dishes])
    path = tmp_path_factory.mktemp("any") / name
    path.write_text(content, "utf-8", newline="")
    assert read(path).outputs == dishes


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
        max_leaves=6,
    )
)
@settings(max_examples=150, deadline=None)
def test_json_that_a_model_wrote_is_its_text(tmp_path_factory, value):
    rows = [{"prompt": "p", "response": json.dumps(value) + " "}, {"prompt": "p", "response": "x"}]
    path = tmp_path_factory.mktemp("own") / "x.jsonl"
    path.write_text(lines(rows)[1], "utf-8")
    assert read(path).outputs == [row["response"] for row in rows]


@pytest.mark.parametrize(
    "text",
    ['{"fruit": "fig"}', '["fig", "kiwi"]', '[{"text": "fig"}]', '{"response": "fig"}',
     '{"output": ["fig"], "id": 3}', '{"text": "fig", "label": "good"}', '"fig"', "[fig]", "{}",
     "[]",
     '{"message": "hello"}', '{"choices": ["a", "b"]}', '{"usage": "daily", "id": 7}'],
)  # fmt: skip
def test_small_json_is_no_wrapping(write, text):
    message = {"role": "assistant", "content": text}
    observed = {"trace_id": "t", "type": "GENERATION", "id": "o", "input": "p", "output": message}
    for row in ({"prompt": "p", "response": text}, observed):
        assert read(write("x.jsonl", json.dumps(row))).outputs == [text]


UNKNOWN = {"id": "msg_0123456789abcdef", "answer": {"html": "<p>fig</p>"}, "stop_reason": "end",
           "usage": {"input_tokens": 3}}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_wrapping_that_is_not_known_stops_the_reading(write, place):
    path = write(*PLACES[place]([("p", {**UNKNOWN, "n": i}) for i in range(30)]))
    with pytest.raises(BadInput, match=r"wrapping that is not known|name a field in it"):
        read(path)


@pytest.mark.parametrize("last", ["user", "tool", "system"])
@pytest.mark.parametrize("place", ["in_table", "as_text_in_table", "langfuse", "langfuse_text"])
def test_the_last_word_of_another_is_not_the_model_s(write, place, last):
    turns = [*user("p"), {"role": "assistant", "content": "fig"}, {"role": last, "content": "bye"}]
    assert read(write(*PLACES[place]([("p", turns)]))).outputs == ["fig"]
    with pytest.raises(BadInput, match=r"without a turn of the model|of a user or a tool"):
        read(write(*PLACES[place]([("p", turns[-1:])])))


def test_turns_are_no_samples(write):
    turns = [*user("p"), {"role": "assistant", "content": "one"}, *user("q"),
             {"role": "assistant", "content": "two"}]  # fmt: skip
    for place in PLACES.values():
        assert read(write(*place([("p", turns)]))).outputs == ["two"]


PROMPTS = [
    {"messages": user("p")},
    {"conversations": [{"from": "human", "value": "p"}]},
    {"prompt": user("p")},
    {"model": "m", "messages": [{"role": "system", "content": "s"}, *user("p")], "max_tokens": 9},
    {"custom_id": "1", "params": {"model": "m", "messages": user("p")}},
    {"custom_id": "1", "body": {"model": "m", "messages": user("p")}, "url": "/v1/chat"},
    {"request": {"contents": [{"role": "user", "parts": [{"text": "p"}]}]}},
    {"contents": [{"role": "user", "parts": [{"text": "p"}]}]},
    {"recordId": "1", "modelInput": {"messages": user("p")}},
    {"question_id": 81, "category": "writing", "turns": ["p", "q"]},
    {"question": "p"},
]


@pytest.mark.parametrize("row", PROMPTS, ids=[str(list(row)) for row in PROMPTS])
def test_prompts_are_refused(write, row):
    with pytest.raises(BadInput):
        read(write("x.jsonl", lines([row] * 12)[1]))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>Hm.</think>\n\nfig", "fig"),
        ("Hm.\n</think>\n\nfig", "fig"),
        ("<think>\n\n</think>\n\nfig", "fig"),
        ("\n<thinking>Hm.</thinking>fig", "fig"),
        ("<think>a</think><think>b</think>fig", "fig"),
        ("[THINK]Hm.[/THINK]fig", "fig"),
        ("◁think▷Hm.◁/think▷fig", "fig"),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>fig",
         "fig"),
        ("analysisHm.assistantfinalfig", "fig"),
        ("<|begin_of_thought|>Hm.<|end_of_thought|><|begin_of_solution|>fig<|end_of_solution|>",
         "fig"),
        ("<think>Hm, cut off", None),
        ("<think>Hm.</think>", None),
    ],
)  # fmt: skip
def test_thoughts_at_the_start_of_a_text(write, text, answer):
    rows = [{"prompt": "p", "response": text}, {"prompt": "p", "response": "plum"}]
    samples = read(write(*lines(rows)))
    assert samples.outputs == [*([answer] if answer else []), "plum"]
    assert any("reasoning" in note and "(1)" in note for note in samples.notes)


@pytest.mark.parametrize(
    "text", ["I think <b>fig</b>.", "a < b", "Use `</think>` to end it.", "analysis of figs",
             "fig <think>later</think>", "<thin>"],
)  # fmt: skip
def test_what_is_no_thought_stays(write, text):
    assert read(write(*lines([{"prompt": "p", "response": text}]))).outputs == [text]


def generation(id, parent=None, trace="t", output="fig", **more):
    return {"id": id, "traceId": trace, "parentObservationId": parent, "type": "GENERATION",
            "input": user("p"), "output": output, **more}  # fmt: skip


def spans(*rows):
    return [
        {**span(0, **{"gen_ai.operation.name": "chat", "gen_ai.output.messages": text}),
         "context": {"trace_id": "0x1", "span_id": own}, "parent_id": parent}
        for own, parent, text in rows
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "outputs", "repeats"),
    [
        ([generation("a"), generation("b", "a")], 1, 1),
        ([generation("b", "a"), generation("a")], 1, 1),
        ([generation("a"), generation("b", "a"), generation("c", "b")], 1, 2),
        ([generation("c", "b"), generation("b", "a"), generation("a")], 1, 2),
        ([generation("a"), generation("b", "span"), generation("c", "span")], 3, 0),
        ([generation("a", output=None), generation("b", "a")], 1, 0),
        ([generation("a"), generation("a")], 1, 1),
        ([generation("a"), generation("a", trace="u")], 2, 0),
        (spans(("1", None, "fig"), ("1", None, "fig"), ("2", "1", "fig"), ("3", "", "fig")), 2, 2),
        ([{**s, "attributes": {"gen_ai.operation.name": "chat"}} for s in spans(("1", None, ""))]
         + spans(("1", None, "fig")), 1, 1),
    ],
)  # fmt: skip
def test_each_call_once(write, rows, outputs, repeats):
    samples = read(write(*lines(rows)))
    assert samples.outputs == ["fig"] * outputs
    counts = [
        int(part.rstrip(")").rpartition("(")[2])
        for note in samples.notes
        for part in note.split("; ")
        if "more than once" in part or "inside one another" in part
    ]
    assert sum(counts) == repeats


@pytest.mark.parametrize("place", ["langfuse", "otel", "mlflow", "langsmith", "openinference"])
def test_a_log_concatenated_with_itself(write, place):
    name, text = PLACES[place]([(p, openai(t, False)) for p, t in MENU])
    samples = read(write(name, text + text))
    assert samples.outputs == [t for _, t in MENU]
    assert "counted once (4)" in " ".join(samples.notes)


def test_bodies_and_rows_with_a_random_id_count_once(write):
    bodies = [openai(t, False) | {"id": f"chatcmpl-{i:024x}"} for i, (_, t) in enumerate(MENU)]
    rows = [{"request_id": f"r{i}", "prompt": p, "response": t} for i, (p, t) in enumerate(MENU)]
    for once in (bodies, rows):
        samples = read(write(*lines([*once, *once])))
        assert samples.outputs == [t for _, t in MENU]
    same = [{"id": "p1", "prompt": "p", "response": "fig"}] * 3  # a prompt's id, the same dish
    assert read(write(*lines(same))).outputs == ["fig"] * 3
    mock = [openai("fig", False)] * 3  # an id that is no name of a call
    assert read(write(*lines(mock))).outputs == ["fig"] * 3


def test_vercel_spans_tell_of_a_call_twice(write):
    outer = span(1, **{"ai.operationId": "ai.generateText", "ai.prompt": '{"prompt": "p"}',
                       "ai.response.text": "fig", "ai.model.id": "m"})  # fmt: skip
    inner = span(1, **{"ai.operationId": "ai.generateText.doGenerate", "gen_ai.system": "openai",
                       "ai.prompt.messages": json.dumps(user("p")),
                       "ai.response.text": "fig"})  # fmt: skip
    inner |= {"context": {"trace_id": "t1", "span_id": "s2"}, "parent_id": "s1"}
    for rows in ([outer, inner], [inner, outer]):
        samples = read(write(*lines(rows)))
        assert (samples.outputs, samples.prompts) == (["fig"], ["p"])


def test_events_of_pydantic_ai(write):
    events = [{"event.name": "gen_ai.user.message", "role": "user", "content": "p"},
              pydantic_ai("fig", False)]  # fmt: skip
    row = span(1, **{"gen_ai.operation.name": "chat", "events": json.dumps(events)})
    samples = read(write(*lines([row])))
    assert (samples.outputs, samples.prompts) == (["fig"], ["p"])


def test_streams_of_ollama(write):
    def piece(text, done=False, **more):
        return {
            "model": "m",
            "message": {"role": "assistant", "content": text},
            "done": done,
        } | more

    rows = [
        piece("A "),
        piece("fig"),
        piece(".", True),
        piece("Ki"),
        piece("wi", True),
        piece("cut"),
    ]
    samples = read(write(*lines(rows)))
    assert (samples.outputs, samples.models) == (["A fig.", "Kiwi"], ["m"])
    assert "not read: streams that end before they are done (1)" in samples.notes


@pytest.mark.parametrize(
    "body",
    [
        {"results": [{"outputText": "fig", "completionReason": "FINISH"}]},
        {"generation": "fig", "prompt_token_count": 3, "stop_reason": "stop"},
        {"outputs": [{"text": "fig", "stop_reason": "stop"}]},
        {"id": "x", "generations": [{"id": "y", "text": "fig", "finish_reason": "COMPLETE"}]},
        {"completion": "fig", "stop_reason": "stop_sequence", "stop": "Human:"},
        {"output": {"choices": [{"message": {"content": "fig"}}]}, "usage": {"total_tokens": 3}},
        [{"generated_text": "fig"}],
        {"messages": [*user("p"), {"role": "assistant", "content": "fig"}]},
        {"kind": "response", "parts": [{"part_kind": "thinking", "content": "Hm."},
                                       {"part_kind": "text", "content": "fig"}]},
    ],
    ids=["Titan", "Llama", "Mistral", "Cohere", "Claude 2", "DashScope", "TGI", "messages",
         "pydantic-ai"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["in_table", "as_text_in_table", "langfuse", "otel_completion"])
def test_bodies_of_servers_with_their_own(write, body, place):
    assert read(write(*PLACES[place]([("p", body)]))).outputs == ["fig"]


def test_calls_beside_a_text_are_kept(write):
    message = {"role": "assistant", "content": "fig", "tool_calls": [CALL]}
    for place in ("in_table", "langfuse", "otel", "mlflow"):
        samples = read(write(*PLACES[place]([("p", message)])))
        assert samples.column("calls") == [[{"name": "look_up", "arguments": "{}"}]]
        assert "tool calls beside a text (1)" in samples.notes


def test_messages_one_a_line_are_the_model_s_only(write):
    rows = [*user("p"), {"role": "assistant", "content": "fig"}, {"role": "tool", "content": "x"}]
    assert read(write(*lines(rows))).outputs == ["fig"]
