"""What every diagnosis does in the end: print its finding, and write it."""

from __future__ import annotations

import inspect
import json as jsons
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import typer

from fullmenu.cli import options, work
from fullmenu.files import replace_file
from fullmenu.finding import Finding


def shown(diagnose: Callable[..., Finding]) -> Callable[..., None]:
    """Make a command of a diagnosis: with --json and --html, it shows the finding."""

    @wraps(diagnose)
    def command(*, json: bool, html: Path | None, **given: Any) -> None:
        check_target(html, given.values())
        show(diagnose(**given), json=json, html=html)

    asked = inspect.signature(diagnose, eval_str=True).parameters.values()
    added = {"json": (options.Json, False), "html": (options.Html, None)}
    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in asked] + [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=a, default=default)
        for name, (a, default) in added.items()
    ]
    vars(command)["__signature__"] = inspect.Signature(parameters)
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def check_target(html: Path | None, given: Iterable[object]) -> None:
    """Refuse a page's name that cannot be written, or is read, before any work is done."""
    values = [one for value in given for one in (value if isinstance(value, list) else [value])]
    work.check_target(html, [one for one in values if isinstance(one, (str, Path))], "finding")


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
