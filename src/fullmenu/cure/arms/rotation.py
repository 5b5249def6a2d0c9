"""Prompt rotation: the same request in turn in other frames, or in the user's own wordings."""

from __future__ import annotations

from dataclasses import dataclass

from fullmenu.cure.arms.arm import Wording, added
from fullmenu.errors import BadInput
from fullmenu.sampling.request import Prompt

FRAMES = (
    ("", ""),
    ("Here is a request.", ""),
    ("", "Take a moment to consider the whole range of answers, then give one."),
    ("Please answer the following.", ""),
    ("", "An answer that you have not given before is welcome."),
    ("A colleague asks:", ""),
    ("", "There is more than one good answer; give any of them."),
    ("We are collecting answers to this:", ""),
)
"""What stands before and after the request."""


@dataclass(frozen=True)
class Rotation(Wording):
    """A prompt is asked in one wording after the other.

    Parameters
    ----------
    frames
        What stands before and after the request in each wording.
    """

    frames: tuple[tuple[str, str], ...] = FRAMES

    def __post_init__(self) -> None:
        if len(set(self.frames)) < 2:
            raise BadInput(f"{len(set(self.frames))} frames to rotate: give two or more")

    def worded(self, prompt: Prompt, index: int) -> Prompt:
        """Return the prompt in the frame whose turn it is."""
        before, after = self.frames[index % len(self.frames)]
        return added(prompt, before, after) if before or after else prompt


ROTATION = Rotation("rotation", f"the request in {len(FRAMES)} frames in turn")
