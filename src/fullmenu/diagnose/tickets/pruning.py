"""Iterative magnitude pruning with rewinding, and its controls, for any torch module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fullmenu.diagnose.tickets.accuracies import ARMS, Trained
from fullmenu.diagnose.tickets.masks import (
    State,
    masks_of,
    prune_to,
    shuffled,
    state_of,
    torch_or_raise,
    wear,
)
from fullmenu.diagnose.tickets.network import Evaluate, Make, Network, Train
from fullmenu.errors import BadInput, UnknownName

OTHER = 1_000_003
"""Added to a seed: the seed of other initial weights, and of shuffled masks."""

HALVES = (0.5, 0.25, 0.125, 0.0625)


def train_tickets(
    make_model: Make,
    train: Train,
    evaluate: Evaluate,
    *,
    densities: Sequence[float] = HALVES,
    seeds: Sequence[int] = range(5),
    early: int | None = None,
    rewind: int = 0,
    arms: Sequence[str] = ARMS,
    progress: Callable[[Trained, Any], None] = lambda run, model: None,
) -> list[Trained]:
    """Prune by magnitude, rewind and train again, with controls at every density.

    One more training for each arm of each density and seed, and one for the dense network. After
    Frankle & Carbin 2019 (arXiv:1803.03635). Weights that two layers share are no longer shared
    once pruned. The random state of torch is left as it was.

    Parameters
    ----------
    make_model
        Returns a new, untrained torch module; torch is seeded before it is called.
    train
        ``train(model, seed)`` trains it in place, ``seed`` setting the order of the data;
        ``train(model, seed, steps)`` stops after so many steps (needed for ``early`` and
        ``rewind``).
    evaluate
        ``evaluate(model)`` returns the accuracy on held-out data; higher is better.
    densities
        Shares of weights to keep, falling. At each the smallest weights of all linear and
        convolutional layers together are pruned.
    seeds
        Each is a run of its own, from its own initial weights.
    early, rewind
        Measure the accuracy after so many steps too; tickets go back to the weights after so many
        steps, 0: to the initial ones.
    arms
        Which networks to train; the ticket always is, because the next mask comes from it.
    progress
        Told of every network trained, with the module itself; the next training overwrites it, so
        copy what you keep.

    Raises
    ------
    MissingExtra
        torch is not installed.
    BadInput
        Densities that do not fall within (0, 1), or a module without prunable layers.
    UnknownName
        An arm that there is not.
    """
    torch_or_raise()
    steps = [float(d) for d in densities]
    if not steps or steps != sorted(set(steps), reverse=True) or not 0 < steps[-1] <= steps[0] < 1:
        raise BadInput(f"densities={list(densities)}: give falling shares of weights within (0, 1)")
    for arm in arms:
        if arm not in ARMS:
            raise UnknownName("arm", arm, ARMS)
    net = Network(make_model, train, evaluate)
    runs: list[Trained] = []
    for seed in seeds:
        for run, model in _of_seed(net, steps, seed, early, rewind, arms):
            runs.append(run)
            progress(run, model)
    return runs


def _of_seed(
    net: Network,
    densities: Sequence[float],
    seed: int,
    early: int | None,
    rewind: int,
    arms: Sequence[str],
) -> Iterator[tuple[Trained, Any]]:
    def trained(arm: str, density: float, weights: State, masks: State) -> tuple[Trained, Any]:
        soon = None
        if early is not None:
            wear(model, weights, masks)
            net.fit(model, seed, early)
            soon = net.score(model)
        wear(model, weights, masks)
        net.fit(model, seed)
        return Trained(density, arm, seed, net.score(model), soon), model

    def started(init: int, masks: State) -> State:
        """Return other initial weights, after ``rewind`` steps under a mask."""
        fresh = net.made(init)
        wear(fresh, state_of(fresh), masks)
        if rewind:
            net.fit(fresh, seed, rewind)
        return state_of(fresh)

    model = net.made(seed)
    start = started(seed, masks_of(state_of(model)))
    dense = trained("dense", 1.0, start, masks_of(start))
    if "dense" in arms:
        yield dense
    for density in densities:
        prune_to(model, density)
        masks = masks_of(state_of(model))
        yield trained("ticket", density, start, masks)
        kept = state_of(model)
        if "reinitialised" in arms:
            yield trained("reinitialised", density, started(seed + OTHER, masks), masks)
        if "shuffled" in arms:
            yield trained("shuffled", density, start, shuffled(masks, seed + OTHER))
        model.load_state_dict(kept)
