"""The baseline: how varied it was before, and how high each mean may truly have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import ALL_PAIRS, grams, pair_sums, parts, snapped
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.monitor import codec, detector
from fullmenu.monitor.bounds import (
    apart_spread,
    gamma_bound,
    hoeffding_bound,
    pair_doubt,
    pair_jump,
    pair_variance,
    strata_spread,
)
from fullmenu.monitor.common_answers import NEAR, usual_share
from fullmenu.monitor.detector import BETS
from fullmenu.monitor.prompt_drift import PromptKind, kind_of
from fullmenu.monitor.ruler import (
    ACROSS,
    NEAR_ACROSS,
    SIGNALS,
    TWO_SIDED,
    Ruler,
    SavedRuler,
    checked,
    places,
    signal_values,
)
from fullmenu.monitor.visits import Visit, gather, of_rows, visit_of_rows
from fullmenu.report.watch.document import Draws
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View

Traffic = Literal["drawn", "open", "any"]
TRAFFIC: tuple[Traffic, ...] = ("drawn", "open", "any")

NEAR_OUTPUTS = 2_048
"""First outputs of prompts that are searched for near-duplicates; of more, taken evenly."""

DOUBTED = 1.0
"""Standard errors above which outputs of a visit are held to depend on each other: few, because a
wrong "independent" costs false alarms, and a wrong "dependent" only a wider bound."""


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
    expected : (prompts, streams), optional
        What each prompt is held against where prompts are drawn: its estimate, drawn towards the
        mean as far as the estimates' own errors explain their differences.
    dependent : (streams,), optional
        Whether outputs of one visit are more alike than those of several (or their numbers are);
        the stream is then read off single visits. ``None`` where that cannot be told.
    """

    mean: Floats
    bounds: Floats
    by_prompt: Floats
    bounds_by_prompt: Floats | None = None
    expected: Floats | None = None
    dependent: tuple[bool | None, ...] = ()


