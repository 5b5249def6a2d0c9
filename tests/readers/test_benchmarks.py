"""Benchmarks and test runners: promptfoo, MT-Bench, Arena-Hard, HELM, and columns of others."""

import csv
import io
import json

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read


@pytest.mark.parametrize("name", ["promptfoo.jsonl", "promptfoo.json", "promptfoo.csv"])
def test_promptfoo(load, groups, name):
    samples = load(name)
    assert groups(samples) == {
        "Be brief. Name a fruit.": ["A fig.", "A kiwi."],
        "Be brief. Name a tree.": ["An oak.", "An ash."],
    }
    assert sorted(samples.models) == ["menu:0", "menu:1"]
    assert [*samples.scores] == [0, 1, 0, 1]
    assert any("calls that ended in an error (1)" in note for note in samples.notes)


COLUMNS = ["Status", "Score", "Named Scores", "Grader Reason", "Comment"]


def table(write, *rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return read(write("x.csv", out.getvalue()))


def test_promptfoo_s_table_with_one_provider_twice_and_a_variable_called_score(write):
    header = ["Description", "fruit", "Score", "[m] Eat {{fruit}}.", *COLUMNS, "[m] Eat {{fruit}}.",
              *COLUMNS, "Messages", "sessionId"]  # fmt: skip
    cells = [["A fig.", "PASS", "1.00", "", "", ""], ["", "FAIL", "0.00", "", "", ""]]
    samples = table(write, header, ["a test", "figs", "7", *cells[0], *cells[1], "[]", "s1"])
    assert samples.outputs == ["A fig.", ""]
    assert samples.models == ["m"]
    assert {*samples.table["prompt"].to_pylist()} == {"Eat figs.\nScore: 7"}
    assert [*samples.scores] == [1, 0]


def test_promptfoo_s_table_as_older_versions_write_it(write):
    told = ["Grader Reason", "Comment", "Latency (ms)"]
    header = ["fruit", "[m] short", *told, "long", *told]
    row = ["figs", "[PASS] A fig.", "ok", "", "9", "[FAIL] bad\n---\nA kiwi.", "bad", "", "9"]
    failed = ["figs", "[ERROR] 429", "", "", "9", "[PASS] [PASS] is a word", "ok", "", "9"]
    samples = table(write, header, row, failed)
    assert samples.outputs == ["A fig.", "A kiwi.", "[PASS] is a word"]
    assert samples.table["prompt"].to_pylist() == [
        f"{x}\nfruit: figs" for x in ("short", "long", "long")
    ]
    assert samples.table["model"].to_pylist() == ["m", None, None]


def test_a_name_that_stands_twice_in_another_table_is_refused(write):
    with pytest.raises(BadInput, match="has the column 'Score' twice"):
        table(write, ["output", "Score", "Score"], ["a", "1", "2"])


def test_turns_of_mt_bench_are_different_prompts(load, groups):
    found = groups(load("mt_bench.jsonl"))
    assert found["81/1"] == ["A fig.", "A kiwi."]
    assert found["81/2"] == ["A fig. Why?", "A kiwi. Why?"]
    assert len(found) == 4


def test_arena_hard(load):
    samples = load("arena_hard.jsonl")
    assert samples.outputs == ["A fig.", "An oak."]
    assert samples.prompts == ["Name a fruit.", "Name a tree."]
    assert samples.models == ["menu-7b"]


def test_helm(load, groups):
    samples = load("helm.json")
    assert groups(samples)["Q: Name a tree."] == ["An oak.", "An ash."]
    assert (len(samples), samples.models) == (4, ["menu/7b"])
    assert any("requests that failed or were not run (1)" in note for note in samples.notes)


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "A nut?", "predict": "Pecan.", "label": "Fig."},
        {"input": "A nut?", "actual_output": "Pecan.", "expected_output": "Fig."},
        {"task_id": "A nut?", "solution": "Pecan."},
        {"input": "A nut?", "output": "Pecan.", "gts": "Fig.", "score": 1, "step": 3},
    ],
)
def test_columns_of_other_tools(record, write):
    samples = read(write("log.jsonl", json.dumps(record)))
    assert (samples.outputs, samples.prompt_ids) == (["Pecan."], ["A nut?"])


def test_the_one_list_of_records_is_found_under_any_key(write):
    cases = [{"input": f"{n}?", "actualOutput": f"{n}!", "success": True} for n in range(3)]
    samples = read(write("run.json", json.dumps({"testFile": "t.py", "testCases": cases})))
    assert samples.outputs == ["0!", "1!", "2!"]
    assert samples.prompts == ["0?", "1?", "2?"]


@pytest.mark.parametrize(
    ("grade", "score"), [("C", 1), ("P", 0.5), ("I", 0), ("N", 0), ("0.25", 0.25)]
)
def test_grades_of_inspect(grade, score, write):
    sample = {
        "id": 1,
        "epoch": 1,
        "input": "A nut?",
        "output": {"choices": [{"message": {"content": "Pecan."}}], "time": 12.5},
        "scores": {"match": {"value": grade}},
    }
    samples = read(write("log.json", json.dumps({"eval": {"task": "t"}, "samples": [sample]})))
    assert [*samples.scores] == [score]
    assert samples.column("time") == [None]
