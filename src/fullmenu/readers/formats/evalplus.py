"""Samples and results of EvalPlus and HumanEval."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.encoding import dump
from fullmenu.text.json_values import Object, holds, is_object, listed


def recognise(value: object) -> bool:
    """Tell by a ``task_id`` with a slash and a ``solution`` or ``completion``."""
    return _is_sample(value) or (
        holds(value, "hash", eval=dict) and any(map(_is_sample, _results(value)))
    )


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield each program; the score of one that passed its tests is 1."""
    if _is_sample(value):
        return iter(_program(value, log))
    if not recognise(value):
        raise Reject("no task_id and solution")
    read = partial(_program, log=log)
    return log.each([*_results(value)], "not a result of EvalPlus", read)


def _is_sample(value: object) -> bool:
    return (
        holds(value, task_id=str)
        and "/" in str(value["task_id"])
        and ("solution" in value or "completion" in value)
        and not value.keys() & {"response", "output", "messages"}
    )


def _results(value: Object) -> Iterator[object]:
    tasks = value.get("eval")
    return chain(*map(listed, tasks.values())) if is_object(tasks) else iter(())


def _program(value: object, log: Ledger) -> list[Record]:
    if not is_object(value):
        raise TypeError("no object")
    told = [value.get(name) for name in ("base_status", "plus_status", "passed")]
    passed = [one in ("pass", True) for one in told if one is not None]
    score = float(all(passed)) if passed else None
    text = value["solution"] if "solution" in value else value.get("completion")
    task = dump(value["task_id"])
    return answers([said(text)], log, value.get("prompt"), task, score=score)


FORMAT = Shape("evalplus", "EvalPlus samples", recognise, records)
