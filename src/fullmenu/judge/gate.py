"""A gate for tests: fail, readably, when variety was lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.estimate import NOT_SETTLED, VARIETY_LOST, VERDICTS, Margins
from fullmenu.judge.case import Progress
from fullmenu.judge.flicker import Want
from fullmenu.judge.two import compare
from fullmenu.readers.inputs import Log
from fullmenu.report.report import Report
from fullmenu.views.registry import Encoder

LOSSES = ("collapsed", "narrowed")


class VarietyLost(AssertionError):
    """A verdict failed the gate.

    Parameters
    ----------
    report
        The whole comparison.
    """

    exit_code = VARIETY_LOST

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"variety {report.verdict}\n\n{report}")


class VarietyUnclear(VarietyLost):
    """The verdict is unclear, and the gate asked for proof: nothing is shown to be lost."""

    exit_code = NOT_SETTLED


def check_names(fail_on: Sequence[str]) -> list[str]:
    """Return what fails a gate: verdicts, and ``pipe``.

    Raises
    ------
    BadInput
        One of them is neither.
    """
    for name in fail_on:
        if name not in (*VERDICTS, "pipe"):
            raise BadInput(
                f"cannot fail on {name!r}; the verdicts are {', '.join(VERDICTS)}, and pipe is for "
                "what a cache, copies and the like leave in a log"
            )
    return list(fail_on)


class PipeFound(VarietyLost):
    """A cache, copies and the like left marks in a log: is it the model or the pipeline?"""

    exit_code = NOT_SETTLED

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        names = ", ".join(dict.fromkeys(sign.name for sign in report.content.pipe or ()))
        self.args = (f"model or pipeline? {names}\n\n{report}",)


def fails(report: Report, fail_on: Sequence[str]) -> bool:
    """Tell whether a report fails a gate: by its verdict, or where prompts flicker.

    Where all prompts should say the same, the verdict is no loss, and flickering alone is.
    """
    listed = getattr(report.content, "wanted", None)
    if fail_on and flickers(report):
        return True
    return report.verdict in fail_on and not (listed and not listed.varied)


def flickers(report: Report) -> bool:
    """Tell whether prompts that should say the same vary."""
    listed = getattr(report.content, "wanted", None)
    return bool(listed and listed.flickering)


def assert_variety(
    after: Log,
    before: Log,
    *,
    fail_on: Sequence[str] = LOSSES,
    views: Sequence[str] | None = None,
    margins: Margins | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
    labels: tuple[str, str] | None = None,
    measures: Sequence[str] = (),
    want: Want | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    html: str | Path | None = None,
) -> Report:
    """Raise where ``after`` lost variety against ``before``.

    Parameters
    ----------
    after, before
        The version under test, and the one it must not fall behind; samples, or anything that
        :func:`fullmenu.read` takes.
    fail_on
        The verdicts that fail; add ``"unclear"`` to ask for proof.
    views, margins, encoder, ruler, labels, measures, want, seed, progress
        As in :func:`fullmenu.compare`.
    html
        Where the page is written, before anything is raised; a name ending in ``.json`` or ``.md``
        gets that instead.

    Returns
    -------
    Report
        The comparison, for saving.

    Raises
    ------
    VarietyLost
        An ``AssertionError`` whose text is the report at 80 columns; ``exit_code`` is 3. Where the
        verdict is ``unclear`` it is a ``VarietyUnclear``, whose ``exit_code`` is 4.

    Examples
    --------
    >>> menu = {f"Dish {i}?": ["soup", "rice", "figs", "stew"] for i in range(12)}
    >>> one = {p: ["soup"] * 4 for p in menu}
    >>> try:
    ...     assert_variety(one, menu, views=["phrasing"])
    ... except VarietyLost as lost:
    ...     print(lost.report.verdict)
    collapsed
    """
    names = check_names(fail_on)
    report = compare(
        before, after, views=views, margins=margins, encoder=encoder, ruler=ruler, labels=labels,
        measures=measures, want=want, seed=seed, progress=progress,
    )  # fmt: skip
    if html is not None:
        report.save(html)
    if "pipe" in names and report.content.pipe:
        raise PipeFound(report)
    if fails(report, names):
        settled = report.verdict != "unclear" or flickers(report)
        raise VarietyLost(report) if settled else VarietyUnclear(report)
    return report
