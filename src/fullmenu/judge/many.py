"""Across versions: each against the one before it, and the last against the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from msgspec import UNSET

from fullmenu.errors import BadInput
from fullmenu.estimate import Margins
from fullmenu.judge import measurements
from fullmenu.judge.case import Case, Progress, Settings, named_alike, pair, single
from fullmenu.judge.description import about, decision, error_rates, rates
from fullmenu.judge.groups import Groups, Time, between, split, when
from fullmenu.judge.items import prepared
from fullmenu.judge.judgement import Opinions, conclude, judge
from fullmenu.judge.look import Sights, look
from fullmenu.judge.models import alike_models
from fullmenu.judge.pipe import changes, look_for
from fullmenu.judge.plates import over_versions
from fullmenu.judge.premises import examine
from fullmenu.readers.file_names import called
from fullmenu.readers.inputs import Log
from fullmenu.readers.reader import read
from fullmenu.report.document import LargestFall, TrendDocument, TrendStep, TrendView
from fullmenu.report.models.document import AlikeModels
from fullmenu.report.report import Report
from fullmenu.samples import Samples, shown
from fullmenu.views.registry import Encoder, View, eyes

HALVES = 2
"""Of the error rate: one for the last version against the first, one for the steps in between."""


def trend(
    versions: Log,
    *,
    by: str | None = None,
    since: Time | None = None,
    until: Time | None = None,
    columns: Mapping[str, str] | None = None,
    labels: Sequence[str] | None = None,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    measures: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Follow variety over three or more versions of a model.

    Parameters
    ----------
    versions
        A list of logs of the same prompts, oldest first: samples, or anything that
        :func:`fullmenu.read` takes. With ``by``, one log.
    by, since, until, columns
        As in :func:`fullmenu.compare`.
    labels
        How the report calls them; by default by their files' names, or ``v1 v2 …``.
    views, margins, encoder, ruler, measures, seed, progress
        As in :func:`fullmenu.compare`; measures are taken of the first and the last version.

    Returns
    -------
    Report
        Its verdict is that of the last version against the first. It takes half of the error rate,
        the steps in between share the other half: of versions that did not change, any false word
        has the chance ``alpha`` at most.

    Raises
    ------
    BadInput
        Fewer than three versions or groups, or not one label for each.
    NotEnoughData
        A log is empty, or nothing in it can be judged.

    Examples
    --------
    >>> menu = ["soup", "fish", "rice", "cake", "stew", "figs"]
    >>> def served(k):
    ...     return {f"Day {i}?": [menu[(i + j) % k] for j in range(6)] for i in range(12)}
    >>> trend([served(6), served(6), served(1)], views=["phrasing"]).verdict
    'collapsed'
    """
    settings = Settings(views, margins, encoder, ruler, measures, seed, progress)
    groups = None
    if by is not None:
        groups = split(between(read(versions, columns=columns), since, until), by)
        logs, names = groups.logs, list(labels or groups.labels)
    else:
        if not isinstance(versions, (list, tuple)):
            raise BadInput(
                f"a trend needs a list of three logs or more, not {shown(versions)}; of one log, "
                "say by='week' (or day, month, model, a column)"
            )
        logs = [between(read(log, columns=columns), since, until) for log in versions]
        names = list(labels or called(versions, [f"v{i + 1}" for i in range(len(logs))]))
    if len(logs) < 3:
        raise BadInput(f"a trend needs three versions or more, not {len(logs)}; use compare")
    if len(names) != len(logs):
        raise BadInput(f"{len(names)} labels for {len(logs)} versions: give one for each")
    return over(logs, names, settings, groups)


