"""Comparing two versions: the whole answer, as one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from msgspec import UNSET, structs

from fullmenu.errors import BadInput
from fullmenu.estimate import Margins
from fullmenu.judge import dependence, flicker, items, measurements, passes, signals, strays
from fullmenu.judge.case import Progress, Settings, by_text, named_alike, pair
from fullmenu.judge.closeup import about_closeup, closeup, rates_of_both
from fullmenu.judge.description import about, compared, error_rates
from fullmenu.judge.explanation import causes, explained
from fullmenu.judge.flicker import Want, wanted, wishes
from fullmenu.judge.gallery import of_log
from fullmenu.judge.groups import Time, between, split
from fullmenu.judge.judgement import Ruling, conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.many import over
from fullmenu.judge.marks import marks
from fullmenu.judge.phrases import took_over
from fullmenu.judge.pipe import look_for
from fullmenu.judge.plates import (
    AFTER,
    BEFORE,
    Plates,
    dish_change,
    lost_dishes,
    risen_dishes,
    served,
)
from fullmenu.judge.premises import examine, left_out
from fullmenu.judge.prompts import lost_most
from fullmenu.readers.file_names import called
from fullmenu.readers.inputs import Log
from fullmenu.readers.reader import read
from fullmenu.report.document import Cause, ComparisonDocument, Notice, PipeCheck, Sides, Wanted
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder


def compare(
    before: Log,
    after: Log = None,
    *,
    by: str | None = None,
    since: Time | None = None,
    until: Time | None = None,
    columns: Mapping[str, str] | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    labels: tuple[str, str] | None = None,
    measures: Sequence[str] = (),
    want: Want | None = None,
    reference: Log = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Say whether ``after`` lost variety against ``before``, how sure that is, and what was lost.

    Parameters
    ----------
    before, after
        Two logs of the same prompts, best with ten outputs of each prompt; samples, or anything
        that :func:`fullmenu.read` takes. With ``by``, one log.
    by
        Compare the groups of one log: by ``day``, ``week`` or ``month`` of its times in UTC, by
        ``model``, or by any column. Three groups or more are a trend (:func:`fullmenu.trend`).
    since, until
        Only outputs of that time: a day, such as ``"2025-05-12"``, or a moment.
    columns
        Names of columns where they are not common ones: ``{"output": "answer"}``.
    views
        What to look at: ``phrasing``, ``outline``, ``answer``, or plugins; of pictures ``image``,
        of vectors ``vector``. By default all of those that the logs' medium has.
    margins
        What counts as a change; declared before looking.
    encoder, ruler
        For ``answer``: a function from texts to vectors and its name (lexical features otherwise).
        For ``image``: one from Pillow images to vectors (pixels otherwise).
    labels
        How the report calls the two; by default by their files' names, or before and after.
    measures
        Names of more measures to take, on what each takes (``fullmenu measures`` lists them).
    want
        What is wanted of prompts: ``same`` (facts) or ``varied`` (ideas) of all of them, the name
        of a column that says so, or either by prompt id. Prompts whose answers should be the same
        and flicker are listed, and those that should vary and collapsed; the verdict is then of the
        prompts that should vary.
    reference
        Real vectors, 100 or more, where the logs hold vectors: what is like nothing among them is
        left out, and how much that is stands in the notices. Where BEFORE is real, give it here
        too. Without it, a verdict that hangs on such outputs is ``unclear``.
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
    BadInput
        A log cannot be read, or cannot be cut into groups so.
    NotEnoughData
        A log is empty, or nothing in it can be judged.

    Examples
    --------
    >>> import numpy as np
    >>> dishes = ["soup", "fish", "rice", "cake", "stew", "figs", "plum", "eggs"]
    >>> asked = [f"Dinner {d}?" for d in range(20)]
    >>> before = {p: np.roll(dishes, i)[:6] for i, p in enumerate(asked)}
    >>> after = {p: ["soup"] * 5 + [dishes[1 + i % 7]] for i, p in enumerate(asked)}
    >>> compare(before, after, views=["phrasing"]).verdict
    'collapsed'
    """
    settings = Settings(views, margins, encoder, ruler, measures, seed, progress)
    if (after is None) == (by is None):
        raise BadInput(
            "compare takes two logs, or one log and by='week' (or day, month, model, a column); "
            f"given are {2 - (after is None)} and by={by!r}"
        )
    names = list(labels or called([before, after], ["before", "after"]))
    given = [read(x, columns=columns) for x in (before, after) if x is not None]
    logs = [between(log, since, until) for log in given]
    left_out: list[str] = []
    if by is not None:
        groups = split(logs[0], by)
        if len(groups.logs) > 2:
            if want is not None or reference is not None:
                asked = "want" if want is not None else "reference"
                raise BadInput(
                    f"{asked} judges two versions, and by={by!r} gives {len(groups.logs)}"
                )
            return over(groups.logs, groups.labels, settings, groups)
        logs, names, left_out = groups.logs, groups.labels, groups.left_out
    logs, settings, told = items.prepared(named_alike(logs), settings)
    if reference is not None:
        logs, left = strays.without(logs, read(reference, columns=columns), names)
        told = [*told, *left]
    listed = None
    if want is not None:
        wish = wishes(logs, want)
        listed = wanted(pair(logs[0], logs[1], names, settings), wish)
        left_out = [*left_out, *_verdict_of(listed)]
        if listed.varied:
            logs = [log.take(np.isin(log.column("prompt_id"), [*wish.varied])) for log in logs]
    whole = by_text(logs)
    if not told and want is None:  # items, and what is wanted, are of all outputs
        logs = closeup(whole)
    case = pair(logs[0], logs[1], names, settings)
    counted = None
    if sum(map(len, logs)) < sum(map(len, whole)):
        counted = rates_of_both(case, whole)  # before other rows are held
        if counted is None:
            logs = whole
            case = pair(logs[0], logs[1], names, settings)
    signs = look_for(logs, names)
    sights = replace(look(case), counted=counted)
    case.tell("dishes")
    plates = served(sights)
    sights = sights.without_rows()
    premises = examine(sights)
    opinions = judge(premises)
    ruling, pipe = explained(conclude(opinions), signs, logs, settings)
    if reference is None:
        ruling = strays.doubted(ruling, logs, settings, names[1])
    found = document(ruling, plates, pipe, causes(ruling, settings), left_out, listed, told)
    if counted:
        found = _of_all(found, whole, logs)
    return Report(found, logs, partial(marks, plates))


