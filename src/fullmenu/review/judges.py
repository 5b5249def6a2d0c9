"""A judge, such as a model that grades, held against people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.review.candidate_pairs import LikelyPairs
from fullmenu.review.human_repeat_rate import Answers, HumanRepeatRate, human_rate
from fullmenu.stats.arrays import Floats


def judge_against_people(pairs: LikelyPairs, answers: Answers, judge: Floats) -> HumanRepeatRate:
    """Estimate how often a judge says what people say, with the intervals of people's own rate.

    A judge that answered every pair can be used as the kernel of the repeat rate besides:
    ``human_rate(pairs.with_likely(judged), answers)`` is right however good it is.

    Parameters
    ----------
    pairs
        All pairs of the log.
    answers
        What people said.
    judge : (m,)
        What the judge says to each of their questions, in [0, 1].

    Returns
    -------
    HumanRepeatRate
        Its ``value`` is 1 less the mean distance of judge and people: for yes and no, how often
        they agree.

    Examples
    --------
    >>> from fullmenu.review.candidate_pairs import pairs_of
    >>> from fullmenu.review.questions import drawn
    >>> pairs = pairs_of(np.repeat(np.arange(30), 4))
    >>> ask = drawn(pairs, 60)
    >>> said = np.arange(60) % 2.0
    >>> round(judge_against_people(pairs, Answers(*ask, np.arange(60) % 3, said), said).value, 9)
    1.0
    """
    judge = np.asarray(judge, np.float64)
    if judge.shape != answers.same.shape or not ((judge >= 0) & (judge <= 1)).all():
        raise BadInput(
            f"{judge.size} answers of the judge to {len(answers.same)} of people: give one in "
            "[0, 1] for each"
        )
    alike = replace(answers, same=1 - np.abs(judge - answers.same))
    return human_rate(pairs, alike, kernel=False)
