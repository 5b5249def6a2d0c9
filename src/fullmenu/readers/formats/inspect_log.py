"""Logs of Inspect, ``.eval`` or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.readers.scalars import number
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds, is_object, listed
from fullmenu.text.wrappings import served

_GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
"""Correct, partial, incorrect and no answer, as Inspect's ``value_to_float`` counts them."""


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
        time=first(sample, "started_at", "completed_at"),
        score=_score(sample.get("scores")),
        call_id=sample.get("uuid"),
        parameters=at(about, "model_generate_config"),
        extra=sample.get("metadata"),
        once=(sample.get("uuid"),),
    )


def _score(scores: object) -> float | None:
    """Return the first score that is a number, or a letter that Inspect reads as one."""
    given = scores.values() if is_object(scores) else ()
    values = (s.get("value") if is_object(s) else s for s in given)
    marks = (_GRADES.get(v, number(v)) if isinstance(v, str) else number(v) for v in values)
    return next((mark for mark in marks if mark is not None), None)


FORMAT = Shape("inspect", "Inspect log", recognise, records)
