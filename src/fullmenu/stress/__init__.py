"""Testing a model outside its usual setting: the same prompts, shifted, and what that breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.stress.breakage import judge_shifts as judge_shifts
    from fullmenu.stress.breakage import stress_test as stress_test
    from fullmenu.stress.registry import catalogue as catalogue
    from fullmenu.stress.scorers import judge_scorer as judge_scorer
    from fullmenu.stress.scorers import pattern_scorer as pattern_scorer
    from fullmenu.stress.scorers import schema_scorer as schema_scorer
    from fullmenu.stress.transformation import Transformation as Transformation
    from fullmenu.stress.versions import shifted as shifted
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
