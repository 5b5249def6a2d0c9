"""The turns of phrase that one log uses more than another, counted by prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec import UNSET, UnsetType

from fullmenu.judge.case import OrderedLog
from fullmenu.judge.human_overuse import HELD_OUT, halves
from fullmenu.judge.plates import shortened
from fullmenu.report.phrases.document import HeldOut, OverusedTurn
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.discovery import q_values
from fullmenu.stats.log_odds import log_odds
from fullmenu.stats.ratio_of_sums import per_thousand
from fullmenu.text import tokens
from fullmenu.text.function_words import FUNCTION_WORDS

LOOKED_AT = 200
"""The strongest runs of words that are looked at; of these, single words are no turns."""

CANDIDATES = 0.3
"""Rate of false discoveries on half of the prompts, where the other half decides."""

EXAMPLES = 300
"""Outputs in which it is looked up how a turn is written."""

PRIOR = 0.1
"""Weight of the pooled shares, as if from so many times the prompts."""

Found = tuple[list[OverusedTurn], HeldOut | UnsetType]
"""Turns that one side uses more, and the check of them on other prompts."""


class TurnUses:
    """The words of a log, ready to look for turns of phrase in.

    Parameters
    ----------
    log
        Texts.
    prompts
        How many prompts its numbering has.
    """

    def __init__(self, log: OrderedLog, prompts: int) -> None:
        found = tokens.tokenize(log.outputs)
        said = found.points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        words = [said[a:b] for a, b in zip(found.starts.tolist(), found.ends.tolist(), strict=True)]
        ends = np.cumsum(found.lengths())
        self.log, self.prompts = log, prompts
        self.texts = [
            _spaced(words[end - n : end])
            for end, n in zip(ends.tolist(), found.lengths().tolist(), strict=True)
        ]
        self.words: Floats = np.bincount(log.groups, found.lengths(), prompts).astype(np.float64)
        self.asked = self.words > 0

    def of(self, turn: str) -> Floats:
        """Return how often the outputs of each prompt use a turn, (P,).

        >>> log = OrderedLog(None, ["Well, well, said he.", "All is well."], [], np.array([0, 1]))
        >>> TurnUses(log, 2).of("well").tolist()
        [2.0, 1.0]
        """
        return self._by_prompt([text.count(_spaced(turn.split())) for text in self.texts])

    def of_all(self, turns: Sequence[str]) -> Floats:
        """Return the uses of some turns together, those that overlap counted once, (P,)."""
        if not turns:
            return np.zeros(self.prompts)
        longest_first = sorted(turns, key=len, reverse=True)
        any_turn = re.compile("|".join(re.escape(_spaced(turn.split())) for turn in longest_first))
        return self._by_prompt([sum(1 for _ in any_turn.finditer(t)) for t in self.texts])

    def _by_prompt(self, uses: Sequence[int]) -> Floats:
        return np.bincount(self.log.groups, uses, self.prompts).astype(np.float64)

    def part(self, prompts: Ints) -> OrderedLog:
        """Return the outputs of some prompts."""
        return self.log.at(np.flatnonzero(np.isin(self.log.groups, prompts)))


def _spaced(words: Sequence[str]) -> str:
    """Return words with a space on both sides of each: one that comes twice is found twice."""
    return "".join(f" {word} " for word in words)


def telling(turn: str) -> bool:
    """Tell whether a run of words is a turn of phrase: three, or two of which one carries meaning.

    >>> telling("instead of"), telling("of the"), telling("instead")
    (True, False, False)
    """
    words = turn.replace("’", "'").split()
    return len(words) > 2 or (len(words) == 2 and not FUNCTION_WORDS.issuperset(words))


def wording(turn: str, outputs: Sequence[str]) -> str:
    """Return a turn as it is written most often in the first outputs, in lower case, with marks.

    >>> wording("wasn a", ["It wasn’ a dog.", "Not a dog"])
    'wasn’ a'
    """
    first, *rest = (re.escape(word).replace("'", "['’]") for word in turn.split())
    written = re.compile(r"(?<!\w)" + r"\W+".join([first, *rest]) + r"(?!\w)")
    said = Counter(
        " ".join(found.split())
        for text in outputs[:EXAMPLES]
        for found in written.findall(text.lower())
    )
    return min(said, key=lambda way: (-said[way], way), default=turn)


def used_more(
    before: TurnUses, after: TurnUses, top: int, seed: int, false: float
) -> tuple[Found, Found]:
    """Return the turns that ``after`` uses more, and those that ``before`` does.

    With each the check on halves of the prompts. ``false``: the rate of false discoveries, over
    both.
    """
    came, gone = found(before.log, after.log, false)
    checks = _held_out(before, after, seed, false)
    return (
        ([_turn(turn, after, before) for turn in came[:top]], checks[0]),
        ([_turn(turn, before, after) for turn in gone[:top]], checks[1]),
    )


def found(before: OrderedLog, after: OrderedLog, false: float) -> tuple[list[str], list[str]]:
    """Return the turns that became commoner, and those that became rarer, the surest first."""
    from fullmenu.measures.texts._phrase_table import phrase_table

    table = phrase_table(
        before.outputs, after.outputs,
        before_groups=before.groups, after_groups=after.groups, top=LOOKED_AT, false=false,
    )  # fmt: skip
    came, gone = ([p.text for p in x if telling(p.text)] for x in (table.taken_up, table.dropped))
    return came, gone


def _held_out(
    before: TurnUses, after: TurnUses, seed: int, false: float
) -> list[HeldOut | UnsetType]:
    prompts = np.flatnonzero(before.asked | after.asked)
    if len(prompts) < HELD_OUT:
        return [UNSET, UNSET]
    uses = np.zeros((2, 2, before.prompts))  # of what came and what went; after and before
    counts = np.zeros((2, 2), int)  # found, and again
    for half, other in halves(len(prompts), seed):
        here, there = prompts[half], prompts[other]
        for way, turns in enumerate(found(before.part(here), after.part(here), CANDIDATES)):
            sides = (after, before) if way == 0 else (before, after)
            for k, side in enumerate(sides):
                uses[way, k, there] = side.of_all(turns)[there]
            counts[way] += len(turns), _again(turns, *sides, there, false)
    result: list[HeldOut | UnsetType] = []
    for way, sides in enumerate(((after, before), (before, after))):
        rates = [
            per_thousand(uses[way, k][side.asked], side.words[side.asked])
            for k, side in enumerate(sides)
        ]
        result.append(
            HeldOut(
                found=int(counts[way, 0]),
                again=int(counts[way, 1]),
                rate=rates[0],
                other_rate=rates[1],
            )
        )
    return result


def _again(
    turns: Sequence[str], more: TurnUses, less: TurnUses, prompts: Ints, false: float
) -> int:
    """Count the turns that are commoner on the same side under other prompts, at that rate."""
    if not turns:
        return 0
    with_it = [
        np.array([(side.of(turn)[prompts] > 0).sum() for turn in turns], np.float64)
        for side in (less, more)
    ]
    totals = [float(side.asked[prompts].sum()) + 0.5 for side in (less, more)]
    prior = np.maximum(PRIOR * (with_it[0] + with_it[1]), 1e-3)
    z, _ = log_odds(
        with_it[0], with_it[1], prior, before_total=totals[0], after_total=totals[1],
        prior_total=PRIOR * sum(totals) + 2e-3,
    )  # fmt: skip
    from statistics import NormalDist

    return int((q_values([1 - NormalDist().cdf(x) for x in z]) <= false).sum())


def _turn(turn: str, more: TurnUses, less: TurnUses) -> OverusedTurn:
    uses, others = more.of(turn), less.of(turn)
    return OverusedTurn(
        text=shortened(wording(turn, more.log.outputs)),
        prompts=int((uses > 0).sum()),
        of=int(more.asked.sum()),
        rate=per_thousand(uses[more.asked], more.words[more.asked]),
        other_prompts=int((others > 0).sum()),
        other_rate=per_thousand(others[less.asked], less.words[less.asked]),
    )
