"""A watch over the completions that TRL's trainers make: free, heard, and able to stop them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import fullmenu as fm
from fullmenu.train import Watch

from . import tiny

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(autouse=True)
def _installed(require: Any) -> None:
    require("trl")
    require("torch").set_num_threads(1)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, require: Any) -> Path:
    """Return the folder of a tiny model."""
    require("trl")
    require("torch")
    folder = tmp_path_factory.mktemp("base")
    for part in tiny.llama(dropout=0.0):
        part.save_pretrained(folder)
    return folder


def likes_w1(completions: list[str], **kwargs: Any) -> list[float]:
    return [float(text.split().count("w1")) for text in completions]


def trainer(
    base: Path, folder: Path, callback: Any = None, kind: str = "GRPO", **options: Any
) -> Any:
    import trl
    from datasets import Dataset
    from transformers import AutoTokenizer, PrinterCallback

    settings = {
        "max_steps": 6, "per_device_train_batch_size": 24, "num_generations": 4,
        "max_completion_length": 4, "learning_rate": 3e-2, "use_cpu": True, "bf16": False,
        "report_to": [], "save_strategy": "no", "logging_steps": 1, "disable_tqdm": True,
        "gradient_checkpointing": False, "seed": 1, **options,
    }  # fmt: skip
    rewards = [likes_w1] if callback is None else [likes_w1, callback.probe]
    if callback is not None:
        settings["reward_weights"] = [1.0, 0.0]
    made = getattr(trl, f"{kind}Trainer")(
        str(base),
        reward_funcs=rewards,
        args=getattr(trl, f"{kind}Config")(output_dir=str(folder), **settings),
        train_dataset=Dataset.from_dict({"prompt": tiny.PROMPTS}),
        eval_dataset=Dataset.from_dict({"prompt": tiny.PROMPTS}),
        processing_class=AutoTokenizer.from_pretrained(base, padding_side="left"),
        callbacks=[] if callback is None else [callback],
    )
    made.remove_callback(PrinterCallback)
    return made


def course(made: Any) -> list[tuple[float, float]]:
    return [(x["loss"], x["reward"]) for x in made.state.log_history if "reward" in x]


@pytest.mark.parametrize("kind", ["GRPO", "RLOO"])
def test_it_changes_nothing_and_is_logged(base: Path, tmp_path: Path, kind: str) -> None:
    from fullmenu.integrations.trl import VarietyCallback

    plain = trainer(base, tmp_path, kind=kind)
    plain.train()
    watch = Watch(every=2, baseline=2, path=tmp_path / "run.jsonl", views=["phrasing"])
    made = trainer(base, tmp_path, VarietyCallback(watch), kind=kind)
    made.train()
    assert course(made) == course(plain) and len(course(plain)) == 6
    assert [look.step for look in watch.looks] == [0, 1, 2, 4]
    told = {
        x["step"]: x["variety/phrasing/repeat_rate"]
        for x in made.state.log_history
        if "variety/phrasing/repeat_rate" in x
    }
    seen = {look.step + 1: look.rates["phrasing"].value for look in watch.looks}
    assert told == pytest.approx(seen, rel=1e-6)
    log = fm.read(tmp_path / "run.jsonl")
    assert set(log.prompts) == set(tiny.PROMPTS) and len(log) == 4 * 24


def test_numbers_reach_tensorboard(
    base: Path, tmp_path: Path, require: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from fullmenu.integrations.trl import VarietyCallback

    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "events"))
    watch = Watch(every=2, baseline=1, views=["phrasing"])
    trainer(base, tmp_path, VarietyCallback(watch), report_to=["tensorboard"]).train()
    [file] = (tmp_path / "events").rglob("events.out.*")
    events = EventAccumulator(str(file))
    events.Reload()
    told = events.Scalars("train/variety/phrasing/effective_number")
    assert [x.step for x in told] == [1, 2, 3, 5]  # one look is too few for a baseline


def test_it_stops_a_collapse_and_keeps_the_last_varied_model(base: Path, tmp_path: Path) -> None:
    from fullmenu.integrations.trl import VarietyCallback

    watch = Watch(every=1, baseline=2, views=["phrasing"], stop_on_alarm=True)
    callback = VarietyCallback(watch, keep=tmp_path / "varied")
    made = callback.trainer = trainer(base, tmp_path, callback, max_steps=60, beta=0.0)
    made.train()
    assert watch.raised[0].step < made.state.global_step < 60
    assert watch.last_varied is not None and watch.last_varied < watch.raised[0].step
    assert (tmp_path / "varied" / "config.json").exists()


def test_evaluations_are_left_out_and_a_resumed_run_goes_on(base: Path, tmp_path: Path) -> None:
    from fullmenu.integrations.trl import VarietyCallback

    path = tmp_path / "run.jsonl"
    options = {
        "save_strategy": "steps", "save_steps": 3, "eval_strategy": "steps", "eval_steps": 1,
        "per_device_eval_batch_size": 24,
    }  # fmt: skip
    watches = [Watch(every=1, baseline=2, path=path, views=["phrasing"]) for _ in range(2)]
    trainer(base, tmp_path, VarietyCallback(watches[0]), **options).train()
    lines = path.read_bytes()
    made = trainer(base, tmp_path, VarietyCallback(watches[1]), **options)
    made.train(resume_from_checkpoint=str(tmp_path / "checkpoint-3"))
    assert [look.step for look in watches[0].looks] == [0, 1, 2, 3, 4, 5]
    assert [look.step for look in watches[1].looks] == [3, 4, 5]
    again = path.read_bytes()
    assert fm.read(path).models == [f"step {s}" for s in range(6)]
    assert again[: len(lines) // 2 - 500] == lines[: len(lines) // 2 - 500]
    assert len(fm.read(path)) == 6 * 24


def test_chats_become_text() -> None:
    from fullmenu.integrations.trl import VarietyCallback

    watch = Watch(every=1, baseline=4, views=["phrasing"])
    callback = VarietyCallback(watch)
    asked = [[{"role": "user", "content": "Fruit?"}]] * 2
    said = [[{"role": "assistant", "content": x}] for x in ("fig", "kiwi")]
    metrics: dict[str, float] = {}
    log = metrics.__setitem__
    assert callback.probe(prompts=asked, completions=said, log_metric=log) == [0.0, 0.0]
    assert watch.looks[0].prompts == 1
    assert metrics["variety/phrasing/repeat_rate"] == watch.looks[0].rates["phrasing"].value
