"""Rows; columns of vectors or bytes are not loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, seekable
from fullmenu.text.json_values import Object

_ROWS = 1_000


def recognise(file: Opened) -> float:
    """Tell by magic bytes."""
    return 1.0 if file.head.startswith(b"PAR1") else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object; line is the number of the row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with seekable(file) as stream:
        try:
            table = pq.ParquetFile(stream)
            names = [f.name for f in table.schema_arrow if not _is_heavy(f.type, pa)]
            number = 0
            for batch in table.iter_batches(_ROWS, columns=names):
                for row in _rows(batch, log, pa):
                    number += 1
                    yield number, row
        except (pa.ArrowException, OSError) as error:
            said = str(error).split("\n")[0][:200]
            raise BadInput(f"{file.name} is not a readable Parquet file: {said}") from None


def _rows(batch: Any, log: Ledger, pa: Any) -> Iterator[Object]:
    """Turn a batch into objects, 16 rows at first so that unneeded columns are soon left out."""
    start, step = 0, 16
    while start < batch.num_rows:
        part = batch.slice(start, step)
        if log.columns is not None:
            part = part.select([n for n in part.schema.names if n in log.columns])
        columns = [_plain_times(c, pa).to_pylist() for c in part.columns]
        names = part.schema.names
        if not names:
            return
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))
        start, step = start + step, _ROWS


def _plain_times(column: Any, pa: Any) -> Any:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column


def _is_heavy(kind: Any, pa: Any) -> bool:
    """Embeddings, images and audio, which no field can be."""
    t = pa.types
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        inner = kind.value_type
        return _is_heavy(inner, pa) or (t.is_fixed_size_list(kind) and t.is_floating(inner))
    return bool(t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind))


FORMAT = Packing("parquet", "Parquet", recognise, items, (".parquet", ".pq"))
