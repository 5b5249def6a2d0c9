"""``CureReport``: what cures bring and cost, and where that can be written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.files import replace_file
from fullmenu.report.cures.document import CuresDocument
from fullmenu.report.document import read, to_json


@dataclass(frozen=True, init=False, repr=False)
class CureReport:
    """What cures bring and cost, with ways to show it.

    Parameters
    ----------
    document
        A document, or its JSON form as ``docs/cure.md`` describes it.

    Attributes
    ----------
    content
        The document, typed: ``report.content.arms[0].answers``.

    Raises
    ------
    BadInput
        The JSON is none of a trial of cures.
    """

    content: CuresDocument

    def __init__(self, document: CuresDocument | Mapping[str, object]) -> None:
        if not isinstance(document, CuresDocument):
            document = read(document, CuresDocument)
        object.__setattr__(self, "content", document)

    @property
    def document(self) -> dict[str, object]:
        """The document as plain JSON."""
        return to_json(self.content)

    def to_json(self, indent: int | None = 2) -> str:
        """Return the document as JSON text, model text escaped to ASCII."""
        return json.dumps(self.document, indent=indent, allow_nan=False)

    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""
        from fullmenu.report.cures.page import render

        return render(self.content)

    def save(self, path: str | Path) -> Path:
        """Write it as its name ends: ``.html`` or ``.json``.

        Raises
        ------
        BadInput
            Another ending.
        """
        path = Path(path)
        writers = {".html": self.to_html, ".json": self.to_json}
        if path.suffix not in writers:
            raise BadInput(f"cannot write a report to {path}: use a name ending in .html or .json")
        replace_file(path, writers[path.suffix]().encode())
        return path

    def __repr__(self) -> str:
        from fullmenu.report.cures.words import headline

        return f"Fullmenu cures: {headline(self.content)}"

    def __str__(self) -> str:
        from fullmenu.report.console import as_text
        from fullmenu.report.cures.terminal import blocks

        return as_text(blocks(self.content, 80))

    def _repr_html_(self) -> str:
        return (
            '<iframe sandbox="" title="Fullmenu cures" width="100%" height="700" '
            f'style="border: 0" srcdoc="{escape(self.to_html())}"></iframe>'
        )
