"""Planning: how many visits until a loss of this kind would be seen?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Margins
from fullmenu.kernel.likeness import grams, share_of_pairs
from fullmenu.monitor import detector
from fullmenu.monitor.baseline import Baseline, whole
from fullmenu.monitor.common_answers import NEAR
from fullmenu.monitor.ruler import ACROSS, NEAR_ACROSS, places, signal_values
from fullmenu.monitor.visits import of_rows
from fullmenu.report.watch.document import Expected
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats, Ints

WARM = 100
"""Visits without a change before the change, in every simulated watch."""

OUTPUTS = 1_000
"""Outputs that single ones are drawn from; of more, taken evenly."""

LOSSES = ("halving", "a fifth lost", "takeover")


def plan(
    samples: Samples,
    baseline: Baseline,
    *,
    size: int = 5,
    run_length: float = 1000.0,
    model: str | None = None,
    runs: int = 400,
    horizon: int = 2000,
    seed: int = 0,
) -> list[Expected]:
    """Predict after how many visits a loss would raise an alarm.

    Visits are drawn from the baseline's own outputs, with outputs replaced by another output of the
    same prompt (its own dish), and watched by the baseline's own detectors; the change comes after
    100 visits without one.

    There is one for each of :data:`LOSSES`; a halving that needs a repeat rate above 1 is left
    out.

    Parameters
    ----------
    samples, baseline
        The log from before, and what was fitted to it.
    size
        Outputs of a live visit.
    run_length
        A, as for the monitor.
    model
        Which model's baseline, where the log holds several.
    runs, horizon
        Simulated watches, and the visits of each after the change.
    seed
        For the simulation.

    Raises
    ------
    NotEnoughData
        No prompt has more than ``size`` outputs, where repeats are watched within visits.
    BadInput
        ``size`` is below two.

    Notes
    -----
    Where repeats are watched across prompts only, a visit is one output, and the loss is one answer
    that is given to different prompts.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> words = [f"{a}{b}" for a in "bcdfgh" for b in ("ara", "elo", "imu", "osk", "uty")]
    >>> log = Samples.of({f"q{i}": rng.choice(words, 12).tolist() for i in range(40)})
    >>> b = Baseline.fit(log, views=["phrasing"], signals=[])
    >>> [x.loss for x in plan(log, b, runs=50, horizon=200)]
    ['halving', 'a fifth lost', 'takeover']
    """
    if size < 2:
        raise BadInput(f"size={size}: visits of fewer than two outputs show no repeats")
    log = samples if model is None else samples.of_model(model)
    rng = np.random.default_rng(seed)
    ruler = baseline.ruler
    draw = _drawer(log, baseline, size) if ruler.within else _drawer_across(log, baseline)
    level = baseline.level(model)
    main = ruler.streams.index(ruler.views[0].name + ("" if ruler.within else ACROSS))
    before = float(level.mean[main])
    calm = _pool(draw, rng, 0.0)
    found = []
    margins = Margins()
    aims = (before / margins.collapsed, before / margins.held_low, None)
    # Replacing a share p by one of the prompt's own dishes brings U to U + p²(1 − U).
    for loss, aim in zip(LOSSES, aims, strict=True):
        if aim is not None and (aim >= 1 or before <= 0):
            continue
        p = 0.3 if aim is None else float(np.sqrt((aim - before) / (1 - before)))
        worse = _pool(draw, rng, p)
        ends = _delays(baseline, model, calm, worse, run_length, runs, horizon, rng)
        low, median, high = (_finite(np.quantile(ends, q), horizon) for q in (0.1, 0.5, 0.9))
        after = before + p * p * (1 - before)
        found.append(Expected(loss, p, before, after, median, low, high, horizon))
    return found


def _finite(x: float, horizon: int) -> int | None:
    return None if x > horizon else round(x)


Draw = Callable[[np.random.Generator, float], tuple[int, Floats]]
"""Draws one visit of which a share is replaced: its prompt, -1 where that does not matter, and what
it shows."""


def _drawer(log: Samples, b: Baseline, size: int) -> Draw:
    """Return what draws one visit and reads it, from pair tables made once."""
    place = {p: i for i, p in enumerate(b.prompts)}
    visits = [v for v in whole(log) if len(v.outputs) > size]
    if not visits or not b.ruler.within:
        most = max((len(v.outputs) for v in whole(log)), default=0)
        raise NotEnoughData(
            f"planning for visits of {size} outputs draws from prompts with more than that, and "
            f"the baseline's have at most {most}; give more, or a smaller size"
        )
    tables: list[dict[str, Floats]] = [{} for _ in visits]
    for view in b.ruler.views:
        for mine, found in zip(tables, b.ruler.pair_tables(visits, view), strict=True):
            mine.update(found)
    stands = [places(v) for v in visits]
    values: dict[str, Sequence[Floats]] = {
        name: [b.ruler.scaled(name, x) for x in signal_values(name, visits)]
        for name in ("length", "caution", "score")
        if name in b.ruler.streams
    }
    weights = np.array([b.weights[place[v.prompt_id]] for v in visits])
    edges = np.cumsum(weights / weights.sum())

    def draw(rng: np.random.Generator, replaced: float) -> tuple[int, Floats]:
        v = min(int(np.searchsorted(edges, rng.random())), len(visits) - 1)
        chosen = rng.permutation(len(visits[v].outputs))[: size + 1]
        at = np.where(rng.random(size) < replaced, chosen[-1], chosen[:-1])
        x = np.full(len(b.ruler.streams), np.nan)
        for i, name in enumerate(b.ruler.streams):
            if name in tables[v]:
                part = tables[v][name][np.ix_(at, at)]
                if name != "top_dish":
                    x[i] = share_of_pairs(part)
                elif size >= b.ruler.size:
                    x[i] = b.ruler.tops(part, stands[v][at])[0]
            elif name in values and len(values[name][v]) == len(visits[v].outputs):
                x[i] = values[name][v][at].mean()
        return place[visits[v].prompt_id], x

    return draw


def _drawer_across(log: Samples, b: Baseline) -> Draw:
    """The same where a visit is one output, which is held against that of another prompt."""
    first = np.unique(log.groups, return_index=True)[1]
    first = first[np.linspace(0, len(first) - 1, min(len(first), OUTPUTS)).astype(int)]
    n = len(first)
    texts = [log.outputs[i] for i in first.tolist()]
    k = {v.name: next(grams(v.rows(texts, [None] * n), [0, n])) for v in b.ruler.views}
    tables = {name + ACROSS: x * x for name, x in k.items()}
    tables[NEAR_ACROSS] = (k[b.ruler.views[0].name] >= NEAR).astype(np.float64)
    visits = of_rows(log, ([i] for i in first.tolist()))
    values = {
        name: [b.ruler.scaled(name, x) for x in signal_values(name, visits)]
        for name in ("length", "caution", "score")
        if name in b.ruler.streams
    }

    def draw(rng: np.random.Generator, replaced: float) -> tuple[int, Floats]:
        i, j, answer = rng.permutation(n)[:3].tolist()
        i, j = (answer if rng.random() < replaced else x for x in (i, j))
        pair = rng.random() < 0.5  # every other visit completes a pair
        x = np.full(len(b.ruler.streams), np.nan)
        for s, name in enumerate(b.ruler.streams):
            if name in tables and pair:
                x[s] = 1.0 if i == j else tables[name][i, j]
            elif name in values and len(values[name][i]):
                x[s] = values[name][i][0]
        return -1, x

    return draw


def _pool(
    draw: Draw, rng: np.random.Generator, replaced: float, n: int = 3000
) -> tuple[Ints, Floats]:
    drawn = [draw(rng, replaced) for _ in range(n)]
    return np.array([prompt for prompt, _ in drawn]), np.stack([x for _, x in drawn])


def _delays(
    b: Baseline,
    model: str | None,
    calm: tuple[Ints, Floats],
    worse: tuple[Ints, Floats],
    run_length: float,
    runs: int,
    horizon: int,
    rng: np.random.Generator,
) -> Floats:
    """Visits from the change to the alarm in simulated watches; one past the horizon if none."""
    level = b.level(model)
    weights = b.shares(model)
    streams = np.array([c.stream for c in b.channels])
    falls = np.array([c.falls for c in b.channels])
    bets = detector.bets(run_length)
    means = b.prompt_means(model, bets)
    wealth = np.stack([detector.start(len(streams))] * runs)
    ends = np.full(runs, horizon + 1.0)
    for t in range(-WARM, horizon):
        prompts, pool = calm if t < 0 else worse
        drawn = rng.integers(0, len(pool), runs)
        x = pool[drawn][:, streams]
        x = np.where(falls, 1 - x, x)
        if means is None:
            grown = detector.growth(x, level.bounds, bets)
        else:
            grown = detector.growth_of_prompts(x, level.bounds, means[prompts[drawn]], bets)
        wealth = detector.step(wealth, grown)
        total = (np.exp(np.minimum(wealth, 700.0)) * weights).sum(axis=(1, 2))
        hit = total >= run_length
        if t < 0:
            wealth[hit] = -np.inf  # a false alarm: it begins anew
            continue
        ends[hit & (ends > horizon)] = t + 1
        if (ends <= horizon).mean() > 0.95:
            break
    return ends
