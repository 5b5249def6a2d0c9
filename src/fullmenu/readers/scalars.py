"""Single values of a log: numbers, times, indices."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from decimal import Decimal

_FRACTION = re.compile(r"\.(\d+)")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+([eE][+-]?\d+)?")
_SCALES = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # nano-, micro-, milliseconds since 1970


def number(value: object, comma: bool = False) -> float | None:
    """Return a finite float, or ``None``; ``comma``: a decimal comma may stand in it.

    >>> number("0.5"), number(True), number("nan"), number("good")
    (0.5, 1.0, None, None)
    >>> number("0,5"), number("0,5", comma=True), number("1.234,5", comma=True)
    (None, 0.5, 1234.5)
    """
    if comma and isinstance(value, str) and _COMMA.fullmatch(value.strip()):
        value = value.replace(".", "").replace(",", ".")
    if value is None or not isinstance(value, (str, int, float, Decimal)):
        return None
    try:
        x = float(value)
    except (ValueError, OverflowError):
        return None
    return x if math.isfinite(x) else None


def index(value: object) -> int | None:
    """Return a sample index that fits 32 bits, or ``None``."""
    x = number(value)
    return int(x) if x is not None and x == int(x) and abs(x) < 2**31 else None


def time(value: object) -> datetime | None:
    """Read ISO 8601, or seconds (milli-, micro-, nano-) since 1970, else ``None``.

    >>> time("2026-01-02T03:04:05.123456789Z") == time(1767323045123456789)
    True
    """
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            text = _FRACTION.sub(_six, value.strip().replace("Z", "+00:00"), count=1)
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    seconds = number(value)
    if seconds is None:
        return None
    for above, per_second in _SCALES:
        if abs(seconds) > above:
            microseconds = int(Decimal(str(value)) * 1_000_000 / int(per_second))
            break
    else:
        microseconds = round(seconds * 1e6)
    try:
        return datetime.fromtimestamp(microseconds // 1_000_000, timezone.utc).replace(
            microsecond=microseconds % 1_000_000
        )
    except (ValueError, OverflowError, OSError):
        return None


def _six(fraction: re.Match[str]) -> str:
    """Write a fraction of a second with the six digits that Python 3.10 insists on."""
    return f".{fraction[1][:6]:0<6}"
