"""The request in many words."""

from __future__ import annotations

from fullmenu.stress.transformation import Transformation, around, keeping, of_request, stands_in

BEFORE = (
    "I hope that this message finds you well, and I would like to thank you in advance for your "
    "time. I have something to ask of you, and I would be grateful if you could look at it. ",
    "First of all, thank you very much for being available. I have thought for a while about how "
    "to put this, and I have decided to simply write it down as it is. ",
)
AFTER = (
    "\n\nThank you very much once again. I appreciate your help, and I look forward to reading "
    "what you have to say whenever you are ready.",
    "\n\nPlease do not hesitate to take your time. Many thanks for reading all of this, and for "
    "everything that you do.",
)

SHIFT = Transformation(
    "wordy",
    "many polite words before the request; above strength 0.5, after it too",
    "the request, whole",
    of_request(around(BEFORE, AFTER)),
    keeping(stands_in),
)
