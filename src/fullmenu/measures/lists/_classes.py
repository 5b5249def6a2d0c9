"""Classes of the outputs to each prompt, checked and numbered."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures.lists._shown import rows_of


def classes(lists: Any, k: Any, what: str) -> list[Sequence[Hashable]]:
    """Return the lists that are not empty, all of k outputs or more.

    Raises
    ------
    BadInput
        A list that is a text, a set or no list; a class that is not hashable; k below 2.
    NotEnoughData
        Fewer than two prompts, or a prompt of fewer than k outputs.
    """
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 2:
        raise BadInput(f"k={k!r}: give a whole number of at least 2")
    rows = [row for row in rows_of(lists) if len(row)]
    try:
        _ = [hash(c) for row in rows for c in row]
    except TypeError as error:
        raise BadInput(f"a class cannot be told apart ({error}); give ids") from None
    if len(rows) < 2:
        raise NotEnoughData(
            f"an interval needs at least 2 prompts with outputs, not {len(rows)}; give more"
        )
    least = min(map(len, rows))
    if least < k:
        way = f", or k={least} (values compare only at the same k)" if least > 1 else ""
        raise NotEnoughData(
            f"one of {len(rows)} prompts has {least} output(s), where {what} looks at {k} of each; "
            f"give more outputs{way}"
        )
    return rows
