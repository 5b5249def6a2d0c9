"""Evaluation sets and exports by name: texts, prompts, models and scores of each fixture."""

import json
from pathlib import Path

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read

TEXTS = ["A fig.", "A kiwi.", "An oak.", "An ash."]
PROMPTS = ["Name a fruit.", "Name a tree."]
BOTH = ["menu-7b", "menu-13b"]
READ = {
    "arrow.feather": ([], None),
    "arrow_stream.arrow": ([], None),
    "ultrafeedback.jsonl": (BOTH, [7.5] * 4),
    "arena_pairs.jsonl": (BOTH, [1, 0, 0.5, 0.5]),
    "arena_preference.jsonl": (BOTH, [1, 0, 0.5, 0.5]),
    "label_studio.json": (["menu-7b"], None),
    "argilla.json": (["menu-7b"], None),
    "deepeval.json": ([], [0.5] * 4),
}


@pytest.mark.parametrize("name", READ)
def test_an_evaluation_is_read_right(load, name):
    models, scores = READ[name]
    samples = load(name)
    assert samples.outputs == TEXTS
    assert samples.table["prompt"].to_pylist() == [p for p in PROMPTS for _ in range(2)]
    assert sorted(samples.models) == sorted(models)
    assert scores is None or samples.table["score"].to_pylist() == scores


@pytest.mark.parametrize("name", ["tau_bench.json", "tau2_bench.json"])
def test_a_run_is_what_the_model_said_last_and_all_that_it_called(load, groups, name):
    samples = load(name)
    assert groups(samples) == {"0": TEXTS[:2], "1": TEXTS[2:]}
    assert samples.table["score"].to_pylist() == [0, 1, 0, 1]
    calls = samples.table["calls"].to_pylist()
    assert [[call["name"] for call in one] for one in calls] == [["look_up"]] * 4
    assert samples.table["prompt"].to_pylist() == [p for p in PROMPTS for _ in range(2)]


def test_a_rollout_of_verifiers_is_the_last_branch_of_the_agent_that_is_trained(load, groups):
    samples = load("verifiers_traces.jsonl")
    assert groups(samples) == {"task0/agent": TEXTS[:2], "task1/agent": TEXTS[2:]}
    asked = samples.table["prompt"].to_pylist()
    assert [p for p in asked if "Name a fruit." in p and "You serve." in p] == asked[:2]
    assert samples.models == ["menu-7b"]
    assert samples.table["score"].to_pylist() == [0, 1, 0, 1]
    assert samples.column("logprobs") == [[-0.5, -0.25]] * 4
    calls = samples.table["calls"].to_pylist()
    assert [[call["name"] for call in one] for one in calls] == [["look_up"]] * 4
    told = [samples.column(name) for name in ("step", "work", "env", "agent")]
    assert told == [[value] * 4 for value in (3, "train", "fruit", "agent")]


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("evalplus.jsonl", [None] * 4),
        ("human_eval_results.jsonl", [0, 0, 1, 1]),
        ("evalplus_results.json", [0, 0, 1, 1]),
    ],
)
def test_programs_by_task_with_whether_they_passed(load, groups, name, scores):
    samples = load(name)
    programs = [f"def f(x):\n    return x + {j}\n" for j in range(2)]
    assert groups(samples) == {"HumanEval/0": programs, "HumanEval/1": programs}
    assert samples.table["score"].to_pylist() == scores


def test_what_failed_the_plain_tests_did_not_pass_the_further_ones(write):
    said = [("pass", "pass"), ("fail", "pass"), ("pass", "fail"), ("pass", None), ("timeout", None)]
    programs = [
        {"task_id": "HumanEval/0", "solution": f"f = {i}", "base_status": base, "plus_status": plus}
        for i, (base, plus) in enumerate(said)
    ]
    run = {"date": "2026-01-01", "hash": "0", "eval": {"HumanEval/0": programs}}
    assert [*read(write("x.json", json.dumps(run))).scores] == [1, 0, 0, 1, 0]


