"""Facts of unequal frequency, learned by heart: how many are known, by the optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fullmenu.lab.experiments._gradients import descend

FACTS, SUBJECTS, ANSWERS = 5000, 71, 64
"""A fact is a pair of words, of 71 × 71 pairs, and the one answer of 64 that belongs to it."""

WIDTH, BATCH = 64, 256


class Facts:
    """A small network that is asked facts as often as Zipf's law says."""

    def __init__(self, seed: int, optimizer: str, rate: float, options: Mapping[str, Any]) -> None:
        import torch
        from torch import nn

        from fullmenu.train import optimizer as make

        rng = np.random.default_rng(seed)
        pairs = rng.permutation(SUBJECTS * SUBJECTS)[:FACTS]
        self.torch = torch
        self.questions = torch.tensor(np.stack(np.divmod(pairs, SUBJECTS), 1))
        self.answers = torch.tensor(rng.integers(0, ANSWERS, FACTS))
        often = 1 / np.arange(1, FACTS + 1)
        self.often = torch.tensor(often / often.sum())
        self.random = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.net = nn.Sequential(
                nn.Embedding(SUBJECTS * 2, WIDTH),
                nn.Flatten(),
                nn.Linear(2 * WIDTH, 4 * WIDTH),
                nn.ReLU(),
                nn.Linear(4 * WIDTH, 4 * WIDTH),
                nn.ReLU(),
                nn.Linear(4 * WIDTH, ANSWERS),
            )
        self.questions[:, 1] += SUBJECTS
        self.optimizer = make(optimizer, self.net, rate, **options)

    def step(self) -> None:
        """Ask a batch of facts, the common ones often."""
        asked = self.torch.multinomial(self.often, BATCH, replacement=True, generator=self.random)
        said = self.net(self.questions[asked])
        loss = self.torch.nn.functional.cross_entropy(said, self.answers[asked])
        descend(self.optimizer, loss)

    def score(self) -> float:
        """How many facts are known."""
        return float(self._right().sum())

    def details(self) -> dict[str, float]:
        """Which share of the rarer half is known."""
        return {"rare": float(self._right()[FACTS // 2 :].mean())}

    def _right(self) -> Any:
        with self.torch.no_grad():
            return (self.net(self.questions).argmax(1) == self.answers).numpy()
