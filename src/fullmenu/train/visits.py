"""What was sampled for a look: outputs and scores by prompt, and as a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.samples import Record, Samples
from fullmenu.text.chat import completion_text, prompt_text
from fullmenu.train.before import name_of

SCORES = ("quality", "gold", "proxy")
"""Of several scores the first is written to the log."""


@dataclass
class Sampled:
    """Outputs of one prompt, sampled together, and their scores by name."""

    prompt: str
    outputs: list[str]
    scores: dict[str, list[float | None]] = field(default_factory=dict)


def dealt(
    prompts: Sequence[Any], completions: Sequence[Any], scores: Sequence[float | None] | None
) -> list[Sampled]:
    """Gather a batch by prompt, whatever its order; ``scores`` become ``quality``.

    Raises
    ------
    BadInput
        There is not one prompt (and score) for each completion.

    Examples
    --------
    >>> [v.outputs for v in dealt(["a", "b", "a"], ["fig", "oak", "kiwi"], None)]
    [['fig', 'kiwi'], ['oak']]
    """
    n = len(completions)
    if len(prompts) != n or (scores is not None and len(scores) != n):
        raise BadInput(
            f"{len(prompts)} prompts and {'no' if scores is None else len(scores)} scores for "
            f"{n} completions: give one for each"
        )
    found: dict[str, Sampled] = {}
    for i, (p, c) in enumerate(zip(prompts, completions, strict=True)):
        prompt = prompt_text(p)
        visit = found.setdefault(prompt, Sampled(prompt, []))
        visit.outputs.append(completion_text(c))
        if scores is not None:
            visit.scores.setdefault("quality", []).append(number(scores[i]))
    return list(found.values())


def number(x: Any) -> float | None:
    """Return a score as a number; ``None`` where it is none, or not finite."""
    return None if x is None or not np.isfinite(float(x)) else float(x)


def as_log(visits: Sequence[Sampled], model: str) -> Samples:
    """Return a look as a log of one model."""

    def records() -> Iterator[Record]:
        for visit in visits:
            name = next((s for s in SCORES if s in visit.scores), None)
            scores = [None] * len(visit.outputs) if name is None else visit.scores[name]
            for output, score in zip(visit.outputs, scores, strict=True):
                yield Record(output, visit.prompt, name_of(visit.prompt), model, score=score)

    return Samples.from_records(records())


def to_rows(samples: Samples) -> list[list[str | None]]:
    """Return the prompts and outputs of a log as plain JSON."""
    columns = [samples.table.column(c).to_pylist() for c in ("prompt_id", "prompt", "output")]
    return [list(row) for row in zip(*columns, strict=True)]


def of_rows(rows: Sequence[Sequence[Any]]) -> Samples:
    """Read :func:`to_rows` back."""
    return Samples.from_records(Record(output, prompt, pid) for pid, prompt, output in rows)
