"""The right variety: facts should repeat, ideas should not. Which prompts do what is not wanted?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from fullmenu.errors import BadInput, UnknownName
from fullmenu.judge.case import Case, Ints
from fullmenu.judge.look import Sights
from fullmenu.judge.plates import shortened
from fullmenu.kernel.likeness import by_group
from fullmenu.kernel.rows import stacked
from fullmenu.report.document import Notice, Wanted, WantedPrompt
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.stats.discovery import q_values
from fullmenu.views.registry import eyes

Want = str | Mapping[str, str]
"""``same`` or ``varied`` of all prompts, a column that says so, or either by prompt id."""

SAME, VARIED = "same", "varied"

RATE = 0.05
"""False discovery rate over all prompts that are judged, both lists together."""

FEWEST, MOST = 3, 40
"""Outputs of a prompt, of each log: with fewer it is not judged, of more the first are read."""

ODD, HALF = 0.1, 0.5
"""Of one log: answers flicker where surely more than a tenth differ from the commonest one, and
have collapsed where surely more than half are the same."""

MOVE = 0.35
"""Between two logs a prompt is listed only where its repeat rate moved by so much or more."""

_DRAWS = (1_999, 19_999)
"""Permutations of a prompt's outputs; more where the first find little chance."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted of prompts, by id: which should say the same, and which should vary."""

    same: frozenset[str]
    varied: frozenset[str]


def wishes(logs: Sequence[Samples], want: Want) -> Wishes:
    """Read what is wanted of every prompt.

    Raises
    ------
    BadInput
        A value is neither ``same`` nor ``varied``, or one prompt has both.
    UnknownName
        ``want`` names no column of the log.

    Examples
    --------
    >>> log = Samples.of({"Capital?": ["Rome"], "Idea?": ["a kite"]})
    >>> found = wishes([log], {"Capital?": "same"})
    >>> sorted(found.same), sorted(found.varied)
    (['Capital?'], [])
    """
    told: dict[str, set[str]] = {}
    if isinstance(want, Mapping):
        pairs = [(str(name), value) for name, value in want.items()]
        known = {name for log in logs for name in log.prompt_ids}
        if pairs and not known & {name for name, _ in pairs}:
            raise BadInput(
                f"want names no prompt of the log, such as {pairs[0][0]!r}; the log has "
                f"{', '.join(sorted(known)[:3])} …"
            )
    elif want in (SAME, VARIED):
        pairs = [(name, want) for log in logs for name in log.prompt_ids]
    else:
        pairs = list(_of_column(logs, want))
    for name, value in pairs:
        word = str(value).strip().lower()
        if word not in (SAME, VARIED):
            raise BadInput(f"want is {value!r} for prompt {name!r}; use same or varied")
        told.setdefault(name, set()).add(word)
    both = [name for name, words in told.items() if len(words) > 1]
    if both:
        raise BadInput(f"want says same and varied of one prompt, {both[0]!r}; say one of them")
    return Wishes(*(frozenset(n for n, w in told.items() if word in w) for word in (SAME, VARIED)))


def _of_column(logs: Sequence[Samples], name: str) -> Iterator[tuple[str, str]]:
    missing = None
    found = False
    for log in logs:
        try:
            values = log.column(name)
        except UnknownName as error:
            missing = error
            continue
        found = True
        ids = log.column("prompt_id")
        yield from ((i, v) for i, v in zip(ids, values, strict=True) if v is not None)
    if missing and not found:
        raise missing


def by_eyes(case: Case) -> Case:
    """Return a case that only the view that tells dishes apart looks at."""
    view = eyes(case.views)
    return replace(case, views=[view], eyes=view, measures=(), tell=lambda step: None)


