"""Rows that are set aside come back, each in its bucket; a part that failed leaves nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from fullmenu.engine.spill import Spill, gathered, table_from_bytes, table_to_bytes


def test_rows_come_back_by_bucket(tmp_path):
    for part in range(3):
        with Spill(tmp_path, part) as aside:
            for at in range(2):
                rows = np.arange(5) + 10 * (2 * part + at)
                aside.add(pa.table({"x": rows}), rows % 2)
    for bucket in range(2):
        found = np.concatenate([t["x"].to_numpy() for t in gathered(tmp_path, bucket)])
        assert len(found) == 6 * (3 - bucket) and (found % 2 == bucket).all()


def test_a_part_that_fails_and_is_tried_again_is_there_once(tmp_path):
    table = pa.table({"x": [1]})
    with pytest.raises(ValueError), Spill(tmp_path, 0) as aside:
        aside.add(table, np.zeros(1, np.int64))
        raise ValueError
    assert list(gathered(tmp_path, 0)) == []
    for _ in range(2):
        with Spill(tmp_path, 0) as aside:
            aside.add(table, np.zeros(1, np.int64))
    assert [t.num_rows for t in gathered(tmp_path, 0)] == [1]


def test_a_table_goes_through_bytes():
    table = pa.table({"x": ["a", None], "y": [1, 2]})
    assert table_from_bytes(table_to_bytes(table)).equals(table)
