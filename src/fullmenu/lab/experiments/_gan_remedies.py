"""What the GAN experiments share: the remedies by name, the training, and a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.lab.experiment import Claim, Result, Settings


@dataclass(frozen=True)
class Remedy:
    """What an arm adds to the plain GAN.

    The discriminator judges ``pack`` samples at once, and its last hidden layer is followed by a
    ``layer`` (``std``, ``discrimination``; or ``spectral``: spectral normalisation of all).
    ``paired``: relativistic pairing with R1 and R2 instead of the plain loss. ``unroll``: the
    generator looks ahead. ``seek``: it is paid for different samples.
    """

    about: str
    pack: int = 1
    layer: str = ""
    paired: bool = False
    unroll: bool = False
    seek: bool = False


REMEDIES: Mapping[str, Remedy] = {
    "vanilla": Remedy("plain non-saturating GAN"),
    "vanilla, half the rate": Remedy("the same at half the learning rate"),
    "packing 2": Remedy("the discriminator judges 2 samples at once (PacGAN)", pack=2),
    "packing 3": Remedy("the discriminator judges 3 samples at once (PacGAN)", pack=3),
    "packing 4": Remedy("the discriminator judges 4 samples at once (PacGAN)", pack=4),
    "minibatch std": Remedy("one more feature: how wide the batch is", layer="std"),
    "minibatch discrimination": Remedy(
        "more features: how close the rest of the batch is", layer="discrimination"
    ),
    "relativistic + R1 + R2": Remedy("pairing loss and gradient penalties (R3GAN)", paired=True),
    "unrolled": Remedy("the generator looks some steps ahead", unroll=True),
    "diversity-sensitive": Remedy("the generator is paid for different samples", seek=True),
    "spectral norm": Remedy("torch's spectral_norm in the discriminator", layer="spectral"),
}


def loss_d(d: Any, real: Any, fake: Any, remedy: Remedy, s: Settings) -> Any:
    """Return the loss of the discriminator on one batch of each origin."""
    from fullmenu.train import gan

    fake = fake.detach()
    if not remedy.paired:
        return gan.nonsaturating_d(d(real), d(fake))
    slopes = gan.r1_penalty(d, real, s["gamma"]) + gan.r2_penalty(d, fake, s["gamma"])
    return gan.relativistic_d(d(real), d(fake)) + slopes


def loss_g(d: Any, real: Any, fake: Any, z: Any, remedy: Remedy, s: Settings) -> Any:
    """Return the loss of the generator for what it made of the latents."""
    from fullmenu.train import gan

    if remedy.paired:
        return gan.relativistic_g(d(real), d(fake))
    judge = d
    if remedy.unroll:
        judge = gan.unrolled(
            d,
            lambda later: gan.nonsaturating_d(later(real), later(fake)),
            s["unroll_steps"],
            s["unroll_lr"],
        )
    loss = gan.nonsaturating_g(judge(fake))
    if remedy.seek:
        (a, b), (z_a, z_b) = fake.chunk(2), z.chunk(2)
        loss = loss + s["seek"] * gan.diversity_sensitive(a, b, z_a, z_b, s["seek_cap"])
    return loss


class Duel:
    """A generator against a discriminator, each with its own Adam, under one remedy."""

    def __init__(self, g: Any, d: Any, arm: str, s: Settings) -> None:
        import torch

        self.g, self.d, self.remedy, self.settings = g, d, REMEDIES[arm], s
        self.rate = s["lr"].get(arm, s["lr"]["vanilla"])
        shared = {"betas": (s["beta1"], s["beta2"]), "lr": self.rate, "fused": True}
        self.adam_g, self.adam_d = (torch.optim.Adam(net.parameters(), **shared) for net in (g, d))
        pack = self.remedy.pack
        self.batch = s["batch"] * (pack if s["whole_packs"] else 1) // pack * pack

    def step_d(self, real: Any, fake: Any) -> None:
        """Train the discriminator."""
        self._walk(self.adam_d, loss_d(self.d, real, fake, self.remedy, self.settings))

    def step_g(self, real: Any, fake: Any, z: Any) -> None:
        """Train the generator, on what it made of the latents."""
        self._walk(self.adam_g, loss_g(self.d, real, fake, z, self.remedy, self.settings))

    def step_both(self, real: Any, fake: Any, z: Any) -> None:
        """Train both at once: the generator against the discriminator as it was."""
        loss = loss_g(self.d, real, fake, z, self.remedy, self.settings)
        self._walk(self.adam_g, loss, before=lambda: self.step_d(real, fake))

    @staticmethod
    def _walk(optimizer: Any, loss: Any, before: Callable[[], None] = lambda: None) -> None:
        """Follow the slope of a loss in one net's parameters alone."""
        import torch

        parameters = optimizer.param_groups[0]["params"]
        slopes = torch.autograd.grad(loss, parameters)
        before()
        for parameter, slope in zip(parameters, slopes, strict=True):
            parameter.grad = slope
        optimizer.step()


