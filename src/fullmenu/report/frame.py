"""A report as records: one for each view and question, or view and version of a trend."""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.report import questions
from fullmenu.report.document import CheckDocument, Content, TrendDocument
from fullmenu.report.plain import Interval

Record = dict[str, str | float | None]


def records(document: Content) -> Iterator[Record]:
    """Yield them; what is not defined is ``None``."""
    if isinstance(document, TrendDocument):
        yield from _versions(document)
        return
    for x in questions.answers(document):
        row: Record = {"view": x.view, "question": questions.QUESTIONS[x.question]}
        if isinstance(document, CheckDocument):
            yield {**row, **_bounded("answers", x.after.effective_number or None)}
            continue
        yield {
            **row,
            "before": x.before.size if x.before else None,
            "after": x.after.size,
            **_bounded("ratio", x.ratio),
            "verdict": x.verdict,
        }


def _versions(document: TrendDocument) -> Iterator[Record]:
    for view, block in document.views.items():
        for k, name in enumerate(questions.names(document)):
            step = block.steps[k - 1] if k else None
            yield {
                "view": view,
                "version": name,
                **_bounded("answers", block.versions[k].effective_number or None),
                **_bounded("ratio", (step.ratio or None) if step else None),
                "verdict": (step.verdict or None) if step else None,
            }


def _bounded(name: str, of: Interval | None) -> Record:
    value, low, high = (of.value, of.low, of.high) if of else (None, None, None)
    return {name: value, f"{name}_low": low, f"{name}_high": high}
