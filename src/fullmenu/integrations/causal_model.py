"""A causal language model of Hugging Face that runs here."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput, extra
from fullmenu.sampling.request import Answer, Reply, Request

LENGTH = 256
"""Tokens of an output at most, unless ``max_tokens`` is given."""

_NAMES = {"max_tokens": "max_new_tokens", "max_completion_tokens": "max_new_tokens"}


def causal_model(
    name: str | Path, *, device: str | None = None, per_request: int = 16
) -> CausalModel:
    """Return a causal language model that runs here, to be sampled.

    Parameters
    ----------
    name
        Its folder, or its name at Hugging Face.
    device
        Where it runs, such as ``cuda``; by default a GPU where there is one.
    per_request
        Outputs that are drawn at once; fewer take less memory.

    Returns
    -------
    CausalModel
        It samples at temperature 1 unless told otherwise, whatever its own generation settings say.

    Raises
    ------
    MissingExtra
        transformers or torch is not installed.
    BadInput
        The model cannot be loaded.

    Examples
    --------
    >>> import fullmenu as fm
    >>> model = fm.causal_model("Qwen/Qwen3-0.6B")  # doctest: +SKIP
    >>> fm.sampling.sample(["Name a fruit."], model, n=20).outputs  # doctest: +SKIP
    """
    with extra("models that run here", "local"):
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(name))
        model = AutoModelForCausalLM.from_pretrained(str(name))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot load the model {str(name)!r}: {error}") from error
    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    return CausalModel(Path(name).name, model.to(place).eval(), tokenizer, per_request)


class CausalModel:
    """A model and its tokenizer, as :func:`causal_model` loads them, or of one's own."""

    at_once: int | None = 1

    def __init__(self, name: str, model: Any, tokenizer: Any, per_request: int = 16) -> None:
        self.name, self.per_request = name, per_request
        self.model, self.tokenizer = model, tokenizer
        template = tokenizer.chat_template
        self.template = "none"
        if template:
            self.template = hashlib.sha256(str(template).encode()).hexdigest()[:12]

    async def ask(self, request: Request, sent: Callable[[], None]) -> Answer:
        """Draw the outputs, in a thread."""
        sent()
        return await asyncio.to_thread(self._drawn, request)

    async def close(self) -> None:
        """Nothing is held."""

    def _drawn(self, request: Request) -> Answer:
        import torch

        given = self._ids(request)
        asked = {_NAMES.get(name, name): x for name, x in request.parameters.items()}
        wants_logprobs = bool(asked.pop("logprobs", False))
        settings = {"max_new_tokens": LENGTH, "temperature": 1.0, "top_k": 0, "top_p": 1.0, **asked}
        if settings["temperature"] == 0:
            for name in ("temperature", "top_k", "top_p"):
                settings.pop(name)
        pad = self.tokenizer.pad_token_id
        if request.seed is not None:
            torch.manual_seed(request.seed)
        try:
            with torch.inference_mode():
                made = self.model.generate(
                    **given,
                    do_sample="temperature" in settings,
                    num_return_sequences=request.n if "temperature" in settings else 1,
                    pad_token_id=self.tokenizer.eos_token_id if pad is None else pad,
                    return_dict_in_generate=True,
                    output_logits=wants_logprobs,
                    **settings,
                )
        except (ValueError, TypeError) as error:
            raise BadInput(f"the model {self.name!r} does not take these: {error}") from error
        start = given["input_ids"].shape[1]
        ends = self._ends()
        replies, tokens = [], 0
        for row, ids in enumerate(made.sequences[:, start:].tolist()):
            length = next((i + 1 for i, token in enumerate(ids) if token in ends), len(ids))
            tokens += length
            logprobs = None
            if wants_logprobs:
                logits = torch.stack([step[row] for step in made.logits[:length]]).float()
                # log p(token) = logit of the token − log Σ exp(logits)
                picked = torch.log_softmax(logits, -1)
                logprobs = [float(picked[i, token]) for i, token in enumerate(ids[:length])]
            replies.append(
                Reply(
                    self.tokenizer.decode(ids[:length], skip_special_tokens=True),
                    finish_reason="stop" if ids[length - 1] in ends else "length",
                    logprobs=logprobs,
                    template=self.template if request.prompt.chat else "none",
                )
            )
        return Answer(replies * (request.n // len(replies)), start, tokens)

    def _ids(self, request: Request) -> dict[str, Any]:
        """Return the prompt as tokens, through the chat template where there is one."""
        if self.tokenizer.chat_template and request.prompt.chat:
            given = self.tokenizer.apply_chat_template(
                [dict(turn) for turn in request.prompt.messages],
                add_generation_prompt=True,
                return_tensors="pt",
                return_dict=True,
            )
        else:
            given = self.tokenizer(request.prompt.text, return_tensors="pt")
        names = ("input_ids", "attention_mask")
        return {name: given[name].to(self.model.device) for name in names}

    def _ends(self) -> set[int]:
        """The tokens that end an output."""
        end = self.model.generation_config.eos_token_id
        return {self.tokenizer.eos_token_id, *(end if isinstance(end, list) else [end])} - {None}
