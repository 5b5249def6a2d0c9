"""The baseline: how varied it was before, and how high each mean may truly have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import ALL_PAIRS, pair_sums, parts, snapped
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.monitor import codec
from fullmenu.monitor.bounds import (
    apart_spread,
    gamma_bound,
    hoeffding_bound,
    pair_doubt,
    pair_jump,
    pair_variance,
    strata_spread,
)
from fullmenu.monitor.detector import BETS
from fullmenu.monitor.ruler import (
    ACROSS,
    SIGNALS,
    TWO_SIDED,
    Ruler,
    SavedRuler,
    checked,
    places,
    signal_values,
)
from fullmenu.monitor.visits import Visit, gather, of_rows
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View

Traffic = Literal["drawn", "open", "any"]
TRAFFIC: tuple[Traffic, ...] = ("drawn", "open", "any")


class Channel(NamedTuple):
    """One detector: a stream, watched for a rise or a fall, and its weight among all."""

    stream: int
    falls: bool
    weight: float


@dataclass(frozen=True, slots=True)
class ModelBaseline:
    """What one model's baseline says of every stream.

    Parameters
    ----------
    bounds : (channels,)
        Upper bounds of the mean (of 1 − X where a fall is watched), all at once with the
        baseline's ``confidence``; 1 where nothing can be detected.
    by_prompt : (prompts, streams)
        Estimates of single prompts; NaN where there are none.
    bounds_by_prompt : (prompts, channels), optional
        Simultaneous bounds for traffic in any order.
    """

    mean: Floats
    bounds: Floats
    by_prompt: Floats
    bounds_by_prompt: Floats | None = None


class SavedBaseline(SavedRuler):
    """A baseline as it is saved, its ruler among the rest."""

    channels: tuple[Channel, ...]
    prompts: tuple[str, ...]
    weights: Floats
    levels: list[tuple[str | None, Floats, Floats, Floats, Floats | None]]
    traffic: Traffic
    confidence: float
    outputs: codec.Count


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a monitor needs to know of the time before; made by :meth:`fit`.

    Parameters
    ----------
    ruler, channels
        How visits are read, and the detectors.
    prompts, weights
        The prompts and how often each is drawn, adding up to 1.
    levels
        By model; ``None`` for a log that names none.
    traffic, confidence, outputs
        As in :meth:`fit`, and how many outputs were read.
    """

    ruler: Ruler
    channels: tuple[Channel, ...]
    prompts: tuple[str, ...]
    weights: Floats
    levels: Mapping[str | None, ModelBaseline]
    traffic: Traffic = "drawn"
    confidence: float = 0.99
    outputs: int = 0

    @classmethod
    def fit(
        cls,
        samples: Samples,
        *,
        views: Sequence[str | View] | None = None,
        encoder: Encoder | None = None,
        ruler: str = "",
        signals: Sequence[str] | None = None,
        across: bool | None = None,
        traffic: Traffic | None = None,
        weights: Mapping[str, float] | None = None,
        size: int | None = None,
        confidence: float = 0.99,
        seed: int = 0,
    ) -> Baseline:
        """Fit a baseline to a log from the time before.

        Parameters
        ----------
        samples
            Several outputs of each prompt (ten or more make the bounds tight), or one of each of
            many prompts: repeats are then watched across prompts.
        views, encoder, ruler
            As in :func:`fullmenu.compare`; views may be given as objects too.
        signals
            What is watched beside the views, by default all that the log holds of
            ``near_duplicates``, ``top_dish``, ``length``, ``caution``, ``score``.
        across
            Whether repeats are watched across prompts, between the first outputs of visits that
            follow each other; ``True``: beside those within visits. By default only where most
            visits of the log (:func:`gather`) hold one output, and then in place of them.
        traffic
            How live prompts will come. ``drawn``: each drawn independently, with fixed weights,
            from the baseline's prompts. ``open``: fresh draws of the population that the
            baseline's prompts were drawn from. ``any``: the baseline's prompts in any order;
            needs bounds for every prompt at once, which takes many outputs of each (50 or more).
            By default ``drawn``; ``open`` where repeats are watched across prompts only.
        weights
            For ``drawn``: how often each prompt is drawn; equally often by default.
        size
            Outputs of a live visit, for the share of the top dish; by default those of the
            baseline's smaller visits halved, at most 5. Smaller live visits do not show that share.
        confidence
            With this probability over baselines all bounds hold at once.
        seed
            For thinning large logs.

        Raises
        ------
        NotEnoughData
            Nothing can be watched.
        BadInput
            An argument is not among what is allowed.

        Notes
        -----
        ``drawn`` bounds rest on the outputs within the prompts (fixed strata), ``open`` ones on
        the differences between prompts. Both are approximate (a gamma bound, tested by
        simulation); those of ``any`` are exact inequalities. Prompts with fewer than three outputs
        make ``drawn`` fall back on the wider ``open`` bound.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> log = Samples.of({f"q{i}": [f"dish {d}" for d in rng.integers(0, 20, 8)]
        ...                   for i in range(30)})
        >>> b = Baseline.fit(log, views=["phrasing"], signals=[])
        >>> b.ruler.streams, bool(b.levels[None].bounds[0] > b.levels[None].mean[0])
        (('phrasing',), True)
        """
        if traffic not in (None, *TRAFFIC):
            raise BadInput(f"traffic={traffic!r}: use one of {', '.join(TRAFFIC)}")
        if not 0.5 <= confidence < 1:
            raise BadInput(f"confidence={confidence}: give one from 0.5 to below 1, such as 0.99")
        if not len(samples):
            raise NotEnoughData("the baseline holds no outputs, so there is nothing to watch for")
        chosen = _views(views, samples, encoder, ruler)
        visits = gather(samples)
        within = float(np.median([len(v.outputs) for v in visits])) > 1
        wanted = checked(SIGNALS if signals is None else signals)
        streams = _streams(
            samples, chosen, wanted, within, not within if across is None else across
        )
        made = Ruler(chosen, streams, _size(visits, size), _scales(visits, streams))
        channels = _channels(streams)
        traffic = traffic or ("drawn" if made.within or not made.across else "open")
        prompts = tuple(samples.prompt_ids)
        q = _weights(prompts, weights)
        parts = _models(samples)
        error = (1 - confidence) / len(parts)
        levels = {
            model: _level(part, made, channels, prompts, q, traffic, error, seed)
            for model, part in parts.items()
        }
        return cls(made, channels, prompts, q, levels, traffic, confidence, len(samples))

    def level(self, model: str | None) -> ModelBaseline:
        """Return what a live model is held against.

        Its own baseline; the only one there is; or, of several, the highest bounds of all.
        """
        if model in self.levels:
            return self.levels[model]
        every = list(self.levels.values())
        if len(every) == 1:
            return every[0]
        by_prompt = [x.bounds_by_prompt for x in every if x.bounds_by_prompt is not None]
        return ModelBaseline(
            np.mean([x.mean for x in every], axis=0),
            np.max([x.bounds for x in every], axis=0),
            _nanmean(np.stack([x.by_prompt for x in every])),
            np.max(by_prompt, axis=0) if by_prompt else None,
        )

    def shares(self, model: str | None) -> Floats:
        """Weight of every channel and bet in a model's statistic, (channels, bets).

        Channels in which nothing can be detected, because their bound is 1, have none.
        """
        # a channel's weight among those that can rise, equally over its bets: all add up to 1
        level = self.level(model)
        each = level.bounds[None] if level.bounds_by_prompt is None else level.bounds_by_prompt
        w = np.array([c.weight for c in self.channels]) * (each < 1).any(axis=0)
        w = w / max(float(w.sum()), 1e-300)
        return np.repeat(w[:, None] / len(BETS), len(BETS), axis=1)

    def to_dict(self) -> SavedBaseline:
        """Return what :meth:`from_dict` needs, arrays as they are."""
        return {
            **self.ruler.to_dict(),
            "channels": self.channels,
            "prompts": self.prompts,
            "weights": self.weights,
            "levels": [
                (model, x.mean, x.bounds, x.by_prompt, x.bounds_by_prompt)
                for model, x in self.levels.items()
            ],
            "traffic": self.traffic,
            "confidence": self.confidence,
            "outputs": self.outputs,
        }

    @classmethod
    def from_dict(
        cls, state: SavedBaseline, views: Sequence[View] = (), encoder: Encoder | None = None
    ) -> Baseline:
        """Make the baseline that :meth:`to_dict` described; views and encoder as they were."""
        return cls(
            Ruler.from_dict(state, views, encoder),
            state["channels"],
            state["prompts"],
            state["weights"],
            {x[0]: ModelBaseline(*x[1:]) for x in state["levels"]},
            state["traffic"],
            state["confidence"],
            state["outputs"],
        )


