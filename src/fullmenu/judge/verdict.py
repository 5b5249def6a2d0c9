"""From a ratio and its interval to a word, by margins declared beforehand."""

from __future__ import annotations

import math

from fullmenu.estimate import Estimate, Margins, Verdict
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_ratio


def decide(
    before: Replicates,
    after: Replicates,
    *,
    paired: bool = True,
    margins: Margins | None = None,
    views: int = 1,
) -> Verdict:
    """Judge the change of the effective number from repeat rates before and after.

    Parameters
    ----------
    before, after
        Repeat rates with each unit left out; when ``paired``, the same prompts in the same order.
    paired
        Whether the units of both are the same prompts. Outputs are never paired: the third of one
        log has nothing to do with the third of the other.
    margins
        What counts as a change.
    views
        How many views are judged together: losses and gains are read from intervals at
        1 − alpha/views.

    Returns
    -------
    Verdict
        With the ratio r = U_before / U_after and that interval.

    Examples
    --------
    >>> import numpy as np
    >>> u = np.linspace(0.09, 0.11, 40)
    >>> def replicates(rates):
    ...     rest = (rates.sum() - rates) / (len(rates) - 1)
    ...     return Replicates(rates.mean(), rest, "prompts")
    >>> decide(replicates(u), replicates(3 * u[::-1])).name
    'collapsed'
    """
    m = margins or Margins()
    for when, side in (("before", before), ("after", after)):
        if why := side.fragile():
            return Verdict("unclear", f"{when}: {why}, so there is no honest two-sided interval")
    of_outputs = before.strata is not None or after.strata is not None
    q = log_ratio(before, after, paired and not of_outputs)
    level = 1 - m.alpha / views
    low, high = q.interval(level)
    r = math.exp(q.log)
    units = before.units if before.strata is None else f"{before.units} of these prompts only"
    ratio = Estimate(
        r, low, high, before.n, "ratio", f"effective number after ÷ before, jackknife over {units}",
        level,
    )  # fmt: skip
    held_low, held_high = q.interval(m.held_level)
    seen = f"{r:.2f} [{low:.2f}, {high:.2f}]"
    if high < m.collapsed:
        return Verdict("collapsed", f"the ratio {seen} lies below {m.collapsed:g}", ratio)
    if high < 1 and r < m.narrowed:
        reach = ""
        if before.value >= m.collapsed:
            reach = (
                f"; before, the repeat rate was already {before.value:.2f}, so the ratio could "
                f"not fall below that and `collapsed` was out of reach"
            )
        return Verdict("narrowed", f"the ratio {seen} lies below 1{reach}", ratio)
    if low > 1 and r > 1 / m.narrowed:
        return Verdict("widened", f"the ratio {seen} lies above 1", ratio)
    if m.held_low < held_low and held_high < m.held_high:
        return Verdict(
            "held",
            f"the {100 * m.held_level:g} % interval [{held_low:.2f}, {held_high:.2f}] lies inside "
            f"[{m.held_low:g}, {m.held_high:g}]",
            ratio,
        )
    needed = _needed(q, before, m, level)
    more = f"; about {needed} {before.units} would settle it" if needed else ""
    return Verdict(
        "unclear", f"the ratio {seen} fits a loss and no loss alike{more}", ratio, needed
    )


def _needed(q: LogQuantity, before: Replicates, m: Margins, level: float) -> int | None:
    """About how many units would settle an unclear ratio, were it to stay where it is."""
    lost = LogQuantity(0.0, 1.0, q.df).interval(level)[1]
    held = LogQuantity(0.0, 1.0, q.df).interval(m.held_level)[1]
    reaches = []
    if math.exp(q.log) < m.narrowed or math.exp(q.log) > 1 / m.narrowed:
        reaches.append(abs(q.log) / math.log(lost))
    room = min(math.log(m.held_high) - q.log, q.log - math.log(m.held_low))
    if room > 0:
        reaches.append(room / math.log(held))
    if not reaches:
        return None
    return math.ceil(before.n * (q.se / max(reaches)) ** 2) + 1