class SavedBaseline(SavedRuler):
    """A baseline as it is saved, its ruler among the rest."""

    channels: tuple[Channel, ...]
    prompts: tuple[str, ...]
    weights: Floats
    levels: list[
        tuple[
            str | None,
            Floats,
            Floats,
            Floats,
            Floats | None,
            Floats | None,
            tuple[bool | None, ...],
        ]
    ]
    traffic: Traffic
    confidence: float
    outputs: codec.Count
    usual_share: float
    kind: PromptKind | None


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
    usual_share
        The share of the answer that most prompts were given.
    kind
        For ``open``: what the prompts are like, where their texts are known.
    """

    ruler: Ruler
    channels: tuple[Channel, ...]
    prompts: tuple[str, ...]
    weights: Floats
    levels: Mapping[str | None, ModelBaseline]
    traffic: Traffic = "drawn"
    confidence: float = 0.99
    outputs: int = 0
    usual_share: float = 1.0
    kind: PromptKind | None = None

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

        ``drawn`` bounds rest on the outputs within the prompts (fixed strata), ``open`` ones on
        the differences between prompts. Both are approximate (a gamma bound, tested by
        simulation); those of ``any`` are exact inequalities. Prompts with fewer than three outputs
        make ``drawn`` fall back on the wider ``open`` bound.

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
        text = samples.media == "text"
        usual = usual_share(visits, chosen) if text else 1.0
        kind = (
            kind_of(samples.prompts, chosen[0]) if traffic == "open" and text and chosen else None
        )
        return cls(
            made, channels, prompts, q, levels, traffic, confidence, len(samples), usual, kind
        )

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
        expected = [x.expected for x in every if x.expected is not None]
        return ModelBaseline(
            np.mean([x.mean for x in every], axis=0),
            np.max([x.bounds for x in every], axis=0),
            _nanmean(np.stack([x.by_prompt for x in every])),
            np.max(by_prompt, axis=0) if by_prompt else None,
            np.mean(expected, axis=0) if expected else None,
        )

    @property
    def draws(self) -> Draws:
        """Whether its outputs of one visit are independent draws, as far as it can tell."""
        told = [x for level in self.levels.values() for x in level.dependent]
        if True in told:
            return "dependent"
        return "independent" if False in told else "untested"

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

    def prompt_means(self, model: str | None, bets: Floats) -> Floats | None:
        """Return what each bet holds a prompt against, (prompts + 1, channels, bets).

        The last row is for prompts that the baseline does not hold. ``None`` where prompts are not
        drawn from it, and all are held against the same.
        """
        level = self.level(model)
        if level.expected is None:
            return None
        expected = level.expected[:, [c.stream for c in self.channels]]
        expected = np.where([c.falls for c in self.channels], 1 - expected, expected)
        means = detector.prompt_means(level.bounds, expected, self.weights, bets)
        unknown = np.broadcast_to(level.bounds[None, :, None], (1, *means.shape[1:]))
        return np.concatenate([means, unknown])

    def to_dict(self) -> SavedBaseline:
        """Return what :meth:`from_dict` needs, arrays as they are."""
        return {
            **self.ruler.to_dict(),
            "channels": self.channels,
            "prompts": self.prompts,
            "weights": self.weights,
            "levels": [
                (model, x.mean, x.bounds, x.by_prompt, x.bounds_by_prompt, x.expected, x.dependent)
                for model, x in self.levels.items()
            ],
            "traffic": self.traffic,
            "confidence": self.confidence,
            "outputs": self.outputs,
            "usual_share": self.usual_share,
            "kind": self.kind,
        }

    @classmethod
    def from_dict(
        cls, state: SavedBaseline, views: Sequence[View] = (), encoder: Encoder | None = None
    ) -> Baseline:
        """Make the baseline that :meth:`to_dict` described; views and encoder as they were."""
        ruler = Ruler.from_dict(state, views, encoder)
        _check(state, ruler)
        return cls(
            ruler,
            state["channels"],
            state["prompts"],
            state["weights"],
            {x[0]: ModelBaseline(*x[1:]) for x in state["levels"]},
            state["traffic"],
            state["confidence"],
            state["outputs"],
            state["usual_share"],
            state["kind"],
        )


def _check(state: SavedBaseline, ruler: Ruler) -> None:
    """Refuse a state whose parts do not fit each other."""
    prompts, streams, channels = (
        len(state["prompts"]), len(ruler.streams), len(state["channels"])
    )  # fmt: skip
    known = {*SIGNALS, NEAR_ACROSS, *(v.name + end for v in ruler.views for end in ("", ACROSS))}
    shapes = ((streams,), (channels,), (prompts, streams), (prompts, channels), (prompts, streams))
    fits = (
        prompts and known >= {*ruler.streams}
        and all(0 <= c.stream < streams for c in state["channels"])
        and state["weights"].shape == (prompts,)
        and all(
            array is None or array.shape == shape
            for level in state["levels"]
            for array, shape in zip(level[1:6], shapes, strict=True)
        )
        and {*ruler.streams} & {*TWO_SIDED} <= {*ruler.scales}
    )  # fmt: skip
    if not fits or not state["levels"]:
        raise BadInput("its baseline's parts do not fit each other")


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
        names += [NEAR_ACROSS] if "near_duplicates" in signals and views and text else []
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
    open about these, as from :func:`pair_doubt`; ``n``: independent values in each. ``excess``: by
    how much outputs of one visit are more alike than those of several, or their means more unlike;
    NaN where that cannot be told.
    """

    each: Floats
    variance: Floats
    jump: Floats
    doubt: Floats
    more: Floats
    n: Floats
    excess: Floats

    @classmethod
    def empty(cls, prompts: int) -> _Stratum:
        """Nothing is known."""
        unknown, none = np.full((4, prompts), np.nan), np.zeros((3, prompts))
        return cls(unknown[0], unknown[1], unknown[2], none[0], none[1], none[2], unknown[3])

    def put(self, p: int, *values: float) -> None:
        """Note a prompt's: estimate, variance, jump, doubt, more, n, excess."""
        for column, value in zip(self, values, strict=True):
            column[p] = value

    @property
    def dependent(self) -> bool | None:
        """Whether the excess lies more than :data:`DOUBTED` standard errors above 0."""
        d = self.excess[~np.isnan(self.excess)]
        if not len(d):
            return None
        if len(d) < 2:
            return bool((d > 0).any())
        return bool(d.mean() > DOUBTED * d.std(ddof=1) / np.sqrt(len(d)) + 1e-12)


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
    strata = _strata(samples, ruler, prompts)
    mean = np.full(len(ruler.streams), np.nan)
    bounds = np.ones(len(channels))
    by_prompt = np.full((len(prompts), len(ruler.streams)), np.nan)
    expected = np.zeros_like(by_prompt)
    any_order = np.ones((len(prompts), len(channels))) if traffic == "any" else None
    for c, (stream, falls, _) in enumerate(channels):
        name = ruler.streams[stream]
        part = error / len(channels)
        if name.endswith(ACROSS):
            mean[stream], variance, jump = _apart(samples, ruler.views, name, seed)
            bounds[c] = gamma_bound(mean[stream], variance, jump, 1 - part)
            continue
        s = strata[name]
        by_prompt[:, stream] = s.each
        expected[:, stream] = _expected(s, q)
        mean[stream], bounds[c] = _over_prompts(s, q, falls, traffic, part)
        if any_order is not None:
            value = 1 - s.each if falls else s.each
            for p in np.flatnonzero(s.n > 0):
                any_order[p, c] = hoeffding_bound(value[p], s.n[p], 1 - part / len(prompts))
    dependent = tuple(strata[name].dependent if name in strata else None for name in ruler.streams)
    drawn = expected if traffic == "drawn" else None
    return ModelBaseline(mean, bounds, by_prompt, any_order, drawn, dependent)


