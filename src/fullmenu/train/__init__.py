"""In training: see the collapse while it happens, and train without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.stats.kl import kl_divergence as kl_divergence
    from fullmenu.stats.kl import kl_of_best_of as kl_of_best_of
    from fullmenu.stats.over_optimisation import over_optimisation as over_optimisation
    from fullmenu.train import gan as gan
    from fullmenu.train.optimizers import optimizer as optimizer
    from fullmenu.train.scorecard import Scorecard as Scorecard
    from fullmenu.train.watch import Watch as Watch
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
