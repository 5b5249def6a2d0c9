"""``fullmenu look``: what was understood of a log, before anything is measured."""

from __future__ import annotations

import typer

from fullmenu.cli import options

EXAMPLES = """[bold]Examples[/bold]

  fullmenu look outputs.jsonl

  fullmenu look export.csv --map output=answer,prompt=question

  fullmenu look traces/ --json
"""


def look(
    logs: options.Logs,
    *,
    files: options.Files,
    json: options.Json = False,
) -> None:
    """Show how a log was read, what it holds and what it suffices for; nothing is measured."""
    from fullmenu.judge.preview import previewed
    from fullmenu.readers.file_names import log_label
    from fullmenu.readers.reader import read_with_ways

    samples, ways = read_with_ways(options.source_of(logs), **vars(files))
    document = previewed(samples, ways, log_label(logs))
    if json:
        import json as encoded

        from fullmenu.report.document import to_json

        typer.echo(encoded.dumps(to_json(document), indent=2))
        return
    from rich.console import Console

    from fullmenu.report.look.terminal import show

    show(document, Console())
