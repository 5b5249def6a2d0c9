"""sentence-transformers, the extra ``semantic``: any model of theirs embeds texts."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fullmenu.errors import BadInput, extra
from fullmenu.integrations.embedding import BATCH, EmbeddingModel, digest_of


def load(model: str) -> EmbeddingModel:
    """Load a model by name, or from the folder it lies in; its vectors have length 1.

    Its digest is that of the folder's files; of a model by name, of its weights and settings.

    Raises
    ------
    MissingExtra
        sentence-transformers is not installed.
    BadInput
        The model cannot be loaded.
    """
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
    if Path(model).is_dir():
        digest = digest_of([p for p in Path(model).rglob("*") if p.is_file()])
    else:
        content = hashlib.sha256(f"{model} {loaded}".encode())
        for name, weights in sorted(loaded.state_dict().items()):
            content.update(name.encode() + weights.cpu().float().numpy().tobytes())
        digest = content.hexdigest()
    return EmbeddingModel(
        lambda texts: loaded.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=BATCH
        ),
        digest,
    )
