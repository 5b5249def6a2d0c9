"""``fullmenu data``: records in, records out, nothing lost."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from fullmenu.cli import main
from fullmenu.cli.data import app


@pytest.fixture
def run(monkeypatch, capsys):
    """Run ``fullmenu data`` in this process; return its exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*args, stdin=""):
        monkeypatch.setattr(sys, "argv", ["fullmenu", "data", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=out, err=err)

    return run


def records(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def log(tmp_path, menu):
    """Ten records with fields that Fullmenu does not know, two prompts."""
    dishes = [0, 0, 1, 0, 2, 0, 0, 0, 1, 1]
    rows = [
        {"prompt": f"Guest {i // 5}", "response": menu[d], "score": i / 10, "tags": [{"ä": i}]}
        for i, d in enumerate(dishes)
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    return SimpleNamespace(path=path, rows=rows, dishes=dishes)


def test_rebalance_adds_a_weight_and_changes_nothing_else(run, log):
    found = run("rebalance", log.path)
    assert found.code == 0
    written = records(found.out)
    weights = [r.pop("weight") for r in written]
    assert written == log.rows
    totals = np.bincount(log.dishes, weights)
    assert totals == pytest.approx([10 / 3] * 3, abs=1e-4)
    assert "Weighed 10 outputs" in found.err
    assert all(len(line) <= 80 for line in found.err.splitlines()[1:])


def test_a_given_field_names_the_dish_and_another_takes_the_weight(run, log):
    written = records(run("rebalance", log.path, "--label", "prompt", "--field", "w", "-q").out)
    assert [r["w"] for r in written] == [1.0] * 10


def test_deduplicate_keeps_records_as_they_were_and_writes_the_others(run, log, tmp_path):
    gone, kept = tmp_path / "gone.jsonl", tmp_path / "kept.jsonl"
    args = ("deduplicate", log.path, "--outputs-only", "--dropped", gone, "--out", kept)
    refused = run(*args)
    assert refused.code == 1 and not kept.exists() and not gone.exists()
    assert "7 of 10 records over 2 prompts would be left out, 3 kept" in " ".join(
        refused.err.split()
    )
    found = run(*args, "--yes")
    assert found.code == 0
    assert records(kept.read_text("utf-8")) == [log.rows[i] for i in (0, 2, 4)]
    assert records(gone.read_text("utf-8")) == [log.rows[i] for i in (1, 3, 5, 6, 7, 8, 9)]
    assert "Kept 3 of 10 outputs, left out 7" in found.out
    assert "5 × Roast salmon" in found.out


def test_the_summary_as_json(run, log, tmp_path):
    found = run("deduplicate", log.path, "--json", "--by-prompt", "-q")
    summary = json.loads(found.err)
    assert summary["schema"] == "fullmenu/data/1"
    assert (summary["before"]["outputs"], summary["after"]["outputs"]) == (10, 5)
    assert [d["repeats"] for d in summary["dropped"]] == [0, 0, 5, 5, 8]
    assert 0 <= summary["before"]["repeat_rate"]["low"] <= 1
    assert summary["before"]["effective_number"]["value"] > 1
    out = run("select", log.path, "--k", "2", "--json", "-q", "--out", tmp_path / "x.jsonl")
    assert json.loads(out.out)["chosen"] == [0, 4]
    assert out.err == ""


def test_select_by_prompt_with_quality(run, log):
    found = run("select", log.path, "--k", "1", "--by-prompt", "--quality", "-q")
    assert records(found.out) == [log.rows[4], log.rows[9]]
    assert "Chose 2 of 10 outputs" in found.err  # quiet: no progress and no notes
    share = records(run("select", log.path, "--share", "0.3", "--method", "dpp", "-q").out)
    assert len({r["response"] for r in share}) == len(share) == 3


def test_from_stdin_to_stdout(run, log):
    text = log.path.read_text("utf-8")
    found = run("select", "-", "--k", "10", stdin=text)
    assert records(found.out) == log.rows


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "prompt,response,n\nA,fig,1\nA,fig,2\n",
         [{"prompt": "A", "response": "fig", "n": "1"}]),
        ("a.txt", "fig\nfig\n", [{"output": "fig"}]),
        ("a.jsonl", '{"prompt": "A", "response": ["fig", "fig"], "score": [1, 2], "tag": 7}',
         [{"prompt": "A", "response": "fig", "score": 1, "tag": 7}]),
        ("a.jsonl", '{"prompt": "A", "resp_0": "fig", "resp_1": "fig", "tag": 7}',
         [{"prompt": "A", "output": "fig", "tag": 7}]),
        ("a.jsonl", '{"prompt": "A", "response": "fig \\ud800", "x": NaN}\n'
         '{"prompt": "A", "response": "fig \\ud800", "x": 1}',
         None),
    ],
)  # fmt: skip
def test_any_log_gives_lines_that_can_be_read_again(run, tmp_path, name, text, expected):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = run("deduplicate", path)
    assert found.code == 0
    if expected is not None:
        assert records(found.out) == expected
    again = tmp_path / "again.jsonl"
    again.write_text(found.out, encoding="utf-8")
    assert run("select", again, "--k", "1", "-q").out == found.out


