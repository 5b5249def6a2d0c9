"""Asking a live model: samples on disk as they come, over stops, within a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.sampling.budget import Budget as Budget
    from fullmenu.sampling.canaries import canary as canary
    from fullmenu.sampling.independence import Fault as Fault
    from fullmenu.sampling.independence import Independence as Independence
    from fullmenu.sampling.independence import probe as probe
    from fullmenu.sampling.journal import Journal as Journal
    from fullmenu.sampling.plans import Evenly as Evenly
    from fullmenu.sampling.plans import Plan as Plan
    from fullmenu.sampling.prompts import prompts_of as prompts_of
    from fullmenu.sampling.request import Answer as Answer
    from fullmenu.sampling.request import Prompt as Prompt
    from fullmenu.sampling.request import Refused as Refused
    from fullmenu.sampling.request import Reply as Reply
    from fullmenu.sampling.request import Request as Request
    from fullmenu.sampling.request import Target as Target
    from fullmenu.sampling.request import Unreachable as Unreachable
    from fullmenu.sampling.run import RunOutcome as RunOutcome
    from fullmenu.sampling.run import Status as Status
    from fullmenu.sampling.run import collect as collect
    from fullmenu.sampling.run import sample as sample
    from fullmenu.sampling.until_sure import UntilSure as UntilSure
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
