"""onnxruntime, the extra ``onnx``: a sentence encoder as an ONNX file, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, extra
from fullmenu.integrations.embedding import EmbeddingModel, digest_of

LONGEST = 256
"""Tokens of a text that are read."""


def load(model: str) -> EmbeddingModel:
    """Load ``model``, an ONNX file with its ``tokenizer.json`` beside it or one folder above.

    The vector of a text is the model's own, where it gives one for each text (n, d), or else the
    mean over the tokens of its first output (n, tokens, d); brought to length 1.

    Raises
    ------
    MissingExtra
        onnxruntime or tokenizers is not installed.
    BadInput
        The model or its tokenizer cannot be loaded, or wants what a text does not give.
    """
    path = Path(model)
    with extra("embeddings by an ONNX model", "onnx"):
        import onnxruntime
        from tokenizers import Tokenizer
    places = [path.parent / "tokenizer.json", path.parent.parent / "tokenizer.json"]
    words = next((place for place in places if place.is_file()), None)
    if not path.is_file() or words is None:
        lacking = "there is no such file" if not path.is_file() else "no tokenizer.json beside it"
        raise BadInput(
            f"cannot load the embedding model {model!r}: {lacking}; give an ONNX file that has its "
            "tokenizer.json in the same folder"
        )
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(words))
    except Exception as error:  # each library has errors of its own
        raise BadInput(
            f"cannot load the embedding model {model!r}: {str(error).splitlines()[0]}"
        ) from error
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    names = [one.name for one in session.get_inputs()]
    unknown = set(names) - {"input_ids", "attention_mask", "token_type_ids"}
    if unknown:
        raise BadInput(
            f"the model {model!r} wants {', '.join(sorted(unknown))}; give one that takes "
            "input_ids, attention_mask and token_type_ids, as sentence encoders do"
        )
    pooled = next((o.name for o in session.get_outputs() if len(o.shape) == 2), None)

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        read = tokenizer.encode_batch(list(texts))
        mask = np.array([one.attention_mask for one in read], np.int64)
        given: dict[str, Any] = {
            "input_ids": np.array([one.ids for one in read], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        first = session.run([pooled] if pooled else None, {name: given[name] for name in names})[0]
        vectors = np.asarray(first, np.float32)
        if vectors.ndim == 3:
            # mean over the tokens of a text, padding left out
            weight = mask[:, :, None].astype(np.float32)
            vectors = (vectors * weight).sum(1) / np.maximum(weight.sum(1), 1)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(length > 0, length, 1), np.float32)

    return EmbeddingModel(embed, digest_of([path, words]))
