"""What a model says much more often than people do, by counts of what people wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from msgspec import UNSET, UnsetType

from fullmenu.estimate import Estimate
from fullmenu.judge.case import OrderedLog
from fullmenu.judge.plates import shortened
from fullmenu.report.phrases.document import HeldOut, OverusedTurn
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.discovery import q_values
from fullmenu.stats.poisson import upper_tail
from fullmenu.stats.ratio_of_sums import PER, grouped_rate, per_thousand
from fullmenu.text.human_turns import human_turns, turns

SHUFFLES = 10
"""Ways in which the prompts are cut into folds."""

LEAST = 3
"""Prompts under which a turn comes up, or more; in one prompt it may be that prompt's matter."""

RARE = 0.01
"""How likely, were people to write, a turn comes up under so many prompts that it is found."""

PARTS = 10
"""Parts of the prompts that are left out in turn for the interval of a score."""

MANY = 60_000
"""Uses under one prompt that are counted, at most."""

SAME = 0.8
"""Two turns that overlap are one where the second has so many of its prompts from the first."""

HELD_OUT = 12
"""Prompts from which halves are compared."""


def halves(prompts: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield two halves of some prompts, and the same the other way round."""
    order = np.random.default_rng(seed).permutation(prompts)
    one, other = np.sort(order[: prompts // 2]), np.sort(order[prompts // 2 :])
    yield one, other
    yield other, one


TOGETHER = 0.9
"""Two turns are parts of one text where so many of their prompts have both."""


class HumanOveruse:
    """The turns of a log that come up under several prompts, counted.

    Parameters
    ----------
    log
        English texts.

    Attributes
    ----------
    names : list of K turns
        Those under three prompts or more; words that stand in the prompt do not count.
    uses : (P, K)
        How often the outputs of each prompt use each.
    at_most : (K,)
        How often people use each, at most, in a character of text.
    """

    def __init__(self, log: OrderedLog) -> None:
        ids, self.groups = np.unique(log.groups, return_inverse=True)
        prompts = len(ids)
        self.words = np.bincount(self.groups, log.words, prompts).astype(np.float64)
        self.characters = np.bincount(self.groups, [len(t) for t in log.outputs], prompts)
        counts: list[Counter[str]] = [Counter() for _ in ids]
        for text, prompt, group in zip(log.outputs, log.prompts, self.groups, strict=True):
            asked = {turn for turn, _, _ in turns(prompt or "")}
            counts[group].update(turn for turn, _, _ in turns(text) if turn not in asked)
        spread = Counter(turn for one in counts for turn in one)
        self.distinct = len(spread)
        self.names = sorted(turn for turn, n in spread.items() if n >= LEAST)
        place = {turn: k for k, turn in enumerate(self.names)}
        self.uses = np.zeros((prompts, len(place)), np.uint16)
        for row, one in zip(self.uses, counts, strict=True):
            for turn, n in one.items():
                if turn in place:
                    row[place[turn]] = min(n, MANY)
        people = human_turns()
        self.at_most = np.array([people.at_most(turn) for turn in self.names])
        self.known = np.array([turn in people.counts for turn in self.names], bool)
        self.outputs = log.outputs

    def tails(self, prompts: Ints) -> Floats:
        """Return how likely each turn comes up under so many of some prompts, did people write."""
        seen = (self.uses[prompts] > 0).sum(axis=0).astype(np.float64)
        tails = upper_tail(seen, self.at_most * self.characters[prompts].sum())
        return np.where(seen >= LEAST, tails, 1.0)

    def candidates(self, prompts: Ints) -> Ints:
        """Return the turns that come up under some prompts far oftener than people would."""
        return np.flatnonzero(self.tails(prompts) <= RARE)

    def confirmed(self, seed: int, false: float) -> Ints:
        """Return the turns found on half of the prompts that the other half confirms.

        Either half confirms what the other found, each at half of a rate of false discoveries.
        """
        both = [
            here[q_values(self.tails(other)[here].tolist()) <= false / 2]
            for half, other in halves(len(self.words), seed)
            for here in [self.candidates(half)]
        ]
        return np.union1d(*both)

    def listed(self, top: int, seed: int, false: float) -> list[OverusedTurn]:
        """Return the turns overused, the surest first; of those that overlap, one."""
        tails = self.tails(np.arange(len(self.words)))
        kept: list[int] = []
        for k in sorted(self.confirmed(seed, false).tolist(), key=lambda k: tails[k]):
            if len(kept) == top:
                break
            if not any(self._one(k, other) for other in kept):
                kept.append(k)
        said = self._wordings([self.names[k] for k in kept])
        return [self._turn(k, wording) for k, wording in zip(kept, said, strict=True)]

    def held_out(self, seed: int, false: float) -> HeldOut | UnsetType:
        """Return whether what is found on half of the prompts is there under the others."""
        prompts = len(self.words)
        if prompts < HELD_OUT:
            return UNSET
        found = again = 0
        uses, people = np.zeros(prompts), 0.0
        for half, other in halves(prompts, seed):
            here = self.candidates(half)
            found += len(here)
            again += int((q_values(self.tails(other)[here].tolist()) <= false).sum())
            uses[other] = self.uses[np.ix_(other, here)].sum(axis=1)
            people += float(self.at_most[here].sum()) / 2
        return HeldOut(
            found=found,
            again=again,
            rate=per_thousand(uses, self.words),
            other_rate=self._people(people),
        )

    def score(self, fold: int, seed: int) -> Estimate:
        """Return the uses, in 1,000 words, of turns that are overused under other prompts.

        They are found on folds of so many prompts, and counted on all others: as many in every log
        that is to compare, for more prompts find more turns. A tenth of the prompts is left out in
        turn, and all is found anew, so that the interval knows that other prompts would give other
        turns.
        """
        prompts = len(self.words)
        order = np.random.default_rng(seed).permutation(prompts)
        value = self._rate(order, fold, seed)
        parts = np.array_split(order, min(PARTS, prompts))
        without = np.array([self._rate(np.setdiff1d(order, part), fold, seed) for part in parts])
        return grouped_rate(value, without, float(self.words.sum()) / PER)

    def _rate(self, prompts: Ints, fold: int, seed: int) -> float:
        """Return the score under some prompts, a mean over folds."""
        rng = np.random.default_rng(seed)
        words = self.words[prompts]
        uses = self.uses[prompts]
        found: list[float] = []
        for _ in range(SHUFFLES):
            order = rng.permutation(len(prompts))
            for start in range(0, len(prompts) - fold + 1, fold):
                finding = order[start : start + fold]
                here = self.candidates(prompts[finding])
                rest = np.delete(np.arange(len(prompts)), finding)
                found.append(uses[np.ix_(rest, here)].sum() / words[rest].sum())
        return PER * float(np.mean(found))

    def _one(self, turn: int, other: int) -> bool:
        """Tell whether two turns are parts of one: they overlap, or come up together alone."""
        mine, theirs = self.uses[:, turn] > 0, self.uses[:, other] > 0
        both = float((mine & theirs).sum())
        if both >= TOGETHER * float((mine | theirs).sum()):
            return True
        a, b = self.names[turn].split(), self.names[other].split()
        return bool({*pairwise(a)} & {*pairwise(b)}) and both >= SAME * float(mine.sum())

    def _turn(self, k: int, wording: str) -> OverusedTurn:
        return OverusedTurn(
            text=shortened(wording),
            prompts=int((self.uses[:, k] > 0).sum()),
            of=len(self.words),
            rate=per_thousand(self.uses[:, k].astype(np.float64), self.words),
            other_rate=self._people(float(self.at_most[k]), bool(self.known[k])),
        )

    def _people(self, at_most: float, known: bool = False) -> Estimate:
        """Return how often people say something in 1,000 words as long as those of the log."""
        people = human_turns()
        most = PER * at_most * float(self.characters.sum() / self.words.sum())
        spread = 1.96 / np.sqrt(at_most * people.characters) if known else 0.0
        method = "counts of people's texts" if known else "the most that the counts allow"
        return Estimate(
            most, most * (1 - spread) if known else 0.0, most * (1 + spread), people.texts,
            "uses in 1,000 words", method,
        )  # fmt: skip

    def _wordings(self, names: list[str]) -> list[str]:
        """Return each turn as it is worded most often, small words and all."""
        said: dict[str, Counter[str]] = {name: Counter() for name in names}
        for text in self.outputs:
            for turn, start, end in turns(text):
                if turn in said:
                    said[turn][_plain(text[start:end])] += 1
        return [min(said[name], key=lambda words: (-said[name][words], words)) for name in names]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_#`“”\"]", "", text.lower()).split())
