"""Log-probabilities of tokens, from whatever records them; malformed ones lose no output."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu.readers import read

LEFT_OUT = "log-probabilities left out: not one number of at most 0 for each token"


def column(samples):
    return samples.table["logprobs"].to_pylist()


def token(logprob):
    return {"token": "t", "logprob": logprob, "bytes": [116], "top_logprobs": []}


def chat(*logprobs):
    """A completion with one choice for each of what its ``logprobs`` are."""
    choices = [
        {"index": i, "message": {"role": "assistant", "content": f"dish {i}"}, "logprobs": p}
        for i, p in enumerate(logprobs)
    ]
    return {"id": "c", "object": "chat.completion", "choices": choices}


def test_openai_chats_completions_and_responses(load):
    samples = load("openai_logprobs.jsonl")
    assert samples.outputs == ["fig", "kiwi", "fig", "kiwi", "fig"]
    assert column(samples) == [[-0.5, -0.0625], [-2.0], [-0.5, -0.0625], None, [-0.5, -0.0625]]
    assert not any("left out" in note for note in samples.notes)


@pytest.mark.parametrize(
    "name", ["openai_chat.jsonl", "openai_pairs.jsonl", "openai_completions.jsonl", "rows.jsonl"]
)
def test_logs_without_any_have_none(load, name):
    samples = load(name)
    assert column(samples) == [None] * len(samples)
    assert not any("log-probabilities" in note for note in samples.notes)


def test_openai_batch(write):
    body = chat({"content": [token(-0.5), token(0)], "refusal": None})
    line = {"custom_id": "p1", "response": {"status_code": 200, "body": body}, "error": None}
    assert column(read(write("x.jsonl", json.dumps(line)))) == [[-0.5, 0.0]]


def test_of_a_refusal(write):
    body = chat({"content": None, "refusal": [token(-0.25)]})
    body["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "No."}
    assert column(read(write("x.json", json.dumps(body)))) == [[-0.25]]


def test_inspect(write):
    log = json.loads((Path(__file__).parent / "fixtures" / "inspect.json").read_text())
    log["samples"][0]["output"]["choices"][0]["logprobs"] = {"content": [token(-0.5)]}
    found = column(read(write("x.json", json.dumps(log))))
    assert found[0] == [-0.5]
    assert found[1:] == [None] * (len(found) - 1)


@pytest.mark.parametrize(
    "value",
    [
        [-0.5, -1],
        [token(-0.5), token(-1)],
        [{"123": {"logprob": -0.5, "rank": 1}}, {"7": {"logprob": -1, "rank": 2}}],
        [[-0.5, 123, None], [-1, 7, "fig"]],
        {"content": [token(-0.5), token(-1)]},
        {"tokens": ["a", "b"], "token_logprobs": [-0.5, -1]},
        "[-0.5, -1]",
    ],
    ids=["numbers", "objects", "vLLM", "SGLang", "chat", "completion", "JSON in a text"],
)
def test_shapes_in_a_table(write, value):
    path = write("x.jsonl", json.dumps({"prompt": "p", "response": "a b", "logprobs": value}))
    assert column(read(path)) == [[-0.5, -1.0]]


@pytest.mark.parametrize("name", ["logprobs", "token_logprobs", "tokenLogprobs", "log_probs"])
def test_names_of_the_column(write, name):
    samples = read(write("x.jsonl", json.dumps({"response": "a", name: [-0.5]})))
    assert column(samples) == [[-0.5]]
    assert f"logprobs={name}" in samples.notes[0]


def test_another_name_by_map(write):
    record = {"text": "a", "meta_info": {"output_token_logprobs": [[-0.5, 5, None]]}}
    path = write("x.jsonl", json.dumps(record))
    assert column(read(path)) == [None]
    assert column(read(path, map="logprobs=meta_info.output_token_logprobs")) == [[-0.5]]


def test_many_outputs_of_a_record(write):
    many = [
        {"generations": ["a", "b"], "logprobs": [[-0.5, -1], [-2]]},
        {"generations": ["a", "b"], "logprobs": [None, {"content": [token(-1)]}]},
        {"generations": ["a"], "logprobs": [-0.5, -1]},
        {"generations": ["a", "b"], "logprobs": [-0.5, -1]},
    ]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, many))))
    assert column(samples) == [[-0.5, -1.0], [-2.0], None, [-1.0], [-0.5, -1.0], None, None]
    assert f"{LEFT_OUT} (1)" in samples.notes


def test_a_column_that_comes_late(write):
    lines = [{"response": "a"}] * 20 + [{"response": "b", "logprobs": [-1]}]
    assert column(read(write("x.jsonl", "\n".join(map(json.dumps, lines)))))[-1] == [-1.0]


def test_csv_and_parquet(write, tmp_path):
    path = write("x.csv", 'prompt,output,logprobs\np,a,"[-0.5, -1]"\np,b,\n')
    assert column(read(path)) == [[-0.5, -1.0], None]
    table = pa.table({"prompt": ["p", "p"], "output": ["a", "b"], "logprobs": [[-0.5, -1.0], None]})
    pq.write_table(table, tmp_path / "x.parquet")
    assert column(read(tmp_path / "x.parquet")) == [[-0.5, -1.0], None]


@pytest.mark.parametrize(
    "wrong",
    [
        [0.5, -1],
        [None, -1],
        [float("nan")],
        [float("-inf")],
        [-9999.0],
        ["-1"],
        [True],
        [{}],
        [{"a": {"logprob": -1}, "b": {"logprob": -2}}],
        [10**400],
        [[]],
        -3.5,
        "high",
        {"content": 7},
        {"content": "x"},
    ],
    ids=str,
)
def test_malformed_ones_lose_no_output(write, wrong):
    lines = [{"response": "a", "logprobs": [-0.5]}, {"response": "b", "logprobs": wrong}]
    for records in (lines, [chat({"content": [token(-0.5)]}), chat(wrong)]):
        samples = read(write("x.jsonl", "\n".join(map(json.dumps, records))))
        assert len(samples) == 2
        assert column(samples) == [[-0.5], None]
        assert f"{LEFT_OUT} (1)" in samples.notes


def test_malformed_parts_of_a_response(write):
    part = {"type": "output_text", "text": "fig"}
    for wrong in (7, "x", {}, [], None):
        message = {"type": "message", "content": [{**part, "logprobs": wrong}]}
        body = {"object": "response", "id": "r", "output": [message]}
        samples = read(write("x.json", json.dumps(body)))
        assert (samples.outputs, column(samples)) == (["fig"], [None])