def wanted(sights: Sights, wish: Wishes) -> Wanted:
    """Return the prompts that do not do what is wanted of them.

    Between two logs each prompt's outputs are permuted: how often would its repeat rate move as far
    the unwanted way? The move is taken in standard errors, and must be :data:`MOVE` or more. In one
    log, the answers unlike the commonest one are counted: more than a tenth is flickering; more
    than half like it is a collapse. Both lists share one false discovery rate.

    Cannot see for sure that other answers repeat as often as the old ones did: with 6 to 12 outputs
    a test at 5 % then called up to 12 % of simulated prompts moved, at .5 % up to 10 %.
    """
    case = sights.case
    tested = [
        (k, name in wish.same, *result)
        for k, result in _tests(sights, wish)
        for name in [case.ids[k]]
    ]
    q = q_values([p for *_, p in tested])
    lists: dict[bool, list[WantedPrompt]] = {True: [], False: []}
    order = sorted(range(len(tested)), key=lambda i: (tested[i][-1], -abs(tested[i][3])))
    for i in order:
        k, same, before, after, p = tested[i]
        if q[i] > RATE:
            continue
        log = case.logs[-1]
        mine = np.flatnonzero(log.groups == k)
        said = Counter(log.outputs[j] for j in mine.tolist()).most_common(3)
        lists[same].append(
            WantedPrompt(
                prompt_id=case.ids[k],
                prompt=shortened(log.prompts[mine[0]] or "") or None,
                before=UNSET if before is None else before,
                after=after,
                p=p,
                examples=[shortened(text) for text, _ in said],
            )
        )
    here = {*case.ids}
    return Wanted(
        same=len(wish.same & here),
        varied=len(wish.varied & here),
        judged=len(tested),
        flickering=lists[True],
        collapsed=lists[False],
        rate=RATE,
    )


def _tests(sights: Sights, wish: Wishes) -> Iterator[tuple[int, tuple[float | None, float, float]]]:
    """Yield of every prompt that can be judged its rate before, its rate after, and a p-value."""
    case = sights.case
    rows = stacked(sights.rows)
    groups = np.concatenate([log.groups for log in case.logs])
    after = np.repeat(np.arange(len(case.logs)), [len(log.groups) for log in case.logs])
    kept = _first(groups * 2 + after)
    alike = eyes(case.views).same_dish ** 2
    rng = np.random.default_rng(case.seed)
    for at, k in by_group(rows[kept], groups[kept]):
        prompt = int(groups[kept][at[0]])
        same = case.ids[prompt] in wish.same
        if not same and case.ids[prompt] not in wish.varied:
            continue
        k2 = k * k
        np.fill_diagonal(k2, 1.0)
        side = after[kept][at]
        sizes = np.bincount(side, minlength=len(case.logs))
        if sizes.min() < FEWEST:
            continue
        if len(case.logs) == 1:
            yield prompt, (None, _rate(k2), of_one(k2 >= alike, same))
        elif case.paired:
            yield prompt, of_two(k2, side, same, rng)


def _rate(k2: Floats) -> float:
    n = len(k2)
    return float(np.clip((k2.sum() - n) / (n * (n - 1)), 0.0, 1.0))


def _first(keys: Ints) -> Ints:
    """Return the rows of the first outputs of each key."""
    order = np.argsort(keys, kind="stable")
    rank = np.arange(len(keys)) - np.searchsorted(keys[order], keys[order])
    return np.sort(order[rank < MOST])


def of_one(alike: NDArray[np.bool_], same: bool) -> float:
    """Return the chance that so many outputs, or more, are odd; or that so many are alike.

    >>> three_of_five = np.array([[i // 3 == j // 3 for j in range(5)] for i in range(5)])
    >>> round(of_one(three_of_five, same=True), 4)  # 2 of 5 odd: 1 − .9⁵ − 5·.1·.9⁴
    0.0815
    >>> round(of_one(np.ones((5, 5), bool), same=False), 4)  # 5 of 5 alike: ½⁵
    0.0312
    """
    n = len(alike)
    most = int(alike.sum(1).max())
    hits, share = (n - most, ODD) if same else (most, HALF)
    # P(Binomial(n, share) ≥ hits)
    return min(sum(comb(n, m) * share**m * (1 - share) ** (n - m) for m in range(hits, n + 1)), 1.0)


