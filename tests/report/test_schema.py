"""The documented JSON: sample documents fit the schemas, and wrong ones do not."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fullmenu.report.report import Report

from . import documents

SCHEMAS = files("fullmenu.report") / "schema"


def validator(document: dict[str, Any]) -> Draft202012Validator:
    kind, version = document["schema"].removeprefix("fullmenu/").split("/")
    schema = json.loads((SCHEMAS / f"{kind}.{version}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(params=list(documents.ALL))
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return documents.ALL[request.param]()


def test_sample_documents_are_valid(document: dict[str, Any]) -> None:
    written = json.loads(Report(document).to_json())
    assert not list(validator(written).iter_errors(written))


def test_hostile_documents_are_valid_too(document: dict[str, Any]) -> None:
    found = documents.hostile(document)
    assert not list(validator(found).iter_errors(found))


def test_required_keys_are_required(document: dict[str, Any]) -> None:
    check = validator(document)
    for key in document:
        assert not check.is_valid({k: v for k, v in document.items() if k != key}), key


def test_an_estimate_is_whole() -> None:
    document = documents.compare()
    check = validator(document)
    del document["views"]["answer"]["before"]["repeat_rate"]["method"]
    assert not check.is_valid(document)


def test_a_verdict_is_one_of_five() -> None:
    document = documents.compare() | {"verdict": "fine"}
    assert not validator(document).is_valid(document)
