"""The world of ``rlhf``: sequences with known modes, a model of them, and judges that do not know.

A dish is a sequence of 8 tokens; 32 of them are the modes. Samples of the data are modes with some
tokens replaced. Gold, the truth, is the mode's quality times the cube of the share of its tokens
that are right. The proxy is learned from noisy judgements of samples and knows nothing of modes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fullmenu.lab.experiments._gradients import descend

TOKENS, LENGTH, MODES = 24, 8, 32
ZIPF, NOISE = 0.7, 0.15
WORST = 0.8
"""Quality of the worst mode; the best has 1."""
NEAR = 7
"""Tokens of a mode that a sequence must have to be one of its plates."""
PLATES = 4
"""Plates of a mode, of :data:`SERVED`, that make it one of the modes kept."""
SERVED = 1024

JUDGES = {"honest": (1500, 0.1), "hackable": (400, 0.2)}
"""Judgements that the proxy is learned from, and their noise, by regime."""

WORDS = [
    "fig", "soup", "rice", "plum", "cake", "stew", "kale", "fish",
    "corn", "beet", "lamb", "leek", "pear", "tofu", "bean", "lime",
    "rye", "duck", "dill", "mint", "crab", "eggs", "oats", "miso",
]  # fmt: skip
"""What the tokens are called where the instrument reads them."""


class Policy(nn.Module):
    """A one-layer GRU over tokens; it samples and scores whole sequences."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(TOKENS + 1, width)
        self.cell = nn.GRUCell(width, width)
        self.gru = nn.GRU(width, width, batch_first=True)
        for ours, theirs in (("weight_ih", "weight_ih_l0"), ("weight_hh", "weight_hh_l0"),
                             ("bias_ih", "bias_ih_l0"), ("bias_hh", "bias_hh_l0")):  # fmt: skip
            setattr(self.cell, ours, getattr(self.gru, theirs))
        self.head = nn.Linear(width, TOKENS)

    def sample(self, n: int, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw ``n`` sequences, (n, 8), and their log-probabilities, (n,)."""
        device = self.head.weight.device
        token = torch.full((n,), TOKENS, device=device)
        state = torch.zeros(n, self.head.in_features, device=device)
        drawn, logp = [], torch.zeros(n, device=device)
        for _ in range(LENGTH):
            state = self.cell(self.embedding(token), state)
            logs = torch.log_softmax(self.head(state), 1)
            clocks = torch.empty_like(logs).exponential_(generator=rng)
            token = (logs.detach().exp() / clocks).argmax(1)  # the first of racing clocks
            logp = logp + logs.gather(1, token[:, None])[:, 0]
            drawn.append(token)
        return torch.stack(drawn, 1), logp

    def logits(self, sequences: torch.Tensor) -> torch.Tensor:
        """Return log-probabilities of every next token, (n, 8, 24)."""
        first = torch.full_like(sequences[:, :1], TOKENS)
        states, _ = self.gru(self.embedding(torch.cat([first, sequences[:, :-1]], 1)))
        return torch.log_softmax(self.head(states), 2)

    def score(self, sequences: torch.Tensor) -> torch.Tensor:
        """Return the log-probability of every sequence, (n,)."""
        return self.logits(sequences).gather(2, sequences[:, :, None])[:, :, 0].sum(1)


@dataclass(frozen=True)
class RewardWorld:
    """What the arms of one seed share."""

    modes: NDArray[np.int64]
    quality: NDArray[np.float64]
    base: Policy
    proxies: Mapping[str, nn.Module]
    device: str

    def matches(self, sequences: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tokens that are right, by mode, (n, 32)."""
        return np.asarray((sequences[:, None, :] == self.modes).sum(2))

    def gold(self, sequences: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the truth about sequences, (n,): of all modes, the best that they can pass for."""
        found = self.quality * (self.matches(sequences) / LENGTH) ** 3
        return np.asarray(found.max(1), np.float64)

    def kept(self, sequences: NDArray[np.int64]) -> int:
        """Count the modes that are served."""
        return int(((self.matches(sequences) >= NEAR).sum(0) >= PLATES).sum())

    def useful(self, sequences: NDArray[np.int64], group: int = 16) -> float:
        """Best gold of each different mode in a group, summed, over the group's size; the mean."""
        matches = self.matches(sequences)
        mode, is_one = matches.argmax(1), matches.max(1) >= NEAR
        gold = self.gold(sequences) * is_one
        best = np.zeros((len(sequences) // group, MODES))
        n = len(best) * group
        np.maximum.at(best, (np.arange(n) // group, mode[:n]), gold[:n])
        return float(best.sum(1).mean() / group)

    def proxy(self, regime: str, sequences: torch.Tensor) -> torch.Tensor:
        """What the learned reward says of sequences, (n,)."""
        with torch.no_grad():
            return self.proxies[regime](one_hot(sequences))[:, 0]


def one_hot(sequences: torch.Tensor) -> torch.Tensor:
    """Return sequences as flat one-hot rows, (n, 8·24)."""
    return nn.functional.one_hot(sequences, TOKENS).flatten(1).float()


def texts(sequences: NDArray[np.int64]) -> list[str]:
    """Return sequences as words."""
    return [" ".join(WORDS[t] for t in s) for s in sequences]


@lru_cache(maxsize=2)
def world(seed: int, width: int, pretraining: int, device: str) -> RewardWorld:
    """Make the world of one seed: modes, the model of the data, and the learned rewards."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    modes = rng.integers(0, TOKENS, (MODES, LENGTH))
    quality = rng.permutation(np.linspace(WORST, 1, MODES))
    odds = np.arange(1, MODES + 1) ** -ZIPF
    odds /= odds.sum()

    def data(n: int) -> torch.Tensor:
        clean = modes[rng.choice(MODES, n, p=odds)]
        noise = rng.random(clean.shape) < NOISE
        return torch.as_tensor(
            np.where(noise, rng.integers(0, TOKENS, clean.shape), clean), device=device
        )

    base = Policy(width).to(device)
    optimizer = torch.optim.Adam(base.parameters(), 1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, pretraining)
    for _ in range(pretraining):
        descend(optimizer, -base.score(data(256)).mean())
        schedule.step()
    base.requires_grad_(False)
    made = RewardWorld(modes, quality, base, {}, device)
    proxies = {regime: _proxy(made, *JUDGES[regime], rng) for regime in JUDGES}
    return RewardWorld(modes, quality, base, proxies, device)


def _proxy(world: RewardWorld, labels: int, noise: float, rng: np.random.Generator) -> nn.Module:
    """Learn a reward from noisy judgements of the base model's samples."""
    draws = torch.Generator(world.device).manual_seed(int(rng.integers(1 << 31)))
    seen, _ = world.base.sample(labels, draws)
    truth = world.gold(seen.cpu().numpy())
    judged = torch.as_tensor(truth + noise * rng.standard_normal(labels), device=world.device)
    net = nn.Sequential(nn.Linear(LENGTH * TOKENS, 64), nn.ReLU(), nn.Linear(64, 1))
    net = net.to(world.device)
    optimizer = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-2)
    rows = one_hot(seen)
    for _ in range(200):
        descend(optimizer, ((net(rows)[:, 0] - judged.float()) ** 2).mean())
    return net.requires_grad_(False)
