"""Logs of Inspect, ``.eval`` or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed
from fullmenu.text.wrappings import served


def recognise(value: object) -> bool:
    """Tell by ``eval`` and ``samples``."""
    return holds(value, eval=dict, samples=list)


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield the outputs of every sample in every epoch; an epoch is a repeat."""
    if not recognise(value):
        if is_object(value) and "eval" in value:
            raise Reject("a log of Inspect without samples (its header only?)")
        raise Reject("no eval and samples")
    read = partial(_outputs, about=value["eval"], log=log)
    return log.each(listed(value["samples"]), "not a sample of Inspect", read)


def _outputs(sample: object, about: object, log: Ledger) -> list[Record]:
    if not is_object(sample):
        raise TypeError("no object")
    output = sample.get("output")
    if not at(output, "choices"):
        failed = sample.get("error")
        log.skip("samples that ended in an error" if failed else "samples without output")
        return []
    task = at(about, "task")
    return answers(
        served(output),
        log,
        sample.get("input"),
        f"{task}/{sample['id']}" if task else str(sample["id"]),
        model=at(output, "model") or at(about, "model"),
        time=first(sample, "started_at") or at(output, "time"),
        score=_score(sample.get("scores")),
        call_id=sample.get("uuid"),
        parameters=at(about, "model_generate_config"),
        extra=sample.get("metadata"),
        once=(sample.get("uuid"),),
    )


def _score(scores: object) -> object:
    """Return the first score that is a number; letters (C, I) are not."""
    given = scores.values() if is_object(scores) else ()
    values = (s.get("value") if is_object(s) else s for s in given)
    return next((v for v in values if isinstance(v, (int, float))), None)


FORMAT = Shape("inspect", "Inspect log", recognise, records)
