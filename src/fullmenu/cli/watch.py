"""``fullmenu watch``: a log as it grows; and ``fullmenu watch plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer import Argument, Option

from fullmenu.cli import options, work
from fullmenu.cli.watch_faces import Faces
from fullmenu.cli.watch_plan import COMMAND as COMMAND
from fullmenu.cli.watch_steps import watch_steps
from fullmenu.cli.watch_store import into_store
from fullmenu.errors import BadInput
from fullmenu.estimate import VARIETY_LOST

if TYPE_CHECKING:
    from fullmenu.monitor.baseline import Traffic

EXAMPLES = """[bold]Examples[/bold]

  fullmenu watch live.jsonl --baseline before.jsonl

  fullmenu watch live.jsonl --baseline before.jsonl --follow --webhook https://example.com/hook

  fullmenu watch live.jsonl --baseline before.jsonl --html watch.html

  fullmenu watch live.jsonl --follow --store fullmenu.db

  fullmenu watch rollouts/ --by step

[bold]Planning[/bold]: how many visits until a loss would be seen

  fullmenu watch plan --baseline before.jsonl
"""


def watch(
    log: Annotated[
        str,
        Argument(
            help="The log to watch: a file, a glob, a folder, or - for stdin; or the word plan.",
            metavar="LOG | plan",
        ),
    ],
    baseline: Annotated[
        str | None,
        Option("--baseline", help="The log from before: several outputs of each prompt."),
    ] = None,
    store: Annotated[
        str | None,
        Option(
            help="Copy the log into the store of a server, which watches it; no baseline is "
            "needed.",
            metavar="URL",
        ),
    ] = None,
    by: Annotated[
        str | None,
        Option(
            help="Rollouts of a trainer: the column of steps, or step where files or folders are "
            "named so. Without --baseline the first steps are it.",
            metavar="COLUMN",
        ),
    ] = None,
    follow: Annotated[
        bool, Option("--follow", help="Go on as the file grows (JSONL or text), until Ctrl-C.")
    ] = False,
    state: Annotated[
        Path | None, Option(help="Where the state is kept; by default LOG.fullmenu-state.json.")
    ] = None,
    fresh: Annotated[
        bool, Option("--fresh", help="Begin anew; the old state is kept as ….old.")
    ] = False,
    acknowledge: Annotated[
        bool, Option("--acknowledge", help="Acknowledge the alarms that stand so far.")
    ] = False,
    webhook: Annotated[
        str | None,
        Option(
            help="Post every alarm there, as JSON that Slack understands.",
            metavar="URL",
            envvar="FULLMENU_WEBHOOK",
            show_envvar=True,
        ),
    ] = None,
    *,
    how: options.Watching,
    tolerate: options.Tolerate = False,
    poll: Annotated[float, Option(help="Seconds between two looks at a file that grows.")] = 1.0,
    json: Annotated[bool, Option("--json", help="Print events as JSON lines.")] = False,
    html: options.Html = None,
    quiet: options.Quiet = False,
) -> None:
    """Watch the variety of a log over time, with a bound on false alarms.

    Ends with exit code 3 where an alarm stands. Goes on next time where it stopped.
    """
    from fullmenu.live import (
        Session,
        SessionSettings,
        StateFile,
        fingerprint,
        open_log,
        state_beside,
    )
    from fullmenu.live import webhook as hook
    from fullmenu.readers.file_names import labels

    files = options.Files(**vars(how.columns), tolerate=tolerate)
    if not 0 < poll < 86_400:
        raise typer.BadParameter("give seconds, above 0", param_hint="--poll")
    if by is not None:
        watch_steps(log, by, baseline, how, files, json, quiet)
        return
    if store is not None:
        into_store(log, store, follow, poll, how, tolerate, quiet)
        return
    if baseline is None:
        raise typer.BadParameter(
            "give the log from before; --store, to leave watching to a server; or --by step, for "
            "a trainer's rollouts",
            param_hint="--baseline",
        )
    work.check_target(html, [log, baseline])
    if html is not None and html.suffix != ".html":
        raise BadInput(f"cannot write a report to {html}: a watch is written as .html")
    if webhook is not None:
        hook.check_url(webhook)
    models = work.model_of_each(how.model, 2)
    path = state or state_beside(log)
    storage = None if path is None else StateFile(path)
    if fresh and storage is not None:
        storage.set_aside()
    with work.steps(3, quiet or json) as tell:
        tell("reading the baseline")
        before = files.read(baseline, quiet, models[0])
        through = work.encoder(how.semantic, tell, before.media, how.kernel)
        settings = SessionSettings(
            log=Path(log).name, baseline=fingerprint(before), views=work.names(how.views),
            semantic=how.semantic, traffic=cast("Traffic | None", how.traffic),
            run_length=how.run_length, model=models[1],
        )  # fmt: skip
        tell("fitting the baseline")
        session = Session.open(settings, before, storage=storage, grows=follow, **through)
        session.keeps_alarms = webhook is not None
        if acknowledge:
            session.monitor.acknowledge()
        tell("watching")
        cursor = open_log(
            log,
            session.place,
            grows=follow,
            model=models[1],
            tolerate=tolerate,
            **vars(how.columns),
        )
        session.begin(cursor)
        faces = Faces(session, cursor, labels([baseline, log]), json, html, quiet, webhook)
        faces.begin()
        if not follow:
            faces.read()
    if follow:
        faces.follow(poll)
    faces.end()
    if faces.session.monitor.standing:
        raise typer.Exit(VARIETY_LOST)
