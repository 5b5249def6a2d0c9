"""TRL, the extra ``trl``: a watch over the completions that GRPO or RLOO make anyway."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fullmenu.cure.rewards.reward import Quality
from fullmenu.integrations.transformers import VarietyCallback as _Callback
from fullmenu.text.chat import prompt_text
from fullmenu.train.reach import Reach
from fullmenu.train.watch import Watch


class VarietyCallback(_Callback):
    """Watch the completions of a TRL trainer with reward functions, with no extra generation.

    Its :meth:`probe` is a reward function of weight 0, which hands the completions on::

        callback = VarietyCallback(fm.train.Watch(every=10, path="run.variety.jsonl"))
        trainer = GRPOTrainer(
            model, reward_funcs=[reward, callback.probe], callbacks=[callback],
            args=GRPOConfig(reward_weights=[1.0, 0.0], ...), ...
        )

    Numbers go through the trainer's ``log_metric``: they appear in its next log, averaged over the
    looks since the one before. On several processes each calls its rewards on its own fragment of
    the groups; the probe gathers them. Completions of evaluations are left out. Before training
    ``reach`` says whether these completions can raise an alarm; where they need a longer baseline
    than was asked for, or more prompts, a warning says how many.

    Parameters
    ----------
    watch
        Without ``prompts`` and ``sample``. With them the callback samples as that of transformers
        does, and needs no probe.
    quality
        The reward function whose scores are to be graded (pass@k, yield, prompts that give no
        gradient): the probe calls it once more, with all columns that TRL hands on.
    keep, trainer
        A folder for the last varied model, and the trainer that saves it (or set
        :attr:`trainer` once it is made).
    """

    def __init__(
        self,
        watch: Watch | str,
        trainer: Any = None,
        *,
        quality: Quality | None = None,
        keep: str | Path | None = None,
    ) -> None:
        super().__init__(watch, trainer, keep=None)
        self.quality = quality
        if keep is not None:
            self.watch.keep = lambda step: self.trainer.save_model(str(keep))
        self.model: Any = None
        self.reach: Reach | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take note of the model, and say whether an alarm can come."""
        self.model = kwargs.get("model")
        super().on_train_begin(args, state, control, **kwargs)
        if self.watch.sample is None and self.watch.monitor is None and state.global_step == 0:
            self.reach = self._reach(args, kwargs.get("train_dataloader"))
        if self.reach is not None and state.is_world_process_zero:
            if self.reach.baseline == self.reach.asked:
                logging.getLogger(__name__).info(self.reach.sentence)
            else:
                warnings.warn(self.reach.sentence, stacklevel=2)

    def _reach(self, args: Any, loader: Any) -> Reach | None:
        each = getattr(args, "num_generations", None)
        batch = getattr(args, "generation_batch_size", None)
        if not each or each < 2 or not batch:
            return None
        try:
            pool = len({prompt_text(row["prompt"]) for row in loader.dataset})
        except (AttributeError, KeyError, TypeError):
            pool = None  # a stream, which has no length
        return self.watch.foretell(max(1, batch // each), each, pool)

    def probe(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        trainer_state: Any = None,
        log_metric: Callable[[str, float], object] | None = None,
        **kwargs: Any,
    ) -> list[float]:
        """Hand the completions to the watch, and reward nothing: give it the weight 0."""
        nothing = [0.0] * len(completions)
        if self.model is not None and not self.model.training:
            return nothing
        scores = None
        if self.quality is not None:
            given = self.quality(prompts=prompts, completions=completions, **kwargs)
            scores = _gathered(list(given))
        prompts, completions = _gathered(prompts), _gathered(completions)
        if trainer_state is None or trainer_state.is_world_process_zero:
            step = 0 if trainer_state is None else trainer_state.global_step
            look = self.watch.completions(step, prompts, completions, scores)
            if look is not None and log_metric is not None and self.watch.log is None:
                for name, value in self.watch.scalars(look).items():
                    log_metric(name, value)
        return nothing


def _gathered(items: Sequence[Any]) -> list[Any]:
    from accelerate import PartialState
    from accelerate.utils import gather_object

    if PartialState().num_processes == 1:
        return list(items)
    return list(gather_object(list(items)))
