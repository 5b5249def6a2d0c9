"""``fullmenu cure``, against a real server and on logs."""

from __future__ import annotations

import json
import re
import sys
from types import SimpleNamespace

import pytest
from tests.cure.stories import drawn, stories
from tests.sampling.conftest import ask, serve

from fullmenu.cli import main

__all__ = ["ask", "serve"]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run ``fullmenu cure`` in this process; return its exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["fullmenu", "cure", *map(str, args)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=out, err=err)

    return run


@pytest.fixture
def logs(tmp_path):
    menus = stories(0, 24)
    for name, top in (("plain", 0.6), ("cured", 0.08)):
        log = drawn(1, menus, 8, top)
        rows = zip(log.prompts, log.outputs, strict=True)
        lines = [json.dumps({"prompt": p, "output": o, "score": len(o)}) for p, o in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    return [tmp_path / "plain.jsonl", tmp_path / "cured.jsonl"]


def test_logs_that_were_sampled_before(run, logs, tmp_path):
    page = tmp_path / "cures.html"
    found = run("--logs", *logs, "--scorer", "score", "--matches", "The (old|tall)", "--html", page)
    assert found.code == 0
    assert re.search(r"Use cured: [\d.]+ \[[\d., ]+\] times as many", found.out)
    assert len(found.out.splitlines()) <= 26
    assert "<svg" in page.read_text("utf-8")
    document = json.loads(run("--logs", *logs, "--json", "-q").out)
    assert document["schema"] == "fullmenu/cures/1"
    assert document["recommended"] == "cured"
    assert len(document["provenance"]["files"]) == 2
    whole = run("--logs", *logs, "--matches", "old", "--verbose").out
    assert "pass@5" in whole


def test_checkers(run, logs, tmp_path):
    schema, code = tmp_path / "text.json", tmp_path / "checks.py"
    schema.write_text('{"type": "string"}')
    code.write_text("def right(output):\n    return 'old' in output\n")
    for given in (["--schema", schema], ["--checker", f"{code}:right"]):
        document = json.loads(run("--logs", *logs, "--json", "-q", *given).out)
        assert 0 <= document["arms"][0]["valid"]["value"] < 1
    wrong = run("--logs", *logs, "--matches", "(")
    assert (wrong.code, "no regular expression" in wrong.err) == (1, True)
    schema.write_text("[")
    assert "no JSON Schema" in run("--logs", *logs, "--schema", schema).err
    assert run("--logs", *logs, "--schema", schema, "--matches", "a").code == 2
    assert run("--logs", logs[0]).code == 2


@pytest.mark.usefixtures("ask")
def test_arms_are_asked_and_go_on_where_they_were(run, serve, tmp_path):
    server = serve(words=14, sure=12.0, ignores=["min_p"])
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("".join(f"Say something about day {i}.\n" for i in range(20)))
    command = [
        prompts, "--endpoint", server.url, "--model", "toy-model", "-n", 6, "-o", tmp_path / "out",
        "--arms", "plain,temperature=3,random_string,verbalized=2,min_p=0.1", "--json",
    ]  # fmt: skip
    stopped = run(*command, "--budget", "1 requests")
    assert stopped.code == 1
    found = run(*command)
    assert found.code == 0, found.err
    document = json.loads(found.out)
    arms = {arm["log"]["label"]: arm for arm in document["arms"]}
    assert [*arms] == ["plain", "temperature=3", "random_string", "min_p=0.1"]
    assert "verbalized=2 is left out" in document["reason"][-1]
    assert "60 of 60 replies" in document["reason"][-1]
    assert "min_p" in stopped.err
    assert arms["temperature=3"]["ratio"]["low"] > 1
    assert arms["plain"]["cost"]["tokens"] > 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir())[0] == "min_p-0.1.jsonl"


@pytest.mark.usefixtures("ask")
def test_what_is_missing_is_named(run, tmp_path):
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("A?\n")
    assert "--output" in run(prompts, "--model", "m").err
    assert (
        "two or more" in run(prompts, "--model", "m", "-o", tmp_path / "o", "--arms", "plain").err
    )
