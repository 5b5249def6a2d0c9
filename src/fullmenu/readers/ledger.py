"""What a reader read, what it left out and why, and when there is too much wrong to go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

from fullmenu.errors import BadInput
from fullmenu.readers.account import Account, add
from fullmenu.text.chat import CALL, ONLY_CALLS, ONLY_THOUGHTS, REASONING, Said
from fullmenu.text.reasoning import apart
from fullmenu.text.wrappings import UNKNOWN

MAX_RECORD = 64 << 20
"""Bytes of one record; a longer one is rejected without being loaded."""
MAX_DOCUMENT = 1 << 30
"""Bytes of a JSON document that has to be loaded whole."""
MAX_UNPACKED = 1 << 27
"""Bytes of such a document that is more than 20 times as large as the file that holds it."""
_HOPELESS = 1_000  # so many records, every one rejected: the rest will not be better
_KEPT = 2_000  # characters of a rejected record that are written down


Reasoning = Literal["drop", "keep"]
REPEAT = "model calls that the log holds more than once, counted once"
NESTED = "model calls that stand inside one another, as two instrumentations tell of them"
_Part = TypeVar("_Part")
_Read = TypeVar("_Read")


def digest(values: Iterable[object]) -> int:
    """Return a number of 64 bits that values decide, the same in every process.

    >>> digest(["a", 1]) == digest(("a", 1)) != digest(["a1"])
    True
    """
    written = repr(tuple(values)).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(written, digest_size=8).digest(), "little")


class Reject(ValueError):
    """Raised on a record that cannot be read; its text is the reason."""


class Ledger(Account):
    """The account of one reading: every record that is not in the samples is counted here.

    Parameters
    ----------
    rejects
        A path or a text file to which rejected records are written, as JSON lines.
    tolerate
        Go on however many records are rejected.
    map
        Field names given by the user, ``{"output": "answer"}``.
    requests
        Where the requests to these responses are, for formats that keep them apart.
    reasoning
        Whether a model's thoughts are left out of its outputs, or kept before them.
    """

    def __init__(
        self,
        rejects: Path | IO[str] | None = None,
        tolerate: bool = False,
        map: dict[str, str] | None = None,
        requests: Any = None,
        reasoning: Reasoning = "drop",
        records: str | None = None,
    ) -> None:
        super().__init__(tolerate=tolerate)
        if isinstance(rejects, Path):
            self.rejects_in = rejects.name
        self.records = records  # where records stand in each value of a file
        self.map = map or {}
        self.requests = requests
        self.reasoning = reasoning
        self.only_calls = False  # whether an output that only calls tools is an empty text
        self.prompts_only = False  # whether a columnar packing may stand in for the outputs
        self.stand_ins = False  # whether it did: an output begins with how many it stands for
        self.state: dict[str, Any] = {}  # what a format remembers while it reads one file
        self.shared: dict[str, Any] = {}  # what it remembers from file to file
        self.fields: dict[str, str] = {}  # field names found in this file, for the note
        self.columns: set[str] | None = None  # columns needed; a columnar packing skips others
        self.packing = ""  # name of the packing
        self.naming = "--map {}={}"  # how a user says which column is what
        self.naming_records = "--records {}"
        self.name = ""  # of the file being read
        self.place = ""  # where it is, by which files of one name are told apart
        self.line = 0
        self.position = 0  # of the record in its file, from 0
        self.calls: set[int] = set()  # model calls that were read, by a digest of what names them
        self.around: set[int] = set()  # what is around a call that was read
        self.rejects = rejects
        self._file: IO[str] | None = None

    def begin(self, name: str, place: str = "") -> None:
        """Start a file."""
        self.name, self.place, self.line, self.position = name, place, 0, 0
        self.state, self.fields, self.columns = {}, {}, None

    def skip(self, reason: str, n: int = 1) -> None:
        """Count ``n`` things that are well-formed but hold no output; ``reason`` is their name."""
        add(self.skipped, reason, n)

    def text(self, answer: Said) -> str | None:
        """Return an answer's text without its thoughts; ``None`` after counting why there is none.

        Raises
        ------
        Reject
            It stands in a wrapping that is not known: whatever was measured would not be the text.
        """
        text, thoughts, missing = answer.text, answer.reasoning, answer.missing
        if missing.startswith(UNKNOWN):
            raise Reject(f"{missing}; name the field that holds the text with --map output=FIELD")
        found = None if text is None else apart(text)
        if found is not None:
            inline, text = found
            thoughts = f"{thoughts}\n\n{inline}" if thoughts else inline
            missing = "" if text is not None else ONLY_THOUGHTS
        if self.reasoning == "keep" and thoughts:
            text = f"{thoughts}\n\n{text or ''}".rstrip()
            missing = ""
        elif thoughts or found is not None or REASONING in answer.left_out:
            self.remark("outputs whose reasoning is left out")
        if missing == ONLY_CALLS and self.only_calls:
            return ""
        if missing:
            self.skip(missing)
            return None
        for kind, n in answer.left_out.items():
            if kind != REASONING:
                self.remark(f"{kind} beside a text" if kind == CALL else f"{kind} left out", n)
        return text

    def once(self, names: Sequence[object], within: Sequence[object] = ()) -> bool:
        """Tell whether a model call is met for the first time; if not, the repeat is counted.

        Parameters
        ----------
        names
            What names the call. If a part of it is missing nobody can tell, and it is the first.
        within
            What names the call around it, of which two instrumentations tell.
        """
        if not all(names):
            return True
        key, outer = digest(names), digest(within) if within and all(within) else None
        if key in self.calls:
            self.skip(REPEAT)
            return False
        nested = outer in self.calls or key in self.around
        self.calls.add(key)
        if outer is not None:
            self.around.add(outer)
        if nested:
            self.skip(NESTED)
        return not nested

    def each(
        self, parts: Iterable[_Part], fault: str, read: Callable[[_Part], Iterable[_Read]]
    ) -> Iterator[_Read]:
        """Yield what is read of each part of one record; a part that cannot be read is a reject."""
        for n, part in enumerate(parts):
            self.seen += n > 0  # the first is counted as the record that it came in
            try:
                yield from read(part)
            except (AttributeError, TypeError, KeyError, ValueError, RecursionError) as error:
                self.reject(self.line, f"{fault}: {str(error)[:200]}", part)

    def ask(self, met: Mapping[str, bool]) -> None:
        """Take down which names in the condition were met."""
        for name, is_met in met.items():
            self.asked[name] = self.asked.get(name, False) or is_met

    def remark(self, what: str, n: int = 1) -> None:
        """Count ``n`` things that were read, but not quite as they stood."""
        add(self.remarks, what, n)

    def say(self, sentence: str) -> None:
        """Note how the file was understood, once for all files."""
        self.said[sentence] = None

    def malformed(self, line: int, reason: str, record: Any) -> None:
        """Count a record that did not even become a value, and reject it."""
        self.seen += 1
        self.reject(line, reason, record)

    def reject(self, line: int, reason: str, record: Any) -> None:
        """Count a record that cannot be read, and write it down; line 0 is the whole file."""
        self.rejected += 1
        if not self.first_reject:
            where = f" line {line}" if line else ""
            self.first_reject = f"{self.name}{where}: {reason}"
        if self._file is None and self.rejects is not None:
            self.open()
        if self._file is not None:
            row = {"source": self.name, "line": line, "reason": reason, "record": _text(record)}
            self._file.write(json.dumps(row) + "\n")
        if self.rejected >= _HOPELESS and self.rejected == self.seen and not self.tolerate:
            raise BadInput(
                f"{self.name}: each of the first {self.rejected:,} records was rejected "
                f"(first: {self.first_reject}); name the right format with --format"
            )

    def broken(self, line: int, reason: str, record: Any) -> None:
        """Reject a record behind which nothing more can be read."""
        self.malformed(line, reason, record)
        if not self.tolerate:
            raise BadInput(
                f"{self.name} line {line}: {reason}; nothing after it can be read. "
                "Use --tolerate to keep what came before it"
            )

    def open(self) -> None:
        """Open the rejects file; an empty one says that nothing was rejected."""
        if isinstance(self.rejects, Path):
            try:
                self._file = self.rejects.open("w", encoding="utf-8")
            except OSError as error:
                raise BadInput(
                    f"cannot write rejects to {self.rejects}: {error.strerror}"
                ) from None
        else:
            self._file = self.rejects

    def close(self) -> None:
        """Close the rejects file, if it is ours."""
        if self._file is not None and isinstance(self.rejects, Path):
            self._file.close()


def _text(record: Any) -> str:
    if isinstance(record, bytes):
        return record[: 4 * _KEPT].decode("utf-8", "replace")[:_KEPT]
    if isinstance(record, str):
        return record[:_KEPT]
    encode = json.JSONEncoder(ensure_ascii=False, default=str).iterencode
    return _head(encode(record), _KEPT)


def _head(pieces: Any, size: int) -> str:
    text = ""
    try:
        for piece in pieces:
            text += piece[:size]
            if len(text) >= size:
                break
    except (RecursionError, ValueError, TypeError):
        pass
    return text[:size]


Progress = Callable[[str, int, int], None]
"""``progress(name, bytes_done, bytes_total)`` of a file as stored; a total of 0 is unknown."""
