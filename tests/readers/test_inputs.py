"""What Python hands over: texts, dicts, rows and tables of any library."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fullmenu as fm
from fullmenu.errors import BadInput

ASKED = {"question": ["A?", "A?", "B?"], "answer": ["fig", "kiwi", None], "score": [1, None, 3]}
ROWS = [dict(zip(ASKED, row, strict=True)) for row in zip(*ASKED.values(), strict=True)]
TABLE = pa.table(ASKED)


class NaTType:
    """What pandas writes for a time that is missing."""


def held(samples):
    """What readers fill, but for where it came from."""
    return samples.table.drop_columns(["source"]).to_pylist()


@pytest.mark.parametrize(
    "source",
    [
        ASKED,
        ROWS,
        tuple(ROWS),
        TABLE,
        TABLE.to_batches()[0],
        TABLE.to_batches(),
        TABLE.to_reader(),
        {name: np.array(column, object) for name, column in ASKED.items()},
        {name: pa.array(column) for name, column in ASKED.items()},
    ],
    ids=lambda x: type(x).__name__,
)
def test_rows_and_columns_are_read_as_a_file_of_them(source, write):
    file = fm.read(write("log.jsonl", "\n".join(map(json.dumps, ROWS))))
    samples = fm.read(source)
    assert held(samples) == held(file)
    assert samples.table["source"].null_count == len(samples)
    assert "as rows (output=answer, prompt=question, score=score)" in samples.notes[0]
    assert "not read: null outputs (1)" in samples.notes


def test_rows_once_only_and_rows_that_are_missing():
    assert held(fm.read(row for row in ROWS)) == held(fm.read(ROWS))
    missing = fm.read([*ROWS[:2], None, float("nan")])
    assert held(missing) == held(fm.read(ROWS))
    assert "not read: null outputs (2)" in missing.notes


def test_texts_and_prompts():
    samples = fm.read(["fig", "kiwi", None, float("nan"), "fig"])
    assert (samples.outputs, samples.prompts) == (["fig", "kiwi", "fig"], [None] * 3)
    assert samples.notes == (
        "read 3 outputs of 1 prompt from a list as outputs of one prompt",
        "not read: null outputs (2)",
    )
    mapped = {"A?": ["fig", "kiwi"], "B?": ["oak", None], "C?": np.array(["ash"])}
    assert held(fm.read(mapped)) == held(fm.Samples.of(mapped))


def test_values_of_numpy_and_pandas_are_those_of_python():
    [row] = held(
        fm.read(
            [
                {"output": np.str_("fig"), "prompt": np.int64(3), "score": np.float32(0.5),
                 "time": date(2026, 1, 2), "step": np.int64(7), "model": float("nan")},
                {"output": NaTType()},
            ]
        )
    )  # fmt: skip
    assert (row["output"], row["prompt"], row["score"]) == ("fig", "3", 0.5)
    assert row["time"] == datetime(2026, 1, 2, tzinfo=timezone.utc)
    assert (row["model"], json.loads(row["extra"])) == (None, {"step": 7})


def test_records_of_other_shapes():
    message = {"index": 0, "message": {"role": "assistant", "content": "fig"}}
    chat = {"id": "chatcmpl-1", "object": "chat.completion", "model": "m", "choices": [message]}
    samples = fm.read([chat])
    assert (samples.outputs, samples.models) == (["fig"], ["m"])


def test_columns_by_other_names():
    table = {"frage": ["A?"], "antwort": ["fig"], "output": ["no"]}
    names = {"output": "antwort", "prompt": "frage"}
    samples = fm.read(table, columns=names)
    assert (samples.outputs, samples.prompts) == (["fig"], ["A?"])
    assert held(fm.read(table, map="output=antwort,prompt=frage")) == held(samples)
    with pytest.raises(BadInput, match="two names for one thing"):
        fm.read(table, columns=names, map=names)
    with pytest.raises(BadInput, match=r"did you mean 'antwort'.*columns=\{'output': 'antwort'\}"):
        fm.read(table, columns={"output": "antwrt"})


def test_vectors_and_bytes_are_no_fields():
    vectors = pa.array([[1.0, 2.0]], pa.list_(pa.float32(), 2))
    samples = fm.read(pa.table({"output": ["fig"], "vector": vectors, "raw": [b"x"], "step": [1]}))
    assert json.loads(samples.table["extra"][0].as_py()) == {"step": 1}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("abc", r"no such file: 'abc'.*given as a list: \['abc'\]"),
        ("one\ntext", r"names no file: outputs are given as a list"),
        ("x" * 5_000, "names no file"),
        (None, r"cannot read None \(NoneType\); give a file, a glob"),
        (5, r"cannot read 5 \(int\)"),
        (b"abc", "bytes"),
        (dict, "cannot read a type"),
        ({"a", "b"}, "a set holds each output once"),
        ([], "no source given"),
        ({}, "without a key"),
        ([None], "no output found"),
        ({"p": "abc"}, r"write a list, \{'p': \['abc'\]\}"),
        ({"p": [1]}, r"hold 1 \(int\)"),
        ([1, 2], r"a list with 1 \(int\)"),
        ([["a"], ["b"]], r"a list with \['a'\]"),
        ([{"output": "a"}, "b"], r"\{'output': 'a'\} \(dict\) beside 'b' \(str\)"),
        ([TABLE], "several versions go to fm.compare or fm.trend"),
        ([fm.Samples.of(["a"])], "several versions go to fm.compare or fm.trend"),
        ({"train": TABLE, "test": TABLE}, r"a dict of tables \(train, test\).*x\['train'\]"),
        ({"question": "A?", "answer": "fig"}, "is one record: give a list of such dicts"),
        ({"question": ["A?"], "answer": ["a", "b"]}, "different lengths .question: 1, answer: 2"),
        ({"answer": ["a"], "poem": ["b"]}, r"columns=\{'output': 'answer'\}.*fm\.Samples\.of"),
        (pa.table({"foo": ["a"]}), r"Columns found: foo\. Name it with columns=\{'output'"),
        (pa.table([["a"], ["b"]], ["output", "output"]), "'output'"),
        (np.zeros((2, 3)), "of_images"),
    ],
)
def test_what_is_wrong_or_ambiguous_is_refused_in_one_line(source, said):
    for face in (fm.read, fm.check):
        with pytest.raises(BadInput, match=said) as refused:
            face(source)
        assert "\n" not in str(refused.value)


def test_options_of_the_wrong_kind():
    for options, said in (
        ({"map": 5}, r"map is 5 \(int\): give a dict"),
        ({"columns": "output=a"}, "columns is 'output=a'"),
        ({"format": 5}, r"format is 5 \(int\): give one of"),
        ({"format": "csv"}, "is no file"),
    ):
        with pytest.raises(BadInput, match=said):
            fm.read(ROWS, **options)
    with pytest.raises(BadInput, match="read already"):
        fm.read(fm.Samples.of(["a"]), columns={"output": "answer"})
    with pytest.raises(BadInput, match="leave columns out"):
        fm.read(["a", "b"], columns={"output": "answer"})


def test_a_list_of_texts_is_one_of_files_or_one_of_outputs(write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    one, two = write("one.txt", "fig\n"), write("two.txt", "kiwi\n")
    assert fm.read(["one.txt", "two.txt"]).outputs == ["fig", "kiwi"]
    assert fm.read([one, str(two)]).outputs == ["fig", "kiwi"]
    assert fm.read(["./*.txt"]).outputs == ["fig", "kiwi"]
    assert fm.read(["Why?", "**bold**", "a/b", "[1]"]).outputs == ["Why?", "**bold**", "a/b", "[1]"]
    with pytest.raises(BadInput, match=r"'one\.txt' names a file and 'fig' does not"):
        fm.read(["one.txt", "fig"])
    with pytest.raises(BadInput, match="no such file"):
        fm.read(["gone.jsonl"])


def test_samples_are_returned_as_they_are():
    samples = fm.Samples.of(["fig", "kiwi"])
    assert fm.read(samples) is samples


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
COLUMNS = st.lists(
    st.fixed_dictionaries(
        {
            "prompt": TEXT.filter(bool),
            "output": st.none() | TEXT.filter(bool),
            "model": st.none() | st.sampled_from(["a", "b"]),
            "score": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32),
            "time": st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),
        }
    ),
    min_size=1,
    max_size=6,
).filter(lambda rows: any(row["output"] for row in rows))


def _columns(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def _of(library):
    makers = {
        "dict": lambda columns: columns,
        "arrow": pa.table,
        "pandas": lambda columns: __import__("pandas").DataFrame(columns),
        "polars": lambda columns: __import__("polars").DataFrame(columns, strict=False),
        "datasets": lambda columns: __import__("datasets").Dataset.from_dict(columns),
    }
    return makers[library]


@pytest.mark.parametrize("library", ["dict", "arrow", "pandas", "polars", "datasets"])
def test_the_same_rows_are_the_same_samples_in_every_library(library, require):
    if library not in ("dict", "arrow"):
        require(library)

    @settings(max_examples=25 if library in ("dict", "arrow") else 8, deadline=None)
    @given(COLUMNS)
    def same(rows):
        assert held(fm.read(_of(library)(_columns(rows)))) == held(fm.read(rows))

    same()


@pytest.mark.parametrize("library", ["arrow", "pandas", "polars"])
def test_samples_go_out_and_come_in_again(library, require):
    if library != "arrow":
        require(library)
    samples = fm.read([row | {"time": "2026-01-02T03:04:05", "model": "m"} for row in ROWS])
    again = fm.read(getattr(samples, f"to_{library}")())
    kept = ["prompt_id", "prompt", "output", "model", "time", "score", "sample_index"]
    assert again.table.select(kept).equals(samples.table.select(kept))


def test_frames_of_pandas(require):
    pandas = require("pandas")
    frame = pandas.DataFrame(ASKED)
    assert held(fm.read(frame)) == held(fm.read(ROWS))
    assert held(fm.read(frame.set_index("question"))) == held(fm.read(ROWS))
    assert fm.read(frame["answer"]).outputs == ["fig", "kiwi"]
    with pytest.raises(BadInput, match="a pandas DataFrame; give a list of texts"):
        fm.Samples.of(frame)
    mixed = pandas.DataFrame({"output": [["fig", "kiwi"], np.array(["oak"])], "x": [1, "two"]})
    assert fm.read(mixed).outputs == ["fig", "kiwi", "oak"]


def test_datasets_of_hugging_face(require):
    datasets = require("datasets")
    whole = datasets.Dataset.from_dict(ASKED)
    for source in (whole, whole.to_iterable_dataset(), whole.to_dict(), whole.select([0, 1, 2])):
        assert held(fm.read(source)) == held(fm.read(ROWS))
    assert fm.read(whole.select([1])).outputs == ["kiwi"]
    with pytest.raises(BadInput, match=r"x\['train'\]"):
        fm.read(datasets.DatasetDict(train=whole))
