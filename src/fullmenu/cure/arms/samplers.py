"""Settings of a server's sampler as arms."""

from __future__ import annotations

import json

from fullmenu.cure.arms.arm import Wording
from fullmenu.errors import BadInput

BESIDE = {
    "xtc_probability": {"xtc_threshold": 0.1},
    "dry_multiplier": {"dry_base": 1.75, "dry_allowed_length": 2},
}
"""What a sampler needs beside its strength; XTC does nothing above a threshold of a half."""

SHORT = {"xtc": "xtc_probability", "dry": "dry_multiplier"}
NAMES = (
    "temperature", "top_p", "top_k", "min_p", "xtc", "dry", "frequency_penalty", "presence_penalty",
    "repetition_penalty",
)  # fmt: skip
"""Samplers that can be an arm; some servers lack some."""


def sampler(name: str, value: str) -> Wording:
    """Return an arm that sets a sampler, or several with ``+`` between them.

    A server may ignore one without a word: :func:`fullmenu.sampling.probe` finds that out.

    Parameters
    ----------
    name
        Such as ``temperature``, ``min_p``, ``xtc``, ``dry``.
    value
        A number.

    Raises
    ------
    BadInput
        The value is no number.

    Examples
    --------
    >>> sampler("min_p", "0.1").parameters
    {'min_p': 0.1}
    >>> sampler("xtc", "0.5").parameters
    {'xtc_probability': 0.5, 'xtc_threshold': 0.1}
    >>> sampler("temperature", "1.3+min_p=0.1").parameters
    {'temperature': 1.3, 'min_p': 0.1}
    """
    parameters: dict[str, object] = {}
    for pair in f"{name}={value}".split("+"):
        key, _, given = pair.strip().partition("=")
        try:
            number = json.loads(given)
        except ValueError:
            number = None
        if key not in NAMES or not isinstance(number, (int, float)) or isinstance(number, bool):
            raise BadInput(
                f"the arm {name}={value} sets {pair!r}: give a sampler and a number, such as "
                f"temperature=1.3; there are {', '.join(NAMES)}"
            )
        full = SHORT.get(key, key)
        parameters |= {full: number, **BESIDE.get(full, {})}
    return Wording(f"{name}={value}", f"the sampler set to {name}={value}", parameters)
