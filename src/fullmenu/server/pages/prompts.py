"""``/prompts``: what a model is asked, and how often it repeats itself at each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from fullmenu.report.plain import rate
from fullmenu.server.access import Visitor, page
from fullmenu.server.pages.drawing import drawn, fields_of, link
from fullmenu.server.services import Services, services
from fullmenu.store.nouns import ModelFacts, PromptFacts, StoredWatch

Asked = dict[Hashable, Callable[[], Sequence[str]]]
"""What gives the outputs that a rate is of, by what it is kept under."""

router = APIRouter(include_in_schema=False)

PAGE = 25
"""Prompts of a page."""

OUTPUTS = 20
"""The newest outputs of a prompt that its rate is of, and as many of the baseline."""

LOOKED = 20_000
"""Prompts that one search looks through; it goes on where it stopped."""


@router.get("/prompts", response_class=HTMLResponse)
def prompts(
    request: Request,
    who: Annotated[Visitor, Depends(page())],
    held: Annotated[Services, Depends(services)],
) -> HTMLResponse:
    """Draw it."""
    models = held.store.models()
    asked = request.query_params
    query, after = fields_of(asked, "q", "after")
    chosen = None if "unnamed" in asked else asked.get("model")
    facts = next((m for m in models if m.model == chosen), models[0] if models else None)
    found: list[PromptFacts] = []
    place = int(after) if after and after.isdecimal() and len(after) < 19 else 0
    looked: int | None = None
    watch: StoredWatch | None = None
    if facts:
        found, looked = held.store.search_prompts(
            facts.model, query or "", after=place, limit=PAGE, most=LOOKED
        )
        watch = held.watch_of(facts.model)
    model = facts.model if facts else None
    shown = {
        "title": "Prompts",
        "models": models[:200],
        "facts": facts,
        "q": query or "",
        "rows": _rows(held, facts, watch, found) if facts else [],
        "watched": watch is not None,
        "looked": LOOKED,
        "more": None if looked is None else link(
            "/prompts", model=model, unnamed="1" if model is None else None, q=query, after=looked
        ),
        "begun": place > 0,
        "before": "baseline",
        "after": "lately",
    }  # fmt: skip
    return drawn(request, "prompts.html.jinja", shown, who)


def _of(newest: Mapping[int, list[str]], prompt: int) -> list[str]:
    return newest[prompt]


def _rows(
    held: Services, facts: ModelFacts, watch: StoredWatch | None, found: Sequence[PromptFacts]
) -> list[dict[str, object]]:
    model, first, last = facts.model, *(watch.baseline if watch else (0, 0))

    def outputs(p: PromptFacts, after: int, until: int) -> list[str]:
        part = held.store.samples(
            after, until, model=model, prompt_id=p.prompt_id, limit=OUTPUTS, newest=True
        )
        return [x.record.output for x in part]

    newest = {p.id: outputs(p, last, p.last_id) for p in found}
    since: Asked = {(model, p.id, last, p.last_id): partial(_of, newest, p.id) for p in found}
    before: Asked = {(model, p.id, first, last): partial(outputs, p, first, last) for p in found}
    rates = held.summaries.rates({**since, **(before if watch else {})})
    rows: list[dict[str, object]] = []
    for p, now, was in zip(found, since, before, strict=True):
        pair = rates.get(was), rates[now]
        rows.append(
            {
                "facts": p,
                "rates": pair,
                "told": [rate(x) for x in (pair if watch else pair[1:])],
                "example": next(iter(newest[p.id]), None),
            }
        )
    return rows
