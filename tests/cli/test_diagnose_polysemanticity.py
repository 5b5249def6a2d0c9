"""``fullmenu diagnose polysemanticity``: arrays in, a finding out."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from fullmenu.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*args):
        given = ["fullmenu", "diagnose", "polysemanticity", *map(str, args)]
        monkeypatch.setattr(sys, "argv", given)
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=out, err=err)

    return run


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    y = rng.random((300, 4)) < 0.3
    return (y @ rng.normal(size=(4, 3)) + 0.1 * rng.normal(size=(300, 3))), y


def test_npz(run, arrays, tmp_path):
    path, page = tmp_path / "layer.npz", tmp_path / "units.html"
    names = np.array(["river", "<b>bold</b>", "code", "French"])
    np.savez(path, activations=arrays[0], concepts=arrays[1], names=names)
    found = run(path, "--html", page)
    assert found.code == 0, found.err
    assert "PRESENT" in found.out
    assert "river" in found.out
    assert "<b>bold</b>" not in page.read_text("utf-8")
    body = json.loads(run(path, "--json").out)
    assert (body["verdict"], body["items"]) == ("present", 300)
    assert json.loads(run(path, "--json", "--least", "3.9").out)["verdict"] != "present"


def test_two_npy(run, arrays, tmp_path):
    for name, array in zip(("x.npy", "y.npy"), arrays, strict=True):
        np.save(tmp_path / name, array)
    found = run(tmp_path / "x.npy", "--concepts", tmp_path / "y.npy", "--json")
    assert json.loads(found.out)["verdict"] == "present"
    assert "--concepts" in run(tmp_path / "x.npy").err


def test_errors_are_one_line(run, arrays, tmp_path):
    np.savez(tmp_path / "half.npz", activations=arrays[0])
    np.savez(tmp_path / "odd.npz", activations=arrays[0], concepts=arrays[1] * 2)
    np.savez(tmp_path / "pickled.npz", activations=np.array([{}], object), concepts=arrays[1])
    (tmp_path / "text.npz").write_text("hello")
    for name, says in (
        ("half.npz", "no array 'concepts'"),
        ("odd.npz", "0 or 1"),
        ("pickled.npz", "cannot read 'activations'"),
        ("text.npz", "cannot read"),
        ("none.npz", "cannot read"),
    ):
        found = run(tmp_path / name)
        assert found.code == 1
        assert says in found.err
        assert found.err.count("\n") == 1, found.err
