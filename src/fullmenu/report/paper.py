"""What a document that is drawn on a page of its own can be written to."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from msgspec import Struct

from fullmenu.errors import BadInput
from fullmenu.files import replace_file
from fullmenu.report.document import read, to_json

if TYPE_CHECKING:
    from rich.console import RenderableType

Document = TypeVar("Document", bound=Struct)


class Paper(ABC, Generic[Document]):
    """A typed document, with ways to show it.

    Raises
    ------
    BadInput
        The JSON is none of this document.
    """

    kind: ClassVar[type[Struct]]
    title: ClassVar[str]
    content: Document

    def __init__(self, document: Document | Mapping[str, object]) -> None:
        if isinstance(document, Mapping):
            document = cast(Document, read(document, self.kind))
        self.content = document

    @abstractmethod
    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""

    @abstractmethod
    def headline(self) -> str:
        """Return what was found, in one sentence."""

    @abstractmethod
    def blocks(self, width: int, whole: bool = False) -> list[RenderableType]:
        """Return what the terminal shows; ``whole``: all of it."""

    @property
    def document(self) -> dict[str, object]:
        """The document as plain JSON."""
        return to_json(self.content)

    def to_json(self, indent: int | None = 2) -> str:
        """Return the document as JSON text, model text escaped to ASCII."""
        return json.dumps(self.document, indent=indent, allow_nan=False)

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
        return f"{self.title}: {self.headline()}"

    def __str__(self) -> str:
        from fullmenu.report.console import as_text

        return as_text(self.blocks(80))

    def _repr_html_(self) -> str:
        return (
            f'<iframe sandbox="" title="{escape(self.title)}" width="100%" height="700" '
            f'style="border: 0" srcdoc="{escape(self.to_html())}"></iframe>'
        )
