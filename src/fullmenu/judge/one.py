"""Checking one log: how varied is it, and what does it serve most?"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from fullmenu.judge import measurements, signals
from fullmenu.judge.case import Progress, Settings, single
from fullmenu.judge.description import about, checked
from fullmenu.judge.gallery import of_log
from fullmenu.judge.look import look
from fullmenu.judge.pipe import look_for
from fullmenu.judge.plates import counts, most_served, served
from fullmenu.judge.premises import Premises, examine
from fullmenu.judge.prompts import most_repetitive
from fullmenu.report.document import CheckDocument, LogPictures, PipeCheck
from fullmenu.report.report import Report
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder


def check(
    samples: Samples,
    *,
    views: Sequence[str] | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    label: str = "log",
    measures: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Measure how varied one log is, within prompts and across them.

    Parameters
    ----------
    samples
        A log; best with ten outputs of each prompt.
    views, encoder, ruler, measures, seed, progress
        As in :func:`fullmenu.compare`.
    label
        How the report calls the log.

    Returns
    -------
    Report
        No verdict: a log alone says how varied it is, not whether that is less than it was.

    Raises
    ------
    NotEnoughData
        The log is empty.

    Examples
    --------
    >>> r = check(Samples.of({"Fruit?": ["fig", "fig", "kiwi", "plum"]}), views=["phrasing"])
    >>> round(r.document["views"]["phrasing"]["within"]["repeat_rate"]["value"], 3)
    0.167
    """
    settings = Settings(views, None, encoder, ruler, measures, seed, progress)
    case = single(samples, label, settings)
    pipe = [sign.check() for sign in look_for([samples], [label])]
    sights = look(case)
    premises = examine(sights)
    return Report(document(premises, pipe))


def document(premises: Premises, pipe: list[PipeCheck]) -> CheckDocument:
    """Write down what was seen in one log."""
    sights = premises.sights
    case = sights.case
    (log,) = case.logs
    case.tell("dishes")
    plates = served(sights)
    case.tell("signals")
    return CheckDocument(
        log=about(log.samples, log.label),
        pipe=pipe,
        views={view.name: checked(view, sights) for view in case.views},
        signals=signals.of_one(case),
        dishes=counts(plates, 0),
        fallback=most_served(plates, 0),
        prompts=most_repetitive(sights),
        measures=measurements.of_one(case),
        gallery=LogPictures(of_log(log)) if case.media == "image" else UNSET,
        caveats=premises.caveats,
    )
