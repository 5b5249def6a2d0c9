"""The way of a log through ``compare``: which files is it handed to, in which order?

A log is ``Samples``, or whatever holds one. A return is a file that gets it again after another had
it. Methods of what holds a log do not count: it stays where it is.
"""

from __future__ import annotations

import dataclasses
import sys
from types import FrameType

import fullmenu as fm
from fullmenu.samples import Samples

MENU = ["soup of leeks and cream", "fish with lemon", "rice and beans", "cake", "stew", "figs"]
DEPTH = 4


def holds(x: object, depth: int = DEPTH) -> bool:
    """Whether a value is a log or holds one."""
    if isinstance(x, Samples):
        return True
    if depth == 0 or isinstance(x, (str, type)):
        return False
    parts: list[object] = []
    if dataclasses.is_dataclass(x):
        parts = [getattr(x, f.name, None) for f in dataclasses.fields(x)]
    elif isinstance(x, (list, tuple)):
        parts = list(x[:3])
    elif isinstance(x, dict):
        parts = list(x.values())[:3]
    return any(holds(part, depth - 1) for part in parts)


def way() -> tuple[list[str], set[str]]:
    """Return the files that a log is handed to, in order, and the names it goes by."""
    before = Samples.of({f"Dinner {d}?": [*MENU[d % 6 :], *MENU[: d % 6]] for d in range(8)})
    after = Samples.of({f"Dinner {d}?": ["soup"] * 5 + [MENU[d % 6]] for d in range(8)})
    files: list[str] = []
    names: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        _, room, file = code.co_filename.rpartition("/src/fullmenu/")
        if event != "call" or not room or code.co_name.startswith("<"):
            return
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        held = [name for name in given if holds(frame.f_locals.get(name))]
        if held and held != ["self"] and not _within(frame, "_again"):
            names.update(held)
            if files[-1:] != [file]:
                files.append(file)

    sys.setprofile(note)
    try:
        fm.compare(before, after)
    finally:
        sys.setprofile(None)
    return files, names


def _within(frame: FrameType | None, name: str) -> bool:
    while frame is not None and frame.f_code.co_name != name:
        frame = frame.f_back
    return frame is not None


def returns(files: list[str]) -> int:
    """Count the stays in files that were left before."""
    return sum(file in files[:k] for k, file in enumerate(files))
