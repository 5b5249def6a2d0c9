"""A file that grows: every line once, through rotations, cuts and restarts."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers import follow, read
from fullmenu.readers.follow import Growing, Place, is_lines


def lines(a, b, **more):
    return "".join(
        json.dumps({"prompt": f"q{i % 3}", "output": f"x{i}", **more}) + "\n" for i in range(a, b)
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.jsonl"


def add(path, text):
    with path.open("a") as file:
        file.write(text)


def rest(log, **options):
    found = []
    while (part := log.part(**options)) is not None:
        found += [r.output for r in part.records]
    return found


def test_lines_are_read_once_and_only_when_they_are_whole(path):
    log = Growing(path)
    assert log.part() is None
    path.touch()
    assert log.part() is None
    add(path, lines(0, 3))
    assert rest(log) == ["x0", "x1", "x2"]
    add(path, lines(3, 4)[:10])
    assert rest(log) == []
    add(path, lines(3, 4)[10:] + lines(4, 6))
    assert rest(log) == ["x3", "x4", "x5"]
    assert not log.remarks


def test_a_last_line_without_an_end_is_taken_if_it_is_whole(path):
    path.write_text(lines(0, 2).rstrip("\n"))
    assert rest(Growing(path)) == ["x0"]
    log = Growing(path)
    assert rest(log, last=True) == ["x0", "x1"]
    add(path, "\n" + lines(2, 3))
    assert rest(log) == ["x2"]
    add(path, '{"prompt": "q", "outp')
    assert rest(log, last=True) == []
    assert log.log.rejected == 0


def test_small_parts_give_what_the_whole_gives(path, monkeypatch):
    text = lines(0, 40) + lines(40, 60, model="late")
    path.write_text(text)
    whole = read(path)
    monkeypatch.setattr(follow, "PART", 100)
    log = Growing(path)
    found = []
    while (part := log.part()) is not None:
        found += part.records
    assert [r.output for r in found] == whole.outputs
    assert [r.prompt for r in found] == whole.prompts
    assert [r.model for r in found] == whole.table.column("model").to_pylist()
    assert log.place.items == 60


def test_fields_are_those_of_the_first_lines(path):
    """A part whose own lines would suggest another column is understood as the file is."""
    path.write_text(json.dumps({"prompt": "q", "answer": "a", "text": None}) + "\n")
    log = Growing(path)
    assert rest(log) == ["a"]
    add(path, json.dumps({"prompt": "q", "answer": "b", "text": "no", "output": "no"}) + "\n")
    assert rest(log) == ["b"]


def test_rotation_by_renaming(path):
    path.write_text(lines(0, 3))
    log = Growing(path)
    assert rest(log) == ["x0", "x1", "x2"]
    path.rename(path.with_name("log.jsonl.1"))
    assert rest(log) == []
    add(path.with_name("log.jsonl.1"), lines(3, 4))
    assert rest(log) == ["x3"]
    path.touch()  # the writer may still go on in the old file
    add(path.with_name("log.jsonl.1"), lines(4, 5))
    assert rest(log) == ["x4"]
    add(path.with_name("log.jsonl.1"), lines(5, 6).rstrip("\n"))
    add(path, lines(6, 8))
    assert rest(log) == ["x5", "x6", "x7"]
    assert log.remarks == ["log.jsonl was rotated: went on in the new one"]


def test_rotation_by_copy_and_truncation(path):
    path.write_text(lines(0, 30))
    log = Growing(path)
    assert len(rest(log)) == 30
    path.write_text(lines(30, 32))
    assert rest(log) == ["x30", "x31"]
    path.write_text(lines(40, 80))  # longer than before by the time somebody looks
    assert rest(log) == [f"x{i}" for i in range(40, 80)]
    assert len(log.remarks) == 2


def test_a_restart_goes_on_at_the_byte(path):
    path.write_text(lines(0, 5))
    log = Growing(path)
    assert len(rest(log)) == 5
    place = Place(**json.loads(json.dumps(log.place.to_dict())))
    add(path, lines(5, 6))
    path.replace(path.with_name("copied"))
    path.write_bytes(path.with_name("copied").read_bytes())  # another inode, the same bytes
    again = Growing(path, place=place)
    assert rest(again) == ["x5"]
    assert not again.remarks


def test_a_restart_finds_what_was_rotated_meanwhile(path):
    path.write_text(lines(0, 2))
    log = Growing(path)
    rest(log)
    add(path, lines(2, 3))
    path.rename(path.with_name("log.jsonl.2"))
    path.with_name("log.jsonl.1").write_text(lines(3, 5))
    os.utime(path.with_name("log.jsonl.2"), (1, 1))
    path.with_name("log.jsonl.bak").write_text(lines(0, 2))
    path.write_text(lines(5, 6))
    again = Growing(path, place=log.place)
    assert rest(again) == ["x2", "x3", "x4", "x5"]
    assert "log.jsonl.2" in again.remarks[0]


def test_a_restart_on_another_file_says_so(path):
    path.write_text(lines(0, 2))
    log = Growing(path)
    rest(log)
    path.write_text(lines(7, 9))
    again = Growing(path, place=log.place)
    assert rest(again) == ["x7", "x8"]
    assert "not the file that was read before" in again.remarks[0]


def test_the_same_part_can_be_read_once_more(path):
    path.write_text(lines(0, 9))
    log = Growing(path)
    part = log.part(whole=True, last=True)
    add(path, lines(9, 12))
    again = Growing(path, place=part.begin).part(end=part.end)
    assert again == part
    path.write_text(lines(20, 29))
    other = Growing(path, place=part.begin).part(end=part.end)
    assert other is None or other.end != part.end


def test_text_is_one_output_a_line(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"\xef\xbb\xbffig\n\nkiwi\nplu")
    log = Growing(path)
    assert rest(log) == ["fig", "", "kiwi"]
    add(path, "m\n")
    assert rest(log) == ["plum"]


def test_malformed_lines_are_counted_once(path):
    path.write_text("{broken\n" + lines(0, 2))
    log = Growing(path)
    assert rest(log) == ["x0", "x1"]
    add(path, "nonsense\n" + lines(2, 3))
    assert rest(log) == ["x2"]
    assert (log.log.rejected, log.log.seen) == (2, 5)


def test_a_line_without_end_is_not_loaded_for_ever(path, monkeypatch):
    monkeypatch.setattr(follow.ledger, "MAX_RECORD", 2000)
    monkeypatch.setattr(follow, "PART", 500)
    path.write_text(lines(0, 1) + '{"output": "' + "y" * 9000 + '"}\n' + lines(1, 2))
    log = Growing(path)
    assert rest(log) == ["x0", "x1"]
    assert log.log.rejected


def test_what_can_grow(tmp_path, path):
    path.write_text(lines(0, 2))
    assert is_lines(str(path))
    assert is_lines(str(path), "openai-chat")
    assert not is_lines(str(path), "csv")
    assert not is_lines(str(tmp_path))
    assert not is_lines("-")
    table = tmp_path / "t.csv"
    table.write_text("prompt,output\na,b\n")
    assert not is_lines(str(table))
    with pytest.raises(BadInput, match="only JSONL and plain text"):
        Growing(table).part()
    (tmp_path / "empty.jsonl").touch()
    assert is_lines(str(tmp_path / "empty.jsonl"))


def test_a_place_of_another_file_is_not_its_own(path):
    path.write_text(lines(0, 2))
    log = Growing(path)
    rest(log)
    assert rest(Growing(path, place=replace(log.place, tail="0"))) == ["x0", "x1"]


def rotated(path, to, second):
    """Rename the file, last written at a second of 2026, and begin a new one."""
    os.utime(path, (1_770_000_000 + second,) * 2)
    path.rename(path.with_name(f"{path.name}.{to}"))
    path.touch()


def test_files_that_came_and_went_between_two_looks_are_read(path):
    add(path, lines(0, 2))
    log = Growing(path)
    assert rest(log) == ["x0", "x1"]
    add(path, lines(2, 3))
    for i in range(3):
        rotated(path, i, i)
        add(path, lines(3 + 2 * i, 5 + 2 * i))
    assert rest(log) == [f"x{i}" for i in range(2, 9)]


def test_stopped_after_a_rotation_and_before_a_line_of_the_new_file(path):
    add(path, lines(0, 2))
    log = Growing(path)
    rest(log)
    rotated(path, 0, 0)
    add(path, lines(2, 3)[:-5])
    assert rest(log) == []  # it has gone on to the new file, which holds no whole line yet
    assert log.place.offset == 0
    add(path, lines(2, 3)[-5:])
    rotated(path, 1, 1)
    add(path, lines(3, 4))
    assert rest(Growing(path, place=log.place)) == ["x2", "x3"]
