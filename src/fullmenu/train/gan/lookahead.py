"""Unrolling: the generator is judged by the discriminator as it will be some steps later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fullmenu.train.gan._checks import weight_of, whole

Judge = Callable[[Any], Any]
"""From samples to logits."""


def unrolled(
    discriminator: Any, loss: Callable[[Judge], Any], steps: int, lr: float, *, through: bool = True
) -> Judge:
    """Return the discriminator as it would be after some steps of gradient descent.

    The module itself keeps its parameters, buffers and gradients, bit for bit.

    Metz et al. 2017. A generator that puts all on one mode sees the discriminator answer it.
    Costs k steps of the discriminator, and memory for them. Random layers draw anew in each step.
    Metz et al. unroll Adam; here the steps are plain, so ``lr`` is not that of an Adam beside it.

    Parameters
    ----------
    discriminator
        A ``torch.nn.Module``.
    loss
        From a judge to the discriminator's loss: its real and generated samples are its own.
    steps
        k, how far to look ahead; with 0 the judge is the discriminator.
    lr
        The size of a step of plain gradient descent.
    through
        Whether the generator's gradient goes through the steps, as published; without, the steps
        are taken as given, which costs less and is weaker.

    Examples
    --------
    >>> import torch
    >>> d = torch.nn.Linear(1, 1, bias=False)
    >>> _ = torch.nn.init.ones_(d.weight)
    >>> later = unrolled(d, lambda judge: judge(torch.ones(4, 1)).mean(), steps=2, lr=0.25)
    >>> later(torch.ones(1, 1)).item(), d.weight.item()
    (0.5, 1.0)
    """
    import torch
    from torch.func import functional_call

    whole(steps, 0, "steps", "how many steps to look ahead")
    weight_of(lr, "lr")
    if steps == 0:
        return discriminator  # type: ignore[no-any-return]
    weights = {name: p for name, p in discriminator.named_parameters() if p.requires_grad}
    state = {name: b.clone() for name, b in discriminator.named_buffers()}

    def judge(samples: Any) -> Any:
        return functional_call(discriminator, {**weights, **state}, (samples,))

    with torch.enable_grad():
        for _ in range(steps):
            slopes = torch.autograd.grad(loss(judge), list(weights.values()), create_graph=through)
            after = zip(weights.items(), slopes, strict=True)
            weights = {name: p - lr * slope for (name, p), slope in after}
    return judge
