"""``/v1/traces`` and ``/v1/logs``: OTLP over HTTP, protobuf or JSON, of model calls."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.readers.json_text import loads
from fullmenu.readers.spans import is_otlp
from fullmenu.readers.uploads import UploadLedger, records_of
from fullmenu.samples import Record
from fullmenu.server import otlp
from fullmenu.server.access import may
from fullmenu.server.otlp import JSON, PROTOBUF, Signal
from fullmenu.server.reception import Reception, without_content
from fullmenu.server.request_body import TooLarge
from fullmenu.server.services import Services, services
from fullmenu.text.json_values import is_object, memory

router = APIRouter(tags=["OpenTelemetry"], dependencies=[Depends(may("ingest"))])

REFUSED = {
    400: "It cannot be read.",
    401: "A token is needed.",
    403: "The token is for something else.",
    408: "It does not come.",
    413: "It is too large.",
    415: "It is packed or written in a way that is not known.",
    422: "The store does not take it.",
    429: "Too many requests.",
    503: "Not now: try again after ``Retry-After`` seconds.",
}
"""Answers of a door that takes samples, besides the good one."""

_RESPONSES: dict[int | str, dict[str, Any]] = {n: {"description": s} for n, s in REFUSED.items()}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            PROTOBUF: {"schema": {"type": "string", "format": "binary"}},
            JSON: {"schema": {"type": "object"}},
        },
    }
}
_HELD = Annotated[Services, Depends(services)]


@router.post("/api/public/otel/v1/traces", include_in_schema=False)  # where Langfuse's SDK sends
@router.post("/v1/traces", openapi_extra=_BODY, responses=_RESPONSES)
async def traces(request: Request, held: _HELD) -> Response:
    """Take spans of model calls; what is answered is on disk."""
    return await _taken("traces", request, held.reception)


@router.post("/v1/logs", openapi_extra=_BODY, responses=_RESPONSES)
async def logs(request: Request, held: _HELD) -> Response:
    """Take log records of model calls, where an instrumentation writes their texts so."""
    return await _taken("logs", request, held.reception)


@router.post("/v1/metrics", include_in_schema=False)
async def metrics(request: Request, held: _HELD) -> Response:
    """Leave an application's metrics out: where one address is set for all, they come too."""
    async with held.reception.body(request):
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Response(
            b"{}" if kind == JSON else b"", media_type=JSON if kind == JSON else PROTOBUF
        )


async def _taken(signal: Signal, request: Request, reception: Reception) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (PROTOBUF, JSON):
        raise HTTPException(415, f"content type {kind[:60]!r} is not known: {PROTOBUF} or {JSON}")
    as_json = kind == JSON
    try:
        async with reception.body(request) as body:
            log = reception.remembered.ledger("otlp")
            records = await reception.read(_read, signal, as_json, body, log, reception)
            if records:
                await reception.store(records)
        reception.remembered.keep(log)
    except HTTPException as error:
        refused = otlp.refusal(as_json, str(error.detail))
        return Response(refused, error.status_code, error.headers, media_type=kind)
    reception.noted(log)
    said = _said(log)
    return Response(otlp.response(signal, as_json, log.rejected, said), media_type=kind)


def _read(
    signal: Signal, as_json: bool, body: bytes, log: UploadLedger, reception: Reception
) -> list[Record]:
    if as_json:
        if memory(body) > reception.bounds.together:
            raise TooLarge("JSON that would take too much memory")
        try:
            export = loads(body, log)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"this is no JSON: {one_line(error, 200)}") from None
    else:
        export = otlp.plain(signal, body, reception.bounds)
    if not is_object(export) or (export and not is_otlp(export)):
        raise BadInput("this is no OTLP export: resourceSpans or resourceLogs is not there")
    return reception.fitted(records_of(export, "otel", log) if export else [], log)


def _said(log: UploadLedger) -> str:
    """Say what was rejected, and what came without content."""
    said = [log.first_reject] if log.rejected else []
    if silent := without_content(log):
        said.append(
            f"{silent:,} model calls came without content, which is opt-in: set "
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"
        )
    return "; ".join(said)[:2_000]
