"""What a watch prints, posts and writes, as it goes on."""

from __future__ import annotations

import json as jsons
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fullmenu.cli import work
from fullmenu.files import replace_file

if TYPE_CHECKING:
    from rich.console import Console

    from fullmenu.live import Cursor, Session
    from fullmenu.report.watch.document import WatchDocument
    from fullmenu.watch import Alarm

sleep: Callable[[float], object] = time.sleep
"""Waits between two looks at a file that grows, and between two tries of a webhook."""

FRESH = 20
"""Visits after which the page of a log that grows is drawn anew."""


class Faces:
    """What a watch prints, posts and writes, as it goes on."""

    def __init__(
        self,
        session: Session,
        cursor: Cursor,
        labels: Sequence[str],
        json: bool,
        html: Path | None,
        quiet: bool,
        webhook: str | None,
    ) -> None:
        self.session, self.cursor, self.labels = session, cursor, labels
        self.json, self.html, self.quiet, self.webhook = json, html, quiet, webhook
        self.told = session.monitor.visits // 100
        self.noticed: list[str] = []
        self.live = False
        self.drawn = -1

    def begin(self) -> None:
        """Say where it goes on, and send what could not be sent last time."""
        m = self.session.monitor
        self.remarks()
        self.emit({"event": "begin", "visits": m.visits, "standing": m.standing})
        if m.visits and not self.quiet:
            typer.echo(f"going on after visit {m.visits:,}", err=True)
        self.post()

    def read(self) -> None:
        """Count what the log holds, and tell of it batch by batch."""
        for raised in self.session.batches(self.cursor):
            self.batch(raised)

    def batch(self, raised: Sequence[Alarm]) -> None:
        """Tell of a batch, whose state is saved by now."""
        m = self.session.monitor
        self.remarks()
        for notice in m.notices:
            if notice[:40] not in self.noticed:  # counts in it go on
                self.noticed.append(notice[:40])
                self.emit({"event": "notice", "visits": m.visits, "text": notice})
        for alarm in raised:
            self.emit({"event": "alarm", "visits": m.visits, "alarm": alarm.to_dict()})
        due = self.live and m.visits // 100 > self.told
        if not raised and not due:
            return
        from fullmenu.report.document import to_json
        from fullmenu.report.watch import terminal as paper

        now = self.document()
        streams = to_json(now)["streams"]
        batch = {"event": "batch", "visits": m.visits, "statistic": m.statistic}
        self.emit({**batch, "streams": streams})
        if self.live and not self.json:
            console = terminal()
            for alarm in raised:
                paper.show_alarm(now, alarm, console)
            if due and not self.quiet:
                typer.echo(paper.status(now, console.width))
        self.told = m.visits // 100
        if raised:
            self.post()
            if self.live:
                self.write(now)

    def follow(self, poll: float) -> None:
        """Go on as the log grows, until it is stopped; what was not saved is taken back."""
        self.live = True
        if not self.quiet and not self.json:
            work.say([f"watching {self.labels[1]} as it grows; Ctrl-C ends it"], self.quiet)
        try:
            with work.stoppable():
                while True:
                    self.read()
                    self.remarks()
                    if self.html is not None and self.session.monitor.visits // FRESH != self.drawn:
                        self.write(self.document())
                    sleep(poll)
        except KeyboardInterrupt:
            self.session = self.session.again()

    def end(self) -> None:
        """Save, and show how the watch stands."""
        self.session.save()
        self.post()
        self.remarks()
        now = self.document()
        m = self.session.monitor
        left_out = self.cursor.left_out()
        work.say([] if left_out is None else [left_out], self.quiet)
        self.write(now)
        from fullmenu.report.document import to_json
        from fullmenu.report.watch import terminal as paper

        end = {"event": "end", "visits": m.visits, "standing": m.standing}
        self.emit({**end, "document": to_json(now)})
        if self.json:
            return
        paper.show(now, terminal())
        if self.html is not None:
            typer.echo(f"\nreport: {self.html}")
        if m.standing and not self.quiet:
            typer.echo("\nThe alarm stands until it is acknowledged: --acknowledge", err=True)

    def document(self) -> WatchDocument:
        """Return how the watch stands, as a report draws it."""
        from fullmenu.live.documents import document_of

        return document_of(self.session, self.labels)

    def write(self, now: WatchDocument) -> None:
        """Write the page."""
        if self.html is not None:
            from fullmenu.report.watch.page import render

            replace_file(self.html, render(now).encode())
            self.drawn = self.session.monitor.visits // FRESH

    def emit(self, event: Mapping[str, object]) -> None:
        """Print an event as a JSON line."""
        if self.json:
            typer.echo(jsons.dumps(event, allow_nan=False))

    def remarks(self) -> None:
        """Say what the log said of itself."""
        while self.cursor.remarks:
            work.say([self.cursor.remarks.pop(0)], self.quiet)

    def post(self) -> None:
        """Send the alarms that wait; those that cannot be sent wait for the next occasion."""
        url = self.webhook
        if url is None or not self.session.unsent:
            return
        from fullmenu.live import webhook

        now = self.document()
        why = self.session.send(
            lambda alarm: webhook.post(
                url,
                webhook.message(now, alarm),
                secret=os.environ.get("FULLMENU_WEBHOOK_SECRET"),
                sleep=lambda s: sleep(s),
            )
        )
        if why is not None:
            work.say([f"webhook: {why}; the alarm is kept, and sent next time"], quiet=False)


def terminal() -> Console:
    """Return the console that reports are printed on."""
    from rich.console import Console

    return Console()
