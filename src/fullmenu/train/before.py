"""The baseline of a watch in training, and how much may be lost of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.monitor.baseline import Baseline
from fullmenu.samples import Record, Samples

NAME = 200
"""Characters of a prompt that identify it; of a longer one a digest does."""


def name_of(prompt: str) -> str:
    """Return the id of a prompt: its text, or the start of a long one and a digest of the whole.

    Examples
    --------
    >>> name_of("Name a fruit."), len(name_of("Why? " * 100))
    ('Name a fruit.', 200)
    """
    if len(prompt) <= NAME:
        return prompt
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{prompt[: NAME - 17]}…{digest}"


def keyed(samples: Samples, prompts: Sequence[str]) -> Samples:
    """Return a log's outputs under the ids that a watch gives prompts, one model.

    Parameters
    ----------
    samples
        A log from before the training.
    prompts
        Those to keep; all, where empty.

    Raises
    ------
    BadInput
        It lacks one of the prompts.
    """
    columns = [samples.table.column(c).to_pylist() for c in ("prompt_id", "prompt", "output")]
    wanted = {name_of(p) for p in prompts}
    rows = [
        (name_of(prompt) if prompt else pid, prompt, output)
        for pid, prompt, output in zip(*columns, strict=True)
    ]
    missing = wanted - {pid for pid, _, _ in rows}
    if missing:
        raise BadInput(
            f"the baseline holds no output of the prompt {min(missing)!r}; give a log of the "
            "prompts that are watched, or leave it out: it is then sampled before the training"
        )
    return Samples.from_records(
        Record(output, prompt, pid) for pid, prompt, output in rows if not wanted or pid in wanted
    )


def allowing(baseline: Baseline, margin: float) -> Baseline:
    """Return a baseline whose bounds allow the effective number to fall to ``margin`` of it.

    Examples
    --------
    >>> from fullmenu.samples import Samples
    >>> words = "fig kiwi plum pear lime date sloe quince".split()
    >>> log = Samples.of({f"{i}?": [words[(i + j * j) % 8] for j in range(12)] for i in range(20)})
    >>> before = Baseline.fit(log, views=["answer"], signals=[])
    >>> half = allowing(before, 0.5)
    >>> round(float(half.levels[None].bounds[0] / before.levels[None].bounds[0]), 6)
    2.0
    """
    levels = {
        model: replace(
            level,
            bounds=np.minimum(level.bounds / margin, 1.0),
            bounds_by_prompt=None
            if level.bounds_by_prompt is None
            else np.minimum(level.bounds_by_prompt / margin, 1.0),
        )
        for model, level in baseline.levels.items()
    }
    return replace(baseline, levels=levels)
