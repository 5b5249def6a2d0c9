"""A text's features are its own: who stands beside it changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.views import registry

PIECES = [
    " ",
    "\n",
    "\t",
    "  ",
    "fig",
    "oak tree",
    ".",
    "# Plums",
    "- item",
    "é",
    "鱼",
    "\u2003",
    "",
    "1",
]
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), min_size=2, max_size=8)


@pytest.mark.parametrize("name", ["phrasing", "outline", "answer"])
@given(texts=TEXTS, at=st.integers(0, 7))
def test_rows_do_not_depend_on_neighbours(name, texts, at):
    view = registry.get(name)

    def dense(rows):
        return rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)

    i = at % len(texts)
    together = dense(view.rows(texts, [None] * len(texts)))[i]
    alone = dense(view.rows([texts[i]], [None]))[0]
    np.testing.assert_allclose(together, alone, atol=1e-6)
