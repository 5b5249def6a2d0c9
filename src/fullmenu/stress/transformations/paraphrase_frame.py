"""The request inside another sentence."""

from __future__ import annotations

from fullmenu.stress.transformation import Transformation, around, keeping, of_request, stands_in

BEFORE = (
    "I was wondering about this: ",
    "Here is what I would like to ask. ",
    "Quick question. ",
    "Something I need from you: ",
    "Could you take care of this? ",
    "The request is as follows. ",
    "This came up just now: ",
)
AFTER = (
    "\n\nThat is what I am asking.",
    "\n\nThat is the whole request.",
    "\n\nThat would be all.",
    "\n\nOver to you.",
)

SHIFT = Transformation(
    "paraphrase_frame",
    "a sentence that leads to the request; above strength 0.5, one after it too",
    "the request, whole",
    of_request(around(BEFORE, AFTER)),
    keeping(stands_in),
)
