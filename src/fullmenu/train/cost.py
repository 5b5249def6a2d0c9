"""What looking costs, as a share of the time that training takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


class Cost:
    """Seconds spent looking, beside the seconds since training began.

    >>> now = [0.0]
    >>> cost = Cost(lambda: now[0])
    >>> cost.begin()
    >>> for step in range(10):
    ...     now[0] += 1.0
    >>> with cost.looking():
    ...     now[0] += 0.5
    >>> round(cost.share, 3), cost.every_for(0.03, steps=10)
    (0.048, 17)
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.began: float | None = None
        self.spent = self.before = 0.0
        self.looks = 0

    def begin(self) -> None:
        """Start counting."""
        self.began = self.clock()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Count what happens inside as one look."""
        start = self.clock()
        try:
            yield
        finally:
            self.spent += self.clock() - start
            self.looks += 1

    @property
    def elapsed(self) -> float:
        """Seconds of training, looks included, over all parts of a resumed run."""
        return self.before + (0.0 if self.began is None else self.clock() - self.began)

    @property
    def share(self) -> float:
        """Share of the time that was spent looking."""
        return self.spent / self.elapsed if self.elapsed > 0 else 0.0

    def every_for(self, share: float, steps: int) -> int | None:
        """Return how many steps apart looks cost ``share``, given the ``steps`` so far."""
        if steps < 1 or not self.looks or self.spent <= 0:
            return None
        step = max(self.elapsed - self.spent, 1e-9) / steps
        return max(1, math.ceil(self.spent / self.looks * (1 / share - 1) / step))

    def to_list(self) -> list[float]:
        """Return the state."""
        return [self.spent, self.elapsed, self.looks]

    def restore(self, state: Sequence[float]) -> None:
        """Go on where :meth:`to_list` stopped."""
        self.spent, self.before, self.looks = state[0], state[1], int(state[2])
        self.begin()
