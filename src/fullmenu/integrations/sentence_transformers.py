"""sentence-transformers, the extra ``semantic``: any model of theirs behind the ``answer`` view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fullmenu.errors import BadInput, MissingExtra


def load(model: str) -> Callable[[Sequence[str]], Any]:
    """Load a model and return its encoding function, which gives unit vectors.

    Parameters
    ----------
    model
        A model's name, or the folder it lies in.

    Raises
    ------
    MissingExtra
        sentence-transformers is not installed.
    BadInput
        The model cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ModuleNotFoundError as error:
        raise MissingExtra("sentence embeddings", "semantic") from error
    try:
        loaded = SentenceTransformer(model, device="cpu")
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"cannot load the embedding model {model!r}: {reason}; give a model's name, or the "
            "folder it lies in"
        ) from error
    return lambda texts: loaded.encode(
        list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=64
    )
