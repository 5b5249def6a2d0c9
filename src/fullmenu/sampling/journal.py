"""The samples on disk: one JSON line each, written before anything else is asked."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

from fullmenu.errors import BadInput
from fullmenu.sampling.request import Answer, Request
from fullmenu.text.encoding import dump, mend

SYNCED = 1.0
"""Seconds between two moments at which the disk itself is told to keep what was written."""

_VARY = ("n", "seed")
_BEGINS = b'{"prompt_id"'


class Journal:
    """A file of samples that grows by whole requests.

    What a request brought is written in one stroke, so that a killed program loses only what was in
    flight; a power cut loses one second at most. One program at a time may write.

    Parameters
    ----------
    path
        A JSONL file; one that is there is gone on with.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.file: IO[bytes] | None = None
        self.synced = 0.0
        self.written = False

    def open(self) -> None:
        """Open it to write at its end; a last line that a stop cut off goes.

        Raises
        ------
        BadInput
            It cannot be written, somebody else writes it, or it is no file of samples.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise BadInput(f"cannot write the samples to {self.path}: {error.strerror}") from error
        self._lock()
        self._mend_end()
        self.synced = time.monotonic()

    def samples(self, name: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the samples that it holds, all of one model and its parameters.

        Raises
        ------
        BadInput
            It is no file of samples, or of another model or other parameters.
        """
        asked = _plain(parameters)
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.isspace():
                    row = self._read(line, number)
                    self._check(row, name, asked)
                    yield row

    def write(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Append some samples at one stroke."""
        assert self.file is not None
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        rest = memoryview(data.encode("utf-8"))
        while rest:
            rest = rest[self.file.write(rest) :]
        self.written = True

    @property
    def is_due(self) -> bool:
        """Whether something waits to be kept by the disk, and a second has passed."""
        return self.written and time.monotonic() - self.synced >= SYNCED

    def sync(self) -> None:
        """Have the disk keep what was written."""
        assert self.file is not None
        self.written, self.synced = False, time.monotonic()
        with suppress(OSError):  # a pipe or a device keeps nothing
            os.fsync(self.file.fileno())

    def close(self) -> None:
        """Keep everything, and let others write."""
        if self.file is not None:
            self.sync()
            self.file.close()
            self.file = None

    def _lock(self) -> None:
        assert self.file is not None
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.file.close()
            self.file = None
            raise BadInput(
                f"another run writes to {self.path}: wait for it, or give another file"
            ) from error

    def _mend_end(self) -> None:
        """Take away a last line that a stop cut off; end one that is whole."""
        assert self.file is not None
        end = self.file.seek(0, os.SEEK_END)
        tail = b""
        begin = end
        while begin and b"\n" not in tail:
            begin = max(begin - (1 << 16), 0)
            self.file.seek(begin)
            tail = self.file.read(end - begin)
        last = tail[tail.rfind(b"\n") + 1 :]
        if not last:
            return
        try:
            json.loads(last)
        except ValueError:
            if not last.startswith(_BEGINS[: len(last)]):
                raise BadInput(f"{self.path} is no file of samples; give another name") from None
            self.file.truncate(end - len(last))
        else:
            self.file.write(b"\n")

    def _read(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            row = json.loads(line)
            fits = isinstance(row["prompt_id"], str) and isinstance(row["sample_index"], int)
        except (ValueError, KeyError, TypeError):
            fits = False
        if not fits:
            raise BadInput(
                f"line {number} of {self.path} is no sample that was written here; give another "
                "file, or take the line out"
            )
        return row

    def _check(self, row: Mapping[str, Any], name: str, parameters: Mapping[str, Any]) -> None:
        was = row.get("model_asked"), _plain(row.get("parameters") or {})
        if was == (name, parameters):
            return
        differ = [f"model {was[0]}, now {name}"] if was[0] != name else []
        differ += [
            f"{key} {dump(was[1].get(key))}, now {dump(parameters.get(key))}"
            for key in sorted({*was[1], *parameters})
            if was[1].get(key) != parameters.get(key)
        ]
        raise BadInput(
            f"{self.path} holds samples that were asked otherwise: {'; '.join(differ)}. Ask as "
            "before to go on with it, or give another file"
        )


def asked_before(path: Path) -> dict[str, Any] | None:
    """Return the parameters of the first request that a file holds; ``None`` where it holds none.

    >>> asked_before(Path("there-is-none.jsonl")) is None
    True
    """
    with suppress(OSError, ValueError, AttributeError, TypeError), path.open("rb") as file:
        return dict(json.loads(file.readline()).get("parameters") or {})
    return None


def lines_of(
    request: Request, answer: Answer, name: str, seconds: float, money: float | None
) -> list[dict[str, Any]]:
    """Return a line for each output of a request, as :func:`fullmenu.read` reads them.

    What the request cost stands in its first line.
    """
    prompt = request.prompt
    asked_with = {**request.parameters}
    if request.n > 1:
        asked_with["n"] = request.n
    if request.seed is not None:
        asked_with["seed"] = request.seed
    when = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    lines = []
    for index, reply in zip(request.indices, answer.replies, strict=False):
        line = {
            **prompt.extra,
            "prompt_id": prompt.prompt_id,
            "prompt": prompt.text,
            "output": reply.output,
            "model": reply.model or name,
            "model_asked": name,
            "time": when,
            "sample_index": index,
            "finish_reason": reply.finish_reason,
            "system_fingerprint": reply.system_fingerprint,
            "call_id": reply.call_id,
            "parameters": asked_with,
            "template": reply.template,
            "seconds": round(seconds, 3),
            "logprobs": None if reply.logprobs is None else list(reply.logprobs),
            "messages": None if prompt.is_one_turn else list(prompt.messages),
            **reply.extra,
        }
        lines.append({k: _mended(v) for k, v in line.items() if v is not None})
    if lines:
        lines[0]["usage"] = {
            "requests": 1,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            **({} if money is None else {"money": money}),
        }
    return lines


def _mended(value: Any) -> Any:
    """Return a value that can be written: no lone surrogates."""
    if isinstance(value, str):
        fixed = mend(value)
        return value if fixed is None else fixed
    if isinstance(value, Mapping):
        return {_mended(str(k)): _mended(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mended(one) for one in value]
    return value


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that all samples of a run share."""
    return {k: v for k, v in json.loads(json.dumps(dict(parameters))).items() if k not in _VARY}
