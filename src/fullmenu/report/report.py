"""``Report``: a document of plain values, and where it can be written to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput


@dataclass(frozen=True)
class Report:
    """What was found, as the documented JSON, with ways to show it.

    Parameters
    ----------
    document
        The JSON document; ``docs/report.md`` says what is in it.

    Examples
    --------
    >>> Report({"schema": "fullmenu/check/1"}).to_json(indent=None)
    '{"schema": "fullmenu/check/1"}'
    """

    document: dict[str, Any]

    @property
    def verdict(self) -> str | None:
        """The overall verdict of a comparison; ``None`` for a check without a baseline."""
        return self.document.get("verdict")

    @property
    def lost(self) -> bool:
        """Whether variety was lost."""
        return self.verdict in ("collapsed", "narrowed")

    def to_json(self, indent: int | None = 2) -> str:
        """Return the document as JSON text, model text escaped to ASCII."""
        return json.dumps(self.document, indent=indent, allow_nan=False)

    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""
        from fullmenu.report.html import render

        return render(self.document)

    def save(self, path: str | Path) -> Path:
        """Write the report; the ending ``.html`` or ``.json`` chooses how.

        Raises
        ------
        BadInput
            Another ending.
        """
        path = Path(path)
        writers = {".html": self.to_html, ".json": self.to_json}
        if path.suffix not in writers:
            raise BadInput(f"cannot write a report to {path}: use a name ending in .html or .json")
        path.write_text(writers[path.suffix](), encoding="utf-8")
        return path

    def __str__(self) -> str:
        from fullmenu.report.terminal import as_text

        return as_text(self.document)

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own: a notebook keeps its style and its policy."""
        return (
            '<iframe sandbox="allow-scripts" title="Fullmenu report" width="100%" height="800" '
            f'style="border: 0" srcdoc="{escape(self.to_html())}"></iframe>'
        )
