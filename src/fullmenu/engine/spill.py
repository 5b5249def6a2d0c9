"""Rows set aside on disk, by buckets: what is spread over the parts of a log comes together."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Spill:
    """What one part sets aside; it is there whole once closed, and a part that is tried again
    begins anew.

    Parameters
    ----------
    folder
        Where all parts of a log set theirs aside.
    part
        The number of the part.
    """

    def __init__(self, folder: Path, part: int) -> None:
        self._place = folder / f"{part:06}"
        self._new = folder / f".{part:06}"
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir(parents=True)
        self._writers: dict[int, Any] = {}

    def add(self, table: Any, buckets: NDArray[np.int64]) -> None:
        """Set the rows of an Arrow table aside, each in its bucket, (n,)."""
        from pyarrow import ipc

        for bucket in np.unique(buckets).tolist():
            if bucket not in self._writers:
                options = ipc.IpcWriteOptions(compression="lz4")
                path = str(self._new / f"{bucket:06}.arrow")
                self._writers[bucket] = ipc.new_file(path, table.schema, options=options)
            self._writers[bucket].write_table(table.take(np.flatnonzero(buckets == bucket)))

    def __enter__(self) -> Spill:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        if error is None:
            shutil.rmtree(self._place, ignore_errors=True)
            self._new.replace(self._place)
        else:
            shutil.rmtree(self._new, ignore_errors=True)


def gathered(folder: Path, bucket: int) -> Iterator[Any]:
    """Yield what all parts set aside in a bucket, as Arrow tables."""
    from pyarrow import ipc

    for path in sorted(folder.glob(f"[0-9]*/{bucket:06}.arrow")):
        with ipc.open_file(str(path)) as file:
            yield file.read_all()


def table_to_bytes(table: Any) -> bytes:
    """Return an Arrow table as bytes."""
    from pyarrow import ipc

    out = io.BytesIO()
    with ipc.new_stream(out, table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as to:
        to.write_table(table)
    return out.getvalue()


def table_from_bytes(data: bytes) -> Any:
    """Read an Arrow table back."""
    from pyarrow import ipc

    with ipc.open_stream(io.BytesIO(data)) as file:
        return file.read_all()
