"""Embedding models behind the ``answer`` view, by name, folder, file or service.

Vectors are kept by the content of the model and of the text.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.views.registry import Embedder, as_vectors

Progress = Callable[[str], None]
Vectors = dict[bytes, NDArray[np.float32]]

BATCH = 64
"""Texts that a model is asked for at once."""

_KEEP = "insert or replace into vector values (?, ?)"
_PATIENCE = 2.0
"""Seconds to wait for another process that writes vectors."""


@dataclass(frozen=True)
class EmbeddingModel:
    """A model that embeds texts.

    Parameters
    ----------
    embed
        From texts to vectors, (n, d).
    digest
        Of what the model is: another one has other vectors.
    cost
        What has been used so far, in words; empty where nothing is paid for.
    """

    embed: Embedder
    digest: str
    cost: Callable[[], str] = lambda: ""


def digest_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 of files: of their names and what is in them.

    Raises
    ------
    BadInput
        One cannot be read.
    """
    content = hashlib.sha256()
    for path in sorted(files):
        try:
            held = path.read_bytes()
        except OSError as error:
            raise BadInput(f"cannot read {path}: {error.strerror}") from error
        content.update(f"{path.name}\0{len(held)}\0".encode() + held)
    return content.hexdigest()


def encoder(
    model: str, *, progress: Progress | None = None, cache: str | Path | None = None
) -> Embedder:
    """Return a function from texts to vectors, backed by an embedding model.

    Parameters
    ----------
    model
        ``openai:NAME``: a service that speaks OpenAI's API, at ``$OPENAI_BASE_URL``, with the key
        in ``$OPENAI_API_KEY``. A file ``*.onnx``, with its ``tokenizer.json`` beside it: by
        onnxruntime. ``static:NAME``: one vector a token, by name or folder, without torch. Anything
        else is a sentence-transformers model: its name, or the folder it lies in.
    progress
        Called with a line of text, how many texts are embedded, how fast and at what cost, after
        each batch; and where vectors cannot be kept, with the reason.
    cache
        Folder in which vectors are kept by the content of model and text; by default
        ``$FULLMENU_CACHE`` or ``~/.cache/fullmenu``. A service's model counts as the same as long
        as its name does: give another folder where it was changed behind its name.

    Raises
    ------
    MissingExtra
        What the model needs is not installed.
    BadInput
        The model cannot be loaded, or gives no vectors.
    """
    loaded = _load(model)
    folder = Path(cache or os.environ.get("FULLMENU_CACHE") or Path.home() / ".cache" / "fullmenu")
    alone = threading.Lock()

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        with alone:
            return _embedded(texts, loaded, folder / "vectors.sqlite", progress or _silent)

    return encode


def _load(model: str) -> EmbeddingModel:
    kind = "sentence_transformers"
    if model.startswith("openai:"):
        kind = "openai"
    elif model.startswith("static:"):
        kind = "tokenizers"
    elif model.endswith(".onnx"):
        kind = "onnxruntime"
    loaded: EmbeddingModel = importlib.import_module(f"fullmenu.integrations.{kind}").load(model)
    return loaded


def _silent(line: str) -> None:
    """Say nothing."""


def _embedded(
    texts: Sequence[str], model: EmbeddingModel, path: Path, progress: Progress
) -> NDArray[np.float32]:
    keys = [
        hashlib.sha256(f"{model.digest}\0{text}".encode("utf-8", "replace")).digest()
        for text in texts
    ]
    wanted = dict(zip(keys, texts, strict=True))
    with _kept(path, progress) as store:
        known = store.read(wanted)
        if len({v.shape for v in known.values()}) > 1:
            known = {}
        known |= _fresh(wanted, known, model, store, progress)
        if len({v.shape for v in known.values()}) > 1:  # what was kept is not of this model
            known = _fresh(wanted, {}, model, store, progress)
    return np.stack([known[key] for key in keys]) if keys else np.empty((0, 0), np.float32)


def _fresh(
    wanted: Mapping[bytes, str],
    known: Vectors,
    model: EmbeddingModel,
    store: _Store,
    progress: Progress,
) -> Vectors:
    """Embed what is not known, and keep it as it comes."""
    missing = [(key, text) for key, text in wanted.items() if key not in known]
    missing.sort(key=lambda item: len(item[1]))  # alike lengths pad least
    began, fresh = time.monotonic(), Vectors()
    for a in range(0, len(missing), BATCH):
        part = missing[a : a + BATCH]
        batch = dict(zip([key for key, _ in part], _checked(model, part), strict=True))
        store.write(batch)
        fresh |= batch
        done = a + len(part)
        rate = done / max(time.monotonic() - began, 1e-9)
        cost = f", {paid}" if (paid := model.cost()) else ""
        progress(f"embedding {done:,} of {len(missing):,} texts, {rate:.0f} a second{cost}")
    return fresh


def _checked(model: EmbeddingModel, part: Sequence[tuple[bytes, str]]) -> NDArray[np.float32]:
    found = model.embed([text for _, text in part])
    try:
        return as_vectors(found, len(part), "texts").astype(np.float32)
    except BadInput as error:
        raise BadInput(f"the embedding model gave vectors that cannot be used: {error}") from None


class _Store:
    """Vectors on disk, until the disk says no: then nothing is kept."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self.progress = progress
        self.connection: sqlite3.Connection | None = None
        with self.tried():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, timeout=_PATIENCE)
            self.connection.execute(
                "create table if not exists vector (key blob primary key, value blob)"
            )

    @contextmanager
    def tried(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self.close()
            self.progress(f"vectors are not kept: {error}")

    def read(self, keys: Iterable[bytes]) -> Vectors:
        known = Vectors()
        with self.tried():
            for key in keys if self.connection else ():
                query = "select value from vector where key = ?"
                row: Any = self.connection.execute(query, (key,)).fetchone()  # type: ignore[union-attr]
                if row and isinstance(row[0], bytes) and row[0] and len(row[0]) % 4 == 0:
                    vector = np.frombuffer(row[0], np.float32)
                    if np.isfinite(vector).all():
                        known[key] = vector
        return known

    def write(self, vectors: Vectors) -> None:
        if self.connection:
            with self.tried():
                self.connection.executemany(_KEEP, [(k, v.tobytes()) for k, v in vectors.items()])
                self.connection.commit()

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None


def _kept(path: Path, progress: Progress) -> closing[_Store]:
    return closing(_Store(path, progress))
