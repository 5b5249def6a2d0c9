"""Judging two logs, view by view: within prompts and across them, at matched lengths too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Margins, Verdict, worst
from fullmenu.judge import lengths
from fullmenu.judge.look import Look, curve, look, rates, within_or_none
from fullmenu.judge.pairing import Pair, Side
from fullmenu.judge.verdict import decide
from fullmenu.text.tokens import count_words
from fullmenu.views.registry import View


@dataclass(frozen=True, slots=True)
class Judgement:
    """What every view said.

    Parameters
    ----------
    looks
        What each view saw, before and after.
    blocks
        The report's block of each view.
    verdicts
        All verdicts, of every view and question that could be judged.
    mean_words
        Mean length before and after; ``None`` where outputs are not texts.
    matched
        Both sides cut to matched lengths, where lengths differed enough.
    """

    looks: dict[str, tuple[Look, Look]]
    blocks: dict[str, dict[str, Any]]
    verdicts: list[Verdict]
    mean_words: tuple[float, float] | None
    matched: tuple[Side, Side] | None

    @property
    def overall(self) -> Verdict:
        """The worst verdict; held only when all held."""
        return worst(self.verdicts)

    @property
    def within(self) -> bool:
        """Whether variety within prompts could be judged."""
        return any(block.get("judged") == "within" for block in self.blocks.values())

    @property
    def reason(self) -> str:
        """Where the worst verdict was found, and why."""
        overall = self.overall
        parts = []
        for name, block in self.blocks.items():
            if block.get("judged") == "within" and block["verdict"] == overall.name:
                parts.append(f"{name} within prompts")
            if block["across"].get("verdict") == overall.name:
                parts.append(f"{name} across prompts")
        return f"{overall.name} in {', '.join(parts)}: {overall.reason}"


def judge(
    both: Pair,
    views: Sequence[View],
    margins: Margins,
    *,
    seed: int,
    tell: Callable[[str], None],
    eyes: str = "",
    comparisons: int = 1,
) -> Judgement:
    """Look through every view at both logs, and decide.

    Parameters
    ----------
    eyes
        The view whose feature rows are kept, for telling dishes apart.
    comparisons
        How many pairs of logs are judged together: the error rate is shared among them too.
    """
    words = _mean_words(both) if both.media == "text" else None
    matched = _matched(both) if words and lengths.differ(*words) else None
    judgement = Judgement({}, {}, [], words, matched)
    for view in views:
        tell(f"view {view.name}")
        looks = _look_both(view, both, both.sides, seed, view.name == eyes)
        fair = _look_both(view, both, matched, seed, False) if matched else None
        block, verdicts = _judge(view, both, looks, fair, margins, len(views) * comparisons)
        judgement.looks[view.name] = looks
        judgement.blocks[view.name] = block
        judgement.verdicts.extend(verdicts)
    return judgement


def _look_both(
    view: View, both: Pair, sides: Sequence[Side], seed: int, keep: bool
) -> tuple[Look, Look]:
    def one(s: Side) -> Look:
        seen = look(view, s.outputs, s.prompts, s.groups, len(both.ids), seed)
        return seen if keep else replace(seen, features=None)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(one, sides)
    return first, second


def _mean_words(both: Pair) -> tuple[float, float]:
    first, second = (float(count_words(s.outputs).mean()) for s in both.sides)
    return first, second


def _matched(both: Pair) -> tuple[Side, Side]:
    cut = lengths.match(
        both.before.outputs, both.after.outputs, both.before.groups, both.after.groups
    )
    first, second = (
        Side(s.samples, texts, s.prompts, s.groups)
        for s, texts in zip(both.sides, cut, strict=True)
    )
    return first, second


def _judge(
    view: View,
    both: Pair,
    looks: tuple[Look, Look],
    fair: tuple[Look, Look] | None,
    margins: Margins,
    n_views: int,
) -> tuple[dict[str, Any], list[Verdict]]:
    """Judge one view within and across prompts; a loss must stand at matched lengths too."""
    block: dict[str, Any] = {"sees": view.sees, "blind": view.blind, "ruler": view.ruler}
    answers: dict[str, Verdict] = {}
    for question in ("within", "across"):
        sides = [_replicates(question, x, looks, both.paired) for x in looks]
        for (r, why), name in zip(sides, ("before", "after"), strict=True):
            at = block if question == "within" else block.setdefault("across", {})
            at[name] = rates(r, why)
            if question == "within":
                at[name]["curve"] = curve(r)
        if any(r is None for r, _ in sides):
            continue
        first, second = (r for r, _ in sides)
        raw = decide(first, second, paired=both.paired, margins=margins, views=n_views)
        level = None
        if fair:
            again = [_replicates(question, x, fair, both.paired)[0] for x in fair]
            level = decide(*again, paired=both.paired, margins=margins, views=n_views)
        answers[question] = _stands(raw, level)
        at = block if question == "within" else block["across"]
        at |= _verdict(answers[question])
        at["raw"] = _verdict(raw)
        at["length_matched"] = _verdict(level) if level else None
    if "within" in answers:
        block["judged"] = "within"
    elif "across" in answers:
        block |= {k: block["across"][k] for k in ("verdict", "reason", "ratio", "needed")}
        block["judged"] = "across"
    return block, list(answers.values())


def _replicates(
    question: str, one: Look, looks: tuple[Look, Look], paired: bool
) -> tuple[Any, str]:
    if question == "across":
        return one.across, "fewer than six prompts"
    prompts: NDArray[np.int64] | None = None
    if paired:
        prompts = np.flatnonzero(looks[0].within.judged & looks[1].within.judged)
    return within_or_none(one.within, prompts)


def _stands(raw: Verdict, matched: Verdict | None) -> Verdict:
    """Let a loss or gain stand only if it is there at matched lengths as well."""
    if matched is None or raw.name in ("held", "unclear"):
        return raw
    if raw.lost and matched.lost:
        return raw if raw.name == matched.name else _milder(raw, matched)
    if raw.name == matched.name:
        return raw
    return Verdict(
        "unclear" if matched.name != "held" else "held",
        f"{raw.name} as it is ({raw.reason}), but {matched.name} at matched lengths "
        f"({matched.reason}): the lengths changed, not clearly the variety",
        matched.ratio,
        matched.needed,
    )


def _milder(a: Verdict, b: Verdict) -> Verdict:
    return a if a.name == "narrowed" else b


def _verdict(v: Verdict) -> dict[str, Any]:
    return {
        "verdict": v.name,
        "reason": v.reason,
        "ratio": v.ratio.to_dict() if v.ratio else None,
        "needed": v.needed,
    }
