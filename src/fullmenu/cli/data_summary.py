"""What ``fullmenu data`` says of what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.cure.variety import Variety
    from fullmenu.estimate import Estimate

_ROWS = {
    "outputs": "outputs",
    "effective sample size": "effective_sample_size",
    "dishes": "dishes",
    "leading dish": "leading_share",
    "repeat rate": "repeat_rate",
    "effective number": "effective_number",
}


@dataclass(frozen=True)
class DataSummary:
    """What a command did, and how varied the outputs were and are."""

    command: str
    did: str  # in a few words
    before: Variety  # how varied they were and are
    after: Variety
    quality: tuple[float | None, float | None] | None = None  # the mean score
    more: Mapping[str, object] = field(default_factory=dict)  # what the JSON holds besides
    remarks: Sequence[str] = ()  # what is printed below the table

    def to_dict(self, view: str, by_prompt: bool) -> dict[str, object]:
        """Return the JSON document; of which view, and whether each prompt stood apart."""
        before, after = self.before.to_dict(), self.after.to_dict()
        if self.quality is not None:
            before["quality"], after["quality"] = self.quality
        about = {"command": self.command, "view": view, "by_prompt": by_prompt}
        sides = {"before": before, "after": after}
        return {"schema": "fullmenu/data/1", **about, **sides, **self.more}

    def show(self, view: str, by_prompt: bool, to_stderr: bool) -> None:
        """Print before and after, side by side."""
        from rich.console import Console
        from rich.table import Table

        console = Console(stderr=to_stderr, highlight=False, markup=False)
        how = "each prompt apart" if by_prompt else "all outputs together"
        console.print(f"\n{self.did}; {view} view, {how}\n")
        table = Table(box=None, pad_edge=False, padding=(0, 4, 0, 0))
        for heading in ("", "before", "after"):
            table.add_column(heading)
        rows = {t: (getattr(self.before, n), getattr(self.after, n)) for t, n in _ROWS.items()}
        if self.command != "rebalance":
            del rows["effective sample size"]
        if self.quality is not None:
            rows["mean quality"] = self.quality
        for title, cells in rows.items():
            if any(cell is not None for cell in cells):
                table.add_row(title, *(_cell(cell, title) for cell in cells))
        console.print(table)
        for remark in self.remarks:
            console.print(remark)


def _cell(value: Estimate | float | None, title: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        shown = f"{value:,.3g}" if value < 1e3 else f"{value:,.0f}"
        return f"{value:.0%}" if title == "leading dish" else shown
    if value.low is None and value.high is None:
        return f"{value.value:.3g}"
    low, high = (f"{x:.2g}" if x is not None else "…" for x in (value.low, value.high))
    return f"{value.value:.3g} [{low}, {high}]"