def discriminator(
    layers: list[Any], channels: int, places: int, remedy: Remedy, sd: float = 0.0
) -> Any:
    """Close a discriminator: the remedy's layer, one logit, and packing.

    It begins with ``layers``, which end in so many channels at so many places each.
    """
    from torch import nn
    from torch.nn.utils.parametrizations import spectral_norm

    from fullmenu.train import gan

    if remedy.layer == "std":
        layers.append(gan.MinibatchStd())
        channels += 1
    layers.append(nn.Flatten())
    wide = channels * places
    if remedy.layer == "discrimination":
        layers.append(gan.MinibatchDiscrimination(wide, 16, 8))
        wide += 16
    net = begun(nn.Sequential(*layers, nn.Linear(wide, 1)), sd)
    if remedy.layer == "spectral":
        for part in net:
            if isinstance(part, (nn.Conv2d, nn.Linear)):
                spectral_norm(part)
    return gan.Packed(net, remedy.pack)


def begun(net: Any, sd: float) -> Any:
    """Draw the weights of linear layers with this deviation; 0 leaves them as torch drew them."""
    from torch import nn

    if sd:
        for part in net:
            if isinstance(part, nn.Linear):
                nn.init.normal_(part.weight, 0.0, sd)
                if part.bias is not None:
                    nn.init.zeros_(part.bias)
    return net


def menu_numbers(counts: NDArray[np.int64], floor: float) -> tuple[float, float, float]:
    """Return the modes served, KL from the uniform less a floor, and the effective number.

    Of counts by mode, (K,); where none is served, KL is ln K, and the effective number 0.
    """
    n = int(counts.sum())
    p = counts[counts > 0] / max(n, 1)
    kl = float((p * np.log(p * len(counts))).sum()) if n else float(np.log(len(counts)))
    return float(len(p)), kl - floor, float(1 / (p**2).sum()) if n else 0.0


def losses_seen(
    result: Result, modes: int, gone: int, given: str = "", *, blind: str, history: str = ""
) -> Claim:
    """Claim that compare agrees with the known effective number of modes.

    A loss is ``gone`` percent of the effective modes or more; from 95 % kept on there is none.
    ``given`` says what compare is given beside.
    """
    lost, kept = [], []
    for c in result.cells:
        share = c.outcome.numbers["effective"] / modes
        seen = c.outcome.verdicts["compare"] in ("collapsed", "narrowed")
        if share <= 1 - gone / 100:
            lost.append(seen)
        elif share >= 0.95:
            kept.append(seen)
    return Claim(
        f"compare sees a loss where {gone} % of the effective modes or more are gone{given}, and "
        "none where 95 % are kept",
        f"{sum(lost)} of {len(lost)} losses seen, {sum(kept)} of {len(kept)} false alarms",
        all(lost) and not any(kept),
        blind,
        history,
    )
