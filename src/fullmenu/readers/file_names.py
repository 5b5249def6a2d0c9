"""What logs are called in a report: by their files' names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from fullmenu.pictures import ARRAYS
from fullmenu.readers.registry import endings
from fullmenu.readers.streams import PACKED


def labels(logs: Sequence[str]) -> list[str]:
    """Return what a report calls logs: their files' names, less the ending that all share.

    >>> labels(["runs/base_eval.jsonl.xz", "runs/sft_eval.jsonl.xz"])
    ['base', 'sft']
    >>> labels(["a/log.csv", "b/log.csv"])
    ['a/log', 'b/log']
    >>> labels(["run_a.ndjson", "run_b.pq"])
    ['run_a', 'run_b']
    """
    names = ["stdin" if log == "-" else _bare(Path(log).name) or log for log in logs]
    if len(set(names)) < len(names):
        names = [_bare(log) for log in logs]
    tails = [re.sub(r"^[^-_. ]*", "", name) for name in names]
    if len(set(names)) == len(names) > 1 == len(set(tails)):
        names = [name.removesuffix(tail) or name for name, tail in zip(names, tails, strict=True)]
    return names


def log_label(files: Sequence[str]) -> str:
    """Return what a report calls one log, of one file or several.

    >>> log_label(["monday.jsonl"]), log_label(["monday.jsonl", "tuesday.jsonl"])
    ('monday', 'monday …')
    """
    return labels(files)[0] + (" …" if len(files) > 1 else "")


def called(logs: Sequence[object], otherwise: Sequence[str]) -> list[str]:
    """Return what logs are called: by their files where all are files, or else as is said.

    >>> called(["a.jsonl", "b.jsonl"], ["v1", "v2"]), called([["fig"], "b.jsonl"], ["v1", "v2"])
    (['a', 'b'], ['v1', 'v2'])
    """
    if all(isinstance(log, str | Path) for log in logs):
        return labels([str(log) for log in logs])
    return [*otherwise]


def _bare(name: str) -> str:
    while (ending := Path(name).suffix).lower() in (*endings(), *ARRAYS, *PACKED):
        name = name.removesuffix(ending)
    return name