@pytest.mark.parametrize("shown", [{"prompt": "Name a fruit."}, {"text": "Name a fruit."}])
def test_label_studio_s_text_areas_that_a_model_filled(write, shown):
    area = {"from_name": "a", "to_name": "b", "type": "textarea", "value": {"text": TEXTS[:2]}}
    choice = {"from_name": "c", "to_name": "b", "type": "choices", "value": {"choices": ["good"]}}
    human = {**area, "value": {"text": ["x"]}}
    task = {"id": 1, "data": shown, "annotations": [{"result": [human]}],
            "predictions": [{"model_version": "menu-7b", "result": [choice, area]}]}  # fmt: skip
    samples = read(write("x.json", json.dumps([task])))
    assert (samples.outputs, samples.models) == (TEXTS[:2], ["menu-7b"])
    assert {*samples.prompts} == {"Name a fruit."}


def test_what_a_model_suggested_in_argilla(write):
    record = {
        "id": "r1", "fields": {"instruction": "Name a fruit."}, "metadata": {"split": "test"},
        "suggestions": {"quality": {"value": 4, "score": None, "agent": "judge"},
                        "answer": {"value": "A fig.", "score": None, "agent": "menu-7b"}},
        "responses": {"answer": [{"value": "A human's fig.", "user_id": "u"}]}, "vectors": {},
    }  # fmt: skip
    samples = read(write("x.json", json.dumps([record])))
    assert (samples.outputs, samples.models) == (["A fig."], ["menu-7b"])
    assert samples.prompts == ["Name a fruit."]


@pytest.mark.parametrize("key", ["winner", "tie"])
def test_a_conversation_of_several_turns_asks_another_question_on_each_side(write, key):
    def side(name):
        texts = ["Name a fruit.", f"{name}1", "Another?", f"{name}2"]
        roles = ["user", "assistant"] * 2
        return [{"role": r, "content": t} for r, t in zip(roles, texts, strict=True)]

    pair = {"model_a": "m", "model_b": "n", "winner": f"{key} (bothbad)",
            "conversation_a": side("a"), "conversation_b": side("b")}  # fmt: skip
    samples = read(write("x.jsonl", json.dumps(pair)))
    assert samples.outputs == ["a2", "b2"]
    assert len(samples.prompts) == 2


def test_an_arrow_file_that_is_cut_off_says_so(write):
    whole = (Path(__file__).parent / "fixtures/arrow.feather").read_bytes()
    with pytest.raises(BadInput, match="not a readable Arrow file"):
        read(write("cut.feather", whole[: len(whole) // 2]))


def test_a_test_run_of_deepeval_as_it_is_kept_for_the_next_command(write):
    case = {"input": "Name a fruit.", "actualOutput": None, "metricsData": []}
    run = {"testCases": [case, {**case, "actualOutput": "A fig."}], "metricsScores": [{}]}
    samples = read(write("x.json", json.dumps({"testRunData": run})))
    assert samples.outputs == ["A fig."]
    assert any("test cases without output (1)" in note for note in samples.notes)


SERVED = {"choices": [{"message": {"role": "assistant", "content": "A fig."}}]}
ASKED = [{"role": "user", "content": "Name a fruit."}]
PLATFORMS = {
    "Braintrust": {"span_id": "s1", "root_span_id": "s1", "span_attributes": {"type": "llm"},
                   "input": ASKED, "output": SERVED["choices"], "metadata": {"model": "menu-7b"},
                   "metrics": {"tokens": 9}, "scores": {"brief": 0.5}},
    "Opik": {"id": "1", "trace_id": "t1", "type": "llm", "input": {"messages": ASKED},
             "output": SERVED, "model": "menu-7b", "usage": {"total_tokens": 9}},
    "Weave": {"id": "1", "op_name": "chat", "trace_id": "t1", "parent_id": None, "attributes": {},
              "inputs": {"model": "menu-7b", "messages": ASKED},
              "output": {**SERVED, "model": "menu-7b"}, "summary": {}},
}  # fmt: skip


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_call_of_a_platform_without_a_format_of_its_own(write, platform):
    samples = read(write("x.jsonl", json.dumps(PLATFORMS[platform])))
    assert (samples.outputs, samples.prompts) == (["A fig."], ["Name a fruit."])
    assert samples.models == ["menu-7b"]
    assert samples.table["score"].to_pylist() == [0.5 if platform == "Braintrust" else None]


def test_an_old_excel_workbook_is_told_by_its_bytes_and_the_way_out_is_said(write):
    with pytest.raises(BadInput, match=r"an old Excel workbook.*save it as .xlsx"):
        read(write("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))
