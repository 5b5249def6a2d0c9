"""``fullmenu diagnose lottery-ticket``: from a table, and from the user's own file."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

from fullmenu.cli import main

NETWORK = """
import torch

def make_model():
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))

def data(seed, n):
    x = torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))
    return x, (x[:, 0] * x[:, 1] > 0).long()

def train(model, seed, steps=30):
    x, y = data(seed, 64)
    adam = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        adam.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        adam.step()

def evaluate(model):
    x, y = data(99, 200)
    return (model(x).argmax(1) == y).float().mean().item()

network = (make_model, train, evaluate)
nothing = 3
"""


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*args):
        given = ["fullmenu", "diagnose", "lottery-ticket", *map(str, args)]
        monkeypatch.setattr(sys, "argv", given)
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=out, err=err)

    return run


@pytest.fixture
def table(tmp_path):
    """Tickets about 0.04 above their controls, and 0.01 below dense."""
    path = tmp_path / "accuracies.csv"
    lines = ["density,arm,seed,accuracy,early"]
    for seed, level in enumerate((0.95, 0.953, 0.948, 0.951)):
        lines.append(f"1,dense,{seed},{level},0.9")
        lines.append(f"0.1,ticket,{seed},{level - 0.01 - seed / 1000},0.9")
        lines.append(f"0.1,reinitialised,{seed},{level - 0.05},0.{6 + seed % 2}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_table_is_judged(run, table, tmp_path):
    page = tmp_path / "tickets.html"
    found = run(table, "--html", page)
    assert found.code == 0
    assert "PRESENT" in found.out
    assert "learning speed" in found.out
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_json_is_the_finding(run, table, valid):
    body = json.loads(run(table, "--json").out)
    assert body["kind"] == "structure"
    assert body["verdict"] == "present"
    assert body["seeds"] == 4
    assert body["gap"]["value"] == pytest.approx(0.0385)


def test_margins_are_taken(run, table):
    matched = run(table, "--tolerance", "0.05", "--json").out
    assert "sparsest matching density" in json.loads(matched)["evidence"]
    assert "sparsest matching density" not in json.loads(run(table, "--json").out)["evidence"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("density,arm,seed\n0.1,ticket,0\n", "no column accuracy"),
        ("density,arm,seed,accuracy\n0.1,tickets,0,0.9\n", "did you mean 'ticket'"),
        ("density,arm,seed,accuracy\n0.1,ticket,,0.9\n", "without numbers"),
        ("density,arm,seed,accuracy\n0.1,ticket,0,0.9\n", "no density has a ticket"),
        ("density,arm,seed,accuracy\n7,ticket,0,0.9\n", "density=7"),
    ],
)
def test_errors_are_one_line(run, tmp_path, text, says):
    path = tmp_path / "odd.csv"
    path.write_text(text)
    found = run(path)
    assert found.code == 1
    assert says in found.err
    assert found.err.count("\n") == 1


def test_a_file_is_trained(run, tmp_path, require):
    require("torch")
    path = tmp_path / "train.py"
    path.write_text(NETWORK)
    found = run(f"{path}:network", "--seeds", "2", "--densities", "0.5", "--early", "5", "--json")
    assert found.code == 0, found.err
    body = json.loads(found.out)
    assert body["subject"] == "network"
    assert "error barrier, other initial weights" in body["evidence"]
    assert run(f"{path}:nothing").err.count("\n") == 1
    assert "did you mean 'network'" in run(f"{path}:netwrk").err
    assert "there is no" in run(f"{tmp_path / 'none.py'}:network").err
