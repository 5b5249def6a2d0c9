"""Every view by name. A view is a ruler: fixed before it looks, the same for every sample."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, TypeAlias

from fullmenu.errors import UnknownName

Rows: TypeAlias = Callable[[Sequence[str], Sequence[str | None]], Any]
Encoder: TypeAlias = Callable[[Sequence[str]], Any]

DEFAULT = ("phrasing", "outline", "answer")


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at an output.

    Parameters
    ----------
    name
        ``phrasing``, ``outline``, ``answer``, or a plugin's.
    rows
        ``(outputs, prompts) -> (n, d)`` unit feature rows, dense or CSR.
    sees, blind
        What it looks at, and what it cannot see: reports print both.
    ruler
        What it is made of, where that may differ from run to run (the embedding model's name).
    reads_prompt
        Whether ``rows`` takes the prompt into account. Across prompts such a view looks at the
        outputs alone: the same text is then the same dish, whatever was asked.
    same_dish
        Two outputs this alike are plates of one dish.
    """

    name: str
    rows: Rows
    sees: str
    blind: str
    ruler: str = "fixed features, nothing fitted"
    reads_prompt: bool = False
    same_dish: float = 0.5


def get(name: str, encoder: Encoder | None = None, ruler: str = "") -> View:
    """Return one view.

    Parameters
    ----------
    name
        A built-in view, or the name of a ``fullmenu.views`` entry point that loads a ``View``.
    encoder, ruler
        For ``answer``: a function from texts to vectors, and the name of what is behind it.

    Raises
    ------
    UnknownName
        No such view; the error lists what there is.
    """
    plugins = {p.name: p for p in entry_points(group="fullmenu.views")}
    if name in plugins:
        view: View = plugins[name].load()
        return view
    if name not in DEFAULT:
        raise UnknownName("view", name, {*DEFAULT, *plugins})
    module = importlib.import_module(f"fullmenu.views.{name}")
    if name != "answer":
        return View(name, lambda texts, prompts: module.rows(texts), module.SEES, module.BLIND)
    if encoder is None:
        return View(name, module.lexical_rows, module.SEES, module.BLIND, module.LEXICAL, True)
    return View(
        name,
        lambda texts, prompts: module.semantic_rows(texts, prompts, encoder),
        module.SEES_SEMANTIC,
        module.BLIND_SEMANTIC,
        ruler,
        True,
        module.SAME_DISH_SEMANTIC,
    )
