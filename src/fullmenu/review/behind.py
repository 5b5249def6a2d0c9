"""Which outputs of a log stand behind a verdict, an alarm or a finding: those that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.review.candidate_pairs import LikelyPairs
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Ints

PROMPTS = ("prompt", "prompts", "prompt_id", "item", "items")
"""Fields of our documents that name prompts, by text or id."""

OUTPUTS = ("example", "examples", "output", "outputs")
"""Fields that name outputs; one that ends in … was cut."""

SHARE = 0.25
"""The share of a log's prompts that count at the most: documents name the worst first."""


def pairs_behind(samples: Samples, pairs: LikelyPairs, document: Any) -> Ints:
    """Return which pairs of a log belong to prompts that a document names, or holds outputs of.

    Parameters
    ----------
    samples, pairs
        The log, and all its pairs.
    document
        A report, an alarm or a finding, as JSON is read.

    Raises
    ------
    NotEnoughData
        It names no prompt and no output of this log.

    Examples
    --------
    >>> from fullmenu.review.candidate_pairs import pairs_of
    >>> log = Samples.of({"A fruit?": ["a fig", "a plum"], "A tree?": ["an oak", "an oak"]})
    >>> pairs_behind(log, pairs_of(log.groups), {"alarms": [{"examples": ["an o…"]}]}).tolist()
    [1]
    """
    outputs = np.array(list(samples.outputs), object)
    of_pair = samples.groups[pairs.first]
    known: dict[str, set[int]] = {}
    for group, row in zip(*np.unique(samples.groups, return_index=True), strict=True):
        for name in (samples.prompts[row], samples.prompt_ids[int(group)]):
            known.setdefault(name or "", set()).add(int(group))
    groups: dict[int, None] = {}  # in the order of the document
    for field, text in _texts(document):
        if field in PROMPTS:
            groups |= dict.fromkeys(sorted(known.get(text, ())))
        elif text.endswith("…"):
            cut = text[:-1]
            rows = [row for row, output in enumerate(outputs) if cut and output.startswith(cut)]
            groups |= dict.fromkeys(samples.groups[rows].tolist())
        else:
            groups |= dict.fromkeys(samples.groups[np.flatnonzero(outputs == text)].tolist())
    asked = [group for group in groups if (of_pair == group).any()]
    if not asked:
        raise NotEnoughData(
            "it names no prompt or output of this log that could be asked about; give the log that "
            "it was made of"
        )
    most = max(int(SHARE * pairs.n_prompts), 1)
    return np.flatnonzero(np.isin(of_pair, asked[:most]))


def _texts(document: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text that names a prompt or an output, with its field, in order."""
    if isinstance(document, str):
        if field in PROMPTS or field in OUTPUTS:
            yield field, document
    elif isinstance(document, Mapping):
        for name, value in document.items():
            yield from _texts(value, str(name))
    elif isinstance(document, (list, tuple)):
        for value in document:
            yield from _texts(value, field)