def _views(
    views: Sequence[str | View] | None, samples: Samples, encoder: Encoder | None, ruler: str
) -> tuple[View, ...]:
    if views is None:
        return tuple(registry.chosen(None, samples.media, encoder, ruler))
    return tuple(
        v if isinstance(v, View) else registry.chosen([v], samples.media, encoder, ruler)[0]
        for v in views
    )


def _streams(
    samples: Samples, views: Sequence[View], signals: Sequence[str], within: bool, across: bool
) -> tuple[str, ...]:
    per_prompt = np.bincount(samples.groups)
    pairs = within and bool(views)
    text = samples.media == "text"
    held = {
        "near_duplicates": pairs and text,
        "top_dish": pairs and text and int(per_prompt.max()) >= 4,
        "length": text,
        "caution": text,
        "score": len(samples.scores) > 1,
    }
    names = [view.name for view in views if within]
    if across and len(per_prompt) >= FIXED_PROMPTS:
        names += [view.name + ACROSS for view in views]
    if views and not names:
        raise NotEnoughData(
            f"a baseline of {len(samples)} outputs of {len(per_prompt)} prompts shows no repeats "
            f"to watch; give two outputs or more of a prompt, one after the other, or one of "
            f"{FIXED_PROMPTS} prompts"
        )
    names += [name for name in signals if held[name]]
    if not names:
        raise NotEnoughData("no views, and no signal that the log holds: nothing is left to watch")
    return tuple(names)


