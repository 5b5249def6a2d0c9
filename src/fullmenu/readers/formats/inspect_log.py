"""Inspect logs: samples, repeated in epochs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fullmenu.readers import scalars
from fullmenu.readers.fields import parameters
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.logprobs import logprobs
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.chat import asked, said


def recognise(value: Any) -> bool:
    """Tell by ``eval`` and ``samples``."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("eval"), dict)
        and isinstance(value.get("samples"), list)
    )


def records(value: Any, log: Ledger) -> Iterator[Record]:
    """Yield the outputs of every sample in every epoch; an epoch is a repeat."""
    if not recognise(value):
        if isinstance(value, dict) and "eval" in value:
            raise Reject("a log of Inspect without samples (its header only?)")
        raise Reject("no eval and samples")
    for n, sample in enumerate(value["samples"]):
        log.seen += n > 0  # the first is counted as the record that it came in
        try:
            yield from _outputs(sample, value["eval"], log)
        except (AttributeError, TypeError, KeyError) as error:
            log.reject(log.line, f"not a sample of Inspect ({error})", sample)


def _outputs(sample: dict[str, Any], about: dict[str, Any], log: Ledger) -> Iterator[Record]:
    output = sample.get("output") or {}
    chosen = output.get("choices") or []
    if not chosen:
        log.skip(
            "samples that ended in an error" if sample.get("error") else "samples without output"
        )
        return
    task = about.get("task")
    prompt_id = f"{task}/{sample['id']}" if task else str(sample["id"])
    prompt = asked(sample.get("input"))
    model = output.get("model") or about.get("model")
    time = scalars.time(sample.get("started_at") or output.get("time"))
    for choice in chosen:
        text = log.text(said(choice.get("message")))
        if text is not None:
            found = logprobs(choice.get("logprobs"), log)
            yield Record(
                text,
                prompt,
                prompt_id,
                model,
                time,
                _score(sample),
                logprobs=found,
                finish_reason=choice.get("stop_reason"),
                parameters=parameters(about.get("model_generate_config")),
                call_id=sample.get("uuid"),
                extra=sample.get("metadata") or None,
            )


def _score(sample: dict[str, Any]) -> float | None:
    """Return the first score that is a number; letters (C, I) are not."""
    for score in (sample.get("scores") or {}).values():
        value = score.get("value") if isinstance(score, dict) else score
        if isinstance(value, (int, float)):
            return scalars.number(value)
    return None


FORMAT = Shape(
    "inspect",
    "Inspect log",
    recognise,
    records,
    about="logs of Inspect, `.eval` or JSON",
    told_by="`eval` and `samples`",
)
