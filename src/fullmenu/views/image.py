"""``image``: the same picture, by what is where in it, coarsely, and in which colour."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fullmenu import pictures
from fullmenu.views.registry import Embedder, View, as_vectors

SIDE = 32
WAVES = 6
WIDTH = 0.6
RANDOM = 512

_BATCH = 256
_BRIGHTNESS = 0.2
_FAINT = 0.5
_COLOURS = np.array(
    [[0.299, 0.587, 0.114], [0.701, -0.587, -0.114], [-0.299, -0.587, 0.886]], np.float32
)

Rows = NDArray[np.float32]


def rows(places: Sequence[str]) -> Rows:
    """Feature rows whose inner product says how alike two pictures are, in [0, 1].

    Parameters
    ----------
    places
        Where the pictures are: ``photo.png``, ``images.npy#3``.

    Returns
    -------
    (n, 1024) float32
        Unit rows.

    Notes
    -----
    Of a small square copy of each picture the lowest cosine waves are kept, in brightness and two
    colours, faint high ones weighed up, and brought to unit contrast; nothing is fitted. A Gaussian
    of the distance is then the kernel, so that unlike pictures are near 0 and a negative is not
    taken for its positive. Cannot see fine detail, nor what a picture is of.
    """
    found = np.empty((len(places), 2 * RANDOM), np.float32)
    with ThreadPoolExecutor(pictures.WORKERS) as pool:
        for a in range(0, len(places), _BATCH):
            part = places[a : a + _BATCH]
            copies = np.stack(list(pool.map(lambda p: pictures.small(p, SIDE), part)))
            found[a : a + len(part)] = _waves(copies)
    return found


def encoded_rows(places: Sequence[str], encoder: Embedder) -> Rows:
    """Unit rows from an encoder, which is given Pillow images, a few hundred at a time.

    Raises
    ------
    BadInput
        The encoder gave something other than one finite vector for each picture.
    """
    parts = []
    for a in range(0, len(places), _BATCH):
        part = places[a : a + _BATCH]
        with ThreadPoolExecutor(pictures.WORKERS) as pool:
            opened = list(pool.map(pictures.opened, part))
        parts.append(as_vectors(encoder(opened), len(part), "pictures"))
    return unit_rows(np.concatenate(parts) if parts else np.empty((0, 1)))


def unit_rows(x: NDArray[np.float64]) -> Rows:
    """Bring rows to unit length; a row of zeros gets a coordinate of its own."""
    norms = np.linalg.norm(x, axis=1)
    zero = norms == 0
    scaled = x / np.where(zero, 1, norms)[:, None]
    return np.concatenate([scaled, zero[:, None]], axis=1).astype(np.float32)


def _waves(copies: NDArray[np.uint8]) -> Rows:
    """Feature rows of small copies, (n, side, side, 3) bytes."""
    channels = (copies.astype(np.float32) / 255) @ _COLOURS.T
    channels[..., 0] -= 0.5
    basis = _cosines()
    low = np.einsum("ki,nijc,lj->nckl", basis, channels, basis, optimize=True)
    low = (low * _weights()).reshape(len(copies), -1)
    contrast = np.sqrt((low**2).sum(1, keepdims=True) + _FAINT**2)
    phase = (low / contrast) @ _random_waves()
    return np.concatenate([np.cos(phase), np.sin(phase)], axis=1) / np.float32(np.sqrt(RANDOM))


@lru_cache(maxsize=1)
def _cosines() -> Rows:
    """Return the lowest waves of the orthonormal cosine transform, (WAVES, SIDE)."""
    k, i = np.mgrid[:WAVES, :SIDE]
    basis = np.cos(np.pi * k * (i + 0.5) / SIDE) * np.sqrt(2 / SIDE)
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


@lru_cache(maxsize=1)
def _weights() -> Rows:
    """Return the weight of each wave, (3, WAVES, WAVES): the root of its frequency."""
    frequency = np.hypot(*np.mgrid[:WAVES, :WAVES])
    weights = np.sqrt(np.maximum(frequency, 1)) * np.ones((3, 1, 1))
    weights[0, 0, 0] = _BRIGHTNESS
    return weights.astype(np.float32)


@lru_cache(maxsize=1)
def _random_waves() -> Rows:
    """Return the fixed waves of the Gaussian kernel; NumPy keeps this generator's stream as is."""
    fixed = np.random.RandomState(0)
    return (fixed.standard_normal((3 * WAVES * WAVES, RANDOM)) / WIDTH).astype(np.float32)


def _encoded(encoder: Embedder, ruler: str) -> View:
    return View(
        "image",
        lambda places, prompts: encoded_rows(places, encoder),
        sees="what the feature network tells apart",
        blind="what it was not trained to see",
        ruler=ruler or "features of a network",
        same_dish=0.8,
        media="image",
        tells_dishes=True,
    )


VIEW = View(
    "image",
    lambda places, prompts: rows(places),
    sees="coarse shapes, where they lie, and their colours, as far as a small copy shows them",
    blind="what a picture is of: a dog to the left and the same dog to the right count as "
    "different",
    ruler="pixels: 6 by 6 cosine waves of a 32 by 32 copy in brightness and two colours, compared "
    "by a Gaussian of width 0.6 through 512 fixed random waves; nothing fitted",
    media="image",
    tells_dishes=True,
    default=1,
    encoded=_encoded,
)
