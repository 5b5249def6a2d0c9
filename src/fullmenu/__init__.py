"""Fullmenu: is a generative model still serving the full menu?

::

    import fullmenu as fm

    report = fm.compare(fm.read("before.jsonl"), fm.read("after.jsonl"))
    report.verdict                # collapsed, narrowed, held, widened or unclear
    report.save("report.html")

Everything is loaded when first used; ``import fullmenu`` itself costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fullmenu import cure, diagnose, measures, train, watch
    from fullmenu.errors import BadInput, FullmenuError, MissingExtra, NotEnoughData, UnknownName
    from fullmenu.estimate import Estimate, Margins, Verdict
    from fullmenu.finding import Finding
    from fullmenu.judge.gate import VarietyLost, assert_variety
    from fullmenu.judge.many import trend
    from fullmenu.judge.one import check
    from fullmenu.judge.two import compare
    from fullmenu.readers import read
    from fullmenu.report.report import Report
    from fullmenu.samples import Record, Samples
    from fullmenu.views.embedding import encoder
    from fullmenu.views.features import image_encoder

_HOMES = {
    "BadInput": "errors",
    "Estimate": "estimate",
    "Finding": "finding",
    "FullmenuError": "errors",
    "Margins": "estimate",
    "MissingExtra": "errors",
    "NotEnoughData": "errors",
    "Record": "samples",
    "Report": "report.report",
    "Samples": "samples",
    "UnknownName": "errors",
    "VarietyLost": "judge.gate",
    "Verdict": "estimate",
    "assert_variety": "judge.gate",
    "check": "judge.one",
    "compare": "judge.two",
    "cure": "",
    "diagnose": "",
    "encoder": "views.embedding",
    "image_encoder": "views.features",
    "measures": "",
    "read": "readers",
    "train": "",
    "trend": "judge.many",
    "watch": "",
}

__all__ = [
    "BadInput",
    "Estimate",
    "Finding",
    "FullmenuError",
    "Margins",
    "MissingExtra",
    "NotEnoughData",
    "Record",
    "Report",
    "Samples",
    "UnknownName",
    "VarietyLost",
    "Verdict",
    "assert_variety",
    "check",
    "compare",
    "cure",
    "diagnose",
    "encoder",
    "image_encoder",
    "measures",
    "read",
    "train",
    "trend",
    "watch",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fullmenu' has no attribute {name!r}")
    if not _HOMES[name]:
        return importlib.import_module(f"fullmenu.{name}")
    value = getattr(importlib.import_module(f"fullmenu.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
