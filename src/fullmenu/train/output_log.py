"""The completions that were looked at, as JSON lines that ``fullmenu`` reads."""

from __future__ import annotations

import json
import os
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.samples import Samples

LONGEST = 100_000
"""Characters of an output that are written; a model may write without end."""

COLUMNS = ["prompt_id", "prompt", "output", "model", "score", "sample_index", "logprobs"]


class OutputLog:
    """A log that grows by one look at a time.

    Its file must not be there yet, unless :meth:`resume` says how much of it is ours.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.size: int | None = None

    def append(self, samples: Samples) -> None:
        """Write one line an output."""
        self.open()
        with self.path.open("a", encoding="ascii", newline="\n") as file:
            for row in samples.table.select(COLUMNS).to_pylist():
                row["output"] = row["output"][:LONGEST]
                file.write(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n")
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
