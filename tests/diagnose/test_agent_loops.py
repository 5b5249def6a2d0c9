"""Loops of agents, told from polling; the ways that runs go."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fullmenu.diagnose import Step, Trajectory, agent_loops, read_runs
from fullmenu.diagnose.trajectories.repetition import LOOPS, stretches
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.samples import Record, Samples


def kinds(*steps):
    return [stretch.kind for stretch in stretches(Trajectory("t", steps))]


def calls(name, results, arguments="{}", gap=None):
    return [
        Step(name, arguments, result, None if gap is None else 100 + i * gap)
        for i, result in enumerate(results)
    ]


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        (calls("read", ["the same page"] * 4), "same call"),
        (calls("read", [f"no such file (12:0{i}:07, 8f3a{i}c2)" for i in range(5)]), "same call"),
        (calls("read", [None] * 7), "same call"),
        ([*calls("open", ["menu"]), *calls("close", ["done"])] * 3, "cycle"),
        ([Step(n, "{}", n) for n in "abcde"] * 3 + [Step("a", "{}", "a")], "cycle"),
        ([Step("find", json.dumps({"q": f"best fig tart {w}"}), "No results for this")
          for w in ("recipe", "recipes", "how to", "at home", "easy")], "drifting arguments"),
        ([Step("item", json.dumps({"id": n}), "Error: item not found") for n in range(10)],
         "drifting arguments"),
        ([s for w in "abcde" for s in (
            Step("find", json.dumps({"q": f"one long question {w}"}), "[]"),
            Step("think", json.dumps({"note": f"try one more question {w}"}), "No data found"))],
         "drifting arguments"),
        ([*calls("job", ["error: no job"]), *calls("sleep", [""], '{"seconds": 5}')] * 7, "cycle"),
        (calls("order", ["state: pending"] * 40), "same call"),
        ([Step("find", json.dumps({"q": f"one long question {w}"}), "") for w in "abcde"],
         "drifting arguments"),
    ],
)  # fmt: skip
def test_a_loop_is_found(steps, kind):
    before = [Step("plan", '{"n": 1}', "a plan"), Step("look", '{"at": "door"}', "a door")]
    assert kinds(*before, *steps, Step("say", "{}", "bye")) == [kind]


@pytest.mark.parametrize(
    "steps",
    [
        calls("job", ["queued"] * 9 + ["done"]),
        calls("pods", ["0/1 ContainerCreating"] * 11 + ["1/1 ready"]),
        calls("inbox", ["3 letters"] * 30, gap=60.0),
        calls("job", [f"{n} of 20" for n in range(20)]),
        calls("log", ["a line"] * 20, '{"command": "sleep 5; tail log"}'),
        [*calls("job", ["active"]), *calls("wait", [None], '{"seconds": 5}')] * 30,
        calls("job_status", [None] * 30),
        calls("deployment_status", ["in progress"] * 40),
        calls("fetch", [None] * 4),
        calls("fetch", ["503"] * 3 + ["a page"]),
        [Step("page", json.dumps({"page": n}), f"items {n}") for n in range(30)],
        [Step("send", json.dumps({"to": f"guest {n} of the inn"}), "ok") for n in range(30)],
        [Step("grep", json.dumps({"in": f"{n}.py"}), "no matches") for n in range(9)],
        [s for n in range(9) for s in (Step("edit", json.dumps({"line": n}), "edited"),
                                       Step("test", "{}", f"{9 - n} failed"))],
        [Step("read", json.dumps({"at": n}), "") for n in range(30)],
    ],
)  # fmt: skip
def test_honest_repetition_is_none(steps):
    assert not set(kinds(*steps)) & set(LOOPS)


def openai(task, results, success):
    turns = [{"role": "user", "content": f"Do {task}."}]
    for n, result in enumerate(results):
        function = {"name": "look", "arguments": json.dumps({"at": task})}
        turns.append({"role": "assistant", "tool_calls": [{"id": f"c{n}", "function": function}]})
        turns.append({"role": "tool", "tool_call_id": f"c{n}", "content": result})
    return {"messages": turns, "info": {"resolved": success}}


def test_runs_are_read_from_any_shape(tmp_path):
    blocks = [
        {"role": "user", "content": "Do it."},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "a", "name": "look", "input": {"at": "it"}},
            {"type": "tool_use", "id": "b", "name": "hear", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "b",
             "content": [{"type": "text", "text": "hm"}]},
            {"type": "tool_result", "tool_use_id": "a", "content": "seen"}]},
    ]  # fmt: skip
    items = [
        {"type": "function_call", "call_id": "x", "name": "look", "arguments": '{"at": "it"}'},
        {"type": "function_call_output", "call_id": "x", "output": "seen"},
    ]
    plain = [{"tool": "look", "arguments": {"at": "it"}, "result": "seen"}]
    rows = [{"messages": blocks}, {"input": items}, {"task_id": 3, "steps": plain, "reward": 0.5}]
    file = tmp_path / "runs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    first, second, third = read_runs(file)
    assert [(s.call, s.result) for s in first.steps] == [
        (("look", '{"at": "it"}'), "seen"),
        (("hear", "{}"), "hm"),
    ]
    assert first.task == "Do it."
    for run in (second, third):
        assert [(s.call, s.result) for s in run.steps] == [(("look", '{"at": "it"}'), "seen")]
    assert (third.task, third.success) == ("3", False)
    assert read_runs(file, success=0.5)[2].success


@pytest.mark.parametrize("whole", [True, False])
def test_model_calls_of_one_trace_are_one_run(tmp_path, whole):
    turns = openai("it", ["a", "b", "c"], True)["messages"]
    spans = [
        {"traceId": "t1", "id": f"s{n}", "startTime": f"2026-01-01T00:00:0{n}Z",
         "input": json.dumps(turns[: 2 * n + 1] if whole else turns[:1]),
         "output": json.dumps(turns[2 * n + 1])}
        for n in range(3)
    ]  # fmt: skip
    file = tmp_path / "spans.jsonl"
    file.write_text("\n".join(json.dumps(span) for span in reversed(spans)))
    (run,) = read_runs(file)
    assert [s.name for s in run.steps] == ["look"] * 3
    assert [s.result for s in run.steps] == (["a", "b", None] if whole else [None] * 3)
    assert (run.run, run.task) == ("t1", "Do it.")


def test_spans_of_opentelemetry_are_runs_by_trace(tmp_path):
    spans = [
        {"traceId": "ab" * 16, "spanId": f"{n:016x}", "name": "chat",
         "startTimeUnixNano": str(1_700_000_000_000_000_000 + n),
         "attributes": {
             "gen_ai.operation.name": "chat",
             "gen_ai.input.messages": json.dumps([{"role": "user", "content": "Do it."}]),
             "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [
                 {"type": "tool_call", "id": f"c{n}", "name": "look", "arguments": {"at": n}}]}])}}
        for n in range(3)
    ]  # fmt: skip
    file = tmp_path / "spans.jsonl"
    file.write_text("\n".join(map(json.dumps, spans)))
    (run,) = read_runs(file)
    assert [s.call for s in run.steps] == [("look", f'{{"at": {n}}}') for n in range(3)]
    assert (run.task, run.steps[0].time) == ("Do it.", 1_700_000_000)


def test_samples_hold_the_calls_of_whole_runs():
    calls = [{"name": "look", "arguments": "{}"}] * 7
    log = Samples.from_records([Record("done", "Do it.", calls=calls, score=1.0)] * 2)
    first, _ = read_runs(log)
    assert len(first.steps) == 7
    assert first.success


def test_ways_are_counted_among_runs_that_succeed():
    rng = np.random.default_rng(1)
    runs = []
    for task in range(12):
        for n in range(8):
            won = n < 4
            way = 0 if won else rng.integers(1000)
            steps = [Step(f"tool{way}{k}", json.dumps({"k": k})) for k in range(4)]
            runs.append(Trajectory(str(task), steps, won))
    found = agent_loops(runs)
    assert found.evidence["effective number of ways that succeed"].value == 1
    assert 3 < found.evidence["effective number of ways"].value < 6
    assert found.evidence["runs that succeed"].value == 0.5


def test_verdicts():
    sound = [openai(f"job {n}", [f"news {k}" for k in range(3)], True) for n in range(200)]
    assert agent_loops(sound).verdict == "ok"
    assert agent_loops(sound[:12]).verdict == "inconclusive"
    stuck = [openai(f"job {n}", ["nothing new"] * 9, False) for n in range(40)]
    found = agent_loops(sound + stuck)
    assert found.verdict == "warning"
    assert "steps 1 to 9: the same call, 9 times: look(" in found.notes[0]


def test_refusals(tmp_path):
    with pytest.raises(NotEnoughData, match="no tool call"):
        read_runs([{"messages": [{"role": "user", "content": "Hi"}]}])
    with pytest.raises(NotEnoughData, match="at least 2"):
        agent_loops([openai("it", ["a"], True)])
    with pytest.raises(BadInput, match="few=2"):
        agent_loops([openai("it", ["a"], True)] * 2, few=2)
    (tmp_path / "bad.jsonl").write_text('{"a": 1}\n{"a": \n')
    with pytest.raises(BadInput, match="line 2"):
        read_runs(tmp_path / "bad.jsonl")
