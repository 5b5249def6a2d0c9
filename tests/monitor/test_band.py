"""The band holds at every moment, even where the mean moves."""

from __future__ import annotations

import numpy as np

from fullmenu.monitor.band import Band


def test_covers_at_every_moment():
    rng = np.random.default_rng(0)
    streams, steps = 300, 400
    mean = np.where(np.arange(steps) < 150, 0.05, 0.2)
    x = (rng.random((steps, streams)) < mean[:, None]).astype(float)
    band = Band(np.full(streams, 0.5))
    history = band.add(x)
    truth = np.cumsum(mean) / np.arange(1, steps + 1)
    outside = np.zeros(streams, bool)
    for t in range(0, steps, 4):
        low, high = band.bounds(0.9, history[t])
        outside |= (truth[t] < low) | (truth[t] > high)
    assert outside.mean() <= 0.1
    assert (high - low).mean() < 0.15


def test_steps_add_up_to_the_last_digit():
    x = np.random.default_rng(1).random((50, 3))
    x[::7, 1] = np.nan
    one, many = Band(np.full(3, 0.3)), Band(np.full(3, 0.3))
    one.add(x)
    for row in x:
        many.add(row)
    assert (one.sums == many.sums).all()
    assert one.sums[0].tolist() == [50, 42, 50]
