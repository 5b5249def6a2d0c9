"""``fullmenu diagnose``: mode collapse and its cousins."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fullmenu.cli import options
from fullmenu.cli.diagnoses import (
    agent_loops,
    cue_or_content,
    double_descent,
    forgetting,
    goal_misgeneralization,
    instrumental_convergence,
    lottery_ticket,
    output,
    over_optimisation,
    polysemanticity,
)
from fullmenu.files import replace_file

if TYPE_CHECKING:
    from fullmenu.finding import Finding

DIAGNOSES = (
    forgetting,
    double_descent,
    lottery_ticket,
    polysemanticity,
    goal_misgeneralization,
    cue_or_content,
    instrumental_convergence,
    over_optimisation,
    agent_loops,
)

REPORT_EXAMPLES = """[bold]Examples[/bold]

  fullmenu compare before.jsonl after.jsonl --json > collapse.json

  fullmenu diagnose forgetting before/ after/ --json > forgetting.json

  fullmenu diagnose report collapse.json forgetting.json --html family.html
"""

app = typer.Typer(
    add_completion=False,
    help="Diagnose the cousins of mode collapse: other ways in which a model optimises the score "
    "and not the intention.",
    epilog=REPORT_EXAMPLES,
    no_args_is_help=True,
    rich_markup_mode="rich",
)

for _module in DIAGNOSES:
    _name = _module.__name__.rpartition(".")[2]
    _command = options.command(output.shown(getattr(_module, _name)))
    app.command(_name.replace("_", "-"), epilog=_module.EXAMPLES)(_command)


@app.command("report", epilog=REPORT_EXAMPLES)
def report(
    files: Annotated[
        list[Path],
        typer.Argument(help="JSON of findings, and of comparisons.", metavar="FINDING.json …"),
    ],
    html: options.Html = None,
) -> None:
    """Put findings side by side: mode collapse and its cousins, the worst of each kind first."""
    from rich.console import Console

    from fullmenu.report.finding.page import render
    from fullmenu.report.finding.terminal import overview

    output.check_target(html, files)
    findings = [_finding(path) for path in files]
    overview(findings, Console(highlight=False))
    if html is not None:
        replace_file(html, render(findings).encode())
        typer.echo(f"\nreport: {html}")


def _finding(path: Path) -> Finding:
    from fullmenu.diagnose.collapse import mode_collapse
    from fullmenu.errors import BadInput
    from fullmenu.finding import Finding
    from fullmenu.report.document import read

    try:
        body = jsons.loads(path.read_text("utf-8"))
        schema = str(body.get("schema", ""))
    except (ValueError, AttributeError) as error:
        raise BadInput(f"{path} is not the JSON of a finding or a comparison: {error}") from None
    if schema.startswith("fullmenu/compare/"):
        return mode_collapse(body)
    if schema != "fullmenu/finding/1":
        raise BadInput(
            f"{path} is of schema {schema!r}; give what fullmenu diagnose NAME --json or "
            "fullmenu compare --json wrote"
        )
    return read(body, Finding)
