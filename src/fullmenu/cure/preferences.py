"""Preference pairs that teach variety: the rarest of the good over the commonest of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fullmenu.cure.collection import Seen, qualities, see
from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards.cluster_frequency import surprise
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.kernel.likeness import within_pairs
from fullmenu.kernel.rows import Floats
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder

RARITIES = ("own_share", "cluster_frequency", "logprob")


@dataclass(frozen=True, slots=True)
class Pair:
    """One prompt's pair: rows of the log, and their texts."""

    prompt_id: str
    prompt: str | None
    chosen_row: int
    rejected_row: int
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """A pair for each prompt that has one, in the order of the log; of the others, why not."""

    pairs: list[Pair]
    without: dict[str, str]

    def to_dicts(self) -> list[dict[str, str]]:
        """Return ``{"prompt", "chosen", "rejected"}`` for each: what DPO trainers read."""
        return [
            {"prompt": p.prompt or "", "chosen": p.chosen, "rejected": p.rejected}
            for p in self.pairs
        ]


@documented
def preference_pair(
    quality: Sequence[float], rarity: Sequence[float], threshold: float
) -> tuple[int, int]:
    """Choose the rarest of the outputs at or above a threshold, reject the commonest below it.

    Of equally rare ones the better is chosen, of equally common ones the worse rejected; then
    the first.

    DivPO (Lanchantin et al. 2025, arXiv:2501.18101).

    Parameters
    ----------
    quality, rarity : (n,)
        Of the outputs of one prompt; larger is better, and rarer.
    threshold
        What is good enough.

    Raises
    ------
    NotEnoughData
        All are good enough, or none is.
    BadInput
        Not one finite number for each output.

    Examples
    --------
    >>> preference_pair([0.9, 0.8, 0.2, 0.1], [0.1, 0.7, 0.9, 0.3], threshold=0.5)
    (1, 3)
    """
    q, r = np.asarray(quality, np.float64), np.asarray(rarity, np.float64)
    if q.shape != r.shape or q.ndim != 1 or not (np.isfinite(q).all() and np.isfinite(r).all()):
        raise BadInput(
            f"quality of shape {q.shape} and rarity of shape {r.shape}: give one finite number "
            "of each for each output"
        )
    good = q >= threshold
    if not good.any() or good.all():
        raise NotEnoughData(
            f"{'all' if len(q) and good.all() else 'none'} of {len(q)} outputs are at or above "
            f"{threshold:.4g}: a pair needs one on each side; sample more, or move the threshold"
        )
    rank = r.round(12)
    top, rest = np.flatnonzero(good), np.flatnonzero(~good)
    chosen = min(top.tolist(), key=lambda i: (-rank[i], -q[i], i))
    rejected = min(rest.tolist(), key=lambda i: (rank[i], q[i], i))
    return chosen, rejected


@documented
def preference_pairs(
    samples: Samples,
    *,
    quality: Sequence[float] | str = "score",
    rarity: Sequence[float] | str = "own_share",
    threshold: float | None = None,
    good: float = 0.5,
    view: str | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
) -> Pairs:
    """Make one DivPO preference pair of every prompt's outputs.

    A prompt without a pair is named, with the reason.

    Lanchantin et al. 2025, arXiv:2501.18101. Rarity is relative to the prompt's outputs in the
    log: sample 16 or more of each. ``logprob`` takes long outputs for rare: compare like lengths.

    Parameters
    ----------
    samples
        …, with several outputs of each prompt.
    quality
        ``"score"``: the log's own; or one number for each output.
    rarity
        ``own_share``: one minus the mean k² with the prompt's other outputs;
        ``cluster_frequency``: minus the log of the share of the prompt's outputs of its dish;
        ``logprob``: minus the log-probability, the sum over the tokens that the log holds; or one
        number for each output, larger for rarer.
    threshold
        What is good enough in every prompt, at least.
    good
        Without a threshold: the share of each prompt's outputs that are good enough, one at least
        and all but one at most; outputs equal to the last of them are too.

    Raises
    ------
    BadInput
        Quality or rarity is missing for some output, or ``good`` is not in (0, 1).
    UnknownName
        There is no such rarity.

    Examples
    --------
    >>> log = Samples.of({"Fruit?": ["fig", "fig", "kiwi", "fig"], "Tree?": ["oak", "oak"]})
    >>> made = preference_pairs(log, quality=[1, 1, 1, 0, 1, 1], threshold=0.5)
    >>> made.to_dicts()
    [{'prompt': 'Fruit?', 'chosen': 'kiwi', 'rejected': 'fig'}]
    >>> list(made.without)
    ['Tree?']
    """
    if not 0 < good < 1:
        raise BadInput(f"good={good}: give the share that is good enough, between 0 and 1")
    q = qualities(samples, quality)
    seen = see(samples, view, encoder, ruler, by_prompt=True)
    rare = _rarity(samples, seen, rarity)
    ids, prompts, outputs = samples.prompt_ids, samples.prompts, samples.outputs
    pairs: list[Pair] = []
    without = {}
    for name, rows in zip(ids, seen.parts(), strict=True):
        limit = threshold
        if limit is None:
            count = max(1, min(round(good * len(rows)), len(rows) - 1))
            limit = float(np.sort(q[rows])[-count])
        try:
            first, second = preference_pair(q[rows].tolist(), rare[rows].tolist(), limit)
        except NotEnoughData as reason:
            without[name] = str(reason)
            continue
        a, b = int(rows[first]), int(rows[second])
        pairs.append(Pair(name, prompts[a], a, b, outputs[a], outputs[b]))
    return Pairs(pairs, without)


def _rarity(samples: Samples, seen: Seen, rarity: Sequence[float] | str) -> Floats:
    if not isinstance(rarity, str):
        return qualities(samples, rarity)
    if rarity not in RARITIES:
        raise UnknownName("rarity", rarity, RARITIES)
    if rarity == "own_share":
        sums = within_pairs(seen.features, seen.groups)
        return 1 - np.divide(sums.same, np.maximum(sums.partners, 1.0))
    if rarity == "cluster_frequency":
        return surprise(seen.dishes, seen.groups)
    tokens = samples.table.column("logprobs").to_pylist()
    missing = sum(not t for t in tokens)
    if missing:
        raise BadInput(
            f"{missing:,} of {len(samples):,} outputs have no log-probabilities; "
            "use own_share or cluster_frequency"
        )
    return np.array([-np.sum(t, dtype=np.float64) for t in tokens])
