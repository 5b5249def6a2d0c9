"""Two questions put to the same visits: is it *less varied*, and is it *different* at all?

A change of topic is not a collapse. Both are bets against the null that live outputs to a prompt
are further draws of what the reference's were (Shekhar & Ramdas 2023): wealth multiplies by
1 + λF, where F has mean 0 under the null; the chance that it ever reaches 1/α is at most α.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import grams, share_of_pairs
from fullmenu.kernel.sketch import sketch
from fullmenu.monitor import codec
from fullmenu.monitor.visits import Visit, gather
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.views import registry
from fullmenu.views.registry import View

SCHEMA = "fullmenu/watch-two-sample/1"
WIDTH = 512
TOGETHER = 64
"""Visits whose outputs a view reads at once."""

_SLOPE = 2 / (2 - np.log(3))


class Wealth(NamedTuple):
    """How sure each answer is: wealth, and its largest so far; sure at ≥ 1/α, such as 20."""

    changed: float
    less_varied: float
    most_changed: float
    most_less_varied: float


class MatchedOutputs(NamedTuple):
    """Live outputs, as many of the reference, and the prompt that both answer."""

    live: Sequence[str]
    before: Sequence[str]
    prompt: str | None


class SavedTwoSample(TypedDict):
    """Both bets as they are saved."""

    used: dict[str, codec.Count]
    alone: codec.Count
    log_wealth: Floats
    most: Floats
    moments: Floats
    witness: Floats
    scale: Floats
    newton: Floats
    pending: tuple[str, str] | None
    visits: codec.Count
    skipped: codec.Count
    seed: int
    views: list[str]
    reference: codec.Count


class TwoSample:
    """Bet, visit by visit, on "changed" and on "less varied".

    Parameters
    ----------
    reference
        A log from before. Each of its outputs is used once: drawing from it again and again would
        give false alarms, because what is rare in it by chance stays rare.
    views
        By name or as objects; the wealths of several are averaged.
    seed
        For the order in which the reference is used.

    Notes
    -----
    A visit is compared with as many unused outputs of the *same prompt*, so prompts may come in
    any order; a visit of one output waits for another one, and the two are compared with two
    outputs of the reference, whatever their prompts (which must then be fresh draws of one
    population). When the reference is used up, visits are counted as ``skipped`` and nothing more
    is learnt.

    ``less varied``: F = repeat rate of the live outputs − that of the reference's, in [−1, 1],
    with bets on a rise only. ``changed``: F is the agreement of this difference of mean features
    with the earlier ones (a kernel two-sample statistic, on features folded into 512 columns),
    scaled by the largest so far and bounded by tanh; bets follow the online Newton step.

    Examples
    --------
    >>> log = Samples.of({f"q{i}": [f"dish {i} {j}" for j in range(8)] for i in range(30)})
    >>> test = TwoSample(log, views=["phrasing"])
    >>> other = {f"q{i}": [f"song {i} {j}" for j in range(4)] for i in range(30)}
    >>> answer = test.update(Samples.of(other))
    >>> answer.changed > 20, answer.less_varied > 20
    (True, False)
    """

    def __init__(
        self, reference: Samples, *, views: Sequence[str | View] | None = None, seed: int = 0
    ) -> None:
        if not len(reference):
            raise NotEnoughData("the reference holds no outputs to compare with")
        names = views if views is not None else registry.defaults(reference.media)
        self.views = tuple(v if isinstance(v, View) else registry.get(v) for v in names)
        if not self.views:
            raise BadInput("no view given; use some of " + ", ".join(registry.defaults("text")))
        self.reference = reference
        self.seed = seed
        ids = reference.table.column("prompt_id").to_pylist()
        self._rows: dict[str, list[int]] = {}
        self._order = np.random.default_rng(seed).permutation(len(reference)).tolist()
        for i in self._order:
            self._rows.setdefault(ids[i], []).append(i)
        self._outputs = reference.outputs
        self._used: dict[str, int] = {}
        self._alone = 0
        self._pending: tuple[str, str] | None = None
        n = len(self.views)
        self.visits = self.skipped = 0
        self._log_wealth = np.zeros((n, 2))
        self._most = np.zeros(2)
        self._moments = np.zeros((n, 3))  # of F, less varied: n, sum, sum of squares
        self._witness = np.zeros((n, WIDTH))
        self._scale = np.zeros(n)
        self._newton = np.stack([np.zeros(n), np.ones(n)], axis=1)  # bet, sum of squared slopes

    def update(self, sample: Samples | Visit | Sequence[Visit]) -> Wealth:
        """Take what came next, and return how sure both answers are."""
        visits = [sample] if isinstance(sample, Visit) else sample
        visits = gather(visits) if isinstance(visits, Samples) else visits
        for begin in range(0, len(visits), TOGETHER):
            some = visits[begin : begin + TOGETHER]
            self.visits += len(some)
            self._compare([both for visit in some if (both := self._both(visit)) is not None])
        return self.answer

    def _compare(self, pairs: Sequence[MatchedOutputs]) -> None:
        """Bet on pairs in their order; each view reads the texts of all at once."""
        if not pairs:
            return
        texts = [text for pair in pairs for side in pair[:2] for text in side]
        prompts = [pair.prompt for pair in pairs for _ in range(2 * len(pair.live))]
        ends = np.cumsum([0, *(len(side) for pair in pairs for side in pair[:2])]).tolist()
        read = []
        for view in self.views:
            rows = view.rows(texts, prompts)
            narrow = sketch(rows, WIDTH).astype(np.float64)
            read.append(
                ([*grams(rows, ends)], narrow if narrow.shape[1] == WIDTH else _folded(narrow))
            )
        for n in range(len(pairs)):
            begin, middle, end = ends[2 * n : 2 * n + 3]
            for i, (products, narrow) in enumerate(read):
                step = narrow[begin:middle].mean(axis=0) - narrow[middle:end].mean(axis=0)
                self._bet(i, products[2 * n], products[2 * n + 1], step)
            self._most = np.maximum(self._most, self._mean())

    @property
    def answer(self) -> Wealth:
        """How sure both answers are so far."""
        now = np.exp(np.minimum(self._mean(), 700.0))
        most = np.exp(np.minimum(self._most, 700.0))
        return Wealth(float(now[0]), float(now[1]), float(most[0]), float(most[1]))

    def _mean(self) -> Floats:
        """Log of the mean wealth over views, for both questions."""
        return np.logaddexp.reduce(self._log_wealth, axis=0) - np.log(len(self.views))

    def _both(self, visit: Visit) -> MatchedOutputs | None:
        """Return what a visit is compared with; ``None``: nothing is left, or it waits."""
        k = len(visit.outputs)
        if k > 1:
            rows = self._rows.get(visit.prompt_id, [])
            used = self._used.get(visit.prompt_id, 0)
            k = min(k, len(rows) - used)
            if k < 2:
                self.skipped += 1
                return None
            self._used[visit.prompt_id] = used + k
            before = [self._outputs[i] for i in rows[used : used + k]]
            return MatchedOutputs(visit.outputs[:k], before, visit.prompt)
        if self._pending is None or self._pending[0] == visit.prompt_id:
            self._pending = (visit.prompt_id, visit.outputs[0])
            return None
        if self._alone + 2 > len(self._order):
            self.skipped += 1
            return None
        pair = self._order[self._alone : self._alone + 2]
        self._alone += 2
        live = (self._pending[1], visit.outputs[0])
        self._pending = None
        return MatchedOutputs(live, [self._outputs[i] for i in pair], None)

    def _bet(self, i: int, live: Floats, before: Floats, step: Floats) -> None:
        # Less varied: F = U live − U before; the bet is ΣF/ΣF², cut to [0, 0.9].
        f = share_of_pairs(live * live) - share_of_pairs(before * before)
        n, total, squares = self._moments[i]
        bet = min(max(total / squares, 0.0), 0.9) if squares > 0 else 0.0
        self._log_wealth[i, 1] += np.log1p(bet * f)
        self._moments[i] += (1.0, f, f * f)
        # Changed: F = tanh of ⟨mean live − mean before, Σ earlier differences⟩, scaled by the
        # largest so far (Shekhar & Ramdas 2023); online Newton: bet −= g/ΣG² · 2/(2 − log 3).
        raw = float(self._witness[i] @ step) / max(n, 1.0)
        g = float(np.tanh(raw / self._scale[i])) if self._scale[i] > 0 else 0.0
        bet, slopes = self._newton[i]
        self._log_wealth[i, 0] += np.log1p(bet * g)
        slope = -g / (1 + bet * g)
        slopes += slope * slope
        self._newton[i] = min(max(bet - _SLOPE * slope / slopes, 0.0), 0.5), slopes
        self._scale[i] = max(self._scale[i], abs(raw))
        self._witness[i] += step

    def to_bytes(self) -> bytes:
        """Return the state; the reference is not in it, and must be given again."""
        state: SavedTwoSample = {
            "used": self._used, "alone": self._alone, "log_wealth": self._log_wealth,
            "most": self._most, "moments": self._moments, "witness": self._witness,
            "scale": self._scale, "newton": self._newton, "pending": self._pending,
            "visits": self.visits, "skipped": self.skipped, "seed": self.seed,
            "views": [v.name for v in self.views], "reference": len(self.reference),
        }  # fmt: skip
        return codec.to_bytes(state, SCHEMA)

    @classmethod
    def from_bytes(
        cls, data: bytes, reference: Samples, *, views: Sequence[str | View] | None = None
    ) -> TwoSample:
        """Go on exactly where :meth:`to_bytes` stopped, with the same reference.

        Raises
        ------
        BadInput
            The bytes are foreign or cut off, or the reference or the views are others.
        """
        body = codec.from_bytes(data, SavedTwoSample, SCHEMA)
        made = cls(reference, views=body["views"] if views is None else views, seed=body["seed"])
        same = [v.name for v in made.views] == body["views"]
        if not same or len(reference) != body["reference"]:
            raise BadInput(
                f"the state is of a reference of {body['reference']} outputs seen through "
                f"{', '.join(body['views'])}; give the same ones again"
            )
        made._used, made._alone, made._pending = body["used"], body["alone"], body["pending"]
        made.visits, made.skipped = body["visits"], body["skipped"]
        made._log_wealth = codec.fitting(body["log_wealth"], made._log_wealth)
        made._most = codec.fitting(body["most"], made._most)
        made._moments = codec.fitting(body["moments"], made._moments)
        made._witness = codec.fitting(body["witness"], made._witness)
        made._scale = codec.fitting(body["scale"], made._scale)
        made._newton = codec.fitting(body["newton"], made._newton)
        return made


def _folded(x: Floats) -> Floats:
    """Fold dense columns into :data:`WIDTH`, with alternating signs by block."""
    n, d = x.shape
    padded = np.zeros((n, -(-d // WIDTH) * WIDTH))
    padded[:, :d] = x
    signs = np.where(np.arange(padded.shape[1] // WIDTH) % 2, -1.0, 1.0)
    return np.asarray(np.einsum("nbw,b->nw", padded.reshape(n, -1, WIDTH), signs))
