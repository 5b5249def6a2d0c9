"""``fullmenu watch``: a log as it grows; and ``fullmenu watch plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fullmenu.cli import options, work
from fullmenu.cli.watch_faces import Faces, sender
from fullmenu.cli.watch_plan import fit
from fullmenu.errors import BadInput

if TYPE_CHECKING:
    from fullmenu.cli.watching import Log

EXAMPLES = """[bold]Examples[/bold]

  fullmenu watch live.jsonl --baseline before.jsonl

  fullmenu watch live.jsonl --baseline before.jsonl --follow --webhook https://example.com/hook

  fullmenu watch live.jsonl --baseline before.jsonl --html watch.html

[bold]Planning[/bold]: how many visits until a loss would be seen

  fullmenu watch plan --baseline before.jsonl
"""

STATE = ".fullmenu-state.json"


def watch(
    log: Annotated[
        str,
        typer.Argument(
            help="The log to watch: a file, a glob, a folder, or - for stdin; or the word plan.",
            metavar="LOG | plan",
        ),
    ],
    baseline: options.WatchBaseline,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Go on as the file grows (JSONL or text), until Ctrl-C."),
    ] = False,
    state: Annotated[
        Path | None,
        typer.Option("--state", help=f"Where the state is kept; by default LOG{STATE}."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew; the old state is kept as ….old.")
    ] = False,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Take note of the alarms that stand so far.")
    ] = False,
    webhook: Annotated[
        str | None,
        typer.Option(
            "--webhook",
            help="Post every alarm there, as JSON that Slack understands.",
            metavar="URL",
            envvar="FULLMENU_WEBHOOK",
            show_envvar=True,
        ),
    ] = None,
    run_length: options.RunLength = 1000.0,
    traffic: options.Traffic = None,
    views: options.Views = None,
    semantic: options.Semantic = None,
    format: options.Format = None,
    map: options.Map = None,
    model: options.Model = None,
    tolerate: options.Tolerate = False,
    poll: Annotated[
        float, typer.Option("--poll", help="Seconds between two looks at a file that grows.")
    ] = 1.0,
    json: Annotated[bool, typer.Option("--json", help="Print events as JSON lines.")] = False,
    html: options.Html = None,
    quiet: options.Quiet = False,
) -> None:
    """Watch the variety of a log over time, with a bound on how often it alarms falsely.

    Ends with exit code 3 where an alarm stands. Goes on next time where it stopped.
    """
    from fullmenu.cli import watching
    from fullmenu.readers import follow as growing

    work.check_target(html)
    if html is not None and html.suffix != ".html":
        raise BadInput(f"cannot write a report to {html}: a watch is written as .html")
    if not 0 < poll < 86_400:
        raise typer.BadParameter("give seconds, above 0", param_hint="--poll")
    if webhook is not None:
        sender().check_url(webhook)
    models = work.model_of_each(model, 2)
    path = state or _beside(log)
    if fresh and path is not None and path.exists():
        path.replace(path.with_name(path.name + ".old"))
    with work.steps(3, quiet or json) as tell:
        tell("reading the baseline")
        before = work.read(
            baseline, map=map, quiet=quiet, format=format, tolerate=tolerate, model=models[0]
        )
        how = work.encoder(semantic, tell, before.media)
        settings = {
            "log": Path(log).name, "baseline": watching.fingerprint(before),
            "views": work.names(views), "semantic": semantic, "traffic": traffic,
            "run_length": run_length, "model": models[1],
        }  # fmt: skip
        if path is not None and path.exists():
            data = path.read_bytes()
            its = watching.Watch.load(data, path, settings, before, how.get("encoder"), follow)
        else:
            tell("fitting the baseline")
            from fullmenu.watch import Monitor, TwoSample

            fitted = fit(before, views, how, traffic)
            apart = TwoSample(before, views=fitted.ruler.views)
            monitor = Monitor(fitted, run_length=run_length)
            its = watching.Watch(monitor, path, settings, apart, follow)
        its.sends = webhook is not None
        if acknowledge:
            its.monitor.acknowledge()
        tell("watching")
        known = "offset" in its.place or "offset" in (its.until or {})
        if known or (not its.place and growing.is_lines(log, format)) or follow:
            if its.place and not known:
                raise BadInput(f"{log} was read as a whole before: --follow needs --fresh")
            if follow and not known and Path(log).exists() and not growing.is_lines(log, format):
                raise BadInput(f"{log} cannot be read as it grows: --follow reads JSONL and text")
            place = growing.Place(**its.place) if its.place else None
            file = growing.Growing(log, format=format, map=map, place=place, tolerate=tolerate)
            source: Log = watching.Lines(file, models[1])
            if not follow and not file.path.exists():
                raise BadInput(f"no such file: {log!r}")
        else:
            read = work.read(
                log, map=map, quiet=quiet, format=format, tolerate=tolerate, model=None
            )
            source = watching.Whole(read, models[1], its.place)
        if source.media != before.media:
            raise BadInput(f"the log holds {source.media}s, and the baseline {before.media}s")
        labels = work.labels([baseline, log])
        faces = Faces(its, source, before, labels, json, html, quiet, webhook)
        faces.begin()
        if not follow:
            while its.take(source, faces.batch):
                pass
    if follow:
        its = faces.follow(poll)
    faces.end()
    if its.monitor.standing:
        raise typer.Exit(work.VARIETY_LOST)


def _beside(log: str) -> Path | None:
    """Return where the state of a log is kept; nowhere for stdin and globs."""
    path = Path(log).expanduser()
    if log == "-" or (any(c in log for c in "*?[") and not path.exists()):
        return None
    path = path if path.name else path.resolve()
    return path.with_name(path.name + STATE)