def whole(samples: Samples) -> list[Visit]:
    """Return all outputs of each prompt, the first 1,024 of more, as one visit."""
    prompts = of_rows(samples, (rows.tolist() for rows in parts(samples.groups)))
    return [replace(v, outputs=v.outputs[:ALL_PAIRS]) for v in prompts]


def _strata(samples: Samples, ruler: Ruler, prompts: Sequence[str]) -> dict[str, _Stratum]:
    """Read every prompt of the baseline, all streams.

    Both ways: with all its outputs as independent draws, and visit by visit. A stream whose
    outputs show more likeness within visits than between them is read the second way.
    """
    index = {p: i for i, p in enumerate(prompts)}
    number = visit_of_rows(samples)
    visit_of = [number[rows][:ALL_PAIRS] for rows in parts(samples.groups)]
    known = [(index[v.prompt_id], v, of) for v, of in zip(whole(samples), visit_of, strict=True)]
    names = [name for name in ruler.streams if not name.endswith(ACROSS)]
    pooled = {name: _Stratum.empty(len(prompts)) for name in names}
    by_visit = {name: _Stratum.empty(len(prompts)) for name in names}

    def put(name: str, p: int, both: tuple[Sequence[float], Sequence[float]]) -> None:
        pooled[name].put(p, *both[0])
        by_visit[name].put(p, *both[1])

    several = [x for x in known if len(x[1].outputs) > 1]
    for view in ruler.views if several else ():
        squares = ruler.pair_tables([v for _, v, _ in several], view)
        for (p, v, of), tables in zip(several, squares, strict=True):
            for name, table in tables.items():
                if name == "top_dish":
                    put(name, p, _means(*_tops(ruler, table, places(v), of)))
                else:
                    put(name, p, _pairs(table, of))
    for name in ("length", "caution", "score"):
        if name in pooled:
            each = signal_values(name, [v for _, v, _ in known])
            for (p, v, of), values in zip(known, each, strict=True):
                # some outputs of a prompt have no score: whose visit a score is of is not known
                of = of if len(values) == len(v.outputs) else np.zeros(len(values), np.int64)
                put(name, p, _means(ruler.scaled(name, values), of))
    return {name: by_visit[name] if s.dependent else s for name, s in pooled.items()}


def _tops(ruler: Ruler, k: Floats, place: Ints, visit_of: Ints) -> tuple[Floats, Ints]:
    """Shares of the top dish in blocks of single visits, and the visit of each."""
    tops, of = [], []
    for visit in dict.fromkeys(visit_of.tolist()):
        rows = np.flatnonzero(visit_of == visit)
        found = ruler.tops(k[np.ix_(rows, rows)], place[rows])
        tops.append(found)
        of += [visit] * len(found)
    return np.concatenate(tops), np.array(of, np.int64)


Both = tuple[Sequence[float], Sequence[float]]
"""A prompt's numbers for a :class:`_Stratum`: of its outputs together, and of its visits."""


