"""What training gave: one row for each network that was trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fullmenu.errors import BadInput, UnknownName

ARMS = ("dense", "ticket", "reinitialised", "shuffled")
"""The whole network; the ticket; its mask on other initial weights; its weights, mask shuffled."""


@dataclass(frozen=True)
class Trained:
    """One network, trained; ``arm`` is one of :data:`ARMS`, paired with the others by ``seed``.

    ``density`` is the share of the prunable weights that are left, 1 of the dense network;
    ``accuracy`` that after training, higher is better; ``early`` that after a few steps, if it was
    measured.
    """

    density: float
    arm: str
    seed: int
    accuracy: float
    early: float | None = None

    def __post_init__(self) -> None:
        if self.arm not in ARMS:
            raise UnknownName("arm", self.arm, ARMS)
        if not 0 < self.density <= 1:
            raise BadInput(f"density={self.density}: give the share of weights left, in (0, 1]")
        if (self.arm == "dense") != (self.density == 1):
            raise BadInput(
                f"arm {self.arm!r} at density {self.density:g}: the dense network has density 1, "
                "and no other arm has"
            )
        for name in ("accuracy", "early"):
            x = getattr(self, name)
            if x is not None and not math.isfinite(x):
                raise BadInput(f"{name}={x} of {self.arm!r}, seed {self.seed}: give a number")


def densities(runs: Sequence[Trained]) -> list[float]:
    """Return the densities at which tickets were trained, the densest first."""
    return sorted({r.density for r in runs if r.arm == "ticket"}, reverse=True)


def paired(
    runs: Sequence[Trained], against: str, density: float, what: str = "accuracy"
) -> list[float]:
    """Return ticket − another arm at one density, for every seed that has both.

    >>> runs = [Trained(0.1, "ticket", 0, 0.9), Trained(1, "dense", 0, 0.875)]
    >>> [round(d, 3) for d in paired(runs, "dense", 0.1)]
    [0.025]
    """
    ours = _by_seed(runs, "ticket", density, what)
    theirs = _by_seed(runs, against, 1.0 if against == "dense" else density, what)
    return [ours[seed] - theirs[seed] for seed in sorted(ours.keys() & theirs.keys())]


def _by_seed(runs: Sequence[Trained], arm: str, density: float, what: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for run in runs:
        if run.arm != arm or run.density != density or getattr(run, what) is None:
            continue
        if run.seed in found:
            raise BadInput(
                f"two rows of {arm!r} at density {density:g}, seed {run.seed}: give one each"
            )
        found[run.seed] = getattr(run, what)
    return found
