"""``fullmenu lab``: experiments with a known answer, run here."""

from __future__ import annotations

import json as jsons
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fullmenu.cli import options, work
from fullmenu.errors import BadInput, FullmenuError
from fullmenu.files import replace_file

if TYPE_CHECKING:
    from fullmenu.lab.runs import Progress
    from fullmenu.report.lab.document import LabDocument

LIST_EXAMPLES = """[bold]Examples[/bold]

  fullmenu lab list
"""

RUN_EXAMPLES = """[bold]Examples[/bold]

  fullmenu lab run menu

  fullmenu lab run gan-grid --seeds 3 --folder runs

  fullmenu lab run gan-grid --full

  fullmenu lab run menu --seeds 8000-8004   [dim]# seeds that nobody looked at[/dim]

  fullmenu lab run all --quick

A run that was stopped goes on where it was: every arm of every seed is kept as it ends.
"""

REPORT_EXAMPLES = """[bold]Examples[/bold]

  fullmenu lab report

  fullmenu lab report runs --html lab.html
"""

FOLDER = Path("fullmenu-lab")
ALL = "all"

app = typer.Typer(
    add_completion=False,
    help="Experiments with a known answer: make a collapse happen, and see whether it is seen.",
    epilog=f"{LIST_EXAMPLES}{RUN_EXAMPLES.partition('Examples[/bold]')[2]}",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Folder = Annotated[Path, typer.Option("--folder", help="Where runs are kept, a folder each.")]


def _names(incomplete: str) -> list[str]:
    from fullmenu.lab.registry import names

    return [name for name in (*names(), ALL) if name.startswith(incomplete)]


@app.command("list", epilog=LIST_EXAMPLES)
def list_() -> None:
    """List every experiment, and what it shows."""
    from rich.console import Console
    from rich.table import Table

    from fullmenu.lab.registry import experiment, names

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for name in names():
        try:
            found = experiment(name)
        except BadInput as error:
            warnings.warn(f"{error}; it is left out", stacklevel=2)
            continue
        needs = f" (needs the extra {found.extras})" if found.extras else ""
        table.add_row(name, f"{found.about}{needs}")
    console = Console()
    console.print(table, highlight=False)
    console.print("\nfullmenu lab run NAME runs one.", highlight=False)


@app.command("run", epilog=RUN_EXAMPLES)
def run(
    name: Annotated[
        str,
        typer.Argument(help="Which; see [bold]lab list[/bold]. Or all.", autocompletion=_names),
    ],
    full: Annotated[
        bool,
        typer.Option("--full/--quick", help="The full setting; most want a GPU and hours."),
    ] = False,
    seeds: Annotated[
        str | None, typer.Option(help="How many from 0 on (5), or which (8000-8004).")
    ] = None,
    folder: Folder = FOLDER,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default one a core.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train every arm on every seed, and set what was seen against the known answer.

    Writes result.json, picture.svg and report.html. Exit code 1 where a claim does not hold.
    """
    from fullmenu.lab.registry import names
    from fullmenu.lab.runs import seeds_in

    given = None if seeds is None else seeds_in(seeds)
    bodies: list[LabDocument] = []
    left_out: list[str] = []
    chosen = names() if name == ALL else [name]
    for place, one in enumerate(chosen, 1):
        title = f"{place} of {len(chosen)}: {one}" if name == ALL else one
        try:
            with _bar(title, not quiet and sys.stderr.isatty()) as progress:
                bodies.append(_trained(one, full, given, folder, workers, progress))
        except FullmenuError as error:
            if name != ALL:
                raise
            left_out.append(f"{one}: {error}")
            continue
        if not json:
            _show(bodies[-1], folder)
    if json:
        _print_json(bodies if name == ALL else bodies[0])
    elif name == ALL:
        from rich.console import Console

        from fullmenu.report.lab.terminal import sum_up

        sum_up(bodies, left_out, Console())
    if not all(claim.holds for body in bodies for claim in body.claims):
        raise typer.Exit(1)


def _trained(
    name: str,
    full: bool,
    seeds: int | list[int] | None,
    folder: Path,
    workers: int | None,
    progress: Progress,
) -> LabDocument:
    """Run an experiment, write it down, and return its document."""
    from fullmenu.lab.registry import experiment
    from fullmenu.lab.runs import run as train

    place = _place(folder, name, full)
    result = train(
        experiment(name),
        full=full,
        seeds=seeds,
        folder=place,
        workers=workers,
        progress=progress,
    )
    body = result.document()
    _write(body, place)
    return body


def _place(folder: Path, name: str, full: bool) -> Path:
    return folder / name / "full" if full else folder / name


def _show(body: LabDocument, folder: Path) -> None:
    from rich.console import Console

    from fullmenu.report.lab.terminal import show

    show(body, Console())
    place = _place(folder, body.experiment, body.setting == "full")
    typer.echo(f"\nreport: {place / 'report.html'}\n")


def _print_json(bodies: LabDocument | list[LabDocument]) -> None:
    from fullmenu.report.document import to_json

    plain = [to_json(b) for b in bodies] if isinstance(bodies, list) else to_json(bodies)
    typer.echo(jsons.dumps(plain, indent=2, allow_nan=False))


@app.command("report", epilog=REPORT_EXAMPLES)
def report(
    folder: Annotated[Path, typer.Argument(help="Where runs are kept.")] = FOLDER,
    html: Annotated[Path | None, typer.Option(help="Write one page of all.")] = None,
) -> None:
    """Put every run that is kept side by side: on the terminal, and on one page."""
    from rich.console import Console

    from fullmenu.lab.registry import names
    from fullmenu.report.document import read
    from fullmenu.report.lab.document import LabDocument
    from fullmenu.report.lab.page import render
    from fullmenu.report.lab.terminal import show

    kept = sorted([*folder.glob("*/result.json"), *folder.glob("*/full/result.json")])
    work.check_file(html, kept)
    bodies = [read(jsons.loads(path.read_text("utf-8")), LabDocument) for path in kept]
    if not bodies:
        raise BadInput(
            f"no run is kept in {folder}: it holds no NAME/result.json; "
            "fullmenu lab run NAME makes one, --folder says where"
        )
    order = {name: k for k, name in enumerate(names())}
    bodies.sort(key=lambda body: order.get(body.experiment, len(order)))
    console = Console()
    for k, body in enumerate(bodies):
        if k:
            console.print("")
        show(body, console)
    if html is not None:
        replace_file(html, render(bodies).encode())
        typer.echo(f"\nreport: {html}")


def _write(body: LabDocument, place: Path) -> None:
    from fullmenu.report import svg
    from fullmenu.report.document import to_json
    from fullmenu.report.lab.page import render

    place.mkdir(parents=True, exist_ok=True)
    text = jsons.dumps(to_json(body), indent=1, allow_nan=False)
    replace_file(place / "result.json", f"{text}\n".encode())
    replace_file(place / "report.html", render([body]).encode())
    replace_file(place / "picture.svg", svg.file(body.picture).encode())


@contextmanager
def _bar(title: str, shown: bool) -> Iterator[Progress]:
    """Show on stderr which experiment runs, how many cells are done, and which was the last."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    bar = Bar(
        TextColumn("{task.fields[title]}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis"),
        ),
        console=Console(stderr=True),
        transient=True,
        disable=not shown,
    )
    task = bar.add_task("", total=None, title=title)
    with bar:
        yield lambda done, total, cell: bar.update(
            task, completed=done, total=total, description=cell
        )
