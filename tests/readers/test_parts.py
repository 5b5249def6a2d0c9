"""A log in parts is the log."""

import gzip
import io
import json
import pickle
import random
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from fullmenu import read
from fullmenu.errors import BadInput
from fullmenu.readers.account import Account
from fullmenu.readers.parts import parts
from fullmenu.samples import Samples


def rows(n, seed=0):
    rng = random.Random(seed)
    words = ["fig", "kiwi", "pear", "plum", "quince", "lime", "<think>hm</think>date"]
    return [
        {
            "question_id": rng.randrange(7),
            "question": f"Fruit {rng.randrange(7)}?",
            "answer": rng.choice([" ".join(rng.choices(words, k=6)), "", None]),
            "model": rng.choice("ab"),
            "created_at": f"2026-01-{1 + rng.randrange(28):02}T00:00:00Z",
            "step": i,
        }
        for i in range(n)
    ]


def parquet(path, n, group, seed=0):
    pq.write_table(pa.Table.from_pylist(rows(n, seed)), path, row_group_size=group)
    return path


def read_in_parts(source, **given):
    """All outputs of all parts, each part as it is on the other side of a pickle, and notes."""
    logs, accounts = [], []
    cut = parts(source, **given)
    for part in pickle.loads(pickle.dumps(list(cut))):
        batches = part.batches()
        logs += batches
        accounts.append(Account.from_dict(json.loads(json.dumps(batches.account.to_dict()))))
    whole = Samples.joined(logs)
    return whole, tuple(Account.total([cut.account, *accounts]).summary(whole.n_prompts))


def same(left, right):
    """Equal but for the places of outputs among those of their prompt, which parts count anew."""
    columns = [name for name in left.table.column_names if name != "sample_index"]
    return left.table.select(columns).to_pylist() == right.table.select(columns).to_pylist()


def packed(path):
    lines = "".join(json.dumps(row) + "\n" for row in rows(40)).encode()
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines))
    elif path.suffix == ".zst":
        path.write_bytes(zstd.compress(lines))
    else:
        path.write_bytes(lines)
    return path


