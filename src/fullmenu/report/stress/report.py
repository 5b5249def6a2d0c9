"""``StressReport``: which shifts break what, and where that can be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.report.paper import Paper
from fullmenu.report.stress.document import StressDocument, StressVerdict

if TYPE_CHECKING:
    from rich.console import RenderableType


class StressReport(Paper[StressDocument]):
    """What a stress test found, with ways to show it.

    Parameters
    ----------
    document
        A document, or its JSON form as ``docs/stress.md`` describes it.

    Attributes
    ----------
    content
        The document, typed: ``report.content.shifts[0].broken``.

    Raises
    ------
    BadInput
        The JSON is none of a stress test.
    """

    kind = StressDocument
    title = "Fullmenu stress"

    @property
    def verdict(self) -> StressVerdict:
        """The worst of all shifts: ``broken``, ``changed``, ``unclear`` or ``held``."""
        return self.content.verdict

    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""
        from fullmenu.report.stress.page import render

        return render(self.content)

    def headline(self) -> str:
        """Return what was found, in one sentence."""
        return self.content.reason

    def blocks(self, width: int, whole: bool = False) -> list[RenderableType]:
        """Return what the terminal shows; ``whole``: all outcomes, the caveats too."""
        from fullmenu.report.stress.terminal import blocks

        return blocks(self.content, width, whole)
