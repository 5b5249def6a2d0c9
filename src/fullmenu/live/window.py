"""The last visits of a session: did the pipe around the model change when an alarm was raised?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from fullmenu.judge.pipe import Sign, new_signs
from fullmenu.monitor.configuration import SAMPLING
from fullmenu.monitor.visits import Visit
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Record, Samples

KEPT = 300
"""Visits that are kept."""

LEAST = 20
"""Visits that are enough to see a sign in."""

BASELINE = 2_000
"""Outputs of the baseline that they are held against, at most."""


class Window:
    """The last visits, in memory only: a session that goes on elsewhere begins with none.

    Parameters
    ----------
    before
        The baseline's outputs.

    Examples
    --------
    >>> window = Window(Samples.of({"Fruit?": ["fig", "kiwi"]}))
    >>> window.extend([Visit("Fruit?", ("fig", ""))])
    >>> len(window.visits)
    1
    """

    def __init__(self, before: Samples) -> None:
        self.before = before
        self.visits: deque[Visit] = deque(maxlen=KEPT)

    def extend(self, visits: Iterable[Visit]) -> None:
        """Keep visits that were counted."""
        self.visits.extend(visits)

    def signs(self, alarm: Alarm) -> tuple[str, ...]:
        """Say what the pipe did since an alarm's change and did not before, in sentences.

        The alarm is of the last visit that is kept. Where it changed is an estimate, so that what
        came since is taken from each end of it, and from a stretch that is long enough.
        """
        found: dict[str, str] = {}
        for first in dict.fromkeys((alarm.since, alarm.since_high, alarm.visit - LEAST + 1)):
            since = [*self.visits][-max(alarm.visit - first + 1, 1) :]
            lately = [visit for visit in since if visit.model == alarm.model]
            if lately:
                for sign in self._signs(lately):
                    found.setdefault(sign.name, sign.sentence)
        return tuple(found.values())

    def _signs(self, lately: Sequence[Visit]) -> list[Sign]:
        asked = {visit.prompt_id for visit in lately}
        known = [i for i, p in enumerate(self.before.column("prompt_id")) if p in asked]
        before = self.before.take((known or [*range(len(self.before))])[:BASELINE])
        after = Samples.from_records(record for visit in lately for record in _records(visit))
        return new_signs(before, after, ("the baseline", "what came since"))


def _records(visit: Visit) -> Iterable[Record]:
    told = dict(visit.asked_with)
    sampling = {name: told[name] for name in SAMPLING if name in told}
    further = {k: x for k, x in told.items() if k not in {*SAMPLING, "system fingerprint"}}
    for output, reason in zip(visit.outputs, visit.reasons or [None] * len(visit.outputs),
                              strict=True):  # fmt: skip
        yield Record(
            output, visit.prompt, visit.prompt_id, visit.model, visit.time, finish_reason=reason,
            system_fingerprint=told.get("system fingerprint"), parameters=sampling or None,
            extra=further or None,
        )  # fmt: skip
