"""Where a session keeps its state: a file, or whatever else loads and saves bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from fullmenu.errors import BadInput
from fullmenu.files import remove_leftovers, replace_file
from fullmenu.live.cursors import Mark
from fullmenu.report.watch.document import Alarm

STATE = ".fullmenu-state.json"
"""What is added to a log's name to name its state."""


class Storage(Protocol):
    """Keeps one state; ``str()`` of it is what errors call it."""

    def load(self) -> bytes | None:
        """Return what was saved last; ``None``: nothing."""

    def save(self, data: bytes, place: Mark | None, alarms: Sequence[Alarm]) -> None:
        """Keep all of it, or what was there before.

        ``place`` is how far the log was counted, and ``alarms`` are those that are kept in the
        state: for whoever shows them beside it.
        """


class StateFile:
    """A state in a file of its own, which is replaced at one stroke and read by its owner only.

    What a killed watch left half written beside it is removed.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        remove_leftovers(self.path)

    def __str__(self) -> str:
        return str(self.path)

    def load(self) -> bytes | None:
        """Return what the file holds; ``None`` where there is none."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def save(self, data: bytes, place: Mark | None, alarms: Sequence[Alarm]) -> None:
        """Replace the file; where it cannot be written, what it held is still there."""
        try:
            replace_file(self.path, data, mode=0o600)
        except OSError as error:
            raise BadInput(f"cannot keep the state in {self.path}: {error.strerror}") from None

    def set_aside(self) -> None:
        """Give the file the ending ``.old``, if there is one, so that a watch begins anew."""
        if self.path.exists():
            self.path.replace(self.path.with_name(self.path.name + ".old"))


def state_beside(log: str | Path) -> Path | None:
    """Return where the state of a log is kept; nowhere for stdin and globs.

    >>> str(state_beside("logs/live.jsonl")), state_beside("-"), state_beside("*.jsonl")
    ('logs/live.jsonl.fullmenu-state.json', None, None)
    """
    path = Path(log).expanduser()
    if str(log) == "-" or (any(c in str(log) for c in "*?[") and not path.exists()):
        return None
    path = path if path.name else path.resolve()
    return path.with_name(path.name + STATE)
