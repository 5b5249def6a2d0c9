"""What commands do alike: read, show progress, print, write, and choose an exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import typer

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.estimate import NOT_SETTLED, VARIETY_LOST

if TYPE_CHECKING:
    from rich.progress import Progress

    from fullmenu.estimate import Margins
    from fullmenu.report.report import Report
    from fullmenu.views.registry import Encoder

PATIENCE = 2.0
"""Seconds before progress is shown."""


def say(notes: Sequence[str], quiet: bool) -> None:
    """Say on stderr what was read and how."""
    for note in () if quiet else notes:
        typer.echo(one_line(note, 1_500), err=True)


def model_of_each(models: Sequence[str] | None, logs: int) -> list[str | None]:
    """Return the model to keep of each log.

    >>> model_of_each(["a"], 2), model_of_each(["a", "b"], 2), model_of_each(None, 1)
    (['a', 'a'], ['a', 'b'], [None])
    """
    if not models:
        return [None] * logs
    if len(models) not in (1, logs):
        raise typer.BadParameter(
            f"{len(models)} models for {logs} logs: give one, or one for each", param_hint="--model"
        )
    return [*models] * (logs if len(models) == 1 else 1)


def names(views: str | None) -> list[str] | None:
    """Read ``--views``: names, or the default of what the logs hold.

    >>> names("answer, outline")
    ['answer', 'outline']
    """
    return None if views is None else [name.strip() for name in views.split(",")]


def margins(text: str | None) -> Margins | None:
    """Read ``--margins``."""
    from fullmenu.estimate import Margins

    try:
        return None if text is None else Margins.read(text)
    except BadInput as error:
        raise typer.BadParameter(str(error), param_hint="--margins") from None


PAGES = (".html", ".json")
REPORTS = (*PAGES, ".md", ".svg", ".png")


def check_target(
    html: Path | None,
    read: Sequence[str | Path | None] = (),
    what: str = "report",
    endings: Sequence[str] = PAGES,
) -> None:
    """Refuse a report's name that cannot be written, or is read, before any work is done."""
    if html is not None and html.suffix not in endings:
        named = f"{', '.join(endings[:-1])} or {endings[-1]}"
        raise BadInput(f"cannot write a {what} to {html}: use a name ending in {named}")
    check_file(html, read, f"a {what} ")


def check_file(path: Path | None, read: Sequence[str | Path | None] = (), what: str = "") -> None:
    """Refuse a file that cannot be written, or that is read, before any work is done."""
    if path is None:
        return
    from fullmenu.readers.sources import keep_apart

    if not path.parent.is_dir():
        raise BadInput(f"cannot write {what}to {path}: there is no folder {path.parent}")
    if path.is_dir():
        raise BadInput(f"cannot write {what}to {path}: it is a folder")
    keep_apart(path, [one for one in read if one is not None])


class Through(TypedDict, total=False):
    """The options that make a view look through a model."""

    encoder: Encoder
    ruler: str


def encoder(model: str | None, bar: Steps, media: str, kernel: str | None = None) -> Through:
    """Return the options that make ``answer`` semantic, or calibrated, if a name was given."""
    if kernel is not None:
        from fullmenu.views.human_kernel import HumanKernel

        if model is not None:
            raise BadInput("--kernel and --semantic both say what `answer` is judged by: give one")
        if media != "text":
            raise BadInput(f"--kernel judges texts, and the log holds {media}s: leave it out")
        loaded = HumanKernel.load(kernel)
        return {"encoder": loaded, "ruler": loaded.ruler}
    if model is None:
        return {}
    if media != "text":
        raise BadInput(f"--semantic embeds texts, and the log holds {media}s: leave it out")
    from fullmenu.integrations.embedding import encoder as load

    return {"encoder": load(model, progress=bar.note), "ruler": f"embedding by {Path(model).name}"}


