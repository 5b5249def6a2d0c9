"""The versions of prompts that a model is asked: as they are, and shifted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.files import replace_file
from fullmenu.sampling.prompt_list import Prompts, prompts_of
from fullmenu.sampling.request import Prompt
from fullmenu.stress.registry import catalogue

INSIDE = "inside"
"""What the shift of a prompt as it is is called."""
SHIFT, ORIGIN = "shift", "origin"
"""Columns of a version and of its samples: how it was shifted, and the prompt that it is of."""

_LONGEST = 60  # characters of an id that is no number of ours

Own = Mapping[str, Mapping[str, object]]


def shifted(
    prompts: Prompts,
    shifts: Sequence[str] | None = None,
    *,
    strength: float = 0.5,
    seed: int = 0,
    own: str | Path | Own | None = None,
) -> list[Prompt]:
    """Return prompts as they are and in shifted versions, to be asked of a model.

    Parameters
    ----------
    prompts
        A file, texts, conversations or samples, as :func:`fullmenu.sampling.prompts_of` takes them.
    shifts
        Names of transformations (:func:`catalogue` lists them); all by default, or none where
        there are own versions.
    strength
        How far to go, from 0 to 1.
    seed
        For what is drawn; the same seed gives the same texts.
    own
        Versions of one's own, such as translations: a dict of shifts, each a dict of prompts by id;
        or a file of records with ``id``, ``shift`` and ``prompt`` (or ``messages``).

    Returns
    -------
    list of Prompt
        Its ``extra`` says ``shift`` and ``origin``, which the samples carry as columns. A prompt
        that a transformation leaves as it is has no such version.

    Raises
    ------
    BadInput
        No prompt, a strength outside 0 to 1, or a version of a prompt that is not there.
    UnknownName
        A shift that is none.

    Examples
    --------
    >>> for version in shifted({"fruit": "Name a fruit."}, ["casing", "json_object"]):
    ...     print(version.prompt_id, "|", version.text)
    fruit | Name a fruit.
    fruit (casing) | name a fruit.
    fruit (json_object) | {"request": "Name a fruit."}
    """
    asked = _named(prompts_of(prompts))
    versions = [version_of(prompt, INSIDE, prompt) for prompt in asked]
    if strength == 0:
        raise BadInput("strength=0 shifts nothing: give a number above 0, at most 1")
    if shifts is None and own is not None:
        shifts = ()
    for transformation in catalogue(shifts):
        for prompt in asked:
            made = transformation.shift(prompt, strength, seed)
            if made is not prompt:
                versions.append(version_of(made, transformation.name, prompt))
    return versions + _own(own, asked)


def version_of(prompt: Prompt, shift: str, origin: Prompt) -> Prompt:
    """Return a prompt that says how it was shifted, and from which."""
    name = origin.prompt_id
    return replace(
        prompt,
        prompt_id=name if shift == INSIDE else f"{name} ({shift})",
        extra={**prompt.extra, SHIFT: shift, ORIGIN: name},
    )


def write(versions: Iterable[Prompt], path: str | Path) -> None:
    """Write versions as JSON lines, which :func:`fullmenu.sampling.sample` and others can ask."""
    lines = [
        json.dumps(
            {"prompt_id": v.prompt_id, **v.extra, "messages": list(v.messages)}, ensure_ascii=False
        )
        for v in versions
    ]
    text = "\n".join(lines) + "\n"
    replace_file(Path(path), text.encode("utf-8", "surrogatepass"))


def _named(prompts: Sequence[Prompt]) -> list[Prompt]:
    """Return the prompts, those without a short id numbered."""
    given = {p.prompt_id for p in prompts}
    return [
        p
        if len(p.prompt_id) <= _LONGEST and p.prompt_id != p.text
        else replace(p, prompt_id=_number(k, given))
        for k, p in enumerate(prompts, 1)
    ]


def _number(k: int, given: set[str]) -> str:
    name = f"p{k}"
    while name in given:
        name += "_"
    return name


def _own(own: str | Path | Own | None, asked: Sequence[Prompt]) -> list[Prompt]:
    if own is None:
        return []
    known = {p.prompt_id: p for p in asked} | {p.text: p for p in asked}
    versions = []
    rows = _rows(own)
    for shift, name, version in rows:
        if not shift or shift == INSIDE:
            raise BadInput(f"a version of {name!r} has the shift {shift!r}; name it, as in german")
        if name not in known:
            raise BadInput(
                f"a version called {shift!r} is of the prompt {name[:60]!r}, which is not among "
                f"the prompts; their ids are {', '.join([p.prompt_id for p in asked][:8])}"
            )
        versions.append(version_of(version, shift, known[name]))
    if not versions:
        raise BadInput("there is no version of your own in what was given; leave it out, or add")
    return versions


def _rows(own: str | Path | Own) -> list[tuple[str, str, Prompt]]:
    if isinstance(own, Mapping):
        return [
            (str(shift), str(name), prompts_of([asked])[0])
            for shift, versions in own.items()
            for name, asked in versions.items()
        ]
    rows = []
    try:
        text = Path(own).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise BadInput(f"cannot read the versions in {own}: {error.strerror}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadInput(f"line {number} of {own} is no JSON: {error}") from error
        name = next((row[k] for k in (ORIGIN, "id", "prompt_id") if k in row), None)
        if name is None or SHIFT not in row:
            raise BadInput(
                f"line {number} of {own} lacks an id or a shift; write "
                '{"id": "1", "shift": "german", "prompt": "…"}'
            )
        asked = {k: row[k] for k in ("messages", "prompt", "system") if k in row}
        rows.append((str(row[SHIFT]), str(name), prompts_of([asked])[0]))
    return rows
