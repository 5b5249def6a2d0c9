"""The right variety: facts should repeat, ideas should not. Which prompts do what is not wanted?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import comb

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from fullmenu.errors import BadInput, UnknownName
from fullmenu.judge.case import Case, Ints, OrderedLog
from fullmenu.judge.plates import shortened
from fullmenu.kernel.likeness import by_group
from fullmenu.kernel.rows import stacked
from fullmenu.report.document import Notice, Wanted, WantedPrompt
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.stats.discovery import discovered
from fullmenu.text.tokens import PIECE
from fullmenu.views.registry import chosen, eyes

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

MOVE = 0.25
"""Between two logs a prompt is listed only where its repeat rate moved by so much or more."""

ALIKE = 0.75
"""Two ideas are the same from this likeness on: ideas on one subject share its words."""

STOCK = 0.25
"""A word in the answers to so many prompts is no part of any."""

Alike = NDArray[np.bool_]


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
    """Return a case that only a view that tells dishes apart looks at, without stock words.

    Words of many prompts' answers ("the answer is") say nothing of one answer, and would make two
    ways of giving a short one look unlike.
    """
    view = eyes([*case.views, *chosen(None, case.media)])
    logs = case.logs
    if case.media == "text":
        stock = _stock_words(logs)
        logs = tuple(
            replace(x, outputs=[*map(partial(_without, stock), x.outputs, x.prompts)]) for x in logs
        )
    return replace(case, logs=logs, views=[view], eyes=view, measures=(), tell=lambda step: None)


def _stock_words(logs: Sequence[OrderedLog]) -> frozenset[str]:
    prompts: dict[str, set[int]] = {}
    for log in logs:
        for k, text in zip(log.groups.tolist(), log.outputs, strict=True):
            for word in {*PIECE.findall(text.lower())}:
                prompts.setdefault(word, set()).add(k)
    total = len({k for log in logs for k in log.groups.tolist()})
    least = max(STOCK * total, FEWEST)
    return frozenset(word for word, said in prompts.items() if len(said) >= least)


def _without(stock: frozenset[str], text: str, prompt: str | None) -> str:
    """Take words out, unless all that is left is what the prompt says too.

    >>> _without(frozenset(["it", "is", "."]), "It is Rome.", "The capital?")
    'Rome'
    >>> _without(frozenset(["yes", "no", ","]), "No, Rome", "Is it Rome?")
    'No, Rome'
    """
    left = [x for x in PIECE.findall(text) if x.lower() not in stock]
    asked = {*PIECE.findall((prompt or "").lower())}
    return " ".join(left) if {x.lower() for x in left} - asked else text


def wanted(case: Case, wish: Wishes) -> Wanted:
    """Return the prompts that do not do what is wanted of them.

    Facts are the same answer as the view tells dishes apart, ideas from :data:`ALIKE` on. Between
    two logs a prompt's repeat rate must move by :data:`MOVE` or more, and by more than chance
    explains (:func:`of_two`). In one log, the answers unlike the commonest one are counted: more
    than a tenth is flickering; more than half like it is a collapse. Both lists share one false
    discovery rate.
    """
    tested = [
        (k, name in wish.same, *result)
        for k, result in _tests(by_eyes(case), wish)
        for name in [case.ids[k]]
    ]
    listed = discovered([p for *_, p in tested], RATE)
    lists: dict[bool, list[WantedPrompt]] = {True: [], False: []}
    order = sorted(range(len(tested)), key=lambda i: (tested[i][-1], -abs(tested[i][3])))
    for i in order:
        k, same, before, after, p = tested[i]
        if not listed[i]:
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


def _tests(case: Case, wish: Wishes) -> Iterator[tuple[int, tuple[float | None, float, float]]]:
    """Yield of every prompt that can be judged its rate before, its rate after, and a p-value."""
    view = eyes(case.views)
    logs = [log.at(_first(log.groups)) for log in case.logs]
    rows = stacked([view.rows(log.outputs, log.prompts) for log in logs])
    groups = np.concatenate([log.groups for log in logs])
    after = np.repeat(np.arange(len(logs)), [len(log.groups) for log in logs])
    for at, k in by_group(rows, groups):
        prompt = int(groups[at[0]])
        same = case.ids[prompt] in wish.same
        if not same and case.ids[prompt] not in wish.varied:
            continue
        alike = k >= (view.same_dish if same or case.media != "text" else ALIKE)
        np.fill_diagonal(alike, True)
        side = after[at]
        sizes = np.bincount(side, minlength=len(case.logs))
        if sizes.min() < FEWEST:
            continue
        if len(case.logs) == 1:
            yield prompt, (None, _rate(alike), of_one(alike, same))
        elif case.paired:
            yield prompt, of_two(alike, side, same)


def _rate(alike: Alike) -> float:
    n = len(alike)
    return float(alike.sum() - n) / (n * (n - 1))


def _first(keys: Ints) -> Ints:
    """Return the rows of the first outputs of each key."""
    order = np.argsort(keys, kind="stable")
    rank = np.arange(len(keys)) - np.searchsorted(keys[order], keys[order])
    return np.sort(order[rank < MOST])


def of_one(alike: Alike, same: bool) -> float:
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


def of_two(alike: Alike, side: Ints, same: bool) -> tuple[float, float, float]:
    """Return a prompt's rate before and after, and the chance that it moves so far where none did.

    Nothing moved where the leading answer, the old one or another, has one share on both sides and
    no other answer repeats. Of all ways to reach a rate this one spreads most about it. The chance
    is that of a move with so large a likelihood ratio, at the worst share (Barnard 1945). It is
    exact, and holds where what is said changed but not how often it repeats, as a permutation of
    the outputs does not.

    Parameters
    ----------
    alike : (n, n)
        Which of its outputs are the same answer, both logs together.
    side : (n,)
        0 before, 1 after.
    same
        Whether its answers should be the same: less likeness is then unwanted, otherwise more.

    Examples
    --------
    >>> side = np.repeat([0, 1], 8)
    >>> alike = np.eye(16, dtype=bool)
    >>> alike[8:, 8:] = True
    >>> before, after, p = of_two(alike, side, False)
    >>> before, after, p < 0.001
    (0.0, 1.0, True)
    """
    rates = [_rate(alike[np.ix_(side == k, side == k)]) for k in (0, 1)]
    sizes = [int((side == k).sum()) for k in (0, 1)]
    low, high = (1, 0) if same else (0, 1)
    if rates[high] - rates[low] < MOVE:
        return rates[0], rates[1], 1.0
    moves, chances = _moves_by_chance(sizes[low], sizes[high])
    seen = _move(rates[low], sizes[low], rates[high], sizes[high])
    return rates[0], rates[1], float(chances[np.searchsorted(-moves, 1e-9 - seen, "right") - 1])


@lru_cache(maxsize=256)
def _moves_by_chance(n: int, m: int) -> tuple[Floats, Floats]:
    """Return every move from n outputs to m, the largest first, and the chance of it or a larger.

    The largest such chance over all shares of the leading answer.
    """
    share = np.linspace(0.01, 0.99, 99)[:, None, None]
    hits, hits_after = np.arange(n + 1), np.arange(m + 1)
    moves = _move(hits * (hits - 1) / (n * (n - 1)), n,
                  (hits_after * (hits_after - 1) / (m * (m - 1)))[:, None], m)  # fmt: skip
    # P(hits) P(hits after), both binomial of one share
    chance = _binomial(hits, n, share) * _binomial(hits_after[:, None], m, share)
    order = np.argsort(-moves, axis=None, kind="stable")
    summed = np.cumsum(chance.reshape(len(share), -1)[:, order], axis=1)
    return moves.ravel()[order], np.minimum(summed.max(axis=0), 1.0)


def _binomial(hits: Ints, n: int, share: Floats) -> Floats:
    ways = np.array([float(comb(n, int(k))) for k in hits.ravel()]).reshape(hits.shape)
    return np.asarray(ways * share**hits * (1 - share) ** (n - hits))


def _move(rate: Floats | float, n: int, after: Floats | float, m: int) -> Floats:
    """Return the likelihood ratio, as a logarithm, of one leading share against two; signed.

    >>> round(float(_move(0.0, 8, 1.0, 8)), 2)  # log likelihoods of 1 of 8 and 8 of 8, of 9 of 16
    7.95
    """
    # U = c(c − 1) / n(n − 1) for c outputs of the leading answer, so
    hits, hits_after = (
        (1 + np.sqrt(1 + 4 * np.asarray(u) * k * (k - 1))) / 2 for u, k in ((rate, n), (after, m))
    )
    # Σ n·h(p) of two shares less that of their pool, h(p) = p·log p + (1 − p)·log(1 − p)
    ratio = (
        n * _entropy(hits / n)
        + m * _entropy(hits_after / m)
        - (n + m) * _entropy((hits + hits_after) / (n + m))
    )
    return np.asarray(np.sign(hits_after / m - hits / n) * ratio)


def _entropy(p: Floats) -> Floats:
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.asarray(p * np.log(p) + (1 - p) * np.log1p(-p))


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
                    f"at a false discovery rate of {found.rate:.0%}).",
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
