"""Whether the latents of a dictionary are easier to read than the units it was trained on."""

from __future__ import annotations

from typing import Any, NamedTuple

from fullmenu.diagnose.units.autoencoder import Dictionary
from fullmenu.diagnose.units.cosines import Match, mean_max_cosine
from fullmenu.diagnose.units.diagnosis import answers
from fullmenu.estimate import Estimate


class Gain(NamedTuple):
    """What a dictionary gains.

    ``before`` and ``after``: concepts per unit and per latent. ``fvu``, ``l0``: at which
    reconstruction, with how many latents at once. ``match``: against known directions, where there
    are any. ``claimed``: whether the gain holds, and ``why``.
    """

    before: Estimate
    after: Estimate
    fvu: float
    l0: float
    match: Match | None
    claimed: bool
    why: str


def dictionary_gain(
    activations: Any,
    concepts: Any,
    dictionary: Dictionary,
    *,
    truth: Any = None,
    fvu: float = 0.1,
    least: float = 1.5,
    **options: Any,
) -> Gain:
    """Say how many concepts units and latents answer to, and whether the dictionary gains.

    Latents that answer to no concept, dead ones too, are left out of ``after``.

    ``claimed`` if the reconstruction holds, the interval of concepts per latent lies below
    ``least`` and below that of the units, and, with ``truth``, the dictionary matches it better
    than 97.5 % of random ones of its size.

    Parameters
    ----------
    activations, concepts
        As :func:`polysemanticity` takes them; better not those the dictionary was trained on.
    dictionary
        From :func:`sparse_autoencoder`.
    truth : (n, d), optional
        Known directions of the concepts, as in a toy model.
    fvu
        Declared beforehand: a dictionary that leaves more unexplained gains nothing.
    least
        A gain is claimed only if latents answer to fewer concepts than this.
    **options
        Of :func:`polysemanticity`: ``floor``, ``similarity``, ``level``, ``seed`` …

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> y = rng.random((500, 4)) < 0.2
    >>> w = np.eye(4)[:, [0, 1]] + np.eye(4)[:, [2, 3]]  # two concepts on each of two units
    >>> own = Dictionary(np.eye(2), np.zeros(2), np.eye(2), np.zeros(2), 0.0, 0.8)
    >>> dictionary_gain(y @ w, y, own).claimed
    False
    """
    z = dictionary.latents(activations)
    before = answers(activations, concepts, least=least, **options).estimates[0]
    after = answers(z, concepts, least=least, **options).estimates[0]
    match = None if truth is None else mean_max_cosine(dictionary.directions, truth)
    reasons = []
    if dictionary.fvu > fvu:
        reasons.append(f"it leaves {dictionary.fvu:.0%} of the variance unexplained")
    if after.high is None:
        reasons.append("no latent answers to any concept")
    elif not after.below(least):
        reasons.append(f"latents still answer to {after} concepts")
    elif not before.above(after.high):
        reasons.append(f"units answered to few already: {before}")
    if match is not None and match.found <= match.chance_high:
        reasons.append(
            f"it matches the known directions no better than random ones "
            f"({match.found:.2f}, random {match.chance:.2f})"
        )
    told = f"{before} concepts a unit, {after} a latent, at FVU {dictionary.fvu:.3f}"
    why = f"No gain: {'; '.join(reasons)}." if reasons else f"A gain: {told}."
    return Gain(before, after, dictionary.fvu, dictionary.l0, match, not reasons, why)
