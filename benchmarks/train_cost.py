"""What does a look cost beside the trainer's step, and how rare must looks be to cost 3 %?

First beside real steps of TRL's GRPOTrainer, by CPU seconds on one thread: the tiny Llama of
``fullmenu lab run rlhf-trl``, whose steps are as cheap as steps get, and a Llama of 17 million
parameters that writes 64 completions of 64 words. Then a look alone, over as many and as long
completions as large runs make: the step that it is 3 % of.

Run: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/train_cost.py
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from fullmenu.samples import Samples
from fullmenu.train import Watch
from table import Table

SIZES = ((8, 8, 50), (8, 16, 200), (32, 8, 200), (64, 16, 200))
"""Prompts, completions of each, words of each."""

EVERY = 10


def main() -> None:
    table = Table("a look over the trainer's completions, CPU seconds on one thread")
    if find_spec("trl"):
        for name, run in (
            ("tiny Llama, 96 completions of 6 words", tiny),
            ("Llama of 17 M, 64 completions of 64 words", larger),
        ):
            look, step = timed(run)
            table.add(f"{name}: a step of GRPO", f"{step * 1e3:,.0f} ms")
            table.add("a look at them", f"{look * 1e3:.0f} ms")
            share = look / (look + EVERY * step)
            table.add(f"its share at every={EVERY}", f"{share:.2%}", "≤ 3 %", share <= 0.03)
            table.add("every for 3 %", f"{int(np.ceil(look / step * (1 / 0.03 - 1)))}")
    else:
        print("trl is not installed: no steps to set looks beside", file=sys.stderr)
    for prompts, each, words in SIZES:
        cost = alone(prompts, each, words)
        table.add(
            f"{prompts} × {each} completions of {words} words: a look", f"{cost * 1e3:.0f} ms"
        )
        for every in (1, EVERY):
            needed = cost * (1 / 0.03 - 1) / every
            table.add(f"is 3 % of steps of, at every={every}", f"{needed:.1f} s")
    table.show()


def timed(run: Callable[[Any], None]) -> tuple[float, float]:
    """Return CPU seconds of a look and of a step without one: medians over a run of GRPO."""
    import torch
    from transformers import TrainerCallback

    torch.set_num_threads(1)
    looks, ends = [], []
    taken = Watch.completions

    def counted(self: Watch, *args: Any, **options: Any) -> Any:
        before = time.process_time()
        found = taken(self, *args, **options)
        looks.append(time.process_time() - before)
        return found

    class Clock(TrainerCallback):
        """Note when steps end."""

        def on_step_end(self, *args: Any, **options: Any) -> None:
            ends.append(time.process_time())

    Watch.completions = counted  # type: ignore[method-assign]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run(Clock())
    finally:
        Watch.completions = taken  # type: ignore[method-assign]
    whole = np.diff(ends) - np.array(looks[1:])
    return float(np.median(looks[2:])), float(np.median(whole))


def tiny(clock: Any) -> None:
    """Tune the lab's tiny Llama for 40 steps, with a look at each."""
    from fullmenu.lab.experiments import rlhf_trl

    settings = {**rlhf_trl.EXPERIMENT.settings, "steps": 40, "every": 1, "taught": 100}
    begun = rlhf_trl.base(0, 100, settings["judgments"], settings["noise"])
    rlhf_trl.tuned(rlhf_trl.CURED, 0, begun, settings, [clock])


def larger(clock: Any) -> None:
    """Tune an untaught Llama of 17 million parameters for 5 steps, with a look at each."""
    from datasets import Dataset
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback
    from trl import GRPOConfig, GRPOTrainer

    from fullmenu.integrations.trl import VarietyCallback

    words = ["<pad>", "</s>", *(f"day{i}" for i in range(8)), *(f"w{i}" for i in range(8_000))]
    spelling = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    spelling.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=spelling, pad_token="<pad>", eos_token="</s>", padding_side="left"
    )
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=384, intermediate_size=1024, num_hidden_layers=6,
        num_attention_heads=6, num_key_value_heads=6, max_position_embeddings=128,
        pad_token_id=0, bos_token_id=None, eos_token_id=1,
    )  # fmt: skip

    def length(completions: Sequence[str], **_: Any) -> list[float]:
        return [float(len(c)) for c in completions]

    callback = VarietyCallback(Watch(every=1, baseline=2))
    with tempfile.TemporaryDirectory() as folder:
        trainer = GRPOTrainer(
            LlamaForCausalLM(config),
            reward_funcs=[length, callback.probe],
            args=GRPOConfig(
                output_dir=folder, max_steps=5, per_device_train_batch_size=64, num_generations=8,
                max_completion_length=64, use_cpu=True, bf16=False, report_to=[],
                reward_weights=[1e-3, 0.0], save_strategy="no", disable_tqdm=True, logging_steps=99,
                gradient_checkpointing=False,
            ),
            train_dataset=Dataset.from_dict({"prompt": words[2:10]}),
            processing_class=tokenizer,
            callbacks=[callback, clock],
        )  # fmt: skip
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def alone(prompts: int, each: int, words: int, looks: int = 3) -> float:
    """Return CPU seconds of a look at texts made of 5,000 words."""
    rng = np.random.default_rng(0)
    known = np.array([f"w{i}" for i in range(5_000)])
    asked = [f"Question {i}?" for i in range(prompts) for _ in range(each)]

    def made() -> Sequence[str]:
        drawn = known[(5_000 * rng.random((prompts * each, words)) ** 3).astype(int)]
        return [" ".join(row) for row in drawn.tolist()]

    log: dict[str, Sequence[str]] = {}
    for part in (made() for _ in range(4)):
        for prompt, text in zip(asked, part, strict=True):
            log[prompt] = [*log.get(prompt, []), text]
    watch = Watch(every=1, baseline=Samples.of(log))
    watch.completions(0, asked, made())
    spent = []
    for step in range(1, looks + 1):
        texts = made()
        before = time.process_time()
        watch.completions(step, asked, texts)
        spent.append(time.process_time() - before)
    return min(spent)


if __name__ == "__main__":
    main()
