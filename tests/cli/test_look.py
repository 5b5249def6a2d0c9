"""``fullmenu look``: what was understood, before anything is measured."""

from __future__ import annotations

import json

import pytest

from fullmenu.report.look.document import LookDocument
from fullmenu.report.schema import text as schema


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path):
    rows = [
        {
            "question": f"Guest {n % 8}?", "reply": f"dish {n} \x1b[31mred", "model": "m",
            "timestamp": f"2026-05-0{1 + n % 9}T00:00:00Z", "score": n / 10, "tenant": "a",
        }
        for n in range(24)
    ]  # fmt: skip
    return write(tmp_path / "log.jsonl", [*rows, {"question": "None?", "reply": None}])


def test_what_was_understood(shell, log):
    shown = shell("look", str(log))
    assert shown.returncode == 0
    assert all(len(line.rstrip()) <= 80 for line in shown.stdout.splitlines())
    assert "\x1b" not in shown.stdout
    for said in (
        "24 outputs of 8 prompts", "log.jsonl: table, in JSONL", "output is the column reply",
        "kept for --by: tenant", "null outputs (1)", "2026-05-01", "Guest 4?", "Yes: 8 of 8",
    ):  # fmt: skip
        assert said in shown.stdout, said


def test_as_a_document(require, shell, log):
    document = json.loads(shell("look", str(log), "--json").stdout)
    jsonschema = require("jsonschema")
    jsonschema.validate(document, json.loads(schema(LookDocument)))
    assert document["files"][0]["fields"]["prompt"] == "question"
    assert [use["enough"] for use in document["uses"]] == [True, True, True]
    assert {held["name"] for held in document["held"]} == {"time", "score", "model"}
    assert len(document["examples"]) == 3


def test_a_log_that_is_enough_for_little(shell, tmp_path):
    path = write(tmp_path / "one.jsonl", [{"prompt": f"p{n}", "output": "x"} for n in range(3)])
    document = json.loads(shell("look", str(path), "--json").stdout)
    assert [use["enough"] for use in document["uses"]] == [False, False, False]
    assert "6" in document["uses"][1]["why"]


def test_the_pipe_may_fail_a_check(shell, tmp_path):
    said = "I would braise kiwi {}, then steam pear with guava and serve it cold to all guests."
    rows = [{"prompt": f"p{n % 9}", "output": said.format(n % 9)} for n in range(45)]
    path = write(tmp_path / "cached.jsonl", rows)

    def code(*args):
        return shell(*map(str, args), "--views", "phrasing", "-q").returncode

    assert code("check", path, "--fail-on", "pipe") == 4
    assert code("check", path) == 0
    assert code("compare", path, path, "--fail-on", "collapsed,pipe") == 4
    assert code("compare", path, path, "--fail-on", "collapsed") == 0
    looked = json.loads(shell("look", str(path), "--json").stdout)
    assert (looked["pipe"][0]["name"], looked["uses"][0]["enough"]) == ("identical outputs", False)
