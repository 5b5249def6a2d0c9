"""``fullmenu check`` and ``compare`` with --engine: large logs, part by part."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fullmenu.cli.in_parts import size_of
from fullmenu.errors import BadInput


def write(path, dishes):
    rng = np.random.default_rng(dishes)
    rows = [
        {"prompt": f"Dinner {p}?", "output": f"dish {rng.integers(dishes)} with rice and greens"}
        for p in range(30)
        for _ in range(8)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def before(tmp_path):
    return write(tmp_path / "before.jsonl", 40)


@pytest.fixture
def after(tmp_path):
    return write(tmp_path / "after.jsonl", 2)


@pytest.mark.parametrize("engine", ["local", "pool"])
def test_a_log_is_checked_as_in_memory(shell, before, engine):
    whole, parts = shell("check", before), shell("check", before, "--engine", engine)
    assert parts.returncode == 0 and parts.stdout == whole.stdout
    assert parts.stderr == whole.stderr


def test_two_logs_are_compared_as_in_memory(shell, before, after):
    whole = shell("compare", before, after)
    parts = shell("compare", before, after, "--engine", "local", "--memory", "1.5 GiB")
    assert (parts.returncode, parts.stdout) == (3, whole.stdout) == (whole.returncode, parts.stdout)


def test_a_run_is_kept_and_gone_on_with(shell, before, tmp_path):
    run = tmp_path / "run"
    first = shell("check", before, "--engine", "local", "--work", str(run), "--json")
    kept = {path: path.stat().st_mtime_ns for path in run.rglob("*.done")}
    again = shell("check", before, "--engine", "local", "--work", str(run), "--json")
    assert first.stdout == again.stdout and first.returncode == 0
    assert kept and kept == {path: path.stat().st_mtime_ns for path in run.rglob("*.done")}
    other = shell("check", before, "--engine", "local", "--work", str(run), "-v", "outline")
    assert other.returncode == 1 and "holds a run of other files" in other.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--engine", "pol"), "did you mean 'pool'?"),
        (("--engine", "pool", "--memory", "100MiB", "--workers", "2"), "they need 828 MiB"),
        (("--engine", "pool", "--memory", "much"), "'much' is no size"),
        (("--engine", "local", "--workers", "2"), "use pool"),
        (("--engine", "pool", "--workers", "0"), "workers=0"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(shell, before, given, said):
    run = shell("check", before, *given)
    assert run.returncode == 1 and said in run.stderr and len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "given", [("--semantic", "x"), ("--model", "m"), ("--since", "2026-01-01"), ("--want", "same")]
)
def test_options_that_parts_do_not_have_are_refused(shell, before, given):
    run = shell("check", before, "--engine", "local", *given)
    assert run.returncode == 2 and "not with --engine" in " ".join(run.stderr.split())


@pytest.mark.parametrize("given", [("--workers", "2"), ("--memory", "1GiB"), ("--work", "run")])
def test_what_is_of_the_engine_needs_one(shell, before, after, given):
    for run in (shell("check", before, *given), shell("compare", before, after, *given)):
        assert run.returncode == 2 and "give that too" in " ".join(run.stderr.split())


def test_a_baseline_is_compared_with_in_parts(shell, before, after):
    run = shell("check", after, "--baseline", before, "--engine", "local", "--json")
    assert run.returncode == 3 and json.loads(run.stdout)["verdict"] == "collapsed"


def test_groups_and_versions_are_followed_as_in_memory(shell, before, after, tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [
        {**json.loads(line), "model": f"m{k}"}
        for k, log in enumerate((before, after, before))
        for line in Path(log).read_text(encoding="utf-8").splitlines()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for given in (("check", str(path), "--by", "model"), ("compare", before, after, before)):
        whole, parts = shell(*given), shell(*given, "--engine", "local")
        assert (parts.returncode, parts.stdout) == (whole.returncode, whole.stdout)
    assert parts.returncode == 0 and "m2" not in parts.stdout


def test_sizes():
    assert [size_of(t) for t in ("2GiB", "1.5 gb", "10M", "77")] == [
        2 << 30, 3 << 29, 10 << 20, 77,
    ]  # fmt: skip
    with pytest.raises(BadInput, match="'0' is no size"):
        size_of("0")
