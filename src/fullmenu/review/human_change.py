"""What became of variety as people see it: two logs, one verdict by the rule of `compare`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate, Margins, Verdict
from fullmenu.judge.verdict import decide
from fullmenu.review.human_repeat_rate import PEOPLE, HumanRepeatRate
from fullmenu.stats.jackknife import LogQuantity, log_ratio


@dataclass(frozen=True, slots=True)
class HumanChange:
    """A change of variety as people see it.

    Parameters
    ----------
    verdict
        By the margins, for these raters and prompts like these.
    for_people
        The ratio of effective numbers, raters counting as a sample too; ``None`` with fewer than
        three who judged both logs.
    whom
        Whom the verdict speaks for: ``"people"`` only where their interval shows the same by the
        same margins, else ``"these raters"``.
    """

    verdict: Verdict
    for_people: Estimate | None
    whom: str


def judge_change(
    before: HumanRepeatRate,
    after: HumanRepeatRate,
    *,
    paired: bool = True,
    margins: Margins | None = None,
) -> HumanChange:
    """Judge how variety changed, as people see it.

    Parameters
    ----------
    before, after
        People's repeat rates; when ``paired``, on the same prompts in the same order. Those who
        judged both logs have one name in both.
    paired
        Whether the prompts are the same.
    margins
        What counts as a change.

    Raises
    ------
    BadInput
        Numbers of prompts that cannot be paired.
    NotEnoughData
        Fewer than two prompts.

    Examples
    --------
    >>> rates = (HumanRepeatRate(u, u, np.array([u, u]), np.arange(2), np.linspace(-1, 1, 30) / 3e3,
    ...          1e-5, 99.0, 120) for u in (0.2, 0.5))
    >>> judge_change(*rates).verdict.name
    'collapsed'
    """
    top, bottom = before.replicates(), after.replicates()
    if paired and top.n != bottom.n:
        raise BadInput(
            f"{top.n} prompts before and {bottom.n} after are not the same: give the same prompts "
            "in the same order, or paired=False"
        )
    margins = margins or Margins()
    verdict = decide(top, bottom, paired=paired, margins=margins)
    names, b, a = np.intersect1d(before.names, after.names, return_indices=True)
    if len(names) < PEOPLE:
        return HumanChange(verdict, None, "these raters")
    try:
        q = log_ratio(top, bottom, paired)
    except NotEnoughData:
        return HumanChange(verdict, None, "these raters")
    # log U_b/U_a: a rater moves it by r_b/U_b − r_a/U_a, which holds the sampling of both logs too
    apart = before.by_rater[b] / before.value - after.by_rater[a] / after.value
    of_raters = float(apart.var(ddof=1)) / len(names)
    of_sample = before.variance / before.value**2 + after.variance / after.value**2
    variance = max(q.se**2 + of_raters - of_sample, q.se**2, of_raters)
    df = min(len(names) - 1, q.df) if of_raters > of_sample else q.df
    level = 1 - margins.alpha
    people = LogQuantity(q.log, variance**0.5, df)
    low, high = people.interval(level)
    method = f"effective number after ÷ before, jackknife over prompts and {len(names)} raters"
    ratio = Estimate(float(np.exp(q.log)), low, high, len(names), "ratio", method, level)
    held = people.interval(margins.held_level)
    shown = {
        "collapsed": high < margins.collapsed, "narrowed": high < 1, "widened": low > 1,
        "held": margins.held_low < held[0] and held[1] < margins.held_high, "unclear": True,
    }[verdict.name]  # fmt: skip
    return HumanChange(verdict, ratio, "people" if shown else "these raters")
