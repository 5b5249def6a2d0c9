"""vLLM is asked as it wants to be asked: against a stand-in with the names of its own API."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.sampling import Prompt, sample
from fullmenu.train import Watch


@dataclass
class SamplingParams:
    """As vllm.SamplingParams: it refuses several outputs of greedy decoding."""

    n: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int | None = 16
    logprobs: int | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.temperature == 0 and self.n > 1:
            raise ValueError("n must be 1 when using greedy sampling")


class LLM:
    """As vllm.LLM, as far as it is asked here: four fruits."""

    def __init__(self, template: str | None = None) -> None:
        self.tokenizer = SimpleNamespace(chat_template=template)
        self.asked: list[tuple[str, Any, SamplingParams]] = []
        self.rng = np.random.default_rng(0)
        self.menu = ["fig", "kiwi", "plum", "pear"]

    def get_tokenizer(self) -> Any:
        return self.tokenizer

    def generate(self, prompts: Any, sampling_params: Any, *, use_tqdm: bool) -> list[Any]:
        assert all(isinstance(prompt, str) for prompt in prompts)
        return [self._made("generate", prompt, sampling_params) for prompt in prompts]

    def chat(self, messages: Any, sampling_params: Any, *, use_tqdm: bool) -> list[Any]:
        assert all(isinstance(turn, dict) for chat in messages for turn in chat)
        return [self._made("chat", chat, sampling_params) for chat in messages]

    def _made(self, how: str, prompt: Any, params: SamplingParams) -> Any:
        self.asked.append((how, prompt, params))
        rng = self.rng if params.seed is None else np.random.default_rng(params.seed)
        outputs = []
        for _ in range(params.n):
            i = 0 if params.temperature == 0 else int(rng.integers(4))
            told = None
            if params.logprobs is not None:
                told = [{i: SimpleNamespace(logprob=-1.5, rank=2, decoded_token="")}]
            outputs.append(
                SimpleNamespace(
                    text=self.menu[i], token_ids=[i], cumulative_logprob=-1.5, logprobs=told,
                    finish_reason="stop",
                )
            )  # fmt: skip
        return SimpleNamespace(prompt=prompt, prompt_token_ids=[1, 2, 3], outputs=outputs)


@pytest.fixture(autouse=True)
def _vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("vllm")
    module.LLM, module.SamplingParams = LLM, SamplingParams  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vllm", module)


def model(llm: LLM, **options: Any) -> Any:
    from fullmenu.integrations.vllm import VllmModel

    return VllmModel(llm, "menu-7b", **options)


def test_it_is_a_target_and_draws_several_at_once() -> None:
    llm = LLM()
    samples = sample(["day0", "day1"], model(llm, per_request=4), 8, parameters={"max_tokens": 6})
    assert len(samples) == 16 and set(samples.outputs) <= set(llm.menu)
    assert samples.models == ["menu-7b"] and set(samples.column("template")) == {"none"}
    assert [(how, p.n, p.max_tokens, p.temperature) for how, _, p in llm.asked] == [
        ("generate", 4, 6, 1.0)
    ] * 4


def test_log_probabilities_are_those_of_the_tokens_that_were_sampled() -> None:
    llm = LLM()
    samples = sample(["day0"], model(llm), 3, parameters={"logprobs": True})
    assert samples.column("logprobs") == [[-1.5]] * 3
    assert llm.asked[0][2].logprobs == 0
    assert sample(["day0"], model(llm), 2).table["logprobs"].null_count == 2


def test_chats_go_through_the_template_of_the_model() -> None:
    llm = LLM("{{ messages }}")
    turns = [{"role": "system", "content": "You serve."}, {"role": "user", "content": "day0"}]
    samples = sample([Prompt(turns, "p"), Prompt("x", "q", {"chat": False})], model(llm), 2)
    assert [how for how, _, _ in llm.asked] == ["chat", "generate"]
    assert llm.asked[0][1] == turns
    assert {len(name) for name in samples.column("template")} == {12, len("none")}


def test_a_seed_and_temperature_0_are_handed_on() -> None:
    first, second = (sample(["day0"], model(LLM()), 4, seed=1).outputs for _ in range(2))
    assert first == second
    assert sample(["day0"], model(LLM()), 5, parameters={"temperature": 0}).outputs == ["fig"] * 5


def test_a_parameter_that_it_does_not_know_is_said() -> None:
    with pytest.raises(BadInput, match="dry_multiplier"):
        sample(["day0"], model(LLM()), 1, parameters={"dry_multiplier": 0.8})


def test_a_watch_samples_with_it_and_sees_the_collapse() -> None:
    from fullmenu.integrations.vllm import sampler

    llm = LLM()
    llm.menu = ["red fig", "ripe kiwi", "sweet plum", "one pear"]
    watch = Watch(
        [f"day{i}" for i in range(12)], sampler(llm, max_tokens=4), every=1, views=["phrasing"]
    )
    watch.begin()
    llm.menu = ["red fig"] * 4
    for step in range(1, 40):
        watch.step(step)
        if watch.raised:
            break
    assert watch.raised and watch.raised[0].step < 39
    assert llm.asked[0][2].n == 8 * 4 and llm.asked[0][2].max_tokens == 4
