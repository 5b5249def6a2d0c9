"""Amounts in words."""

from __future__ import annotations


def amount(n: int, what: str) -> str:
    """Return so many of something.

    >>> amount(1, "prompt"), amount(2000, "prompt")
    ('1 prompt', '2,000 prompts')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"
