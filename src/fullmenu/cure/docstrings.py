"""What the docstrings of cures have in common, put in by ``@documented``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from fullmenu.measures.docstrings import Common, sections, written, wrong_of

F = TypeVar("F", bound=Callable[..., Any])

_AS_CHECK = "As in :func:`fullmenu.check`."
_PARAMETERS = {
    "samples": Common("A log."),
    "samples: view": Common("Through which view outputs are compared. " + _AS_CHECK),
    "encoder": Common(_AS_CHECK),
    "ruler": Common(_AS_CHECK),
    "features": Common("Unit rows.", "(n, d) array or CSR"),
    "features: k": Common("How many to choose.", wrong="``k`` is not between 1 and n"),
    "features: quality": Common(
        "Scaled to [0, 1] between the worst and the best row.",
        "(n,), optional",
        "quality is not n finite numbers",
    ),
    "trade_off": Common("The share t of quality, in [0, 1]; without quality it is 0."),
    "view": Common(
        'What likeness is: fast words by default; ``"answer"``, ``"phrasing"``, ``"outline"`` or '
        "a plugin's view by name; or a function from texts to unit rows, such as an embedding "
        "model's.",
        wrong="the view is none of texts",
    ),
    "num_generations": Common(
        "Completions of each prompt, as the trainer is told: a warning says where fewer are seen.",
        wrong="``num_generations`` below 2",
    ),
    "quality": Common(
        "A reward function: by keyword, one number or ``None`` a completion.",
        wrong="``quality`` is no plain reward function",
    ),
    "at": Common("The bar, on the scale of the quality. Give this or ``base``."),
    "base": Common(
        "Scores of the model before training, by the same quality, best 100 or more: the bar is "
        "their mean and one standard deviation.",
        wrong="neither or both of ``at`` and ``base``",
    ),
}
"""By parameter; before it may stand the first parameter of the function."""

_RAISED = {
    "samples": ("NotEnoughData", "The log is empty."),
    "view": ("UnknownName", "There is no such view."),
    "base": ("NotEnoughData", "The base scores have no spread."),
}


def documented(function: F) -> F:
    """Put into a docstring what it leaves to the common parts, and the type that is returned."""
    if function.__doc__:
        head, own = sections(inspect.cleandoc(function.__doc__))
        names = list(inspect.signature(function).parameters)
        common = {
            name: _PARAMETERS.get(f"{names[0]}: {name}") or _PARAMETERS.get(name) or Common("")
            for name in names
        }
        raised = dict(_RAISED[name] for name in names if name in _RAISED)
        own.setdefault("Returns", function.__annotations__["return"])
        if wrong := wrong_of(common):
            raised["BadInput"] = wrong
        function.__doc__ = written(head, own, common, raised)
    return function
