"""Folders and arrays of pictures: prompts, mixed folders, and what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fullmenu.errors import BadInput
from fullmenu.readers import read

Draw = Callable[..., Any]
Folder = Callable[..., Path]


def test_a_flat_folder_is_one_prompt(folder: Folder, draw: Draw) -> None:
    log = read(folder("a", {"": draw(3)}))
    assert log.media == "image"
    assert log.prompts == [None] * 3 and log.n_prompts == 1
    assert [Path(p).name for p in log.outputs] == ["0000.png", "0001.png", "0002.png"]
    assert log.notes == ("read 3 pictures from 3 PNG files",)


def test_sub_folders_are_prompts(folder: Folder, draw: Draw) -> None:
    log = read(folder("a", {"a cat": draw(3), "a dog": draw(2), "deep/er": draw(1)}))
    assert log.prompts == ["a cat"] * 3 + ["a dog"] * 2 + ["deep/er"]
    assert log.notes[0] == "read 6 pictures of 3 prompts from 6 PNG files"
    elsewhere = read(folder("b", {"a cat": draw(3)}))
    assert elsewhere.prompt_ids == ["a cat"]  # the same prompt wherever the folder lies


@pytest.mark.parametrize("ending", [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tiff"])
def test_every_format(folder: Folder, draw: Draw, ending: str) -> None:
    assert len(read(folder("a", {"": draw(2)}, ending))) == 2


def test_files_and_globs(folder: Folder, draw: Draw) -> None:
    at = folder("a", {"cat": draw(2), "dog": draw(2)})
    assert len(read(at / "cat" / "0000.png")) == 1
    found = read(f"{at}/*/*.png")
    assert found.prompts == ["cat", "cat", "dog", "dog"]
    assert read([at / "dog" / "0000.png", at / "dog" / "0001.png"]).prompts == [None, None]


def test_arrays(tmp_path: Path, draw: Draw) -> None:
    x = draw(4)
    np.save(tmp_path / "x.npy", x)
    log = read(tmp_path / "x.npy")
    assert log.outputs == [f"{tmp_path}/x.npy#{i}" for i in range(4)]
    assert log.notes == (
        "read 4 pictures from 1 NPY file",
        "x.npy: 4 pictures of 32 by 32 pixels, channels last, bytes",
    )
    asked = np.array(["cat", "cat", "dog", "dog"])
    np.savez(tmp_path / "y.npz", images=x, prompts=asked)
    log = read(tmp_path / "y.npz")
    assert log.prompts == asked.tolist() and "y.npz: prompts from prompts" in log.notes
    np.savez(tmp_path / "z.npz", arr_0=x, arr_1=np.array([3, 3, 5, 5]))
    assert read(tmp_path / "z.npz").prompts == ["3", "3", "5", "5"]
    np.savez(tmp_path / "w.npz", x=x, labels=np.zeros(3))
    log = read(tmp_path / "w.npz")
    assert log.n_prompts == 1 and "not one for each of the 4" in " ".join(log.notes)


def test_vectors(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.eye(5))
    log = read(tmp_path / "x.npy")
    assert log.media == "vector" and log.notes[0] == "read 5 vectors from 1 NPY file"
    np.save(tmp_path / "y.npy", np.zeros((2, 8, 8), np.uint8))
    with pytest.raises(BadInput, match=r"both vectors \(x.npy\) and images \(y.npy\)"):
        read(tmp_path)


def test_a_broken_picture_is_rejected_and_no_other(
    folder: Folder, draw: Draw, tmp_path: Path
) -> None:
    at = folder("a", {"": draw(5)})
    (at / "0002.png").write_bytes(b"nothing")
    log = read(at, rejects=tmp_path / "rejects.jsonl")
    assert len(log) == 4
    assert "1 of 5 records rejected (first: 0002.png: " in log.notes[1]
    [row] = map(json.loads, (tmp_path / "rejects.jsonl").read_text().splitlines())
    assert row["source"] == "0002.png" and row["record"].endswith("0002.png")


def test_a_spoilt_row_of_an_array_is_rejected_and_no_other(tmp_path: Path) -> None:
    x = np.zeros((5, 8, 8))
    x[3, 0, 0] = np.nan
    np.save(tmp_path / "x.npy", x)
    log = read(tmp_path / "x.npy")
    assert [p[-2:] for p in log.outputs] == ["#0", "#1", "#2", "#4"]
    assert "number 3 holds values that are not finite" in log.notes[-1]


def test_too_many_broken_ones_stop_the_run(folder: Folder, draw: Draw) -> None:
    at = folder("a", {"": draw(30)})
    for i in range(12):
        (at / f"{i:04}.png").write_bytes(b"\x89PNG nothing")
    with pytest.raises(BadInput, match=r"12 of 30 records rejected \(first: 0000.png: "):
        read(at)
    assert len(read(at, tolerate=True)) == 18
    for path in at.iterdir():
        path.write_bytes(b"")
    with pytest.raises(BadInput, match=r"no picture could be read \(first: 0000.png: "):
        read(at, tolerate=True)


def test_mixed_folders(folder: Folder, draw: Draw) -> None:
    at = folder("a", {"": draw(12)})
    (at / "metadata.jsonl").write_text('{"prompt": "p", "response": "r"}\n')
    (at / "read.me").write_text("x")
    (at / ".hidden.png").write_text("x")
    log = read(at)  # many pictures beside one log
    assert log.media == "image" and len(log) == 12
    assert log.notes[1] == "2 other files were not read: metadata.jsonl, read.me"
    for i in range(5):
        (at / f"{i:04}.png").unlink()
    log = read(at)  # a few plots beside a log
    assert log.media == "text" and any("0005.png" in note for note in log.notes)
    assert len(read(at, format="images")) == 7


def test_what_cannot_be(folder: Folder, draw: Draw, tmp_path: Path) -> None:
    at = folder("a", {"": draw(1)})
    with pytest.raises(BadInput, match="a map names columns"):
        read(at, map="output=x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no readable file in the directory"):
        read(tmp_path / "empty")
    with pytest.raises(BadInput, match="holds no pictures"):
        read(tmp_path / "empty", format="images")
    (tmp_path / "x.npy").write_bytes(b"nothing")
    with pytest.raises(BadInput, match=r"no picture could be read.*x\.npy"):
        read(tmp_path / "x.npy")
    with pytest.raises(BadInput, match="no such file"):
        read(tmp_path / "none.png")


def test_a_huge_picture_is_rejected(
    folder: Folder, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fullmenu import pictures

    at = folder("a", {"": draw(2)})
    Image.new("L", (300, 300)).save(at / "huge.png")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 50_000)
    log = read(at)
    assert len(log) == 2 and "300 by 300 pixels are too many" in log.notes[1]
