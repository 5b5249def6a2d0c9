"""``PhraseReport``: the turns of phrase that models overuse, and where that can be written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.files import replace_file
from fullmenu.report.document import read, to_json
from fullmenu.report.phrases.document import PhrasesDocument


@dataclass(frozen=True, init=False, repr=False)
class PhraseReport:
    """The turns of phrase that models overuse, with ways to show them.

    Parameters
    ----------
    document
        A document, or its JSON form as ``docs/phrases.md`` describes it.

    Attributes
    ----------
    content
        The document, typed: ``report.content.logs[0].turns``.

    Raises
    ------
    BadInput
        The JSON is none of a phrase report.
    """

    content: PhrasesDocument

    def __init__(self, document: PhrasesDocument | Mapping[str, object]) -> None:
        if not isinstance(document, PhrasesDocument):
            document = read(document, PhrasesDocument)
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
        from fullmenu.report.phrases.page import render

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
        from fullmenu.report.phrases.words import headline

        return f"Fullmenu phrases: {headline(self.content)}"

    def __str__(self) -> str:
        from fullmenu.report.console import as_text
        from fullmenu.report.phrases.terminal import blocks

        return as_text(blocks(self.content, 80))

    def _repr_html_(self) -> str:
        return (
            '<iframe sandbox="" title="Fullmenu phrases" width="100%" height="700" '
            f'style="border: 0" srcdoc="{escape(self.to_html())}"></iframe>'
        )
