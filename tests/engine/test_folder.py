"""A stopped run goes on: nothing that is done is done again, and no other run is mixed in."""

from __future__ import annotations

import pytest

from fullmenu.engine.engines import Local
from fullmenu.engine.folder import RunFolder
from fullmenu.errors import BadInput


class Stop(Exception):
    pass


@pytest.mark.parametrize("after", range(6))
def test_what_is_done_is_not_done_again(tmp_path, after):
    seen: list[int] = []

    def job(item: int) -> bytes:
        if len(seen) == after:
            raise Stop
        seen.append(item)
        return bytes([item])

    folder = RunFolder(tmp_path, {"log": 1})
    if after < 5:
        with pytest.raises(Stop):
            list(folder.run("step", Local(), job, range(5)))
    after = 99
    again = RunFolder(tmp_path, {"log": 1})
    assert sorted(again.run("step", Local(), job, range(5))) == [(i, bytes([i])) for i in range(5)]
    assert sorted(seen) == [0, 1, 2, 3, 4]


def test_a_state_without_its_mark_is_not_done(tmp_path):
    folder = RunFolder(tmp_path, {})
    list(folder.run("step", Local(), bytes, [1, 2]))
    (tmp_path / "step" / "000001.done").unlink()
    assert folder.left("step", 2) == [1]


def test_another_run_is_refused(tmp_path):
    RunFolder(tmp_path, {"log": 1})
    with pytest.raises(BadInput, match="holds a run of other files"):
        RunFolder(tmp_path, {"log": 2})


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(BadInput, match="holds something else"):
        RunFolder(tmp_path, {})
