"""A kernel that people's answers calibrated: how likely they call two outputs the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.views.resemblance import TRAITS, traits

SCHEMA = "fullmenu/kernel/1"
ENDING = ".kernel.json"

_ROWS = ("middle", "spread", "slopes")


@dataclass(frozen=True, slots=True)
class HumanKernel:
    """The chance that people call two outputs to one prompt the same, from what both share.

    A sum of standardised traits, turned into a chance: by the logistic function, or by steps.

    Parameters
    ----------
    name
        What it is called.
    middle, spread, slopes : (13,)
        Of each trait; ``slopes`` say what it counts.
    intercept
        Of the sum.
    steps
        Sums in ascending order, and the chance at each, a straight line between them; ``None`` for
        the logistic function.
    facts
        What it rests on, and how good it was on answers held out.

    Examples
    --------
    >>> none, slopes = (0.0,) * 13, (0, 0, 0, 4.0) + (0,) * 9
    >>> kernel = HumanKernel("toy", none, (1.0,) * 13, slopes, -2.0)
    >>> kernel.likely(["red", "red", "blue"], ["Colour?"] * 3, np.zeros(3, int)).round(2).tolist()
    [0.88, 0.12, 0.12]
    """

    name: str
    middle: tuple[float, ...]
    spread: tuple[float, ...]
    slopes: tuple[float, ...]
    intercept: float
    steps: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ruler(self) -> str:
        """What it is, for reports: its name and a digest of what it counts."""
        counted = {k: v for k, v in asdict(self).items() if k not in ("name", "facts")}
        digest = sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()[:8]
        return f"calibrated by people's answers: {self.name} ({digest})"

    def chances(self, x: Floats) -> Floats:
        """Return the chance of "same" for traits, (N, 13)."""
        sums = self.intercept + (x - np.array(self.middle)) / self.spread @ np.array(self.slopes)
        if self.steps is not None:
            return np.interp(sums, *self.steps)
        return np.asarray(1 / (1 + np.exp(-sums)))

    def likely(self, outputs: Sequence[str], prompts: Sequence[str | None], groups: Ints) -> Floats:
        """Return the chance of "same" for every pair inside a group, as ``traits`` orders them."""
        return self.chances(traits(outputs, prompts, groups))

    def save(self, path: str | Path) -> Path:
        """Write it to a file, ``NAME.kernel.json``."""
        path = Path(path)
        document = {"schema": SCHEMA, "traits": TRAITS, **asdict(self)}
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return path

    @classmethod
    def load(cls, name: str | Path) -> HumanKernel:
        """Read a kernel: a file, or the name of one, whose file lies in this folder.

        Raises
        ------
        BadInput
            There is no such file, or it holds no kernel.
        """
        path = next((p for p in (Path(name), Path(f"{name}{ENDING}")) if p.is_file()), None)
        if path is None:
            raise BadInput(
                f"no kernel {str(name)!r}: give its file, or the NAME of a NAME{ENDING} in this "
                "folder; fullmenu review --calibrate NAME makes one"
            )
        try:
            document = json.loads(path.read_text("utf-8"))
            if document.pop("schema") != SCHEMA or tuple(document.pop("traits")) != TRAITS:
                raise ValueError("of another version")
            steps = document.pop("steps")
            middle, spread, slopes = (_row(name, document) for name in _ROWS)
            kernel = cls(
                str(document["name"]), middle, spread, slopes, float(document["intercept"]),
                None if steps is None else (tuple(steps[0]), tuple(steps[1])), document["facts"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"{path} holds no kernel of this version ({error})") from None
        return kernel


def _row(name: str, document: Mapping[str, Any]) -> tuple[float, ...]:
    row = tuple(float(x) for x in document[name])
    if len(row) != len(TRAITS) or not np.isfinite(row).all() or (name == "spread" and 0 in row):
        raise ValueError(f"{name} must be {len(TRAITS)} numbers")
    return row
