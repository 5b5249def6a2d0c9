"""Keras 3, the extra ``keras``: a watch as a callback of ``model.fit``, on any backend."""

from __future__ import annotations

import json
from pathlib import Path

from fullmenu.errors import MissingExtra
from fullmenu.files import replace_file
from fullmenu.train.callback import SamplingCallback
from fullmenu.train.watch import Watch

try:
    from keras.callbacks import Callback
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "keras":  # its backend: KERAS_BACKEND names it
        raise
    raise MissingExtra("callbacks of Keras", "keras") from error


class VarietyCallback(SamplingCallback, Callback):
    """Watch the variety of a model that Keras trains.

    Steps are batches, counted over all epochs. The latest look is written into ``logs`` at the end
    of each epoch, for ``History`` and for callbacks that come later in the list. A
    ``SeedGenerator`` of Keras is not restored after sampling: use none in ``sample``, or its own.

    Parameters
    ----------
    watch
        With prompts and ``sample``; call the model there with ``training=False``.
    state
        A file for the state of the watch, written after each epoch and read when training begins,
        so that a run that goes on with ``BackupAndRestore`` goes on here too. Delete it for a new
        run.
    """

    trainer = "Keras"

    def __init__(self, watch: Watch, state: str | Path | None = None) -> None:
        super().__init__(watch)
        self.path = None if state is None else Path(state)
        self.seen = 0

    def on_train_begin(self, logs: object = None) -> None:
        """Sample the baseline; or go on where the state file stopped."""
        if self.path is not None and self.path.exists():
            saved = json.loads(self.path.read_text("utf-8"))
            self.seen = saved["seen"]
            self.watch.load_state_dict(saved["watch"])
        self.watch.begin(self.seen)

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Take a look if one is due; stop where the watch says so."""
        self.seen += 1
        self.watch.step(self.seen)
        if self.watch.should_stop:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the latest look into the epoch's logs."""
        if logs is not None and self.watch.looks:
            logs.update(self.watch.scalars(self.watch.looks[-1]))
        if self.path is not None:
            saved = json.dumps({"seen": self.seen, "watch": self.watch.state_dict()})
            replace_file(self.path, saved.encode())