def test_chat_completions_are_split_by_choice(run, tmp_path):
    choices = [{"index": i, "message": {"role": "assistant", "content": "fig"}} for i in (0, 1)]
    record = {"id": "x", "object": "chat.completion", "model": "m", "choices": choices}
    path = tmp_path / "chat.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert records(run("deduplicate", path).out) == [{**record, "choices": choices[:1]}]


def test_pictures_are_named_by_their_place(run, folder, draw):
    place = folder("pictures", {"cat": draw(3, kinds=[1]), "dog": draw(2, kinds=[2])})
    written = records(run("rebalance", place).out)
    assert [r["prompt"] for r in written] == ["cat"] * 3 + ["dog"] * 2
    assert written[0]["output"].endswith("0000.png")
    assert [r["weight"] for r in written] == pytest.approx([5 / 6] * 3 + [1.25] * 2, abs=1e-5)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["rebalance", "LOG", "--field", "tags"], "not overwritten"),
        (["rebalance", "LOG", "--label", "nope"], "no field 'nope'"),
        (["rebalance", "LOG", "--power", "2"], "power=2"),
        (["deduplicate", "LOG", "--threshold", "0"], "threshold=0"),
        (["deduplicate", "LOG", "--threshold", "1", "--target", "0.1"], "one of the two"),
        (["select", "LOG", "--k", "11"], "k=11 of 10"),
        (["select", "LOG", "--k", "1", "--method", "mrr"], "did you mean 'mmr'"),
        (["select", "LOG", "--k", "1", "--view", "image"], "looks at images"),
        (["select", "LOG", "--k", "1", "--out", "LOG"], "being read"),
        (["deduplicate", "LOG", "--dropped", "LOG"], "being read"),
        (["select", "LOG", "--k", "1", "--out", "nowhere/x.jsonl"], "no folder"),
        (["select", "absent.jsonl", "--k", "1"], "absent.jsonl"),
    ],
)
def test_every_mistake_is_one_line_and_nothing_is_written(run, log, args, says):
    before = log.path.read_bytes()
    found = run(*[log.path if a == "LOG" else a for a in args], "-q")
    assert found.code == 1
    assert found.out == ""
    assert found.err.startswith("fullmenu: ")
    assert found.err.count("\n") == 1
    assert says in found.err
    assert log.path.read_bytes() == before


@pytest.mark.parametrize("name", ["rebalance", "deduplicate", "select"])
def test_every_command_explains_itself(run, name):
    found = run(name, "--help")
    assert f"fullmenu data {name}" in found.out.partition("Examples")[2]
    assert app.info.help


def test_one_of_k_and_share(run, log):
    assert run("select", log.path).code == 2
