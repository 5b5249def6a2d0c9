"""``PhraseReport``: the turns of phrase that models overuse, and where that can be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.report.paper import Paper
from fullmenu.report.phrases.document import PhrasesDocument

if TYPE_CHECKING:
    from rich.console import RenderableType


class PhraseReport(Paper[PhrasesDocument]):
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

    kind = PhrasesDocument
    title = "Fullmenu phrases"

    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""
        from fullmenu.report.phrases.page import render

        return render(self.content)

    def headline(self) -> str:
        """Return what was found, in one sentence."""
        from fullmenu.report.phrases.words import headline

        return headline(self.content)

    def blocks(self, width: int, whole: bool = False) -> list[RenderableType]:
        """Return what the terminal shows; ``whole``: all turns listed, and the caveats."""
        from fullmenu.report.phrases.terminal import blocks

        return blocks(self.content, width, whole)