def document(
    ruling: Ruling,
    plates: Plates,
    pipe: list[PipeCheck],
    named: list[Cause],
    left_out: Sequence[str] = (),
    listed: Wanted | None = None,
    told: Sequence[Notice] = (),
) -> ComparisonDocument:
    """Write down a ruling on two logs, with what was lost and what took over."""
    opinions, premises, sights, case = ruling.way
    of_items = items.signals_of_two(case)
    before, after = case.logs
    case.tell("what changed")
    matched = dependence.matched(sights)
    same_to_all = dependence.notices(case, matched)
    return ComparisonDocument(
        verdict=ruling.verdict.name,
        reason=ruling.reason,
        pipe=pipe,
        judged=premises.judged,
        margins=case.margins,
        error_rates=error_rates(case, opinions.decisions),
        before=about(before.samples, before.label),
        after=about(after.samples, after.label),
        shared_prompts=len(case.ids) if case.paired else 0,
        views={view.name: compared(view, opinions) for view in case.views},
        signals={
            **of_items,
            **signals.of_two(case),
            **passes.signals_of_two(case, plates),
            **dependence.signals_of_two(matched),
        },
        dishes=dish_change(plates),
        half_of_plates=Sides(plates.half(BEFORE), plates.half(AFTER)),
        lost=lost_dishes(plates),
        fallback=risen_dishes(plates),
        dishes_of_all=UNSET,
        **took_over(sights),
        prompts=lost_most(sights),
        notices=[
            *items.traded(ruling, of_items),
            *passes.notices(case),
            *told,
            *(flicker.notices(listed) if listed else ()),
            *same_to_all,
        ],
        wanted=listed or UNSET,
        causes=named,
        measures=measurements.of_two(case),
        gallery=Sides(*map(of_log, case.logs)) if case.media == "image" else UNSET,
        caveats=[*left_out, *premises.caveats],
        provenance=UNSET,
    )


def _of_all(
    found: ComparisonDocument, logs: Sequence[Samples], close: Sequence[Samples]
) -> ComparisonDocument:
    """Return a comparison of close-ups whose numbers of outputs are those of the whole logs."""
    shared = set(logs[0].prompt_ids) & set(logs[1].prompt_ids)
    facts, beside = [], []
    for name, log, of in zip(("before", "after"), logs, (found.before, found.after), strict=True):
        held = np.array([p in shared for p in log.prompt_ids])
        kept = log if held.all() else log.take(held[log.groups])
        facts.append(about(kept, of.label))
        if kept is not log:
            beside.append(left_out(name, int((~held).sum()), len(log) - len(kept)))
    beside += about_closeup(close, [fact.outputs for fact in facts])
    return structs.replace(
        found, before=facts[0], after=facts[1], shared_prompts=len(shared),
        caveats=[*found.caveats, *beside],
    )  # fmt: skip


def _verdict_of(listed: Wanted) -> list[str]:
    if listed.varied:
        return [f"The verdict is of the {listed.varied:,} prompts whose answers should vary."]
    return [
        "All prompts should say the same: a loss of variety is what is wanted of them, and a "
        "flickering prompt is what is not."
    ]
