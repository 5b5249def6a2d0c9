"""Documents: saved ones still read, newer ones too, and a wrong field is named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding
from fullmenu.report.document import MeasureValue, Rates, read, to_json
from fullmenu.report.report import Report

from . import documents
from .test_html import Page

FIXTURES = Path(__file__).parent / "fixtures"
"""Documents that were written before documents had types."""

KINDS = ("check", "compare", "trend")


def saved(kind: str) -> dict[str, Any]:
    return json.loads((FIXTURES / f"{kind}.1.json").read_text("utf-8"))


SAID = {
    "check": ("about 1 time in 4: seen by answer", "phrasing 6.5 [6.2, 6.8] 0.154 [0.148, 0.161]"),
    "compare": (
        "To the same prompt, it now repeats itself 4.3 times as often. Seen by phrasing",
        "phrasing 6.5 [6.2, 6.8] → 1.49 [1.49, 1.49] 0.23 [0.22, 0.24] ▼▼ collapsed",
        "modes_lost dishes -0.042 [-0.23, 0.14]",
        "distinct_n of texts: undefined, it is defined for 0 of 8 prompts",
    ),
    "trend": (
        "From v1 to v3, over 3 versions: seen by phrasing",
        "last ÷ first 0.36 [0.34, 0.38] ▼▼ collapsed",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_document_is_shown(kind: str, valid: Any) -> None:
    valid(saved(kind))
    report = Report(saved(kind))
    text = " ".join(str(report).split())
    page = Page(report.to_html()).text
    for said in SAID[kind]:
        assert said in text
    assert " ".join(SAID[kind][0].split()) in " ".join(page.split())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_written_again(kind: str) -> None:
    document = saved(kind)
    if kind != "check":
        assert "held_level" not in document["margins"]  # it was 0.9, and could not be set
        document["margins"]["held_level"] = 0.9
    assert Report(saved(kind)).document == document


@pytest.mark.parametrize("kind", documents.ALL)
def test_absent_stays_absent_and_null_stays_null(kind: str) -> None:
    document = documents.ALL[kind]()
    assert Report(document).document == document


def test_fields_of_a_later_version_are_left_out() -> None:
    document = documents.compare()
    later = copy.deepcopy(document) | {"kitchen": {"open": True}}
    later["views"]["answer"]["before"]["repeat_rate"]["colour"] = "blue"
    assert Report(later).document == document


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda d: d.pop("reason"), "missing required field `reason`"),
        (lambda d: d["before"] | {"outputs": "many"}, "$.before.outputs"),
        (lambda d: d["dishes"]["after"].update(seen=-1), "$.dishes.after.seen"),
        (lambda d: d["lost"][0].pop("prompt"), "$.lost[0]"),
        (lambda d: d["views"]["answer"].update(before={}), "$.views[...].before"),
        (lambda d: d.update(schema="fullmenu/compare/9"), "'fullmenu/compare/9'; give one of"),
        (lambda d: d["margins"].update(collapsed=0.95), "$.margins"),
    ],
)
def test_a_wrong_field_is_named(change: Any, path: str) -> None:
    document = documents.compare()
    changed = change(document)
    if path == "$.before.outputs":
        document["before"] = changed
    with pytest.raises(BadInput) as error:
        Report(document)
    assert path in str(error.value) and "fullmenu/compare/1" in str(error.value)


@pytest.mark.parametrize("found", [3, [], "x", {}, {"schema": None}])
def test_what_is_no_document_is_refused(found: Any) -> None:
    with pytest.raises(BadInput):
        Report(found)


def test_rates_hold_numbers_or_say_why_not() -> None:
    assert Rates(undefined="one output").rate is None
    with pytest.raises(ValueError, match="repeat_rate and effective_number, or undefined"):
        Rates()
    e = Estimate(0.5, None, 0.75, 8, "share", "by hand")
    assert MeasureValue.of(e).estimate == e
    assert MeasureValue(undefined="too few").estimate is None


def test_a_finding_is_read_back() -> None:
    gap = Estimate(0.4, 0.3, 0.5, 500, "accuracy", "paired")
    finding = Finding(
        "forgetting",
        "failure",
        "after",
        "new",
        "old",
        gap,
        "0",
        500,
        2,
        "failure",
        "so",
        notes=["x"],
    )
    body = json.loads(json.dumps(finding.to_dict()))
    assert read(body, Finding) == finding
    with pytest.raises(BadInput, match="is never 'present'"):
        read(body | {"verdict": "present"}, Finding)


def test_a_report_is_of_a_struct_or_of_its_json() -> None:
    report = Report(documents.compare())
    assert Report(report.content) == report
    assert to_json(report.content) == report.document
    assert report.content.views["answer"].verdict == report.document["views"]["answer"]["verdict"]
