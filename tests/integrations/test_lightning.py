"""A watch in Lightning's Trainer: it changes nothing, is heard, stops, and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import fullmenu as fm
from fullmenu.train import Watch

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Lightning warns of loaders, folders and versions
]

WORDS = [f"w{i}" for i in range(30)]
PROMPTS = [f"day{i}" for i in range(8)]


@pytest.fixture(autouse=True)
def _installed(require: Any) -> None:
    require("lightning")
    require("torch").set_num_threads(1)


def module() -> Any:
    import torch
    from lightning.pytorch import LightningModule

    class Kitchen(LightningModule):
        """Scores of 30 dishes for 8 days, behind a dropout."""

        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Sequential(torch.nn.Dropout(0.3), torch.nn.Linear(8, 30))
            self.frozen = torch.nn.Dropout(0.5).eval()
            self.losses: list[float] = []
            self.seen: list[tuple[bool, bool]] = []

        def training_step(self, batch: Any, index: int) -> Any:
            x, y = batch
            loss = torch.nn.functional.cross_entropy(self.net(x), y)
            self.losses.append(float(loss.detach()))
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            pass

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=0.1)

        def sample(self, prompts: Sequence[Any], k: int) -> list[list[str]]:
            self.seen.append((self.training, torch.is_inference_mode_enabled()))
            days = torch.eye(8)[[PROMPTS.index(p) for p in prompts]]
            drawn = torch.multinomial(self.net(days).softmax(1), k, replacement=True)
            return [[WORDS[i] for i in row] for row in drawn.tolist()]

    torch.manual_seed(0)
    return Kitchen()


def fit(
    folder: Path, made: Any, watch: Watch | None, resume: str | None = None, **options: Any
) -> Any:
    import torch
    from lightning.pytorch import Trainer

    from fullmenu.integrations.lightning import VarietyCallback

    rng = torch.Generator().manual_seed(0)
    days = torch.randint(8, (64,), generator=rng)
    dishes = torch.where(torch.arange(64) < 60, torch.tensor(3), days)  # day after day dish 3
    data = torch.utils.data.TensorDataset(torch.eye(8)[days], dishes)
    settings = {"max_steps": 16, "logger": False, "enable_checkpointing": False, **options}
    callbacks = [
        *settings.pop("callbacks", []),
        *([] if watch is None else [VarietyCallback(watch)]),
    ]
    trainer = Trainer(
        accelerator="cpu", enable_progress_bar=False, enable_model_summary=False,
        default_root_dir=str(folder), callbacks=callbacks, **settings,
    )  # fmt: skip
    torch.manual_seed(1)
    loader = torch.utils.data.DataLoader(data, batch_size=16)
    trainer.fit(made, loader, loader, ckpt_path=resume)
    return trainer


def watch_of(made: Any, **options: Any) -> Watch:
    return Watch(PROMPTS, made.sample, **{"every": 4, "views": ["answer"], **options})


def test_losses_are_the_same_and_modes_restored(tmp_path: Path) -> None:
    plain, made = module(), module()
    fit(tmp_path, plain, None)
    watch = watch_of(made)
    trainer = fit(tmp_path, made, watch)
    assert made.losses == plain.losses and len(made.losses) == 16
    assert [look.step for look in watch.looks] == [0, 4, 8, 12, 16]
    assert set(made.seen) == {(False, True)}
    assert made.net.training and not made.frozen.training
    told = float(trainer.callback_metrics["variety/answer/repeat_rate"])
    assert told == pytest.approx(watch.looks[-1].rates["answer"].value, rel=1e-6)


def test_numbers_reach_tensorboard(tmp_path: Path, require: Any) -> None:
    require("tensorboard")
    from lightning.pytorch.loggers import TensorBoardLogger
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    made = module()
    watch = watch_of(made)
    fit(tmp_path, made, watch, logger=TensorBoardLogger(str(tmp_path)), log_every_n_steps=50)
    [file] = tmp_path.rglob("events.out.*")
    events = EventAccumulator(str(file))
    events.Reload()
    told = events.Scalars("variety/answer/repeat_rate")
    assert [x.step for x in told] == [0, 4, 8, 12, 16]
    expected = [look.rates["answer"].value for look in watch.looks]
    assert [x.value for x in told] == pytest.approx(expected, rel=1e-6)


def test_it_stops_the_run(tmp_path: Path) -> None:
    made = module()
    watch = watch_of(made, stop_on_alarm=True)
    trainer = fit(tmp_path, made, watch, max_steps=400)
    assert trainer.global_step == watch.raised[0].step < 200
    assert watch.last_varied is not None and watch.last_varied < watch.raised[0].step


def test_a_resumed_run_goes_on(tmp_path: Path) -> None:
    from lightning.pytorch.callbacks import ModelCheckpoint

    path = tmp_path / "run.jsonl"
    made = module()
    whole = watch_of(made, path=path)
    saves = ModelCheckpoint(str(tmp_path), save_top_k=-1, every_n_train_steps=8)
    fit(tmp_path, made, whole, enable_checkpointing=True, callbacks=[saves])
    lines = path.read_bytes()
    made = module()
    watch = watch_of(made, path=path)
    fit(tmp_path, made, watch, resume=str(next(tmp_path.glob("*step=8.ckpt"))))
    assert [look.step for look in watch.looks] == [12, 16]
    assert path.read_bytes().startswith(lines[:1000])
    assert fm.read(path).models == [f"step {s}" for s in (0, 4, 8, 12, 16)]
    assert len(fm.read(path)) == sum(look.outputs for look in whole.looks)


def test_a_watch_without_sample_is_refused() -> None:
    from fullmenu.integrations.lightning import VarietyCallback

    with pytest.raises(fm.BadInput, match="without sample"):
        VarietyCallback(Watch())
