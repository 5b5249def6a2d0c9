"""Rows read by column give what rows read one by one give."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fullmenu.errors import BadInput
from fullmenu.readers import reader
from fullmenu.readers.formats import jsonl, table
from fullmenu.samples import RecordColumns

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "a fig", "plum", "", '"fig"', '"{"', "[sic] fig", '["fig", "kiwi"]', "{fig}",
            '{"role": "assistant", "content": "fig"}', '{"model": "m", "fruit": 1}',
            "<think>Hm.</think> fig", "<think>Hm", "a <b>fig</b>", "analysisHm.assistantfinalfig",
            "he said: \"fig\": no", "x" * 101, "\ud800 fig", '[{"role": "user", "content": "Hi"}]',
        ]
    ),
)  # fmt: skip
VALUES = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(TEXTS, max_size=2),
    st.sampled_from(
        ["2026-01-02T03:04:05Z", 1_760_000_000, "0.5", [-0.5, -1.0], [[-0.5]], {"temperature": 1}]
    ),
    st.dictionaries(st.sampled_from(["text", "a", "role"]), TEXTS, max_size=2),
)  # fmt: skip
COLUMNS = st.sampled_from(
    [
        "prompt", "prompt_id", "model", "time", "score", "sample_index", "logprobs", "id", "input",
        "finish_reason", "system_fingerprint", "parameters", "temperature", "call_id", "system",
        "role", "step", "note", "instruction", "question",
    ]
)  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Logs whose rows are mostly alike, with a few that are not."""
    columns = draw(st.lists(COLUMNS, unique=True, max_size=6))
    kinds = {c: draw(st.sampled_from([TEXTS, VALUES, st.integers(0, 3)])) for c in columns}
    usual = st.fixed_dictionaries({"output": TEXTS}, optional=kinds)
    whole = st.fixed_dictionaries({"output": TEXTS, **kinds})
    odd = st.dictionaries(st.one_of(COLUMNS, st.just("output")), VALUES, max_size=4)
    return draw(st.lists(st.one_of(whole, whole, whole, usual, odd), min_size=1, max_size=40))


def both(path: Any, **given: Any) -> tuple[Any, Any]:
    """Read by column and one by one; of notes that count alike, which is first is left open."""
    return answer(path, **given), answer(path, None, **given)


def answer(path: Any, columns: Any = table.columns, **given: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "understood", with_columns(columns))
        try:
            samples = reader.read(path, tolerate=True, **given)
        except BadInput as error:
            return str(error)
    return replace(samples, notes=tuple(sorted(samples.notes)))


def with_columns(columns: Any, understood: Any = reader.understood) -> Any:
    """Return the reader's way to a shape, with another way to columns."""

    def otherwise(values: Any, intake: Any) -> Any:
        shape = understood(values, intake)
        return replace(shape, columns=columns) if shape.name == "table" else shape

    return otherwise


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs(), st.booleans(), st.sampled_from(["drop", "keep"]))
def test_by_column_and_one_by_one_are_the_same(tmp_path, rows, ascii_only, reasoning):
    path = tmp_path / "log.jsonl"
    lines = (json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
    by_column, one_by_one = both(path, reasoning=reasoning)
    assert by_column == one_by_one


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                b'{"output": "fig", "prompt": "p"}', b'{"output": "a", "output": "b"}', b"", b"{",
                b'{"output": "fig"} {"output": "kiwi"}', b'{"output": "\xff"}', b"null", b" ",
                b'{"output": "fig", "score": NaN}', b'{"output": "fig", "score": 1e999}', b"[1]",
                b'{"output": "\x01"}', b'{"output": "fig", "note": {"a": 1, "a": 2}}',
                b'{"output": "fig", "id": 12345678901234567890123}', b'{"output":', b'"fig"}',
                b'{"output": "fig: kiwi \\": \\u003a"}', b'\t{ "output" : "fig" }\r',
                b'{"output": ' + b"[" * 3_000 + b"]" * 3_000 + b"}",
            ]
        ),
        min_size=1,
        max_size=30,
    )
)  # fmt: skip
def test_odd_lines_are_read_as_alone(tmp_path, lines):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join([b'{"output": "fig", "prompt": "p"}', *lines]))
    together = both(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "loads_all", lambda texts, log: None)
        alone = both(path)
    assert together == alone


CELLS = {
    "texts": st.one_of(st.none(), TEXTS.filter(lambda text: "\ud800" not in text)),
    "numbers": st.one_of(st.none(), st.integers(-9, 9)),
    "decimals": st.one_of(st.none(), st.decimals(-9, 9, places=2)),
    "times": st.one_of(st.none(), st.datetimes(datetime(1, 1, 2), datetime(9999, 1, 1))),
    "dates": st.one_of(st.none(), st.dates()),
    "lists": st.one_of(st.none(), st.lists(st.floats(-9, 0), max_size=3)),
}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.integers(1, 40))
def test_so_it_is_with_the_values_of_a_parquet_file(tmp_path, data, n):
    kinds = data.draw(st.dictionaries(COLUMNS, st.sampled_from(sorted(CELLS)), max_size=6))
    kinds["output"] = "texts"
    table = pa.table(
        {c: data.draw(st.lists(CELLS[k], min_size=n, max_size=n)) for c, k in kinds.items()}
    )
    pq.write_table(table, tmp_path / "log.parquet")
    by_column, one_by_one = both(tmp_path / "log.parquet")
    assert by_column == one_by_one


def test_plain_rows_are_read_by_column(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [{"prompt": f"p{i % 3}", "output": f"fig {i}", "step": i} for i in range(50)]
    rows[20]["output"] = '{"role": "assistant", "content": "kiwi"}'
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    stretches: list[tuple[int, bool]] = []

    def watched(values: Any, log: Any) -> Iterator[Any]:
        for stretch, found in table.columns(values, log):
            stretches.append((len(stretch), isinstance(found, RecordColumns)))
            yield stretch, found

    samples = answer(path, watched)
    assert stretches == [(20, True), (1, False), (29, True)]
    assert samples.outputs[19:22] == ["fig 19", "kiwi", "fig 21"]
    assert samples.column("step") == list(range(50))
