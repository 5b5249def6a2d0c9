"""transformers, with the extra ``trl``: a watch as a callback of any ``Trainer``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput, extra
from fullmenu.train.eval_mode import serving
from fullmenu.train.watch import State, Watch

with extra("callbacks of transformers", "trl"):
    from transformers import TrainerCallback
    from transformers.trainer_callback import ExportableState

_LIVE: dict[str, tuple[Watch, Any]] = {}
"""Watches of this process and their trainers, by the name that a checkpoint has for them."""


class VarietyCallback(TrainerCallback, ExportableState):
    """Watch the variety of a model that a ``transformers.Trainer`` trains.

    On several processes the first one samples, so the model must be whole there (no DeepSpeed
    ZeRO-3, no FSDP). The watch goes on from the trainer's checkpoints.

    Parameters
    ----------
    watch
        With prompts and a :func:`sampler`. Its looks are logged through the trainer, and so reach
        TensorBoard, W&B and whatever else it reports to.
    trainer
        The trainer, made before: ``trainer.add_callback(VarietyCallback(watch, trainer))``.
    keep
        A folder for the last varied model: saved there after each varied look, over the one before.
    """

    def __init__(
        self, watch: Watch | str, trainer: Any = None, *, keep: str | Path | None = None
    ) -> None:
        if isinstance(watch, str):
            if watch not in _LIVE:
                raise BadInput(
                    f"no watch of the name {watch!r} in this process; give the trainer a "
                    "VarietyCallback of a Watch with the same path before resuming"
                )
            watch, trainer = _LIVE[watch]
        self.watch, self.trainer = watch, trainer
        self.saved: State | None = None
        self.name = "" if watch.record is None else str(watch.record.path)
        _LIVE[self.name] = watch, trainer
        if watch.log is None and trainer is not None:
            watch.log = self._log
        if keep is not None:
            watch.keep = lambda step: trainer.save_model(str(keep))

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Sample the baseline; or go on where the checkpoint stopped."""
        if state.global_step > 0:
            found = state.stateful_callbacks.get(type(self).__name__)
            for data in found if isinstance(found, list) else [found]:
                if data and data["args"].get("watch") == self.name:
                    self.watch.load_state_dict(data["attributes"]["saved"])
        if self.watch.sample is not None:
            if args.world_size > 1 and (args.deepspeed or args.fsdp):
                raise BadInput(
                    "sampling while parameters are sharded (DeepSpeed, FSDP) would hang: give "
                    "the trainer's completions to watch.completions instead"
                )
            if state.is_world_process_zero:
                self.watch.begin(state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        """Take a look if one is due; stop where the watch says so."""
        if self.watch.sample is not None and state.is_world_process_zero:
            self.watch.step(state.global_step)
        if self._should_stop(args):
            control.should_training_stop = True
        return control

    def state(self) -> dict[str, object]:
        """Return what a checkpoint keeps."""
        return {"args": {"watch": self.name}, "attributes": {"saved": self.watch.state_dict()}}

    def _log(self, scalars: dict[str, float], step: int) -> None:
        pending = self.trainer.control.should_log
        self.trainer.log(dict(scalars))
        self.trainer.control.should_log = pending  # logging cancels the loss's own log

    def _should_stop(self, args: Any) -> bool:
        stop = [self.watch.should_stop]
        if args.world_size > 1 and self.watch.stop_on_alarm:
            from accelerate.utils import broadcast_object_list

            broadcast_object_list(stop)
        return stop[0]


def sampler(
    model: Any, tokenizer: Any, *, batch: int = 64, adapter: bool = True, **generation: Any
) -> Callable[[Sequence[Any], int], list[list[str]]]:
    """Return ``sample(prompts, k)`` for a :class:`fullmenu.train.Watch`: ``model.generate``.

    Parameters
    ----------
    model, tokenizer
        As they are trained; eval mode, no gradients and left padding hold while sampling. Prompts
        may be chats, where the tokenizer has a template.
    batch
        Sequences generated at a time.
    adapter
        ``False``: of a model with a LoRA adapter (PEFT), sample its base, the adapter switched off.
        ``fm.read(dict(zip(prompts, sampler(model, tokenizer, adapter=False)(prompts, 32))))`` is a
        baseline for the watch, of the same weights and without a second model.
    generation
        Of ``model.generate``, such as ``max_new_tokens=64, temperature=1.0``; sampling is on.
        Cut-offs in the model's generation config (top-k) narrow what is seen: ``top_k=0`` for none.
    """
    if not (adapter or hasattr(model, "disable_adapter")):
        raise BadInput(
            f"adapter=False of a {type(model).__name__} that has no adapter to switch off; give a "
            "model of PEFT (get_peft_model), or leave adapter= out"
        )
    options = {"do_sample": True, "pad_token_id": tokenizer.pad_token_id, **generation}

    def sample(prompts: Sequence[Any], k: int) -> list[list[str]]:
        texts = [
            p
            if isinstance(p, str)
            else tokenizer.apply_chat_template(p, tokenize=False, add_generation_prompt=True)
            for p in prompts
        ]
        found: list[list[str]] = []
        side, tokenizer.padding_side = tokenizer.padding_side, "left"
        each = max(1, batch // k)
        try:
            with serving(model), nullcontext() if adapter else model.disable_adapter():
                for a in range(0, len(texts), each):
                    given = tokenizer(texts[a : a + each], return_tensors="pt", padding=True)
                    ids = given["input_ids"].to(model.device)
                    mask = given["attention_mask"].to(model.device)
                    made = model.generate(
                        input_ids=ids, attention_mask=mask, num_return_sequences=k, **options
                    )
                    said = tokenizer.batch_decode(made[:, ids.shape[1] :], skip_special_tokens=True)
                    found += [said[i : i + k] for i in range(0, len(said), k)]
        finally:
            tokenizer.padding_side = side
        return found

    return sample
