"""Lottery tickets in the user's own network: train, prune, control, judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fullmenu.diagnose.tickets.accuracies import Trained
from fullmenu.diagnose.tickets.diagnosis import judge_tickets
from fullmenu.diagnose.tickets.network import Evaluate, Make, Network, Train
from fullmenu.diagnose.tickets.path import batch_norms, linear_mode_connectivity
from fullmenu.diagnose.tickets.pruning import HALVES, OTHER, train_tickets
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding
from fullmenu.stats.seeds import over_seeds

SAME, OTHERS = "error barrier, same initial weights", "error barrier, other initial weights"


def lottery_ticket(
    make_model: Make,
    train: Train,
    evaluate: Evaluate,
    *,
    densities: Sequence[float] = HALVES,
    seeds: Sequence[int] = range(5),
    early: int | None = None,
    rewind: int = 0,
    tolerance: float = 0.002,
    worth: float = 0.01,
    level: float = 0.95,
    connectivity: bool = True,
    stable: float = 0.02,
    recompute: Callable[[Any], Any] | None = None,
    subject: str | None = None,
    progress: Callable[[Trained, Any], None] = lambda run, model: None,
) -> Finding:
    """Look for lottery tickets in a network: sparse parts that need the weights they began with.

    Frankle & Carbin 2019 (arXiv:1803.03635), Frankle et al. 2020 (arXiv:1912.05671). A structure,
    no fault: the verdict is ``present``, ``absent`` or ``inconclusive``. Masks are found on one way
    of training; a ticket says nothing of another.

    Parameters
    ----------
    make_model, train, evaluate
        The network, how it is trained and scored; see :func:`train_tickets`.
    densities, seeds, early, rewind, progress
        As :func:`train_tickets` takes them; one seed is not enough for a verdict.
    tolerance, worth, level
        Declared beforehand; see :func:`judge_tickets`.
    connectivity
        Also measure the error barrier between two trainings of the dense network on other orders
        of the data, and, as positive control, from other initial weights: two trainings more a
        seed.
    stable
        The barrier below which a network counts as stable (Frankle et al. 2020: 2 %).
    recompute
        Needed for ``connectivity`` where there is BatchNorm; see :func:`linear_mode_connectivity`.
    subject
        What to call the network; its class by default.

    Raises
    ------
    MissingExtra
        torch is not installed.
    NotEnoughData
        Fewer than two seeds.
    BadInput
        Densities that do not fall, no layer to prune, or BatchNorm without ``recompute``.

    Examples
    --------
    >>> import torch
    >>> def make_model():
    ...     return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(8, 1))
    >>> x = torch.linspace(-1, 1, 40).reshape(10, 4)
    >>> def train(model, seed, steps=5):
    ...     rule = torch.optim.SGD(model.parameters(), 0.1)
    ...     for _ in range(steps):
    ...         rule.zero_grad()
    ...         (model(x) - x.sum(1, keepdim=True)).square().mean().backward()
    ...         rule.step()
    >>> def evaluate(model):
    ...     with torch.no_grad():
    ...         return float(((model(x) > 0) == (x.sum(1, keepdim=True) > 0)).float().mean())
    >>> found = lottery_ticket(make_model, train, evaluate, densities=(0.5,), seeds=range(2),
    ...                        connectivity=False)
    >>> found.kind, found.seeds
    ('structure', 2)
    """
    net = Network(make_model, train, evaluate)
    sample = net.made(0)
    if connectivity and batch_norms(sample) and recompute is None:
        raise BadInput(
            f"{type(sample).__name__} has BatchNorm: give recompute=, a function that puts "
            "training inputs through the model, or connectivity=False"
        )
    runs = train_tickets(
        *net, densities=densities, seeds=seeds, early=early, rewind=rewind,
        progress=progress,
    )  # fmt: skip
    barriers: dict[str, Estimate] = {}
    notes: list[str] = []
    if connectivity:
        found = [_barriers(net, seed, recompute) for seed in seeds]
        for name, x in zip((SAME, OTHERS), zip(*found, strict=True), strict=True):
            barriers[name] = over_seeds(x, "error", level)
        notes.append(_told(barriers[SAME], barriers[OTHERS], stable))
    return judge_tickets(
        runs, tolerance=tolerance, worth=worth, level=level,
        subject=subject or type(sample).__name__, barriers=barriers, notes=notes,
    )  # fmt: skip


def _barriers(
    net: Network, seed: int, recompute: Callable[[Any], Any] | None
) -> tuple[float, float]:
    first, order, init = (net.made(s) for s in (seed, seed, seed + OTHER))
    net.fit(first, seed)
    net.fit(order, seed + OTHER)
    net.fit(init, seed)
    a, b = (
        linear_mode_connectivity(first, second, net.evaluate, recompute=recompute).barrier
        for second in (order, init)
    )
    return a, b


def _told(same: Estimate, others: Estimate, stable: float) -> str:
    if not others.above(stable):
        return (
            f"Linear mode connectivity says nothing here: networks of different initial weights "
            f"have no clear barrier either ({others}), so there is no positive control."
        )
    if same.below(stable):
        return f"Stable to the order of the data: barrier {same}, below {stable:g}."
    if same.above(stable):
        return f"Not stable to the order of the data: barrier {same}, above {stable:g}."
    return f"Whether it is stable to the order of the data is open: barrier {same}."
