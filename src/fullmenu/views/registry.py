"""Every view by name. A view is a ruler: fixed before it looks, the same for every sample."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fullmenu import views as folder
from fullmenu.errors import BadInput, UnknownName
from fullmenu.kernel.likeness import PairSums, sums_of_pairs, within_pairs
from fullmenu.kernel.rows import Features, stacked
from fullmenu.plugins import load
from fullmenu.samples import Media
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.text import tokens

Rows: TypeAlias = Callable[[Sequence[str], Sequence[str | None]], Any]
Embedder: TypeAlias = Callable[[Sequence[Any]], Any]
"""From texts or Pillow images, as the view takes them, to vectors, (n, d)."""

Likely: TypeAlias = Callable[[Sequence[str], Sequence[str | None], Ints], Floats]
"""From outputs, prompts and groups to the chance of "same" of every pair inside a group."""


class Reading(Protocol):
    """What a view read of some outputs and their prompts, for all that is asked of them."""

    def rows(self, at: Ints, alone: bool = False) -> Features:
        """Return the rows at some places, ascending; as if without prompts, if alone."""

    def squares(self, ends: Ints) -> Floats:
        """Return Σ k² of each output over the others of its prompt, (n,), by compiled loops.

        ``ends`` say where each prompt begins, and the last ends.
        """


@runtime_checkable
class Kernel(Protocol):
    """A kernel of pairs, such as one that people's answers calibrated."""

    @property
    def ruler(self) -> str:
        """What it is made of."""

    def likely(self, outputs: Sequence[str], prompts: Sequence[str | None], groups: Ints) -> Floats:
        """Return the chance of "same" of every pair inside a group, (N,)."""


Encoder: TypeAlias = Embedder | Kernel
"""What a view may look through."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at an output.

    A module of this folder that has a ``VIEW`` is a view by the module's name.

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
    tells_dishes
        Whether it is made to tell dishes apart: of several views, the first such one is asked.
    default
        Its place among the views that a log of its medium is looked through unless views are
        named; ``None``: only where it is named. Each one more widens every interval.
    windowed
        Whether a stretch from the middle of a text looks to it like any other.
    whole
        Whether it looks at whole outputs only: a part of an id is no id, so that nothing is cut
        for it.
    encoded
        ``(encoder, ruler) -> View``: the view by an encoder; ``None`` where it takes none.
    likely
        The chance of "same" for pairs of one prompt, instead of k²; likeness across prompts, and
        dishes, are still those of the rows.
    read
        What reads outputs and their prompts once for both: rows with prompts and without, and the
        sums of k² within prompts, for which no rows are written where compiled loops can do it.
    """

    name: str
    rows: Rows
    sees: str
    blind: str
    ruler: str = "fixed features, nothing fitted"
    reads_prompt: bool = False
    same_dish: float = 0.5
    media: Media = "text"
    tells_dishes: bool = False
    default: int | None = None
    windowed: bool = True
    whole: bool = False
    encoded: Callable[[Embedder, str], View] | None = None
    likely: Likely | None = None
    read: Callable[[Sequence[str], Sequence[str | None]], Reading] | None = None

    @property
    def takes_encoder(self) -> bool:
        """Whether it can look through an encoder."""
        return self.encoded is not None

    @property
    def unwritten(self) -> bool:
        """Whether sums within prompts can be had without rows."""
        return self.read is not None and self.likely is None

    def through(self, encoder: Encoder | None, ruler: str = "") -> View:
        """Return the view through an encoder; as it is, where it takes none or none is given."""
        if self.encoded is None or encoder is None:
            return self
        if isinstance(encoder, Kernel):
            if self.media != "text":
                raise BadInput(f"the kernel knows texts, and {self.name} looks at {self.media}s")
            return replace(self, likely=encoder.likely, ruler=encoder.ruler)
        return self.encoded(encoder, ruler)

    def both(
        self, outputs: Sequence[str], prompts: Sequence[str | None], at: Ints
    ) -> tuple[Features, Features]:
        """Return the rows of outputs, and those of some of them, (m,), without their prompts."""
        if self.read is None:
            alone = self.rows([outputs[i] for i in at.tolist()], [None] * len(at))
            return self.rows(outputs, prompts), alone
        parts: tuple[list[Features], list[Features]] = ([], [])
        for start, batch in [*tokens.batches(outputs)] or [(0, [])]:
            end = start + len(batch)
            reading = self.read(batch, prompts[start:end])
            parts[0].append(reading.rows(np.arange(len(batch))))
            parts[1].append(reading.rows(at[(at >= start) & (at < end)] - start, alone=True))
        return stacked(parts[0]), stacked(parts[1])

    def within_pairs(
        self,
        features: Features,
        outputs: Sequence[str],
        prompts: Sequence[str | None],
        groups: Ints,
    ) -> PairSums:
        """Sum k², or the chance of "same", for every row over the others of its prompt."""
        if self.likely is None:
            return within_pairs(features, groups)
        return sums_of_pairs(self.likely(outputs, prompts, groups), groups)


