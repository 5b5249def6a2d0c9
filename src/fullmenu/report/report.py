"""``Report``: a document, and where it can be written to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fullmenu.errors import BadInput, extra
from fullmenu.estimate import VerdictName
from fullmenu.files import replace_file
from fullmenu.report.browser import MarkedBy
from fullmenu.report.document import (
    CONTENT,
    CheckDocument,
    CheckedView,
    ComparedView,
    Content,
    TrendView,
    read,
    to_json,
)
from fullmenu.samples import Samples

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, init=False, repr=False)
class Report:
    """What was found, as the documented JSON, with ways to show it.

    Parameters
    ----------
    document
        A document, or its JSON form as ``docs/report.md`` describes it: a saved one, for example.
    samples
        The logs of texts that it was made of: its page lets readers browse them. A saved document
        has none.
    marked_by
        Says which answer each of their outputs is, which refuse and which are cut off; it is called
        when a page is drawn.

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
    samples: tuple[Samples, ...] = field(compare=False)
    marked_by: MarkedBy | None = field(compare=False)

    def __init__(
        self,
        document: Content | Mapping[str, object],
        samples: Sequence[Samples] = (),
        marked_by: MarkedBy | None = None,
    ) -> None:
        if not isinstance(document, CONTENT):
            document = cast("Content", read(document, *CONTENT))
        object.__setattr__(self, "content", document)
        texts = all(log.media == "text" for log in samples)
        object.__setattr__(self, "samples", tuple(samples) if texts else ())
        object.__setattr__(self, "marked_by", marked_by)

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

    @property
    def views(self) -> Mapping[str, CheckedView | ComparedView | TrendView]:
        """What each view says, by its name: ``report.views["answer"].ratio``."""
        return self.content.views

    def to_frame(self) -> Any:
        """Return a pandas table, one row for each view and question; it needs ``[pandas]``.

        Columns of a comparison: ``view``, ``question``, ``before``, ``after`` (effective numbers of
        answers), ``ratio``, ``ratio_low``, ``ratio_high``, ``verdict``; of a check ``answers`` with
        its interval. A trend has a row for each view and version.

        Raises
        ------
        MissingExtra
            pandas is not installed.
        """
        import pyarrow as pa

        from fullmenu.report.frame import records

        with extra("tables of pandas", "pandas"):
            return pa.Table.from_pylist([*records(self.content)]).to_pandas()

    def to_json(self, indent: int | None = 2) -> str:
        """Return the document as JSON text, model text escaped to ASCII."""
        return json.dumps(self.document, indent=indent, allow_nan=False)

    def to_html(self) -> str:
        """Return one self-contained HTML page that needs no network."""
        from fullmenu.report.html import render

        return render(self.content, self.samples, self.marked_by)

    def to_markdown(self) -> str:
        """Return one screen of it as Markdown, for a pull request or a step summary."""
        from fullmenu.report.markdown import render

        return render(self.content)

    def to_svg(self) -> str:
        """Return the leading charts, with the headline, as one SVG file."""
        from fullmenu.report import captions, svg

        return svg.file(captions.picture(self.content))

    def plot(self) -> Figure:
        """Return the leading charts as a matplotlib figure, which a notebook shows.

        Raises
        ------
        MissingExtra
            matplotlib is not installed.
        """
        from fullmenu.report import captions
        from fullmenu.report.figure import figure

        return figure(captions.picture(self.content))

    def save(self, path: str | Path) -> Path:
        """Write the report as its name ends: ``.html``, ``.json``, ``.md``, ``.svg`` or ``.png``.

        Raises
        ------
        BadInput
            Another ending.
        MissingExtra
            A PNG is asked for, and matplotlib is not installed.
        """
        path = Path(path)
        writers: dict[str, Callable[[], str | bytes]] = {
            ".html": self.to_html,
            ".json": self.to_json,
            ".md": self.to_markdown,
            ".svg": self.to_svg,
            ".png": self._png,
        }
        if path.suffix not in writers:
            raise BadInput(
                f"cannot write a report to {path}: use a name ending in "
                f"{', '.join([*writers][:-1])} or .png"
            )
        written = writers[path.suffix]()
        replace_file(path, written.encode() if isinstance(written, str) else written)
        return path

    def _png(self) -> bytes:
        from fullmenu.report.figure import png

        return png(self.plot())

    def __repr__(self) -> str:
        """Say the verdict, and of each view the answers before and after, in a few lines."""
        from fullmenu.report.brief import in_lines

        return in_lines(self.content)

    def __str__(self) -> str:
        from fullmenu.report.terminal import as_text

        return as_text(self.content)

    def _repr_html_(self) -> str:
        """Show a short page in a frame of its own, without script: a notebook keeps its style."""
        from fullmenu.report.html import framed

        return framed(self.content)
