"""A GAN learns stacks of digits, each combination a mode; how many does it show?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.lab.experiment import Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments._gan_remedies import REMEDIES, losses_seen, menu_numbers
from fullmenu.lab.experiments._gradients import device_of
from fullmenu.lab.experiments._plots import by_seed
from fullmenu.report.forms import Picture

TEST = "test digits"
"""The arm that shows stacks of real test digits."""

ARMS = {
    arm: REMEDIES[arm].about
    for arm in ("vanilla", "packing 2", "minibatch std", "relativistic + R1 + R2")
} | {TEST: "stacks of real test digits, for what is best possible"}


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Train one arm, and let a classifier of single digits say which modes it shows."""
    from fullmenu.lab.experiments import _gan_digits as mnist

    s, device = settings, device_of(settings)
    net, accuracy = mnist.classifier(s["side"], s["epochs"], 0, device)
    made = mnist.stacked(s, seed).to(device) if arm == TEST else mnist.trained(arm, seed, s)
    named = mnist.said(net, made)
    k = 10 ** s["channels"]
    counts = np.bincount(mnist.modes_of(named), minlength=k)
    modes, kl, effective = menu_numbers(counts, (k - 1) / (2 * len(named)))
    numbers = {"modes": modes, "kl": kl, "effective": effective, "accuracy": 100 * accuracy}
    real = mnist.stacked(s, seed + 1000).to(device)
    verdict = _compared(net, real[: s["compared"]], made[: s["compared"]])
    shown = ((made[:16].cpu().numpy() + 1) * 127.5).clip(0, 255).astype(np.uint8)
    return Outcome(numbers, {"compare": verdict}, {"stacks": shown.tolist()})


def _compared(net: Any, real: Any, made: Any) -> str:
    import torch

    from fullmenu.judge.two import compare
    from fullmenu.samples import Samples

    def rows(stacks: Any) -> Any:
        n, channels, *plane = stacks.shape
        with torch.no_grad():
            chances = net(stacks.reshape(n * channels, 1, *plane)).softmax(1)
        pairs = chances.view(n, channels, 10)
        joined = pairs[:, 0]
        for c in range(1, channels):
            joined = (joined[:, :, None] * pairs[:, c, None]).flatten(1)
        return joined.cpu().numpy()

    before, after = (Samples.of_images(rows(x)) for x in (real, made))
    return str(compare(before, after, views=["vector"]).verdict)


def claims(result: Result) -> list[Claim]:
    """What must hold: the verdicts agree with the classifier's counts."""
    modes = 10 ** int(result.settings["channels"])
    real = result.estimate(TEST, "modes")
    return [
        losses_seen(
            result,
            modes,
            30,
            blind="digits badly drawn: both the count and the features are one classifier's",
        ),
        Claim(
            "stacks of test digits show every mode",
            f"{real.value:.1f} of {modes}",
            real.value >= 0.99 * modes,
            blind="anything of a GAN: it checks the ruler",
        ),
    ]


def draw(result: Result) -> Picture:
    """Modes by arm, a ring a seed."""
    modes = 10 ** int(result.settings["channels"])
    return Picture(
        title="Stacks of MNIST digits",
        about="A ring a seed, a bar the mean.",
        forms=[by_seed(result, "modes", f"modes shown, of {modes}")],
    )


EXPERIMENT = Experiment.of(
    __name__,
    arms=ARMS,
    numbers={
        "modes": Number("stacks of digits that a classifier sees at least once", "modes", 1),
        "kl": Number("KL of the modes from the uniform, less the floor (K − 1) / 2N", "nats"),
        "effective": Number("effective number of modes, order 2", "modes", 1),
        "accuracy": Number("of the classifier on test digits", "%", 1),
    },
    settings={
        "channels": (2, 3), "side": (14, 28), "stacks": (50_000, 128_000), "epochs": (1, 10),
        "samples": (5000, 26_000), "compared": (2000, 5000), "steps": (1000, 100_000), "batch": 64,
        "whole_packs": True, "latent": (32, 100), "g_channels": ([32], [512, 256, 128, 64]),
        "d_channels": ([8, 16], [64, 128, 256, 512]), "d_norm": (False, True), "g_steps": (1, 2),
        "lr": ({"vanilla": 1e-3}, {"vanilla": 2e-4}), "beta1": 0.5, "beta2": 0.999, "gamma": 1.0,
        "unroll_steps": 3, "unroll_lr": 0.1, "seek": 0.1, "seek_cap": 4.0,
        "device": ("cpu", "auto"),
        "seeds": (5, 10),
    },
    published={
        "Lin et al. 2018 (PacGAN), VEEGAN's set-up: 1000 modes, 26,000 samples, 10 trials, mean ± "
        "standard error; KL as published, no floor taken off": {
            "vanilla": {"modes": "78.9±6.46", "kl": "4.50±.127"},
            "packing 2": {"modes": "1000±0", "kl": ".06±.003"},
        },
    },
    caveat="A classifier says which digit is meant, and names something for a smear too: a mode "
    "shown is not a digit well drawn. At the quick size, two digits of 14 × 14 pixels, the plain "
    "GAN drops hardly any mode and serves them very unevenly, so read the effective number; the "
    "published collapse is of the full setting.",
)  # fmt: skip
