"""Printing a benchmark's table: what was measured, what it must reach, whether it does."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of ``what, measured, target, reached``; :meth:`show` prints them."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(
        self, what: str, measured: object, target: str = "", reached: bool | None = None
    ) -> None:
        """Add a row; without a target it is reported as it is."""
        mark = "" if reached is None else "yes" if reached else "NO"
        self.rows.append((what, str(measured), target, mark))

    def show(self) -> None:
        """Print the table."""
        header = ("what", "measured", "target", "reached")
        widths = [max(len(r[k]) for r in [header, *self.rows]) for k in range(4)]
        print(f"\n{self.title}\n")
        for row in [header, tuple("-" * w for w in widths), *self.rows]:
            print("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
