"""The default mix: good enough, then varied; and KL beside it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards import guards, unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.cap import good_enough
from fullmenu.cure.rewards.cluster_frequency import clusters, surprise_among
from fullmenu.cure.rewards.reward import Quality, Reward, Values, checked, name_of, quality_of
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Floats

WEIGHT = 0.5

Task = Literal["checked", "learned", "open"]


@documented
def mix(
    quality: Quality | None,
    at: float | None = None,
    *,
    base: Sequence[float] | None = None,
    task: Task | None = None,
    view: unit_rows.View = None,
    beta: float | None = None,
    num_generations: int | None = None,
) -> Mix:
    """Reward what is good enough for being varied too, and nothing else for it.

    min(quality, bar), and for an output at the floor or above it − ½ log of the share of those of
    its group that give the same answer. The floor is the bar; with ``base`` it is the mean score of
    the model before training. So an output below the floor never earns as much as one at the bar,
    however large its group is; one between the two may, by ½ log n at most, and bar + ½ log n is
    the most that is earned. Of the same answer in other
    letters, in leetspeak, in code with other names, or with filler around it, no more than of that
    answer; nothing for variety where an output is empty, garbled, in another language than the rest
    or much longer or shorter. ``None`` where the quality is ``None``; an output that stands alone
    in its group has its capped quality only.

    Three tasks, told apart by what the quality returns, and said once in a warning unless ``task``
    is given. ``checked``: 0 and 1 only (tests that pass, answers that are checked), or −1 and 1;
    the bar is 1 and no KL is needed. ``learned``: any other scores, with ``base`` or ``at`` for
    the bar (``base`` alone says that it is learned). Keep KL to the reference beside it (``beta``
    in TRL's configs, .1 to .3; its default is 0): a learned reward can be hacked, and varied hacks
    are paid too (``fullmenu lab run rlhf``).
    ``open``: no quality (``None``); only the guards keep nonsense out, so look at what it serves.

    Divided by the standard deviation of a group (TRL's default), the order of rewards stays and
    their size does not: one unlike output among n − 1 equal ones always gets the advantage
    √(n − 1), whatever its weight. Give ``scale_rewards="none"``. A filter of groups whose rewards
    are all equal (dynamic sampling, as in DAPO) finds none any more: filter by :meth:`Mix.spread`.

    Parameters
    ----------
    quality
        …, on a scale of about 0 to 1 (divide other scores, KL and variety are weighed against it);
        or ``None`` for an open task.
    at
        The bar, on the scale of the quality; of a checked one 1 by default.
    base
        Scores of the model before training, by the same quality, best 100 or more: the bar is
        their mean and one standard deviation.
    task
        ``checked``, ``learned`` or ``open``.
    beta
        The trainer's weight of KL, if you want to be warned where it is 0. A reward function cannot
        see it.

    Raises
    ------
    BadInput
        ``quality`` is no plain reward function; both ``at`` and ``base`` are given; a learned
        quality has neither (told at the first call, unless ``task`` says that it is learned).

    Examples
    --------
    >>> def right(completions, **_):
    ...     return [1.0 if "fig" in c else 0.0 for c in completions]
    >>> reward = mix(right, task="checked")
    >>> asked = ["Which fruit?"] * 4
    >>> said = ["a fig", "one fig", "figs, as ever", "a kiwi"]
    >>> [round(r, 2) for r in reward(prompts=asked, completions=said)]
    [1.2, 1.2, 1.55, 0.0]
    """
    if task not in (None, *get_args(Task)):
        raise BadInput(f"task={task!r}: give one of {', '.join(get_args(Task))}")
    if (quality is None) != (task == "open") and not (quality is None and task is None):
        raise BadInput(
            f"task={task!r} with quality={quality!r}: an open task has no quality, and the others "
            "need one"
        )
    if at is not None and base is not None:
        raise BadInput(
            f"at={at!r} and base= are both given: give one of them, the bar itself or scores of "
            "the base model"
        )
    bar, floor = at, at
    if base is not None:
        bar, floor = good_enough(base), float(np.mean(base))
    if task == "learned" and bar is None:
        raise BadInput(_NO_BAR.format(name=name_of(quality), given="scores"))
    if beta is not None and beta <= 0 and quality is not None and task != "checked":
        warnings.warn(
            f"mix: beta={beta}, no KL to the reference. With a learned reward, variety without it "
            "finds diverse ways to hack the reward; set beta to 0.1–0.3, or say task='checked' if "
            "the quality is checked and not learned",
            stacklevel=2,
        )
    if quality is None:
        task = "open"
    else:
        task = task or ("learned" if base is not None else None)
        checked(quality)
    return Mix(quality, bar, floor, task, view, num_generations)


_NO_BAR = (
    "{name} gives {given}, so it is taken for a learned reward, and what is good enough is not "
    "known: give mix base= (its scores of 100 outputs of the model before training) or at= (the "
    "bar itself)"
)


class Mix(Reward):
    """A quality and a bonus for variety, made by :func:`mix`."""

    def __init__(
        self,
        quality: Quality | None,
        bar: float | None,
        floor: float | None,
        task: Task | None,
        view: unit_rows.View,
        num_generations: int | None,
    ) -> None:
        name = "varied" if quality is None else f"varied_{name_of(quality)}"
        super().__init__(name, self._mixed, num_generations, compares=True)
        self.quality, self.bar, self.floor, self.task = quality, bar, floor, task
        self.view = unit_rows.checked(view)
        self._said = task is not None
        self._alike = unit_rows.same_dish(self.view)

    def spread(self, *, prompts: Sequence[Any], completions: Sequence[Any], **rest: Any) -> Floats:
        """Return for each completion the spread of the quality alone in its group, (n,).

        Greatest less least capped quality, without the bonus: 0 where the quality gives no
        gradient. A filter as in DAPO keeps completions where it is above 0.
        """
        call = Call(prompts, completions, rest)
        quality = np.array([np.nan if q is None else q for q in self._capped(call)])
        known = ~np.isnan(quality)
        most = np.full(int(call.groups.max(initial=-1)) + 1, -np.inf)
        least = -most
        np.maximum.at(most, call.groups[known], quality[known])
        np.minimum.at(least, call.groups[known], quality[known])
        return np.asarray(np.maximum(most - least, 0.0)[call.groups])

    def _capped(self, call: Call) -> Values:
        if self.quality is None:
            return [0.0] * len(call.completions)
        values = quality_of(self.quality, call)
        bar = self._bar_of(values)
        return [None if q is None else min(q, bar) for q in values]

    def _bar_of(self, values: Values) -> float:
        known = {q for q in values if q is not None}
        grades = known <= {0.0, 1.0} or known <= {-1.0, 1.0}
        if self.task is None and not grades:
            self._tell("learned", "scores other than 0 and 1")
        elif self.task is None and known and not self._said:
            self._tell("checked", f"{' and '.join(f'{q:g}' for q in sorted(known))} only")
        if self.bar is not None:
            return self.bar
        if self.task == "checked" or grades:
            return 1.0
        given = ", ".join(f"{q:.3g}" for q in sorted(known)[:4])
        raise BadInput(_NO_BAR.format(name=name_of(self.quality), given=f"scores ({given} …)"))

    def _tell(self, task: Task, gave: str) -> None:
        self.task = "learned" if task == "learned" else None  # grades may become scores
        self._said = True
        bar = 1.0 if self.bar is None and task == "checked" else self.bar
        at = "" if bar is None else f"outputs at {bar:.3g} or above earn a bonus for variety, "
        kl = "keep KL beside it (beta .1 to .3)" if task == "learned" else "no KL is needed"
        warnings.warn(
            f"mix: {name_of(self.quality)} gave {gave}, so the task is taken for {task!r}: {at}"
            f"others none; {kl}. Say task={task!r} to settle it",
            stacklevel=2,
        )

    def _mixed(self, call: Call) -> Values:
        quality = self._capped(call)
        floor = -np.inf if self.quality is None else (1.0 if self.floor is None else self.floor)
        good = np.array([q is not None and q >= floor for q in quality], bool)
        bonus = self._bonus(call, good)
        return [
            None if q is None else q + WEIGHT * float(v)
            for q, v in zip(quality, bonus, strict=True)
        ]

    def _bonus(self, call: Call, good: NDArray[np.bool_]) -> Floats:
        rows = np.flatnonzero(good)
        bonus = np.zeros(len(good))
        if len(rows):
            _, groups = np.unique(call.groups[rows], return_inverse=True)
            texts, asked = ([x[i] for i in rows.tolist()] for x in (call.texts, call.asked))
            plain = [guards.plain(t) for t in texts]
            dishes = clusters(unit_rows.rows(self.view, plain, asked), groups, self._alike)
            dishes = guards.merged(dishes, guards.hidden(plain, groups))
            fair = ~guards.barred(texts, plain, asked, groups)
            bonus[rows] = surprise_among(fair, dishes, groups)
        return bonus
