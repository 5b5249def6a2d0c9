"""iNEXT and SpadeR (R): published tables, reproduced from the published counts.

R is not needed: what these packages printed is written down here, and where it was printed.
Estimates must agree in every printed digit. Their intervals come from their own random draws, 50 by
default: a published half-width must lie within three standard deviations of ours over seeds of 50
draws each.

Run: python benchmarks/peers.py inext
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from table import Table

REQUIREMENTS: list[str] = []
DRAWS, SEEDS = 50, 20


def spread(*runs: int | tuple[int, int]) -> list[int]:
    """Write out counts: (count, how many dishes have it), or one count."""
    pairs = [(r, 1) if isinstance(r, int) else r for r in runs]
    return [count for count, times in pairs for _ in range(times)]


# Spiders of Sackett et al. 2011 (``data(spider)``).
SPIDERS = {
    "Girdled": spread(46, 22, 17, 15, 15, 9, 8, 6, 6, 4, (2, 4), (1, 12)),
    "Logged": spread(
        88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, (3, 4), (2, 4), (1, 14)
    ),
}  # fmt: skip

# Vignette mypaper.pdf of iNEXT: S.obs, SC; observed and asymptotic diversity; bootstrap s.e.
SPIDER_TABLE = {
    "Girdled": (0.9289, (26, 12.060, 7.840), (43.893, 13.826, 8.175), (17.219, 1.339, 0.934)),
    "Logged": (0.9446, (37, 14.421, 6.761), (61.403, 16.337, 6.920), (19.692, 1.864, 0.926)),
}
ASYMPTOTIC_INTERVALS = {"Girdled": (26, 77.642), "Logged": (37, 99.998)}
# m: order 0 and coverage
SPIDER_CURVES = {
    "Girdled": {84: (18.912, 0.900), 248: (30.883, 0.948), 336: (34.731, 0.964)},
    "Logged": {126: (28.268, 0.908), 371: (42.786, 0.958), 504: (47.644, 0.969)},
}
GIRDLED_FIRST = {10: 6.478617, 19: 9.450323, 28: 11.514220, 37: 13.126817, 47: 14.622424}
# m: interval at that size, and at the coverage of that size
SPIDER_INTERVALS = {
    "Girdled": (84, (15.902, 21.923), (10.761, 27.064)),
    "Logged": (126, (24.935, 31.600), (20.192, 36.343)),
}

# Birds of Barrington Tops (Chao et al. 2015, ``data(bird)``), as chaoUtility's manual prints them.
BIRDS = {
    "North": [41, 3, 1, 5, 4, 4, 11, 1, 2, 5, 12, 1, 11, 9, 1, 1, 16, 15, 1, 2, 7, 2, 18, 8, 2, 3,
              16],
    "South": [3, 18, 31, 2, 1, 2, 5, 1, 6, 32, 5, 10, 1, 4, 6, 6, 9, 18, 5, 10, 9, 2, 15, 3, 17, 1,
              2, 7, 7, 2, 3, 20, 14, 2, 6, 4, 1, 17],
}  # fmt: skip
# n, S.obs; asymptotes of orders 0, 1, 2 of an independent script (no printed table was found)
BIRD_TABLE = {
    "North": (202, 27, (31.4777, 17.9657, 12.5238)),
    "South": (307, 38, (40.0765, 27.2506, 20.9132)),
}

# Ants of Longino & Colwell 2011 (``data(ant)``): sampling units, and in how many a species occurs.
ANTS = {
    "h50m": (599, spread(
        (1, 49), (2, 23), (3, 18), (4, 14), (5, 9), (6, 10), (7, 4), (8, 8), (9, 6), (10, 2), 11,
        (12, 2), (13, 2), (14, 5), (15, 2), (16, 4), (17, 3), (18, 2), (19, 2), (20, 3), 21, 22,
        (23, 2), 25, (27, 2), 29, (30, 2), 31, 33, 39, 40, 43, (46, 2), 47, 48, 51, (52, 2),
        (56, 2), (58, 2), (61, 2), 65, 69, 72, 77, 79, 82, 83, 84, 86, 91, 95, 97, (98, 2), 106,
        113, 124, 126, 127, 128, (129, 2), 182, 183, 186, 195, 222, 236, 263, 330)),
    "h500m": (230, spread(
        (1, 71), (2, 34), (3, 12), (4, 14), (5, 9), (6, 11), (7, 8), (8, 4), (9, 7), (10, 5),
        (11, 2), (12, 3), (13, 4), (14, 2), 15, (16, 2), (17, 4), 18, 19, 20, (21, 2), 23, 24,
        (25, 3), 26, 27, 30, (31, 2), (32, 2), 33, 34, 36, 37, (38, 4), (39, 2), 41, 42, 43, 44,
        45, 46, 47, 49, (52, 2), 53, 54, 56, (60, 2), 65, 73, 78, 123, 131, 133)),
    "h1070m": (150, spread(
        (1, 28), (2, 16), (3, 13), (4, 3), 5, (6, 3), (7, 6), 8, 9, 10, (11, 4), (12, 3), (13, 4),
        14, 15, (16, 4), 18, (19, 2), 21, 22, 23, 24, (25, 3), 26, 30, (31, 3), 32, 34, 36, 38, 39,
        (43, 2), (45, 2), 46, 54, 60, 68, 74, 80, 96, 99)),
    "h1500m": (200, spread(
        (1, 13), (2, 4), (3, 2), (4, 2), (5, 4), (6, 2), (9, 4), (11, 2), (17, 2), 18, 19, (23, 2),
        24, (25, 3), 29, 30, 32, 33, 43, 50, 53, 73, 74, 76, 79, 113, 144)),
    "h2000m": (200, spread(1, (2, 2), 3, 4, (8, 2), 13, 15, 19, 23, 34, 59, 80)),
}  # fmt: skip
# estimateD(ant, "incidence_freq", base = "coverage", level = 0.985): size; orders 0, 1, 2 with
# their intervals (version 3, 50 draws).
ANT_TABLE = {
    "h50m": (327.1646, (197.487977, 183.861496, 211.114458), (78.052670, 75.874634, 80.230705),
             (50.461029, 48.760417, 52.161640)),
    "h500m": (342.8592, (268.725933, 239.980363, 297.471502), (103.847150, 99.937824, 107.756476),
              (64.758264, 62.511803, 67.004725)),
    "h1070m": (158.9508, (123.608792, 109.574660, 137.642923), (59.591818, 57.063410, 62.120227),
               (41.775173, 39.604919, 43.945428)),
    "h1500m": (125.9590, (50.478877, 42.979249, 57.978505), (26.248998, 24.685904, 27.812092),
               (18.648902, 17.451486, 19.846318)),
    "h2000m": (104.6306, (12.909623, 11.323765, 14.495481), (7.710717, 6.860985, 8.560450),
               (5.794580, 5.015308, 6.573851)),
}  # fmt: skip

# SpadeR's ChaoSpecies on two plots of Barro Colorado (vegan's ``BCI``): how many species were seen
# 1 … 10 times, and individuals and species above. Nothing else enters these estimators.
PLOTS = {
    "plot 1": ((31, 18, 9, 6, 6, 4, 1, 1, 1, 1), 242, 15),
    "plot 10": ((35, 16, 8, 7, 5, 4, 3, 0, 1, 2), 265, 13),
}
SPADER_TABLE = {
    "plot 1": {
        "chao1": (119.635, 104.072, 157.075), "chao1_bias_corrected": (117.419, None, None),
        "ichao1": (126.197, None, None), "ace": (122.849, 107.478, 154.537),
        "ace1": (132.020, 110.322, 180.895), "jackknife1": (123.931, 111.943, 143.506),
        "jackknife2": (136.913, 117.270, 172.455),
    },
    "plot 10": {
        "chao1": (132.202, 110.451, 182.714), "chao1_bias_corrected": (128.928, None, None),
        "ichao1": (139.590, None, None), "ace": (132.602, 113.470, 170.533),
        "ace1": (148.123, 118.721, 212.495), "jackknife1": (128.928, 115.999, 149.453),
        "jackknife2": (147.882, 126.145, 184.318),
    },
}  # fmt: skip
# ... and on seeds in 40 units (incidence).
SEED_UNITS, SEED_COUNTS = 40, spread((1, 6), 5, 7, 8, 9)
SEED_TABLE = {
    "chao1": (24.625, 13.217, 76.490), "chao1_bias_corrected": (24.625, None, None),
    "ichao1": (24.625, None, None), "ace": (19.069, None, None), "ace1": (27.383, None, None),
    "jackknife1": (15.850, 12.033, 26.836), "jackknife2": (21.550, 14.552, 39.309),
}  # fmt: skip


def ours_large(dishes: int, servings: int, order: float) -> Callable[[], float]:
    from fullmenu import measures

    p = 1 / np.arange(1, dishes + 1)
    x = np.random.default_rng(0).multinomial(servings, p / p.sum())
    return lambda: measures.rarefaction(x, order, size=servings // 2, bootstrap=50).value


def main() -> int:
    failed = sum(
        part()
        for part in (_spiders, _spider_intervals, _birds, _ants, _ant_intervals, _spader, _large)
    )
    return int(failed)


class Digits:
    """Estimates against printed ones: how many agree in every digit printed."""

    def __init__(self, title: str) -> None:
        self.table, self.failed = Table(title), 0

    def add(self, what: str, pairs: list[tuple[float, float]], digits: int) -> None:
        """Add a row of (ours, printed with so many digits)."""
        apart = max(abs(a - b) for a, b in pairs)
        # a digit printed is within half a unit, and rounding may fall either way at the edge
        reached = apart <= 0.5000001 * 10.0**-digits
        self.failed += not reached
        self.table.add(
            f"{what} ({len(pairs)})", f"{apart:.1e} apart", f"equal to {digits} decimals", reached
        )


def _spiders() -> int:
    from fullmenu import measures as m

    d = Digits("iNEXT on spiders, values printed in its vignette")
    for site, x in SPIDERS.items():
        covered, seen, asymptotes, _ = SPIDER_TABLE[site]
        d.add(f"{site}: coverage", [(m.sample_coverage(x).value, covered)], 4)
        plug = [m.hill(x, q, asymptotic=False).value for q in range(3)]
        d.add(f"{site}: observed, orders 0–2", list(zip(plug, seen, strict=True)), 3)
        ours = [m.hill(x, q).value for q in range(3)]
        d.add(f"{site}: asymptotes, orders 0–2", list(zip(ours, asymptotes, strict=True)), 3)
        points = SPIDER_CURVES[site].items()
        curve = [(_at(x, size), value) for size, (value, _) in points]
        d.add(f"{site}: order 0 at half, 1.5 and double", curve, 3)
        d.add(f"{site}: their coverage", [(_coverage(x, s), c) for s, (_, c) in points], 3)
    first = [(_at(SPIDERS["Girdled"], size), value) for size, value in GIRDLED_FIRST.items()]
    d.add("Girdled: order 0 at 10, 19, 28, 37, 47", first, 6)
    d.table.show()
    return d.failed


def _at(x: Any, size: float, order: float = 0, **more: Any) -> float:
    from fullmenu import measures

    return measures.rarefaction(x, order, size=size, bootstrap=2, **more).value


def _coverage(x: Any, size: float, units: int | None = None) -> float:
    from fullmenu.measures.counts._counts import tally
    from fullmenu.measures.counts.rarefaction import coverage_at

    return coverage_at(tally(x, units=units), size)


def _half(x: Any, order: float, seed: int, **where: Any) -> float:
    from fullmenu import measures

    e = measures.rarefaction(x, order, bootstrap=DRAWS, seed=seed, **where)
    return (e.high or 0.0) - e.value


def _within(table: Table, what: str, published: float, **case: Any) -> int:
    ours = np.array([_half(seed=seed, **case) for seed in range(SEEDS)])
    mean, sd = float(ours.mean()), float(ours.std(ddof=1))
    z = (published - mean) / sd
    table.add(
        what, f"{mean:.3f} ± {sd:.3f}, published {published:.3f}", f"|z| ≤ 3: {z:+.1f}", abs(z) <= 3
    )
    return abs(z) > 3


def _spider_intervals() -> int:
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.975)
    table = Table(f"iNEXT on spiders, half-widths of intervals: mean ± s.d. over {SEEDS} seeds")
    failed = 0
    for site, x in SPIDERS.items():
        size, by_size, by_coverage = SPIDER_INTERVALS[site]
        failed += _within(
            table, f"{site}: order 0 at {size}", (by_size[1] - by_size[0]) / 2,
            x=x, order=0, size=size,
        )  # fmt: skip
        failed += _within(
            table, f"{site}: order 0 at its coverage", (by_coverage[1] - by_coverage[0]) / 2,
            x=x, order=0, coverage=_coverage(x, size),
        )  # fmt: skip
        for order, se in enumerate(SPIDER_TABLE[site][3]):
            failed += _within(
                table, f"{site}: asymptote of order {order}", z * se,
                x=x, order=order, size=float("inf"),
            )  # fmt: skip
    table.show()
    return failed


def _birds() -> int:
    from fullmenu import measures as m

    d = Digits("iNEXT on birds: n and S of its manual, asymptotes of an independent script")
    for site, x in BIRDS.items():
        n, seen, asymptotes = BIRD_TABLE[site]
        d.add(f"{site}: n, S", [(sum(x), n), (len(x), seen)], 0)
        ours = [m.hill(x, q).value for q in range(3)]
        d.add(f"{site}: asymptotes, orders 0–2", list(zip(ours, asymptotes, strict=True)), 4)
    d.table.show()
    return d.failed


def _ants() -> int:
    from fullmenu.measures.counts._counts import tally
    from fullmenu.measures.counts.rarefaction import size_for

    d = Digits("iNEXT on ants (incidence), at coverage 0.985, as estimateD printed them")
    for site, (units, x) in ANTS.items():
        size, *orders = ANT_TABLE[site]
        d.add(f"{site}: size", [(size_for(tally(x, units=units), 0.985), size)], 4)
        exact = [_at_coverage(x, q, units) for q in range(3)]
        pairs = [(a, row[0]) for a, row in zip(exact, orders, strict=True)]
        d.add(f"{site}: orders 0–2", pairs, 5)  # R's optimize ends where the size is about right
    d.table.show()
    return d.failed


def _at_coverage(x: Any, order: float, units: int) -> float:
    from fullmenu import measures

    return measures.rarefaction(x, order, coverage=0.985, units=units, bootstrap=2).value


def _ant_intervals() -> int:
    table = Table(f"iNEXT on ants, half-widths of intervals: mean ± s.d. over {SEEDS} seeds")
    failed = 0
    for site, (units, x) in ANTS.items():
        for order, (_, low, high) in enumerate(ANT_TABLE[site][1:]):
            failed += _within(
                table, f"{site}: order {order}", (high - low) / 2,
                x=x, order=order, coverage=0.985, units=units,
            )  # fmt: skip
    table.show()
    return failed


def _spader() -> int:
    from fullmenu import measures

    d = Digits(
        "SpadeR's richness table (estimate; interval where its variance is the delta method's)"
    )
    for plot, (seen, individuals, dishes) in PLOTS.items():
        rest = spread((individuals // dishes, dishes))
        rest[0] += individuals - sum(rest)
        x = spread(*((i + 1, k) for i, k in enumerate(seen))) + rest
        for name, row in SPADER_TABLE[plot].items():
            d.add(f"{plot}: {name}", _pairs(measures.richness(x, name), row), 3)
    for name, row in SEED_TABLE.items():
        e = measures.richness(SEED_COUNTS, name, units=SEED_UNITS)
        d.add(f"40 units: {name} (of units)", _pairs(e, row), 3)
    d.table.add("iChao1, its s.e.", "not compared", "SpadeR has a derivative's sign reversed")
    d.table.add("ICE, ICE-1, bias-corrected: s.e.", "not compared", "SpadeR's lack terms")
    d.table.show()
    return d.failed


def _pairs(e: Any, row: tuple[Any, ...]) -> list[tuple[float, float]]:
    return [(a, b) for a, b in zip((e.value, e.low, e.high), row, strict=True) if b is not None]


def _large() -> int:
    from peer import bench

    table = Table("100,000 dishes, 10,000,000 servings, rarefied to half, 50 draws")
    for order in (0, 1, 2):
        run = bench.ours(
            "inext", "large", repeat=1, dishes=100_000, servings=10_000_000, order=order
        )
        table.add(f"order {order}", f"{run.seconds:.1f} s, {run.megabytes:.0f} MB")
    table.show()
    return 0
