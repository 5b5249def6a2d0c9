"""What outputs were asked with, and where that changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from fullmenu.report.watch.document import Reconfiguration

KEPT = 100
"""Changes kept; further ones push out the oldest."""

VALUES = 1_000
"""Different values told apart; further ones are taken as known."""

LONGEST = 80

SAMPLING = (
    "temperature", "top_p", "top_k", "min_p", "max_tokens", "max_completion_tokens",
    "frequency_penalty", "presence_penalty", "repetition_penalty", "reasoning_effort",
)  # fmt: skip

_VERSION = re.compile(
    r"((prompt|chat|system|app|model)?[_. -]?(template|version|release|revision|commit|deployment)"
    r"([_. -]?(id|name|sha|hash))?|environment)", re.I
)  # fmt: skip

Configuration = tuple[tuple[str, str], ...]


def configuration(
    fingerprint: str | None, parameters: str | None, extra: str | None
) -> Configuration:
    """Return what an output was asked with: sampling, server, template and version.

    ``parameters`` and ``extra`` are JSON objects, as in :class:`~fullmenu.samples.Samples`.

    >>> configuration("fp_1", '{"temperature": 0.7, "seed": 3}', '{"release": "v2", "user": "a"}')
    (('temperature', '0.7'), ('system fingerprint', 'fp_1'), ('release', 'v2'))
    """
    asked = json.loads(parameters) if parameters else {}
    further = json.loads(extra) if extra else {}
    pairs = [(name, asked[name]) for name in SAMPLING if asked.get(name) is not None]
    pairs += [("system fingerprint", fingerprint)] if fingerprint else []
    pairs += [(name, x) for name, x in further.items() if x and _VERSION.fullmatch(name)]
    return tuple((name[:LONGEST], str(x)[:LONGEST]) for name, x in pairs)


class Changes:
    """Where a value was seen for the first time, model by model.

    >>> changes = Changes()
    >>> changes.see(1, None, "m", (("temperature", "1"),))
    >>> changes.see(9, None, "m", (("temperature", "0.2"),))
    >>> [(c.visit, c.name, c.value) for c in changes.marks]
    [(9, 'temperature', '0.2')]
    """

    def __init__(self) -> None:
        self.marks: list[Reconfiguration] = []
        self.known: dict[tuple[str | None, str, str], bool] = {}
        self.latest: dict[tuple[str | None, str], str] = {}

    def see(self, visit: int, time: float | None, model: str | None, asked: Configuration) -> None:
        """Take note of a visit."""
        for name, value in asked:
            before = self.latest.get((model, name))
            self.latest[model, name] = value
            if (model, name, value) in self.known or len(self.known) >= VALUES:
                continue
            self.known[model, name, value] = True
            if before is not None:
                self.marks.append(Reconfiguration(visit, time, model, name, before, value))
        del self.marks[:-KEPT]

    def restore(
        self,
        marks: list[Reconfiguration],
        known: Iterable[tuple[str | None, str, str]],
        latest: Iterable[tuple[str | None, str, str]],
    ) -> None:
        """Go on where a state stopped."""
        self.marks = marks
        self.known = dict.fromkeys(known, True)
        self.latest = {(model, name): value for model, name, value in latest}

    def before(self, visit: int, model: str | None) -> Reconfiguration | None:
        """Return the last change of a model up to a visit."""
        mine = [c for c in self.marks if c.visit <= visit and c.model in (model, None)]
        return mine[-1] if mine else None
