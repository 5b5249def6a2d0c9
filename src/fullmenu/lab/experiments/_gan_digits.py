"""MNIST in stacks: where it is read from, the classifier of modes, and the nets."""

from __future__ import annotations

import gzip
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.lab.experiments._gan_remedies import REMEDIES, Duel, Remedy, discriminator
from fullmenu.lab.experiments._gradients import descend, device_of

if TYPE_CHECKING:
    from fullmenu.lab.experiment import Settings

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

PLACE = "FULLMENU_DATA"
"""The environment variable that names the folder in which ``mnist/`` lies."""


def digits(part: str) -> tuple[Bytes, Ints]:
    """Read images (n, 28, 28) and labels (n,) of MNIST, ``train`` or ``t10k``."""
    folder = Path(os.environ.get(PLACE, "")) / "mnist"
    names = [f"{part}-{what}-ubyte.gz" for what in ("images-idx3", "labels-idx1")]
    if not os.environ.get(PLACE) or not all((folder / name).is_file() for name in names):
        raise BadInput(
            f"gan-stacked-mnist needs MNIST, and {PLACE}={os.environ.get(PLACE)!r} leads to none: "
            f"set {PLACE} to a folder that holds mnist/{names[0]} and the other three files"
        )
    images, labels = (gzip.decompress((folder / name).read_bytes()) for name in names)
    x = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    return x, np.frombuffer(labels, np.uint8, offset=8).astype(np.int64)


def sized(x: Bytes, side: int) -> Any:
    """Bring images to ``side`` by ``side`` pixels, 28 or 14, from −1 to 1, (n, side, side)."""
    import torch

    times = 28 // side
    grey = torch.from_numpy(x.astype(np.float32)).view(len(x), side, times, side, times)
    return grey.mean((2, 4)) / 127.5 - 1


@lru_cache(maxsize=2)
def classifier(side: int, epochs: int, seed: int, device: str) -> tuple[Any, float]:
    """Train a classifier of single digits; return it and its accuracy on the test images."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    x, y = digits("train")
    images, labels = sized(x, side).to(device), torch.from_numpy(y).to(device)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.LazyLinear(64), nn.ReLU(), nn.Linear(64, 10),
    ).to(device)  # fmt: skip
    net(images[:1, None])
    rule = torch.optim.Adam(net.parameters(), 2e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(images), device=device).split(128):
            descend(rule, nn.functional.cross_entropy(net(images[rows, None]), labels[rows]))
    x, y = digits("t10k")
    named = said(net, sized(x, side).to(device)[:, None])[:, 0]
    return net, float((named == y).mean())


def said(net: Any, stacks: Any) -> Ints:
    """Return the digit that a classifier sees in every channel, (n, channels)."""
    import torch

    n, channels, *plane = stacks.shape
    with torch.no_grad():
        parts = stacks.reshape(-1, 1, *plane).split(4096)
        found = torch.cat([net(part).argmax(1) for part in parts])
    return np.asarray(found.view(n, channels).cpu().numpy(), np.int64)


def modes_of(named: Ints) -> Ints:
    """Number the stack of digits, such as 407 for 4, 0, 7."""
    return named @ 10 ** np.arange(named.shape[1])[::-1]


def trained(arm: str, seed: int, s: Settings) -> Any:
    """Train one arm on stacks of digits; return stacks of its generator."""
    import torch

    torch.manual_seed(seed)
    device = device_of(s)
    images = sized(digits("train")[0], s["side"]).to(device)
    which = torch.randint(len(images), (s["stacks"], s["channels"]), device=device)
    g, d = _generator(s).to(device), _discriminator(REMEDIES[arm], s).to(device)
    duel = Duel(g, d, arm, s)
    for _ in range(s["steps"]):
        real = images[which[torch.randint(len(which), (duel.batch,), device=device)]]
        z = 2 * torch.rand(duel.batch, s["latent"], device=device) - 1
        duel.step_d(real, g(z))
        for _ in range(s["g_steps"]):
            z = 2 * torch.rand(duel.batch, s["latent"], device=device) - 1
            duel.step_g(real, g(z), z)
    g.eval()
    with torch.no_grad():
        latents = 2 * torch.rand(s["samples"], s["latent"], device=device) - 1
        return torch.cat([g(part) for part in latents.split(1000)])


def stacked(s: Settings, seed: int) -> Any:
    """Draw stacks of test digits: what a perfect generator would give."""
    import torch

    images = sized(digits("t10k")[0], s["side"])
    rng = torch.Generator().manual_seed(seed)
    return images[torch.randint(len(images), (s["samples"], s["channels"]), generator=rng)]


def _generator(s: Settings) -> Any:
    """Transposed convolutions that double the side, batch normalisation, ReLU; DCGAN's."""
    from torch import nn

    widths, sides = list(s["g_channels"]), _sides(s["side"], len(s["g_channels"]))
    layers: list[Any] = [
        nn.Linear(s["latent"], widths[0] * sides[0] ** 2, bias=False),
        nn.Unflatten(1, (widths[0], sides[0], sides[0])),
    ]
    for k, wide in enumerate(widths):
        layers += [nn.BatchNorm2d(wide), nn.ReLU()]
        after = widths[k + 1] if k + 1 < len(widths) else s["channels"]
        odd = sides[k + 1] % 2  # 4 → 7: one row less
        layers.append(nn.ConvTranspose2d(wide, after, 4 - odd, stride=2, padding=1))
    return nn.Sequential(*layers, nn.Tanh())


def _sides(side: int, doublings: int) -> list[int]:
    """Sides from the first plane to the image: [4, 7, 14, 28] for three doublings.

    >>> _sides(14, 1), _sides(28, 4)
    ([7, 14], [2, 4, 7, 14, 28])
    """
    sides = [side]
    for _ in range(doublings):
        sides.insert(0, -(-sides[0] // 2))
    return sides


def _discriminator(remedy: Remedy, s: Settings) -> Any:
    """Strided convolutions and leaky ReLU; batch normalisation where the settings ask for it."""
    from torch import nn

    layers: list[Any] = []
    wide, side = s["channels"] * remedy.pack, s["side"]
    for k, after in enumerate(s["d_channels"]):
        layers.append(nn.Conv2d(wide, after, 3, stride=2, padding=1))
        if s["d_norm"] and k and not remedy.paired and remedy.layer != "spectral":
            layers.append(nn.BatchNorm2d(after))
        layers.append(nn.LeakyReLU(0.2))
        wide, side = after, -(-side // 2)
    return discriminator(layers, wide, side**2, remedy)
