"""The completions that were looked at, as JSON lines that ``fullmenu`` reads."""

from __future__ import annotations

import json
import os
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.samples import Samples

LONGEST = 100_000
"""Characters of an output that are written; a model may write without end."""

COLUMNS = ("prompt_id", "prompt", "output", "model", "score", "sample_index")


class Record:
    """A log that grows by one look at a time.

    Parameters
    ----------
    path
        The file. It must not be there yet, unless :meth:`resume` says how much of it is ours.

    Raises
    ------
    BadInput
        There is a file of this name already.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.size: int | None = None

    def append(self, samples: Samples) -> None:
        """Write one line an output."""
        self.open()
        columns = [samples.table.column(name).to_pylist() for name in COLUMNS]
        lines = []
        for row in zip(*columns, strict=True):
            found = dict(zip(COLUMNS, row, strict=True))
            found["output"] = found["output"][:LONGEST]
            lines.append(json.dumps({k: v for k, v in found.items() if v is not None}))
        with self.path.open("a", encoding="ascii", newline="\n") as file:
            file.write("".join(line + "\n" for line in lines))
        self.size = self.path.stat().st_size

    def resume(self, size: int | None) -> None:
        """Go on after the first ``size`` bytes: what was written later is written again."""
        self.size = size
        if size is None:
            return
        there = self.path.stat().st_size if self.path.exists() else 0
        if there < size:
            raise BadInput(
                f"{self.path} holds {there} bytes, and {size} were written before the checkpoint; "
                "put the log back, or give another path"
            )
        os.truncate(self.path, size)

    def open(self) -> None:
        """Refuse a file that is there already; make the folder of one that is not."""
        if self.size is None:
            if self.path.exists() and self.path.stat().st_size:
                raise BadInput(
                    f"{self.path} is there already; give another path, or go on with it: "
                    "load_state_dict of the checkpoint, then train"
                )
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.size = 0
