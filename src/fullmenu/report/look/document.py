"""The document of a look at a log, typed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from fullmenu.report.document import Count, LogFacts, PipeCheck

Purpose = Literal["within", "across", "watch"]


class FileFacts(Struct, frozen=True, kw_only=True):
    """How one file was understood.

    Parameters
    ----------
    name
        The file's.
    packing, format
        How its records are packed, and in which tool's format they are.
    told_by
        What that was recognised by; empty where it was given.
    fields
        Of a table: which column each field was read from.
    """

    name: str
    packing: str
    format: str
    told_by: str
    fields: dict[str, str]


class Held(Struct, frozen=True, kw_only=True):
    """How many outputs come with something that a log may hold, and what it ranges over.

    Parameters
    ----------
    name
        What it is: ``time``, ``score``, ``finish_reason`` …
    outputs
        How many outputs have it.
    shown
        From where to where, or its commonest values.
    """

    name: str
    outputs: Count
    shown: str


class Example(Struct, frozen=True, kw_only=True):
    """A prompt and one output to it.

    Parameters
    ----------
    prompt
        Its text, or its id where the log has no text; cut where it is long.
    output
        Cut where it is long.
    """

    prompt: str
    output: str


class Use(Struct, frozen=True, kw_only=True):
    """Whether the log is enough for something.

    Parameters
    ----------
    purpose
        ``within``: asked twice, does it say the same? ``across``: asked different things?
        ``watch``: as the baseline of a watch.
    enough
        Whether it is.
    why
        What it has, or what it lacks.
    """

    purpose: Purpose
    enough: bool
    why: str


class LookDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/look/1"
):  # fmt: skip
    """What was understood of a log.

    Parameters
    ----------
    log
        What was looked at.
    files
        How each file was understood, the first 100.
    further
        Names of parameters and further columns that were kept, for ``--by``.
    held
        What outputs come with, beside their texts.
    examples
        Three prompts, each with an output.
    pipe
        What the pipe did to the log, not the model, as far as the log shows it.
    uses
        What the log is enough for.
    """

    log: LogFacts
    files: Annotated[list[FileFacts], Meta(max_length=100)]
    further: list[str]
    held: list[Held]
    examples: Annotated[list[Example], Meta(max_length=3)]
    pipe: list[PipeCheck]
    uses: list[Use]
