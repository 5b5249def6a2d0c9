"""``fullmenu canary``: fixed prompts asked again and again, for a watch."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from fullmenu.cli import options, work
from fullmenu.cli.sample import STOPPED, duration, probed, shown, tell
from fullmenu.errors import BadInput
from fullmenu.sampling.request import Unreachable

EXAMPLES = """[bold]Examples[/bold]

  fullmenu sample prompts.jsonl --model NAME --temperature 1 -n 20 -o before.jsonl

  fullmenu canary prompts.jsonl --model NAME --temperature 1 -o canary.jsonl --every 1h

  fullmenu watch canary.jsonl --baseline before.jsonl --follow

  fullmenu canary prompts.jsonl --model NAME -o canary.jsonl --every 1h --to http://127.0.0.1:8000

[bold]From cron[/bold], one prompt drawn at random each time

  */10 * * * *  fullmenu canary prompts.jsonl --model NAME --visits 1 --no-probe -o canary.jsonl
"""

SENDING = 30.0
"""Seconds in which what is new is sent before the next visits."""

_SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_EVERY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d)\s*")


def canary(
    prompts: Annotated[
        str, Argument(help="Prompts: text, JSONL or JSON, or a file of samples.", metavar="FILE")
    ],
    output: Annotated[
        Path,
        Option("--output", "-o", help="The log that visits are appended to.", metavar="FILE"),
    ],
    k: Annotated[int, Option("-k", help="Fresh outputs of a visit.", min=2)] = 5,
    visits: Annotated[
        int | None,
        Option(
            help="Visits of prompts, each drawn at random; by default as many as there are "
            "prompts.",
            min=1,
        ),
    ] = None,
    every: Annotated[
        str | None,
        Option(
            help="Do so again and again, until Ctrl-C: 90s, 10m, 1h or 1d from one beginning to "
            "the next. By default once.",
            metavar="TIME",
        ),
    ] = None,
    to: Annotated[
        str | None,
        Option(
            help="Send what was said to a server too, with FULLMENU_TOKEN where it needs one.",
            metavar="URL",
        ),
    ] = None,
    no_probe: Annotated[
        bool,
        Option("--no-probe", help="Leave out the test whether samples are independent."),
    ] = False,
    *,
    how: options.Asking,
    quiet: options.Quiet = False,
) -> None:
    """Ask randomly drawn prompts for K fresh outputs each, and append these to a log for watch."""
    from fullmenu.sampling.canaries import canary as make
    from fullmenu.sampling.prompts import prompts_of

    work.check_file(output, [prompts])
    asked = prompts_of(prompts)
    pause = None if every is None else seconds(every)
    sends = None if to is None else Sending(output, to)
    target, parameters = how.target(), how.given()
    spent: Mapping[str, int] = {}
    if not no_probe and how.local is None:
        spent = probed(target, parameters, how, output, quiet)
    while True:
        began = time.monotonic()
        try:
            with shown(quiet) as progress:
                outcome = make(
                    asked, target, output, k, visits,
                    parameters=parameters, per_request=how.per_request,
                    seeded=how.seed is not None, budget=how.bounds(), spent=spent,
                    progress=progress,
                )  # fmt: skip
            spent = {}
            tell(outcome, output, quiet)
            if sends is not None:
                sends.what_is_new(quiet)
            if outcome.interrupted:
                raise typer.Exit(STOPPED)
        except Unreachable as error:
            if pause is None:
                raise
            work.say([f"{error}"], quiet=False)
        if pause is None:
            return
        left = pause - (time.monotonic() - began)
        if left > 0:
            work.say([f"next visits in {duration(left)}; Ctrl-C ends"], quiet)
            with work.stoppable():
                time.sleep(left)


class Sending:
    """What is added to a log from now on, sent to a server."""

    def __init__(self, log: Path, url: str) -> None:
        from fullmenu.live.recorder import Recorder
        from fullmenu.readers.follow import Growing

        self.log, self.recorder = log, Recorder(url)
        self.file = Growing(log)
        while self.file.part() is not None:
            pass  # what was there before

    def what_is_new(self, quiet: bool) -> None:
        """Send it, and say what could not be sent; it is in the log."""
        before, lost = self.recorder.sent, self.recorder.dropped
        while (part := self.file.part()) is not None:
            for r in part.records:
                self.recorder.record(
                    r.output,
                    r.prompt,
                    prompt_id=r.prompt_id,
                    model=r.model,
                    time=r.time,
                    finish_reason=r.finish_reason,
                    parameters=r.parameters,
                    sample_index=r.sample_index,
                    call_id=r.call_id,
                )
        self.recorder.flush(SENDING)
        lost = self.recorder.dropped - lost + self.recorder.waiting
        if lost:
            work.say([f"{lost:,} outputs could not be sent; they are in {self.log}"], quiet=False)
        sent = self.recorder.sent - before
        work.say([f"sent {sent:,} outputs to {self.recorder.url}"], quiet)


def seconds(text: str) -> float:
    """Read a time.

    >>> seconds("10m"), seconds("1.5h")
    (600.0, 5400.0)
    """
    match = _EVERY.fullmatch(text)
    if match is None or not float(match[1]):
        raise BadInput(f"cannot read the time {text!r}: write 90s, 10m, 1h or 1d")
    return float(match[1]) * _SECONDS[match[2]]
