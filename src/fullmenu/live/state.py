"""The state of a session, typed: what it was begun with, where it is, and what it holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime, timezone

from msgspec import Struct

from fullmenu.errors import BadInput
from fullmenu.live.cursors import seconds
from fullmenu.monitor import codec
from fullmenu.monitor.baseline import Traffic
from fullmenu.report.watch.document import Alarm, ModelVisits
from fullmenu.samples import Record, kept_values

SCHEMA = "fullmenu/watch-file/1"

WAYS = "give what it was begun with, another --state, or --fresh to begin anew"

SavedMark = dict[str, int | str]


@dataclass(frozen=True)
class SessionSettings:
    """What a session is begun with: a state of other settings is refused.

    ``log`` is its name without its folder, ``baseline`` a :func:`fingerprint`; ``semantic`` names
    the encoder, ``model`` whose outputs are watched.
    """

    log: str
    baseline: str
    views: list[str] | None = None
    semantic: str | None = None
    traffic: Traffic | None = None
    run_length: float = 1000.0
    model: str | None = None

    def check(self, begun: SessionSettings) -> None:
        """Refuse to go on with a session that was begun with others; the first is named."""
        for setting in fields(self):
            name = setting.name
            was, now = getattr(begun, name), getattr(self, name)
            if was == now:
                continue
            if name == "baseline":
                why = "the baseline's outputs are others than those it was begun with"
            else:
                shown = ["unset" if x is None else x for x in (was, now)]
                why = f"it was begun with {name.replace('_', ' ')} {shown[0]}, and now that is "
                why += f"{shown[1]}"
            raise BadInput(f"{why}; {WAYS}")


class SavedRecord(Struct, frozen=True, array_like=True):
    """What visits are made of, of an output that waits for the rest of its visit."""

    output: str
    prompt: str | None
    prompt_id: str | None
    model: str | None
    time: float | None
    score: float | None
    sample_index: int | None
    system_fingerprint: str | None = None
    parameters: str | None = None
    extra: str | None = None
    finish_reason: str | None = None

    @classmethod
    def of(cls, r: Record) -> SavedRecord:
        """Return an output as it is saved."""
        return cls(
            *r[:4],
            None if r.time is None else seconds(r),
            r.score,
            r.sample_index,
            r.system_fingerprint,
            kept_values(r.parameters),
            kept_values(r.extra),
            r.finish_reason,
        )

    @property
    def record(self) -> Record:
        """The output that was saved."""
        return Record(
            self.output,
            self.prompt,
            self.prompt_id,
            self.model,
            None if self.time is None else datetime.fromtimestamp(self.time, timezone.utc),
            self.score,
            self.sample_index,
            finish_reason=self.finish_reason,
            system_fingerprint=self.system_fingerprint,
            parameters=None if self.parameters is None else json.loads(self.parameters),
            extra=None if self.extra is None else json.loads(self.extra),
        )


class SessionState(Struct, frozen=True, kw_only=True):
    """All that a session needs to go on.

    ``until`` is where the chunk ends that is being counted, if one is, and ``done`` how many visits
    of it were counted; ``parts``: its last run of outputs may go on in the next one, and ``held``
    are the outputs of such runs.
    """

    settings: SessionSettings
    place: SavedMark
    until: SavedMark | None
    parts: bool
    done: codec.Count
    held: list[SavedRecord]
    outputs: codec.Count
    versions: list[ModelVisits]
    unsent: list[Alarm]
    monitor: str
    two_sample: str

    def to_bytes(self) -> bytes:
        """Return versioned JSON with a checksum."""
        return codec.to_bytes(self, SCHEMA)

    @classmethod
    def from_bytes(cls, data: bytes) -> SessionState:
        """Read a state back, or raise ``BadInput`` or ``ValidationError``."""
        return codec.from_bytes(data, cls, SCHEMA)
