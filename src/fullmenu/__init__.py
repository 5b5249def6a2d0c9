"""Fullmenu: is a generative model still serving the full menu?

For example:

    import fullmenu as fm

    report = fm.compare(fm.read("before.jsonl"), fm.read("after.jsonl"))
    report.verdict                # collapsed, narrowed, held, widened or unclear
    report.save("report.html")

Everything is loaded when first used; ``import fullmenu`` itself costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu import cure as cure
    from fullmenu import diagnose as diagnose
    from fullmenu import measures as measures
    from fullmenu import review as review
    from fullmenu import sampling as sampling
    from fullmenu import stress as stress
    from fullmenu import train as train
    from fullmenu import watch as watch
    from fullmenu.errors import BadInput as BadInput
    from fullmenu.errors import FullmenuError as FullmenuError
    from fullmenu.errors import MissingExtra as MissingExtra
    from fullmenu.errors import NotEnoughData as NotEnoughData
    from fullmenu.errors import UnknownName as UnknownName
    from fullmenu.estimate import Estimate as Estimate
    from fullmenu.estimate import Margins as Margins
    from fullmenu.estimate import Verdict as Verdict
    from fullmenu.finding import Finding as Finding
    from fullmenu.integrations.causal_model import causal_model as causal_model
    from fullmenu.integrations.embedding import encoder as encoder
    from fullmenu.integrations.endpoint import endpoint as endpoint
    from fullmenu.integrations.torch import image_encoder as image_encoder
    from fullmenu.judge.gate import VarietyLost as VarietyLost
    from fullmenu.judge.gate import VarietyUnclear as VarietyUnclear
    from fullmenu.judge.gate import assert_variety as assert_variety
    from fullmenu.judge.many import trend as trend
    from fullmenu.judge.one import check as check
    from fullmenu.judge.turns.overuse import phrases as phrases
    from fullmenu.judge.two import compare as compare
    from fullmenu.readers import read as read
    from fullmenu.report.report import Report as Report
    from fullmenu.samples import Record as Record
    from fullmenu.samples import Samples as Samples
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)

__version__ = "0.1.0"
