"""Arrow IPC, a file (Feather) or a stream; columns of vectors or bytes are not loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fullmenu.errors import BadInput
from fullmenu.readers.formats.parquet import cells, light
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, seekable

_FILE, _STREAM = b"ARROW1", b"\xff\xff\xff\xff"
_ROWS = 1_000


def recognise(file: Opened) -> float:
    """Tell by magic bytes."""
    return 1.0 if file.head.startswith((_FILE, _STREAM)) else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object; line is the number of the row."""
    import pyarrow as pa

    with seekable(file) as stream:
        number = 0
        try:
            if file.head.startswith(_FILE):
                table = pa.ipc.open_file(stream)
                batches = (table.get_batch(n) for n in range(table.num_record_batches))
            else:
                table = pa.ipc.open_stream(stream)
                batches = iter(table)
            names = light(table.schema)
            twice = [name for name, n in Counter(names).items() if n > 1]
            if twice:
                raise BadInput(f"{file.name} has the column {twice[0]!r} twice")
            for batch in batches:
                batch = batch.select(names)
                batch.validate(full=True)  # offsets and codes may point anywhere
                for start in range(0, batch.num_rows, _ROWS):
                    for row in cells(batch.slice(start, _ROWS)):
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


FORMAT = Packing("arrow", "Arrow", recognise, items, (".arrow", ".feather"))
