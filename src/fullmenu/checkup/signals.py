"""What stands beside the views: lengths, caution, openings, scores …"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.samples import Samples


def about(samples: Samples, outputs: Sequence[str], label: str) -> dict[str, Any]:
    """Say what was looked at: how much, of which models, read how."""
    per_prompt = np.bincount(samples.groups)
    return {
        "label": label,
        "outputs": len(outputs),
        "prompts": len(per_prompt),
        "outputs_per_prompt": float(np.median(per_prompt)),
        "models": samples.models[:10],
        "empty": sum(not t.strip() for t in outputs),
        "read": list(samples.notes),
    }