def _pairs(table: Floats, visit_of: Ints) -> Both:
    # U = Σ_{i ≠ j} k²/(n(n − 1)); n // 2 disjoint pairs are independent (Hoeffding 1963)
    n = len(table)
    same = table.sum(axis=1) - np.diag(table)
    rate = snapped(float(same.sum()) / (n * (n - 1)))
    variance, jump, doubt, more = np.nan, np.nan, 0.0, 0.0
    if n > 2:
        variance, jump = float(pair_variance(same)), float(pair_jump(same))
        doubt, more = (float(x) for x in pair_doubt(same))
    # of visit v: Σ_{i ≠ j in v} k²/(m(m − 1)); between visits: what is left of both sums
    visits = [np.flatnonzero(visit_of == v) for v in dict.fromkeys(visit_of.tolist())]
    sums = np.array([table[np.ix_(v, v)].sum() - np.diag(table)[v].sum() for v in visits])
    pairs = np.array([len(v) * (len(v) - 1) for v in visits])
    rates = sums[pairs > 0] / pairs[pairs > 0]
    between = n * (n - 1) - pairs.sum()
    excess = np.nan
    if len(rates) and between:
        excess = float(rates.mean() - (same.sum() - sums.sum()) / between)
    together = (rate, variance, jump, doubt, more, n // 2, excess)
    if not len(rates):
        return together, together
    return together, (*_of_visits(rates), excess)


def _means(values: Floats, visit_of: Ints) -> Both:
    n = len(values)
    if not n:
        nothing = (np.nan, np.nan, np.nan, 0.0, 0.0, 0, np.nan)
        return nothing, nothing
    variance = float(values.var(ddof=1)) / n if n > 1 else np.nan
    _, place, sizes = np.unique(visit_of, return_inverse=True, return_counts=True)
    means = np.bincount(place, values) / sizes
    # were outputs independent, means of visits would vary by σ²/m each
    excess = np.nan
    if 1 < len(means) < n:
        excess = float(means.var(ddof=1) - variance * n * (1 / sizes).mean())
    together = (float(values.mean()), variance, 1 / n, 0.0, 0.0, n, excess)
    return together, (*_of_visits(means), excess)


def _of_visits(means: Floats) -> tuple[float, float, float, float, float, int]:
    """Estimate, variance, jump, doubt, more, n with visits as the independent values."""
    # A few visits may carry the mean: Σu/max u of them, with a doubt as of such a count
    n, most = len(means), float(means.max())
    variance = float(means.var(ddof=1)) / n if n > 1 else np.nan
    events = float(means.sum()) / most if most > 0 else 1.0
    doubt = 3 * ((1 + 1 / np.sqrt(events + 1)) ** 2 - 1)
    return float(means.mean()), variance, 1 / n, doubt, 0.0, n


def _expected(s: _Stratum, q: Floats) -> Floats:
    """What each prompt is expected to show: its estimate, drawn towards the mean of all."""
    known = ~np.isnan(s.each)
    if not known.any():
        return np.zeros(len(s.each))
    # gₚ = m + (1 − mean v/var x)(xₚ − m): empirical Bayes with one variance (Efron & Morris 1975)
    mean = float(q[known] @ s.each[known] / q[known].sum())
    own = s.variance[known]
    spread = float(s.each[known].var(ddof=1)) if known.sum() > 1 else 0.0
    kept = 0.0
    if spread > 0 and not np.isnan(own).any():
        kept = max(0.0, 1 - float(own.mean()) / spread)
    return np.where(known, mean + kept * (np.nan_to_num(s.each) - mean), mean)


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


def _apart(
    samples: Samples, views: Sequence[View], stream: str, seed: int
) -> tuple[float, float, float]:
    """Mean over pairs of different prompts' first outputs, its variance, and one output's jump."""
    first = np.unique(samples.groups, return_index=True)[1]
    n = len(first)
    if n < FIXED_PROMPTS:
        raise NotEnoughData(
            f"one output per prompt is compared across prompts: that needs {FIXED_PROMPTS} "
            f"prompts, not {n}"
        )
    if stream == NEAR_ACROSS:
        first = first[np.linspace(0, n - 1, min(n, NEAR_OUTPUTS)).astype(int)]
        n = len(first)
    outputs = [samples.outputs[i] for i in first.tolist()]
    view = views[0]
    if stream != NEAR_ACROSS:
        view = next(v for v in views if v.name + ACROSS == stream)
    rows = view.rows(outputs, [None] * n)
    if stream == NEAR_ACROSS:
        near = next(grams(rows, [0, n])) >= NEAR
        rates = (near.sum(axis=1) - 1) / (n - 1)
        return float(rates.mean()), *apart_spread(rates, n)
    sums = pair_sums(rows, seed=seed)
    return sums.rate, *apart_spread(sums.same / sums.partners, n)


def _nanmean(x: Floats) -> Floats:
    seen = ~np.isnan(x)
    n = seen.sum(axis=0)
    return np.where(n > 0, np.where(seen, x, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)
