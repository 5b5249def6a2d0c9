"""A plan as text: after how many visits each loss would be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fullmenu.report import plain
from fullmenu.report.lines import grid, heading, item, words
from fullmenu.report.plain import Doc, label, number

if TYPE_CHECKING:
    from rich.console import Console

TOLD = {
    "halving": "half the dishes",
    "a fifth lost": "a fifth of the dishes",
    "takeover": "takeover: 30 % one dish",
}


def show(about: Doc, losses: Sequence[Doc], console: Console) -> None:
    """Print a plan.

    Parameters
    ----------
    about
        ``label``, ``outputs``, ``prompts`` of the baseline; ``run_length``, ``size``, ``view``.
    losses
        As :class:`fullmenu.watch.Expected` has them.
    console
        Where to print.
    """
    table = grid()
    heads = ("what is lost", "dishes", "seen after", "middle 80 %")
    table.add_row(*(words(t, style="dim") for t in heads))
    for x in losses:
        sizes = " → ".join(number(1 / x[k]) if x[k] > 0 else "–" for k in ("before", "after"))
        unseen = x["visits"] is None
        after = f"more than {x['horizon']:,}" if unseen else f"{x['visits']:,}"
        low, high = ("…" if x[k] is None else format(x[k], ",") for k in ("low", "high"))
        table.add_row(
            words(TOLD[x["loss"]], style="bold"),
            words(sizes),
            words(f"{after} visits"),
            words("–" if low == "…" else f"{low} to {high}"),
        )
    counts = f"{about['outputs']:,} outputs of {plain.counted(about['prompts'], 'prompt')}"
    notes = (
        f"Simulated: visits of {about['size']} outputs drawn from the baseline's own, with the "
        "given part of them replaced by another output of the same prompt.",
        f"Dishes: the effective number seen by {about['view']}. All views and signals together "
        "raise the alarm.",
        f"Where nothing changes, a false alarm comes after {about['run_length']:,.0f} visits or "
        "more on average. A longer run length sees a loss later.",
    )
    for block in (
        words("Fullmenu: ", f"a plan from {label(about, 'the baseline')} ({counts})", style="dim"),
        *heading("When would it be seen?"),
        table,
        "",
        *(item(n) for n in notes),
    ):
        console.print(block, markup=False, highlight=False, emoji=False)
