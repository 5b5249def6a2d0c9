"""A Llama that knows nothing, one word a token: what the other scripts train, in seconds."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CITIES = ["Paris", "Lyon", "Marseille", "Lille", "Nice", "Nantes"]
WORDS = ["fig", "plum", "kiwi", "oak", "elm", "ash", "sand", "clay", "rain", "snow", "wind", "fog"]
PROMPTS = [f"city {k}" for k in range(48)]


def saved(folder: str) -> str:
    """Write the model and its tokenizer into a folder, and return its name."""
    torch.manual_seed(0)
    asked = sorted({word for prompt in PROMPTS for word in prompt.split()})
    words = ["<pad>", "<s>", "</s>", *CITIES, *WORDS, *asked]
    spelling = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    spelling.pre_tokenizer = WhitespaceSplit()
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=32,
        pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=spelling, pad_token="<pad>", bos_token="<s>", eos_token="</s>",
        padding_side="left", model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip
    Path(folder).mkdir(exist_ok=True)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
