"""What ``fullmenu data`` says of what it did."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fullmenu.samples import Samples

MOST = 3
"""Kept outputs shown of those that were repeated most."""


def show(summary: dict[str, Any], samples: Samples | None, to_stderr: bool) -> None:
    """Print before and after, side by side."""
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=to_stderr, highlight=False, markup=False)
    before, after = summary["before"], summary["after"]
    how = "each prompt apart" if summary["by_prompt"] else "all outputs together"
    console.print(f"\n{_did(summary)}; {summary['view']} view, {how}\n")
    table = Table(box=None, pad_edge=False, padding=(0, 4, 0, 0))
    table.add_column("")
    table.add_column("before")
    table.add_column("after")
    for title, key in ROWS.items():
        if key == "effective_sample_size" and summary["command"] != "rebalance":
            continue
        if before.get(key) is not None or after.get(key) is not None:
            table.add_row(title, _cell(before.get(key), key), _cell(after.get(key), key))
    console.print(table)
    if summary["command"] == "rebalance":
        least, most = (summary["weights"][k] for k in ("least", "most"))
        cost = 1 - after["effective_sample_size"] / before["outputs"]
        console.print(
            f"\nweights {least:.2g} to {most:.2g}, of mean 1; they cost {cost:.0%} of the sample "
            "size"
        )
    if samples is not None and summary.get("dropped"):
        _repeated(console, summary["dropped"], samples)


ROWS = {
    "outputs": "outputs",
    "effective sample size": "effective_sample_size",
    "dishes": "dishes",
    "leading dish": "leading_share",
    "repeat rate": "repeat_rate",
    "effective number": "effective_number",
    "mean quality": "quality",
}


def _did(summary: dict[str, Any]) -> str:
    n, m = summary["before"]["outputs"], summary["after"]["outputs"]
    return {
        "rebalance": f"Weighed {n:,} outputs",
        "deduplicate": f"Kept {m:,} of {n:,} outputs, left out {n - m:,}",
        "select": f"Chose {m:,} of {n:,} outputs by {summary.get('method')}",
    }[summary["command"]]


def _cell(value: Any, key: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, dict):
        if value["low"] is None and value["high"] is None:
            return f"{value['value']:.3g}"
        low, high = (f"{x:.2g}" if x is not None else "…" for x in (value["low"], value["high"]))
        return f"{value['value']:.3g} [{low}, {high}]"
    if key == "leading_share":
        return f"{value:.0%}"
    return (
        f"{value:,}"
        if isinstance(value, int)
        else f"{value:,.3g}"
        if value < 1e3
        else f"{value:,.0f}"
    )


def _repeated(console: Any, dropped: list[dict[str, Any]], samples: Samples) -> None:
    from fullmenu.cleaner import one_line

    texts = samples.outputs
    most = Counter(texts[one["repeats"]] for one in dropped).most_common(MOST)
    console.print("\nleft out most often, as repeats of")
    for text, times in most:
        console.print(f"  {times:,} × {one_line(text, 64)}")
