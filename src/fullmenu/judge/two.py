"""Comparing two versions: the whole answer, as one report."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from fullmenu.estimate import Margins
from fullmenu.judge import measurements, signals
from fullmenu.judge.case import Progress, Settings, pair
from fullmenu.judge.description import about, compared
from fullmenu.judge.explanation import explained
from fullmenu.judge.gallery import of_log
from fullmenu.judge.judgement import Ruling, conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.phrases import took_over
from fullmenu.judge.pipe import look_for
from fullmenu.judge.plates import AFTER, BEFORE, dish_change, lost_dishes, risen_dishes, served
from fullmenu.judge.premises import examine
from fullmenu.judge.prompts import lost_most
from fullmenu.report.document import ComparisonDocument, PipeCheck, Sides
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder


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
    settings = Settings(views, margins, encoder, ruler, measures, seed, progress)
    case = pair(before, after, labels, settings)
    signs = look_for((before, after), labels)
    sights = look(case)
    premises = examine(sights)
    opinions = judge(premises)
    ruling, pipe = explained(conclude(opinions), signs, (before, after), settings)
    return Report(document(ruling, pipe))


def document(ruling: Ruling, pipe: list[PipeCheck]) -> ComparisonDocument:
    """Write down a ruling on two logs, with what was lost and what took over."""
    opinions, premises, sights, case = ruling.way
    before, after = case.logs
    case.tell("dishes")
    plates = served(sights)
    case.tell("what changed")
    return ComparisonDocument(
        verdict=ruling.verdict.name,
        reason=ruling.reason,
        pipe=pipe,
        judged=premises.judged,
        margins=case.margins,
        before=about(before.samples, before.label),
        after=about(after.samples, after.label),
        shared_prompts=len(case.ids) if case.paired else 0,
        views={view.name: compared(view, opinions) for view in case.views},
        signals=signals.of_two(case),
        dishes=dish_change(plates),
        half_of_plates=Sides(plates.half(BEFORE), plates.half(AFTER)),
        lost=lost_dishes(plates),
        fallback=risen_dishes(plates),
        **took_over(sights),
        prompts=lost_most(sights),
        measures=measurements.of_two(case),
        gallery=Sides(*map(of_log, case.logs)) if case.media == "image" else UNSET,
        caveats=premises.caveats,
    )
