"""What parts gave is kept, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fullmenu.engine.engines import Local
from fullmenu.engine.folder import RunFolder
from fullmenu.errors import BadInput


class _Stopped(Exception):
    pass


def _counting(done: list[str], stop_at: str | None = None) -> Callable[[Any], bytes]:
    def job(item: str) -> bytes:
        if item == stop_at:
            raise _Stopped
        done.append(item)
        return item.encode()

    return job


def test_a_stopped_run_goes_on_and_does_nothing_twice(tmp_path: Path):
    done: list[str] = []
    for stop in ("b", "d"):
        with pytest.raises(_Stopped):
            list(RunFolder(tmp_path, {}).run("step", Local(), _counting(done, stop), "abcde"))
    states = dict(RunFolder(tmp_path, {}).run("step", Local(), _counting(done), "abcde"))
    assert done == [*"abcde"]
    assert states == dict(enumerate([b"a", b"b", b"c", b"d", b"e"]))


def test_a_state_without_its_mark_is_made_again(tmp_path: Path):
    folder = RunFolder(tmp_path, {})
    list(folder.run("step", Local(), _counting([]), "ab"))
    (tmp_path / "step" / "000001").write_bytes(b"cut o")
    (tmp_path / "step" / "000001.done").unlink()
    assert folder.left("step", 2) == [1]
    done: list[str] = []
    assert dict(folder.run("step", Local(), _counting(done), "ab")) == {0: b"a", 1: b"b"}
    assert done == ["b"]


def test_a_folder_of_another_run_or_of_something_else_is_refused(tmp_path: Path):
    RunFolder(tmp_path / "run", {"log": 1})
    RunFolder(tmp_path / "run", {"log": 1})
    with pytest.raises(BadInput, match="run of other files"):
        RunFolder(tmp_path / "run", {"log": 2})
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    with pytest.raises(BadInput, match="holds something else"):
        RunFolder(tmp_path / "notes", {})