def of_two(
    k2: Floats, side: Ints, same: bool, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return a prompt's rate before and after, and the chance that it moves so far where none did.

    Parameters
    ----------
    k2 : (n, n)
        Of its outputs, both logs together.
    side : (n,)
        0 before, 1 after.
    same
        Whether its answers should be the same: less likeness is then unwanted, otherwise more.
    rng
        For the permutations.

    Examples
    --------
    >>> side = np.repeat([0, 1], 8)
    >>> k2 = np.eye(16)
    >>> k2[8:, 8:] = 1.0
    >>> before, after, p = of_two(k2, side, False, np.random.default_rng(0))
    >>> before, after, p < 0.001
    (0.0, 1.0, True)
    """
    sign = -1.0 if same else 1.0
    (before,), (after,), (seen,) = _moves(k2, side[None], sign)
    p = 1.0
    for draws in _DRAWS if sign * (after - before) >= MOVE else ():
        placed = rng.permuted(np.tile(side, (draws, 1)), axis=1)
        p = (1 + int((_moves(k2, placed, sign)[2] >= seen - 1e-9).sum())) / (draws + 1)
        if p > 0.02:
            break
    return float(before), float(after), p


def _moves(k2: Floats, sides: Ints, sign: float) -> tuple[Floats, Floats, Floats]:
    """Return rates before and after, and the move in standard errors, of sides (draws, n).

    In standard errors because where what is said changed, but not how often it repeats, a pool of
    both is more varied than either: permuting plain differences would find too much (Chung and
    Romano 2013).
    """
    rates, variances = [], []
    for s in ((sides == 0).astype(np.float64), (sides == 1).astype(np.float64)):
        n = s.sum(1, keepdims=True)
        own = (s @ k2 - 1.0) * s
        total = own.sum(1, keepdims=True)
        # U = Σ / n(n − 1); without output i: (Σ − 2·Σᵢ) / ((n − 1)(n − 2))
        rate = np.clip(total / (n * (n - 1)), 0.0, 1.0)
        without = (total - 2 * own) / ((n - 1) * (n - 2))
        spread = (s * (without - rate) ** 2).sum(1, keepdims=True) * (n - 1) / n
        rates.append(rate[:, 0])
        variances.append(np.maximum(spread, _least(rate, n))[:, 0])
    return *rates, sign * (rates[1] - rates[0]) / np.sqrt(variances[0] + variances[1])


def _least(rate: Floats, n: Floats) -> Floats:
    """Return the least variance of rates: the jackknife is blind where all outputs are alike.

    That of one leading answer of share p, U = p²: 4p³(1 − p)/n, with p as (n√U + 1)/(n + 2).

    >>> round(float(_least(1.0, 8.0)), 5)  # 4 · .9³ · .1 / 8
    0.03645
    """
    p = (n * np.sqrt(rate) + 1) / (n + 2)
    return np.asarray(4 * p**3 * (1 - p) / n)


def notices(found: Wanted) -> list[Notice]:
    """Say how many prompts do what is not wanted of them."""
    told = []
    for name, prompts, of, does in (
        ("flickering", found.flickering, found.same, "should say the same and flicker"),
        ("collapsed prompts", found.collapsed, found.varied, "should vary and collapsed"),
    ):
        if prompts:
            some = "; ".join((x.prompt or x.prompt_id)[:60] for x in prompts[:3])
            more = " …" if len(prompts) > 3 else ""
            told.append(
                Notice(
                    name,
                    f"{len(prompts):,} of {of:,} prompts that {does}: {some}{more} (listed "
                    f"at a false discovery rate of {found.rate:.0%} where an unchanged prompt "
                    "gives the same answers; with other answers, more by chance).",
                )
            )
    if not found.judged and found.same + found.varied:
        told.append(
            Notice(
                "not judged",
                f"What is wanted of prompts cannot be judged: each needs {FEWEST} outputs or more "
                "in each log, best ten.",
            )
        )
    return told
