"""What the GAN experiments share: the remedies by name, and the two losses of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fullmenu.lab.experiment import Settings


@dataclass(frozen=True)
class Remedy:
    """What an arm adds to the plain GAN.

    Parameters
    ----------
    about
        In a few words.
    pack
        Samples that the discriminator judges at once.
    layer
        What its last hidden layer is followed by: ``std`` or ``discrimination``; or ``spectral``
        for spectral normalisation of all its layers.
    paired
        Relativistic pairing with R1 and R2 instead of the plain loss.
    unroll
        Whether the generator looks ahead.
    seek
        Whether the generator is paid for different samples.
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


def slopes(loss: Any, parameters: list[Any]) -> Any:
    """Return the gradient of a loss in these parameters alone."""
    import torch

    return torch.autograd.grad(loss, parameters)


def step(optimizer: Any, parameters: list[Any], gradient: Any) -> None:
    """Take a step along a gradient."""
    for parameter, slope in zip(parameters, gradient, strict=True):
        parameter.grad = slope
    optimizer.step()


def device_of(s: Settings) -> str:
    """Return the device that the settings ask for; ``auto``: a GPU where there is one."""
    import torch

    asked = str(s["device"])
    return ("cuda" if torch.cuda.is_available() else "cpu") if asked == "auto" else asked
