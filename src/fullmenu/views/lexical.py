"""``lexical``: the same answer in the same words; the part of ``answer`` that needs no vectors."""

from __future__ import annotations

from fullmenu.views.answer import lexical_rows
from fullmenu.views.registry import View

VIEW = View(
    "lexical",
    lexical_rows,
    sees="content words and pieces of them, the opening first, less what the prompt already says",
    blind="sense: a paraphrase in other words is a new dish, a small word that turns it is not",
    ruler="lexical: word stems and pieces of words, nothing fitted, no model",
    reads_prompt=True,
    tells_dishes=True,
)
