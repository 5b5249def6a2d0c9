"""sentence-transformers, the extra ``semantic``: any model of theirs behind the ``answer`` view.

Vectors are kept by content.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, extra
from fullmenu.views.registry import Encoder

Progress = Callable[[str], None]

_BATCH = 64
_KEEP = "insert or replace into vector values (?, ?)"


def encoder(
    model: str, *, progress: Progress | None = None, cache: str | Path | None = None
) -> Encoder:
    """Return a function from texts to unit vectors, backed by a sentence-transformers model.

    Parameters
    ----------
    model
        A model's name, or the folder it lies in.
    progress
        Called with a line of text, how many texts are embedded and how fast, after each batch.
    cache
        Folder in which vectors are kept by model and content; by default ``$FULLMENU_CACHE`` or
        ``~/.cache/fullmenu``.

    Raises
    ------
    MissingExtra
        sentence-transformers is not installed.
    BadInput
        The model cannot be loaded.
    """
    embed = load(model)
    folder = Path(cache or os.environ.get("FULLMENU_CACHE") or Path.home() / ".cache" / "fullmenu")
    folder.mkdir(parents=True, exist_ok=True)
    alone = threading.Lock()

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        with alone:
            return _cached(texts, model, embed, folder / "vectors.sqlite", progress)

    return encode


def load(model: str) -> Callable[[Sequence[str]], Any]:
    """Load a model and return its encoding function, which gives unit vectors."""
    with extra("sentence embeddings", "semantic"):
        from sentence_transformers import SentenceTransformer
    try:
        loaded = SentenceTransformer(model, device="cpu")
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"cannot load the embedding model {model!r}: {reason}; give a model's name, or the "
            "folder it lies in"
        ) from error
    return lambda texts: loaded.encode(
        list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=_BATCH
    )


def _cached(
    texts: Sequence[str], model: str, embed: Encoder, path: Path, progress: Progress | None
) -> NDArray[np.float32]:
    keys = [hashlib.sha256(f"{model}\0{t}".encode("utf-8", "replace")).digest() for t in texts]
    with closing(sqlite3.connect(path)) as store:
        store.execute("create table if not exists vector (key blob primary key, value blob)")
        known = {k: _read(store, k) for k in set(keys)}
        missing = {k: t for k, t in zip(keys, texts, strict=True) if known[k] is None}
        todo = sorted(missing.items(), key=lambda kt: len(kt[1]))  # alike lengths pad least
        began = time.monotonic()
        for a in range(0, len(todo), _BATCH):
            part = todo[a : a + _BATCH]
            vectors = np.asarray(embed([t for _, t in part]), np.float32)
            for (key, _), vector in zip(part, vectors, strict=True):
                known[key] = vector
                store.execute(_KEEP, (key, vector.tobytes()))
            store.commit()
            if progress:
                done = a + len(part)
                rate = done / max(time.monotonic() - began, 1e-9)
                progress(f"embedding {done:,} of {len(todo):,} texts, {rate:.0f} a second")
    return np.stack([v for k in keys if (v := known[k]) is not None])


def _read(store: sqlite3.Connection, key: bytes) -> NDArray[np.float32] | None:
    found = store.execute("select value from vector where key = ?", (key,)).fetchone()
    return None if found is None else np.frombuffer(found[0], np.float32)
