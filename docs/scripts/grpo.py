"""GRPO with a reward for variety, and a watch over the completions that are made anyway.

Needs ``pip install "fullmenu[trl]"``. Run ``python grpo.py``; a minute on a laptop.
"""

from __future__ import annotations

from datasets import Dataset
from tiny_model import CITIES, PROMPTS, saved
from transformers import AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

import fullmenu as fm
from fullmenu.integrations.trl import VarietyCallback


def right(completions: list[str], **columns: object) -> list[float]:
    """Check an answer: 1 if it names a city, else 0."""
    return [float(any(city in text for city in CITIES)) for text in completions]


model = saved("tiny")
callback = VarietyCallback(
    fm.train.Watch(every=5, path="grpo.variety.jsonl", stop_on_alarm=True), quality=right
)
trainer = GRPOTrainer(
    model,
    reward_funcs=[fm.cure.mix(right, task="checked", num_generations=8), callback.probe],
    args=GRPOConfig(
        output_dir="grpo",
        max_steps=20,
        num_generations=8,
        per_device_train_batch_size=64,
        max_completion_length=3,
        learning_rate=1e-2,
        beta=0.0,  # a learned reward needs KL: 0.1 to 0.3
        scale_rewards="none",
        reward_weights=[1.0, 0.0],
        logging_steps=5,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
    ),
    train_dataset=Dataset.from_dict({"prompt": PROMPTS}),
    processing_class=AutoTokenizer.from_pretrained(model, padding_side="left"),
    callbacks=[callback],
)
trainer.train()
for look in callback.watch.looks:
    right_once = look.grades["pass_1"].value
    print(f"step {look.step}: {right_once:.0%} right, repeats {look.rates['answer'].value:.0%}")
