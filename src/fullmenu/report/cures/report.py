"""``CureReport``: what cures bring and cost, and where that can be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.report.cures.document import CuresDocument
from fullmenu.report.paper import Paper

if TYPE_CHECKING:
    from rich.console import RenderableType


class CureReport(Paper[CuresDocument]):
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

    kind = CuresDocument
    title = "Fullmenu cures"

    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""
        from fullmenu.report.cures.page import render

        return render(self.content)

    def headline(self) -> str:
        """Return what was found, in one sentence."""
        from fullmenu.report.cures.words import headline

        return headline(self.content)

    def blocks(self, width: int, whole: bool = False) -> list[RenderableType]:
        """Return what the terminal shows; ``whole``: all effects, the caveats too."""
        from fullmenu.report.cures.terminal import blocks

        return blocks(self.content, width, whole)
