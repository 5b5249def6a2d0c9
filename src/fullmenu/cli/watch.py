"""``fullmenu watch``: a log as it grows; and ``fullmenu watch plan``."""

from __future__ import annotations

import json as jsons
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from fullmenu.cli import options, work
from fullmenu.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from fullmenu.cli.watching import Doc, Log, Watch
    from fullmenu.samples import Samples
    from fullmenu.watch import Alarm, Baseline

EXAMPLES = """[bold]Examples[/bold]

  fullmenu watch live.jsonl --baseline before.jsonl

  fullmenu watch live.jsonl --baseline before.jsonl --follow --webhook https://example.com/hook

  fullmenu watch live.jsonl --baseline before.jsonl --html watch.html

[bold]Planning[/bold]: how many visits until a loss would be seen

  fullmenu watch plan --baseline before.jsonl
"""

PLAN_EXAMPLES = """[bold]Examples[/bold]

  fullmenu watch plan --baseline before.jsonl

  fullmenu watch plan --baseline before.jsonl --size 10 --run-length 5000
"""

STATE = ".fullmenu-state.json"

sleep: Callable[[float], object] = time.sleep
"""Waits between two looks at a file that grows, and between two tries of a webhook."""

BaselineLog = Annotated[
    str, typer.Option("--baseline", help="The log from before: several outputs of each prompt.")
]
RunLength = Annotated[
    float,
    typer.Option(
        "--run-length",
        "-A",
        help="Where nothing changes, a false alarm comes after so many visits on average, or more.",
    ),
]
Traffic = Annotated[
    str | None,
    typer.Option(
        "--traffic",
        help="How live prompts come: drawn (at random from the baseline's; the default), open "
        "(fresh draws of the same kind), any (the baseline's, in any order).",
    ),
]


def watch(
    log: Annotated[
        str,
        typer.Argument(
            help="The log to watch: a file, a glob, a folder, or - for stdin; or the word plan.",
            metavar="LOG | plan",
        ),
    ],
    baseline: BaselineLog,
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
    run_length: RunLength = 1000.0,
    traffic: Traffic = None,
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
        _webhook().check_url(webhook)
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
            its = watching.Watch.load(data, path, settings, how.get("encoder"), follow)
        else:
            tell("fitting the baseline")
            from fullmenu.watch import Monitor

            fitted = _fit(before, views, how, traffic)
            its = watching.Watch(Monitor(fitted, run_length=run_length), path, settings, follow)
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
        faces = _Faces(its, source, before, labels, json, html, quiet, webhook)
        faces.begin()
        if not follow:
            while its.take(source, faces.batch):
                pass
    if follow:
        its = faces.follow(poll)
    faces.end()
    if its.monitor.standing:
        raise typer.Exit(work.VARIETY_LOST)


class _Faces:
    """What a watch prints, posts and writes, as it goes on."""

    def __init__(
        self,
        its: Watch,
        log: Log,
        before: Samples,
        labels: Sequence[str],
        json: bool,
        html: Path | None,
        quiet: bool,
        webhook: str | None,
    ) -> None:
        self.its, self.log, self.before, self.labels = its, log, before, labels
        self.json, self.html, self.quiet, self.webhook = json, html, quiet, webhook
        self.told = its.monitor.visits // 100
        self.noticed: list[str] = []
        self.live = False

    def begin(self) -> None:
        """Say where it goes on, and send what could not be sent last time."""
        m = self.its.monitor
        self.emit({"event": "begin", "visits": m.visits, "standing": m.standing})
        if m.visits and not self.quiet:
            typer.echo(f"going on after visit {m.visits:,}", err=True)
        self.post()

    def batch(self, raised: Sequence[Alarm]) -> None:
        """Tell of a batch, whose state is saved by now."""
        m = self.its.monitor
        self.remarks()
        for notice in m.notices:
            if notice[:40] not in self.noticed:  # counts in it go on
                self.noticed.append(notice[:40])
                self.emit({"event": "notice", "visits": m.visits, "text": notice})
        for alarm in raised:
            self.emit({"event": "alarm", "visits": m.visits, "alarm": alarm.to_dict()})
        shows = self.live and not self.json
        due = self.live and m.visits // 100 > self.told
        if not raised and not due:
            return
        now = self.document()
        views = {name: now["streams"][name] for name in now["streams"]}
        self.emit(
            {"event": "batch", "visits": m.visits, "statistic": m.statistic, "streams": views}
        )
        if shows:
            from fullmenu.report import watch_terminal

            console = _console()
            for alarm in raised:
                watch_terminal.show_alarm(now, alarm.to_dict(), console)
            if due and not self.quiet:
                typer.echo(watch_terminal.status(now, console.width))
        self.told = m.visits // 100
        if raised:
            self.post()
            if self.live:
                self.write(now)

    def follow(self, poll: float) -> Watch:
        """Go on as the log grows, until it is stopped; what was not saved is taken back."""
        from fullmenu.cli import watching

        self.live = True
        its = self.its
        its.save()
        if not self.quiet and not self.json:
            typer.echo(f"watching {self.labels[1]} as it grows; Ctrl-C ends it", err=True)
        old = None
        if threading.current_thread() is threading.main_thread():
            old = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            while True:
                if not its.take(self.log, self.batch):
                    self.remarks()
                    sleep(poll)
        except KeyboardInterrupt:
            self.its = watching.again(its)
        finally:
            if old is not None:
                signal.signal(signal.SIGTERM, old)
        return self.its

    def end(self) -> None:
        """Save, and show how the watch stands."""
        from fullmenu.cli import watching

        self.its.save()
        self.post()
        self.remarks()
        now = self.document()
        m = self.its.monitor
        if isinstance(self.log, watching.Lines) and self.log.file.log.rejected and not self.quiet:
            typer.echo(self.log.file.log.notes()[-1], err=True)
        self.write(now)
        self.emit({"event": "end", "visits": m.visits, "standing": m.standing, "document": now})
        if self.json:
            return
        from fullmenu.report import watch_terminal

        watch_terminal.show(now, _console())
        if self.html is not None:
            typer.echo(f"\nreport: {self.html}")
        if m.standing and not self.quiet:
            typer.echo("\nThe alarm stands until it is acknowledged: --acknowledge", err=True)

    def document(self) -> Doc:
        from fullmenu.cli import watching

        return watching.document(self.its, self.before, self.labels)

    def write(self, now: Doc) -> None:
        if self.html is not None:
            from fullmenu.report.watch_page import render

            self.html.write_text(render(now), encoding="utf-8")

    def emit(self, event: Doc) -> None:
        if self.json:
            typer.echo(jsons.dumps(event, allow_nan=False))

    def remarks(self) -> None:
        while self.log.remarks:
            said = self.log.remarks.pop(0)
            if not self.quiet:
                typer.echo(said, err=True)

    def post(self) -> None:
        """Send the alarms that wait; those that cannot be sent wait for the next occasion."""
        if self.webhook is None or not self.its.unsent:
            return
        hook = _webhook()
        now = self.document()
        while self.its.unsent:
            alarm = self.its.unsent[0]
            why = hook.post(self.webhook, message(now, alarm), sleep=lambda s: sleep(s))
            if why is not None:
                typer.echo(f"webhook: {why}; the alarm is kept, and sent next time", err=True)
                del self.its.unsent[:-20]
                break
            self.its.unsent.pop(0)
        self.its.save()


def message(now: Doc, alarm: Doc) -> Doc:
    """Return what is posted: a text for people, and the alarm in full for programs."""
    from fullmenu.report import watch_words
    from fullmenu.report.plain import one_line

    sure = one_line(alarm["sure"], 400).rstrip(".")
    said = [
        f"Fullmenu: {now['log']['label']}: {watch_words.what(now, alarm)}.",
        f"Since {watch_words.since(alarm)}. {sure[:1].upper()}{sure[1:]}.",
    ]
    if alarm["examples"]:
        said.append("Now repeated:")
        said += [f"• {one_line(e['output'], 160)}" for e in alarm["examples"][:3]]
    text = "\n".join(said)
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)  # as Slack asks; nobody is mentioned by model text
    return {
        "text": text, "event": "alarm", "schema": "fullmenu/watch-alarm/1",
        "log": now["log"]["label"], "baseline": now["baseline"]["label"], "visits": now["visits"],
        "alarm": alarm,
    }  # fmt: skip


