"""Tables as one JSON document, and lists in the cells of a table."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.errors import BadInput
from fullmenu.readers import read
from fullmenu.readers.lists import in_cell

COLUMNS = {
    "question": ["A tea?", "A tea?", "A nut?"],
    "response": ["Mint.", "Sage.", "Pecan."],
    "rating": [1.0, 2.0, 3.5],
}
RECORDS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
FRAMES = {  # as pandas writes them
    "list": COLUMNS,
    "split": {
        "columns": [*COLUMNS],
        "index": [0, 1, 2],
        "data": [[*row.values()] for row in RECORDS],
    },
    "index": {str(n): row for n, row in enumerate(RECORDS)},
    "columns": {c: {str(n): v for n, v in enumerate(values)} for c, values in COLUMNS.items()},
    "records": RECORDS,
    "table": {"schema": {"fields": [{"name": c} for c in COLUMNS]}, "data": RECORDS},
}
ROWS = [("A tea?", "Mint."), ("A tea?", "Sage."), ("A nut?", "Pecan.")]


def told(samples):
    return [*zip(samples.prompts, samples.outputs, strict=True)]


@pytest.mark.parametrize("orient", FRAMES)
def test_every_orientation_of_a_frame(orient, write):
    samples = read(write("frame.json", json.dumps(FRAMES[orient])))
    assert told(samples) == ROWS
    assert [*samples.scores] == [1, 2, 3.5]


def test_a_value_beside_columns_is_that_of_every_row(write):
    columns = {**COLUMNS, "model": "menu-7b"}
    samples = read(write("dump.json", json.dumps(columns)))
    assert told(samples) == ROWS and samples.models == ["menu-7b"]


def test_one_record_with_lists_and_prompts_with_outputs_are_no_columns(write):
    one = {"prompt": "A tea?", "outputs": ["Mint.", "Sage."]}
    assert read(write("one.json", json.dumps(one))).n_prompts == 1
    asked = {"A tea?": ["Mint.", "Sage."], "A nut?": ["Pecan.", "Walnut."]}
    assert read(write("asked.json", json.dumps(asked))).n_prompts == 2


def test_a_row_too_short_is_told_of(write):
    table = {"columns": ["prompt", "output"], "data": [["A tea?", "Mint."]] * 30 + [["A nut?"]]}
    samples = read(write("t.json", json.dumps(table)), tolerate=True)
    assert len(samples) == 30
    assert any("1 cells where the table has 2 columns" in note for note in samples.notes)


def test_a_map_into_one_list_keeps_its_records_apart(write):
    tea = {"q": "A tea?", "said": [{"t": "Mint."}, {"t": "Sage."}]}
    nut = {"q": "A nut?", "said": [{"t": "Pecan."}, {"t": "Walnut."}]}
    path = write("log.json", json.dumps({"run": "r1", "calls": [tea, nut]}))
    samples = read(path, map="output=calls.said.t,prompt=calls.q")
    assert told(samples) == [*ROWS, ("A nut?", "Walnut.")]


def table_of(cells, column="responses"):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([["prompt", column], *((f"p{n}", cell) for n, cell in enumerate(cells))])
    return text.getvalue()


@pytest.mark.parametrize("written", [str, json.dumps, lambda texts: str(np.array(texts, object))])
def test_lists_in_cells(written, write):
    lists = [["Mint.", 'Ann\'s "tea"', "Two\nlines, [x]"], ["Pecan.", "Walnut.", "Fig."]]
    samples = read(write("lists.csv", table_of(map(written, lists))))
    assert samples.outputs == [*lists[0], *lists[1]]
    assert samples.n_prompts == 2


def test_a_list_among_texts_is_a_text(write):
    samples = read(write("mixed.csv", table_of(["['Mint.', 'Sage.']", "Pecan."])))
    assert samples.outputs == ["['Mint.', 'Sage.']", "Pecan."]


def test_json_lists_as_answers_stay_whole_and_that_is_said(write):
    text = 'prompt,answer\nA tea?,"[""Mint."", ""Sage.""]"\nA tea?,"[""Thyme.""]"\n'
    samples = read(write("answers.csv", text))
    assert len(samples) == 2
    assert any("is a JSON list, taken as one output" in note for note in samples.notes)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_what_python_writes_is_read_again(texts):
    assert in_cell(str(texts)) == texts


@given(st.text(alphabet="[]()'\"\\, \nab{}1-", max_size=40))
def test_no_cell_breaks_the_reading(text):
    assert in_cell(text) is None or isinstance(in_cell(text), list)


def test_hostile_cells():
    assert in_cell("[" * 100_000 + "]" * 100_000) is None
    assert in_cell("[" + "'a' " * 200_000) is None
    assert in_cell("[__import__('os').getcwd()]") is None


@pytest.mark.parametrize("line", ["", "sep=;\n", '\ufeff"sep=;"\r\n'])
def test_decimal_commas(line, write):
    rows = "prompt;output;score\nA tea?;0,5;0,5\nA tea?;Sage, dried;1.234,25\nA nut?;Fig;-2\n"
    samples = read(write("excel.csv", line + rows))
    assert samples.outputs == ["0,5", "Sage, dried", "Fig"]
    assert [*samples.scores] == [0.5, 1234.25, -2]


def test_a_comma_in_a_comma_table_is_no_decimal(write):
    samples = read(write("us.csv", 'prompt,output,score\nA tea?,Mint,"1,234"\nA tea?,Sage,2\n'))
    assert [*samples.scores] == [2]


def test_a_table_without_outputs_is_refused(write):
    with pytest.raises(BadInput, match="Columns found: a, b"):
        read(write("t.json", json.dumps({"columns": ["a", "b"], "data": [[1, 2]]})))
