"""A network of the user's own: how it is made, trained and scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from fullmenu.diagnose.tickets.masks import masked, torch_or_raise

Make = Callable[[], Any]
Train = Callable[..., Any]
Evaluate = Callable[[Any], float]


class Network(NamedTuple):
    """The three functions that :func:`lottery_ticket` takes."""

    make_model: Make
    train: Train
    evaluate: Evaluate

    def made(self, seed: int) -> Any:
        """Make a module from a seed, every prunable weight with a mask of ones."""
        with seeded(seed):
            return masked(self.make_model())

    def fit(self, model: Any, seed: int, *steps: int) -> None:
        """Train a module as the user does, seeded; for so many steps, if they are given."""
        model.train()
        with seeded(seed):
            self.train(model, seed, *steps)

    def score(self, model: Any) -> float:
        """Evaluate a module as it is served."""
        return score(model, self.evaluate)


def score(model: Any, evaluate: Evaluate) -> float:
    """Evaluate a module as it is served."""
    model.eval()
    with torch_or_raise().no_grad():
        return float(evaluate(model))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch, and give its random state back after."""
    torch = torch_or_raise()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
