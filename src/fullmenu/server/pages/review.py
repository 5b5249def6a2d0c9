"""``/review``: people answer questions about outputs; ``/review/result`` says what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from fullmenu.errors import BadInput, FullmenuError
from fullmenu.kernel.rates import effective_number
from fullmenu.review.desk import Desk, name_of
from fullmenu.review.labels import LEVELS, Kind, line_of
from fullmenu.review.queue import Shown
from fullmenu.server import stored_review
from fullmenu.server.access import Visitor, access_of, page, written
from fullmenu.server.pages.drawing import drawn
from fullmenu.server.services import Services, services
from fullmenu.store import ANY

router = APIRouter(include_in_schema=False)

_HELD = Annotated[Services, Depends(services)]
_REVIEWER = Annotated[Visitor, Depends(page("review"))]
_FORM = Annotated[dict[str, str], Depends(written("review"))]
_ADJUDICATOR = Annotated[Visitor, Depends(page("settle"))]
_SETTLED = Annotated[dict[str, str], Depends(written("settle"))]

OUTPUT = 20_000
"""Characters of an output that are shown."""

NUMBER, OVERLAP = 100_000, 20
"""Questions of a review, and people who answer each, at the most."""

ALARMS = 20
"""Alarms, the last, that a review can be about."""

EVERY = "*"
"""What the form calls all models together; the name of one stands behind an equals sign."""

KEYS = {"same": dict(zip("1234", LEVELS, strict=True)),
        "better": {"1": "left", "2": "right", "t": "tie"}, "look": {}}  # fmt: skip
"""Which key gives which answer; what is left is the first output or the second."""


@router.get("/review", response_class=HTMLResponse)
def review(request: Request, who: _REVIEWER, held: _HELD) -> HTMLResponse:
    """Draw the page; its questions come by script."""
    desk = held.review_desk()
    if desk is None:
        return _beginning(request, who, held)
    return _asking(request, who, desk, "Review")


@router.get("/review/question")
def question(request: Request, who: _REVIEWER, held: _HELD, rater: str = "") -> JSONResponse:
    """Give somebody their question."""
    return _next(_desk(held), _rater(request, rater))


@router.post("/review/answer")
def answer(request: Request, form: _FORM, held: _HELD) -> JSONResponse:
    """Take an answer or a skip, and give the next question; what is said to be saved is on disk."""
    desk, rater = _desk(held), _rater(request, form.get("rater", ""))
    with _refusals():
        desk.answer(
            rater, form.get("question", ""), _turned(form, desk.next(rater)),
            form.get("note", ""), form.get("groups", ""),
        )  # fmt: skip
    return _next(desk, rater)


@router.post("/review/undo")
def undo(request: Request, form: _FORM, held: _HELD) -> JSONResponse:
    """Take back somebody's last answer, and ask that question again."""
    desk, rater = _desk(held), _rater(request, form.get("rater", ""))
    desk.undo(rater)
    return _next(desk, rater)


@router.get("/review/disagreements", response_class=HTMLResponse)
def disagreements(request: Request, who: _ADJUDICATOR, held: _HELD) -> HTMLResponse:
    """Draw the page of those who settle disagreements; they see answers, and no names."""
    return _asking(request, who, _desk(held), "Disagreements")


@router.get("/review/disagreements/question")
def disagreement(request: Request, who: _ADJUDICATOR, held: _HELD, rater: str = "") -> JSONResponse:
    """Give somebody a disagreement to settle."""
    return _next_disagreement(_desk(held), _rater(request, rater))


@router.post("/review/disagreements/answer")
def settle(request: Request, form: _SETTLED, held: _HELD) -> JSONResponse:
    """Settle a disagreement, or leave it open, and give the next."""
    desk, rater = _desk(held), _rater(request, form.get("rater", ""))
    with _refusals():
        asked = desk.disagreement(rater)
        given = _turned(form, None if asked is None else asked[0])
        desk.settle(rater, form.get("question", ""), given, form.get("note", ""))
    return _next_disagreement(desk, rater)


@router.post("/review/disagreements/undo")
def unsettle(request: Request, form: _SETTLED, held: _HELD) -> JSONResponse:
    """Open again what somebody settled last."""
    desk, rater = _desk(held), _rater(request, form.get("rater", ""))
    with _refusals():
        desk.unsettle(rater)
    return _next_disagreement(desk, rater)


@router.get("/review/result", response_class=HTMLResponse)
def outcome(
    request: Request, who: Annotated[Visitor, Depends(page("read"))], held: _HELD
) -> HTMLResponse:
    """Say what the answers so far tell; reviewers do not see it."""
    desk = _desk(held)
    found = desk.result()
    numbers = [
        (what, f"{e}", f"{effective_number(e)}" if e.value else "")
        for what, e in found.estimates().items()
    ]  # fmt: skip
    shown = {
        "title": "Result of the review",
        "result": found,
        "numbers": numbers,
        "open": len(desk.queue.disagreements()),
        "ours": held.desk is None,
        "live": None,
    }
    return drawn(request, "review_result.html.jinja", shown, who)


