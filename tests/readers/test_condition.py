"""``where``: which records are read."""

import csv
import json
import sqlite3
from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu import read
from fullmenu.errors import BadInput
from fullmenu.readers.condition import Condition
from fullmenu.readers.parts import parts
from fullmenu.samples import Samples

TEXTS = ["a", "b", "it's", "", "10", "é"]
texts = st.sampled_from(TEXTS)
numbers = st.sampled_from([-1, 0, 1, 2.5, 10])
BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def literal(value):
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


@st.composite
def conditions(draw, columns, depth=3):
    """A condition on columns, each with what its values are drawn from."""
    if depth and draw(st.booleans()):
        one, other = (draw(conditions(columns, depth - 1)) for _ in range(2))
        return draw(
            st.sampled_from([f"({one} and {other})", f"({one} or {other})", f"not ({one})"])
        )
    name = draw(st.sampled_from(sorted(columns)))
    value = literal(draw(columns[name]))
    other = literal(draw(columns[name]))
    operator = draw(st.sampled_from(["=", "!=", "<>", "<", "<=", ">", ">="]))
    return draw(
        st.sampled_from(
            [
                f"{name} {operator} {value}",
                f"{name} in ({value}, {other})",
                f"{name} not in ({value})",
                f"{name} is null",
                f"not {name} is not null",
            ]
        )
    )


rows_of = st.lists(
    st.fixed_dictionaries(
        {"model": st.none() | texts, "step": st.none() | numbers, "tag": st.none() | texts}
    ),
    min_size=18,
    max_size=40,
)


def written(folder, rows, group=4):
    """Write the same rows as JSONL, Parquet, and sorted Parquet, whose bounds leave groups out."""
    for i, row in enumerate(rows):
        row.setdefault("prompt", "A fruit?")
        row.setdefault("output", f"fig {i}")
    lines, table = folder / "log.jsonl", folder / "log.parquet"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    whole = pa.Table.from_pylist(rows)
    for name in ("model", "tag"):
        if name in whole.column_names:
            at = whole.column_names.index(name)
            whole = whole.set_column(at, name, whole[name].cast(pa.string()))
    pq.write_table(whole, table, row_group_size=group)
    return lines, table


def outputs(path, where, **given):
    try:
        return read(path, where=where, **given).outputs
    except BadInput as error:
        assert "no output found" in str(error)
        return []


@given(rows=rows_of, where=conditions({"model": texts, "step": numbers, "tag": texts}))
@settings(max_examples=100, deadline=None)
def test_a_condition_means_the_same_as_in_sql_whatever_the_file(tmp_path_factory, rows, where):
    lines, table = written(tmp_path_factory.mktemp("log"), rows)
    with sqlite3.connect(":memory:") as base:
        base.execute("create table log (model text, step numeric, tag text, output text)")
        values = [(r["model"], r["step"], r["tag"], r["output"]) for r in rows]
        base.executemany("insert into log values (?, ?, ?, ?)", values)
        said = [row for (row,) in base.execute(f"select output from log where {where}")]
    base.close()
    assert outputs(lines, where) == said
    assert outputs(table, where) == said
    apart = [s for part in parts(table, where=where, size=1) for s in part.batches()]
    assert (Samples.joined(apart).outputs if apart else []) == said