def as_vectors(found: object, n: int, what: str) -> NDArray[np.float64]:
    """Return what an encoder gave for n texts or pictures as an (n, d) array.

    Raises
    ------
    BadInput
        It has another shape, or holds values that are not finite.

    Examples
    --------
    >>> as_vectors([[1, 0], [0, 1]], 2, "texts").shape
    (2, 2)
    """
    x = np.asarray(found, np.float64)
    if x.ndim != 2 or len(x) != n or not x.shape[1]:
        raise BadInput(
            f"the encoder gave an array of shape {x.shape} for {n} {what}: it must return one "
            "vector for each, shape (n, d)"
        )
    if not np.isfinite(x).all():
        raise BadInput(
            f"the encoder gave vectors of {what} that hold values that are not finite; give another"
        )
    return x


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(m.name for m in pkgutil.iter_modules(folder.__path__))


def _built_in(name: str) -> View | None:
    module = importlib.import_module(f"fullmenu.views.{name}") if name in _names() else None
    view: View | None = getattr(module, "VIEW", None)
    return view


@lru_cache(maxsize=1)
def built_in() -> tuple[View, ...]:
    """Return the views that come with Fullmenu."""
    return tuple(view for name in _names() if (view := _built_in(name)))


def defaults(media: Media) -> tuple[str, ...]:
    """Return the names of the views that a log is looked through unless views are named."""
    placed = [(v.default, v.name) for v in built_in() if v.media == media and v.default is not None]
    return tuple(name for _, name in sorted(placed))


def get(name: str, encoder: Encoder | None = None, ruler: str = "") -> View:
    """Return one view.

    Parameters
    ----------
    name
        Of a built-in view, or of a ``fullmenu.views`` entry point that loads a ``View``.
    encoder, ruler
        For a view that takes one, and the name of what is behind it. Others look without it.

    Raises
    ------
    UnknownName
        No such view; the error lists what there is.
    BadInput
        An encoder for vectors.
    """
    plugins = {p.name: p for p in entry_points(group="fullmenu.views")}
    view = load(plugins[name], View) if name in plugins else _built_in(name)
    if view is None:
        raise UnknownName("view", name, {*(v.name for v in built_in()), *plugins})
    if encoder is not None and view.media == "vector":
        raise BadInput("these are vectors already: leave out encoder=")
    through: View = view.through(encoder, ruler)
    return through


def chosen(
    names: Sequence[str] | None, media: Media, encoder: Encoder | None = None, ruler: str = ""
) -> list[View]:
    """Return the views that a log is looked through.

    By default those of the medium; ``encoder`` and ``ruler`` are as in :func:`get`.

    Raises
    ------
    BadInput
        No view is named, or one cannot look at what the log holds.

    Examples
    --------
    >>> [view.name for view in chosen(None, "text")]
    ['phrasing', 'outline', 'answer']
    """
    usual = ", ".join(defaults(media))
    if names is None:
        names = defaults(media)
    if not names:
        raise BadInput(f"no view given; use some of {usual}")
    looked = [get(name, encoder, ruler) for name in names]
    for view in looked:
        if view.media != media:
            raise BadInput(
                f"the view {view.name} looks at {view.media}s, and this log holds {media}s; use "
                f"{usual}"
            )
    return looked


def eyes(views: Sequence[View]) -> View:
    """Return the view that tells dishes apart, the first made for it, or else the first.

    >>> eyes(chosen(["outline", "answer"], "text")).name
    'answer'
    """
    return next((view for view in views if view.tells_dishes), views[0])
