"""GRPO on two processes with a watch: what each of them saw.

Run: ACCELERATE_USE_CPU=true torchrun --standalone --nproc_per_node 2 two_processes.py BASE FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

import torch
import trl
from datasets import Dataset
from transformers import AutoTokenizer

from fullmenu.integrations.trl import VarietyCallback
from fullmenu.train import Watch

PROMPTS = [f"day{i}" for i in range(6)]


def likes_w1(completions: list[str], **kwargs: object) -> list[float]:
    return [float(text.split().count("w1")) for text in completions]


def main(base: str, folder: Path) -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    watch = Watch(
        every=1, baseline=2, views=["phrasing"], stop_on_alarm=True, path=folder / "run.jsonl"
    )
    callback = VarietyCallback(watch)
    made = trl.GRPOTrainer(
        base,
        reward_funcs=[likes_w1, callback.probe],
        args=trl.GRPOConfig(
            output_dir=str(folder / "out"), max_steps=40, per_device_train_batch_size=12,
            num_generations=4, max_completion_length=4, learning_rate=3e-2, use_cpu=True,
            bf16=False, report_to=[], save_strategy="no", logging_steps=1, disable_tqdm=True,
            gradient_checkpointing=False, seed=1, reward_weights=[1.0, 0.0],
        ),
        train_dataset=Dataset.from_dict({"prompt": PROMPTS}),
        processing_class=AutoTokenizer.from_pretrained(base, padding_side="left"),
        callbacks=[callback],
    )  # fmt: skip
    made.train()
    told = {
        "processes": made.accelerator.num_processes,
        "step": made.state.global_step,
        "looks": len(watch.looks),
        "alarms": [raised.step for raised in watch.raised],
    }
    (folder / f"process_{made.accelerator.process_index}.json").write_text(json.dumps(told))
    made.accelerator.wait_for_everyone()
    os._exit(0)  # what torch takes down at its end may wait for itself for ever


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
