"""The turns of phrase that one log uses more than another, counted by prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import UNSET, UnsetType

from fullmenu.judge.case import OrderedLog
from fullmenu.judge.lengths import differ, matched
from fullmenu.judge.plates import shortened
from fullmenu.judge.turns.human_overuse import HELD_OUT, halves
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

SURE = 0.99
"""Level of intervals that lie apart where turns of whole texts of other lengths are compared."""

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

    In scripts without spaces four characters are.

    >>> telling("instead of"), telling("of the"), telling("instead")
    (True, False, False)
    """
    words = turn.replace("’", "'").split()
    if all(map(_without_spaces, words)):
        return len(words) > 3
    return len(words) > 2 or (len(words) == 2 and not FUNCTION_WORDS.issuperset(words))


def _without_spaces(word: str) -> bool:
    return len(tokens.WORD.findall(f"{word}a")) > 1


def wording(turn: str, outputs: Sequence[str]) -> str:
    """Return a turn as it is written most often in the first outputs, in lower case, with marks.

    >>> wording("wasn a", ["It wasn’ a dog.", "Not a dog"])
    'wasn’ a'
    >>> wording("总 而 言 之", ["总而言之，很好。"])
    '总而言之'
    """
    words = [re.escape(word).replace("'", "['’]") for word in turn.split()]
    spaced = not any(map(_without_spaces, turn.split()))
    written = re.compile(r"\W+".join(words) + r"(?!\w)" if spaced else r"\W*".join(words))
    plain = [word for word in turn.split() if "'" not in word]
    said = Counter(
        " ".join(found.split())
        for text in map(str.lower, outputs[:EXAMPLES])
        if all([word in text for word in plain])
        for found in _found(written, text, spaced)
    )
    return min(said, key=lambda way: (-said[way], way), default=turn)


def _found(written: re.Pattern[str], text: str, spaced: bool) -> Iterator[str]:
    """Yield what a pattern finds; where words are spaced, only what begins one.

    A pattern that asks for the beginning of a word itself is ten times slower.
    """
    at = 0
    while match := written.search(text, at):
        inside = spaced and match.start() > 0 and _OF_A_WORD.match(text, match.start() - 1)
        at = match.start() + 1 if inside else match.end()
        if not inside:
            yield match[0]


_OF_A_WORD = re.compile(r"\w")


def used_more(
    before: TurnUses, after: TurnUses, top: int, seed: int, false: float
) -> tuple[Found, Found]:
    """Return the turns that ``after`` uses more, and those that ``before`` does.

    With each the check on halves of the prompts. ``false``: the rate of false discoveries, over
    both.
    """
    came, gone = found(before, after, np.flatnonzero(before.asked | after.asked), false)
    checks = _held_out(before, after, seed, false)
    return (
        ([_turn(turn, after, before) for turn in came[:top]], checks[0]),
        ([_turn(turn, before, after) for turn in gone[:top]], checks[1]),
    )


def found(
    before: TurnUses, after: TurnUses, prompts: Ints, false: float
) -> tuple[list[str], list[str]]:
    """Return the turns that became commoner under some prompts, and rarer; the surest first.

    They are compared at matched lengths: longer texts hold more of every turn. Cutting loses how
    texts end. So turns of whole texts count too, where uses in 1,000 words differ as clearly.
    """
    sides = before.part(prompts), after.part(prompts)
    whole = _ranked(*sides, false)
    lengths_of = (float(side.words.mean()) for side in sides)
    if not all(len(side.outputs) for side in sides) or not differ(*lengths_of):
        return whole[0][0], whole[1][0]
    kept = []
    for (turns, z), (more, less), matching in zip(
        whole, ((after, before), (before, after)), _ranked(*matched(*sides), false), strict=True
    ):
        surely = [x for x in turns if _oftener(x, more, less, prompts)]
        rank = dict(zip(turns, z, strict=True)) | dict(zip(*matching, strict=True))
        apart = [x for x in surely if not any(_within(x, y) for y in matching[0])]
        kept.append(sorted([*matching[0], *apart], key=lambda turn: -abs(rank[turn])))
    return kept[0], kept[1]


def _ranked(
    before: OrderedLog, after: OrderedLog, false: float
) -> list[tuple[list[str], list[float]]]:
    """Return the turns that became commoner, and those that became rarer, with their z."""
    from fullmenu.measures.texts._phrase_table import phrase_table

    table = phrase_table(
        before.outputs, after.outputs,
        before_groups=before.groups, after_groups=after.groups, top=LOOKED_AT, false=false,
    )  # fmt: skip
    turns = [[p for p in way if telling(p.text)] for way in (table.taken_up, table.dropped)]
    return [([p.text for p in way], [p.z for p in way]) for way in turns]


def _oftener(turn: str, more: TurnUses, less: TurnUses, prompts: Ints) -> bool:
    """Tell whether one side uses a turn more often in 1,000 words: 99 % intervals lie apart."""
    rates = [
        per_thousand(side.of(turn)[rows], side.words[rows], SURE)
        for side in (more, less)
        for rows in [prompts[side.asked[prompts]]]
    ]
    return bool(rates[0].above(rates[1].high or 0.0))


def _within(turn: str, other: str) -> bool:
    short, long = sorted((_spaced(turn.split()), _spaced(other.split())), key=len)
    return short in long


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
        for way, turns in enumerate(found(before, after, here, CANDIDATES)):
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
