"""The way a run went, as unit rows: two runs are alike as far as their calls and turns are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from fullmenu.diagnose.trajectories.repetition import stretches
from fullmenu.diagnose.trajectories.trajectory import Step, Trajectory
from fullmenu.kernel.rows import Features, counted, joined
from fullmenu.samples import Record, Samples

_WEIGHTS = (0.5, 0.5)  # of the calls, and of which tool follows which


def rows_of_paths(runs: Sequence[Trajectory]) -> Features:
    """Return a unit row for each run: its calls, and its pairs of tools; a round counts once.

    >>> runs = [Trajectory("t", [Step(name) for name in names]) for names in ("ab", "ab", "cd")]
    >>> rows = rows_of_paths(runs)
    >>> (rows @ rows.T).toarray().round(2).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    calls: list[tuple[int, str]] = []
    turns: list[tuple[int, str]] = []
    for row, run in enumerate(runs):
        steps = _once(run)
        names = ["", *(step.name for step in steps), ""]
        calls += [(row, f"{step.name}\0{step.arguments}") for step in steps]
        turns += [(row, f"{a}\0{b}") for a, b in pairwise(names)] if steps else []
    return joined([_counted(part, len(runs)) for part in (calls, turns)], _WEIGHTS)


def ways(runs: Iterable[Trajectory]) -> Samples:
    """Return the way of each run as an output: its tools in order, a round of a loop once.

    So ``check``, ``compare`` and ``watch`` take runs as they take outputs, the task as the prompt.

    >>> runs = [Trajectory("t", [Step("look"), Step("book")], success=True)] * 2
    >>> ways(runs).outputs
    ['look > book', 'look > book']
    """
    return Samples.from_records(
        Record(
            " > ".join(step.name for step in _once(run)) or "(no call)",
            run.task,
            score=None if run.success is None else float(run.success),
            extra={"run": run.run},
        )
        for run in runs
    )


def _counted(words: Sequence[tuple[int, str]], n: int) -> Features:
    rows = np.array([row for row, _ in words], np.int64)
    hashes = np.array([_hash(word) for _, word in words], np.uint64)
    return counted(rows, hashes, n)


def _hash(word: str) -> int:
    data = word.encode("utf-8", "replace")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def _once(run: Trajectory) -> list[Step]:
    """Return the steps of a run, of loops and polling one round each."""
    again = {
        i for stretch in stretches(run) for i in range(stretch.start + stretch.period, stretch.stop)
    }
    return [step for i, step in enumerate(run.steps) if i not in again]