def over(
    versions: Sequence[Samples],
    labels: Sequence[str],
    settings: Settings,
    groups: Groups | None = None,
    see: Callable[[Case], Sights] = look,
) -> Report:
    """Follow variety over three or more logs; ``groups``: they are those of one log.

    ``see`` looks at two of them.
    """
    versions, settings, told = prepared(named_alike(versions), settings)
    steps = [
        _judged(pair(*sides, names, settings), HALVES * (len(versions) - 1), see)
        for sides, names in zip(pairwise(versions), pairwise(labels), strict=True)
    ]
    case = pair(versions[0], versions[-1], (labels[0], labels[-1]), settings)
    ruling = conclude(_judged(case, HALVES, see))
    alike: AlikeModels | str = ""
    if groups is None or groups.by == "model":
        case.tell("which are alike")
        alike = alike_models(versions, labels, settings)
    return Report(
        TrendDocument(
            verdict=ruling.verdict.name,
            reason=f"{labels[-1]} against {labels[0]}: {ruling.reason}",
            by=groups.by if groups else UNSET,
            fall=_fall(steps, labels, groups) or UNSET,
            margins=case.margins,
            error_rates=error_rates(case, sum(x.decisions for x in (ruling.opinions, *steps))),
            pipe=[
                replace(sign, log=name).check()
                for samples, name in zip(versions, labels, strict=True)
                for sign in look_for([samples], [name])
            ]
            + [
                sign.check()
                for (before, after), name in zip(pairwise(versions), labels[1:], strict=True)
                for sign in changes(before, after, name)
            ],
            versions=[about(v, name) for v, name in zip(versions, labels, strict=True)],
            views={view.name: _view(view, steps, ruling.opinions) for view in case.views},
            answers=over_versions(
                [
                    single(v, name, settings).logs[0]
                    for v, name in zip(versions, labels, strict=True)
                ],
                eyes(case.views),
                case.media,
            ),
            measures=measurements.of_two(case),
            models=UNSET if isinstance(alike, str) else alike,
            caveats=[
                *([alike] if isinstance(alike, str) and alike else ()),
                *(notice.sentence for notice in told),
                *(groups.left_out if groups else ()),
                *ruling.opinions.premises.caveats,
            ],
        )
    )


def _fall(
    steps: Sequence[Opinions], labels: Sequence[str], groups: Groups | None
) -> LargestFall | None:
    """Return the step with the largest loss, told by ``answer`` where that view lost there too."""
    lost = [
        (opinion.verdict.ratio.value, step, view)
        for step, opinions in enumerate(steps, 1)
        for view in opinions.by_view
        if (opinion := opinions.leading(view))
        and opinion.verdict
        and opinion.verdict.lost
        and opinion.verdict.ratio
    ]
    if not lost:
        return None
    _, step, view = min(lost)
    if (step, "answer") in {(at, name) for _, at, name in lost}:
        view = "answer"
    leading = steps[step - 1].leading(view)
    assert leading and leading.verdict
    before, after = (rates(rate).size for rate in steps[step - 1].rates(leading))
    return LargestFall(
        version=step,
        when=when(groups.by, labels[step])
        if groups
        else f"from {labels[step - 1]} to {labels[step]}",
        view=view,
        verdict=leading.verdict.name,
        before=before,
        after=after,
    )


def _judged(case: Case, comparisons: int, see: Callable[[Case], Sights]) -> Opinions:
    """Judge two versions, one step of the work; nobody asks for their dishes."""
    before, after = case.logs
    case.tell(f"{before.label} to {after.label}")
    quiet = replace(case, eyes=None, comparisons=comparisons, tell=lambda step: None)
    return judge(examine(see(quiet)))


def _view(view: View, steps: Sequence[Opinions], whole: Opinions) -> TrendView:
    first, *_ = told = [x.leading(view.name) or x.by_view[view.name]["across"] for x in steps]
    leading = whole.leading(view.name)
    return TrendView(
        sees=view.sees,
        blind=view.blind,
        ruler=view.ruler,
        judged=leading.question if leading else None,
        versions=[rates(first.rates[0]), *(rates(x.rates[1]) for x in told)],
        steps=[_step(x, view) for x in steps],
        overall=_step(whole, view),
    )


def _step(opinions: Opinions, view: View) -> TrendStep:
    leading = opinions.leading(view.name)
    if leading is None or leading.verdict is None:
        why = next(x.undefined for x in opinions.by_view[view.name]["within"].rates if x.undefined)
        return TrendStep("unclear", f"not judged: {why}", None)
    decided = decision(leading.verdict)
    return TrendStep(
        decided.verdict,
        decided.reason,
        decided.ratio,
        at_matched_lengths=leading.at_matched_lengths,
    )
