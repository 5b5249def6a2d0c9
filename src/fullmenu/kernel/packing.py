"""States as bytes: NumPy's npz with the name and version of what it holds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Features, is_sparse


def pack(schema: str, **arrays: NDArray[Any]) -> bytes:
    """Write arrays under the name and version of the state that they make up.

    >>> data = pack("fullmenu/sum/1", total=np.array([0.1]) * 3)
    >>> unpack(data, "fullmenu/sum/1")["total"] == 0.1 * 3
    array([ True])
    """
    file = io.BytesIO()
    named: Mapping[str, Any] = {"schema": np.array(schema), **arrays}
    np.savez_compressed(file, **named)
    return file.getvalue()


def unpack(data: bytes, schema: str) -> dict[str, NDArray[Any]]:
    """Read the arrays back, or refuse what is no such state, of another version, or not whole."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        said = str(arrays.pop("schema"))
    except (ValueError, KeyError, EOFError, AttributeError, OSError, zipfile.BadZipFile):
        raise BadInput(
            f"{len(data)} bytes are no whole state {schema!r}: cut off, damaged or foreign; make "
            "the state again from its rows"
        ) from None
    if said != schema:
        raise BadInput(
            f"this is a state {said!r}, not {schema!r}; make it again from its rows, or read it "
            "with the version of Fullmenu that wrote it"
        )
    return arrays


def packed_rows(x: Features) -> dict[str, NDArray[Any]]:
    """Return feature rows as arrays."""
    if not is_sparse(x):
        return {"rows": np.asarray(x)}
    return {"data": x.data, "indices": x.indices, "indptr": x.indptr, "shape": np.array(x.shape)}


def unpacked_rows(arrays: dict[str, NDArray[Any]]) -> Features:
    """Return the rows that :func:`packed_rows` made arrays of."""
    if "rows" in arrays:
        return arrays["rows"]
    from scipy.sparse import csr_matrix

    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    return csr_matrix(parts, shape=tuple(arrays["shape"].tolist()))
