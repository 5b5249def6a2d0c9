"""``fullmenu diagnose double-descent``."""

import json

import numpy as np


def table(path, axis="size"):
    rng = np.random.default_rng(0)
    rows = [f"{axis},seed,train_loss,test_error"]
    for seed in range(4):
        for size, error in ((10, 0.4), (100, 0.2), (300, 0.8), (1000, 0.15)):
            loss = 0.1 * max(1 - size / 300, 0)
            rows.append(f"{size},{seed},{loss},{error + rng.normal(0, 0.01)}")
    path.write_text("\n".join(rows) + "\n")
    return str(path)


def test_a_sweep(shell, tmp_path):
    log = table(tmp_path / "sweep.csv")
    run = shell("diagnose", "double-descent", log, "--here", "300")
    assert run.returncode == 0, run.stderr
    assert "WARNING" in run.stdout
    assert "size 300, at the peak, is" in " ".join(run.stdout.split())
    found = json.loads(shell("diagnose", "double-descent", log, "--here", "1000", "--json").stdout)
    assert found["verdict"] == "ok"
    assert found["evidence"]["threshold"]["value"] == 300


def test_errors_are_one_line(shell, tmp_path):
    for axis, args, said in (
        ("width", [], "no column size or epoch or n"),
        ("size", ["--here", "5"], "lies outside the log"),
        ("size", ["--html", str(tmp_path / "no" / "x.html")], "there is no folder"),
    ):
        run = shell("diagnose", "double-descent", table(tmp_path / "log.csv", axis), *args)
        assert run.returncode == 1
        assert said in run.stderr
        assert "Traceback" not in run.stderr
