"""Samples as rows, and rows as samples; and the key by which a sample is known again."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any

import msgspec

from fullmenu.errors import BadInput
from fullmenu.samples import Record, ToolCall, as_utf8, kept_values

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)
LONGEST = 500
"""Characters of a model's name."""

_calls = msgspec.json.Decoder(list[ToolCall]).decode
_values = msgspec.json.Decoder(dict[str, Any]).decode


def moment(time: datetime) -> int:
    """Return a time in microseconds since 1970; one without a zone is UTC.

    >>> moment(datetime(1970, 1, 1, 0, 0, 1))
    1000000
    """
    return ((time if time.tzinfo else time.replace(tzinfo=timezone.utc)) - EPOCH) // MICROSECOND


def this_moment() -> int:
    """Return the moment that it is."""
    return time.time_ns() // 1000


def time_of(moment: int) -> datetime:
    """Return the time of a moment.

    >>> time_of(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return EPOCH + moment * MICROSECOND


def digest(*parts: str | int | None) -> bytes:
    """Return what tells these values from others.

    >>> digest("a", "b") == digest("ab", ""), digest("a", None) == digest("a", "")
    (False, False)
    """
    made = blake2b(digest_size=16)
    for part in parts:
        data = b"" if part is None else str(part).encode("utf-8", "surrogatepass")
        made.update(f"{'-' if part is None else len(data)};".encode())
        made.update(data)
    return made.digest()


def keys_of(records: Sequence[Record], given: Sequence[str] | None = None) -> list[bytes]:
    """Return the key of each sample: what is stored once under it is not stored again.

    ``given`` are keys of the caller's. By default a sample with a ``call_id`` is known by that, its
    place in the call and its text; one with a time by its content, its time, and which of such a
    batch it is; and one with neither is always new: a repeat cannot be told from what was sent
    twice.

    >>> fig = Record("fig", "Fruit?", call_id="7")
    >>> a, b = keys_of([fig, fig])
    >>> a == b, keys_of([fig]) == [a]
    (False, True)
    """
    if given is not None:
        return [digest("key", key) for key in given]
    seen: Counter[object] = Counter()
    keys = []
    for r in records:
        if r.call_id is not None:
            if r.sample_index is None:
                index = seen[r.call_id]
                seen[r.call_id] += 1
            else:
                index = r.sample_index
            key = digest("call", r.call_id, index, r.output)
        elif r.time is not None:
            at = moment(r.time)
            key = digest("time", r.prompt_id, r.prompt, r.output, r.model, at, r.sample_index)
        else:
            keys.append(secrets.token_bytes(16))
            continue
        nth = seen[key]
        seen[key] += 1
        keys.append(key if not nth else digest(key.hex(), nth))
    return keys


def clean(text: str | None) -> str | None:
    """Replace what a database cannot hold: lone surrogates, and NUL.

    >>> clean("fig\\x00")
    'fig\\ufffd'
    """
    text = as_utf8(text)
    return text.replace("\x00", "\ufffd") if text is not None and "\x00" in text else text


def name_digest(prompt_id: str) -> bytes:
    """Return what tells the prompts of an id from others."""
    return digest(prompt_id)


def prompt_name(prompt_id: str | None, prompt: str | None) -> str:
    """Return what identifies a prompt: its id, or else its text."""
    return prompt_id if prompt_id is not None else prompt or ""


def model_name(model: str | None) -> str | None:
    """Return a model's name as it is kept: its first 500 characters."""
    return None if model is None else (clean(model) or "")[:LONGEST]


def row_of(r: Record) -> dict[str, Any]:
    """Return the columns of a sample that stand for themselves."""
    return {
        "output": clean(r.output) or "",
        "time": None if r.time is None else moment(r.time),
        "score": None if r.score is None or r.score != r.score else float(r.score),
        "sample_index": _index(r.sample_index),
        "source": clean(r.source),
        "logprobs": None if r.logprobs is None else json.dumps([*map(float, r.logprobs)]),
        "calls": _calls_text(r.calls) if r.calls else None,
        "finish_reason": clean(r.finish_reason),
        "system_fingerprint": clean(r.system_fingerprint),
        "parameters": _kept(r.parameters),
        "call_id": clean(r.call_id),
        "extra": _kept(r.extra),
    }


def record_of(row: Any, model: str | None) -> Record:
    """Return a sample from its row, which ``prompt_id`` and ``prompt`` have been joined to."""
    return Record(
        row.output,
        row.prompt,
        row.prompt_id,
        model,
        None if row.time is None else time_of(row.time),
        row.score,
        row.sample_index,
        row.source,
        None if row.logprobs is None else json.loads(row.logprobs),
        None if row.calls is None else _calls(row.calls),
        row.finish_reason,
        row.system_fingerprint,
        None if row.parameters is None else _values(row.parameters),
        row.call_id,
        None if row.extra is None else _values(row.extra),
    )


def _kept(values: Mapping[str, Any] | None) -> str | None:
    return clean(kept_values(values)) if values else None


def _calls_text(calls: Sequence[ToolCall]) -> str:
    plain = [{name: as_utf8(str(value)) for name, value in call.items()} for call in calls]
    return msgspec.json.encode(plain).decode()


def _index(index: int | None) -> int | None:
    if index is not None and not -(2**31) <= index < 2**31:
        raise BadInput(f"sample_index={index}: it counts the outputs of a prompt, below 2³¹")
    return index
