"""Classes dropped from MNIST and CIFAR-10, ten to five to three to one: which measure falls?

Every registered measure of features is walked, those against a reference too (all ten classes,
other pictures). Features are rows of the ``image`` view on the principal axes of the reference. The
number of pictures stays the same. Orders of classes are rotations of a random one, so that every
class is left alone as often as any other.

Run: python benchmarks/classes.py [measure …]
"""

from __future__ import annotations

import gzip
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fullmenu.errors import FullmenuError
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import Measure, registered
from fullmenu.samples import Samples
from fullmenu.views import image
from real import folder
from table import Table

STEPS = (10, 5, 3, 1)
ORDERS = 10
SEEDS = 20
AXES = 48
SLOW = {"kernel_novelty"}
"""Has no direction, and takes seconds for one value: left out unless it is named."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pictures:
    """Unit rows of pictures in the ``image`` view, and their classes.

    ``n`` pictures make a sample; ``reference`` is as many or more of all ten classes.
    """

    name: str
    rows: NDArray[np.float32]
    classes: Ints
    reference: NDArray[np.float32]
    n: int

    def draw(self, kept: Ints, rng: np.random.Generator) -> NDArray[np.float32]:
        """Draw a sample of some classes, as evenly as can be."""
        each = np.array_split(np.arange(self.n), len(kept))
        return self.rows[
            np.concatenate(
                [
                    rng.choice(np.flatnonzero(self.classes == c), len(part), replace=False)
                    for c, part in zip(rng.permutation(kept), each, strict=True)
                ]
            )
        ]


def mnist() -> Pictures:
    x, y = (
        np.frombuffer(gzip.decompress((folder() / "mnist" / name).read_bytes()), np.uint8)
        for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
    )
    return _halved("MNIST", x[16:].reshape(-1, 28, 28), y[8:], 300)


def cifar10() -> Pictures:
    at = folder() / "cifar10"
    x = [np.array(Image.open(at / f"cifar10_batch_{b}.png")) for b in (0, 1, 50)]
    y = np.load(at / "labels.npz")
    return _halved(
        "CIFAR-10", np.concatenate(x).reshape(-1, 32, 32, 3), np.append(y["train"], y["test"]), 120
    )


def _halved(name: str, x: NDArray[np.uint8], y: NDArray[np.uint8], n: int) -> Pictures:
    """Keep every other picture of each class for the reference, and for the axes."""
    order = np.argsort(y, kind="stable")
    rows = image.rows(Samples.of_images(x[order]).outputs)
    background = rows[1::2][np.random.default_rng(0).permutation(len(rows) // 2)]
    axes = np.linalg.eigh(background.T @ background)[1][:, -AXES:]
    short = rows @ axes
    short /= np.linalg.norm(short, axis=1, keepdims=True)
    reference = background[: 2 * n] @ axes
    reference /= np.linalg.norm(reference, axis=1, keepdims=True)
    return Pictures(name, short[::2], y[order][::2].astype(np.int64), reference, n)


def main(names: list[str]) -> int:
    for data in ("mnist", "cifar10"):
        if not (folder() / data).is_dir():
            print(f"there is no {folder() / data}, skipped")
            return 0
    known = registered()
    asked = [known[name] for name in names] or [
        m for m in known.values() if m.takes == "features" and not m.needs and m.name not in SLOW
    ]
    missed = 0
    for pictures in (mnist(), cifar10()):
        steps = Table(
            f"{pictures.name}: {' → '.join(map(str, STEPS))} classes, {pictures.n} pictures each "
            "time; mean over orders with its 95 % interval"
        )
        power: list[tuple[float, str, str]] = []
        for m in asked:
            try:
                missed += _drop(m, pictures, steps)
                found = _one_lost(m, pictures)
            except FullmenuError as error:
                steps.add(m.name, f"undefined here: {error}")
                continue
            power += [found] if found else []
        steps.show()
        one = Table(
            f"{pictures.name}: one class of ten lost; how often the interval excludes the value "
            "that ten classes have"
        )
        for _, name, told in sorted(power, key=lambda row: -row[0]):
            one.add(name, told)
        one.show()
    return missed


def _drop(m: Measure, pictures: Pictures, table: Table) -> int:
    rng = np.random.default_rng(1)
    order = rng.permutation(10)
    found = [
        [_value(m, pictures, np.roll(order, k)[:c], rng).value for c in STEPS]
        for k in range(ORDERS)
    ]
    values = np.array(found)
    told = "; ".join(_mean(column) for column in values.T)
    if m.rises is None:
        table.add(m.name, told, "no direction")
        return 0
    down = np.diff(values if m.rises else -values, axis=1) < 0
    fell = bool((np.diff((values if m.rises else -values).mean(0)) < 0).all())
    shares = ", ".join(f"{100 * s:.0f}" for s in down.mean(0))
    way = "falls" if m.rises else "rises"
    what = f"{m.name} ({way} in {shares} % of {len(values)} orders)"
    table.add(what, told, way, fell)
    return not fell


def _one_lost(m: Measure, pictures: Pictures) -> tuple[float, str, str] | None:
    rng = np.random.default_rng(2)

    def both(k: int) -> list[Estimate]:
        kept = np.delete(np.arange(10), k % 10)
        return [_value(m, pictures, c, rng) for c in (np.arange(10), kept)]

    found = [both(k) for k in range(SEEDS)]
    if any(e.low is None and e.high is None for pair in found for e in pair):
        return None
    whole = float(np.mean([ten.value for ten, _ in found]))
    false, true = (np.mean([_excludes(pair[k], whole) for pair in found]) for k in (0, 1))
    moved = float(np.mean([nine.value - ten.value for ten, nine in found]))
    return (
        float(true - false),
        m.name,
        f"{100 * true:3.0f} %, with nothing lost {100 * false:3.0f} % ({len(found)} draws; mean "
        f"{whole:.3g}, change {moved:+.2g})",
    )


def _excludes(e: Estimate, value: float) -> bool:
    return bool((e.low is not None and value < e.low) or (e.high is not None and value > e.high))


def _value(m: Measure, pictures: Pictures, kept: Ints, rng: np.random.Generator) -> Estimate:
    given = (pictures.draw(kept, rng), *([pictures.reference] if m.against else []))
    return m.function(*given)


def _mean(x: NDArray[np.float64]) -> str:
    from scipy.stats import t

    half = t.ppf(0.975, max(len(x) - 1, 1)) * x.std(ddof=1) / np.sqrt(len(x)) if len(x) > 1 else 0
    return f"{x.mean():.3g} [{x.mean() - half:.3g}, {x.mean() + half:.3g}]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