times = st.integers(0, 400).map(lambda hours: BEGIN + timedelta(hours=hours))
moments = times.map(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S"))


@given(
    when=st.lists(st.none() | times, min_size=18, max_size=40),
    where=conditions({"time": moments, "created_at": moments}),
    kind=st.sampled_from([pa.timestamp(u, z) for u in ("ms", "us", "ns") for z in (None, "UTC")]),
)
@settings(max_examples=100, deadline=None)
def test_times_are_compared_as_times(tmp_path_factory, when, where, kind):
    folder = tmp_path_factory.mktemp("log")
    rows = [
        {"created_at": t and t.isoformat(), "prompt": "A fruit?", "output": f"fig {i}"}
        for i, t in enumerate(when)
    ]
    lines = folder / "log.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    naive = [t and t.replace(tzinfo=None) for t in when]
    at = pa.array(naive, pa.timestamp(kind.unit)).cast(kind)
    table = pa.table({"created_at": at, "prompt": [r["prompt"] for r in rows],
                      "output": [r["output"] for r in rows]})  # fmt: skip
    pq.write_table(table, folder / "log.parquet", row_group_size=5)
    mine = outputs(lines, where)
    assert outputs(folder / "log.parquet", where) == mine
    holds = Condition.read(where).holds
    assert mine == [
        row["output"]
        for row, t in zip(rows, when, strict=True)
        if holds({"time": t, "created_at": t}.get)
    ]


def test_nanoseconds_are_compared_as_python_reads_them(tmp_path):
    begin = int(BEGIN.timestamp()) * 10**9
    at = pa.array([begin, begin + 500, begin + 1_000], pa.timestamp("ns"))
    table = pa.table({"time": at, "output": ["fig", "kiwi", "pear"]})
    pq.write_table(table, tmp_path / "log.parquet")
    both, every = ["fig", "kiwi"], ["fig", "kiwi", "pear"]
    for operator, said in {"<=": both, "=": both, ">": ["pear"], "<": [], ">=": every}.items():
        assert outputs(tmp_path / "log.parquet", f"time {operator} '2026-01-01'") == said


def test_row_groups_that_cannot_hold_a_row_are_not_read(tmp_path, monkeypatch):
    rows = [{"model": "ab"[i // 50], "output": f"fig {i}"} for i in range(100)]
    _, table = written(tmp_path, rows, group=10)
    touched = []
    of_file = pq.ParquetFile.iter_batches

    def noted(self, *args, row_groups, **given):
        touched.extend(row_groups)
        return of_file(self, *args, row_groups=row_groups, **given)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", noted)
    samples = read(table, where="model = 'b'")
    assert samples.outputs == [f"fig {i}" for i in range(50, 100)]
    assert touched[0] in range(2)  # the head, by which columns are known
    assert sorted({*touched} - {0, 1}) == [5, 6, 7, 8, 9]
    assert samples.notes[-1] == "not read: records that `where` leaves out (50)"


def test_notes_and_rejects_are_alike_for_lines_and_row_groups(tmp_path):
    rows = [{"model": "ab"[i % 2], "prompt": f"p{i % 5}", "output": f"fig {i}"} for i in range(60)]
    rows[41]["output"] = None
    lines, table = written(tmp_path, rows)
    one, other = (read(path, where="model = 'b' and prompt != 'p3'") for path in (lines, table))
    assert one.notes[1:] == other.notes[1:]
    assert one.prompt_ids == other.prompt_ids == ["p1", "p0", "p2", "p4"]


def test_fields_have_their_names_in_every_format(tmp_path):
    """Of records that are no rows of a table, outputs are left out, by fields and parameters."""
    bodies = [
        {
            "request": {
                "model": "m", "temperature": i / 10, "messages": [{"role": "user", "content": "Q"}],
            },
            "response": {
                "model": f"m-{i % 2}", "object": "chat.completion",
                "choices": [{"message": {"role": "assistant", "content": f"fig {i}"}}],
            },
        }
        for i in range(20)
    ]  # fmt: skip
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(body) + "\n" for body in bodies))
    assert read(path, where="model = 'm-1'").outputs == [f"fig {i}" for i in range(1, 20, 2)]
    assert read(path, where="temperature >= 1.8").outputs == ["fig 18", "fig 19"]
    with pytest.raises(BadInput, match=r"unknown column 'madel'; did you mean 'model'\?"):
        read(path, where="madel = 'm-1'")


def test_columns_have_their_own_names_too(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [
        {"llm": llm, "question": "Q", "meta": {"lang": lang}, "answer": str(i)}
        for i, (llm, lang) in enumerate([("a", "de"), ("b", "en")] * 10)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    odd = [str(i) for i in range(1, 20, 2)]
    assert read(path, where="llm = 'b'").outputs == odd
    assert read(path, where="meta.lang = 'en'").outputs == odd
    assert read(path, where="prompt = 'Q' and \"llm\" = 'b'").outputs == odd
    assert read(path, map="model=llm,output=answer", where="model = 'b'").outputs == odd


def test_a_column_that_begins_late_is_a_column(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [{"output": f"fig {i}", **({"step": i} if i > 30 else {})} for i in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read(path, where="step > 37").outputs == ["fig 38", "fig 39"]


def test_numbers_in_cells_of_texts(tmp_path):
    path = tmp_path / "log.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["prompt", "output", "step"])
        table.writerows([["Q", f"fig {i}", i] for i in range(20)])
    assert read(path, where="step >= 9 and step < 11").outputs == ["fig 9", "fig 10"]


def test_folders_give_columns(tmp_path):
    for model in ("a", "b c"):
        for day in ("2026-01-01", "2026-01-02"):
            folder = tmp_path / "logs" / f"model={model.replace(' ', '%20')}" / f"day={day}"
            folder.mkdir(parents=True)
            rows = [{"prompt": "Q", "output": f"{model} {day} {i}"} for i in range(20)]
            pq.write_table(pa.Table.from_pylist(rows), folder / "0.parquet", row_group_size=7)
    samples = read(tmp_path / "logs")
    assert samples.models == ["a", "b c"]
    assert len(samples) == 80
    some = read(tmp_path / "logs", where="model = 'b c' and day > '2026-01-01'")
    assert set(some.column("day")) == {"2026-01-02"}
    assert len(some) == 20
    one = tmp_path / "logs" / "model=a" / "day=2026-01-01" / "0.parquet"
    assert read(one).models == ["a"]
    apart = [s for part in parts(tmp_path / "logs", where="model = 'a'", size=1)
             for s in part.batches()]  # fmt: skip
    assert Samples.joined(apart).models == ["a"]


def test_a_folder_takes_nothing_from_the_file(tmp_path):
    folder = tmp_path / "output=3" / "model=a"
    folder.mkdir(parents=True)
    rows = [{"prompt": "Q", "response": "fig", "model": "b"}] * 3
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    samples = read(folder / "log.jsonl")
    assert samples.outputs == ["fig"] * 3
    assert samples.models == ["b"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("model = x", "a text stands in single quotes, 'x'"),
        ("model = ", "at its end: a value was expected"),
        ("model like 'x'", "=, !=, <, <=, >, >=, in, not in or is null was expected"),
        ("'x' = model", "a column's name was expected"),
        ("model = 'x' and", "at its end: a column's name was expected"),
        ("(model = 'x'", r"'\)' was expected"),
        ("model = 'x') or", "nothing more was expected"),
        ("model in 'x'", r"'\(' was expected"),
        ("model is 'x'", "'null' was expected"),
        ("model = 'x", "this cannot be read"),
        ("step = 3x", "this cannot be read"),
        ("", "at its end: a column's name was expected"),
    ],
)
def test_a_condition_that_is_none_says_where(text, why):
    with pytest.raises(BadInput, match=why) as error:
        Condition.read(text)
    assert "write for example model = 'x' and time > '2026-01-01'" in str(error.value)


def test_what_cannot_be_asked_is_refused(tmp_path, write, serve):
    rows = [{"prompt": "Q", "response": f"fig {i}"} for i in range(3)]
    path = write("log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(BadInput, match=r"unknown column 'madel'.* Known: prompt, response"):
        read(path, where="madel = 'x'")
    timed = tmp_path / "timed.jsonl"
    timed.write_text('{"output": "fig", "time": "2026-01-01"}\n')
    with pytest.raises(BadInput, match="time is compared with 'yesterday'"):
        read(timed, where="time > 'yesterday'")
    with pytest.raises(BadInput, match="as they are read"):
        read(serve(), where="model = 'x'")
    with pytest.raises(BadInput, match=r"no output found .* records that `where` leaves out"):
        read(path, where="prompt = 'x'")
