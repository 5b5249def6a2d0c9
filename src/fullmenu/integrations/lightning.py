"""Lightning, the extra ``lightning``: a watch as a callback of any ``Trainer``."""

from __future__ import annotations

from typing import Any

from fullmenu.errors import extra
from fullmenu.train.callback import SamplingCallback
from fullmenu.train.eval_mode import serving
from fullmenu.train.looks import Look

with extra("callbacks of Lightning", "lightning"):
    from lightning.pytorch.callbacks import Callback


class VarietyCallback(SamplingCallback, Callback):
    """Watch the variety of a model that a Lightning ``Trainer`` trains.

    Steps are the trainer's ``global_step``. Looks go to every logger of the trainer and to
    ``trainer.callback_metrics``, where ``ModelCheckpoint(monitor=…)`` finds them. Nothing happens
    in sanity checks. The state of the watch goes into checkpoints. On several devices the first
    process samples alone, so the module must be whole there (no FSDP, no ZeRO-3).

    Parameters
    ----------
    watch
        With prompts and ``sample``, which is called in eval mode without gradients; each part's
        own mode is restored.
    """

    trainer = "Lightning"

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Sample the baseline."""
        if trainer.is_global_zero:
            with serving(pl_module):
                self._log(trainer, pl_module, self.watch.begin(trainer.global_step), quiet=True)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Take a look if one is due; stop where the watch says so."""
        if trainer.sanity_checking:
            return
        step = trainer.global_step
        if trainer.is_global_zero and self.watch.due(step):
            with serving(pl_module):
                look = self.watch.step(step)
            self._log(trainer, pl_module, look)
        if self.watch.stop_on_alarm:
            stop = trainer.strategy.reduce_boolean_decision(self.watch.should_stop, all=False)
            trainer.should_stop = trainer.should_stop or stop

    def _log(self, trainer: Any, pl_module: Any, look: Look | None, quiet: bool = False) -> None:
        if look is None:
            return
        scalars = self.watch.scalars(look)
        for logger in trainer.loggers:
            logger.log_metrics(scalars, step=look.step)
        if not quiet:
            pl_module.log_dict(scalars, logger=False, on_step=True, rank_zero_only=True)
