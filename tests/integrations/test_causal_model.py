"""A tiny causal model, made on the spot, is sampled here."""

from __future__ import annotations

import sys

import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, MissingExtra
from fullmenu.sampling import Prompt, sample

from . import tiny

PROMPTS = ["day0", "day1"]
SHORT = {"max_tokens": 6}


@pytest.fixture(scope="module")
def folder(require, tmp_path_factory):
    require("torch")
    require("transformers")
    path = tmp_path_factory.mktemp("tiny") / "tiny-llama"
    for part in tiny.llama(dropout=0.0):
        part.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def model(folder):
    return fm.causal_model(folder, per_request=4)


def test_it_draws_varied_outputs(model, tmp_path):
    samples = sample(PROMPTS, model, 6, path=tmp_path / "s.jsonl", parameters=SHORT)
    assert len(samples) == 12
    assert len(set(samples.outputs)) > 6
    assert samples.models == ["tiny-llama"]
    assert set(samples.column("finish_reason")) <= {"stop", "length"}
    assert set(samples.column("template")) == {"none"}


def test_a_seed_gives_the_same_outputs_again(model):
    first, second = (sample(PROMPTS, model, 4, parameters=SHORT, seed=1) for _ in range(2))
    assert first.outputs == second.outputs
    assert sample(PROMPTS, model, 4, parameters=SHORT, seed=2).outputs != first.outputs


def test_temperature_0_is_greedy(model):
    samples = sample(["day0"], model, 5, parameters={**SHORT, "temperature": 0})
    assert len(samples) == 5
    assert len(set(samples.outputs)) == 1


def test_log_probabilities_are_those_of_the_tokens(model):
    samples = sample(["day0"], model, 4, parameters={**SHORT, "logprobs": True})
    for logprobs, output in zip(samples.column("logprobs"), samples.outputs, strict=True):
        assert len(logprobs) >= len(output.split())
        assert max(logprobs) < 0


def test_a_chat_template_is_applied_and_recorded(folder):
    model = fm.causal_model(folder)
    model.tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    model = type(model)(model.name, model.model, model.tokenizer)
    turns = [{"role": "system", "content": "day2"}, {"role": "user", "content": "day1"}]
    samples = sample([Prompt(turns, "p")], model, 2, parameters=SHORT)
    assert samples.column("template")[0] == model.template != "none"


def test_a_parameter_that_it_does_not_know_is_said(model):
    with pytest.raises(BadInput, match="dry_multiplier"):
        sample(["day0"], model, 1, parameters={"dry_multiplier": 0.8})


def test_a_model_that_is_not_there(require, tmp_path, monkeypatch):
    require("transformers")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(BadInput, match="cannot load the model"):
        fm.causal_model(tmp_path / "none")


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtra, match=r'pip install "fullmenu\[local\]"'):
        fm.causal_model("any")
