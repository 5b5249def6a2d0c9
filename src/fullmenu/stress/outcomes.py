"""Numbers of outputs inside and outside the usual setting, and how they changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.judge.causes import cut, nothing, refuses, tells_error
from fullmenu.kernel.likeness import grams
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.paired import PairedMean, mean_of, paired
from fullmenu.text.tokens import count_words
from fullmenu.views.caution import cautious
from fullmenu.views.registry import View

LABELS = {
    "score": "score",
    "missing": "outputs that did not come",
    "empty": "empty outputs",
    "error": "error messages",
    "cut": "outputs cut off",
    "caution": "outputs that hedge or refuse",
    "length": "words per output",
    "answers": "how far the answers moved",
}
"""What is looked at beside variety, in words; failures first."""

MARGINS = {
    "score": 0.0, "missing": 0.02, "empty": 0.02, "error": 0.02, "cut": 0.05, "caution": 0.05,
    "length": 1.25, "answers": 0.1,
}  # fmt: skip
"""The least change that counts, declared beforehand; of length a factor."""

FAULTS = ("score", "missing", "empty", "error", "cut", "caution")
"""Those whose change for the worse is a breakage; the others only change."""


@dataclass(frozen=True, slots=True)
class Side:
    """The outputs of one side: rows of samples, and the prompt of each on a shared numbering."""

    samples: Samples
    groups: Ints
    scores: Floats | None = None  # (n,), NaN where there is none


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """An outcome on both sides, and its change; by prompt too."""

    name: str
    change: PairedMean
    here: PairedMean | None  # of these prompts only; None where that cannot be told
    inside: float | None
    outside: float | None
    by_prompt: dict[int, float]  # how much worse each prompt got
    worse: Floats | None = (
        None  # (n,): how bad each output outside is, where outputs are told apart
    )


def outcomes_of(inside: Side, outside: Side, view: View, asked: int) -> Iterator[OutcomeChange]:
    """Yield every outcome that both sides have; ``asked`` is how many prompts the shift has.

    Prompts without any output of one side count as missing there, and nowhere else.
    """
    columns = [_columns(side) for side in (inside, outside)]
    for name in columns[0]:
        if name not in columns[1]:
            continue
        values = [column[name] for column in columns]
        sides = [
            (x[np.isfinite(x)], side.groups[np.isfinite(x)])
            for x, side in zip(values, (inside, outside), strict=True)
        ]
        worse = {"score": -values[1], "length": np.abs(values[1] - sides[0][0].mean())}
        for change in _change(name, sides, share=_is_share(name, values)):
            yield replace(change, worse=worse.get(name, values[1]))
    due = int(np.bincount(inside.groups).max())
    missing = [_missing(side.groups, asked, due) for side in (inside, outside)]
    if any(lacks.any() for lacks, _ in missing):
        yield from _change("missing", missing, share=True)
    yield from _moved(inside, outside, view)


def _columns(side: Side) -> dict[str, Floats]:
    outputs = side.samples.outputs
    empty, error = nothing(outputs), tells_error(outputs)
    fine = ~empty & ~error
    careful = np.asarray(cautious(outputs), bool) | np.array([refuses(x) for x in outputs], bool)
    shortened = cut(outputs, side.samples.column("finish_reason"))
    found = {
        "empty": empty.astype(float),
        "error": error.astype(float),
        "cut": (shortened & fine).astype(float),
        "caution": (careful & fine).astype(float),
        "length": np.log1p(count_words(outputs).astype(float)),
    }
    if side.scores is not None and np.isfinite(side.scores).any():
        found["score"] = side.scores
    return found


def _is_share(name: str, values: Sequence[Floats]) -> bool:
    known = np.concatenate(values)
    return name != "length" and bool(np.isin(known[np.isfinite(known)], (0.0, 1.0)).all())


def _change(
    name: str, sides: Sequence[tuple[Floats, Ints]], *, share: bool
) -> Iterator[OutcomeChange]:
    try:
        change = paired(sides[0], sides[1], share=share)
    except NotEnoughData:
        return
    try:
        here = paired(sides[0], sides[1], share=share, fixed=True) if name in FAULTS else None
    except NotEnoughData:
        here = None
    means = [_by_prompt(*side) for side in sides]
    worse = -1.0 if name == "score" else 1.0
    shared = means[0].keys() & means[1].keys()
    levels = [float(np.mean([mean[p] for p in sorted(shared)])) for mean in means]
    by_prompt = {p: worse * (means[1][p] - means[0][p]) for p in shared}
    yield OutcomeChange(name, change, here, levels[0], levels[1], by_prompt)


def _by_prompt(values: Floats, groups: Ints) -> dict[int, float]:
    prompts, at = np.unique(groups, return_inverse=True)
    means = np.bincount(at, values) / np.bincount(at)
    return dict(zip(prompts.tolist(), means.tolist(), strict=True))


def _missing(groups: Ints, asked: int, due: int) -> tuple[Floats, Ints]:
    """Say of each output that was due whether it lacks: as many as the prompt with most has.

    Where none has any, ``due`` were.
    """
    counts = np.bincount(groups, minlength=asked)
    due = int(counts.max()) or due
    return (np.arange(due) >= counts[:, None]).astype(float).ravel(), np.repeat(
        np.arange(asked), due
    )


def _moved(inside: Side, outside: Side, view: View) -> Iterator[OutcomeChange]:
    """Yield how far the answers moved: a share of the likeness that each side has with itself."""
    prompts = [
        p
        for p in np.intersect1d(inside.groups, outside.groups).tolist()
        if min(int((side.groups == p).sum()) for side in (inside, outside)) > 1
    ]
    if len(prompts) < 2:
        return
    texts: list[str] = []
    asked: list[str | None] = []
    bounds, firsts = [0], []
    known = inside.samples.prompts
    held = [side.samples.outputs for side in (inside, outside)]
    for p in prompts:
        rows = [np.flatnonzero(side.groups == p) for side in (inside, outside)]
        for outputs, at in zip(held, rows, strict=True):
            texts += [outputs[i] for i in at]
            asked += [known[rows[0][0]]] * len(at)
        firsts.append(len(rows[0]))
        bounds.append(len(texts))
    moved, own = [], []
    for k, a in zip(grams(view.rows(texts, asked), bounds), firsts, strict=True):
        # the squared distance of two means in the space of the kernel k², unbiased (MMD²u, Gretton
        # et al. 2012): mean of pairs inside + mean of pairs outside − 2 · mean of pairs between
        k2 = k**2
        b = len(k2) - a
        one = (k2[:a, :a].sum() - a) / (a * (a - 1))
        other = (k2[a:, a:].sum() - b) / (b * (b - 1))
        moved.append(one + other - 2 * k2[:a, a:].mean())
        own.append(one + other)
    likeness = float(np.mean(own))
    if likeness <= 0:
        return
    shares = np.array(moved) / likeness
    yield OutcomeChange(
        "answers",
        mean_of(shares),
        None,
        None,
        None,
        dict(zip(prompts, shares.tolist(), strict=True)),
    )
