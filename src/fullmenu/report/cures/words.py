"""What cures bring and cost in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from fullmenu.cleaner import one_line
from fullmenu.estimate import Estimate
from fullmenu.report.cures.document import CuresDocument, TriedArm
from fullmenu.report.plain import interval, number, percent

OUTPUTS = 5
"""Below so many outputs of a prompt, an effective number says little."""


def name(arm: TriedArm, limit: int = 30) -> str:
    """Return what an arm is called."""
    return one_line(arm.log.label, limit)


Place: TypeAlias = tuple[Estimate, Estimate]
"""How varied an arm is, and how good; where nobody says, its yield."""


def place(arm: TriedArm) -> Place:
    """Return where an arm stands."""
    return arm.answers, worth(arm) or arm.yields


def worth(arm: TriedArm) -> Estimate | None:
    """Return how good an arm is: its quality, or else the share of valid outputs."""
    return arm.quality or arm.valid or None


def moved(arm: TriedArm) -> list[str]:
    """Return the signs that an arm only moved the sameness, in words."""
    return [effect.sentence for effect in arm.effects if effect.moved]


def advice(arms: Sequence[TriedArm], unread: float) -> tuple[str, list[str]]:
    """Return the arm that is recommended, if any, and why: what it brings, and what it costs.

    It surely gives more different answers than the baseline, is not surely worse, shows no sign
    that the sameness moved, and its replies can be read.
    """
    first, *others = arms
    surely = [arm for arm in others if arm.ratio and arm.ratio.low and arm.ratio.low > 1]
    sound, left = [], []
    for arm in surely:
        why = [*moved(arm)]
        change = arm.quality_change
        if change and change.high is not None and change.high < 0:
            why.append(f"it is worse, by {interval(change)}")
        if arm.unread > unread * max(arm.cost.replies, 1):
            why.append(f"{arm.unread:,} of {arm.cost.replies:,} replies cannot be read")
        if arm.verdict != "widened":
            why.append("that is too little to count")
        if arm.lengths and arm.lengths != "widened":
            why.append("the gain is not sure at matched lengths")
        (left.append((arm, why)) if why else sound.append(arm))
    said = []
    best = max(sound, key=lambda arm: arm.ratio.value if arm.ratio else 0.0, default=None)
    if best is None:
        said.append(f"Keep {name(first)}: no arm is surely better and sound.")
    else:
        said += [f"Use {name(best)}: {gain(best, first)}.", f"What it costs: {cost(best, first)}."]
    said += [
        f"{name(arm)} gains ×{number(arm.ratio.value)}, but {'; '.join(why)}."
        for arm, why in left
        if arm.ratio
    ]
    return (best.log.label if best else ""), said


def gain(arm: TriedArm, first: TriedArm) -> str:
    """Say how many different answers an arm gives."""
    assert arm.ratio
    return f"{interval(arm.ratio)} times as many different answers to a prompt as {name(first)}"


def cost(arm: TriedArm, first: TriedArm) -> str:
    """Say what an arm costs against the baseline, in quality, tokens and time."""
    told = []
    if arm.quality_change:
        what = "quality" if arm.quality else "the share of valid outputs"
        told.append(f"{what} changes by {interval(arm.quality_change)}")
    if arm.cost.tokens and first.cost.tokens:
        told.append(f"×{number(arm.cost.tokens / first.cost.tokens)} the tokens of an output")
    if arm.cost.seconds and first.cost.seconds:
        told.append(
            f"{number(arm.cost.seconds)} s a request, where {name(first)} takes "
            f"{number(first.cost.seconds)} s"
        )
    told += [effect.sentence for effect in arm.effects if not effect.moved]
    return "; ".join(told) or "unknown, as the logs hold no tokens, times or quality"


def caveats(arms: Sequence[TriedArm], level: float, picked: bool) -> list[str]:
    """Return what holds of all that is said."""
    said = [
        f"Intervals leave prompts out; against the first arm they are at {100 * level:.2f} %, for "
        f"{len(arms) - 1} arm{'s' * (len(arms) > 2)} together at 95 %."
    ]
    if not any(map(worth, arms)):
        said.append("Quality was not measured: an arm may be varied and bad.")
    if picked and any(arm.quality for arm in arms):
        said.append("An arm that picks by this quality looks better by it than it is.")
    if arms[0].log.outputs < OUTPUTS * arms[0].log.prompts:
        said.append(f"With fewer than {OUTPUTS} outputs of a prompt, variety is hardly known.")
    return said


def headline(document: CuresDocument) -> str:
    """Say in one sentence what is recommended."""
    return one_line(document.reason[0], 300)


def rows(document: CuresDocument) -> Iterator[tuple[str, ...]]:
    """Yield a row for each arm, with a head; what no arm has is left out."""
    columns = [
        ("arm", [name(arm) for arm in document.arms]),
        ("answers", [interval(arm.answers) for arm in document.arms]),
        (
            "× " + name(document.arms[0], 12),
            [number(arm.ratio.value) if arm.ratio else "–" for arm in document.arms],
        ),
        ("quality", [interval(arm.quality or None) for arm in document.arms]),
        ("valid", [percent(arm.valid.value) if arm.valid else "–" for arm in document.arms]),
        (f"yield of {document.of}", [percent(arm.yields.value) for arm in document.arms]),
        ("tokens", [number(arm.cost.tokens or None) for arm in document.arms]),
        ("s", [number(arm.cost.seconds or None) for arm in document.arms]),
    ]
    kept = [(head, cells) for head, cells in columns if any(cell != "–" for cell in cells)]
    yield tuple(head for head, _ in kept)
    yield from zip(*(cells for _, cells in kept), strict=True)


def passes(document: CuresDocument) -> Iterator[tuple[str, ...]]:
    """Yield pass@k of each arm, with a head; nothing where there was no checker."""
    ks = [one.k for one in document.arms[0].pass_at]
    if not ks:
        return
    yield ("arm", *(f"pass@{k}" for k in ks))
    for arm in document.arms:
        yield (name(arm), *(interval(one.chance) for one in arm.pass_at))


def effects(document: CuresDocument, *, beside: str = "") -> Iterator[tuple[str, str]]:
    """Yield what else the arms changed, unless it stands in ``beside`` already."""
    for arm in document.arms:
        for effect in arm.effects:
            if effect.sentence in beside:
                continue
            yield name(arm), one_line(effect.sentence, 240)
        if arm.unread:
            yield (
                name(arm),
                f"{arm.unread:,} of {arm.cost.replies:,} replies were not parsed as lists",
            )
