"""DPO on diverse preference pairs, with a watch that samples fixed prompts.

Needs ``pip install "fullmenu[trl]"``. Run ``python dpo.py``; a minute on a laptop.
"""

from __future__ import annotations

from datasets import Dataset
from tiny_model import CITIES, PROMPTS, saved
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

import fullmenu as fm
from fullmenu.integrations.transformers import VarietyCallback, sampler

model = AutoModelForCausalLM.from_pretrained(saved("tiny"))
tokenizer = AutoTokenizer.from_pretrained("tiny", padding_side="left")
sample = sampler(model, tokenizer, max_new_tokens=3, top_k=0)

outputs = dict(zip(PROMPTS, sample(PROMPTS, 16), strict=True))
log = fm.read(outputs)
scores = [float(any(city in text for city in CITIES)) for text in log.outputs]
pairs = fm.cure.preference_pairs(log, quality=scores, threshold=0.5)
print(f"{len(pairs.to_dicts())} pairs; no pair of {len(pairs.without)} prompts")

watch = fm.train.Watch(PROMPTS[:24], sample, every=10, path="dpo.variety.jsonl")
trainer = DPOTrainer(
    model,
    args=DPOConfig(
        output_dir="dpo",
        max_steps=20,
        per_device_train_batch_size=8,
        learning_rate=1e-3,
        logging_steps=5,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
    ),
    train_dataset=Dataset.from_list(pairs.to_dicts()),
    processing_class=tokenizer,
)
trainer.add_callback(VarietyCallback(watch, trainer))
trainer.train()
for look in watch.looks:
    print(f"step {look.step}: repeats {look.rates['answer'].value:.0%}")
