"""``check`` and ``compare`` on folders and arrays of pictures, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Shell = Callable[..., Any]


def test_a_folder(shell: Shell, folder: Callable[..., Path], draw: Any, tmp_path: Path) -> None:
    many = {f"scene {i}": draw(8, seed=i) for i in range(8)}
    few = {f"scene {i}": draw(8, kinds=[1], seed=i) for i in range(8)}
    before, after = folder("before", many), folder("after", few)
    run = shell("compare", str(before), str(after), "--html", str(tmp_path / "r.html"))
    assert run.returncode == 3, run.stderr
    assert "VARIETY COLLAPSED" in run.stdout and "before → after" in run.stdout
    assert "read 64 pictures of 8 prompts from 64 PNG files" in run.stderr
    assert max(map(len, run.stdout.splitlines())) <= 80 + len(str(tmp_path))
    assert "data:image/png" in (tmp_path / "r.html").read_text(encoding="utf-8")
    run = shell("check", str(before), "--json", "-q")
    assert run.returncode == 0 and not run.stderr
    assert list(json.loads(run.stdout)["views"]) == ["image"]


def test_an_array(shell: Shell, draw: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", draw(40))
    run = shell("check", str(tmp_path / "x.npy"))
    assert run.returncode == 0, run.stderr
    assert "Seen by image" in run.stdout or "seen by image" in run.stdout
    assert run.stdout.startswith("Fullmenu: x (40 outputs of 1 prompt)")
    assert "channels last, bytes" in run.stderr


def test_what_fits_texts_only(shell: Shell, draw: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", draw(8))
    for option, said in ((("--views", "phrasing"), "looks at texts"),
                         (("--semantic", "m"), "--semantic embeds texts")):  # fmt: skip
        run = shell("check", str(tmp_path / "x.npy"), *option)
        assert run.returncode == 1 and said in run.stderr, run.stderr
        assert "Traceback" not in run.stderr
