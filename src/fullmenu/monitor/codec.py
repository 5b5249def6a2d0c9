"""A monitor's state as bytes: versioned, checked, exact to the last digit."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np

from fullmenu.errors import BadInput

SCHEMA = "fullmenu/watch-state/1"

T = TypeVar("T")


def to_bytes(body: dict[str, Any], schema: str = SCHEMA) -> bytes:
    """Write a state as JSON: arrays as their bytes, other numbers so that they read back the same.

    >>> body = {"sum": np.array([0.1]) * 3, "n": 2, "least": -float("inf")}
    >>> from_bytes(to_bytes(body))["sum"].tolist() == [0.1 * 3]
    True
    """
    text = json.dumps(_plain(body), separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    head = {"schema": schema, "sha256": sha256(text.encode()).hexdigest()}
    return f'{json.dumps(head)[:-1]}, "body": {text}}}\n'.encode()


def from_bytes(data: bytes, schema: str = SCHEMA) -> dict[str, Any]:
    """Read a state back, or refuse what is none, of another version, or not whole.

    >>> from_bytes(to_bytes({"n": 2})[:-4])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    fullmenu.errors.BadInput: 128 bytes are no whole watch state: cut off or damaged; ...
    """
    wrong = (
        f"{len(data)} bytes are no whole watch state: cut off or damaged; keep the file aside and "
        "start a new watch, or take an older copy"
    )
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadInput(wrong) from None
    said = found.get("schema") if isinstance(found, dict) else None
    if said != schema:
        raise BadInput(
            f"this is no watch state of this version: its schema is {said!r}, not {schema!r}; "
            "start a new watch, or use the version of Fullmenu that wrote it"
        )
    body = found.get("body")
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=True)
    if not isinstance(body, dict) or sha256(text.encode()).hexdigest() != found.get("sha256"):
        raise BadInput(wrong)
    return dict(_rich(body))


def fitting(value: Any, like: T) -> T:
    """Return a part of a state, if it is of the kind, and an array of the shape, of ``like``.

    Otherwise, and where a count is below 0, it raises ``BadInput``.

    >>> fitting(3, like=0), fitting(np.ones(2), like=np.zeros(2)).tolist()
    (3, [1.0, 1.0])
    """
    fits = type(value) is type(like)
    if isinstance(like, np.ndarray):
        fits = fits and (value.shape, value.dtype) == (like.shape, like.dtype)
    if not fits or (isinstance(like, int) and value < 0):
        raise BadInput(f"it holds {_kind(value)} where this version holds {_kind(like)}")
    return value


def _kind(x: Any) -> str:
    return f"numbers of shape {x.shape}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"


def _plain(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        kind = "<i8" if np.issubdtype(x.dtype, np.integer) else "<f8"
        coded = base64.b64encode(np.ascontiguousarray(x, kind).tobytes()).decode()
        return {"~": kind, "shape": list(x.shape), "bytes": coded}
    if isinstance(x, dict):
        return {k: _plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [_plain(v) for v in x]
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, float) and not np.isfinite(x):
        return {"~": "float", "is": repr(x)}
    return x


def _rich(x: Any) -> Any:
    if isinstance(x, dict):
        kind = x.get("~")
        if kind == "float":
            return float(x["is"])
        if kind is not None:
            flat = np.frombuffer(base64.b64decode(x["bytes"]), kind)
            native = np.int64 if kind == "<i8" else np.float64
            return flat.astype(native).reshape(x["shape"])
        return {k: _rich(v) for k, v in x.items()}
    if isinstance(x, list):
        return [_rich(v) for v in x]
    return x
