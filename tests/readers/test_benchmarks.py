"""Benchmarks and test runners: promptfoo, MT-Bench, Arena-Hard, HELM, and columns of others."""

import json

import pytest

from fullmenu.readers import read


@pytest.mark.parametrize("name", ["promptfoo.jsonl", "promptfoo.json"])
def test_promptfoo(load, groups, name):
    samples = load(name)
    assert groups(samples) == {
        "Be brief. Name a fruit.": ["A fig.", "A kiwi."],
        "Be brief. Name a tree.": ["An oak.", "An ash."],
    }
    assert sorted(samples.models) == ["menu:0", "menu:1"]
    assert [*samples.scores] == [0, 1, 0, 1]
    assert any("calls that ended in an error (1)" in note for note in samples.notes)


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
