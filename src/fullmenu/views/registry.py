"""Every view by name. A view is a ruler: fixed before it looks, the same for every sample."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, TypeAlias

from fullmenu.errors import BadInput, UnknownName
from fullmenu.samples import Media

Rows: TypeAlias = Callable[[Sequence[str], Sequence[str | None]], Any]
Encoder: TypeAlias = Callable[[Sequence[Any]], Any]
"""From texts (for ``answer``) or Pillow images (for ``image``) to vectors, (n, d)."""

DEFAULTS: dict[Media, tuple[str, ...]] = {
    "text": ("phrasing", "outline", "answer"),
    "image": ("image",),
    "vector": ("vector",),
}
"""What is looked through unless views are named, by what a log holds."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at an output.

    Parameters
    ----------
    name
        ``phrasing``, ``outline``, ``answer``, ``image``, ``vector``, or a plugin's.
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
    media
        What it can look at.
    """

    name: str
    rows: Rows
    sees: str
    blind: str
    ruler: str = "fixed features, nothing fitted"
    reads_prompt: bool = False
    same_dish: float = 0.5
    media: Media = "text"


def get(name: str, encoder: Encoder | None = None, ruler: str = "") -> View:
    """Return one view.

    Parameters
    ----------
    name
        A built-in view, or the name of a ``fullmenu.views`` entry point that loads a ``View``.
    encoder, ruler
        For ``answer``: a function from texts to vectors, and the name of what is behind it; for
        ``image``: one from Pillow images to vectors.

    Raises
    ------
    UnknownName
        No such view; the error lists what there is.
    """
    plugins = {p.name: p for p in entry_points(group="fullmenu.views")}
    if name in plugins:
        view: View = plugins[name].load()
        return view
    known = {name: media for media, names in DEFAULTS.items() for name in names}
    if name not in known:
        raise UnknownName("view", name, {*known, *plugins})
    module = importlib.import_module(f"fullmenu.views.{name}")
    if known[name] != "text":
        found: View = module.view(encoder, ruler)
        return found
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


def chosen(
    names: Sequence[str] | None, media: Media, encoder: Encoder | None = None, ruler: str = ""
) -> list[View]:
    """Return the views that a log is looked through.

    Parameters
    ----------
    names
        Views by name; those of the medium by default.
    media
        What the log holds.
    encoder, ruler
        As in :func:`get`.

    Raises
    ------
    BadInput
        No view is named, or one cannot look at what the log holds.

    Examples
    --------
    >>> [view.name for view in chosen(None, "text")]
    ['phrasing', 'outline', 'answer']
    """
    if names is None:
        names = DEFAULTS[media]
    if not names:
        raise BadInput(f"no view given; use some of {', '.join(DEFAULTS[media])}")
    found = [get(name, encoder, ruler) for name in names]
    for view in found:
        if view.media != media:
            raise BadInput(
                f"the view {view.name} looks at {view.media}s, and this log holds {media}s; use "
                f"{', '.join(DEFAULTS[media])}"
            )
    return found


def eyes(views: Sequence[View]) -> View:
    """Return the view that tells dishes apart: ``answer``, or else the first.

    >>> eyes(chosen(["outline", "answer"], "text")).name
    'answer'
    """
    return next((view for view in views if view.name == "answer"), views[0])
