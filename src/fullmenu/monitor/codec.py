"""A monitor's state as bytes: versioned, checked, exact to the last digit."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Annotated, Any, TypeVar

import numpy as np
from msgspec import Meta, convert, to_builtins
from numpy.typing import NDArray

from fullmenu.errors import BadInput

SCHEMA = "fullmenu/watch-state/2"

Count = Annotated[int, Meta(ge=0)]

T = TypeVar("T")
N = TypeVar("N", bound=NDArray[Any])


def to_bytes(body: object, schema: str = SCHEMA) -> bytes:
    """Write a state as JSON: arrays as their bytes, other numbers so that they read back the same.

    >>> data = to_bytes([np.array([0.1]) * 3])
    >>> from_bytes(data, list[np.ndarray])[0].tolist() == [0.1 * 3]
    True
    """
    text = _json(to_builtins(body, enc_hook=_coded))
    head = {"schema": schema, "sha256": sha256(text.encode()).hexdigest()}
    return f'{json.dumps(head)[:-1]}, "body": {text}}}\n'.encode()


def from_bytes(data: bytes, kind: type[T], schema: str = SCHEMA) -> T:
    """Read a state of some type back, or refuse what is none, of another version, or not whole.

    >>> from_bytes(to_bytes({"n": 2})[:-4], dict)  # doctest: +ELLIPSIS
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
    if sha256(_json(body).encode()).hexdigest() != found.get("sha256"):
        raise BadInput(wrong)
    return convert(body, kind, dec_hook=_decoded)


def fitting(value: N, like: N) -> N:
    """Return an array of a state, if it has the shape of what a new one has in its place.

    >>> fitting(np.ones(2), like=np.zeros(2)).tolist()
    [1.0, 1.0]
    """
    if (value.shape, value.dtype) != (like.shape, like.dtype):
        raise BadInput(
            f"it holds numbers of shape {value.shape} where this version holds numbers of shape "
            f"{like.shape}"
        )
    return value


def _json(body: object) -> str:
    return json.dumps(body, separators=(",", ":"))


def _coded(x: Any) -> object:
    if isinstance(x, np.generic):
        return x.item()
    if not isinstance(x, np.ndarray):
        raise NotImplementedError(f"a state holds a {type(x).__name__}")
    kind = "<i8" if np.issubdtype(x.dtype, np.integer) else "<f8"
    coded = base64.b64encode(np.ascontiguousarray(x, kind).tobytes()).decode()
    return {"~": kind, "shape": list(x.shape), "bytes": coded}


def _decoded(kind: type, x: Any) -> NDArray[Any]:
    flat = np.frombuffer(base64.b64decode(x["bytes"]), x["~"])
    return flat.astype(np.int64 if x["~"] == "<i8" else np.float64).reshape(x["shape"])
