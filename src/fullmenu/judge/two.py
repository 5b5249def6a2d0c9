"""Comparing two versions: the whole answer, as one report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fullmenu.estimate import Margins
from fullmenu.judge import changes, lengths, measured_pair, menu
from fullmenu.judge.gallery import gallery, with_pictures
from fullmenu.judge.judging import Judgement, judge
from fullmenu.judge.measured import named
from fullmenu.judge.pairing import Pair, pair
from fullmenu.judge.plates import thinned
from fullmenu.judge.signals import about, pooled
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views import registry
from fullmenu.views.registry import Encoder

SCHEMA = "fullmenu/compare/1"

Progress = Callable[[str], None]


def compare(
    before: Samples,
    after: Samples,
    *,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    labels: tuple[str, str] = ("before", "after"),
    measures: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Say whether ``after`` lost variety against ``before``, how sure that is, and what was lost.

    Parameters
    ----------
    before, after
        Two logs of the same prompts, best with ten outputs of each prompt.
    views
        What to look at: ``phrasing``, ``outline``, ``answer``, or plugins; of pictures ``image``,
        of vectors ``vector``. By default all of those that the logs' medium has.
    margins
        What counts as a change; declared before looking.
    encoder, ruler
        For ``answer``: a function from texts to vectors and its name (lexical features otherwise).
        For ``image``: one from Pillow images to vectors (pixels otherwise).
    labels
        How the report calls the two.
    measures
        Names of more measures to take, on what each takes (``fullmenu measures`` lists them).
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
    >>> import numpy as np
    >>> dishes = ["soup", "fish", "rice", "cake", "stew", "figs", "plum", "eggs"]
    >>> asked = [f"Dinner {d}?" for d in range(20)]
    >>> before = Samples.of({p: np.roll(dishes, i)[:6].tolist() for i, p in enumerate(asked)})
    >>> after = Samples.of({p: ["soup"] * 5 + [dishes[1 + i % 7]] for i, p in enumerate(asked)})
    >>> compare(before, after, views=["phrasing"]).verdict
    'collapsed'
    """
    more = named(measures, comparing=True)
    tell = progress or (lambda step: None)
    both = pair(before, after)
    asked = registry.chosen(views, both.media, encoder, ruler)
    margins = margins or Margins()
    eyes = registry.eyes(asked)
    found = judge(both, asked, margins, seed=seed, tell=tell, eyes=eyes.name)
    tell("dishes")
    plates = [side.features for side in found.looks[eyes.name]]
    dishes = menu.describe(both, plates, eyes.same_dish)
    tell("what changed")
    logs = {"before": both.before.samples, "after": both.after.samples}
    return Report(
        {
            "schema": SCHEMA,
            "verdict": found.overall.name,
            "reason": found.reason,
            "judged": "within and across prompts" if found.within else "across prompts only",
            "margins": margins.to_dict(),
            "before": about(both.before.samples, both.before.outputs, labels[0]),
            "after": about(both.after.samples, both.after.outputs, labels[1]),
            "shared_prompts": len(both.ids) if both.paired else 0,
            "views": found.blocks,
            "signals": changes.signals(both),
            **dishes,
            **changes.took_over(both, found.matched or both.sides),
            "prompts": with_pictures(changes.prompts(both, found.looks), logs),
            **measured_pair.of_pair(more, both, asked, tell),
            **gallery(logs),
            "caveats": [*both.caveats, *caveats(both, found, labels)],
        }
    )


def caveats(both: Pair, found: Judgement, labels: Sequence[str]) -> list[str]:
    """Say what the judgement could not see, and what it corrected for."""
    notes = []
    for side, label in zip(both.sides, labels, strict=True):
        notes += pooled(side.samples, label)
    if not found.within:
        notes.append(
            "One output per prompt: collapse within a prompt cannot be judged; only whether the "
            "model says the same across prompts. Sample each prompt about ten times to know more."
        )
    if len(both.ids) < FIXED_PROMPTS:
        notes.append(
            f"With {len(both.ids)} prompt(s) the intervals are over their outputs: the verdict is "
            "about these prompts, and says nothing of others."
        )
    notes += thinned([len(side.outputs) for side in both.sides], both.media)
    if found.mean_words is None:
        return notes
    before, after = found.mean_words
    changed = f"Mean length went from {before:.0f} to {after:.0f} words"
    if found.matched:
        notes.append(
            f"{changed}: a loss or gain counts only if it is there at matched lengths as well."
        )
    elif max(before, after) > lengths.ALIKE * min(before, after):
        notes.append(
            f"{changed}: too short to cut both sides to one length, so lengths are not matched."
        )
    return notes
