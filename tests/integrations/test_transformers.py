"""A watch in transformers' Trainer: it changes nothing, is heard, stops, and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import fullmenu as fm
from fullmenu.train import Watch

from . import tiny

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*pin_memory.*"),
]


@pytest.fixture(autouse=True)
def _installed(require: Any) -> None:
    require("transformers")
    require("accelerate")
    require("torch").set_num_threads(1)


def trainer(folder: Path, **options: Any) -> tuple[Any, Any]:
    from transformers import PrinterCallback, Trainer, TrainingArguments

    model, tokenizer = tiny.llama()
    settings = {
        "max_steps": 8, "per_device_train_batch_size": 8, "learning_rate": 1e-2, "use_cpu": True,
        "report_to": [], "save_strategy": "no", "logging_steps": 1, "disable_tqdm": True,
        **options,
    }  # fmt: skip
    args = TrainingArguments(output_dir=str(folder), **settings)
    made = Trainer(model=model, args=args, train_dataset=tiny.lessons())
    made.remove_callback(PrinterCallback)
    return made, tokenizer


def watched(
    folder: Path, every: int = 2, keep: Path | None = None, path: Path | None = None,
    **options: Any,
) -> tuple[Any, Watch]:  # fmt: skip
    from fullmenu.integrations.transformers import VarietyCallback, sampler

    made, tokenizer = trainer(folder, **options)
    ask = sampler(made.model, tokenizer, max_new_tokens=4, top_k=0)
    watch = Watch(tiny.PROMPTS, ask, every=every, path=path, views=["phrasing"])
    made.add_callback(VarietyCallback(watch, made, keep=keep))
    return made, watch


def losses(made: Any) -> list[float]:
    return [x["loss"] for x in made.state.log_history if "loss" in x]


def test_losses_are_the_same_with_and_without_it(tmp_path: Path) -> None:
    plain, _ = trainer(tmp_path / "a")
    plain.train()
    made, watch = watched(tmp_path / "b", keep=tmp_path / "varied")
    modes: list[bool] = []
    ask = watch.sample
    assert ask is not None

    def sample(prompts: Sequence[Any], k: int) -> Sequence[Sequence[str]]:
        modes.append(made.model.training)
        return ask(prompts, k)

    watch.sample = sample
    made.train()
    assert losses(made) == losses(plain) and len(losses(plain)) == 8
    assert [look.step for look in watch.looks] == [0, 2, 4, 6, 8]
    assert modes[1:] == [True] * 4  # handed over, and found again, in train mode
    assert all(part.training for part in made.model.modules())
    logged = [x for x in made.state.log_history if "variety/phrasing/repeat_rate" in x]
    assert [x["step"] for x in logged] == [0, 2, 4, 6, 8]
    assert logged[-1]["variety/phrasing/repeat_rate"] == watch.looks[-1].rates["phrasing"].value
    assert (tmp_path / "varied" / "config.json").exists()


def test_sampling_is_in_eval_mode_without_gradients(tmp_path: Path) -> None:
    import torch

    from fullmenu.integrations.transformers import sampler

    model, tokenizer = tiny.llama()
    model.train()
    model.model.layers[0].mlp.eval()
    seen: list[tuple[bool, bool]] = []
    model.lm_head.register_forward_hook(
        lambda part, *_: seen.append((part.training, torch.is_inference_mode_enabled()))
    )
    made = sampler(model, tokenizer, batch=4, max_new_tokens=3, top_k=0)(tiny.PROMPTS[:3], 2)
    assert [len(x) for x in made] == [2, 2, 2]
    assert set(seen) == {(False, True)}
    assert model.training and not model.model.layers[0].mlp.training
    assert tokenizer.padding_side == "right"


def test_numbers_reach_tensorboard(
    tmp_path: Path, require: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "events"))
    made, watch = watched(tmp_path, report_to=["tensorboard"])
    made.train()
    [file] = (tmp_path / "events").rglob("events.out.*")
    events = EventAccumulator(str(file))
    events.Reload()
    told = events.Scalars("train/variety/phrasing/effective_number")
    assert [x.step for x in told] == [0, 2, 4, 6, 8]
    expected = [look.effective["phrasing"].value for look in watch.looks]
    assert [x.value for x in told] == pytest.approx(expected, rel=1e-6)


def test_it_stops_the_run(tmp_path: Path) -> None:
    made, watch = watched(tmp_path, every=1, max_steps=20)
    ask = watch.sample
    assert ask is not None
    watch.sample = lambda prompts, k: (
        ask(prompts, k) if made.state.global_step < 3 else [["w1 w1 w1 w1"] * k for _ in prompts]
    )
    watch.stop_on_alarm = True
    made.train()
    assert made.state.global_step == watch.raised[0].step < 8
    assert watch.last_varied == 2


@pytest.mark.parametrize("restored", [False, True])
def test_a_resumed_run_goes_on(tmp_path: Path, restored: bool) -> None:
    options = {
        "save_strategy": "steps", "save_steps": 5, "max_steps": 10, "logging_steps": 5,
        "restore_callback_states_from_checkpoint": restored,
    }  # fmt: skip
    path = tmp_path / "run.jsonl"
    made, whole = watched(tmp_path, path=path, **options)
    made.train()
    lines = path.read_bytes()
    made, watch = watched(tmp_path, path=path, **options)
    made.train(resume_from_checkpoint=str(tmp_path / "checkpoint-5"))
    assert [look.step for look in watch.looks] == [6, 8, 10]
    assert path.read_bytes() == lines
    assert fm.read(path).models == [f"step {s}" for s in (0, 2, 4, 6, 8, 10)]
    assert whole.monitor and watch.monitor
    assert whole.monitor.to_bytes() == watch.monitor.to_bytes()
    last = [x for x in made.state.log_history if "variety/phrasing/repeat_rate" in x][-1]
    assert last["step"] == 10


def test_the_base_of_an_adapter_is_sampled_with_the_adapter_off(require: Any) -> None:
    from contextlib import contextmanager

    from fullmenu.errors import BadInput
    from fullmenu.integrations.transformers import sampler

    require("torch").manual_seed(0)
    model, tokenizer = tiny.llama(dropout=0.0)
    with pytest.raises(BadInput, match="no adapter to switch off"):
        sampler(model, tokenizer, adapter=False)
    switched: list[str] = []

    @contextmanager
    def disable_adapter() -> Any:
        switched.append("off")
        yield
        switched.append("on")

    model.disable_adapter = disable_adapter
    said = sampler(model, tokenizer, adapter=False, max_new_tokens=2)(tiny.PROMPTS[:2], 2)
    assert [len(x) for x in said] == [2, 2] and switched == ["off", "on"]
    sampler(model, tokenizer, max_new_tokens=2)(tiny.PROMPTS[:1], 2)
    assert switched == ["off", "on"]
