"""What other packages add as entry points; one that is broken is named and left out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from fullmenu.errors import BadInput

_Kind = TypeVar("_Kind")


def load(plugin: EntryPoint, *kinds: type[_Kind]) -> _Kind:
    """Load one plug-in.

    Raises
    ------
    BadInput
        It cannot be loaded, or is something else than what its group asks for.
    """
    named = f"the plug-in {plugin.name!r} of {plugin.group} ({plugin.value})"
    try:
        loaded = plugin.load()
    except Exception as error:  # whatever somebody's module raises as it is imported
        raise BadInput(f"{named} is broken: {type(error).__name__}: {error}") from error
    for kind in kinds:
        if isinstance(loaded, kind):
            return loaded
    wanted = " or ".join(kind.__name__ for kind in kinds)
    raise BadInput(f"{named} is a {type(loaded).__name__}, not a {wanted}")


def plugins(group: str, *kinds: type[_Kind]) -> Iterator[_Kind]:
    """Load the plug-ins of a group; those that cannot be are left out with a warning."""
    for plugin in entry_points(group=group):
        try:
            yield load(plugin, *kinds)
        except BadInput as error:
            warnings.warn(f"{error}; it is left out", stacklevel=2)