def _channels(streams: Sequence[str]) -> tuple[Channel, ...]:
    found = []
    for i, name in enumerate(streams):
        sides = (False, True) if name in TWO_SIDED else (False,)
        found += [Channel(i, falls, 1 / len(streams) / len(sides)) for falls in sides]
    return tuple(found)


def _size(visits: Sequence[Visit], size: int | None) -> int:
    if size is not None:
        if size < 2:
            raise BadInput(f"size={size}: the top dish of a visit needs two outputs or more")
        return size
    sizes = [len(v.outputs) for v in visits if len(v.outputs) > 1]
    if not sizes:
        return 2
    usual = int(np.quantile(sizes, 0.1))
    return min(max(usual // 2, 2), 5)


def _scales(visits: Sequence[Visit], streams: Sequence[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for name in TWO_SIDED:
        if name in streams:
            values = np.concatenate(signal_values(name, visits))
            low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
            spread = max(high - low, 0.05 * abs(middle), 1e-9 if name == "score" else 1.0)
            found[name] = (float(middle), float(spread))
    return found


def _weights(prompts: Sequence[str], given: Mapping[str, float] | None) -> Floats:
    if given is None:
        return np.full(len(prompts), 1 / len(prompts))
    missing = [p for p in prompts if p not in given]
    q = np.array([given.get(p, 0.0) for p in prompts], np.float64)
    if missing or set(given) - set(prompts) or not np.isfinite(q).all() or q.min() <= 0:
        odd = missing or sorted(set(given) - set(prompts)) or ["a weight that is not positive"]
        raise BadInput(
            f"weights do not fit the baseline's {len(prompts)} prompts ({odd[0]!r}); give a "
            "positive number for each prompt_id in it, and for no other"
        )
    return q / q.sum()


def _models(samples: Samples) -> dict[str | None, Samples]:
    column = samples.table.column("model").to_pylist()
    if len(set(column)) == 1:
        return {column[0]: samples}
    return {
        model: samples.take(np.array([m == model for m in column]))
        for model in dict.fromkeys(column)
    }


class _Stratum(NamedTuple):
    """A stream's estimates prompt by prompt.

    ``each``: estimates (prompts,), NaN where there is none; ``variance``: theirs, NaN where
    unknown; ``jump``: by how much one more event moves each; ``doubt`` and ``more``: what is
    open about these, as from :func:`pair_doubt`; ``n``: independent values in each.
    """

    each: Floats
    variance: Floats
    jump: Floats
    doubt: Floats
    more: Floats
    n: Floats


def _level(
    samples: Samples,
    ruler: Ruler,
    channels: Sequence[Channel],
    prompts: Sequence[str],
    q: Floats,
    traffic: Traffic,
    error: float,
    seed: int,
) -> ModelBaseline:
    index = {p: i for i, p in enumerate(prompts)}
    visits: list[Visit | None] = [None] * len(prompts)
    for v in whole(samples):
        visits[index[v.prompt_id]] = v
    strata = _strata(visits, ruler)
    mean = np.full(len(ruler.streams), np.nan)
    bounds = np.ones(len(channels))
    by_prompt = np.full((len(prompts), len(ruler.streams)), np.nan)
    any_order = np.ones((len(prompts), len(channels))) if traffic == "any" else None
    for c, (stream, falls, _) in enumerate(channels):
        name = ruler.streams[stream]
        part = error / len(channels)
        if name.endswith(ACROSS):
            view = ruler.views[[v.name + ACROSS for v in ruler.views].index(name)]
            mean[stream], variance, jump = _apart(samples, view, seed)
            bounds[c] = gamma_bound(mean[stream], variance, jump, 1 - part)
            continue
        s = strata[name]
        by_prompt[:, stream] = s.each
        mean[stream], bounds[c] = _over_prompts(s, q, falls, traffic, part)
        if any_order is not None:
            value = 1 - s.each if falls else s.each
            for p in np.flatnonzero(s.n > 0):
                any_order[p, c] = hoeffding_bound(value[p], s.n[p], 1 - part / len(prompts))
    return ModelBaseline(mean, bounds, by_prompt, any_order)


def whole(samples: Samples) -> list[Visit]:
    """Return all outputs of each prompt, the first 1,024 of more, as one visit."""
    prompts = of_rows(samples, (rows.tolist() for rows in parts(samples.groups)))
    return [replace(v, outputs=v.outputs[:ALL_PAIRS]) for v in prompts]


def _strata(visits: Sequence[Visit | None], ruler: Ruler) -> dict[str, _Stratum]:
    known = [(p, v) for p, v in enumerate(visits) if v is not None]
    found: dict[str, _Stratum] = {}
    for name in ruler.streams:
        if not name.endswith(ACROSS):
            each, variance, jump = np.full((3, len(visits)), np.nan)
            found[name] = _Stratum(each, variance, jump, *np.zeros((3, len(visits))))
    several = [(p, v) for p, v in known if len(v.outputs) > 1]
    for view in ruler.views if several else ():
        squares = ruler.pair_tables([v for _, v in several], view)
        for (p, v), tables in zip(several, squares, strict=True):
            for name, table in tables.items():
                if name == "top_dish":
                    _means(found[name], p, ruler.tops(table, places(v)))
                else:
                    _pairs(found[name], p, table, len(v.outputs))
    for name in ("length", "caution", "score"):
        if name in found:
            for (p, _), values in zip(
                known, signal_values(name, [v for _, v in known]), strict=True
            ):
                _means(found[name], p, ruler.scaled(name, values))
    return found


def _pairs(s: _Stratum, p: int, table: Floats, n: int) -> None:
    # U = Σ_{i ≠ j} k²/(n(n − 1)); n // 2 disjoint pairs are independent (Hoeffding 1963)
    same = table.sum(axis=1) - np.diag(table)
    s.each[p] = snapped(float(same.sum()) / (n * (n - 1)))
    s.n[p] = n // 2
    if n > 2:
        s.variance[p], s.jump[p] = pair_variance(same), pair_jump(same)
        s.doubt[p], s.more[p] = pair_doubt(same)


def _means(s: _Stratum, p: int, values: Floats) -> None:
    n = len(values)
    if n:
        s.each[p], s.n[p], s.jump[p] = float(values.mean()), n, 1 / n
    if n > 1:
        s.variance[p] = float(values.var(ddof=1)) / n


def _over_prompts(
    s: _Stratum, q: Floats, falls: bool, traffic: Traffic, error: float
) -> tuple[float, float]:
    """Return a stream's mean over prompts, and the bound of it (of 1 − X where a fall is meant)."""
    known = ~np.isnan(s.each)
    if not known.any():
        return np.nan, 1.0
    # Σ w x; its variance Σ w²v over fixed prompts, or Σ w²(x − mean)² P/(P − 1) over drawn ones
    w = q[known] / q[known].sum()
    each = s.each[known]
    mean = float(w @ each)
    rate = 1 - mean if falls else mean
    if traffic == "drawn" and known.all() and not np.isnan(s.variance).any():
        variance, jump = strata_spread(s.variance, s.jump, s.doubt, s.more, w)
    elif known.sum() >= 2:
        p = len(each)
        variance = float((w * w) @ (each - mean) ** 2) * p / (p - 1)
        jump = float(w.max())
    else:
        return mean, 1.0
    return mean, gamma_bound(rate, variance, jump, 1 - error)


def _apart(samples: Samples, view: View, seed: int) -> tuple[float, float, float]:
    """Mean k² between outputs of different prompts, its variance, and the jump of one output."""
    first = np.unique(samples.groups, return_index=True)[1]
    if len(first) < FIXED_PROMPTS:
        raise NotEnoughData(
            f"one output per prompt is compared across prompts: that needs {FIXED_PROMPTS} "
            f"prompts, not {len(first)}"
        )
    outputs = [samples.outputs[i] for i in first.tolist()]
    n = len(first)
    sums = pair_sums(view.rows(outputs, [None] * n), seed=seed)
    return sums.rate, *apart_spread(sums.same / sums.partners, n)


def _nanmean(x: Floats) -> Floats:
    seen = ~np.isnan(x)
    n = seen.sum(axis=0)
    return np.where(n > 0, np.where(seen, x, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)
