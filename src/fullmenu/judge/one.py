"""Checking one log: how varied is it, and what does it serve most?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from msgspec import UNSET, structs

from fullmenu.errors import BadInput
from fullmenu.judge import dependence, flicker, items, measurements, passes, signals
from fullmenu.judge.case import Progress, Settings, refuse_if_empty, single
from fullmenu.judge.closeup import about_closeup, closeup, in_order_of, rates_of_all
from fullmenu.judge.description import about, checked
from fullmenu.judge.flicker import Want, wanted, wishes
from fullmenu.judge.gallery import of_log
from fullmenu.judge.groups import Time, between
from fullmenu.judge.look import look
from fullmenu.judge.marks import marks
from fullmenu.judge.pipe import look_for
from fullmenu.judge.plates import Plates, counts, most_served, served
from fullmenu.judge.premises import Premises, examine
from fullmenu.judge.prompts import most_repetitive
from fullmenu.judge.two import compare
from fullmenu.readers.file_names import called
from fullmenu.readers.inputs import Log
from fullmenu.readers.reader import read
from fullmenu.report.document import CheckDocument, LogPictures, Notice, PipeCheck, Wanted
from fullmenu.report.report import Report
from fullmenu.views.registry import Encoder


def check(
    samples: Log,
    *,
    baseline: Log = None,
    by: str | None = None,
    since: Time | None = None,
    until: Time | None = None,
    columns: Mapping[str, str] | None = None,
    views: Sequence[str] | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    label: str | None = None,
    measures: Sequence[str] = (),
    want: Want | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Measure how varied one log is, within prompts and across them.

    Parameters
    ----------
    samples
        A log, or anything that :func:`fullmenu.read` takes; best with ten outputs of each prompt.
    baseline
        An earlier log that it is judged against: ``compare(baseline, samples)``.
    by, since, until, columns
        As in :func:`fullmenu.compare`; with ``by``, its groups are compared.
    views, encoder, ruler, measures, want, seed, progress
        As in :func:`fullmenu.compare`.
    label
        How the report calls the log; by default by its file's name, or log.

    Returns
    -------
    Report
        No verdict: a log alone says how varied it is, not whether that is less than it was. With
        ``baseline`` or ``by`` the comparison, or the trend of its groups.

    Raises
    ------
    NotEnoughData
        The log is empty.

    Examples
    --------
    >>> r = check({"Fruit?": ["fig", "fig", "kiwi", "plum"]}, views=["phrasing"])
    >>> round(r.document["views"]["phrasing"]["within"]["repeat_rate"]["value"], 3)
    0.167
    """
    if baseline is not None and by is not None:
        raise BadInput("give baseline= or by=, not both: the groups are compared with each other")
    if baseline is not None or by is not None:
        first, second = (samples, None) if baseline is None else (baseline, samples)
        return compare(
            first, second, by=by, since=since, until=until, columns=columns, views=views,
            encoder=encoder, ruler=ruler, measures=measures, want=want, seed=seed,
            progress=progress,
        )  # fmt: skip
    (label,) = [label] if label else called([samples], ["log"])
    settings = Settings(views, None, encoder, ruler, measures, seed, progress)
    whole = between(read(samples, columns=columns), since, until)
    (close,) = closeup([whole])
    beyond = close is not whole
    (log,), asked, told = items.prepared([close], settings)
    if beyond and (told or want is not None):  # items, and what is wanted, are of all outputs
        (log,), asked, told = items.prepared([whole], settings)
        beyond = False
    refuse_if_empty(log)
    facts = about(whole, label) if beyond else None
    pipe = [sign.check() for sign in look_for([log], [label])]  # its lists are let go
    case = single(log, label, asked)
    rates = rates_of_all(whole, case.views) if beyond else {}  # before other rows are held
    sights = look(case)
    if rates:
        prompts = next(iter(rates.values())).names
        sights = replace(sights, counted=in_order_of(case, [rates], prompts))
    case.tell("dishes")
    plates = served(sights)
    sights = sights.without_rows()
    premises = examine(sights)
    listed = None if want is None else wanted(case, wishes([log], want))
    found = document(premises, plates, pipe, listed, told)
    if facts:
        caveats = [*found.caveats, *about_closeup([close], [len(whole)])]
        found = structs.replace(found, log=facts, caveats=caveats)
    return Report(found, [log], partial(marks, plates))


def document(
    premises: Premises,
    plates: Plates,
    pipe: list[PipeCheck],
    listed: Wanted | None = None,
    told: Sequence[Notice] = (),
) -> CheckDocument:
    """Write down what was seen in one log."""
    sights = premises.sights
    case = sights.case
    (log,) = case.logs
    case.tell("signals")
    matched = dependence.matched(sights)
    return CheckDocument(
        log=about(log.samples, log.label),
        pipe=pipe,
        views={view.name: checked(view, sights) for view in case.views},
        signals={
            **items.signals_of_one(case),
            **signals.of_one(case),
            **passes.signals_of_one(case, plates),
            **dependence.signals_of_one(matched[0]),
        },
        dishes=counts(plates, 0),
        fallback=most_served(plates, 0),
        prompts=most_repetitive(sights),
        notices=[
            *told,
            *(flicker.notices(listed) if listed else ()),
            *dependence.notices(case, matched),
        ],
        wanted=listed or UNSET,
        measures=measurements.of_one(case),
        gallery=LogPictures(of_log(log)) if case.media == "image" else UNSET,
        caveats=premises.caveats,
    )
