"""Leaving out what repeats: near-duplicates, or as much as a target repeat rate asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.cure.collection import rows_of, see
from fullmenu.cure.docstrings import documented
from fullmenu.cure.near_duplicates import Records
from fullmenu.cure.selection.choice import first_of_best
from fullmenu.cure.variety import Cured
from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import Likeness
from fullmenu.kernel.rows import Features, Floats, Ints, at
from fullmenu.samples import Samples
from fullmenu.views import registry
from fullmenu.views.registry import Encoder


@dataclass(frozen=True, slots=True)
class Deduplicated(Cured):
    """What :func:`deduplicate` gives.

    Parameters
    ----------
    samples, kept
        The outputs kept, in the order of the log, and their rows there.
    dropped, repeats, likeness
        The rows left out, in the order in which they went, for each the kept row that it is most
        like (of those before it, unless a target was asked for), and their k².
    """

    samples: Samples
    kept: Ints
    dropped: Ints
    repeats: Ints
    likeness: Floats


NEAR = 0.8
"""k² of near-duplicates."""


@documented
def without_near_duplicates(features: Features, threshold: float = NEAR) -> Ints:
    """Return rows of which no two have k² ≥ threshold: each row is kept unless one before is near.

    In ascending order. Every row left out is near one that is kept.

    Parameters
    ----------
    threshold
        In (0, 1].

    Raises
    ------
    BadInput
        ``threshold`` is not in (0, 1].

    Examples
    --------
    >>> without_near_duplicates(np.eye(3)[[0, 1, 0, 2, 1]]).tolist()
    [0, 1, 3]
    """
    if not 0 < threshold <= 1:
        raise BadInput(f"threshold={threshold}: near-duplicates have k² at or above it, in (0, 1]")
    return Records([features], threshold).split()[0]


@documented
def down_to_rate(features: Features, target: float) -> tuple[Ints, Ints]:
    """Leave out the rows that repeat most, one by one, until the repeat rate is at most a target.

    Returns the kept rows in ascending order, and the dropped ones in the order in which they
    went.

    Greedy: the row with the largest Σ k² goes, of equals the last. Where even two rows repeat too
    much, one is left.

    Parameters
    ----------
    target
        Repeat rate in [0, 1).

    Raises
    ------
    BadInput
        ``target`` is not in [0, 1).

    Examples
    --------
    >>> down_to_rate(np.eye(3)[[0, 0, 0, 1, 2]], 0.2)[1].tolist()
    [2]
    """
    if not 0 <= target < 1:
        raise BadInput(f"target={target}: give a repeat rate from 0 up to, not including, 1")
    like = Likeness(features)
    sums = np.maximum(like.sums() - 1.0, 0.0)
    left = np.ones(like.n, bool)
    total, m = float(sums.sum()), like.n
    dropped: list[int] = []
    while m > 1 and total > (target + 1e-12) * m * (m - 1):
        j = like.n - 1 - first_of_best(sums[::-1], left[::-1])
        left[j] = False
        sums = np.maximum(sums - like.to(j), 0.0)
        total, m = float(sums[left].sum()), m - 1
        dropped.append(j)
    return np.flatnonzero(left), np.array(dropped, np.int64)


@documented
def deduplicate(
    samples: Samples,
    *,
    threshold: float | None = None,
    target: float | None = None,
    by_prompt: bool = False,
    outputs_only: bool = False,
    view: str | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
) -> Deduplicated:
    """Leave out of a log what repeats: records whose prompt and output are near an earlier one's.

    Of texts an output is near another where ``answer`` or ``phrasing`` finds it so: the first sees
    other words for the same, the second sentences in another order and a preamble. Prompts are
    compared too, where there are several, so that the one right answer to many questions stays.

    Near ones are found by their rarest columns, never all with all, and of large logs rows are made
    where they are needed, to save memory; a target takes O(n²) time and holds all rows, and its
    rate is of the outputs alone, all pairs. ``after`` compares a part of them beyond 1,024
    outputs, and has no intervals: what is kept is no sample. Dishes of more than 50,000 outputs are
    not counted.

    Parameters
    ----------
    threshold
        Leave out every record whose k² with an earlier kept one is at least this; 0.8 if no target
        is given.
    target
        Leave out the outputs that repeat most, until the repeat rate is at most this.
    by_prompt
        Compare the outputs of each prompt only, and reach the target in each.
    outputs_only
        Compare outputs whatever they were asked: one refusal of many prompts is then left out, and
        so is one label of many.

    Raises
    ------
    BadInput
        Both a threshold and a target are given, or one that cannot be.

    Examples
    --------
    >>> said = {"Fruit?": ["fig", "fig", "kiwi", "fig", "plum"], "Figs, or kiwis?": ["fig"]}
    >>> log = Samples.of(said)
    >>> d = deduplicate(log)
    >>> d.samples.outputs, d.dropped.tolist(), d.repeats.tolist()
    (['fig', 'kiwi', 'plum', 'fig'], [1, 3], [0, 0])
    """
    if threshold is not None and target is not None:
        raise BadInput(f"threshold={threshold} and target={target}: give one of the two")
    bar = NEAR if threshold is None else threshold
    if not 0 < bar <= 1:
        raise BadInput(f"threshold={bar}: near-duplicates have k² at or above it, in (0, 1]")
    seen = see(samples, view, encoder, ruler, by_prompt, on_demand=target is None)
    several = not (by_prompt or outputs_only) and samples.n_prompts > 1 and any(samples.prompts)
    if target is not None:
        taken = [_by_target(seen.features[rows], rows, target) for rows in seen.parts()]
    else:
        views = _views(samples, seen.features, view, encoder)
        asked = _asked(samples) if several else None
        taken = [_near(views, rows, bar, asked) for rows in seen.parts()]
    kept, dropped, repeats, likeness = (np.concatenate(of) for of in zip(*taken, strict=True))
    kept.sort()
    return Deduplicated(
        seen.variety(), seen.variety_of(kept), samples.take(kept), kept, dropped, repeats, likeness
    )


_Taken = tuple[Ints, Ints, Ints, Floats]


def _views(
    samples: Samples, seen: Features, view: str | None, encoder: Encoder | None
) -> list[Features]:
    if view is not None or encoder is not None or samples.media != "text":
        return [seen]
    bodies = [_body(text) for text in samples.outputs]
    return [seen, rows_of(registry.get("phrasing"), bodies, [None] * len(bodies))]


def _body(text: str) -> str:
    """Return a text without what leads up to it: all before a first colon, if most comes after.

    >>> _body("Sure! Here is one: " + "a fig and a kiwi " * 3)[:16], _body("Note: eat figs")
    ('a fig and a kiwi', 'Note: eat figs')
    """
    before, colon, after = text.partition(":")
    body = after.strip()
    return body if colon and len(before) < len(body) / 2 else text


def _asked(samples: Samples) -> Features | None:
    ids = samples.prompt_ids
    prompts = [
        ids[g] if p is None else p
        for p, g in zip(samples.prompts, samples.groups.tolist(), strict=True)
    ]
    return rows_of(registry.get("phrasing"), prompts, [None] * len(prompts))


def _near(views: list[Features], rows: Ints, bar: float, asked: Features | None) -> _Taken:
    records = Records([at(x, rows) for x in views], bar, None if asked is None else at(asked, rows))
    stay, gone = records.split()
    return rows[stay], rows[gone.later], rows[gone.earlier], gone.k2


def _by_target(x: Features, rows: Ints, target: float) -> _Taken:
    """Return with each row that is out the one that stays and is most like it, and their k²."""
    stay, out = down_to_rate(x, target)
    like = Likeness(x)
    nearest, k2 = np.zeros(len(out), np.int64), np.zeros(len(out))
    for i, j in enumerate(out.tolist()):
        to = like.to(j)[stay]
        at = first_of_best(to)
        nearest[i], k2[i] = rows[stay[at]], to[at]
    return rows[stay], rows[out], nearest, k2
