"""The documented JSON: sample documents fit the schemas, and wrong ones do not."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fullmenu.report import schema
from fullmenu.report.document import CheckDocument, ComparisonDocument, TrendDocument
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


@pytest.mark.parametrize("kind", schema.DOCUMENTS)
def test_the_file_is_written_from_the_class(kind: type) -> None:
    kept = schema.path(kind).read_text(encoding="utf-8")
    assert kept == schema.text(kind), "run python -m fullmenu.report.schema"
    Draft202012Validator.check_schema(json.loads(kept))


@pytest.mark.parametrize("kind", schema.DOCUMENTS)
def test_every_field_is_described(kind: type) -> None:
    found = json.loads(schema.text(kind))
    for part in (found, *found["$defs"].values()):
        for name, field in part["properties"].items():
            assert name == "schema" or field.get("description"), name


DOCS = (Path(__file__).parents[2] / "docs/report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [CheckDocument, ComparisonDocument, TrendDocument])
def test_the_docs_list_the_fields(kind: type) -> None:
    section = DOCS.partition(f"## `{schema.tag(kind)}`")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.M)
    listed = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    [view] = [
        x for x in json.loads(schema.text(kind))["$defs"].items() if "ruler" in x[1]["properties"]
    ]
    known = {f"views.<view>.{name}" for name in view[1]["properties"]} | set(view[1]["properties"])
    fields = {name for name in kind.__struct_fields__ if name not in ("views", "signals")}
    assert fields <= set(listed)
    assert set(listed) <= fields | known | {"views.<view>", "signals.<name>"}
