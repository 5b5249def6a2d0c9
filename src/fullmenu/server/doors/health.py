"""``/healthz``, ``/api/status`` and ``/metrics``: how the server is, for programs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import BaseModel

from fullmenu.cleaner import one_line
from fullmenu.report.watch.document import Size
from fullmenu.server.access import may
from fullmenu.server.services import Services, services

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from fullmenu.store import StoredWatch

router = APIRouter(tags=["health"])

MODELS = 100
"""Models that ``/metrics`` tells of; those with the most samples."""

_HELD = Annotated[Services, Depends(services)]


class Health(BaseModel):
    """That all is well."""

    status: str


class ModelStatus(BaseModel):
    """One model."""

    model: str | None
    samples: int
    last_time: datetime | None


class WatchStatus(BaseModel):
    """One watch: how far it is behind, and why it stands still, if it does."""

    id: int
    name: str
    model: str | None
    lag: int
    lag_seconds: float
    standing_alarms: int
    error: str | None


class WaitingSamples(BaseModel):
    """Samples that wait to be stored, how many may, and requests that found no room."""

    waiting: int
    most: int
    refused: int


class Came(BaseModel):
    """What came since the server began."""

    stored: int
    known: int
    rejected: int
    without_content: int
    failed: int


class ServerStatus(BaseModel):
    """How the server is."""

    version: str
    seconds: float
    store: str
    store_bytes: int
    wal_bytes: int
    open: bool
    redacts: bool
    queue: WaitingSamples
    came: Came
    models: list[ModelStatus]
    watches: list[WatchStatus]


@router.get("/healthz", responses={503: {"description": "Samples are not stored."}})
def healthz(held: _HELD) -> Health:
    """Say that samples are stored and watched."""
    if not held.reception.writer.alive:
        raise HTTPException(503, "the writer has ended")
    try:
        held.store.setting("healthz")
    except Exception as error:
        raise HTTPException(503, f"the store does not answer ({type(error).__name__})") from None
    return Health(status="ok")


@router.get("/api/status", dependencies=[Depends(may("read"))])
def status(held: _HELD) -> ServerStatus:
    """Say how the server is."""
    counts, writer = held.reception.counts, held.reception.writer
    size = held.store.size()
    return ServerStatus(
        version=metadata.version("fullmenu"),
        seconds=time.time() - held.began,
        store=str(held.store),
        store_bytes=size.bytes,
        wal_bytes=size.wal,
        open=held.access.open,
        redacts=held.reception.redact is not None,
        queue=WaitingSamples(waiting=writer.waiting, most=writer.most, refused=counts["refused"]),
        came=Came(
            stored=counts["stored"],
            known=counts["known"],
            rejected=counts["rejected"],
            without_content=counts["without content"],
            failed=counts["failed"],
        ),
        models=[
            ModelStatus(model=m.model, samples=m.samples, last_time=m.last_time)
            for m in held.store.models()
        ],
        watches=[
            WatchStatus(
                id=w.id,
                name=w.name,
                model=w.model,
                lag=w.lag,
                lag_seconds=w.lag_seconds,
                standing_alarms=n,
                error=w.error,
            )
            for w, n in _watches(held)
        ],
    )


def _watches(held: Services) -> list[tuple[StoredWatch, int]]:
    standing = Counter(a.watch for a in held.store.alarms(standing=True, limit=10_000))
    return [(w, standing[w.id]) for w in held.store.watches()]


@router.get("/metrics", response_class=Response, dependencies=[Depends(may("read"))])
def metrics(held: _HELD) -> Response:
    """Say the same for Prometheus."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(held))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Collected:
    """The metrics of one server, gathered when they are asked for."""

    def __init__(self, held: Services) -> None:
        self.held = held

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        from prometheus_client.core import CounterMetricFamily as Counted
        from prometheus_client.core import GaugeMetricFamily as Gauge

        held = self.held
        counts, writer = held.reception.counts, held.reception.writer
        came = Counted("fullmenu_samples", "Samples by what became of them.", labels=["became"])
        for what in ("stored", "known", "rejected", "without content"):
            came.add_metric([what.replace(" ", "_")], counts[what])
        yield came
        refused = Counted("fullmenu_requests_refused", "Requests not taken.", labels=["why"])
        refused.add_metric(["queue_full"], counts["refused"])
        refused.add_metric(["store_failed"], counts["failed"])
        yield refused
        yield Gauge("fullmenu_queue_samples", "Samples that wait to be stored.", writer.waiting)
        yield Gauge("fullmenu_queue_limit", "Samples that may wait.", writer.most)
        size = held.store.size()
        yield Gauge("fullmenu_store_bytes", "Bytes of the store.", size.bytes)
        yield Gauge("fullmenu_store_wal_bytes", "Bytes of its write-ahead log.", size.wal)
        kept = Gauge("fullmenu_model_samples", "Samples that are kept.", labels=["model"])
        models = sorted(held.store.models(), key=lambda m: -m.samples)[:MODELS]
        for model in models:
            kept.add_metric([_label(model.model)], model.samples)
        yield kept
        lag = Gauge("fullmenu_watch_lag_samples", "Not yet watched.", labels=["model", "watch"])
        behind = Gauge("fullmenu_watch_lag_seconds", "How long.", labels=["model", "watch"])
        alarms = Gauge("fullmenu_alarms_standing", "Not acknowledged.", labels=["model", "watch"])
        failed = Gauge("fullmenu_watch_failed", "1: it stands still.", labels=["model", "watch"])
        for watch, standing in _watches(held):
            labels = [_label(watch.model), str(watch.id)]
            lag.add_metric(labels, watch.lag)
            behind.add_metric(labels, watch.lag_seconds)
            alarms.add_metric(labels, standing)
            failed.add_metric(labels, watch.error is not None)
        yield from (lag, behind, alarms, failed)
        yield self._effective_numbers()

    def _effective_numbers(self) -> Metric:
        """Return what each view's effective number was over the last hundred visits, or so far."""
        from prometheus_client.core import GaugeMetricFamily as Gauge

        numbers = Gauge(
            "fullmenu_effective_number", "Different outputs, by view.", labels=["model", "view"]
        )
        for watch in self.held.store.watches():
            document = self.held.document(watch.id)
            for view, stream in document.streams.items() if document else ():
                seen = stream.recent or stream.now
                size = seen.effective_number if seen else None
                if isinstance(size, Size):
                    numbers.add_metric([_label(watch.model), view], size.value)
        return numbers


def _label(model: str | None) -> str:
    return "" if model is None else one_line(model, 200)
