"""An array (streamed); an object or several, ``{"data": […]}`` or a table (loaded whole)."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from fullmenu.readers import json_tables, ledger, paths
from fullmenu.readers.fields import NAMES, plain, walk
from fullmenu.readers.json_text import check_memory, tell_repeats
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing, guess_shape
from fullmenu.readers.streams import Opened
from fullmenu.text.chat import is_conversation, is_parts
from fullmenu.text.json_values import at, is_list, is_object, listed

_CHUNK = 1 << 20
_BLANK = re.compile(r"\s*")
_WRAPPERS = ("data", "records", "rows", "items", "results", "examples", "observations", "spans")


def recognise(file: Opened) -> float:
    """Tell by ``[`` or ``{``."""
    if file.head.lstrip().startswith((b"[", b"{")):
        return 0.5
    return 0.4 if file.suffix == ".json" else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield the elements of an array, or of an object's one list of records, or the object."""
    text = _Text(file.stream, log)
    if text.next() == "[":
        yield from _elements(text, log)
        return
    most = max(ledger.MAX_UNPACKED, 20 * file.size)
    while text.next():
        line, value = text.line(), text.value(min(ledger.MAX_DOCUMENT, most))
        if value is _BROKEN:
            log.broken(line, f"not JSON: {text.error}", text.excerpt())
            return
        key = _mapped(value, log.map)
        if log.records is not None:
            yield line, value
        elif key is not None:
            for record in value[key]:
                yield line, {**value, key: record}
        elif (tabled := json_tables.rows(value, log, line)) is not None:
            for row in tabled:
                yield line, row
        elif (wrapped := _wrapped(value)) is not None:
            log.say(f"records are those under {wrapped!r} of a JSON object, which is loaded whole")
            for record in value[wrapped]:
                yield line, record
        elif (path := _nested(value)) is not None:
            log.say(f"records are those under {path!r} of a JSON object, which is loaded whole")
            yield from paths.under(iter([(line, value)]), path, log)
        else:
            yield line, value


def _elements(text: _Text, log: Ledger) -> Iterator[Item]:
    text.skip()
    if text.next() == "]":
        return
    while True:
        text.next()
        line, value = text.line(), text.value(ledger.MAX_RECORD)
        if value is _BROKEN:
            log.broken(line, f"the JSON array breaks here: {text.error}", text.excerpt())
            return
        yield line, value
        after = text.next()
        if after == "]":
            text.skip()
            if text.next():
                log.broken(text.line(), "something follows the JSON array", text.excerpt())
            return
        if after != ",":
            log.broken(text.line(), "the JSON array is cut off here", text.excerpt())
            return
        text.skip()


def _mapped(value: object, columns: dict[str, str]) -> str | None:
    """Return the list of objects into which every path of a map leads: each holds a record."""
    firsts = {path.partition(".")[0] for path in columns.values() if "." in path}
    if len(firsts) != 1 or not all("." in path for path in columns.values()):
        return None
    (key,) = firsts
    inner = listed(at(value, key))
    return key if inner and all(map(is_object, inner)) and key != "choices" else None


def _wrapped(value: object) -> str | None:
    """Return the key of the one list of objects in a wrapper such as ``{"data": […]}``."""
    if not is_object(value):
        return None
    lists = [k for k, v in value.items() if is_list(v) and v]
    if len(lists) != 1:
        return None
    first = listed(value[lists[0]])[0]
    told = is_object(first) and any(plain(k) in NAMES["output"] for k in first)
    if lists[0].lower() not in _WRAPPERS and not (told and not _is_said(lists[0], first)):
        return None
    if any(plain(k) in NAMES["prompt"] for k in value):  # then it is a record itself
        return None
    return lists[0] if all(map(is_object, listed(value[lists[0]]))) else None


def _nested(value: object) -> str | None:
    """Return where the one list of objects that look like records stands, deeper in an object."""
    found = paths.of_records(value)
    if len(found) != 1 or "." not in found[0]:
        return None
    first = listed(walk(value, found[0].split(".")))[0]
    told = is_object(first) and any(plain(k) in NAMES["output"] for k in first)
    return found[0] if told and guess_shape([value]).name == "table" else None


def _is_said(key: str, first: object) -> bool:
    """Tell a list of messages or parts, which is one output or prompt, from a list of records."""
    names = NAMES["output"] + NAMES["prompt"]
    return plain(key) in names or is_conversation([first]) or is_parts([first]) or key == "choices"


_BROKEN = object()
_DECODER = json.JSONDecoder()


class _Text:
    """A window of text that moves along a stream."""

    def __init__(self, stream: IO[bytes], log: Ledger) -> None:
        self._stream = stream
        self._log = log
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""
        self._at = 0
        self._lines = 1
        self._counted = 0
        self._end = False
        self.error = ""

    def next(self) -> str:
        """Move to the next character that is not blank, and return it; ``""`` at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_CHUNK):
                return ""

    def skip(self) -> None:
        """Move on by one character."""
        self._at += 1

    def line(self) -> int:
        """Return the number of the line."""
        self._lines += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._lines

    def value(self, limit: int) -> Any:
        """Read the JSON value that begins here, unless it is longer than the limit."""
        size = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or self._end:
                    return self._taken(value, end)
                self.error = "it ends too early"
            except RecursionError:
                self.error = "nested too deeply"
                return _BROKEN
            except ValueError as error:
                self.error = getattr(error, "msg", str(error)[:200])
                if self._is_wrong(error):
                    return _BROKEN
            width = 1 if self._text.isascii() else 4  # bytes of a character in memory
            if width * (len(self._text) - self._at) > limit:
                self.error = (
                    f"longer than the {limit >> 20} MB that are loaded whole, or {self.error}; "
                    "make it JSON lines, e.g. with jq -c '.[]' FILE"
                )
                return _BROKEN
            if not self._more(min(size, limit + 1)) and self._end:
                try:
                    return self._taken(*_DECODER.raw_decode(self._text, self._at))
                except (ValueError, RecursionError):
                    return _BROKEN
            try:
                check_memory(self._text)
            except ValueError as error:
                self.error = str(error)
                return _BROKEN
            size *= 2

    def _taken(self, value: object, end: int) -> object:
        """Move behind a value, and tell of names that stand twice in it."""
        start, self._at = self._at, end
        if end - start <= ledger.MAX_RECORD:
            tell_repeats(self._text[start:end].encode("utf-8", "replace"), value, self._log)
        return value

    def excerpt(self) -> str:
        """Return what stands here."""
        return self._text[self._at : self._at + 2_000]

    def _is_wrong(self, error: ValueError) -> bool:
        """Tell a fault from a value that only goes on beyond the window."""
        at = getattr(error, "pos", None)
        if at is None or self.error.startswith("Unterminated"):
            return at is None
        return len(self._text[at : at + 200].strip()) > 20

    def _more(self, size: int) -> bool:
        if self._end:
            return False
        self.line()
        raw = self._stream.read(size)
        self._end = not raw
        try:
            text = self._decoder.decode(raw, self._end)
        except UnicodeDecodeError:
            self._log.remark("stretches of JSON that were not valid UTF-8: bad bytes became U+FFFD")
            pending = self._decoder.getstate()[0]
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
            text = self._decoder.decode(pending + raw, self._end)
        self._text = self._text[self._at :] + text
        self._at = self._counted = 0
        return bool(raw)


FORMAT = Packing("json", "JSON", recognise, items, (".json",))
