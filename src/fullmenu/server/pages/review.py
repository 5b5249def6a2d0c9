"""``/review``: people answer questions about outputs; ``/review/result`` says what comes of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, JSONResponse

from fullmenu.errors import BadInput
from fullmenu.review.desk import Desk, name_of
from fullmenu.review.labels import LEVELS
from fullmenu.server.access import Visitor, access_of, page, written
from fullmenu.server.pages.drawing import drawn
from fullmenu.server.services import Services, services

router = APIRouter(include_in_schema=False)

_HELD = Annotated[Services, Depends(services)]
_REVIEWER = Annotated[Visitor, Depends(page("review"))]
_FORM = Annotated[dict[str, str], Depends(written("review"))]

OUTPUT = 20_000
"""Characters of an output that are shown."""

KEYS = {"same": dict(zip("1234", LEVELS, strict=True)),
        "better": {"1": "left", "2": "right", "t": "tie"}, "look": {}}  # fmt: skip
"""Which key gives which answer; what is left is the first output or the second."""


@router.get("/review", response_class=HTMLResponse)
def review(request: Request, who: _REVIEWER, held: _HELD) -> HTMLResponse:
    """Draw the page; its questions come by script."""
    desk = _desk(held)
    shown = {
        "title": "Review",
        "kind": desk.campaign.kind,
        "name": access_of(request).owner(request),
        "script": "review.js",
        "keys": KEYS[desk.campaign.kind],
        "live": None,
    }
    return drawn(request, "review.html.jinja", shown, who)


@router.get("/review/question")
def question(request: Request, who: _REVIEWER, held: _HELD, rater: str = "") -> JSONResponse:
    """Give somebody their question."""
    return _next(_desk(held), _rater(request, rater))


@router.post("/review/answer")
def answer(request: Request, form: _FORM, held: _HELD) -> JSONResponse:
    """Take an answer or a skip, and give the next question; what is said to be saved is on disk."""
    desk, rater = _desk(held), _rater(request, form.get("rater", ""))
    given = form.get("answer", "")
    if given in ("left", "right"):
        shown = desk.next(rater)
        turned = shown is not None and shown.order == "ba"
        given = "first" if (given == "left") != turned else "second"
    try:
        desk.answer(rater, form.get("question", ""), given, form.get("note", ""))
    except BadInput as error:
        raise HTTPException(409, str(error)) from None
    except OSError as error:
        raise HTTPException(507, f"not saved: {error.strerror}") from None
    return _next(desk, rater)


@router.post("/review/undo")
def undo(request: Request, form: _FORM, held: _HELD) -> JSONResponse:
    """Take back somebody's last answer, and ask that question again."""
    desk, rater = _desk(held), _rater(request, form.get("rater", ""))
    desk.undo(rater)
    return _next(desk, rater)


@router.get("/review/result", response_class=HTMLResponse)
def outcome(
    request: Request, who: Annotated[Visitor, Depends(page("read"))], held: _HELD
) -> HTMLResponse:
    """Say what the answers so far tell; reviewers do not see it."""
    desk = _desk(held)
    found = desk.result()
    numbers = [
        (what, f"{e}", f"{found.rate.effective_number(e)}" if e.value else "")
        for what, e in found.estimates().items() if found.rate is not None
    ]  # fmt: skip
    shown = {
        "title": "Result of the review",
        "result": found,
        "numbers": numbers,
        "open": len(desk.queue.disagreements()),
        "live": None,
    }
    return drawn(request, "review_result.html.jinja", shown, who)


def _desk(held: Services) -> Desk:
    if held.desk is None:
        raise HTTPException(404, "no review is going on: fullmenu review LOG starts one")
    return held.desk


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
        "total": progress.total, "seconds_left": progress.seconds_left, "question": None,
    }  # fmt: skip
    if shown is not None:
        prompt, outputs = desk.campaign.shown(shown.question)
        if shown.order == "ba" and shown.question.kind != "look":
            outputs = outputs[::-1]
        told["question"] = {
            "id": shown.question.id, "prompt": prompt[:OUTPUT],
            "outputs": [text[:OUTPUT] for text in outputs],
        }  # fmt: skip
    return JSONResponse(told)
