"""``Report``: a document, and where it can be written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import cast

from fullmenu.errors import BadInput
from fullmenu.estimate import VerdictName
from fullmenu.files import replace_file
from fullmenu.report.document import CONTENT, CheckDocument, Content, read, to_json


@dataclass(frozen=True, init=False)
class Report:
    """What was found, as the documented JSON, with ways to show it.

    Parameters
    ----------
    document
        A document, or its JSON form as ``docs/report.md`` describes it: a saved one, for example.

    Attributes
    ----------
    content
        The document, typed: ``report.content.views["phrasing"]``.

    Raises
    ------
    BadInput
        The JSON is no report's: a field is missing, or of another type.

    Examples
    --------
    >>> from fullmenu import Samples, check
    >>> saved = json.loads(check(Samples.of({"Fruit?": ["fig", "fig", "plum"]})).to_json())
    >>> Report(saved).content.log.outputs
    3
    """

    content: Content

    def __init__(self, document: Content | Mapping[str, object]) -> None:
        if not isinstance(document, CONTENT):
            document = cast("Content", read(document, *CONTENT))
        object.__setattr__(self, "content", document)

    @cached_property
    def document(self) -> dict[str, object]:
        """The document as plain JSON: ``report.document["views"]["phrasing"]``."""
        return to_json(self.content)

    @property
    def verdict(self) -> VerdictName | None:
        """The overall verdict of a comparison; ``None`` for a check without a baseline."""
        return None if isinstance(self.content, CheckDocument) else self.content.verdict

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

        return render(self.content)

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
        replace_file(path, writers[path.suffix]().encode())
        return path

    def __str__(self) -> str:
        from fullmenu.report.terminal import as_text

        return as_text(self.content)

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own: a notebook keeps its style and its policy."""
        return (
            '<iframe sandbox="" title="Fullmenu report" width="100%" height="800" '
            f'style="border: 0" srcdoc="{escape(self.to_html())}"></iframe>'
        )
