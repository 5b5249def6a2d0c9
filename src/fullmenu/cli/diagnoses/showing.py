"""What every diagnosis does in the end: print its finding, and write it."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fullmenu.cli import work
from fullmenu.files import replace_file

if TYPE_CHECKING:
    from fullmenu.finding import Finding


def check_target(html: Path | None, *read: str | Path | None) -> None:
    """Refuse a page's name that cannot be written, or is read, before any work is done."""
    work.check_target(html, read, "finding")


def show(finding: Finding, *, json: bool, html: Path | None) -> None:
    """Print a finding, as text or JSON, and write it as a page (or as JSON) if asked."""
    from fullmenu.report.finding.page import render
    from fullmenu.report.finding.terminal import show as draw

    text = jsons.dumps(finding.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    if html is not None:
        page = text + "\n" if html.suffix == ".json" else render([finding])
        replace_file(html, page.encode())
    if json:
        typer.echo(text)
        return
    from rich.console import Console

    draw(finding, Console(highlight=False))
    if html is not None:
        typer.echo(f"\nreport: {html}")
