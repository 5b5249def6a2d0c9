"""``fullmenu review`` without its page: results, files, kernels."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from fullmenu.cli.app import app
from fullmenu.review.labels import read_labels

DISHES = ("salmon with dill", "lentil soup", "beef stew", "cold noodles")


@pytest.fixture
def at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = [
        {"prompt": f"Day {p}?", "output": f"Try {DISHES[rng.integers(4)]}, at {rng.integers(9)}."}
        for p in range(50) for _ in range(5)
    ]  # fmt: skip
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def run(*arguments, code=0):
    found = CliRunner().invoke(app, ["review", "log.jsonl", *arguments])
    assert found.exit_code == code, (found.output, found.exception)
    return found.output


def answered(at, share=1.0):
    """Tasks for Label Studio, and its export with three people's answers."""
    run("--tasks", "tasks.json")
    tasks = json.loads((at / "tasks.json").read_text())
    assert len(tasks) == 300
    export = []
    for k, task in enumerate(tasks):
        a, b = (task["data"][f"text{i}"] for i in (1, 2))
        said = "Same" if a[4:8] == b[4:8] else "Different"
        export.append({
            **task, "id": k,
            "annotations": [{"completed_by": k % 3, "created_at": f"2026-05-12T08:{k % 60:02}:00Z",
                             "result": [{"type": "choices", "value": {"choices": [said]}}]}],
        })  # fmt: skip
    (at / "export.json").write_text(json.dumps(export[: int(share * len(export))]))


def test_tasks_go_out_and_answers_come_in(at):
    answered(at)
    assert "300 of 300 answers taken in" in run("--take", "export.json")
    assert "0 of 300" in run("--take", "export.json")
    text = run("--result")
    assert "300 answers of 3 raters" in text and "this log, for people" in text
    run("--export", "out.csv")
    assert len(read_labels(at / "out.csv")) == 300
    assert "300 answers in log.jsonl.answers.jsonl are to other questions" in run(
        "--seed", "1", "--result"
    )


def test_a_kernel_is_made_and_taken(at):
    answered(at)
    run("--take", "export.json")
    text = run("--calibrate", "ours")
    assert "squared error on prompts held out" in text and (at / "ours.kernel.json").exists()
    found = CliRunner().invoke(app, ["check", "log.jsonl", "--kernel", "ours", "--json"])
    assert found.exit_code == 0
    assert "calibrated by people's answers: ours" in found.output
    both = CliRunner().invoke(app, ["check", "log.jsonl", "--kernel", "ours", "--semantic", "x"])
    assert both.exit_code == 1 and "give one" in str(both.exception or both.output)


def test_too_few_answers_make_no_kernel(at):
    answered(at, 0.1)
    run("--take", "export.json")
    found = CliRunner().invoke(app, ["review", "log.jsonl", "--calibrate", "ours"])
    assert found.exit_code == 1 and not (at / "ours.kernel.json").exists()


def test_usage(at):
    assert "use one of same" in run("--ask", "worse", code=2)
    found = CliRunner().invoke(app, ["review", "-", "--result"], input="")
    assert found.exit_code == 2


def test_what_stands_behind_a_document(at):
    (at / "alarm.json").write_text(json.dumps({"alarms": [{"prompts": ["Day 3?", "Day 4?"]}]}))
    run("--behind", "alarm.json", "--tasks", "tasks.json", "-n", "80")
    tasks = json.loads((at / "tasks.json").read_text())
    assert {x["data"]["prompt"] for x in tasks[3::4]} == {"Day 3?", "Day 4?"}
    (at / "none.json").write_text('{"prompts": ["Day 99?"]}')
    found = CliRunner().invoke(app, ["review", "log.jsonl", "--behind", "none.json", "--result"])
    assert "names no prompt or output of this log" in str(found.exception)
    (at / "text.json").write_text("Day 3?")
    assert "--json" in run("--behind", "text.json", "--result", code=2)


def test_looks_in_lines(at):
    run("--ask", "look", "--tasks", "looks.json", "-n", "8")
    tasks = json.loads((at / "looks.json").read_text())
    rows = [
        {"question": x["data"]["question"], "kind": "look", "rater": "ann", "answer": "seen",
         "time": "2026-05-12T08:00:00Z", "groups": "1 1 2 3 3", "prompt_id": x["data"]["prompt_id"]}
        for x in tasks
    ]  # fmt: skip
    rows[0] |= {"answer": "wrong", "groups": ""}
    (at / "looks.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run("--ask", "look", "--take", "looks.jsonl", "-n", "8")
    told = run("--ask", "look", "--result", "-n", "8")
    assert "7 answers of 1 raters" in told and "1 answers say that the question is wrong" in told
    assert "0.20, 3 groups (1 looks)" in told and "this log, for these raters: 0.2 [" in told
