"""``/comparison``: any two versions or ranges, as the report of ``fullmenu compare``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from fullmenu.errors import BadInput
from fullmenu.report.glossary import REPORT
from fullmenu.server.access import Visitor, page
from fullmenu.server.pages.drawing import drawn, fields_of, model_name
from fullmenu.server.services import Services, services
from fullmenu.server.summaries import SIDE, SampleRange, number_at
from fullmenu.store.nouns import ModelFacts

router = APIRouter(include_in_schema=False)

UNNAMED = "unnamed"
"""Of a side's field ``…_is``: samples that name no model."""


@router.get("/comparison", response_class=HTMLResponse)
def comparison(
    request: Request,
    who: Annotated[Visitor, Depends(page())],
    held: Annotated[Services, Depends(services)],
) -> HTMLResponse:
    """Ask for two sides, and draw their comparison."""
    models = held.store.models()
    asked = request.query_params
    sides = [_Side(asked, name, models) for name in ("a", "b")]
    shown: dict[str, object] = {
        "title": "Compare",
        "choices": models[:200],
        "sides": sides,
        "most": SIDE,
        "wrong": "",
    }
    if "b_from" in asked:
        try:
            before, after = (side.part(held) for side in sides)
        except BadInput as error:
            return drawn(request, "comparison.html.jinja", {**shown, "wrong": str(error)}, who,
                         status=400)  # fmt: skip
        labels = sides[0].label(before), sides[1].label(after)
        summary = held.summaries.compared(before, after, labels)
        shown |= {"summary": summary, "live": "2" if summary.working else None}
        if summary.value:
            title = str(summary.value.shown["title"]).removeprefix("Fullmenu: ").capitalize()
            shown = {**summary.value.shown, **shown, "title": title}
            return drawn(request, "compared.html.jinja", shown, who, terms=REPORT)
    return drawn(request, "comparison.html.jinja", shown, who)


def side(name: str, model: str | None, first: int, last: int) -> dict[str, object]:
    """Return the fields of an address that say what one side of a comparison is."""
    who = {f"{name}_is": UNNAMED} if model is None else {f"{name}_model": model}
    return {**who, f"{name}_from": first, f"{name}_to": last}


class _Side:
    """One side of a comparison, as it is asked for: a model, and from which sample to which."""

    def __init__(self, asked: Mapping[str, str], name: str, models: list[ModelFacts]) -> None:
        self.name = name
        self.first, self.last = fields_of(asked, f"{name}_from", f"{name}_to")
        chosen = asked.get(f"{name}_model")
        unnamed = asked.get(f"{name}_is") == UNNAMED
        self.model = None if unnamed else chosen
        if chosen is None and not unnamed and models:
            self.model = models[0].model
        self.facts = next((m for m in models if m.model == self.model), None)

    def part(self, held: Services) -> SampleRange:
        """Return the samples that are meant."""
        if self.facts is None:
            raise BadInput(f"no sample of the model {model_name(self.model)} is here")
        last = self.facts.last_id
        after = self._number(held, self.first, 0, last)
        until = self._number(held, self.last, last, last)
        return SampleRange(self.model, max(after - bool(self._counted(self.first)), 0), until)

    def label(self, part: SampleRange) -> str:
        """Return what the report calls this side."""
        return f"{model_name(part.model, 24)} {part.after + 1:,}–{part.until:,}"

    def _counted(self, text: str | None) -> bool:
        return text is not None and text.replace(",", "").isdecimal()

    def _number(self, held: Services, text: str | None, otherwise: int, last: int) -> int:
        if text is None:
            return otherwise
        if self._counted(text):
            number = int(text.replace(",", "")[:18])
            return min(number, last)
        try:
            time = datetime.fromisoformat(text.removesuffix("Z"))
        except ValueError:
            raise BadInput(
                f"{text[:40]!r} is neither the number of a sample nor a time: give 1200, or "
                "2026-11-02, or 2026-11-02 14:30 (UTC)"
            ) from None
        zoned = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
        return number_at(held.store, self.model, zoned, last)
