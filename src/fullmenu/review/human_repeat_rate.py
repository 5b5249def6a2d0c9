"""The repeat rate as people would judge it: a kernel on all pairs, people's answers on few.

Prediction-powered (Angelopoulos et al. 2023, arXiv 2311.01453), that is, the regression estimator
of survey sampling (Särndal, Swensson & Wretman 1992): the kernel's rate over all pairs, corrected
by how far people are from it on the pairs they were asked about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.review.pairs import LikelyPairs
from fullmenu.stats.arrays import Floats, Ints, numbers_of
from fullmenu.stats.jackknife import Replicates
from fullmenu.stats.proportion import wilson
from fullmenu.text.amounts import amount

FEWEST = 20
"""Answers that an interval needs."""

MANY = 100
"""Pairs of a log from which on it is used that all of them can be asked about."""

EACH = 5
"""Answers that a person must have given to count as one."""

PEOPLE = 3
"""Raters that an interval for people needs: fewer tell nothing of how people differ."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said to questions that were drawn, (m,) each.

    Parameters
    ----------
    pairs, places, chances
        The questions, as :class:`fullmenu.review.questions.Draw` has them. Several people asked
        the same question share its place.
    raters
        Who answered, 0 … R − 1.
    same
        1 for the same, 0 for different; levels lie between.
    """

    pairs: Ints
    places: Floats
    chances: Floats
    raters: Ints
    same: Floats

    def __post_init__(self) -> None:
        same = numbers_of(self.same, "answers")
        if same.size and (same.min() < 0 or same.max() > 1):
            raise BadInput("answers lie between 0 (different) and 1 (the same)")

    def at(self, rows: Ints) -> Answers:
        """Return some of them."""
        return Answers(
            self.pairs[rows], self.places[rows], self.chances[rows], self.raters[rows],
            self.same[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HumanRepeatRate:
    """The repeat rate as people would judge it, and how sure it is in which respect.

    Parameters
    ----------
    value
        The rate; every rater weighs alike.
    by_kernel
        The kernel's own rate.
    by_rater : (R,)
        Each rater's.
    names : (R,)
        Which raters, as the answers number them.
    by_prompt : (P,)
        How far each prompt moves the rate, with what was sampled of it; their sum is 0.
    variance
        Of the sample, this log and these raters being fixed.
    df
        Its degrees of freedom.
    answers
        How many it rests on.
    """

    value: float
    by_kernel: float
    by_rater: Floats
    names: Ints
    by_prompt: Floats
    variance: float
    df: float
    answers: int

    @property
    def raters(self) -> int:
        """How many raters."""
        return len(self.by_rater)

    def for_these_raters(self, *, future: bool = False, level: float = 0.95) -> Estimate:
        """Estimate the rate of this log as these raters would judge all of it.

        ``future``: of prompts like these, which takes six or more.
        """
        variance, df = self._prompts() if future else (self.variance, self.df)
        return self._estimate(variance, df, "these raters", future, level)

    def for_people(self, *, future: bool = False, level: float = 0.95) -> Estimate:
        """Estimate the rate of this log as people like these raters would judge it.

        Raters are a sample too: three of them at least. ``future`` is as in
        :meth:`for_these_raters`.
        """
        if self.raters < PEOPLE:
            raise NotEnoughData(
                f"{amount(self.raters, 'rater')} cannot show how people differ: ask {PEOPLE} or "
                "more, or take the interval for these raters"
            )
        # Cameron, Gelbach & Miller 2011: of two clusterings the variances add, less what both hold
        of_raters = float(self.by_rater.var(ddof=1)) / self.raters
        of_rest, rest_df = self._prompts() if future else (self.variance, self.df)
        variance = max(of_raters + of_rest - self.variance, of_rest, of_raters)
        df = min(self.raters - 1.0, rest_df)
        return self._estimate(variance, df, "people", future, level)

    def replicates(self) -> Replicates:
        """Return the rate with each prompt left out, for :func:`fullmenu.judge.verdict.decide`."""
        p = len(self.by_prompt)
        if p < 2:
            raise NotEnoughData(
                "one prompt cannot be left out: a change is judged from two or more"
            )
        without = np.maximum(self.value - self.by_prompt * p / (p - 1), 0.0)
        share = float((self.value / p + self.by_prompt).max()) / self.value if self.value else 0.0
        return Replicates(self.value, without, "prompts", share=share)

    def _prompts(self) -> tuple[float, float]:
        p = len(self.by_prompt)
        if p < 6:
            raise NotEnoughData(f"prompts like these are judged from 6 or more, not {p}")
        of_prompts = p / (p - 1) * float((self.by_prompt**2).sum())
        return max(of_prompts, self.variance), p - 1.0

    def _estimate(
        self, variance: float, df: float, whom: str, future: bool, level: float
    ) -> Estimate:
        u = self.value
        n = u * (1 - u) / variance if variance > 1e-12 and 0 < u < 1 else float(self.answers)
        low, high = wilson(u * n, n, level, df=df)
        method = (
            f"kernel on all pairs, people on {self.answers} answers, for {whom}"
            f"{', prompts like these' if future else ''}; Wilson on the effective number, t"
        )
        return Estimate(u, low, high, self.answers, "probability", method, level)


def human_rate(pairs: LikelyPairs, answers: Answers, *, kernel: bool = True) -> HumanRepeatRate:
    """Estimate the repeat rate as people would judge it.

    Parameters
    ----------
    pairs
        All pairs of the log, and the kernel's chance of "same" for each.
    answers
        What people said to questions drawn from them.
    kernel
        Whether the kernel is used; without it, the answers alone tell.

    Raises
    ------
    NotEnoughData
        Fewer than 20 answers; a rater with fewer than 5 is left out.

    Notes
    -----
    It cannot see whether those who answered "can't tell" would have said the same as others, and
    takes it that questions were dealt to raters at random.

    Examples
    --------
    >>> from fullmenu.review.pairs import pairs_of
    >>> from fullmenu.review.questions import drawn
    >>> rng = np.random.default_rng(0)
    >>> pairs = pairs_of(np.repeat(np.arange(40), 5), rng.random(400))
    >>> ask = drawn(pairs, 100)
    >>> said = (rng.random(100) < pairs.likely[ask.pairs]).astype(float)
    >>> rate = human_rate(pairs, Answers(*ask, np.arange(100) % 4, said))
    >>> print(rate.for_these_raters())
    0.512 [0.436, 0.587]
    """
    counts = np.bincount(answers.raters)
    answers = answers.at(np.flatnonzero(counts[answers.raters] >= EACH))
    m = len(answers.same)
    if m < FEWEST:
        raise NotEnoughData(
            f"{m} answers of raters with {EACH} or more: an interval needs {FEWEST}; answer more"
        )
    names, raters = np.unique(answers.raters, return_inverse=True)
    _, questions = np.unique(answers.places, return_inverse=True)

    # With a = weight ÷ chance, the mean of a·y over draws is people's rate; a − 1, a·k − (mean k),
    # and "asked of rater r" less 1/R have mean 0 by design: what they happen to have is taken out.
    a = pairs.weights[answers.pairs] / answers.chances
    k = pairs.likely[answers.pairs]
    controls = [a - 1]
    if kernel:
        controls.append(a * k - pairs.rate)
    asked = (raters[:, None] == np.arange(len(names))) - 1 / len(names)
    x = np.column_stack([*controls, asked[:, 1:] - asked[:, :1]])
    stratum, share = strata(answers.places)
    w = (share / np.bincount(stratum))[stratum]
    y = a * answers.same

    def inside(z: Floats) -> Floats:
        means = np.stack([np.bincount(stratum, c) for c in z.T]) / np.bincount(stratum)
        return np.asarray(z - means.T[stratum])

    apart, gaps = inside(x), inside(y[:, None])[:, 0]
    solver = np.linalg.pinv(apart, rcond=1e-9)
    slopes = solver @ gaps
    left = y - x @ slopes
    value = float(w @ left)
    # the estimate is Σ c·y: each answer's own part in it, and its residual
    c = w - (w @ x) @ solver
    residuals = gaps - apart @ slopes
    used = len(share) + np.linalg.matrix_rank(apart, tol=1e-9 * max(1.0, np.abs(apart).max()))
    n = int(questions.max()) + 1
    df = max(n - int(used), 1)
    variance = float((np.bincount(questions, c * residuals) ** 2).sum()) * n / df
    if len(pairs.first) >= MANY:
        hits = 2 ** int(np.log2(n)) * answers.chances
        spread = float(residuals @ residuals) / df
        parts = c * (left - value)
        variance *= _left_to_chance(
            residuals, spread, stratum, answers.pairs, parts, hits, len(names)
        )

    effects = np.zeros(len(names))
    effects[1:] = slopes[len(controls) :]
    effects[0] = -effects[1:].sum()
    # what prompt p moves: the kernel's part of all its pairs, and the residuals of those asked
    of_prompt = np.bincount(pairs.prompts[answers.pairs], c * (left - value),
                        minlength=pairs.n_prompts)  # fmt: skip
    if kernel:
        apart_rate = pairs.weights * (pairs.likely - pairs.rate)
        of_prompt += slopes[1] * np.bincount(pairs.prompts, apart_rate, minlength=pairs.n_prompts)
    value = min(max(value, 0.0), 1.0)
    by_rater = value + effects
    return HumanRepeatRate(
        value, pairs.rate, by_rater, names, of_prompt - of_prompt.mean(), variance, float(df), m
    )


def _left_to_chance(
    residuals: Floats,
    spread: float,
    stratum: Ints,
    pairs: Ints,
    parts: Floats,
    hits: Floats,
    raters: int,
) -> float:
    """Return what share of the variance is left, where many of all pairs were asked about.

    ``hits`` says how many equal parts of [0, 1), one draw each, a pair is long. How raters differ
    about one pair is left to chance all the same: answers to one pair tell how far. Without such
    answers all is left.
    """
    if spread <= 0:
        return 1.0
    of_raters = 0.0
    if raters > 1:
        _, pair = np.unique(pairs, return_inverse=True)
        counts = np.bincount(pair)
        again = float((counts - 1).sum())
        if again < EACH:
            return 1.0
        means = np.bincount(pair, residuals) / counts
        of_raters = min(float(((residuals - means[pair]) ** 2).sum()) / again, spread)
    # draws of one stratum differ by raters, and by pairs where they are not of one pair
    both = np.unique(np.stack([stratum, pairs]), axis=1, return_counts=True)[1]
    couples = (np.bincount(stratum) ** 2).sum() - len(stratum)
    different = 1 - ((both**2).sum() - len(stratum)) / couples if couples else 1.0
    of_pairs = (spread - of_raters) / max(different, 1e-3)
    # A part with pieces wᵢ of pairs has 1 − Σ wᵢ² of their variance; over where it begins, the mean
    # is 1 − h + h²/3 where pairs are h ≤ 1 parts long, and 1/(3h) where they are longer.
    h = np.maximum(hits, 1)
    shares = np.where(hits > 1, 1 / (3 * h), 1 - hits + hits**2 / 3)
    left = float(parts**2 @ shares) / float(parts @ parts)
    return (of_raters + of_pairs * left) / spread


def strata(places: Floats) -> tuple[Ints, Floats]:
    """Cut [0, 1) into parts with two questions or more: the part of each answer, and its length.

    >>> at, lengths = strata(np.array([0.1, 0.2, 0.6, 0.9]))
    >>> at.tolist(), lengths.tolist()
    ([0, 0, 1, 1], [0.25, 0.75])
    >>> strata(np.array([0.1, 0.2, 0.3, 0.6, 0.9]))[1].tolist()
    [0.25, 0.75]
    """
    questions = np.unique(places)
    cells = 2 ** int(np.log2(len(questions)))
    counts = np.bincount((questions * cells).astype(np.int64), minlength=cells)
    stratum_of = np.zeros(cells, np.int64)
    stratum, inside = 0, 0
    for cell, count in enumerate(counts):
        if inside >= 2 and counts[cell:].sum() >= 2:
            stratum, inside = stratum + 1, 0
        stratum_of[cell] = stratum
        inside += int(count)
    if inside < 2 and stratum:
        stratum_of[stratum_of == stratum] = stratum - 1
    at = stratum_of[(places * cells).astype(np.int64)]
    return at, np.bincount(stratum_of) / cells
