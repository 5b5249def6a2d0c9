"""``/alarms/…``: one alarm: what changed, since when, how sure, what it repeats; acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Annotated, cast

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse

from fullmenu.cleaner import one_line
from fullmenu.errors import FullmenuError
from fullmenu.report.glossary import WATCH
from fullmenu.report.plain import percent
from fullmenu.report.watch import page as watch_page
from fullmenu.report.watch import words
from fullmenu.report.watch.document import Alarm, WatchDocument
from fullmenu.server.access import Visitor, page, written
from fullmenu.server.pages import course
from fullmenu.server.pages.drawing import drawn, lasting, link, when
from fullmenu.server.services import Services, services
from fullmenu.store.nouns import ChangeNote, StoredAlarm, StoredWatch

router = APIRouter(include_in_schema=False)

_HELD = Annotated[Services, Depends(services)]

AROUND = 3
"""The chart shows so many times the stretch from the change to the alarm, before and after."""

PROMPTS, OUTPUTS = 4, 3
"""Prompts whose outputs before and after are shown, and how many of each."""

TOLD = ("it shows in", "asked with")
"""Facts that have a place of their own."""

LEAST = 30
"""And so many visits at least."""


@router.get("/alarms/{number}", response_class=HTMLResponse)
def alarm(
    request: Request, number: int, who: Annotated[Visitor, Depends(page())], held: _HELD
) -> HTMLResponse:
    """Draw it."""
    stored = _alarm(held, number)
    document = held.document(stored.watch)
    watch = held.store.watch(stored.watch)
    raised = stored.alarm
    shown: dict[str, object] = {
        "title": f"Alarm {number}",
        "stored": stored,
        "watch": watch,
        "about": held.told(stored)["about"],
        "stands": stored.acknowledged is None and watch.ended is None,
        "evidence": [
            (words.stream_name(stream), share, percent(share))
            for stream, share in raised.evidence
            if share >= 0.01
        ],
        "nearest": nearest(held, stored),
        "since": words.since(raised),
        "sides": before_and_after(held, stored, watch),
        "model_address": link("/model", name=stored.model),
        "live": None,
    }
    if document is not None:
        told = watch_page.alarm_shown(document, raised)
        facts = [x for x in cast(Sequence[Sequence[str]], told["facts"]) if x[0] not in TOLD]
        stream = raised.stream if words.is_view(document, raised.stream) else _lead(document)
        figure, _ = course.of_watch(document, stream, around(raised, document.visits), [])
        shown |= {
            "a": {**told, "facts": facts, "examples": []},
            "figure_of": figure,
            "stream": stream,
            "assumption": words.assumption(document),
            "comparison": link(
                "/model/stretch",
                name=stored.model,
                **{"from": raised.since, "to": document.visits},
            ),
        }
    return drawn(request, "alarm.html.jinja", shown, who, terms=WATCH)


def before_and_after(
    held: Services, stored: StoredAlarm, watch: StoredWatch
) -> list[dict[str, object]]:
    """Return what the prompts where it is worst were given in the baseline, and of late."""
    found: list[dict[str, object]] = []
    first, last = watch.baseline
    for p in stored.alarm.prompts[:PROMPTS]:
        before, now = (
            held.store.samples(a, b, model=stored.model, prompt_id=p.prompt_id, limit=OUTPUTS,
                               newest=True)
            for a, b in ((first, last), (last, watch.position))
        )  # fmt: skip
        if not now:
            continue
        outputs = [list(dict.fromkeys(x.record.output for x in part)) for part in (before, now)]
        asked = now[0].record.prompt or p.prompt_id
        found.append({"prompt": asked, "before": outputs[0], "now": outputs[1]})
    return found


def around(alarm: Alarm, visits: int) -> tuple[int, int]:
    """Return the visits around an alarm that its chart shows.

    The stretch from the change to the alarm is in the middle.
    """
    room = max(AROUND * (alarm.visit - alarm.since), LEAST)
    return max(alarm.since - room, 0), min(alarm.visit + room, visits)


def nearest(held: Services, stored: StoredAlarm) -> list[tuple[str, str]]:
    """Return what changed nearest to where an alarm began: asked with, and as somebody noted."""
    alarm = stored.alarm
    found = [("asked with", words.nearest(alarm))] if alarm.change else []
    since = alarm.since_time or alarm.time
    notes = held.notes(stored.model)
    if since is not None and notes:
        began = datetime.fromtimestamp(since, timezone.utc)
        note = min(notes, key=lambda n: abs(n.time - began))
        found.append(("noted", f"{one_line(note.text, 200)}, {_apart(note, began)}"))
    return found


def _apart(note: ChangeNote, began: datetime) -> str:
    seconds = (note.time - began).total_seconds()
    side = "before it began" if seconds < 0 else "after it began"
    return f"{when(note.time)}, {lasting(abs(seconds))} {side}"


def _lead(document: WatchDocument) -> str:
    streams = [s for s in document.streams if words.is_view(document, s)]
    return next(s for s in ("answer", *streams) if s in streams)


def _alarm(held: Services, number: int) -> StoredAlarm:
    try:
        return held.store.alarm(number)
    except FullmenuError as error:
        raise HTTPException(404, str(error)) from None


@router.post("/alarms/{number}/acknowledge")
def acknowledge(
    number: int, form: Annotated[dict[str, str], Depends(written("admin"))], held: _HELD
) -> RedirectResponse:
    """Take note of an alarm: what comes next is a new one."""
    _alarm(held, number)
    held.store.acknowledge(number, one_line(form.get("by", ""), 60) or None)
    return RedirectResponse(f"/alarms/{number}", 303)
