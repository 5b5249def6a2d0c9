"""What a watch prints, posts and writes, as it goes on."""

from __future__ import annotations

import json as jsons
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from fullmenu.cli.watching import Doc, Log, Watch
    from fullmenu.samples import Samples
    from fullmenu.watch import Alarm

sleep: Callable[[float], object] = time.sleep
"""Waits between two looks at a file that grows, and between two tries of a webhook."""


class Faces:
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
            from fullmenu.report.document import read
            from fullmenu.report.watch import terminal as paper
            from fullmenu.report.watch.document import WatchDocument

            console = terminal()
            for alarm in raised:
                paper.show_alarm(read(now, WatchDocument), alarm, console)
            if due and not self.quiet:
                typer.echo(paper.status(read(now, WatchDocument), console.width))
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
        from fullmenu.report.document import read
        from fullmenu.report.watch import terminal as paper
        from fullmenu.report.watch.document import WatchDocument

        paper.show(read(now, WatchDocument), terminal())
        if self.html is not None:
            typer.echo(f"\nreport: {self.html}")
        if m.standing and not self.quiet:
            typer.echo("\nThe alarm stands until it is acknowledged: --acknowledge", err=True)

    def document(self) -> Doc:
        """Return how the watch stands, as a report draws it."""
        from fullmenu.cli import watching

        return watching.document(self.its, self.before, self.labels)

    def write(self, now: Doc) -> None:
        """Write the page."""
        if self.html is not None:
            from fullmenu.report.document import read
            from fullmenu.report.watch.document import WatchDocument
            from fullmenu.report.watch.page import render

            self.html.write_text(render(read(now, WatchDocument)), encoding="utf-8")

    def emit(self, event: Doc) -> None:
        """Print an event as a JSON line."""
        if self.json:
            typer.echo(jsons.dumps(event, allow_nan=False))

    def remarks(self) -> None:
        """Say what the log said of itself."""
        while self.log.remarks:
            said = self.log.remarks.pop(0)
            if not self.quiet:
                typer.echo(said, err=True)

    def post(self) -> None:
        """Send the alarms that wait; those that cannot be sent wait for the next occasion."""
        if self.webhook is None or not self.its.unsent:
            return
        hook = sender()
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
    from fullmenu.report.document import read
    from fullmenu.report.plain import one_line
    from fullmenu.report.watch import words
    from fullmenu.report.watch.document import Alarm, WatchDocument

    raised = Alarm.from_dict(alarm)
    sure = one_line(alarm["sure"], 400).rstrip(".")
    said = [
        f"Fullmenu: {now['log']['label']}: {words.what(read(now, WatchDocument), raised)}.",
        f"Since {words.since(raised)}. {sure[:1].upper()}{sure[1:]}.",
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


def sender() -> Any:
    """Return the module that posts; third parties are loaded by name."""
    import importlib

    return importlib.import_module("fullmenu.integrations.webhook")


def terminal() -> Console:
    """Return the console that reports are printed on."""
    from rich.console import Console

    return Console()
