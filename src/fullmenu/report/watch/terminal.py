"""A watch as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report import console, terminal
from fullmenu.report.console import clipped, grid, heading, item, text
from fullmenu.report.plain import label
from fullmenu.report.watch import words
from fullmenu.report.watch.document import Alarm, WatchDocument
from fullmenu.text.amounts import amount

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

TOP = 3
"""Prompts and examples shown of an alarm; the page and the JSON hold more."""

MOST = 3
"""Alarms shown in full."""


def as_text(document: WatchDocument, width: int | None = None) -> str:
    """Return the watch as plain text without colour, 80 columns wide unless told otherwise."""
    return console.as_text(_blocks(document, width or 80), width)


def show(document: WatchDocument, to: Console) -> None:
    """Print how a watch stands."""
    console.show(_blocks(document, to.width), to)


def _blocks(document: WatchDocument, width: int) -> list[RenderableType]:
    found = _verdict(document) + _now(document, width)
    alarms = words.standing(document)
    for i, alarm in enumerate(alarms[:MOST]):
        said = f"Alarm {i + 1} of {len(alarms)}" if len(alarms) > 1 else "The alarm"
        found += heading(said) + _alarm(document, alarm, width)
    left = len(alarms) - MOST
    if left > 0:
        found.append(item(f"{amount(left, 'more alarm')} in the JSON and on the page"))
    found += [item(x) for x in words.apart(document)]
    rests = [item(x) for x in words.assumption(document)]
    return [*found, *heading("What the guarantee rests on"), *rests]


def show_alarm(document: WatchDocument, alarm: Alarm, to: Console) -> None:
    """Print one alarm as it is raised."""
    head = text("▼ ALARM: ", words.what(document, alarm), style="bold red")
    console.show(["", head, *_alarm(document, alarm, to.width), ""], to)


def status(document: WatchDocument, width: int) -> str:
    """Return how things stand on one line: the visits, and each view's last full hundred."""
    parts = [f"{document.visits:,}"]
    parts += [f"{x.name} {x.recent}" for x in words.lines(document, views=True)]
    line = "  ".join(parts)
    return line if len(line) <= width else line[: width - 1] + "…"


def _verdict(document: WatchDocument) -> list[RenderableType]:
    log = document.log
    names = f"{label(log, 'the log')} against {label(document.baseline, 'the baseline')}"
    counts = f"{document.visits:,} visits, {log.outputs:,} outputs"
    calm = not words.standing(document)
    symbol = "=" if calm and document.visits else "?" if calm else "▼"
    style = terminal.STYLES["held" if calm else "collapsed"]
    found: list[RenderableType] = [
        text("Fullmenu: ", names, f" ({counts})", style="dim"),
        "",
        text(f"{symbol} {words.title(document).upper()}", style=style),
        text(words.headline(document)),
    ]
    several = words.versions(document)
    return found + [item(x) for x in several[:6]] if len(several) > 1 else found


def _now(document: WatchDocument, width: int) -> list[RenderableType]:
    found: list[RenderableType] = []
    for views, title in ((True, "Answers it gives (effective number)"), (False, "Signals")):
        rows = words.lines(document, views)
        if not rows:
            continue
        table = grid()
        heads = ("", "before", "since the start", "last full 100 visits")
        table.add_row(*(text(t, style="dim") for t in heads))
        for x in rows:
            table.add_row(text(x.name, style="bold"), text(x.before), text(x.now), text(x.recent))
        found += [*heading(title), table]
    found.append(item("in brackets: a band that holds at every moment at once, 95 %"))
    if document.answers:
        found += heading("The commonest of its last answers")
    for often, shown in words.answers(document.answers[:TOP]):
        found.append(clipped(f"  {often:<10} {shown}", width))
    return found


def _alarm(document: WatchDocument, alarm: Alarm, width: int) -> list[RenderableType]:
    stream = alarm.stream
    table = grid()
    model = [("model", one_line(alarm.model, 60))] if alarm.model else []
    change = " → ".join(words.level(document, stream, x) for x in (alarm.before, alarm.after))
    for name, told in (
        *model,
        ("what", words.what(document, alarm)),
        ("since", words.since(alarm)),
        ("raised at", words.raised(alarm)),
        ("how sure", one_line(alarm.sure, 400)),
        ("it shows in", words.evidence(document, alarm)),
        ("what to do", words.next_step(document, alarm)),
        ("change", f"{words.stream_name(stream)} {change}"),
        *([("asked with", words.nearest(alarm))] if alarm.change else []),
        *([("model or pipeline", words.pipe(alarm))] if alarm.pipe is not None else []),
    ):
        table.add_row(text(name, style="bold"), text(told))
    found: list[RenderableType] = [table]
    if alarm.prompts:
        found.append(text("  where it is worst (before → since)", style="dim"))
    for p in alarm.prompts[:TOP]:
        told = " → ".join(words.level(document, stream, x) for x in (p.before, p.since))
        asked = words.prompt(document, p.prompt_id)
        found.append(clipped(f"  {told:<18} {asked}", width))
    if alarm.answers:
        found.append(text("  what it gives again and again", style="dim"))
    for often, shown in words.answers(alarm.answers[:TOP]):
        found.append(clipped(f"  {often:<18} {shown}", width))
    examples = alarm.examples if words.repeats(document, alarm) and not alarm.answers else ()
    if examples:
        found.append(text("  what is now repeated", style="dim"))
    for e in examples[:TOP]:
        shown = one_line(e.output, 200) or "(an empty output)"
        found.append(clipped(f"  {'visit ' + format(e.visit, ','):<18} {shown}", width))
    return found
