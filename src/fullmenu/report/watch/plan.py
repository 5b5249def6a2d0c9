"""A plan as text: after how many visits each loss would be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.report import console
from fullmenu.report.console import grid, heading, item, text
from fullmenu.report.plain import label, number
from fullmenu.report.watch.document import BaselineFacts, PlanDocument
from fullmenu.text.amounts import amount

if TYPE_CHECKING:
    from rich.console import Console

TOLD = {
    "halving": "half the answers",
    "a fifth lost": "a fifth of the answers",
    "takeover": "takeover: 30 % one answer",
}


def show(plan: PlanDocument, baseline: BaselineFacts, to: Console) -> None:
    """Print a plan, and what it was made from."""
    table = grid()
    heads = ("what is lost", "answers", "seen after", "middle 80 %")
    table.add_row(*(text(t, style="dim") for t in heads))
    for x in plan.losses:
        sizes = " → ".join(number(1 / u) if u > 0 else "–" for u in (x.before, x.after))
        after = f"more than {x.horizon:,}" if x.visits is None else f"{x.visits:,}"
        low, high = ("…" if n is None else f"{n:,}" for n in (x.low, x.high))
        table.add_row(
            text(TOLD[x.loss], style="bold"),
            text(sizes),
            text(f"{after} visits"),
            text("–" if low == "…" else f"{low} to {high}"),
        )
    name = label(baseline, "the baseline")
    counts = f"{amount(baseline.outputs, 'output')} of {amount(baseline.prompts, 'prompt')}"
    simulated = (
        f"Simulated: visits of {plan.size} outputs drawn from the baseline's own, with the "
        "given part of them replaced by another output of the same prompt."
    )
    if plan.size == 1:
        simulated = (
            "Simulated: visits of one output drawn from the baseline's own, with the given part of "
            "them replaced by one answer for all prompts."
        )
    notes = (
        simulated,
        f"Dishes: the effective number seen by {plan.view}. All views and signals together "
        "raise the alarm.",
        f"Where nothing changes, a false alarm comes after {plan.run_length:,.0f} visits or "
        "more on average. A longer run length sees a loss later.",
    )
    head = text("Fullmenu: ", f"a plan from {name} ({counts})", style="dim")
    asked = heading("When would it be seen?")
    console.show([head, *asked, table, "", *(item(n) for n in notes)], to)
