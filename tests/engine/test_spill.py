"""Rows set aside come together by bucket."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fullmenu.engine.spill import Spill, gathered, table_from_bytes, table_to_bytes


def _set_aside(folder: Path, part: int, values: list[int]) -> None:
    with Spill(folder, part) as aside:
        for some in np.array_split(np.array(values), 2):
            aside.add(pa.table({"x": some}), some % 3)


def _values(folder: Path, bucket: int) -> list[int]:
    return [x for table in gathered(folder, bucket) for x in table.column("x").to_pylist()]


def test_what_parts_set_aside_comes_together(tmp_path: Path):
    _set_aside(tmp_path, 1, [0, 1, 2, 3, 4])
    _set_aside(tmp_path, 0, [6, 7, 9])
    assert [sorted(_values(tmp_path, b)) for b in range(3)] == [[0, 3, 6, 9], [1, 4, 7], [2]]
    assert _values(tmp_path, 5) == []


def test_a_part_that_is_tried_again_begins_anew(tmp_path: Path):
    with pytest.raises(RuntimeError), Spill(tmp_path, 0) as aside:
        aside.add(pa.table({"x": [3]}), np.array([0]))
        raise RuntimeError
    assert _values(tmp_path, 0) == []
    for _ in range(2):
        _set_aside(tmp_path, 0, [3, 6])
    assert _values(tmp_path, 0) == [3, 6]


def test_a_table_as_bytes():
    table = pa.table({"x": [1, None], "text": ["a", "é"]})
    assert table_from_bytes(table_to_bytes(table)).equals(table)
