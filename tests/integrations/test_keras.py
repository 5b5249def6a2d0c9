"""A watch in Keras's fit: it changes nothing, is heard, stops, and goes on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.train import Watch

os.environ.setdefault("KERAS_BACKEND", "torch")  # before anything imports keras

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

WORDS = [f"w{i}" for i in range(30)]
PROMPTS = [f"day{i}" for i in range(8)]


@pytest.fixture(autouse=True)
def _installed(require: Any) -> None:
    require("torch").set_num_threads(1)
    require("keras")


def model() -> Any:
    import keras

    keras.utils.set_random_seed(0)
    made = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dropout(0.3), keras.layers.Dense(30, "softmax")]
    )
    made.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
    return made


def watch_of(made: Any, **options: Any) -> Watch:
    def sample(prompts: Sequence[Any], k: int) -> list[list[str]]:
        days = np.eye(8, dtype=np.float32)[[PROMPTS.index(p) for p in prompts]]
        p = np.asarray(made(days, training=False).detach(), np.float64)
        drawn = [np.random.choice(30, k, p=row / row.sum()) for row in p]  # noqa: NPY002
        return [[WORDS[i] for i in row] for row in drawn]

    return Watch(PROMPTS, sample, **{"every": 4, "views": ["answer"], **options})


def fit(made: Any, callbacks: list[Any], epochs: int = 4, initial: int = 0) -> Any:
    rng = np.random.default_rng(0)
    days = rng.integers(8, size=64)
    dishes = np.where(np.arange(64) < 60, 3, days)
    return made.fit(
        np.eye(8, dtype=np.float32)[days], dishes, batch_size=16, epochs=epochs, verbose=0,
        callbacks=callbacks, initial_epoch=initial,
    )  # fmt: skip


def test_losses_are_the_same_and_numbers_reach_history(tmp_path: Path) -> None:
    import keras

    from fullmenu.integrations.keras import VarietyCallback

    plain = fit(model(), []).history
    made = model()
    watch = watch_of(made)
    later = keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))
    history = fit(made, [VarietyCallback(watch), later]).history
    assert history["loss"] == plain["loss"] and len(plain["loss"]) == 4
    assert [look.step for look in watch.looks] == [0, 4, 8, 12, 16]
    told = history["variety/answer/repeat_rate"]
    assert told == [look.rates["answer"].value for look in watch.looks[1:]]
    assert "variety/answer/repeat_rate" in (tmp_path / "log.csv").read_text().splitlines()[0]


def test_it_stops_the_run() -> None:
    from fullmenu.integrations.keras import VarietyCallback

    made = model()
    watch = watch_of(made, stop_on_alarm=True)
    history = fit(made, [VarietyCallback(watch)], epochs=60).history
    assert len(history["loss"]) < 40
    assert watch.raised[0].step == watch.looks[-1].step


def test_a_resumed_run_goes_on(tmp_path: Path) -> None:
    from fullmenu.integrations.keras import VarietyCallback

    path, state = tmp_path / "run.jsonl", tmp_path / "watch.json"
    made = model()
    first = watch_of(made, path=path)
    fit(made, [VarietyCallback(first, state)], epochs=2)
    second = watch_of(made, path=path)
    fit(made, [VarietyCallback(second, state)], epochs=4, initial=2)
    assert [look.step for look in second.looks] == [12, 16]
    assert fm.read(path).models == [f"step {s}" for s in (0, 4, 8, 12, 16)]
    assert second.monitor is not None and second.monitor.visits == 32


def test_a_watch_without_sample_is_refused() -> None:
    from fullmenu.integrations.keras import VarietyCallback

    with pytest.raises(fm.BadInput, match="without sample"):
        VarietyCallback(Watch())
