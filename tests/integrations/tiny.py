"""A Llama small enough for tests, and texts to train it on."""

from __future__ import annotations

from typing import Any

WORDS = [f"w{i}" for i in range(20)]
PROMPTS = [f"day{i}" for i in range(6)]


def llama(seed: int = 0, dropout: float = 0.1) -> tuple[Any, Any]:
    """Return a model that knows nothing yet, and its tokenizer: one word, one token."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<pad>", "<s>", "</s>", *PROMPTS, *WORDS]
    spelling = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    spelling.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=spelling, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=16,
        attention_dropout=dropout, pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    return LlamaForCausalLM(config), tokenizer


def lessons(n: int = 64) -> list[dict[str, list[int]]]:
    """Return token ids to learn: a day, and four words of its own."""
    rows = [[3 + i % 6, *(9 + (i % 6 + k * (1 + i % 3)) % 20 for k in range(4))] for i in range(n)]
    return [{"input_ids": row, "labels": row} for row in rows]