def plan(
    baseline: BaselineLog,
    size: Annotated[int, typer.Option("--size", help="Outputs of a live visit.")] = 5,
    run_length: RunLength = 1000.0,
    traffic: Traffic = None,
    views: options.Views = None,
    semantic: options.Semantic = None,
    format: options.Format = None,
    map: options.Map = None,
    model: options.Model = None,
    json: options.Json = False,
    seed: Annotated[int, typer.Option("--seed", help="For the simulated watches.")] = 0,
    quiet: options.Quiet = False,
) -> None:
    """Say after how many visits a loss would be seen, by simulation from the baseline's outputs."""
    from fullmenu.watch import plan as plan_watch

    with work.steps(3, quiet) as tell:
        tell("reading")
        before = work.read(
            baseline, map=map, quiet=quiet, format=format, model=work.model_of_each(model, 1)[0]
        )
        tell("fitting the baseline")
        fitted = _fit(before, views, work.encoder(semantic, tell, before.media), traffic)
        tell("simulating watches")
        found = plan_watch(before, fitted, size=size, run_length=run_length, seed=seed)
    from dataclasses import asdict

    if json:
        body = {
            "schema": "fullmenu/watch-plan/1", "run_length": run_length, "size": size,
            "view": fitted.ruler.views[0].name, "traffic": fitted.traffic,
            "losses": [asdict(x) for x in found],
        }  # fmt: skip
        typer.echo(jsons.dumps(body, indent=2, allow_nan=False))
        return
    from fullmenu.report.watch_plan import show

    about = {
        "label": work.labels([baseline])[0], "outputs": len(before), "prompts": before.n_prompts,
        "run_length": run_length, "size": size, "view": fitted.ruler.views[0].name,
    }  # fmt: skip
    show(about, [asdict(x) for x in found], _console())


def _fit(before: Samples, views: str | None, how: dict[str, Any], traffic: str | None) -> Baseline:
    from fullmenu.watch import Baseline

    given: Any = traffic
    return Baseline.fit(before, views=work.names(views), traffic=given, **how)


def _webhook() -> Any:
    import importlib

    return importlib.import_module("fullmenu.integrations.webhook")


def _console() -> Console:
    from rich.console import Console

    return Console()


def _beside(log: str) -> Path | None:
    """Return where the state of a log is kept; nowhere for stdin and globs."""
    path = Path(log).expanduser()
    if log == "-" or (any(c in log for c in "*?[") and not path.exists()):
        return None
    path = path if path.name else path.resolve()
    return path.with_name(path.name + STATE)


class WatchCommand(TyperCommand):
    """``watch``, whose first argument ``plan`` leads to a command of its own."""

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        """Read the arguments: of ``watch plan``, by that command."""
        if args and args[0] == "plan":
            app = typer.Typer(
                add_completion=False,
                rich_markup_mode="rich",
                context_settings={"help_option_names": ["-h", "--help"]},
            )
            app.command("plan", epilog=PLAN_EXAMPLES)(plan)
            command: Any = typer.main.get_command(app)
            return command.make_context(f"{info_name} plan", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)
