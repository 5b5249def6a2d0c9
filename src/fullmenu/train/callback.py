"""What the callbacks of trainers share; a trainer's own file knows its steps and its logs."""

from __future__ import annotations

from typing import ClassVar

from fullmenu.errors import BadInput
from fullmenu.train.watch import State, Watch


class SamplingCallback:
    """A callback whose watch samples: name the trainer, and call ``begin`` and ``step``."""

    trainer: ClassVar[str]
    watch: Watch

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        if watch.sample is None:
            raise BadInput(
                f"a watch without sample: {self.trainer} has no completions to take; give one"
            )
        self.watch = watch

    def state_dict(self) -> State:
        """Return what a checkpoint keeps."""
        return self.watch.state_dict()

    def load_state_dict(self, state_dict: State) -> None:
        """Go on where the checkpoint stopped."""
        self.watch.load_state_dict(state_dict)
