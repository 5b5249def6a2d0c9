"""What commands do alike: read, show progress, print, write, and choose an exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from fullmenu.report.report import Report
    from fullmenu.samples import Samples

VARIETY_LOST = 3


def read(source: str, *, map: str | None, quiet: bool, **options: Any) -> Samples:
    """Read one log, and say on stderr what was read and how."""
    from fullmenu.readers import parse_map
    from fullmenu.readers import read as read_log

    samples = read_log(source, map=parse_map(map) if map else None, **options)
    if not quiet:
        for note in samples.notes:
            typer.echo(note, err=True)
    return samples


def encoder(model: str | None, quiet: bool) -> dict[str, Any]:
    """Return the options that make ``answer`` semantic, if a model was named."""
    if model is None:
        return {}
    from fullmenu.views.embedding import encoder as load

    return {"encoder": load(model, progress=not quiet), "ruler": f"embedding by {Path(model).name}"}


@contextmanager
def steps(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the step in progress on stderr, once the work has lasted two seconds."""
    if quiet or not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    began = time.monotonic()
    status = Console(stderr=True).status("")
    shown = False

    def tell(step: str) -> None:
        nonlocal shown
        if not shown and time.monotonic() - began > 2:
            status.start()
            shown = True
        status.update(f"{step} …")

    try:
        yield tell
    finally:
        if shown:
            status.stop()


def show(report: Report, as_json: bool, html: Path | None) -> None:
    """Print the report, and write it as HTML if asked."""
    if html is not None:
        report.save(html)
    if as_json:
        typer.echo(report.to_json())
        return
    from rich.console import Console

    from fullmenu.report.terminal import show as draw

    draw(report.document, Console())
    if html is not None:
        typer.echo(f"\nreport: {html}")


def verdicts(fail_on: str | None, default: Sequence[str]) -> list[str]:
    """Read ``--fail-on``."""
    from fullmenu.comparison.gate import check_names
    from fullmenu.errors import BadInput

    if fail_on is None:
        return list(default)
    if fail_on == "none":
        return []
    try:
        return check_names([n.strip() for n in fail_on.split(",")])
    except BadInput as error:
        raise typer.BadParameter(str(error), param_hint="--fail-on") from None
