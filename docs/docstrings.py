"""Docstrings of measures as ``help`` shows them, with the parts that measures have in common."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import griffe

from fullmenu.measures import all_measures


@cache
def completed() -> dict[str, str]:
    """Return the docstring of each measure by the full name of its function."""
    functions = (measure.function for measure in all_measures().values())
    return {f"{f.__module__}.{f.__name__}": inspect.getdoc(f) or "" for f in functions}


class Completed(griffe.Extension):
    """Puts them where the source has the part that is special to a measure."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Take the docstring that the decorator made."""
        if func.path in completed():
            func.docstring = griffe.Docstring(completed()[func.path], parent=func)
