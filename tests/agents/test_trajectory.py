"""Trajectories from the shapes that logs have."""

from __future__ import annotations

import json

import pytest

import fullmenu as fm
from fullmenu.agents import Step, Trajectory, paths, trajectories
from fullmenu.errors import NotEnoughData
from fullmenu.samples import Record, Samples

OPENAI = [
    {"role": "user", "content": "Book a table."},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "a", "function": {"name": "look", "arguments": '{"b": 1, "a": 2}'}},
        {"id": "b", "type": "function", "function": {"name": "ask", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "b", "content": "second"},
    {"role": "tool", "tool_call_id": "a", "content": "first"},
    {"role": "assistant", "content": "Done."},
]  # fmt: skip
ANTHROPIC = [
    {"role": "user", "content": "Book a table."},
    {"role": "assistant", "content": [
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"b": 1, "a": 2}}]},
    {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t1", "content": "free at eight"}]},
    {"role": "assistant", "content": "Done."},
]  # fmt: skip


def test_openai_and_anthropic():
    (run,) = trajectories([OPENAI])
    assert run.task == "Book a table."
    assert run.steps == (Step("look", '{"a": 2, "b": 1}', "first"), Step("ask", "{}", "second"))
    (run,) = trajectories([{"task_id": 3, "trial": 1, "reward": 1.0, "messages": ANTHROPIC}])
    assert (run.task, run.run, run.score) == ("3", "1", 1.0)
    assert run.steps == (Step("look", '{"a": 2, "b": 1}', "free at eight"),)


def test_files_and_samples(tmp_path):
    path = tmp_path / "runs.jsonl"
    rows = [{"task_id": f"t{k % 3}", "messages": OPENAI, "score": k % 2} for k in range(6)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    runs = trajectories(path)
    assert [len(run.steps) for run in runs] == [2] * 6
    calls = [{"name": "look", "arguments": "{}"}]
    samples = Samples.from_records([Record("a", "p", "p", calls=calls), Record("b", "p", "p")])
    assert [len(run.steps) for run in trajectories(samples)] == [1, 0]
    with pytest.raises(NotEnoughData, match="no tool call"):
        trajectories(Samples.of({"a": ["b"]}))


def test_the_effective_number_of_paths():
    ways = [("look", "book"), ("ask", "book"), ("look", "ask", "book"), ("call",)]
    runs = [
        Trajectory(f"t{t}", str(k), tuple(Step(tool, "{}") for tool in ways[k % 4]), float(k % 2))
        for t in range(20)
        for k in range(8)
    ]
    all_ways = fm.check(paths(runs), views=["exact"]).document["views"]["exact"]["within"]
    # four ways, twice each: U = 4 · 2 · 1 / (8 · 7)
    assert all_ways["repeat_rate"]["value"] == pytest.approx(1 / 7)
    good = fm.check(paths(r for r in runs if r.score), views=["exact"])
    within = good.document["views"]["exact"]["within"]
    assert within["repeat_rate"]["value"] == pytest.approx(1 / 3)


def test_the_command(shell, tmp_path, valid):
    path = tmp_path / "runs.jsonl"
    again = {"id": "a", "function": {"name": "look", "arguments": "{}"}}
    loop = [
        {"role": "user", "content": "Book."},
        *[turn for _ in range(6) for turn in (
            {"role": "assistant", "tool_calls": [again]},
            {"role": "tool", "tool_call_id": "a", "content": "no table"})],
    ]  # fmt: skip
    rows = [
        {"task_id": f"t{k % 8}", "trial": k, "reward": float(k % 3 > 0), "messages": messages}
        for k in range(40)
        for messages in [loop if k % 10 == 0 else OPENAI if k % 2 else ANTHROPIC]
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = shell("agents", str(path))
    assert told.returncode == 0, told.stderr
    assert "10 %" in told.stdout
    assert "same call" in told.stdout
    document = json.loads(shell("agents", str(path), "--json").stdout)
    valid(document)
    assert len(document["loops"]) == 4
    assert document["loops"][0]["calls"] == 6
    assert document["successes"] == 26
    assert document["paths"]["value"] > 1
