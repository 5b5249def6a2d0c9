"""Excel workbooks: which sheet, what a cell becomes, bombs and damage; without the extra, how."""

import io
import sys
import zipfile
from datetime import time
from pathlib import Path

import pytest

from fullmenu.errors import BadInput, MissingExtra
from fullmenu.readers import read

FIXTURE = Path(__file__).parent / "fixtures" / "workbook.xlsx"


@pytest.fixture
def openpyxl(require):
    return require("openpyxl")


def saved(openpyxl, *rows, **sheets):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def replaced(data, part, content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


def test_the_first_sheet_is_read_and_others_are_named(openpyxl):
    samples = read(FIXTURE)
    assert samples.outputs == ["A fig.", "A kiwi.", "An oak.", "An ash."]
    assert samples.prompts[::2] == ["Name a fruit.", "Name a tree."]
    assert samples.table["score"].to_pylist() == [0.5] * 4
    assert f"{samples.table['time'][0].as_py():%Y-%m-%d}" == "2026-01-01"
    (note,) = (n for n in samples.notes if "sheets" in n)
    assert "first of 2 sheets, 'Answers'; another with --records 'Notes v1.2'" in note


def test_a_sheet_by_name(openpyxl):
    samples = read(FIXTURE, records="Notes v1.2")
    assert (samples.outputs, samples.prompts) == (["Nobody."], ["Who?"])
    with pytest.raises(BadInput, match=r"unknown sheet 'Note'.*Known: Answers, Notes v1.2"):
        read(FIXTURE, records="Note")


def test_empty_rows_and_cells_and_times_of_day(openpyxl, write):
    data = saved(
        openpyxl, [], ["prompt", "output", "at"], ["p", "a", time(10, 5)], [], ["p", None], ["p", 7]
    )
    samples = read(write("x.xlsx", data))
    assert samples.outputs == ["a", "7"]


def test_characters_that_xml_cannot_hold(openpyxl, write):
    data = saved(openpyxl, ["output"], ["a_x000D_\nb"], ["_x005F_x000D_"], ["max_x86_64"])
    assert read(write("x.xlsx", data)).outputs == ["a\r\nb", "_x000D_", "max_x86_64"]


def test_a_header_with_a_name_twice_and_rows_too_long(openpyxl, write):
    with pytest.raises(BadInput, match="has the column 'output' twice"):
        read(write("x.xlsx", saved(openpyxl, ["output", "output"], ["a", "b"])))
    long = saved(openpyxl, ["prompt", "output"], ["p", "a"], ["p", "b", "c"])
    assert any("3 cells where the header has 2" in n for n in read(write("y.xlsx", long)).notes)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/app.xml"])
def test_a_bomb_is_not_unpacked(openpyxl, write, part):
    bomb = replaced(saved(openpyxl, ["output"], ["a"]), part, b" " * (64 << 20))
    assert len(bomb) < 1 << 17
    with pytest.raises(BadInput, match=r"unpacks to 67,1.* Save its sheet as CSV"):
        read(write("x.xlsx", bomb))


def test_a_cell_that_is_far_away_costs_nothing(openpyxl, write):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="{space}"><dimension ref="A1:XFD1048576"/><sheetData>{far}'
    data = saved(openpyxl, ["output"], ["a"])
    one = replaced(data, "xl/worksheets/sheet1.xml", f"{sheet}</sheetData></worksheet>")
    with pytest.raises(BadInput, match=r"column '' twice"):
        read(write("x.xlsx", one))


@pytest.mark.parametrize("cut", [0.5, 0.9, 0.99])
def test_a_workbook_that_is_cut_off(openpyxl, write, cut):
    whole = FIXTURE.read_bytes()
    with pytest.raises(BadInput, match="not a readable Excel workbook"):
        read(write("x.xlsx", whole[: int(cut * len(whole))]))


def test_a_part_that_is_no_xml(openpyxl, write):
    data = saved(openpyxl, ["output"], ["a"])
    with pytest.raises(BadInput, match="not a readable Excel workbook"):
        read(write("x.xlsx", replaced(data, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>")))


def test_without_the_extra_the_line_that_installs_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        MissingExtra, match=r'Excel workbooks need.*pip install "fullmenu\[excel\]"'
    ):
        read(FIXTURE)
