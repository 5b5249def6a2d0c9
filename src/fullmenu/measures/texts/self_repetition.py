"""How often do the phrases of an output come again in the others?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import all_same_bound
from fullmenu.measures.arguments import outputs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, coming_again, need_some, words_of
from fullmenu.stats.arrays import Ints, run_starts
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile

FOLDS = 20
"""The interval leaves out so many parts of the sample in turn; single units if they are fewer."""


@measure(unit="log count", paper="Salkar et al. 2022")
def self_repetition(
    texts: Sequence[str],
    n: int = 4,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure the mean of ln(1 + how often an output's n-grams occur in other outputs).

    ``value`` ≥ 0. ``high`` is ``None`` where all outputs are alike, or nothing comes twice.

    It rises with the number of outputs and with their length, by that alone: compare samples of
    one size, or take ``repeated_phrases``, which does not drift. Cannot see a paraphrase.

    An output of fewer than ``n`` words is one phrase, so that equal short answers count as
    repeated. Equal to ``self_repetition_score`` of the package ``diversity`` with
    ``tokenize=str.split`` where no output is so short; there such outputs count as new.

    Parameters
    ----------
    n
        … Within one output each counts once.
    groups
        … The value is the same.
    level
        …: jackknife over 20 parts of the sample, t. [90 %]

    Raises
    ------
    NotEnoughData
        …, or no output with a word.

    >>> same = "it is important to note that"
    >>> print(self_repetition([f"{same} a", f"{same} b", "something else"]))
    0.924 [0, 4.9]
    """
    found, unit, names = outputs(texts, groups)
    hashes, rows = words_of(found, tokenize).phrases(n)
    need_some(hashes, 1)
    held = _held(hashes, rows, len(found))
    m, value = int(unit.max()) + 1, held.score(np.ones(len(found), bool))
    fold = _folds(found, unit, own=groups is None)[unit]
    parts = int(fold.max()) + 1
    without = np.array([held.score(fold != k) for k in range(parts)])
    half = t_quantile(level, parts - 1) * jackknife_se(without)
    low, high = max(value - half, 0.0), value + half if value > 0 else None
    if value > 0 and held.all_alike():
        low, high = value * float(np.sqrt(all_same_bound(m, level))), None
    method = f"{n}-grams found again, jackknife over {parts} parts of {names}"
    return Estimate(value, low, high, m, "log count", method, level)


class _Held(NamedTuple):
    """Which output holds which n-gram, each once; n-grams that come once in all may be missing."""

    gram: Ints
    row: Ints
    n: int
    complete: bool

    def score(self, kept: Any) -> float:
        """Mean of ln(1 + occurrences elsewhere) over the outputs that are kept."""
        gram, row = self.gram, self.row
        if not kept.all():
            here = kept[row]
            gram, row = gram[here], row[here]
        outputs = np.bincount(gram, minlength=1)
        again = np.bincount(row, outputs[gram] - 1, minlength=self.n)
        return float(np.log1p(again[kept]).mean())

    def all_alike(self) -> bool:
        """Whether every output holds every n-gram."""
        return self.complete and len(self.gram) == self.n * (int(self.gram.max()) + 1)


def _held(hashes: Any, rows: Ints, n: int) -> _Held:
    again = coming_again(hashes)
    hashes, rows = hashes[again], rows[again]
    order = np.argsort(hashes, kind="stable")  # rows ascend, and go on ascending in each n-gram
    h, r = hashes[order], rows[order]
    once = run_starts(h, r)
    return _Held((np.cumsum(run_starts(h)) - 1)[once], r[once], n, bool(again.all()))


def _folds(texts: Sequence[str], unit: Ints, *, own: bool) -> Ints:
    """Put each unit into one of the parts, whatever the order of the outputs."""
    m = int(unit.max()) + 1
    order = np.array(sorted(range(m), key=texts.__getitem__)) if own else np.arange(m)
    parts = np.empty(m, np.int64)
    parts[order] = np.random.default_rng(0).permutation(m) % min(FOLDS, m)
    return parts
