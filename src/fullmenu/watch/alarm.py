"""What a monitor raises: where, since when, how sure, and what is now repeated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PromptChange:
    """A prompt, and what it gave before and since the change: its mean in the alarm's stream."""

    prompt_id: str
    before: float | None
    since: float
    visits: int


@dataclass(frozen=True, slots=True)
class Example:
    """An output that its visit repeated, shortened."""

    visit: int
    prompt_id: str
    output: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A change for the worse that is not chance.

    Parameters
    ----------
    visit, time
        When it was raised: number of the visit in the watch, counted from 1, and its time in
        seconds since 1970.
    model, stream, falls
        Where the evidence is strongest; ``falls``: the stream fell (it rose, otherwise).
    since, since_low, since_high, since_time
        The first visit of the new state, estimated; the range that holds 80 % of the evidence.
    exact
        False where the change lies further back than is remembered: ``since`` is then the latest
        that it may be.
    strength, run_length
        The statistic and the level that it had to reach. Where nothing has changed, an alarm this
        strong comes after ``strength`` visits or more on average.
    before, after
        Mean of the stream in the baseline, and since the change.
    evidence
        Share of each stream in the model's statistic, the largest first.
    prompts
        Where it is worst, among the visits since the change.
    examples
        What is now repeated.
    sure
        In words, with the assumption, or that no guarantee holds and why.
    again, last
        How often it was raised again since, and at which visit last.
    """

    visit: int
    time: float | None
    model: str | None
    stream: str
    falls: bool
    since: int
    since_low: int
    since_high: int
    since_time: float | None
    exact: bool
    strength: float
    run_length: float
    before: float
    after: float
    evidence: tuple[tuple[str, float], ...]
    prompts: tuple[PromptChange, ...]
    examples: tuple[Example, ...]
    sure: str
    again: int = 0
    last: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Alarm:
        """Read :meth:`to_dict` back."""
        parts = {
            "evidence": tuple((name, share) for name, share in state["evidence"]),
            "prompts": tuple(PromptChange(**p) for p in state["prompts"]),
            "examples": tuple(Example(**e) for e in state["examples"]),
        }
        return cls(**{**state, **parts})

    def __str__(self) -> str:
        who = f"{self.model}: " if self.model else ""
        way = "fell" if self.falls else "rose"
        return (
            f"{who}{self.stream} {way} from {self.before:.3g} to {self.after:.3g} since visit "
            f"{self.since} (between {self.since_low} and {self.since_high}); {self.sure}"
        )
