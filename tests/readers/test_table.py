"""Tables: JSONL, JSON, CSV, TSV and Parquet with columns of any name."""

import json
from datetime import datetime, timezone

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import parse_map, read

ROWS = {
    "Name a fruit.": ["fig", "kiwi\nor two"],
    "Name a tree.": ['an "oak", they say', "Łódź — 🍇"],
}


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.tsv", "rows.parquet"])
def test_one_output_a_row(load, groups, name):
    samples = load(name)
    assert groups(samples) == ROWS
    assert samples.scores.tolist() == [0.5, 0.75, 1.0]
    assert samples.table["sample_index"].to_pylist() == [0, 1, 0, 1]
    assert samples.table["source"].to_pylist() == [name] * 4
    kind = {"jsonl": "JSONL", "csv": "CSV", "tsv": "TSV", "parquet": "Parquet"}[name.split(".")[1]]
    assert samples.notes[0].startswith(f"read 4 outputs of 2 prompts from {name} as {kind} (")
    assert "prompt=question" in samples.notes[0]
    if name != "rows.jsonl":
        assert samples.table["time"][1].as_py() == datetime(2026, 1, 1, 1, tzinfo=timezone.utc)


def test_parquet_lists(load, groups):
    assert groups(load("lists.parquet")) == ROWS


def test_same_rows_whatever_the_packing(load):
    kept = ["prompt_id", "prompt", "output", "score", "sample_index"]
    tables = [load(f"rows.{e}").table.select(kept) for e in ("jsonl", "csv", "tsv", "parquet")]
    assert all(table.equals(tables[0]) for table in tables)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"prompt": "p", "response": "a"}, [("p", "a")]),
        ({"question": "p", "generations": ["a", "b"]}, [("p", "a"), ("p", "b")]),
        ({"instruction": "p", "input": "q", "output": "a"}, [("p\n\nq", "a")]),
        ({"instruction": "p", "input": "", "output": "a"}, [("p", "a")]),
        ({"prompt_id": 7, "prompt": "p", "completion": "a"}, [("7", "a")]),
        ({"id": "unique", "prompt": "p", "text": "a"}, [("p", "a")]),
        ({"id": "p7", "text": "a"}, [("p7", "a")]),
        ({"question": "p", "answer": 42}, [("p", "42")]),
        ({"prompt": "p", "resp_0": "a", "resp_1": "b"}, [("p", "a"), ("p", "b")]),
        ({"userPrompt": "p", "modelOutput": "a"}, [("p", "a")]),
        ({"prompt": "p", "choices": 1, "outputs": [{"text": "a"}, {"text": "b"}]},
         [("p", "a"), ("p", "b")]),
        (
            {"prompt": [{"role": "user", "content": "p"}],
             "completion": [{"role": "assistant", "content": "a"}]},
            [("p", "a")],
        ),
        (
            {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}]},
            [("p", "a")],
        ),
        (
            {"conversations": [{"from": "human", "value": "p"}, {"from": "gpt", "value": "a"}]},
            [("p", "a")],
        ),
        (
            {"system_prompt": "be brief", "prompt": "p", "output": "a"},
            [("system: be brief\nuser: p", "a")],
        ),
    ],
)  # fmt: skip
def test_common_names(write, record, expected):
    samples = read(write("x.jsonl", json.dumps(record)))
    ids = samples.table["prompt_id"].to_pylist()
    assert list(zip(ids, samples.outputs, strict=True)) == expected


def test_scores_of_a_list(write):
    path = write("x.jsonl", json.dumps({"prompt": "p", "outputs": ["a", "b"], "rewards": [1, 2]}))
    assert read(path).scores.tolist() == [1.0, 2.0]


def test_map_with_dots_and_lists(write):
    record = {"q": {"text": "p"}, "answers": [{"say": "a"}, {"say": "b"}]}
    path = write("x.jsonl", json.dumps(record))
    samples = read(path, map={"output": "answers.say", "prompt": "q.text"})
    assert (samples.outputs, samples.prompt_ids) == (["a", "b"], ["p"])
    assert read(path, map="output=answers.1.say").outputs == ["b"]


def test_map_of_columns_in_csv_and_parquet(load):
    assert load("rows.csv", map={"output": "question"}).outputs[0] == "Name a fruit."
    assert load("rows.parquet", map="output=question,prompt=answer").prompt_ids[0] == "fig"


