"""What a verdict rests on, tested on the logs at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fullmenu.judge import lengths
from fullmenu.judge.case import ENOUGH, MOST_PLATES
from fullmenu.judge.look import NEVER_TWICE, QUESTIONS, Sights
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.text.amounts import amount

Effect = Literal["none", "unpaired", "across only", "these prompts only", "matched lengths"]
"""What a premise that fails does to the word:

- ``none``: it is said, and the word stays;
- ``unpaired``: the logs are compared as samples of different prompts;
- ``across only``: only different prompts are judged;
- ``these prompts only``: the word is about the prompts at hand;
- ``matched lengths``: a loss or gain stands only if it is there at matched lengths as well.
"""


@dataclass(frozen=True, slots=True)
class Premise:
    """One thing that a verdict rests on."""

    name: str  # what ought to hold
    holds: bool  # whether it does
    count: int  # how much there is of what was counted: prompts, outputs, words
    sentence: str  # what the report says where it does not hold
    effect: Effect = "none"  # what it does to the word where it does not hold


@dataclass(frozen=True, slots=True)
class Premises:
    """What was seen, and what was found of its premises."""

    sights: Sights
    tested: tuple[Premise, ...]

    @property
    def caveats(self) -> list[str]:
        """What the report says of those that do not hold."""
        return [premise.sentence for premise in self.tested if not premise.holds]

    @property
    def effects(self) -> set[Effect]:
        """What those that do not hold do to the word."""
        return {premise.effect for premise in self.tested if not premise.holds}

    @property
    def judged(self) -> Literal["within and across prompts", "across prompts only"]:
        """What can be judged."""
        across_only = "across only" in self.effects
        return "across prompts only" if across_only else "within and across prompts"


def examine(sights: Sights) -> Premises:
    """Test every premise of a case: of one log, or of two."""
    tests = OF_ONE if len(sights.case.logs) == 1 else OF_TWO
    return Premises(sights, tuple(premise for test in tests for premise in test(sights)))


def same_prompts(sights: Sights) -> list[Premise]:
    """Both logs answer the same prompts."""
    case = sights.case
    if not case.paired:
        before, after = (len({*log.groups.tolist()}) for log in case.logs)
        few = len({*case.logs[0].groups.tolist()} & {*case.logs[1].groups.tolist()})
        sentence = (
            f"The two logs share {few or 'no'} prompt{'s' * (few > 1)} ({before} and {after}), "
            f"{'too few to judge, ' * bool(few)}so they are compared as samples "
            "of different prompts: other prompts can look like another variety."
        )
        return [Premise("same prompts", False, before + after, sentence, "unpaired")]
    return [
        Premise(
            "same prompts",
            not log.prompts_left_out,
            log.prompts_left_out,
            left_out(log.name, log.prompts_left_out, log.outputs_left_out),
        )
        for log in case.logs
    ]


def left_out(name: str, prompts: int, outputs: int) -> str:
    """Say what of a log is not compared.

    >>> left_out("before", 1, 12)
    'Left out, since only before has them: 1 prompt, 12 outputs.'
    """
    counts = f"{amount(prompts, 'prompt')}, {amount(outputs, 'output')}"
    return f"Left out, since only {name} has them: {counts}."


def asked_twice(sights: Sights) -> list[Premise]:
    """Prompts of the log have several outputs."""
    judged = max(int(sight.within.judged.sum()) for (sight,) in sights.by_view.values())
    sentence = (
        "One output per prompt: variety within a prompt cannot be judged, only whether the model "
        "says the same across prompts. Sample each prompt about ten times to know more."
    )
    return [Premise("asked twice", judged > 0, judged, sentence, "across only")]


def asked_twice_before_and_after(sights: Sights) -> list[Premise]:
    """Prompts have several outputs in both logs."""
    views = sum(
        all(rate.replicates for rate in sights.rates(view, "within")) for view in sights.by_view
    )
    sentence = (
        "One output per prompt: collapse within a prompt cannot be judged; only whether the "
        "model says the same across prompts. Sample each prompt about ten times to know more."
    )
    rates = [rate for view in sights.by_view for rate in sights.rates(view, "within")]
    if any(rate.undefined == NEVER_TWICE for rate in rates):
        sentence = f"{NEVER_TWICE[0].upper()}{NEVER_TWICE[1:]}."
    return [Premise("asked twice", views > 0, views, sentence, "across only")]


def enough_prompts(sights: Sights) -> list[Premise]:
    """There are prompts enough to speak of others."""
    n = sights.n_prompts
    sentence = (
        f"With {amount(n, 'prompt')} the intervals are over outputs: the verdict is about these "
        "prompts, and says nothing of others."
    )
    return [Premise("enough prompts", n >= FIXED_PROMPTS, n, sentence, "these prompts only")]


def all_prompts_seen(sights: Sights) -> list[Premise]:
    """No other prompt behaves in another way: that never holds, and how far it may not is said."""
    n = sights.n_prompts
    if n < FIXED_PROMPTS or not sights.case.paired:
        return []
    about = "The verdict is" if len(sights.case.logs) > 1 else "The numbers are"
    sentence = (
        f"{about} about these {n} prompts: of prompts like them, up to {unseen(n):.2g} % may "
        "behave in a way that none of them shows."
    )
    return [Premise("all prompts seen", False, n, sentence)]


def unseen(prompts: int) -> float:
    """Return the largest share of prompts, in %, that so many drawn at random may all miss.

    At 95 %: a share s is missed by P prompts with chance (1 − s)^P.

    >>> round(unseen(30), 1)
    9.5
    """
    return float(100 * (1 - 0.05 ** (1 / prompts)))


def no_prompt_carries_it(sights: Sights) -> list[Premise]:
    """The rates rest on many prompts, not on one that always gets the same answer."""
    carried: dict[str, list[str]] = {}
    for view in sights.by_view:
        for question in QUESTIONS:
            for log, rate in zip(sights.case.logs, sights.rates(view, question), strict=True):
                r = rate.replicates
                if (
                    r
                    and r.strata is None
                    and r.value > 0
                    and r.fragile()
                    and rate.prompts is not None
                ):
                    name = sights.called(rate, r.largest)
                    where = f"{view} {question} prompts"
                    carried.setdefault(name, []).append(
                        where if log.name == "log" else f"{where}, {log.name}"
                    )
    told = "; ".join(f"{name} ({', '.join(where)})" for name, where in list(carried.items())[:3])
    done = (
        "the interval is over the outputs of these prompts only"
        if len(sights.case.logs) == 1
        else "the difference of the rates was tested, at equal numbers of outputs"
    )
    sentence = f"A single prompt carries what repeats: {told}. There {done}."
    return [Premise("no prompt carries it", not carried, len(carried), sentence)]


def read_whole(sights: Sights) -> list[Premise]:
    """Everything was read, and every plate grouped."""
    case = sights.case
    n = max(len(log.outputs) for log in case.logs)
    text = case.media == "text"
    rest = "Signals, phrases and what is said" if text else "What is served"
    sentence = (
        f"Within prompts every pair counts. {rest} across prompts rest{'' if text else 's'} on "
        f"the first few outputs of each prompt, about {ENOUGH:,} a log."
    )
    plates = MOST_PLATES // len(case.logs)
    grouped = f"Dishes are counted on {plates:,} plates, taken evenly."
    return [
        Premise("read whole", n <= ENOUGH, n, sentence),
        Premise("all plates", n <= plates, n, grouped),
    ]


def same_length(sights: Sights) -> list[Premise]:
    """Outputs are as long after as before."""
    if not sights.mean_words:
        return []
    before, after = sights.mean_words
    changed = f"Mean length went from {before:.0f} to {after:.0f} words"
    count = round(abs(after - before))
    if sights.matched:
        sentence = (
            f"{changed}: a loss or gain counts only if it is there at matched lengths as well."
        )
        return [Premise("same length", False, count, sentence, "matched lengths")]
    sentence = f"{changed}: too short to cut both sides to one length, so lengths are not matched."
    return [Premise("same length", lengths.alike(before, after), count, sentence)]


def little_is_fixed(sights: Sights) -> list[Premise]:
    """No fixed part makes up most of an output, which would hide a change of the rest."""
    plate = sights.plate
    share = round(100 * plate.share) if plate else 0
    sentence = (
        f"{share} % of an output is the same in all: judged is what is left, and the whole too."
    )
    return [Premise("little is fixed", plate is None, share, sentence)]


Test = Callable[[Sights], list[Premise]]

OF_ONE: tuple[Test, ...] = (read_whole, asked_twice, no_prompt_carries_it, all_prompts_seen)
OF_TWO: tuple[Test, ...] = (
    same_prompts,
    asked_twice_before_and_after,
    enough_prompts,
    read_whole,
    same_length,
    little_is_fixed,
    no_prompt_carries_it,
    all_prompts_seen,
)
"""What is tested, in the order in which a report says it; a new premise is a function more here."""
