"""``fullmenu stress``: write, read, ask."""

from __future__ import annotations

import json

import pytest

from fullmenu.sampling import sample

WORDS = ["amber", "bench", "cedar", "delta", "ember", "fable", "grove", "haven", "inlet", "jewel"]


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.jsonl"
    rows = [{"id": f"q{k}", "prompt": f"Name Dish number {k}, please."} for k in range(10)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def answered(path, broken):
    from random import Random

    draw = Random(1)

    def model(prompt):
        text = prompt if isinstance(prompt, str) else str(prompt)
        return "" if broken(text) else f"A dish of {' '.join(draw.sample(WORDS, 5))}."

    out = path.with_name("samples.jsonl")
    sample(path, model, 6, path=out)
    return out


def test_write_then_read(shell, prompts, tmp_path):
    shifted = tmp_path / "shifted.jsonl"
    told = shell("stress", str(prompts), "--write", str(shifted))
    assert told.returncode == 0, told.stderr
    assert "of 10 prompts" in told.stdout
    out = answered(shifted, lambda text: text.startswith('{"request"'))
    page = tmp_path / "stress.html"
    told = shell("stress", "read", str(out), "--html", str(page))
    assert told.returncode == 3, told.stderr
    assert "json_object  " in told.stdout
    assert "empty" in told.stdout
    assert page.read_text().startswith("<!DOCTYPE html>")
    document = json.loads(shell("stress", "read", str(out), "--json", "--fail-on", "none").stdout)
    assert document["schema"] == "fullmenu/stress/1"
    assert document["shifts"][0]["name"] == "json_object"


def test_read_of_a_log_without_columns(shell, prompts, tmp_path):
    shifted = tmp_path / "shifted.jsonl"
    shell("stress", str(prompts), "--write", str(shifted), "--shifts", "casing,role")
    out = answered(shifted, lambda text: False)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    bare = tmp_path / "bare.jsonl"
    bare.write_text(
        "".join(json.dumps({k: r[k] for k in ("prompt", "output")}) + "\n" for r in rows)
    )
    refused = shell("stress", "read", str(bare))
    assert refused.returncode == 1
    assert "--prompts FILE" in refused.stderr
    told = shell("stress", "read", str(bare), "--prompts", str(shifted), "--matches", "dish")
    assert told.returncode == 0, told.stderr
    assert "casing" in told.stdout


def test_usage(shell, prompts):
    assert shell("stress", "--list").stdout.count("Kept:") == 15
    assert shell("stress").returncode == 2
    assert shell("stress", str(prompts)).returncode == 2
    told = shell("stress", str(prompts), "--write", str(prompts))
    assert told.returncode == 1
    told = shell("stress", "read", str(prompts), "--matches", "a", "--scorer", "b.py:c")
    assert told.returncode == 2
    assert "fullmenu stress read" in shell("stress", "--help").stdout
    assert shell("stress", "read", "--help").returncode == 0


def test_asks_a_live_model(shell, prompts, tmp_path, require):
    require("openai")
    from tests.sampling.conftest import Running

    server = Running({"log": str(tmp_path / "log"), "refuse": '{"request'})
    try:
        told = shell(
            "stress", str(prompts), "--endpoint", server.url, "--model", "toy-model", "-n", "4",
            "-o", str(tmp_path / "s.jsonl"), "--shifts", "json_object,no_template,casing", "--json",
        )  # fmt: skip
    finally:
        server.stop()
    assert told.returncode == 3, told.stderr
    document = json.loads(told.stdout[told.stdout.index('{\n  "schema"') :])
    shifts = {shift["name"]: shift for shift in document["shifts"]}
    assert set(shifts) == {"json_object", "casing", "no_template"}
    assert shifts["json_object"]["broken"] == ["missing"]
    assert shifts["casing"]["outputs"] == 40
    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text().splitlines()]
    assert {(row["shift"], row["template"]) for row in rows} == {
        ("inside", "chat"), ("casing", "chat"), ("no_template", "none"),
    }  # fmt: skip