@router.post("/review/begin")
def begin(
    request: Request,
    form: Annotated[dict[str, str], Depends(written("admin"))],
    who: _REVIEWER,
    held: _HELD,
) -> Response:
    """Begin a review of a model's last outputs."""
    kind, model = form.get("kind", ""), form.get("model", EVERY)
    try:
        if kind not in get_args(Kind):
            raise BadInput(f"kind={kind!r}: use one of {', '.join(get_args(Kind))}")
        given = [form.get(name, "") for name in ("number", "overlap")]
        number, overlap = (int(x) if x.isdecimal() and len(x) < 9 else 0 for x in given)
        if not (1 <= number <= NUMBER and 1 <= overlap <= OVERLAP):
            raise BadInput(f"ask 1 to {NUMBER:,} questions, of 1 to {OVERLAP} people each")
        alarm = form.get("alarm", "")
        stored_review.begin(
            held.store, ANY if model == EVERY else model[1:] or None, cast("Kind", kind), number,
            overlap, int(alarm) if alarm.isdecimal() and len(alarm) < 18 else None,
        )  # fmt: skip
    except FullmenuError as error:
        return _beginning(request, who, held, str(error))
    return RedirectResponse("/review", 303)


@router.post("/review/end")
def end(
    form: Annotated[dict[str, str], Depends(written("admin"))], held: _HELD
) -> RedirectResponse:
    """End the review: the outputs that it kept go, its answers stay in the store."""
    number = held.store.reviews.current()
    if number is not None:
        held.store.reviews.end(number)
    return RedirectResponse("/review", 303)


@router.get("/review/answers.jsonl")
def answers(who: Annotated[Visitor, Depends(page("read"))], held: _HELD) -> Response:
    """Give all entries of the log, as they were made."""
    text = "".join(map(line_of, _desk(held).queue.entries))
    return Response(text, media_type="application/x-ndjson")


def _beginning(request: Request, who: Visitor, held: Services, wrong: str = "") -> HTMLResponse:
    shown = {
        "title": "Review",
        "models": held.store.models()[:200],
        "kinds": get_args(Kind),
        "alarms": [held.told(alarm) for alarm in held.store.alarms(limit=ALARMS)],
        "wrong": wrong,
        "live": None,
    }
    status = 400 if wrong else 200
    return drawn(request, "review_begin.html.jinja", shown, who, status=status)


def _asking(request: Request, who: Visitor, desk: Desk, title: str) -> HTMLResponse:
    shown = {
        "title": title,
        "kind": desk.campaign.kind,
        "name": access_of(request).owner(request),
        "script": "review.js",
        "keys": KEYS[desk.campaign.kind],
        "live": None,
    }
    return drawn(request, "review.html.jinja", shown, who)


def _desk(held: Services) -> Desk:
    desk = held.review_desk()
    if desk is None:
        raise HTTPException(404, "no review is going on: begin one at /review")
    return desk


def _rater(request: Request, typed: str) -> str:
    """Whoever signed in with a token of their own answers under its name, and under no other."""
    try:
        return name_of(access_of(request).owner(request) or typed)
    except BadInput as error:
        raise HTTPException(422, str(error)) from None


def _next(desk: Desk, rater: str) -> JSONResponse:
    shown, progress = desk.next(rater), desk.progress(rater)
    told: dict[str, Any] = {
        "rater": rater, "mine": progress.mine, "answered": progress.answered,
        "total": progress.total, "seconds_left": progress.seconds_left,
        "question": None if shown is None else _told(desk, shown),
    }  # fmt: skip
    return JSONResponse(told)


def _next_disagreement(desk: Desk, adjudicator: str) -> JSONResponse:
    asked, (mine, left) = desk.disagreement(adjudicator), desk.settlements(adjudicator)
    told: dict[str, Any] = {"rater": adjudicator, "mine": mine, "open": left, "question": None}
    if asked is not None:
        shown, given = asked
        side = {"first": "left", "second": "right"}
        if shown.order == "ba":
            side = {"first": "right", "second": "left"}
        told["question"] = _told(desk, shown) | {"given": [side.get(x, x) for x in given]}
    return JSONResponse(told)


def _told(desk: Desk, shown: Shown) -> dict[str, Any]:
    """Return a question as the script draws it, sides as this person sees them."""
    prompt, outputs = desk.campaign.shown(shown.question)
    if shown.order == "ba" and shown.question.kind != "look":
        outputs = outputs[::-1]
    return {
        "id": shown.question.id, "prompt": prompt[:OUTPUT],
        "outputs": [text[:OUTPUT] for text in outputs],
    }  # fmt: skip


def _turned(form: Mapping[str, str], shown: Shown | None) -> str:
    """Return the answer of a form: left and right are the first output or the second."""
    given = form.get("answer", "")
    if given not in ("left", "right"):
        return given
    turned = shown is not None and shown.order == "ba"
    return "first" if (given == "left") != turned else "second"


@contextmanager
def _refusals() -> Iterator[None]:
    """Say as HTTP why an answer was not taken."""
    try:
        yield
    except BadInput as error:
        raise HTTPException(409, str(error)) from None
    except OSError as error:
        raise HTTPException(507, f"not saved: {error.strerror}") from None