@given(
    n=st.integers(17, 90),
    group=st.integers(1, 40),
    size=st.sampled_from([1, 500, 4_000, 1 << 20]),
)
@settings(max_examples=25, deadline=None)
def test_row_groups_read_apart_are_the_file(tmp_path_factory, n, group, size):
    path = parquet(tmp_path_factory.mktemp("log") / "log.parquet", n, group)
    cut = parts(path, size=size)
    groups = [g for part in cut for g in part.row_groups]
    assert groups == list(range(-(-n // group)))
    assert sum(part.rows for part in cut) == n
    assert [part.number for part in cut] == list(range(len(cut)))
    whole = read(path)
    samples, notes = read_in_parts(path, size=size)
    assert same(samples, whole)
    assert notes == whole.notes


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz", "log.jsonl.zst"])
def test_lines_are_one_part_however_they_are_packed(tmp_path, name):
    path = packed(tmp_path / name)
    (part,) = parts(path, size=10)
    assert part.row_groups is None
    samples, notes = read_in_parts(path)
    assert same(samples, read(path))
    assert notes == read(path).notes


def test_a_folder_of_several_kinds(tmp_path):
    parquet(tmp_path / "a.parquet", 50, 9)
    packed(tmp_path / "b.jsonl.gz")
    (tmp_path / "c.jsonl").touch()
    (tmp_path / "d.json").write_text('{"settings": 1}')
    (tmp_path / "notes.docx").touch()
    samples, notes = read_in_parts(tmp_path, size=500)
    whole = read(tmp_path)
    assert same(samples, whole)
    assert sorted(notes) == sorted(whole.notes)


def test_what_columns_mean_is_told_from_the_first_records_of_the_file(tmp_path):
    odd = [{"response": "fig", "output": "x"}] * 20 + [{"response": None, "output": "y"}] * 20
    pq.write_table(pa.Table.from_pylist(odd), tmp_path / "log.parquet", row_group_size=20)
    samples, notes = read_in_parts(tmp_path / "log.parquet", size=1)
    assert same(samples, read(tmp_path / "log.parquet"))
    assert notes == read(tmp_path / "log.parquet").notes


def test_rejects_have_the_lines_of_the_whole_file(tmp_path):
    made = [{"prompt": "A fruit?", "output": {"text": "fig"}}] * 60
    made[45] = {"prompt": "A fruit?", "output": {"text": None}}
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist(made), path, row_group_size=20)
    whole, apart = io.StringIO(), io.StringIO()
    read(path, rejects=whole)
    for part in parts(path, size=1):
        list(part.batches(apart))
    assert whole.getvalue().count('"line": 46') == 1
    assert apart.getvalue() == whole.getvalue()


def test_an_output_that_is_rejected_everywhere_stops_a_log_of_parts(tmp_path):
    made = [{"prompt": "A fruit?", "output": {"text": "fig" if i % 3 else None}} for i in range(60)]
    pq.write_table(pa.Table.from_pylist(made), tmp_path / "log.parquet", row_group_size=20)
    accounts = []
    for part in parts(tmp_path / "log.parquet", size=1):
        batches = part.batches()
        list(batches)
        accounts.append(batches.account)
    with pytest.raises(BadInput, match="20 of 60 records rejected"):
        Account.total(accounts).judge()
    with pytest.raises(BadInput, match="20 of 60 records rejected"):
        read(tmp_path / "log.parquet")


@pytest.mark.parametrize("ids", [True, False])
def test_prompt_ids_are_those_of_the_outputs(tmp_path, ids):
    made = rows(80)
    if not ids:
        made = [{k: v for k, v in row.items() if k != "question_id"} for row in made]
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist(made), path, row_group_size=30)
    found = {i for part in parts(path, size=1) for some in part.prompt_counts() for i in some}
    assert found == set(read(path).prompt_ids)


@given(
    made=st.lists(
        st.tuples(st.sampled_from(["a", "b", "", None]), st.sampled_from(["Be short.", None, ""])),
        min_size=1, max_size=60,
    ),
    group=st.integers(1, 70),
    where=st.sampled_from([None, "n < 20", "response != 'fig 3'", "system = 'Be short.'"]),
    by_id=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_prompts_are_counted_as_their_outputs_are(tmp_path_factory, made, group, where, by_id):
    table = pa.table({
        "prompt": pa.array([prompt for prompt, _ in made], pa.string()),
        "system": pa.array([system for _, system in made], pa.string()),
        "response": [f"fig {i}" for i in range(len(made))],
        "n": [*range(len(made))],
    })  # fmt: skip
    if by_id:
        table = table.append_column("prompt_id", [[f"q{prompt}" for prompt, _ in made]])
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    pq.write_table(table, path, row_group_size=group)
    counted = Counter()
    for part in parts(path, where=where, size=1):
        for some in part.prompt_counts():
            counted.update(some)
    try:
        expected = Counter(read(path, where=where).column("prompt_id"))
    except BadInput:  # the condition left nothing
        expected = Counter()
    assert counted == expected


VALUES = [f"q{i // 4}" for i in range(40)]
KINDS = {
    "text": pa.array(VALUES),
    "codes": pa.array(VALUES).dictionary_encode(),
    "bytes": pa.array([value.encode() for value in VALUES]),
    "numbers": pa.array([i // 4 for i in range(40)]),
    "no numbers": pa.array([float("nan")] * 40),
    "lists": pa.array([[value] for value in VALUES]),
    "messages": pa.array([[{"role": "user", "content": value}] for value in VALUES]),
    "nothing": pa.nulls(40),
    "some": pa.array([value if i % 3 else None for i, value in enumerate(VALUES)]),
    **({"views": pa.array(VALUES, pa.string_view())} if hasattr(pa, "string_view") else {}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", ["prompt", "prompt_id"])
def test_prompts_of_any_kind_are_counted(tmp_path, kind, column):
    columns = {"prompt": pa.array(VALUES), column: KINDS[kind], "response": pa.array(VALUES)}
    path = tmp_path / "log.parquet"
    try:
        pq.write_table(pa.table(columns), path, row_group_size=10)
    except pa.ArrowNotImplementedError:
        pytest.skip(f"this pyarrow writes no {kind}")
    counted = Counter()
    for part in parts(path, size=1):
        for some in part.prompt_counts():
            counted.update(some)
    assert counted == Counter(read(path).column("prompt_id"))


def test_prompts_that_only_the_output_tells_are_read_with_it(tmp_path):
    turns = [{"role": "user", "content": "A fruit?"}, {"role": "assistant", "content": "fig"}]
    made = [{"messages": json.dumps(turns)}, {"messages": json.dumps(turns)}]
    for messages, prompt in ((turns, None), (json.dumps(turns), None), (json.dumps(turns), "Q")):
        made = [{"messages": messages, "prompt": prompt, "prompt_id": None}] * 3
        schema = pa.Table.from_pylist(made).schema.set(1, pa.field("prompt", pa.string()))
        path = tmp_path / "log.parquet"
        pq.write_table(pa.Table.from_pylist(made, schema), path)
        (part,) = parts(path)
        found = {i for counts in part.prompt_counts() for i in counts}
        assert found == set(read(path).prompt_ids)


def test_prompt_ids_do_not_read_the_outputs(tmp_path, monkeypatch):
    path = parquet(tmp_path / "log.parquet", 60, 20)
    asked = []
    of_file = pq.ParquetFile.iter_batches

    def noted(self, *args, columns, **given):
        asked.append(columns)
        return of_file(self, *args, columns=columns, **given)

    cut = parts(path)
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", noted)
    for part in cut:
        list(part.prompt_counts())
    assert asked[1:] == [["question_id"]] * 3  # the first is the head of the file


def test_batches_are_bounded(tmp_path):
    made = [{"prompt": f"p{i % 9}", "output": "x" * 2_000} for i in range(30_000)]
    pq.write_table(pa.Table.from_pylist(made), tmp_path / "log.parquet")
    (part,) = parts(tmp_path / "log.parquet")
    sizes = [len(samples) for samples in part.batches()]
    assert sum(sizes) == 30_000
    assert max(sizes) <= 11_000


def test_what_cannot_be_read_in_parts_is_refused(tmp_path, folder, draw):
    with pytest.raises(BadInput, match="can be read only once"):
        parts("-")
    with pytest.raises(BadInput, match="pictures are not read in parts"):
        parts(folder("pictures", {"cat": draw(2)}))
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(BadInput, match=r"cut\.parquet is not a readable Parquet file"):
        parts(tmp_path / "cut.parquet")
