"""A report as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from fullmenu.report import asked, plain, reading, sentences
from fullmenu.report.lines import clipped, grid, heading, item, words
from fullmenu.report.plain import Doc, interval, label, one_line
from fullmenu.report.reading import Line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

TOP = 3
"""Dishes and turns of phrase shown of each kind; the page and the JSON hold more."""

STYLES = {
    "collapsed": "bold red",
    "narrowed": "bold yellow",
    "unclear": "bold",
    "held": "bold green",
    "widened": "bold magenta",
}

ASKED = {
    "within": "Asked twice: dishes it serves to one prompt",
    "across": "Asked different things: dishes over different prompts",
}


def as_text(document: Doc, width: int | None = None) -> str:
    """Return the report as plain text without colour.

    Parameters
    ----------
    document
        A document as ``docs/report.md`` describes it. Every text in it is taken as hostile.
    width
        Columns; 80 unless given.
    """
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, width=width or 80, color_system=None, force_terminal=False, legacy_windows=False
    )
    show(document, console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(document: Doc, console: Console) -> None:
    """Print the report.

    Parameters
    ----------
    document
        A document as ``docs/report.md`` describes it.
    console
        Where to print; its width is kept.
    """
    for block in _blocks(document, console.width):
        console.print(block, markup=False, highlight=False, emoji=False)


def _blocks(document: Doc, width: int) -> list[Any]:
    found = _verdict(document)
    if "versions" in document:
        found += _trend(document)
    else:
        for question in reading.QUESTIONS:
            found += _views(document, question)
    return [
        *found,
        *_signals(document),
        *_asked(document),
        *_dishes(document, width),
        *_turns(document, width),
        *_prompts(document, width),
        *_caveats(document),
    ]


def _verdict(document: Doc) -> list[Any]:
    verdict = document.get("verdict")
    found: list[Any] = [words("Fullmenu: ", _subject(document), style="dim"), ""]
    if verdict in plain.SYMBOLS:
        title = f"{plain.SYMBOLS[verdict]} {sentences.TITLES[verdict].upper()}"
        found.append(words(title, style=STYLES[verdict]))
    found.append(words(sentences.headline(document)))
    return found


def _subject(document: Doc) -> str:
    if "versions" in document:
        sides = [label(v, f"version {i + 1}") for i, v in enumerate(document["versions"])]
        return " → ".join(sides)
    logs = {k: document[k] for k in ("before", "after", "log") if document.get(k)}
    names = " → ".join(label(x, k) for k, x in logs.items())
    counts = [f"{x.get('outputs', 0):,}" for x in logs.values()]
    prompts = document.get("shared_prompts")
    if prompts:
        shared = plain.counted(prompts, "shared prompt")
        return f"{names} ({' and '.join(counts)} outputs of {shared})"
    last: Doc = next(reversed(logs.values()), {})
    asked = plain.counted(last.get("prompts", 0), "prompt")
    return f"{names} ({' and '.join(counts)} outputs of {asked})"


def _views(document: Doc, question: str) -> list[Any]:
    found = [x for x in reading.lines(document) if x.question == question]
    found = [x for x in found if x.after or x.before]
    if not found:
        return []
    compared = "before" in document
    table = grid(1 if any(len(x.view) > 9 or x.at_matched for x in found) else 2)
    if compared and any(not x.undefined for x in found):
        table.add_row(*(words(t, style="dim") for t in ("view", "before", "after", "ratio", "")))
    elif any(not x.undefined for x in found):
        table.add_row(*(words(t, style="dim") for t in ("view", "dishes", "repeat rate")))
    missing = []
    for x in found:
        if x.undefined:
            missing.append(f"{one_line(x.view, 20)}: no answer, {one_line(x.undefined, 300)}")
            continue
        table.add_row(*_cells(x, compared))
    return [*heading(ASKED[question]), table, *(item(m) for m in dict.fromkeys(missing))]


def _cells(x: Line, compared: bool) -> list[Text]:
    name = words(one_line(x.view, 12), style="bold")
    after = interval(x.after.get("effective_number"))
    if not compared:
        return [name, words(after), words(interval(x.after.get("repeat_rate"), plain.rate))]
    before = interval(x.before.get("effective_number"))
    ratio = interval(x.ratio) + (" *" if x.at_matched else "")
    return [name, words(before), words("→ ", after), words(ratio), _word(x.verdict)]


def _word(verdict: str | None) -> Text:
    if verdict not in plain.SYMBOLS:
        return words("not judged")
    return words(f"{plain.SYMBOLS[verdict]} {verdict}", style=STYLES[verdict])


def _trend(document: Doc) -> list[Any]:
    names = [label(v, f"version {i + 1}") for i, v in enumerate(document["versions"])]
    found: list[Any] = []
    for view, block in (document.get("views") or {}).items():
        table = grid()
        table.add_row(*(words(t, style="dim") for t in ("version", "dishes", "ratio", "")))
        steps = [None, *(block.get("steps") or [])]
        for i, one in enumerate(block.get("versions") or []):
            step = (steps[i] if i < len(steps) else None) or {}
            size = interval((one or {}).get("effective_number"))
            if "undefined" in (one or {}):
                size = one_line(one["undefined"], 40)
            table.add_row(
                words(one_line(names[i], 20), style="bold"),
                words(size),
                words(_ratio(step) if step else ""),
                _word(step.get("verdict")) if step else words(""),
            )
        overall = block.get("overall") or {}
        if overall:
            table.add_row(
                words("last ÷ first", style="dim"),
                words(""),
                words(_ratio(overall)),
                _word(overall.get("verdict")),
            )
        found += [*heading(f"Seen by {one_line(view, 40)}, each against the one before"), table]
    return found


def _ratio(step: Doc) -> str:
    return interval(step.get("ratio")) + (" *" if step.get("at_matched_lengths") else "")


def _signals(document: Doc) -> list[Any]:
    table = grid()
    for s in (document.get("signals") or {}).values():
        write = plain.form(s.get("unit"))
        name = words(one_line(s.get("label"), 30))
        if plain.is_estimate(s.get("value")):
            table.add_row(name, words(interval(s["value"], write)))
        elif plain.is_estimate(s.get("before")) or plain.is_estimate(s.get("after")):
            sides = (plain.value(s.get(k)) for k in ("before", "after"))
            change = plain.difference(s.get("difference"), s.get("unit"))
            table.add_row(name, words(" → ".join(map(write, sides))), words(change))
    return [*heading("Signals"), table] if table.row_count else []


def _asked(document: Doc) -> list[Any]:
    found: list[Any] = []
    for question, title in asked.TITLES.items():
        table = grid(2 if len(asked.heads(document)) == 1 else 1)
        missing = []
        for row in asked.rows(document, question):
            if row.undefined:
                missing.append(f"{row.name} of {row.of}: undefined, {row.undefined}")
                continue
            table.add_row(words(row.name), words(row.of), *(words(c) for c in row.cells))
            missing += [row.note] if row.note else []
        if table.row_count or missing:
            found += [*heading(title), table, *(item(m) for m in dict.fromkeys(missing))]
    return found


def _dishes(document: Doc, width: int) -> list[Any]:
    said = sentences.regulars(document)
    found = [*heading("Dishes"), *(item(x) for x in said)] if said else []
    places = plain.media(document) != "text"
    for key, title in (("lost", "Off the menu"), ("fallback", "What it falls back on")):
        cards = (document.get(key) or [])[:TOP]
        if cards:
            found += heading(title)
            found += [_card(c, width, places) for c in cards]
    return found


def _card(card: Doc, width: int, place: bool) -> Text:
    if "before" in card:
        plates = f"{card['before']['plates']:,} → {card['after']['plates']:,} plates"
    else:
        plates = f"{card.get('plates', 0):,} plates"
    shown = plain.place(card.get("example"), width - 20) if place else _shown(card.get("example"))
    return clipped(f"  {plates:<16} {shown}", width)


def _shown(text: Any) -> str:
    return one_line(text, 200) or "(an empty output)"


def _turns(document: Doc, width: int) -> list[Any]:
    found: list[Any] = []
    for key, title in (("phrases", "Phrases"), ("openings", "Openings"), ("outlines", "Outlines")):
        entries = [t for t in (document.get(key) or {}).get("gained") or [] if t.get("of")][:TOP]
        if entries:
            found += heading(f"{title} that took over (in how many prompts)")
        for t in entries:
            prompts = f"{t['before']['prompts']} → {t['after']['prompts']} of {t['of']}"
            found.append(clipped(f"  {prompts:<16} {one_line(t['text'], 200)}", width))
    return found


def _prompts(document: Doc, width: int) -> list[Any]:
    entries = reading.prompts(document)[:TOP]
    if not entries:
        return []
    compared = "before" in document
    title = "Prompts that lost most" if compared else "Most repetitive prompts"
    found = heading(f"{title} (repeat rate, mean over views)")
    for p in entries:
        rates = list((p.get("views") or {}).values())
        if compared:
            pairs = [[r[k]["value"] for r in rates] for k in ("before", "after")]
            told = " → ".join(plain.rate(sum(x) / len(x)) for x in pairs) if rates else "–"
        else:
            told = plain.rate(sum(r["value"] for r in rates) / len(rates)) if rates else "–"
        asked = one_line(p.get("prompt") or p.get("prompt_id") or "", 200)
        found.append(clipped(f"  {told:<16} {asked}", width))
    return found


def _caveats(document: Doc) -> list[Any]:
    found = [item(one_line(c, 600)) for c in document.get("caveats") or []]
    for view, block in (document.get("views") or {}).items():
        if block.get("blind"):
            text = f"{one_line(view, 40)} cannot see {one_line(block['blind'], 300)}"
            found.append(item(text))
    steps = [x for b in (document.get("views") or {}).values() for x in b.get("steps") or []]
    marked = any(x.at_matched for x in reading.lines(document))
    if marked or any(x.get("at_matched_lengths") for x in steps):
        found.insert(0, item("* ratio and verdict at matched lengths"))
    return [*heading("Caveats"), *found] if found else []
