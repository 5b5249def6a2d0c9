"""Documents of reports, compared."""

from __future__ import annotations

from typing import Any

import pytest


def same(a: Any, b: Any, place: str = "") -> None:
    """Assert that two documents are equal, floats to 1e-12."""
    if isinstance(a, dict):
        assert a.keys() == b.keys(), place
        for key, value in a.items():
            same(value, b[key], f"{place}.{key}")
    elif isinstance(a, list):
        assert len(a) == len(b), place
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            same(x, y, f"{place}[{i}]")
    elif isinstance(a, float):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-15), place
    else:
        assert a == b, place
