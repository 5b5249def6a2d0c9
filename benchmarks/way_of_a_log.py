"""The way of a log through `compare`: which files of judge/ is it handed to, in which order?

A log is `Samples`, whatever holds one, or a list of its outputs. A return is a file that gets it
again after another had it. Methods of what holds a log do not count: it stays where it is.

Run: python benchmarks/way_of_a_log.py
"""

from __future__ import annotations

import dataclasses
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any
from unittest.mock import patch

import fullmenu as fm
from fullmenu.judge import look
from fullmenu.samples import Samples
from table import Table

MENU = ["soup of leeks and cream", "fish with lemon", "rice and beans", "cake", "stew", "figs"]
DEPTH = 4


class Serial(ThreadPoolExecutor):
    """Everything on this thread, where it is seen."""

    def map(self, function: Any, *given: Any, **options: Any) -> Any:
        """Call in order."""
        return map(function, *given)


def holds(x: object, texts: set[str], depth: int = DEPTH) -> bool:
    """Whether a value is a log, holds one, or is a list of its outputs."""
    if isinstance(x, Samples):
        return True
    if depth == 0 or isinstance(x, (str, type)):
        return False
    if isinstance(x, list) and len(x) > 5 and all(t in texts for t in x if isinstance(t, str)):
        return all(isinstance(t, str) for t in x)
    parts: list[object] = []
    if dataclasses.is_dataclass(x):
        parts = [getattr(x, f.name, None) for f in dataclasses.fields(x)]
    elif isinstance(x, (list, tuple)):
        parts = list(x[:3])
    elif isinstance(x, dict):
        parts = list(x.values())[:3]
    return any(holds(part, texts, depth - 1) for part in parts)


def way() -> tuple[list[str], set[str]]:
    """Return the files of judge/ that a log is handed to, in order, and the names it goes by."""
    before = Samples.of({f"Dinner {d}?": [*MENU[d % 6 :], *MENU[: d % 6]] for d in range(8)})
    after = Samples.of({f"Dinner {d}?": ["soup"] * 5 + [MENU[d % 6]] for d in range(8)})
    texts = {*before.outputs, *after.outputs}
    files: list[str] = []
    names: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        _, room, file = code.co_filename.rpartition("/fullmenu/judge/")
        if event != "call" or not room or code.co_name.startswith("<"):
            return
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        held = [name for name in given if holds(frame.f_locals.get(name), texts)]
        if held and held != ["self"]:
            names.update(held)
            if files[-1:] != [file]:
                files.append(file)

    with patch.object(look, "ThreadPoolExecutor", Serial):
        sys.setprofile(note)
        try:
            fm.compare(before, after)
        finally:
            sys.setprofile(None)
    return files, names


def main() -> None:
    files, names = way()
    returns = len(files) - len(set(files))
    table = Table("The way of a log through compare, in judge/")
    table.add("files", " → ".join(file.removesuffix(".py") for file in files))
    table.add("names", ", ".join(sorted(names)))
    table.add("returns to a file that it had left", str(returns), "≤ 6", returns <= 6)
    table.show()


if __name__ == "__main__":
    main()
