"""``/api/samples``: samples in, as JSON or JSONL of any shape that is known, and out, by page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel

from fullmenu.readers.uploads import UploadLedger, records_in
from fullmenu.samples import Record
from fullmenu.server.access import may
from fullmenu.server.doors.traces import REFUSED
from fullmenu.server.reception import Reception
from fullmenu.server.request_body import TooLarge
from fullmenu.server.services import Services, services
from fullmenu.store import ANY
from fullmenu.text.json_values import memory

router = APIRouter(prefix="/api", tags=["samples"])

KINDS = ("application/json", "application/x-ndjson", "application/jsonl", "application/json-lines")
PAGE = 1_000

_REFUSED: dict[int | str, dict[str, Any]] = {n: {"description": s} for n, s in REFUSED.items()}
_EXAMPLE = {"prompt": "A fruit?", "output": "fig", "model": "m1"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            KINDS[0]: {"schema": {}, "example": [_EXAMPLE]},
            KINDS[1]: {"schema": {"type": "string"}},
        },
    }
}
_HELD = Annotated[Services, Depends(services)]


class Taken(BaseModel):
    """What became of the samples that were sent."""

    stored: int
    known: int
    rejected: int
    notes: list[str]


class SampleOut(BaseModel):
    """One sample, as it is stored."""

    id: int
    arrived: datetime
    output: str
    prompt: str | None
    prompt_id: str | None
    model: str | None
    time: datetime | None
    score: float | None
    sample_index: int | None
    finish_reason: str | None
    system_fingerprint: str | None
    parameters: dict[str, Any] | None
    call_id: str | None
    source: str | None


class SamplePage(BaseModel):
    """Samples in the order in which they came; ``next`` is given as ``after`` for more."""

    samples: list[SampleOut]
    next: int | None


@router.post(
    "/samples", openapi_extra=_BODY, responses=_REFUSED, dependencies=[Depends(may("ingest"))]
)
async def post(request: Request, held: _HELD) -> Taken:
    """Store samples: an object, a list of them, or one a line. What is answered is on disk.

    A sample with a ``call_id`` that is sent again is not stored again.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise HTTPException(415, f"content type {kind[:60]!r} is not known: send {KINDS[0]}")
    reception = held.reception
    log = UploadLedger("api")
    async with reception.body(request) as body:
        records = await reception.read(_read, body, log, reception)
        added = await reception.store(records) if records else None
    reception.noted(log)
    if added is None and log.rejected:
        raise HTTPException(422, f"nothing of this can be read ({log.first_reject})")
    stored, known = (added.stored, added.known) if added else (0, 0)
    return Taken(stored=stored, known=known, rejected=log.rejected, notes=log.notes())


def _read(body: bytes, log: UploadLedger, reception: Reception) -> list[Record]:
    if memory(body) > reception.bounds.together:
        raise TooLarge("JSON that would take too much memory")
    return reception.fitted(records_in(body, log), log)


@router.get("/samples", dependencies=[Depends(may("read"))])
def get(
    held: _HELD,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    model: Annotated[str | None, Query(max_length=1_000)] = None,
    prompt_id: Annotated[str | None, Query(max_length=10_000)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
) -> SamplePage:
    """Return samples that came after one, in order; with an empty model those that name none."""
    of = ANY if model is None else model or None
    rows = held.store.samples(after=after, model=of, prompt_id=prompt_id, limit=limit)
    samples = [SampleOut(id=row.id, arrived=row.arrived, **_plain(row.record)) for row in rows]
    return SamplePage(samples=samples, next=rows[-1].id if len(rows) == limit else None)


def _plain(record: Record) -> dict[str, Any]:
    return {
        name: value for name, value in record._asdict().items() if name in SampleOut.model_fields
    }
