"""From a ratio and its interval to a word, by margins declared beforehand."""

from __future__ import annotations

import math
from collections.abc import Callable

from fullmenu.estimate import Estimate, Margins, Verdict, VerdictName
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_ratio, ratio_interval

OTHER_PROMPTS = (
    "the two logs answer different prompts, and one has fewer than six with several outputs: it "
    "cannot be told whether the model differs or the prompts do; ask both the same prompts, or six "
    "or more each"
)


def decide(
    before: Replicates,
    after: Replicates,
    *,
    paired: bool = True,
    margins: Margins | None = None,
    tests: int = 1,
    even: tuple[Replicates, Replicates] | None = None,
    called: Callable[[int], str] = lambda unit: "",
) -> Verdict:
    """Judge the change of the effective number from repeat rates before and after.

    Where one prompt carries the rates, or leaves none when it is left out, the logarithm of the
    ratio has no honest interval. The difference of the rates has one, at equal numbers of outputs:
    a paired t test finds a loss or a gain, and the ratio's interval is Fieller's. It never shows
    that variety was held.

    Fewer than six prompts count as fixed. Where the two sides then answer different ones, a
    difference of the prompts cannot be told from one of the models: `unclear`.

    Parameters
    ----------
    before, after
        Repeat rates with each unit left out; when ``paired``, the same prompts in the same order.
    paired
        Whether the units of both are the same prompts. Outputs are never paired: the third of one
        log has nothing to do with the third of the other.
    margins
        What counts as a change.
    tests
        How many decisions are made together: losses and gains are read from intervals at
        1 − alpha/tests.
    even
        The same at equal numbers of outputs of each prompt; ``None`` where they are equal. A rate
        near 0 on fewer outputs would else seem surely lower than it is.
    called
        What a prompt is called; empty where it has no name.

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
    if not paired and (before.strata is not None or after.strata is not None):
        return Verdict("unclear", OTHER_PROMPTS)
    m = margins or Margins()
    level = 1 - m.alpha / tests
    paired = paired and before.strata is None and after.strata is None
    carried = _carried(before, after, called)
    if carried:
        return _by_difference(*(even or (before, after)), paired, m, level, carried)
    q = log_ratio(before, after, paired)
    r, (low, high) = math.exp(q.log), q.interval(level)
    ratio = _ratio(r, low, high, before, "jackknife", level)
    held_low, held_high = q.interval(m.held_level)
    word = _changed(r, low, high, m)
    if word:
        return Verdict(word, _told(word, ratio, m) + _reach(word, before, m), ratio)
    if before.value >= m.held_low:
        return Verdict(
            "unclear",
            f"mostly alike already (repeat rate {before.value:.2f} before), so a loss could not "
            "show",
            ratio,
            no_room=True,
        )
    if m.held_low < held_low and held_high < m.held_high:
        return Verdict(
            "held",
            f"the {100 * m.held_level:g} % interval [{held_low:.2f}, {held_high:.2f}] lies inside "
            f"[{m.held_low:g}, {m.held_high:g}]",
            ratio,
        )
    needed = _needed(q, before, m, level)
    more = f"; about {needed} {before.units} would settle it" if needed else ""
    seen = f"{r:.2f} [{low:.2f}, {high:.2f}]"
    return Verdict(
        "unclear", f"the ratio {seen} fits a loss and no loss alike{more}", ratio, needed
    )


def _carried(before: Replicates, after: Replicates, called: Callable[[int], str]) -> str:
    """Say which side rests on one unit, and on which; nothing where none does."""
    for when, side in (("before", before), ("after", after)):
        why = side.fragile()
        if why:
            name = called(side.largest) if side.value > 0 and side.strata is None else ""
            return f"{when}, {why} ({name})" if name else f"{when}, {why}"
    return ""


def _by_difference(
    before: Replicates, after: Replicates, paired: bool, m: Margins, level: float, carried: str
) -> Verdict:
    """Judge by the difference of the rates, where one unit carries them."""
    if not before.value and not after.value:
        return Verdict("unclear", f"{carried}, and nothing repeats after either")
    low, high = ratio_interval(before, after, paired, level)
    r = before.value / after.value if after.value else math.inf
    top = math.inf if high is None else high
    word = _changed(r, low, top, m)
    if word == "collapsed" and not _without_the_largest(before, after, paired) < m.collapsed:
        word = "narrowed"
    ratio = None
    if after.value:
        ratio = _ratio(r, low, high, before, "Fieller, jackknife", level)
    seen = f"{r:.2f} [{low:.2f}, {'…' if high is None else f'{high:.2f}'}]"
    if not word:
        return Verdict(
            "unclear",
            f"{carried}; judged by the difference of the rates, the ratio {seen} fits "
            "a loss and no loss alike",
        )
    return Verdict(
        word,
        f"{_told(word, ratio, m) if ratio else 'nothing repeats after'} ({carried}, so that "
        "the difference of the rates was tested)",
        ratio,
    )


def _without_the_largest(before: Replicates, after: Replicates, paired: bool) -> float:
    """Return the ratio of the rates without the unit that holds most of them."""
    if paired:
        k = int((before.without + after.without).argmin())
        top, bottom = before.without[k], after.without[k]
    else:
        top, bottom = before.without.min(), after.without.min()
    return float(top / bottom) if bottom else math.inf


def _changed(r: float, low: float, high: float, m: Margins) -> VerdictName | None:
    """Return the word for a ratio that surely changed."""
    if high < m.collapsed:
        return "collapsed"
    if high < 1 and r < m.narrowed:
        return "narrowed"
    return "widened" if low > 1 and r > 1 / m.narrowed else None


def _told(word: VerdictName, ratio: Estimate, m: Margins) -> str:
    low, high = ("…" if x is None else f"{x:.2f}" for x in (ratio.low, ratio.high))
    margin = {"collapsed": f"below {m.collapsed:g}", "narrowed": "below 1", "widened": "above 1"}
    return f"the ratio {ratio.value:.2f} [{low}, {high}] lies {margin[word]}"


def _reach(word: VerdictName, before: Replicates, m: Margins) -> str:
    if word != "narrowed" or before.value < m.collapsed:
        return ""
    return (
        f"; before, the repeat rate was already {before.value:.2f}, so the ratio could not fall "
        "below that and `collapsed` was out of reach"
    )


def _ratio(
    r: float, low: float, high: float | None, before: Replicates, how: str, level: float
) -> Estimate:
    units = f"{before.units} of these prompts only" if before.strata is not None else before.units
    method = f"effective number after ÷ before, {how} over {units}"
    return Estimate(r, low, high, before.n, "ratio", method, level)


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