class Steps:
    """A progress bar on stderr, shown once the work has lasted two seconds.

    Calling it with a step's name goes on to that step; :meth:`note` says more about it.
    """

    def __init__(self, total: int, shown: bool) -> None:
        self._total, self._done, self._said = total, -1, ""
        self._bar: Progress | None = None
        self._timer = threading.Timer(PATIENCE, self._begin)
        self._timer.daemon = True
        if shown:
            self._timer.start()

    def _begin(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = bar.add_task(self._said, total=self._total, completed=max(self._done, 0))
        bar.start()
        self._bar = bar

    def __call__(self, step: str) -> None:
        """Go on to a step."""
        self._done += 1
        self.note(step)

    def note(self, text: str) -> None:
        """Show more about the step in progress."""
        self._said = text
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, description=text)

    def close(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def stoppable() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C, so that what is left running ends in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def steps(total: int, quiet: bool) -> Iterator[Steps]:
    """Show progress over so many steps, where somebody is there to see it."""
    bar = Steps(total, not quiet and sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.close()


def show(
    report: Report,
    as_json: bool,
    html: Path | None,
    whole: bool = False,
    as_markdown: bool = False,
    read: Sequence[str | Path] = (),
) -> None:
    """Print the report, and save it where asked, with the command and the digests of its files.

    Where GitHub has a step summary, one screen of it goes there too.
    """
    if html is not None:
        made_by(report, read).save(html)
    if as_json or as_markdown:
        try:  # as it is: rich would lay out every line
            print(report.to_json() if as_json else report.to_markdown(), flush=True)
        except BrokenPipeError:
            say_no_more()
    else:
        from rich.console import Console

        from fullmenu.report.terminal import show as draw

        class Terminal(Console):
            def on_broken_pipe(self) -> None:
                say_no_more()

        terminal = Terminal()
        draw(report.content, terminal, whole=whole)
        if html is not None:
            terminal.out(f"\nreport: {html}", highlight=False)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(report.to_markdown())


def say_no_more() -> None:
    """Say no more to a reader who went away; the exit code still tells the verdict."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def made_by(report: Report, read: Sequence[str | Path]) -> Report:
    """Return a report that says by which command, and from which files, it was made."""
    from fullmenu.report.report import Report

    made = {**report.document, "provenance": provenance(read)}
    return Report(made, report.samples, report.marked_by)


def provenance(read: Sequence[str | Path]) -> dict[str, object]:
    """Return by which command, and from which files, a document is made."""
    from hashlib import sha256
    from importlib import metadata

    files = []
    for name in dict.fromkeys(map(str, read)):
        path = Path(name)
        if path.is_file():
            digest = sha256()
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
            size = path.stat().st_size
            files.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})
    version = metadata.version("fullmenu")
    return {"version": version, "command": ["fullmenu", *sys.argv[1:]], "files": files}


def schema(path: Path) -> Any:
    """Read a JSON Schema."""
    import json

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"cannot read the JSON Schema {path}: {error.strerror}") from error
    except ValueError as error:
        raise BadInput(f"{path} is no JSON, so no JSON Schema: {error}") from error


def failing(fail_on: str | None, default: Sequence[str]) -> list[str]:
    """Read ``--fail-on``: verdicts, and ``pipe``."""
    from fullmenu.judge.gate import check_names

    if fail_on is None:
        return list(default)
    names = [] if fail_on == "none" else [n.strip() for n in fail_on.split(",")]
    try:
        return check_names(names)
    except BadInput as error:
        raise typer.BadParameter(str(error), param_hint="--fail-on") from None


def leave(report: Report, failing: Sequence[str]) -> None:
    """End with the exit code that a report's findings ask for."""
    if "pipe" in failing and report.content.pipe:
        raise typer.Exit(NOT_SETTLED)
    from fullmenu.judge.gate import fails, flickers

    if fails(report, failing):
        settled = report.verdict != "unclear" or flickers(report)
        raise typer.Exit(VARIETY_LOST if settled else NOT_SETTLED)
