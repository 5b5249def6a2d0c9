"""Secrets of tokens: drawn once, kept as a digest."""

from __future__ import annotations

import secrets
from hashlib import sha256

PREFIX = "fm_"


def new() -> str:
    """Draw a secret of 256 bits.

    >>> new()[:3], len(new())
    ('fm_', 46)
    """
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what is kept of a secret, which it cannot be guessed from: it is random, and long."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
