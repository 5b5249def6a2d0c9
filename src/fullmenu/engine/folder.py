"""The folder of a run: what its parts gave, kept so that a stopped run goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fullmenu.engine.engines import Engine
from fullmenu.errors import BadInput


class RunFolder:
    """What the parts of a run gave.

    A part is done when its mark is there: an empty file that is written after what the part gave.

    Parameters
    ----------
    path
        The folder; it is made where there is none.
    plan
        What is run, as plain JSON: a folder that holds another run is refused.

    Raises
    ------
    BadInput
        The folder holds another run, or something else.

    Examples
    --------
    >>> import tempfile
    >>> from fullmenu.engine.engines import Local
    >>> folder = RunFolder(tempfile.mkdtemp(), {"log": "a"})
    >>> sorted(folder.run("sizes", Local(), str.encode, ["x", "y"]))
    [(0, b'x'), (1, b'y')]
    >>> folder.left("sizes", 2)
    []
    """

    def __init__(self, path: str | os.PathLike[str], plan: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        said, kept = json.dumps(plan, sort_keys=True, indent=1), self.path / "plan.json"
        if kept.is_file():
            if kept.read_text(encoding="utf-8") != said:
                raise BadInput(
                    f"{self.path} holds a run of other files, or asked for otherwise: name another "
                    "folder, or delete this one"
                )
        elif any(self.path.iterdir()):
            raise BadInput(f"{self.path} holds something else: name an empty or a new folder")
        else:
            write(kept, said.encode())

    def left(self, step: str, n: int) -> list[int]:
        """Return which of so many parts are not done."""
        return [i for i in range(n) if not (self.path / step / f"{i:06}.done").is_file()]

    def run(
        self, step: str, engine: Engine, job: Callable[[Any], bytes], items: Sequence[Any]
    ) -> Iterator[tuple[int, bytes]]:
        """Yield the place of every item and what ``job`` made of it, now or in an earlier run."""
        place = self.path / step
        place.mkdir(exist_ok=True)
        left = self.left(step, len(items))
        for i in sorted({*range(len(items))} - {*left}):
            yield i, (place / f"{i:06}").read_bytes()
        for at, state in engine.map(job, [items[i] for i in left]):
            write(place / f"{left[at]:06}", state)
            write(place / f"{left[at]:06}.done", b"")
            yield left[at], state


def write(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
