"""Arrow IPC, a file (Feather) or a stream; columns of vectors or bytes are not loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.readers import arrow_messages, ledger
from fullmenu.readers.formats.parquet import cells, light
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, seekable

_ROWS = 1_000


def recognise(file: Opened) -> float:
    """Tell by magic bytes."""
    return 1.0 if file.head.startswith((arrow_messages.FILE, arrow_messages.STREAM)) else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object; line is the number of the row."""
    import pyarrow as pa

    with seekable(file) as stream:
        number = 0
        arrow_messages.check(stream, file.name)
        try:
            batches = pa.ipc.open_stream(stream)
            names = light(batches.schema)
            twice = [name for name, n in Counter(names).items() if n > 1]
            if twice:
                raise BadInput(f"{file.name} has the column {twice[0]!r} twice")
            for field in batches.schema:
                if field.name in names:
                    _check_kind(field, field.type, file.name, pa)
            for batch in batches:
                chosen = batch.select(names)
                chosen.validate(full=True)
                step = _step(chosen, file.name, pa)
                for start in range(0, chosen.num_rows, step):
                    for row in cells(chosen.slice(start, step)):
                        number += 1
                        yield number, row
        except UnicodeDecodeError:
            raise BadInput(
                f"{file.name} is not a readable Arrow file: after row {number:,} it holds text "
                "that is not UTF-8. Write it again from where it came from"
            ) from None
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            if isinstance(error, BadInput):
                raise
            said = str(error).split("\n")[0][:200]
            raise BadInput(f"{file.name} is not a readable Arrow file: {said}") from None


def _check_kind(field: Any, kind: Any, name: str, pa: Any, inside: bool = False) -> None:
    """Refuse kinds that can say a value many times over, where nobody can tell how many times."""
    t = pa.types
    many = [getattr(t, f"is_{one}", None) for one in ("run_end_encoded", "list_view",
            "large_list_view", *(("dictionary", "string_view") if inside else ()))]  # fmt: skip
    if any(test is not None and test(kind) for test in many):
        raise BadInput(
            f"{name}: the column {field.name!r} is of the kind {field.type}, which is not read. "
            "Write it as plain texts or lists"
        )
    for i in range(kind.num_fields):
        _check_kind(field, kind.field(i).type, name, pa, True)


def _step(batch: Any, name: str, pa: Any) -> int:
    """Return how many rows to turn into objects at once, by the longest text of each column."""
    longest = sum(_longest(column, pa) for column in batch.columns)
    if longest > ledger.MAX_RECORD:
        raise BadInput(
            f"{name} holds a row of {longest:,} bytes, and {ledger.MAX_RECORD:,} are allowed"
        )
    return min(_ROWS, max(1, ledger.MAX_RECORD // max(longest, 1)))


def _longest(column: Any, pa: Any) -> int:
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _longest(column.dictionary, pa)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.max(pc.binary_length(column)).as_py() or 0
    is_view = getattr(pa.types, "is_string_view", None)
    if is_view is not None and is_view(kind) and len(column):
        views = memoryview(column.buffers()[1]).cast("B").cast("i")
        return max(views[4 * column.offset : 4 * (column.offset + len(column)) : 4])
    return 0


FORMAT = Packing("arrow", "Arrow", recognise, items, (".arrow", ".feather"))
