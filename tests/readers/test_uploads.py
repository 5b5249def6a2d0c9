"""What is sent at once is read as a file is; broken JSON is refused whole."""

from __future__ import annotations

import json

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import read
from fullmenu.readers.uploads import UploadLedger, records_in, records_of

ROWS = [
    {"prompt": "A fruit?", "output": "fig", "model": "m", "call_id": 7, "finish_reason": True},
    {"prompt": "A fruit?", "output": "kiwi", "temperature": 0.5, "note": "ripe", "time": 1e9},
]


def sent(text):
    log = UploadLedger("api")
    return records_in(text.encode(), log), log


@pytest.mark.parametrize("lines", [False, True])
def test_it_is_what_a_file_of_it_holds(tmp_path, lines):
    text = "\n".join(map(json.dumps, ROWS)) if lines else json.dumps(ROWS)
    file = tmp_path / ("rows.jsonl" if lines else "rows.json")
    file.write_text(text)
    records, log = sent(text)
    there = read(file)
    for column in ("output", "prompt", "model", "time", "call_id", "finish_reason"):
        values = [getattr(r, column) for r in records]
        assert values == there.column(column)
    assert records[1].parameters == {"temperature": 0.5} and records[1].extra == {"note": "ripe"}
    assert (log.seen, log.rejected) == (2, 0)


def test_one_that_cannot_be_read_costs_only_itself():
    records, log = sent(json.dumps([*ROWS, 3, None]))
    assert len(records) == 2 and log.rejected == 1
    assert "a number where an object was expected" in log.first_reject


@pytest.mark.parametrize("text", ["", " ", "hello", "[1", '[{"output": "fig"}', "{", "[3]x", "<a>"])
def test_what_is_broken_is_refused_whole(text):
    with pytest.raises(BadInput):
        sent(text)


def test_an_empty_list_holds_nothing():
    assert sent("[]")[0] == []


def test_many_that_are_wrong_do_not_stop_it():
    lines = [json.dumps(ROWS[0]), *["3"] * 2_000, json.dumps(ROWS[1])]
    records, log = sent("\n".join(lines))
    assert (len(records), log.rejected) == (2, 2_000)


def test_a_value_of_a_known_format_is_read():
    log = UploadLedger("otlp")
    with pytest.raises(AssertionError):
        records_of({}, "jsonl", log)
    assert records_of({"resourceSpans": []}, "otel", log) == []
