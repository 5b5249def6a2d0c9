"""The transformations by name."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.errors import UnknownName
from fullmenu.stress.transformation import Transformation
from fullmenu.stress.transformations import (
    bullets,
    casing,
    instruction_order,
    irrelevant_context,
    json_object,
    no_template,
    paraphrase_frame,
    punctuation,
    role,
    system_prompt,
    terse,
    tone,
    transcript,
    typos,
    wordy,
)

_ALL = {
    module.SHIFT.name: module.SHIFT
    for module in (
        no_template, transcript, system_prompt, typos, casing, punctuation, paraphrase_frame,
        irrelevant_context, wordy, terse, bullets, json_object, role, tone, instruction_order,
    )
}  # fmt: skip


def catalogue(names: Sequence[str] | None = None) -> list[Transformation]:
    """Return the transformations of these names; all of them by default, the template's first.

    Raises
    ------
    UnknownName
        A name is none of them; the error lists all.

    Examples
    --------
    >>> [t.name for t in catalogue(["typos", "casing"])]
    ['typos', 'casing']
    >>> len(catalogue())
    15
    """
    for name in names or ():
        if name not in _ALL:
            raise UnknownName("transformation", name, _ALL)
    return [_ALL[name] for name in dict.fromkeys(names if names is not None else _ALL)]
