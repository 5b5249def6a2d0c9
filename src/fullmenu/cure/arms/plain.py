"""The prompt as it is: what every cure is held against."""

from __future__ import annotations

from fullmenu.cure.arms.arm import Wording

PLAIN = Wording("plain", "the prompt as it is")
