"""The table of samples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu.errors import BadInput, MissingExtra, UnknownName
from fullmenu.samples import SCHEMA, Record, Samples

TWO = {"Name a fruit": ["fig", "kiwi", "fig"], "Name a tree": ["oak"]}


def test_of_prompts() -> None:
    s = Samples.of(TWO, model="m1")
    assert (len(s), s.n_prompts, s.models) == (4, 2, ["m1"])
    assert s.outputs == ["fig", "kiwi", "fig", "oak"]
    assert s.prompts[-1] == "Name a tree"
    assert s.groups.tolist() == [0, 0, 0, 1]
    assert s.table.column("sample_index").to_pylist() == [0, 1, 2, 0]
    assert s.table.schema == SCHEMA


def test_of_one_prompt_without_a_text() -> None:
    s = Samples.of(["a", "b"])
    assert s.n_prompts == 1
    assert s.prompts == [None, None]


def test_none_at_all() -> None:
    s = Samples.from_records([])
    assert (len(s), s.n_prompts, s.outputs, s.models) == (0, 0, [], [])
    assert s.groups.shape == (0,)


def test_what_readers_may_leave_out() -> None:
    plus_two = timezone(timedelta(hours=2))
    s = Samples.from_records(
        [
            Record("x", prompt="p", time=datetime(2026, 1, 1)),
            Record("y", prompt="p", time=datetime(2026, 1, 1, 2, tzinfo=plus_two), score=0.5),
            Record("z", prompt_id="other", prompt="p", sample_index=7),
        ],
        notes=["read by hand"],
    )
    assert s.prompt_ids == ["p", "other"]
    assert s.table.column("sample_index").to_pylist() == [0, 1, 7]
    first, second, third = s.table.column("time").to_pylist()
    assert first == second == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert third is None
    assert s.scores.tolist() == [0.5]
    assert s.notes == ("read by hand",)


def test_groups_follow_first_appearance() -> None:
    s = Samples.from_records(Record("o", prompt_id=p) for p in "babca")
    assert s.prompt_ids == ["b", "a", "c"]
    assert s.groups.tolist() == [0, 1, 0, 2, 1]


def test_more_than_one_batch() -> None:
    s = Samples.from_records(Record(str(i), prompt_id=str(i % 7)) for i in range(25_003))
    assert len(s) == 25_003
    assert s.outputs[-1] == "25002"
    assert s.groups.max() == 6
    assert np.bincount(s.groups).sum() == 25_003


def test_lone_surrogates_and_nul_survive() -> None:
    s = Samples.of(["a\ud800b", "\x00", "🦓", "\ud83e\udd93"])
    assert s.outputs == ["a\ufffdb", "\x00", "🦓", "🦓"]


def test_take_and_replace() -> None:
    s = Samples.of(TWO)
    assert s.take([3, 0]).outputs == ["oak", "fig"]
    assert s.take(np.array([True, False, False, True])).outputs == ["fig", "oak"]
    assert len(s.take([])) == 0
    other = s.with_outputs(["1", "2", "3", "4"])
    assert other.outputs == ["1", "2", "3", "4"]
    assert other.prompt_ids == s.prompt_ids
    assert s.outputs[0] == "fig"


def test_other_columns_are_refused() -> None:
    with pytest.raises(BadInput, match="prompt_id"):
        Samples(pa.table({"text": ["a"]}))


def told(n: int) -> Record:
    """An output of which a log tells everything."""
    return Record(
        f"dish {n}",
        "p",
        calls=[{"name": "oven", "arguments": '{"heat": 200}'}],
        finish_reason="length" if n % 2 else "stop",
        system_fingerprint="fp_1",
        parameters={"temperature": 0.5, "stop": None},
        call_id=f"call-{n}",
        extra={"step": n, "note": "x" * 500, "tags": ["a"], "tenant": {"name": "b"}},
    )


def test_what_a_log_tells_of_a_call_is_kept() -> None:
    s = Samples.from_records(map(told, range(3)))
    assert s.table.schema == SCHEMA
    assert s.column("calls")[0] == [{"name": "oven", "arguments": '{"heat": 200}'}]
    assert s.column("finish_reason") == ["stop", "length", "stop"]
    assert s.column("call_id") == ["call-0", "call-1", "call-2"]
    assert s.column("parameters") == ['{"temperature":0.5}'] * 3
    assert s.further == ["temperature", "step", "tags", "tenant"]
    assert (s.column("step"), s.column("tenant.name")) == ([0, 1, 2], ["b"] * 3)
    with pytest.raises(UnknownName, match="step, system_fingerprint"):
        s.column("note")


def test_equal_samples_may_be_coded_otherwise() -> None:
    s = Samples.from_records(map(told, range(10_003)))
    late = Samples.from_records(
        [told(1)._replace(sample_index=1), told(2)._replace(sample_index=2)]
    )
    assert s.take([1, 2]) == late
    assert s.take([2, 1]) != late


def test_what_is_not_told_costs_next_to_nothing() -> None:
    bare = Samples.from_records(Record("x", prompt_id="p") for _ in range(50_000))
    new = ["calls", "finish_reason", "system_fingerprint", "parameters", "call_id", "extra"]
    assert bare.table.select(new).nbytes < 40 * len(bare)
    same = Samples.from_records(
        Record("x", prompt_id="p", parameters={"stop": "y" * 90}) for _ in range(50_000)
    )
    assert same.table.select(["parameters"]).nbytes < 10 * len(same)


def test_further_columns_are_bounded_and_clean() -> None:
    wide = {f"c{n}": "v" * 90 for n in range(1_000)} | {"last": 1}
    s = Samples.from_records(
        [Record("x", extra=wide), Record("y", extra={"a": "\ud800", "n": 1e999})]
    )
    first, second = s.column("extra")
    assert len(first) < 1_500
    assert s.column("a") == [None, "\ufffd"]
    assert second is not None and "null" in second


def test_arrow_keeps_every_column(tmp_path: Path) -> None:
    s = Samples.from_records(map(told, range(3)))
    pq.write_table(s.table, tmp_path / "s.parquet")
    assert Samples(pq.read_table(tmp_path / "s.parquet")) == s


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abc", r"one text, 'abc': write a list, \['abc'\], or, where it names a file, fm\.read"),
        ({"p": "abc"}, r"outputs of 'p' are one text, 'abc': write a list, \{'p': \['abc'\]\}"),
        ({"p": [1]}, r"outputs of 'p' hold 1 \(int\)"),
        ({"p": None}, r"outputs of 'p' are None \(NoneType\)"),
        ({1: ["a"]}, r"a prompt is a text, not 1 \(int\)"),
        ({"p": {"a": 1}}, "outputs of 'p' are {'a': 1}"),
        (None, r"None \(NoneType\)"),
        (5, r"5 \(int\)"),
        (b"abc", "bytes"),
        ({"a", "b"}, r"\(set\)"),
        ([["a"], ["b"]], r"hold \['a'\] \(list\)"),
        ([{"output": "a"}], "lists of dicts"),
        (pa.table({"output": ["a"]}), "fm.read takes files, tables and lists of dicts"),
        (np.zeros((2, 2)), "no text"),
    ],
)
def test_what_holds_no_texts_is_refused_in_one_line(given: object, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        Samples.of(given)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


def test_lists_of_any_library_and_missing_outputs() -> None:
    for texts in (("a", None), np.array(["a", None], object), pa.array(["a", None]), iter(["a"])):
        s = Samples.of({"p": texts})
        assert s.outputs == ["a"]
    assert Samples.of(["a", None, float("nan")]).notes == ("not read: null outputs (2)",)
    assert type(Samples.of(np.array(["a"])).outputs[0]) is str


def test_rows_go_out_as_tables_of_other_libraries(require: Callable[..., ModuleType]) -> None:
    s = Samples.of(TWO, model="m1")
    assert s.to_arrow().equals(s.table)
    require("pandas")
    frame = s.to_pandas()
    assert list(frame["output"]) == s.outputs
    assert list(frame["sample_index"]) == [0, 1, 2, 0]


def test_rows_go_out_to_polars(require: Callable[..., ModuleType]) -> None:
    require("polars")
    s = Samples.of(TWO)
    assert s.to_polars()["output"].to_list() == s.outputs


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_not_installed_is_named(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: object, backend: str) -> object:
        raise ModuleNotFoundError(f"No module named {backend!r}")

    monkeypatch.setattr("narwhals.from_arrow", missing)
    with pytest.raises(MissingExtra, match=rf'pip install "fullmenu\[{library}\]"'):
        getattr(Samples.of(["a"]), f"to_{library}")()
