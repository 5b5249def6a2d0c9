"""Two logs on one numbering of prompts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge.order import in_order
from fullmenu.samples import Media, Samples


@dataclass(frozen=True, slots=True)
class Side:
    """One log of a comparison, its prompts numbered as in the other.

    Parameters
    ----------
    samples
        The log.
    outputs, prompts
        Its texts.
    groups : (n,)
        Prompt of each output, on the shared numbering.
    """

    samples: Samples
    outputs: list[str]
    prompts: list[str | None]
    groups: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both logs, cut to the prompts they share, where they share any.

    Parameters
    ----------
    ids
        Prompt ids, in the shared numbering.
    paired
        Whether the prompts are the same on both sides.
    caveats
        What was left out, in sentences.
    """

    before: Side
    after: Side
    ids: list[str]
    paired: bool
    caveats: list[str]

    @property
    def media(self) -> Media:
        """What both logs hold."""
        return self.before.samples.media

    @property
    def sides(self) -> tuple[Side, Side]:
        """Before and after."""
        return self.before, self.after


def pair(before: Samples, after: Samples) -> Pair:
    """Put two logs on one numbering of prompts, and keep the prompts that both have.

    Raises
    ------
    NotEnoughData
        One of them is empty.
    BadInput
        They do not hold the same: texts, pictures or vectors.
    """
    for name, samples in (("before", before), ("after", after)):
        if not isinstance(samples, Samples):
            raise BadInput(
                f"{name} is a {type(samples).__name__}, not Samples; use fm.read(path), or "
                "fm.Samples.of({prompt: outputs})"
            )
        if not len(samples):
            raise NotEnoughData(f"{name} holds no outputs, so there is nothing to compare")
    if before.media != after.media:
        raise BadInput(
            f"before holds {before.media}s and after {after.media}s: compare like with like"
        )
    before, after = in_order(before), in_order(after)
    first, second = before.prompt_ids, after.prompt_ids
    other = set(second)
    shared = [p for p in first if p in other]
    caveats = []
    if not shared:
        ids = [*first, *second]
        caveats.append(
            f"The two logs share no prompt ({len(first)} and {len(second)}), so they are compared "
            "as samples of different prompts: other prompts can look like another variety."
        )
        return Pair(_side(before, ids), _side(after, ids), ids, False, caveats)
    for name, samples, all_ids in (("before", before, first), ("after", after, second)):
        if len(all_ids) > len(shared):
            common = set(shared)
            left = sum(p not in common for p in samples.table.column("prompt_id").to_pylist())
            caveats.append(
                f"{len(all_ids) - len(shared)} prompts are in {name} only: their {left} outputs "
                "are left out."
            )
    return Pair(_side(before, shared), _side(after, shared), shared, True, caveats)


def _side(samples: Samples, ids: list[str]) -> Side:
    number = {p: k for k, p in enumerate(ids)}
    codes = np.array([number.get(p, -1) for p in samples.prompt_ids], np.int64)[samples.groups]
    if (codes < 0).any():
        samples, codes = samples.take(codes >= 0), codes[codes >= 0]
    return Side(samples, samples.outputs, samples.prompts, codes)