def test_parse_map():
    assert parse_map("output=a, prompt = b.c") == {"output": "a", "prompt": "b.c"}
    for wrong in ["output", "output=", "=a", "", "output=a,,prompt=b", "output=a,output=b"]:
        with pytest.raises(BadInput, match="map"):
            parse_map(wrong)
    with pytest.raises(BadInput, match="did you mean 'output'"):
        parse_map("outputs=a")


def test_fields_appear_and_go(write):
    lines = [
        {"prompt": "p", "response": "a"},
        {"prompt": "p", "response": "b", "score": 1},
        {"response": "c"},
        {"prompt": "p", "response": None},
    ]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, lines))))
    assert samples.outputs == ["a", "b", "c"]
    assert samples.prompt_ids == ["p", ""]
    assert samples.scores.tolist() == [1.0]
    assert "not read: null outputs (1)" in samples.notes


def test_columns_that_come_late_are_taken_up(write):
    lines = [{"response": "a"}] * 20 + [{"response": "b", "question": "p", "reward": 2}]
    samples = read(write("x.jsonl", "\n".join(map(json.dumps, lines))))
    assert samples.prompt_ids == ["", "p"]
    assert samples.scores.tolist() == [2.0]
    assert any("prompt=question does not begin with" in note for note in samples.notes)


@pytest.mark.parametrize("prefix", ["chatcmpl-", "5e0c5c9e-1111-4000-8000-00000000000"])
def test_ids_of_calls_are_no_prompts(write, prefix):
    lines = [json.dumps({"id": f"{prefix}{i}", "output": "a"}) for i in range(5)]
    assert read(write("x.jsonl", "\n".join(lines))).n_prompts == 1


def test_times(write):
    times = ["2026-01-01T00:00:00.5Z", "2026-01-01 00:00:00.123456789+00:00", 1_767_225_600_000]
    lines = [json.dumps({"output": "a", "time": t}) for t in [*times, "yesterday"]]
    samples = read(write("x.jsonl", "\n".join(lines)))
    assert [t and t.microsecond for t in samples.table["time"].to_pylist()] == [
        500_000,
        123_456,
        0,
        None,
    ]
    assert "times left out: neither ISO 8601 nor a number (1)" in samples.notes


def test_a_list_of_texts_aligns_by_position(write, groups):
    samples = read(write("m.json", '["a", null, "", "d"]'))
    assert groups(samples) == {"0": ["a"], "2": [""], "3": ["d"]}
    assert "not read: null outputs (1)" in samples.notes
    assert any("position" in note for note in samples.notes)
    nested = read(write("n.json", '[["a", "b"], ["c"]]'))
    assert groups(nested) == {"0": ["a", "b"], "1": ["c"]}


def test_prompts_to_outputs(write, groups):
    path = write("m.json", '{"A fruit?": ["fig", "kiwi"], "A tree?": ["oak"]}')
    assert groups(read(path)) == {"A fruit?": ["fig", "kiwi"], "A tree?": ["oak"]}


@pytest.mark.parametrize("indent", [None, 1])
def test_wrapped_records(write, indent):
    body = {"data": [{"prompt": "p", "output": "a"}, {"prompt": "p", "output": "b"}], "next": None}
    samples = read(write("x.json", json.dumps(body, indent=indent)))
    assert samples.outputs == ["a", "b"]
    assert any("'data'" in note for note in samples.notes)


def test_plain_text(write, groups):
    samples = read(write("x.txt", "fig\r\nkiwi\n\nan oak, a fig\n"))
    assert groups(samples) == {"": ["fig", "kiwi", "", "an oak, a fig"]}
    assert "empty outputs, kept as a dish of their own (1)" in samples.notes
    assert any("one and the same prompt" in note for note in samples.notes)


def test_csv_delimiters(write, groups):
    for delimiter in ",;|\t":
        path = write("x.csv", f'prompt{delimiter}output\np{delimiter}"a{delimiter}b"\n')
        assert groups(read(path)) == {"p": [f"a{delimiter}b"]}


def test_json_documents_one_after_another(write):
    text = '{\n "prompt": "p",\n "output": "a"\n}\n{\n "prompt": "p",\n "output": "b"\n}\n'
    assert read(write("x.json", text)).outputs == ["a", "b"]
