"""Comparing two versions: the whole answer, as one report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.checkup.look import Look, curve, look, rates, within_or_none
from fullmenu.checkup.signals import about
from fullmenu.comparison import changes, lengths, menu
from fullmenu.comparison.pairing import Pair, Side, pair
from fullmenu.comparison.verdict import decide
from fullmenu.errors import BadInput
from fullmenu.estimate import Margins, Verdict, worst
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View

SCHEMA = "fullmenu/compare/1"

Progress = Callable[[str], None]


def compare(
    before: Samples,
    after: Samples,
    *,
    views: Sequence[str] = registry.DEFAULT,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    labels: tuple[str, str] = ("before", "after"),
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Say whether ``after`` lost variety against ``before``, how sure that is, and what was lost.

    Parameters
    ----------
    before, after
        Two logs of the same prompts, best with ten outputs of each prompt.
    views
        What to look at: ``phrasing``, ``outline``, ``answer``, or plugins.
    margins
        What counts as a change; declared before looking.
    encoder, ruler
        For ``answer``: a function from texts to vectors and its name (lexical features otherwise).
    labels
        How the report calls the two.
    seed
        For the random blocks of pairs that large logs are compared in.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    Report
        ``.verdict``, ``.document`` (the documented JSON), ``.save("report.html")``.

    Raises
    ------
    NotEnoughData
        A log is empty, or nothing in it can be judged.

    Examples
    --------
    >>> dishes = ["soup", "fish", "rice", "cake", "stew", "figs", "plum", "eggs"]
    >>> asked = [f"Dinner {d}?" for d in range(20)]
    >>> before = Samples.of({p: np.roll(dishes, i)[:6].tolist() for i, p in enumerate(asked)})
    >>> after = Samples.of({p: ["soup"] * 5 + [dishes[1 + i % 7]] for i, p in enumerate(asked)})
    >>> compare(before, after, views=["phrasing"]).verdict
    'collapsed'
    """
    if not views:
        raise BadInput(f"no view given; use some of {', '.join(registry.DEFAULT)}")
    margins = margins or Margins()
    tell = progress or (lambda step: None)
    both = pair(before, after)
    asked = [registry.get(name, encoder, ruler) for name in views]

    mean_words = [float(lengths.words(s.outputs).mean()) for s in both.sides]
    ratio = max(mean_words) / max(min(mean_words), 1.0)
    matched = _matched(both) if ratio > lengths.ALIKE else None

    seen: dict[str, dict[str, Any]] = {}
    judged: list[Verdict] = []
    looks: dict[str, tuple[Look, Look]] = {}
    for view in asked:
        tell(f"view {view.name}")
        looks[view.name] = _look_both(view, both, both.sides, seed)
        fair = _look_both(view, both, matched, seed) if matched else None
        seen[view.name], verdicts = _judge(view, both, looks[view.name], fair, margins, len(asked))
        judged += verdicts

    tell("dishes")
    eyes = "answer" if "answer" in looks else asked[0].name
    plates = menu.group_plates(both, [side.features for side in looks[eyes]])
    tell("what changed")
    overall = worst(judged)
    within = any(v.get("judged") == "within" for v in seen.values())
    return Report(
        {
            "schema": SCHEMA,
            "verdict": overall.name,
            "reason": _reason(overall, seen),
            "judged": "within and across prompts" if within else "across prompts only",
            "margins": margins.to_dict(),
            "before": about(both.before.samples, both.before.outputs, labels[0]),
            "after": about(both.after.samples, both.after.outputs, labels[1]),
            "shared_prompts": len(both.ids) if both.paired else 0,
            "views": seen,
            "signals": changes.signals(both),
            **menu.describe(both, plates),
            **changes.took_over(both),
            "prompts": changes.prompts(both, looks),
            "caveats": [*both.caveats, *_caveats(both, within, mean_words, matched)],
        }
    )


def _look_both(view: View, both: Pair, sides: Sequence[Side], seed: int) -> tuple[Look, Look]:
    first, second = (look(view, s.outputs, s.prompts, s.groups, len(both.ids), seed) for s in sides)
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
        for (r, why), x, name in zip(sides, looks, ("before", "after"), strict=True):
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
        return one.across, "fewer than three prompts"
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


def _reason(overall: Verdict, seen: dict[str, dict[str, Any]]) -> str:
    parts = []
    for name, block in seen.items():
        if block.get("judged") == "within" and block["verdict"] == overall.name:
            parts.append(f"{name} within prompts")
        if block.get("across", {}).get("verdict") == overall.name:
            parts.append(f"{name} across prompts")
    return f"{overall.name} in {', '.join(parts)}: {overall.reason}"


def _caveats(both: Pair, within: bool, mean_words: list[float], matched: Any) -> list[str]:
    notes = []
    if not within:
        notes.append(
            "One output per prompt: collapse within a prompt cannot be judged; only whether the "
            "model says the same across prompts. Sample each prompt about ten times to know more."
        )
    if matched:
        notes.append(
            f"Mean length went from {mean_words[0]:.0f} to {mean_words[1]:.0f} words: a loss or "
            "gain counts only if it is there at matched lengths as well."
        )
    return notes
