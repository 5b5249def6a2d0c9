"""``/prompts``: what a model is asked, and how often it repeats itself at each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from fullmenu.report.plain import rate
from fullmenu.server.access import Visitor, page
from fullmenu.server.pages.drawing import drawn, fields_of, link
from fullmenu.server.services import Services, services
from fullmenu.store.nouns import ModelFacts, PromptFacts, Watch

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
    watch: Watch | None = None
    if facts:
        found, looked = held.store.search_prompts(
            facts.model, query or "", after=place, limit=PAGE, most=LOOKED
        )
        watch = next((w for w in held.store.watches() if w.model == facts.model), None)
    model = facts.model if facts else None
    shown = {
        "title": "Prompts",
        "models": models[:200],
        "facts": facts,
        "q": query or "",
        "rows": [_row(held, facts, watch, p) for p in found] if facts else [],
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


def _row(
    held: Services, facts: ModelFacts, watch: Watch | None, prompt: PromptFacts
) -> dict[str, object]:
    store, model = held.store, facts.model
    newest = store.samples(
        watch.baseline.until if watch else 0, prompt.last_id, model=model,
        prompt_id=prompt.prompt_id, limit=OUTPUTS, newest=True,
    )  # fmt: skip
    outputs = [x.record.output for x in newest]
    now = held.summaries.rate(
        (model, prompt.id, prompt.last_id, watch and watch.id), lambda: outputs
    )
    before = None
    if watch:
        first, last = watch.baseline
        before = held.summaries.rate(
            (model, prompt.id, "baseline", watch.id),
            lambda: [
                x.record.output
                for x in store.samples(first, last, model=model, prompt_id=prompt.prompt_id,
                                       limit=OUTPUTS)
            ],
        )  # fmt: skip
    return {
        "facts": prompt,
        "rates": (before, now),
        "told": [rate(x) for x in ((before, now) if watch else (now,))],
        "example": outputs[0] if outputs else None,
    }
