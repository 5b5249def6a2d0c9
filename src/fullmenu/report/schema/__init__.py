"""The JSON Schema files, written from the documents: ``python -m fullmenu.report.schema``."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec import json as encoded
from msgspec.inspect import DataclassType, StructType, type_info

from fullmenu import estimate, finding
from fullmenu.report import document, forms
from fullmenu.report.cures import document as cures
from fullmenu.report.lab import document as lab
from fullmenu.report.look import document as look
from fullmenu.report.models import document as models
from fullmenu.report.phrases import document as phrases
from fullmenu.report.stress import document as stress
from fullmenu.report.watch import document as watch

DOCUMENTS: tuple[type[Struct], ...] = (
    document.CheckDocument,
    document.ComparisonDocument,
    document.TrendDocument,
    look.LookDocument,
    phrases.PhrasesDocument,
    stress.StressDocument,
    cures.CuresDocument,
    watch.WatchDocument,
    watch.PlanDocument,
    lab.LabDocument,
    finding.Finding,
)

MODULES: tuple[ModuleType, ...] = (
    document,
    models,
    look,
    phrases,
    stress,
    cures,
    watch,
    lab,
    forms,
    finding,
    estimate,
)

LIMITS = {
    "Estimate": {"n": {"minimum": 0}, "level": {"exclusiveMinimum": 0, "exclusiveMaximum": 1}}
}
"""Of what stands below the documents, and knows no msgspec."""

ADDED = {"Margins": ("held_level",)}
"""Fields that documents of this version did not always have."""

Schema = dict[str, object]


def tag(kind: type[Struct]) -> str:
    """Return what a document writes as its ``schema``, such as ``fullmenu/compare/1``."""
    return str(kind.__struct_config__.tag)


def path(kind: type[Struct]) -> Path:
    """Return where a document's schema is kept."""
    _, name, version = tag(kind).split("/")
    return Path(__file__).parent / f"{name}.{version}.json"


def text(kind: type[Struct]) -> str:
    """Return a document's JSON Schema.

    The first sentence of a class describes its object, and its ``Parameters`` the fields. A field
    is required unless it is left out where it has no value.
    """
    _, parts = encoded.schema_components(
        [kind], schema_hook=lambda _: {"description": "Plain JSON."}, ref_template="#/$defs/{name}"
    )
    known = {name: x for module in MODULES for name, x in vars(module).items()}
    for name, part in parts.items():
        cls = known.get(name.partition("_")[0], document.Sides)
        part |= _described(cls, part["properties"])
        part.pop("title")
    named = {name: _inlined(part, parts) for name, part in parts.items() if "_" not in name}
    root = named.pop(kind.__name__)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{root.pop('description').rstrip('.')} ({tag(kind)})",
    }
    return json.dumps(head | root | {"$defs": named}, indent=2, ensure_ascii=False) + "\n"


def write(kinds: Iterable[type[Struct]] = DOCUMENTS) -> None:
    """Write the schema files."""
    for kind in kinds:
        path(kind).write_text(text(kind), encoding="utf-8")


def descriptions(cls: type) -> dict[str, str]:
    """Return what a class's docstring says of each of its fields, those of its bases too."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        _, _, given = inspect.cleandoc(base.__doc__ or "").partition("Parameters\n----------\n")
        given = given.partition("\n\n")[0]
        for names, told in re.findall(r"^(\w.*)\n((?: +.*\n?)+)", given, re.M):
            found |= dict.fromkeys(re.findall(r"\w+", names), " ".join(dedent(told).split()))
    return found


def _inlined(part: Any, parts: Mapping[str, Schema]) -> Any:
    """Write out generic classes where they stand: they have no name of their own."""
    if isinstance(part, list):
        return [_inlined(x, parts) for x in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    if "_" in name:
        part = parts[name] | {k: v for k, v in part.items() if k != "$ref"}
    return {k: _inlined(v, parts) for k, v in part.items()}


def _described(cls: type, properties: Mapping[str, Schema]) -> Schema:
    info = type_info(cls)
    assert isinstance(info, StructType | DataclassType)
    told = descriptions(cls)
    omits = issubclass(cls, Struct) and cls.__struct_config__.omit_defaults
    left_out = {*ADDED.get(cls.__name__, ())} | {
        field.encode_name
        for field in info.fields
        if not field.required and (omits or field.default is field.default_factory is NODEFAULT)
    }
    for name, given in properties.items():
        given.pop("default", None)
        given |= LIMITS.get(cls.__name__, {}).get(name, {})
        if name in told:
            given["description"] = told[name]
    part: Schema = {
        "description": " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].split()),
        "required": [name for name in properties if name not in left_out],
    }
    if issubclass(cls, document.Either):
        part["anyOf"] = [{"required": list(way)} for way in cls.ways]
    return part
