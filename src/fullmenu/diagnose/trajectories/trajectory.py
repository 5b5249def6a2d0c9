"""What an agent did in one run: the tools it called, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a tool.

    Parameters
    ----------
    name
        The tool's.
    arguments
        What it was given, as JSON with its keys in order.
    result
        What came back, as text; ``None`` where the log does not say.
    time
        When it was called, in seconds; ``None`` where the log does not say.
    """

    name: str
    arguments: str = "{}"
    result: str | None = None
    time: float | None = None

    @property
    def call(self) -> tuple[str, str]:
        """Name and arguments."""
        return self.name, self.arguments


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One run.

    Parameters
    ----------
    task
        What was to be done: runs of one task are compared with one another.
    steps
        The calls, in order.
    success
        Whether it did it; ``None`` where the log does not say.
    run
        What the run is called.
    """

    task: str
    steps: Sequence[Step]
    success: bool | None = None
    run: str = ""
