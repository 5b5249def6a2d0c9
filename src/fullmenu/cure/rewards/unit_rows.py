"""How a reward sees likeness: a view by name, a function of one's own, or fast words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from fullmenu.cure.rewards import fast_words
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Features, as_features, lengths
from fullmenu.views import registry

View: TypeAlias = str | Callable[[list[str]], Any] | None
"""``None``: fast words; a view of the project by name; or texts → unit rows, (n, d)."""

SAME_DISH = 0.5


def rows(view: View, texts: Sequence[str], prompts: Sequence[str | None]) -> Features:
    """Return unit rows of texts, (n, d), dense or CSR.

    >>> rows(None, ["fig", "kiwi"], [None, None]).shape
    (2, 1048577)
    """
    if view is None:
        return fast_words.rows(texts, prompts)
    checked(view)
    if isinstance(view, str):
        return registry.get(view).rows(texts, prompts)
    x = as_features(view(list(texts)), "view(texts)")
    if x.shape[0] != len(texts):
        raise BadInput(f"view(texts) gave {x.shape[0]} rows for {len(texts)} texts: one for each")
    lengths(x)
    return x


def same_dish(view: View) -> float:
    """Return how alike two outputs are that count as one dish."""
    return registry.get(view).same_dish if isinstance(view, str) else SAME_DISH


def checked(view: View) -> View:
    """Refuse what is no view of texts while the reward is built, not at its first step."""
    if isinstance(view, str):
        media = registry.get(view).media
        if media != "text":
            raise BadInput(f"the view {view} looks at {media}s; a reward looks at completions")
    elif view is not None and not callable(view):
        raise BadInput(f"view={view!r}: give a view's name, or a function from texts to unit rows")
    return view
