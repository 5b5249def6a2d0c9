"""Training with torch: where, and one step down a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fullmenu.lab.experiment import Settings


def device_of(settings: Settings) -> str:
    """Return the device that the settings ask for; ``auto``: a GPU where there is one."""
    import torch

    asked = str(settings["device"])
    return ("cuda" if torch.cuda.is_available() else "cpu") if asked == "auto" else asked


def descend(optimizer: Any, loss: Any, rate: float | None = None) -> None:
    """Take a step down the gradient of a loss, at another learning rate if one is given."""
    if rate is not None:
        set_rate(optimizer, rate)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def set_rate(optimizer: Any, rate: float) -> None:
    """Give every parameter this learning rate from now on."""
    for group in optimizer.param_groups:
        group["lr"] = rate
