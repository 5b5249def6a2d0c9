"""Over-optimisation: the proxy rises, the gold score has passed its peak."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.stats.goodhart import FORMS
from fullmenu.stats.kl import kl_divergence, kl_of_best_of
from fullmenu.stats.over_optimising import Judgement, judge

__all__ = ["kl_divergence", "kl_of_best_of", "over_optimisation"]

LEAST = 6
"""Checkpoints of a run, at the least."""


def over_optimisation(
    kl: Any,
    proxy: Any,
    gold: Any,
    *,
    form: Literal["auto", "best-of-n", "rl"] = "auto",
    runs: Any = None,
    weights: Any = None,
    gold_error: Any = None,
    intercept: bool = True,
    level: float = 0.95,
) -> Judgement:
    """Say whether training for a proxy has gone past the peak of what was wanted.

    Parameters
    ----------
    kl : (n,)
        KL from the reference at each checkpoint, in nats (:func:`fullmenu.train.kl_divergence`; for
        best-of-n :func:`fullmenu.train.kl_of_best_of`). The curves are drawn over d = √KL.
    proxy, gold : (n,)
        Mean score of the checkpoint's outputs under what was optimised, and under what was wanted:
        the true reward, people, or a second scorer that the training never saw.
    form
        Of Gao et al. (2022, 2210.10760): ``best-of-n``, d(α − βd), peak at α/2β; ``rl``,
        d(α − β ln d), peak at exp(α/β − 1). ``auto``: both are fitted, the better one is named, and
        the peak's interval is wide enough for every form that the data leave plausible.
    runs : (n,), optional
        Seed or run of each checkpoint. Intervals are then over runs; best with five or more.
    weights : (n,), optional
        Of each checkpoint, such as how many outputs it was scored on.
    gold_error : (n,), optional
        Standard error of each gold score, such as sd/√outputs. For a single run this is much
        sharper than judging the noise from the run's own wander; several runs need none.
    intercept
        Fit the reference's gold score; ``False`` where gold is already minus that.
    level
        Coverage of the intervals.

    Returns
    -------
    Judgement
        ``verdict`` is ``past the peak``, ``before the peak``, ``no peak`` or ``unclear``.

    Raises
    ------
    BadInput
        Arrays of different lengths, a KL below 0, a value that is not finite, weights that are not
        above 0.
    UnknownName
        There is no form of this name.
    NotEnoughData
        A run has fewer than 6 checkpoints, or hardly any different KL.

    Notes
    -----
    Nothing is extrapolated: a peak beyond the run is said not to be reached, without a number.
    ``past the peak`` needs a fall of the checkpoints themselves, not of a fitted curve, which bends
    down over a plateau too. It cannot see a fall that comes after the last checkpoint, nor whether
    the second scorer is itself fooled. KL is taken as exact. A gold score chosen or tuned on the
    same outputs is no gold. ``benchmarks/intervals_over_optimisation.py`` prints how often the
    intervals hold the truth and how often the verdict is false.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> kl = np.linspace(0.1, 30, 40)
    >>> d = np.sqrt(kl)
    >>> gold = d * (2 - 1.1 * np.log(d)) + rng.normal(0, 0.1, 40)
    >>> found = over_optimisation(kl, proxy=d, gold=gold)
    >>> found.verdict, found.form, str(found.peak)
    ('past the peak', 'rl', '2.25 [2.14, 2.34]')
    """
    k, p, g = (np.asarray(x, np.float64) for x in (kl, proxy, gold))
    if k.ndim != 1 or not k.shape == p.shape == g.shape:
        raise BadInput(
            f"kl, proxy, gold of shapes {k.shape}, {p.shape}, {g.shape}: give one a checkpoint"
        )
    if not all(np.isfinite(x).all() for x in (k, p, g)):
        raise BadInput("kl, proxy and gold must be finite; leave out checkpoints without a score")
    if (k < 0).any():
        raise BadInput(f"a KL of {k.min():g} nats: give 0 or more; kl_divergence never falls below")
    if form != "auto" and form not in FORMS:
        raise UnknownName("form", form, ["auto", *FORMS])
    names = _codes(runs, len(k))
    w, errors = (_positive(x, name, k) for x, name in
                 ((weights, "weights"), (gold_error, "gold_error")))  # fmt: skip
    fewest = int(np.bincount(names).min()) if len(k) else 0
    if fewest < LEAST:
        raise NotEnoughData(
            f"a run of {fewest} checkpoints shows no curve; give {LEAST} or more of each run"
        )
    several = names if names.max() else None
    return judge(
        np.sqrt(k), p, g, form=None if form == "auto" else form, runs=several, weights=w,
        errors=errors, intercept=intercept, level=level,
    )  # fmt: skip


def _positive(given: Any, name: str, k: Any) -> Any:
    if given is None:
        return None
    x = np.asarray(given, np.float64)
    if x.shape != k.shape or not np.isfinite(x).all() or (x <= 0).any():
        raise BadInput(f"{name} must be above 0 and finite, one a checkpoint")
    return x


def _codes(runs: Any, n: int) -> Any:
    if runs is None:
        return np.zeros(n, np.int64)
    names = np.asarray(runs)
    if names.shape != (n,):
        raise BadInput(f"runs of shape {names.shape} for {n} checkpoints: give one a checkpoint")
    return np.unique(names, return_inverse=True)[1].astype(np.int64)
