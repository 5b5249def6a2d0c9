"""A watch as one HTML file, under the same policy as every report."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.cleaner import clean, one_line
from fullmenu.report import html, page, plain
from fullmenu.report.captions import Drawing
from fullmenu.report.glossary import WATCH
from fullmenu.report.page import Shown
from fullmenu.report.plain import label
from fullmenu.report.watch import charts, words
from fullmenu.report.watch.document import Alarm, WatchDocument

MOST = 6
"""Alarms shown in full."""

ROWS = 40
"""Rows of a chart's table."""


def render(document: WatchDocument) -> str:
    """Return the page of a watch; every text in it is taken as hostile.

    Its style and charts are inlined, under a policy that allows nothing else: no script.
    """
    return html.drawn("watch.html.jinja", contents(document), WATCH)


def contents(document: WatchDocument) -> Shown:
    """Return what the template shows: words and numbers ready to print, and charts."""
    alarms = words.standing(document)
    names = label(document.log, "the log"), label(document.baseline, "the baseline")
    return {
        **facts(document),
        "title": f"Fullmenu: {words.title(document).lower()}",
        "subject": f"{names[0]} watched against {names[1]}",
        "names": names,
        "tone": "collapsed" if alarms else "held" if document.visits else "unclear",
        "symbol": "▼" if alarms else "=" if document.visits else "?",
        "word_title": words.title(document),
        "answer": words.headline(document),
        "unit": _unit(document),
        "charts": drawings(document),
        "alarms": [alarm_shown(document, a) for a in alarms[:MOST]],
        "more": max(len(alarms) - MOST, 0),
        "earlier": [
            {"what": words.what(document, a), "since": words.since(a),
             "raised": words.raised(a)}
            for a in reversed(document.alarms[: document.acknowledged])
        ][:20],
        "views": page.views_seen(document.views),
        "signals": [
            {"name": name, "told": told}
            for stream, (name, told) in words.SIGNALS.items()
            if stream in document.streams
        ],
        "verdict": None,
        "places": False,
    }  # fmt: skip


def facts(document: WatchDocument) -> Shown:
    """Return the words and numbers of a watch that need no chart."""
    return {
        "counts": f"{document.visits:,} visits, {document.log.outputs:,} outputs."
        + _false_alarms(document),
        "notices": [clean(n, 400) for n in document.notices],
        "tables": [
            (title, words.lines(document, views))
            for views, title in ((True, "Effective number of answers"), (False, "Signals"))
            if words.lines(document, views)
        ],
        "common": words.answers(document.answers),
        "versions": words.versions(document),
        "marked": len(document.versions) > 1 or bool(document.changes),
        "apart": words.apart(document),
        "assumption": words.assumption(document),
    }


def _false_alarms(document: WatchDocument) -> str:
    if document.notices:
        return ""
    rarely = f"once in {document.run_length:,.0f} visits or less often"
    return f" Where nothing changes, a false alarm comes {rarely}, on average."


def _unit(document: WatchDocument) -> Shown | None:
    rows = [s for s in document.streams if words.is_view(document, s)]
    lead = next((a.stream for a in words.standing(document) if a.stream in rows), None)
    lead = lead or ("answer" if "answer" in rows else rows[-1] if rows else None)
    if lead is None:
        return None
    block = document.streams[lead]
    recent = block.recent or block.now
    if not (block.baseline and recent and recent.effective_number):
        return None
    when = "now, in the last full 100 visits" if block.recent else "since the start"
    sides = [
        page.side_of_plates("before", 1 / block.baseline, "was"),
        page.side_of_plates(when, recent.effective_number.value, "is"),
    ]
    seen = f"Seen by {one_line(lead, 40)}: "
    alt = seen + "; ".join(f"{s.label}: {s.shown}" for s in sides)
    return {"sides": sides, "alt": alt, "seen": one_line(lead, 40)}


def drawings(document: WatchDocument) -> list[Drawing]:
    """Return the course of every view, with its words and numbers."""
    views = (stream for stream in document.streams if words.is_view(document, stream))
    return [found for stream in views if (found := drawing(document, stream))]


def drawing(
    document: WatchDocument,
    stream: str,
    visits: tuple[int, int] = charts.EVERYTHING,
    notes: Sequence[tuple[int, str]] = (),
) -> Drawing | None:
    """Return the course of a view, as :func:`~fullmenu.report.watch.charts.course` draws it."""
    chart = charts.course(document, stream, visits, notes)
    if chart is None:
        return None
    rows = charts.course_rows(document, stream, visits)
    baseline = document.streams[stream].baseline
    name = one_line(stream, 40)
    before, first, last = (
        plain.number(x) for x in (1 / baseline if baseline else None, rows[0].value, rows[-1].value)
    )
    marks = "; ".join(f"alarm at visit {a.visit:,}" for a in document.alarms[:10])
    return Drawing(
        kind="course",
        form=chart,
        title=f"Seen by {name}",
        alt=f"Effective number of answers seen by {name}, visit by visit. "
        f"Before: {before}; the first stretch: {first}; the last: {last}. {marks}",
        head=["visits", "until", "in this stretch", "since the start", "band"],
        rows=[_stretch(r) for r in rows[-ROWS:]],
    )


def _stretch(r: charts.DrawnStretch) -> list[str]:
    high = "…" if r.high is None else plain.number(r.high)
    told = [plain.number(x) for x in (r.value, r.mean)]
    return [r.visits, r.time or "–", *told, f"[{plain.number(r.low)}, {high}]"]


def alarm_shown(document: WatchDocument, alarm: Alarm) -> Shown:
    """Return what is shown of an alarm: its facts, what it repeats, and where it is worst."""
    stream = alarm.stream
    now: dict[str, list[str]] = {}
    for e in alarm.examples:
        now.setdefault(e.prompt_id, []).append(e.output)
    if alarm.answers or not words.repeats(document, alarm):
        now = {}  # the examples show outputs that their visit repeated
    order = [*now, *(p.prompt_id for p in alarm.prompts)]
    rates = {p.prompt_id: p for p in alarm.prompts}
    examples: list[Shown] = []
    for pid in dict.fromkeys(order):
        before = document.asked[pid].before if pid in document.asked else []
        if not (now.get(pid) or before):
            continue
        p = rates.get(pid)
        told = (
            " → ".join(words.level(document, stream, x) for x in (p.before, p.since)) if p else ""
        )
        examples.append(
            {
                "prompt": words.prompt(document, pid), "rates": told,
                "before": before[:3], "now": list(dict.fromkeys(now.get(pid, [])))[:3],
            }
        )  # fmt: skip
    return {
        "what": words.what(document, alarm),
        "facts": [
            ("model", one_line(alarm.model, 60) if alarm.model else ""),
            ("since", words.since(alarm)),
            ("raised at", words.raised(alarm)),
            ("how sure", one_line(alarm.sure, 400)),
            ("asked with", words.nearest(alarm)),
            ("model or pipeline", words.pipe(alarm)),
            (
                "again and again",
                "; ".join(f"{n}: {one_line(x, 100)}" for n, x in words.answers(alarm.answers)),
            ),
            ("it shows in", words.evidence(document, alarm)),
            ("what to do", words.next_step(document, alarm)),
        ],
        "worst": [
            (
                words.prompt(document, p.prompt_id),
                *(words.level(document, stream, x) for x in (p.before, p.since)),
                f"{p.visits:,}",
            )
            for p in alarm.prompts
        ],
        "stream": words.stream_name(stream),
        "examples": [p for p in examples if p["now"]][:4],
        "known": any(p["before"] for p in examples if p["now"]),
    }
