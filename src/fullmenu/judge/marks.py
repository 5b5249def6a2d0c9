"""What stands out in single outputs, for those who read them on a page."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.judge.causes import cut, refuses
from fullmenu.judge.plates import Plates
from fullmenu.report.browser import Marks
from fullmenu.samples import Samples


def marks(plates: Plates, logs: Sequence[Samples]) -> list[Marks]:
    """Return of each log which answer every output is, which refuse, and which are cut off.

    Outputs that were not grouped, as a log is large, are answers of their own.
    """
    answers = dict(zip(plates.texts, plates.dish.tolist(), strict=True))
    found = []
    for log in logs:
        outputs = log.column("output")
        found.append(
            Marks(
                [answers.get(text) for text in outputs],
                [refuses(text) for text in outputs],
                cut(outputs, log.column("finish_reason")).tolist(),
            )
        )
    return found
