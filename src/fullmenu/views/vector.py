"""``vector``: the same direction, for whatever was turned into vectors beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fullmenu import pictures
from fullmenu.errors import BadInput
from fullmenu.views.image import Rows, unit_rows
from fullmenu.views.registry import View


def rows(places: Sequence[str]) -> Rows:
    """Unit rows, (n, d + 1): the vectors at these places, a zero vector being a dish of its own.

    Vectors that all point the same way are alike whatever they are of: take a mean of some
    background off them beforehand.

    Raises
    ------
    BadInput
        A vector holds values that are not finite, or they differ in length.
    """
    found = [pictures.vector(place) for place in places]
    if len({len(v) for v in found}) > 1:
        raise BadInput(f"vectors of {sorted({len(v) for v in found})} numbers in one log")
    x = np.stack(found)
    if not np.isfinite(x).all():
        place = places[int(np.flatnonzero(~np.isfinite(x).all(1))[0])]
        raise BadInput(f"the vector {place} holds values that are not finite")
    return unit_rows(x)


VIEW = View(
    "vector",
    lambda places, prompts: rows(places),
    sees="the direction of each vector",
    blind="how long the vectors are, and whatever was left out when they were made",
    ruler="the vectors as they were given, brought to unit length; nothing fitted",
    same_dish=0.8,
    media="vector",
    tells_dishes=True,
    default=1,
)
