"""vLLM in this process: a target to be asked, and a sampler for a watch of training.

A server of vLLM is an endpoint (:func:`fullmenu.endpoint`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.sampling.request import Answer, Reply, Request

LENGTH = 256
"""Tokens of an output at most, unless ``max_tokens`` is given."""

_NAMES = {"max_completion_tokens": "max_tokens"}


class VllmModel:
    """A model that ``vllm.LLM`` has loaded, to be asked with :func:`fullmenu.sampling.sample`.

    It samples at temperature 1 unless told otherwise, whatever the model's generation settings say.

    Parameters
    ----------
    llm
        The ``vllm.LLM``.
    name
        What the samples call the model.
    per_request
        Outputs that are asked for at once; vLLM shares the prompt between them.

    Examples
    --------
    >>> import fullmenu as fm
    >>> from vllm import LLM  # doctest: +SKIP
    >>> model = VllmModel(LLM("Qwen/Qwen3-0.6B"), "Qwen3-0.6B")  # doctest: +SKIP
    >>> fm.sampling.sample(["Name a fruit."], model, n=20).outputs  # doctest: +SKIP
    """

    at_once: int | None = 1

    def __init__(self, llm: Any, name: str, *, per_request: int = 64) -> None:
        self.llm, self.name, self.per_request = llm, name, per_request
        given = _template(llm)
        self.template = hashlib.sha256(given.encode()).hexdigest()[:12] if given else "none"

    async def ask(self, request: Request, sent: Callable[[], None]) -> Answer:
        """Draw the outputs, in a thread."""
        sent()
        return await asyncio.to_thread(self._drawn, request)

    async def close(self) -> None:
        """Nothing is held."""

    def _drawn(self, request: Request) -> Answer:
        asked = dict(request.parameters)
        greedy = asked.get("temperature") == 0
        if asked.pop("logprobs", False):
            asked["logprobs"] = 0  # of the sampled token alone
        if request.seed is not None:
            asked["seed"] = request.seed
        chat = request.prompt.chat and self.template != "none"
        prompt = [dict(x) for x in request.prompt.messages] if chat else request.prompt.text
        [made] = _made(self.llm, [prompt], 1 if greedy else request.n, asked)
        replies = [
            Reply(
                one.text,
                finish_reason=one.finish_reason,
                logprobs=_logprobs(one),
                template=self.template if chat else "none",
            )
            for one in made.outputs
        ]
        tokens = sum(len(one.token_ids) for one in made.outputs)
        return Answer(
            replies * (request.n // len(replies)), len(made.prompt_token_ids or ()), tokens
        )


def sampler(llm: Any, **sampling: Any) -> Callable[[Sequence[Any], int], list[list[str]]]:
    """Return ``sample(prompts, k)`` for a :class:`fullmenu.train.Watch`.

    vLLM samples the weights that it holds: hand it those of the trainer before a look, as trainers
    that generate with it do.

    Parameters
    ----------
    llm
        The ``vllm.LLM``. Prompts may be texts, or chats, which go through its template.
    sampling
        Of ``vllm.SamplingParams``, such as ``max_tokens=64, temperature=1.0``.
    """

    def sample(prompts: Sequence[Any], k: int) -> list[list[str]]:
        return [[one.text for one in made.outputs] for made in _made(llm, prompts, k, sampling)]

    return sample


def _made(llm: Any, prompts: Sequence[Any], n: int, asked: Mapping[str, Any]) -> list[Any]:
    """Return what vLLM gives for prompts that are all texts, or all chats."""
    from vllm import SamplingParams

    named = {_NAMES.get(name, name): x for name, x in asked.items()}
    try:
        settings = SamplingParams(n=n, **{"temperature": 1.0, "max_tokens": LENGTH, **named})
    except (TypeError, ValueError) as error:
        raise BadInput(f"vLLM does not take these parameters: {error}") from error
    texts = all(isinstance(prompt, str) for prompt in prompts)
    ask = llm.generate if texts else llm.chat
    return list(ask(list(prompts), settings, use_tqdm=False))


def _template(llm: Any) -> str:
    """Return the chat template of the model; an empty text where it has none."""
    return str(getattr(llm.get_tokenizer(), "chat_template", None) or "")


def _logprobs(one: Any) -> list[float] | None:
    """Return the log-probabilities of the tokens sampled, where they were asked for."""
    if not one.logprobs:
        return None
    pairs = zip(one.token_ids, one.logprobs, strict=True)
    return [float(tokens[token].logprob) for token, tokens in pairs]
