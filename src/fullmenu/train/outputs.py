"""Outputs of a look, or of the time before training: by prompt with their scores, and as a log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.samples import Record, Samples
from fullmenu.text.chat import completion_text, prompt_text

SCORES = ("quality", "gold", "proxy")
"""Of several scores the first is written to the log."""

NAME = 200
"""Characters of a prompt that identify it; of a longer one a digest does."""

Row: TypeAlias = "tuple[str | None, str | None, str, float | None]"
"""Prompt id, prompt, output and score."""


@dataclass
class Sampled:
    """Outputs of one prompt, sampled together, and their scores by name."""

    prompt: str
    outputs: list[str]
    scores: dict[str, list[float | None]] = field(default_factory=dict)
    logprobs: list[Sequence[float] | None] = field(default_factory=list)


def dealt(
    prompts: Sequence[object],
    completions: Sequence[object],
    scores: Sequence[float | None] | None,
    logprobs: Sequence[Sequence[float] | None] | None = None,
) -> list[Sampled]:
    """Gather a batch by prompt, whatever its order; ``scores`` become ``quality``.

    >>> [v.outputs for v in dealt(["a", "b", "a"], ["fig", "oak", "kiwi"], None)]
    [['fig', 'kiwi'], ['oak']]
    """
    n = len(completions)
    if logprobs is not None and len(logprobs) != n:
        raise BadInput(f"log-probabilities of {len(logprobs)} for {n} completions: give all")
    if len(prompts) != n or (scores is not None and len(scores) != n):
        raise BadInput(
            f"{len(prompts)} prompts and {'no' if scores is None else len(scores)} scores for "
            f"{n} completions: give one for each"
        )
    by_prompt: dict[str, Sampled] = {}
    for i, (p, c) in enumerate(zip(prompts, completions, strict=True)):
        prompt = prompt_text(p)
        visit = by_prompt.setdefault(prompt, Sampled(prompt, []))
        visit.outputs.append(completion_text(c))
        visit.logprobs.append(None if logprobs is None else logprobs[i])
        if scores is not None:
            visit.scores.setdefault("quality", []).append(number(scores[i]))
    return list(by_prompt.values())


def number(x: float | None) -> float | None:
    """Return a score as a number; ``None`` where it is none, or not finite."""
    return None if x is None or not np.isfinite(float(x)) else float(x)


def as_log(visits: Sequence[Sampled], model: str) -> Samples:
    """Return a look as a log of one model."""
    return Samples.from_records(
        Record(output, visit.prompt, name_of(visit.prompt), model, score=score, logprobs=logprobs)
        for visit in visits
        for output, score, logprobs in zip(
            visit.outputs,
            _logged_scores(visit),
            visit.logprobs or [None] * len(visit.outputs),
            strict=True,
        )
    )


def _logged_scores(visit: Sampled) -> list[float | None]:
    return next((visit.scores[s] for s in SCORES if s in visit.scores), [None] * len(visit.outputs))


def to_rows(samples: Samples) -> list[Row]:
    """Return the prompts, outputs and scores of a log as plain JSON."""
    names = ("prompt_id", "prompt", "output", "score")
    columns = [samples.table.column(name).to_pylist() for name in names]
    return list(zip(*columns, strict=True))


def of_rows(rows: Iterable[Row]) -> Samples:
    """Read :func:`to_rows` back."""
    return Samples.from_records(
        Record(output, prompt, name, score=score) for name, prompt, output, score in rows
    )


def name_of(prompt: str) -> str:
    """Return the id of a prompt: its text, or the start of a long one and a digest of the whole.

    >>> name_of("Name a fruit."), len(name_of("Why? " * 100))
    ('Name a fruit.', 200)
    """
    if len(prompt) <= NAME:
        return prompt
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{prompt[: NAME - 17]}…{digest}"


def keyed(samples: Samples, prompts: Iterable[str]) -> Samples:
    """Return a log from before training under the ids that a watch gives prompts.

    Of the ``prompts`` that are watched only, if there are any; a log that lacks one is refused.
    """
    rows = [
        (name_of(prompt) if prompt else name, prompt, output, score)
        for name, prompt, output, score in to_rows(samples)
    ]
    wanted = {name_of(p) for p in prompts}
    missing = wanted - {row[0] for row in rows}
    if missing:
        raise BadInput(
            f"the baseline holds no output of the prompt {min(missing)!r}; give a log of the "
            "prompts that are watched, or leave it out: it is then sampled before the training"
        )
    return of_rows(row for row in rows if not wanted or row[0] in wanted)
