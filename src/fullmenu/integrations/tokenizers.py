"""Static embeddings in the layout of model2vec: one vector a token, without torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, extra
from fullmenu.integrations.embedding import EmbeddingModel, digest_of

_FILES = ("model.safetensors", "tokenizer.json")
_NUMBERS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "<i1"}


def load(model: str) -> EmbeddingModel:
    """Load ``static:NAME`` from the Hugging Face hub, or ``static:FOLDER``.

    A folder holds ``model.safetensors``, of which one tensor has a row for each token, and
    ``tokenizer.json``. The vector of a text is the mean of its tokens', brought to length 1.

    Raises
    ------
    MissingExtra
        tokenizers is not installed.
    BadInput
        The model cannot be loaded.
    """
    name = model.removeprefix("static:")
    with extra("static embeddings", "onnx"):
        from tokenizers import Tokenizer
    try:
        folder = Path(name) if Path(name).is_dir() else _fetched(name)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        table = _table((folder / "model.safetensors").read_bytes(), tokenizer.get_vocab_size())
    except BadInput:
        raise
    except Exception as error:  # the hub and the tokenizer have errors of their own
        raise BadInput(
            f"cannot load the static model {name!r}: {str(error).splitlines()[0]}; give a model's "
            f"name, or a folder with {' and '.join(_FILES)}"
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), table.shape[1]), np.float32)
        for i, read in enumerate(tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            if read.ids:
                vectors[i] = table[read.ids].mean(axis=0)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(length > 0, length, 1), np.float32)

    return EmbeddingModel(embed, digest_of([folder / file for file in _FILES]))


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, allow_patterns=list(_FILES)))


def _table(held: bytes, tokens: int) -> NDArray[np.float32]:
    """Return the tensor that has a row for each token, from a safetensors file."""
    # eight bytes say how long the header is; the header is JSON; places count from its end
    start = 8 + int.from_bytes(held[:8], "little")
    tensors: dict[str, Any] = json.loads(held[8:start])
    for about in tensors.values():
        shape, number = about.get("shape", ()), _NUMBERS.get(about.get("dtype"))
        if number and len(shape) == 2 and shape[0] >= tokens:
            a, b = about["data_offsets"]
            values = np.frombuffer(held[start + a : start + b], number)
            return values.reshape(shape).astype(np.float32)
    raise BadInput(
        f"no tensor of model.safetensors has a row for each of {tokens} tokens; give a static model"
    )
