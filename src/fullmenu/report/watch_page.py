"""A watch as one HTML file, under the same policy as every report."""

from __future__ import annotations

from typing import Any

from fullmenu.report import charts, html, page, plain, watch_charts, watch_words
from fullmenu.report.plain import Doc, label, one_line

MOST = 6
"""Alarms shown in full."""

ROWS = 40
"""Rows of a chart's table."""


def render(document: Doc) -> str:
    """Return the page of a watch.

    Parameters
    ----------
    document
        As ``docs/watch.md`` describes it. Every text in it is taken as hostile.

    Returns
    -------
    str
        HTML with its style, charts and script inlined, under a policy that allows nothing else.
    """
    return html.drawn("watch.html.jinja", contents(document))


def contents(document: Doc) -> dict[str, Any]:
    """Return what the template shows: words and numbers ready to print, and chart specs."""
    drawn = _drawings(document)
    alarms = watch_words.standing(document)
    log = document.get("log") or {}
    names = label(log, "the log"), label(document.get("baseline"), "the baseline")
    return {
        "title": f"Fullmenu: {watch_words.title(document).lower()}",
        "subject": f"{names[0]} watched against {names[1]}",
        "names": names,
        "tone": "collapsed" if alarms else "held" if document["visits"] else "unclear",
        "symbol": "▼" if alarms else "=" if document["visits"] else "?",
        "word_title": watch_words.title(document),
        "answer": watch_words.headline(document),
        "counts": f"{document['visits']:,} visits, {log.get('outputs', 0):,} outputs; a false "
        f"alarm in {document['run_length']:,.0f} visits at most, on average",
        "notices": [plain.clean(n, 400) for n in document["notices"]],
        "unit": _unit(document),
        "specs": {f["id"]: f.pop("spec") for f in drawn},
        "charts": drawn,
        "tables": [
            (title, watch_words.lines(document, views))
            for views, title in ((True, "Effective number of dishes"), (False, "Signals"))
            if watch_words.lines(document, views)
        ],
        "alarms": [_alarm(document, a) for a in alarms[:MOST]],
        "more": max(len(alarms) - MOST, 0),
        "earlier": [
            {"what": watch_words.what(document, a), "since": watch_words.since(a),
             "raised": watch_words.raised(a)}
            for a in reversed((document.get("alarms") or [])[: document.get("acknowledged", 0)])
        ][:20],
        "versions": watch_words.versions(document),
        "apart": watch_words.apart(document),
        "assumption": watch_words.assumption(document),
        "views": page.views_seen(document),
        "signals": [
            {"name": name, "told": told}
            for stream, (name, told) in watch_words.SIGNALS.items()
            if stream in document["streams"]
        ],
        "verdict": None,
        "places": False,
    }  # fmt: skip


def _unit(document: Doc) -> dict[str, Any] | None:
    """Return a plate for each dish of the leading view, before and in the last 100 visits."""
    rows = [s for s in document["streams"] if watch_words.is_view(document, s)]
    lead = next((a["stream"] for a in watch_words.standing(document) if a["stream"] in rows), None)
    lead = lead or ("answer" if "answer" in rows else rows[-1] if rows else None)
    if lead is None:
        return None
    block = document["streams"][lead]
    recent = block["recent"] or block["now"]
    size = (recent or {}).get("effective_number") or {}
    if not block["baseline"] or not size.get("value"):
        return None
    when = "now, in the last full 100 visits" if block["recent"] else "since the start"
    sides = [
        page.side_of_plates("before", 1 / block["baseline"], "was"),
        page.side_of_plates(when, float(size["value"]), "is"),
    ]
    seen = f"Seen by {one_line(lead, 40)}: "
    alt = seen + "; ".join(f"{s['label']}: {s['shown']}" for s in sides)
    return {"sides": sides, "alt": alt, "seen": one_line(lead, 40)}


def _drawings(document: Doc) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for stream in document["streams"]:
        if not watch_words.is_view(document, stream):
            continue
        chart = watch_charts.course(document, stream, charts.PAGE)
        if chart is None:
            continue
        rows = watch_charts.course_rows(document, stream)
        name = one_line(stream, 40)
        first, last = rows[0], rows[-1]
        before = document["streams"][stream]["baseline"]
        marks = "; ".join(f"alarm at visit {a['visit']:,}" for a in document["alarms"][:10])
        found.append(
            {
                "id": f"chart-{len(found)}", "kind": "course", "spec": chart.to_dict(),
                "title": f"Seen by {name}",
                "alt": f"Effective number of dishes seen by {name}, visit by visit. Before: "
                f"{plain.number(1 / before if before else None)}; the first stretch: "
                f"{plain.number(first['value'])}; the last: {plain.number(last['value'])}. {marks}",
                "caption": "",
                "head": ["visits", "until", "in this stretch", "since the start", "band"],
                "rows": [
                    [r["visits"], r["time"] or "–", plain.number(r["value"]),
                     plain.number(r["mean"]),
                     f"[{plain.number(r['low'])}, "
                     f"{'…' if r['high'] is None else plain.number(r['high'])}]"]
                    for r in rows[-ROWS:]
                ],
            }
        )  # fmt: skip
    return found


def _alarm(document: Doc, alarm: Doc) -> dict[str, Any]:
    stream = alarm["stream"]
    asked = document.get("asked") or {}
    now: dict[str, list[str]] = {}
    for e in alarm["examples"]:
        now.setdefault(e["prompt_id"], []).append(e["output"])
    order = [*now, *(p["prompt_id"] for p in alarm["prompts"])]
    rates = {p["prompt_id"]: p for p in alarm["prompts"]}
    plates = []
    for pid in dict.fromkeys(order):
        before = [str(x) for x in (asked.get(pid) or {}).get("before") or []]
        if not (now.get(pid) or before):
            continue
        p = rates.get(pid)
        told = (
            " → ".join(watch_words.level(document, stream, p[k]) for k in ("before", "since"))
            if p
            else ""
        )
        plates.append(
            {
                "prompt": watch_words.prompt(document, pid), "rates": told,
                "before": before[:3], "now": list(dict.fromkeys(now.get(pid, [])))[:3],
            }
        )  # fmt: skip
    return {
        "what": watch_words.what(document, alarm),
        "facts": [
            ("model", one_line(alarm["model"], 60) if alarm["model"] else ""),
            ("since", watch_words.since(alarm)),
            ("raised at", watch_words.raised(alarm)),
            ("how sure", one_line(alarm["sure"], 400)),
            ("evidence", watch_words.evidence(document, alarm)),
        ],
        "worst": [
            (
                watch_words.prompt(document, p["prompt_id"]),
                *(watch_words.level(document, stream, p[k]) for k in ("before", "since")),
                f"{p['visits']:,}",
            )
            for p in alarm["prompts"]
        ],
        "stream": watch_words.stream_name(stream),
        "plates": [p for p in plates if p["now"]][:4] or plates[:4],
    }
