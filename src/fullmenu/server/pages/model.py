"""``/model``: one model over time, what it gives, and a baseline set with one click."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, FullmenuError
from fullmenu.report.glossary import WATCH
from fullmenu.report.page import Shown, side_of_plates
from fullmenu.report.watch import charts, words
from fullmenu.report.watch import page as watch_page
from fullmenu.report.watch.document import WatchDocument
from fullmenu.server.access import Visitor, page, written
from fullmenu.server.pages import course
from fullmenu.server.pages.comparison import side
from fullmenu.server.pages.condition import condition
from fullmenu.server.pages.drawing import drawn, fields_of, link, model_name
from fullmenu.server.services import Services, services
from fullmenu.store.nouns import ModelFacts, Range, StoredWatch

router = APIRouter(include_in_schema=False)

_HELD = Annotated[Services, Depends(services)]
ALARMS = 20


@router.get("/model", response_class=HTMLResponse)
def model(request: Request, who: Annotated[Visitor, Depends(page())], held: _HELD) -> HTMLResponse:
    """Draw it: ``name``, ``view`` and the visits ``from`` and ``to`` are in the address."""
    name = request.query_params.get("name")
    view, first, last = fields_of(request.query_params, "view", "from", "to")
    facts = facts_of(held, name)
    watch = held.watch_of(name)
    document = held.document(watch.id) if watch else None
    standing = held.store.alarms(model=name, standing=True)
    within = _numbers(first, last)
    shown: dict[str, object] = {
        "title": model_name(name),
        "model": name,
        "facts": facts,
        "watch": watch,
        "state": condition(facts, watch, document, standing),
        "alarms": [held.told(alarm) for alarm in held.store.alarms(model=name, limit=ALARMS)],
        "notes": held.notes(name)[:20],
        "within": within,
        "live": None if within else "5",
        "names": ("before", "now"),
    }
    if document and watch and document.visits:
        shown |= _watched(held, facts, watch, document, view, within)
    else:
        shown |= _unwatched(held, facts, watch, view)
    return drawn(request, "model.html.jinja", shown, who, terms=WATCH)


def facts_of(held: Services, name: str | None) -> ModelFacts:
    """Return what the store holds of a model; 404 where it holds nothing."""
    for facts in held.store.models():
        if facts.model == name:
            return facts
    raise HTTPException(404, f"no sample of the model {model_name(name)} is here")


def _watched(
    held: Services,
    facts: ModelFacts,
    watch: StoredWatch,
    document: WatchDocument,
    view: str | None,
    within: tuple[int, int] | None,
) -> Shown:
    streams = [s for s in document.streams if words.is_view(document, s)]
    stream = view if view in streams else _lead(document, streams)
    notes = held.notes(facts.model)[::-1]
    figure, extent = course.of_watch(document, stream, within, notes)
    stands = words.standing(document)
    since = _began(held, watch, document) if stands else None
    lately = held.summaries.lately(facts.model, watch.baseline, since, facts.last_id)
    return {
        "unit": _unit(document, stream),
        **watch_page.facts(document),
        "streams": streams,
        "stream": stream,
        "figure_of": figure,
        "extent": extent,
        "against": lately.value.shown if lately.value else None,
        "before": "baseline",
        "after": "lately",
        "lately": lately,
        "which": "What came since the change" if stands else "The newest samples",
        "comparison": _comparison(watch, since or watch.baseline.until, facts.last_id),
        "changes": [
            {
                "visit": c.visit,
                "time": words.moment(c.time),
                "told": _change(c.name, c.before, c.value),
            }
            for c in document.changes[::-1][:20]
        ],
    }  # fmt: skip


def _began(held: Services, watch: StoredWatch, document: WatchDocument) -> int:
    """Return the sample after which it changed, as the alarm that stands estimates it."""
    first = words.standing(document)[-1].since
    return course.samples_of_visits(held.store, watch, document, first, document.visits).after


def _unit(document: WatchDocument, stream: str) -> Shown | None:
    """Return the effective numbers before and in the last stretch, as plates to draw."""
    rows = charts.course_rows(document, stream)
    base, last = document.streams[stream].baseline, rows[-1].value if rows else None
    if not (base and last):
        return None
    sides = [side_of_plates("before", 1 / base, "was"), side_of_plates("lately", last, "is")]
    seen = one_line(stream, 40)
    alt = f"Seen by {seen}: " + "; ".join(f"{s.label}: {s.shown}" for s in sides)
    return {"sides": sides, "alt": alt, "seen": seen}


def _comparison(watch: StoredWatch, after: int, until: int) -> str:
    """Return the address of a comparison of some samples with the baseline."""
    first, last = watch.baseline
    before = side("a", watch.model, first + 1, last)
    return link("/comparison", **before, **side("b", watch.model, after + 1, until))


def _change(name: str, before: str, value: str) -> str:
    return f"{one_line(name, 60)}: {one_line(before, 60)} → {one_line(value, 60)}"


def _lead(document: WatchDocument, streams: list[str]) -> str:
    """Return the view that is shown first: where an alarm stands, or the answers."""
    stands = [a.stream for a in words.standing(document) if a.stream in streams]
    wanted = [*stands, "answer", "answer across", *streams]
    return next(s for s in wanted if s in streams)


def _unwatched(
    held: Services, facts: ModelFacts, watch: StoredWatch | None, view: str | None
) -> Shown:
    summary = held.summaries.course(facts.model, facts.last_id)
    shown: dict[str, object] = {"summary": summary, "streams": [], "extent": None}
    if summary.value and not any(
        x for stretch in summary.value.stretches for x in stretch.sizes.values()
    ):
        shown["few"] = True
    elif summary.value:
        views = list(summary.value.stretches[0].sizes)
        stream = view if view in views else next(v for v in ("answer", *views) if v in views)
        notes = held.notes(facts.model)[::-1]
        figure, extent = course.of_samples(summary.value, stream, notes)
        shown |= {"streams": views, "stream": stream, "figure_of": figure, "extent": extent,
                  "across": summary.value.across}  # fmt: skip
    return shown


def _numbers(first: str | None, last: str | None) -> tuple[int, int] | None:
    """Return two numbers of an address in their order; ``None`` where they are none."""
    try:
        a, b = int((first or "").replace(",", "")), int((last or "").replace(",", ""))
    except ValueError:
        return None
    a, b = sorted((max(a, 0), max(b, 0)))
    return (a, b) if b < 1 << 62 else None


@router.get("/model/stretch")
def stretch(
    request: Request, who: Annotated[Visitor, Depends(page())], held: _HELD
) -> RedirectResponse:
    """Go on to the comparison of some visits with the baseline."""
    name = request.query_params.get("name")
    within = _numbers(request.query_params.get("from"), request.query_params.get("to"))
    watch = held.watch_of(name)
    if within is None or watch is None:
        return RedirectResponse("/comparison", 303)
    try:
        after, until = _range(held, facts_of(held, name), within, "visit")
    except FullmenuError as error:
        raise HTTPException(400, str(error)) from None
    return RedirectResponse(_comparison(watch, after, until), 303)


@router.post("/model/baseline")
def set_baseline(
    request: Request, form: Annotated[dict[str, str], Depends(written("admin"))], held: _HELD
) -> RedirectResponse:
    """Watch a model from now on against a range of it."""
    name = form.get("name") if "named" in form else None
    within = _numbers(form.get("from"), form.get("to"))
    facts = facts_of(held, name)
    if within is None:
        raise HTTPException(400, "which samples are the baseline? give two numbers, from and to")
    try:
        held.store.set_baseline(name, _range(held, facts, within, form.get("unit", "sample")))
    except FullmenuError as error:
        raise HTTPException(400, str(error)) from None
    return RedirectResponse(link("/model", name=name), 303)


def _range(held: Services, facts: ModelFacts, within: tuple[int, int], unit: str) -> Range:
    if unit != "visit":
        return Range(max(within[0] - 1, 0), min(within[1], facts.last_id))
    watch = held.watch_of(facts.model)
    document = held.document(watch.id) if watch else None
    if watch is None or document is None:
        raise BadInput("this model is not watched any more: load the page again")
    return course.samples_of_visits(held.store, watch, document, *within)


@router.post("/model/change")
def note_change(
    request: Request, form: Annotated[dict[str, str], Depends(written("admin"))], held: _HELD
) -> RedirectResponse:
    """Note that something changed, such as a release."""
    name = form.get("name") if "named" in form else None
    text = one_line(form.get("text", ""), 200)
    if text:
        held.store.add_change(text, model=name)
    return RedirectResponse(link("/model", name=name) + "#changes", 303)
