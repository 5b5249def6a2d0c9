"""A watch as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from fullmenu.report import plain, terminal, watch_words
from fullmenu.report.lines import clipped, grid, heading, item, words
from fullmenu.report.plain import Doc, label, one_line

if TYPE_CHECKING:
    from rich.console import Console

TOP = 3
"""Prompts and examples shown of an alarm; the page and the JSON hold more."""

MOST = 3
"""Alarms shown in full."""


def as_text(document: Doc, width: int | None = None) -> str:
    """Return the watch as plain text without colour, 80 columns wide unless told otherwise."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, width=width or 80, color_system=None, force_terminal=False, legacy_windows=False
    )
    show(document, console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(document: Doc, console: Console) -> None:
    """Print how a watch stands."""
    _print(_verdict(document) + _now(document), console)
    alarms = watch_words.standing(document)
    for i, alarm in enumerate(alarms[:MOST]):
        said = f"Alarm {i + 1} of {len(alarms)}" if len(alarms) > 1 else "The alarm"
        _print(heading(said) + _alarm(document, alarm, console.width), console)
    left = len(alarms) - MOST
    if left > 0:
        _print([item(f"{plain.counted(left, 'more alarm')} in the JSON and on the page")], console)
    _print([item(x) for x in watch_words.apart(document)], console)
    rests = [item(x) for x in watch_words.assumption(document)]
    _print([*heading("What the guarantee rests on"), *rests], console)


def show_alarm(document: Doc, alarm: Doc, console: Console) -> None:
    """Print one alarm as it is raised."""
    head = words("▼ ALARM: ", watch_words.what(document, alarm), style="bold red")
    _print(["", head, *_alarm(document, alarm, console.width), ""], console)


def status(document: Doc, width: int) -> str:
    """Return how things stand on one line: the visits, and each view's last full hundred."""
    parts = [f"{document['visits']:,}"]
    parts += [f"{x.name} {x.recent}" for x in watch_words.lines(document, views=True)]
    line = "  ".join(parts)
    return line if len(line) <= width else line[: width - 1] + "…"


def _print(blocks: list[Any], console: Console) -> None:
    for block in blocks:
        console.print(block, markup=False, highlight=False, emoji=False)


def _verdict(document: Doc) -> list[Any]:
    log = document.get("log") or {}
    names = f"{label(log, 'the log')} against {label(document.get('baseline'), 'the baseline')}"
    counts = f"{document['visits']:,} visits, {log.get('outputs', 0):,} outputs"
    calm = not watch_words.standing(document)
    symbol = "=" if calm and document["visits"] else "?" if calm else "▼"
    style = terminal.STYLES["held" if calm else "collapsed"]
    found = [
        words("Fullmenu: ", names, f" ({counts})", style="dim"),
        "",
        words(f"{symbol} {watch_words.title(document).upper()}", style=style),
        words(watch_words.headline(document)),
    ]
    several = watch_words.versions(document)
    return found + [item(x) for x in several[:6]] if len(several) > 1 else found


def _now(document: Doc) -> list[Any]:
    found: list[Any] = []
    for views, title in ((True, "Dishes it serves (effective number)"), (False, "Signals")):
        rows = watch_words.lines(document, views)
        if not rows:
            continue
        table = grid()
        heads = ("", "before", "since the start", "last full 100 visits")
        table.add_row(*(words(t, style="dim") for t in heads))
        for x in rows:
            table.add_row(
                words(x.name, style="bold"), words(x.before), words(x.now), words(x.recent)
            )
        found += [*heading(title), table]
    return [*found, item("in brackets: a band that holds at every moment at once, 95 %")]


def _alarm(document: Doc, alarm: Doc, width: int) -> list[Any]:
    stream = alarm["stream"]
    table = grid()
    model = [("model", one_line(alarm["model"], 60))] if alarm["model"] else []
    change = " → ".join(watch_words.level(document, stream, alarm[k]) for k in ("before", "after"))
    for name, told in (
        *model,
        ("what", watch_words.what(document, alarm)),
        ("since", watch_words.since(alarm)),
        ("raised at", watch_words.raised(alarm)),
        ("how sure", one_line(alarm["sure"], 400)),
        ("evidence", watch_words.evidence(document, alarm)),
        ("change", f"{watch_words.stream_name(stream)} {change}"),
    ):
        table.add_row(words(name, style="bold"), words(told))
    found: list[Any] = [table]
    if alarm["prompts"]:
        found.append(words("  where it is worst (before → since)", style="dim"))
    for p in alarm["prompts"][:TOP]:
        told = " → ".join(watch_words.level(document, stream, p[k]) for k in ("before", "since"))
        asked = watch_words.prompt(document, p["prompt_id"])
        found.append(clipped(f"  {told:<18} {asked}", width))
    if alarm["examples"]:
        found.append(words("  what is now repeated", style="dim"))
    for e in alarm["examples"][:TOP]:
        shown = one_line(e["output"], 200) or "(an empty output)"
        found.append(clipped(f"  {'visit ' + format(e['visit'], ','):<18} {shown}", width))
    return found
