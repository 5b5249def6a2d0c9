"""Test runs of DeepEval: its file ``.latest_test_run.json`` and those of a results folder."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, holds, is_object, listed
from fullmenu.text.wrappings import served


def recognise(value: object) -> bool:
    """Tell by ``actualOutput`` and ``metricsData``, or ``testCases`` with them."""
    return any(map(_is_case, _cases(value)))


def records(value: Object, log: Ledger) -> Iterator[Record]:
    """Yield the output of each test case, with the score of its first metric."""
    if not _cases(value):
        raise Reject("no test cases")
    return log.each(_cases(value), "not a test case", partial(_output, log=log))


def _cases(value: object) -> list[object]:
    if _is_case(value):
        return [value]
    run = at(value, "testRunData") or value
    return [*listed(at(run, "testCases"))]


def _is_case(value: object) -> bool:
    return holds(value, "input", "actualOutput", metricsData=list)


def _output(case: object, log: Ledger) -> list[Record]:
    if not is_object(case):
        raise TypeError("no object")
    if (output := case.get("actualOutput")) is None:
        log.skip("test cases without output")
        return []
    metrics = [m for m in listed(case.get("metricsData")) if is_object(m)]
    scores = [m.get("score") for m in metrics if m.get("score") is not None]
    named = {str(m.get("name")): m.get("score") for m in metrics}
    score = scores[0] if scores else None
    return answers(served(output), log, case.get("input"), score=score, extra=named)


FORMAT = Shape("deepeval", "DeepEval test cases", recognise, records)
