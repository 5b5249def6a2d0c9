"""Beside torch-fidelity and torchmetrics: the Fréchet and kernel distances, precision, recall.

Both packages want images and a network to make features of them; what is run here are the
functions inside that turn given features into the numbers. Their import of torchvision, which
serves images only and fails beside a torch that was built for the CPU, is stood in for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peer.bench import Run, ours, theirs
from table import Table

REQUIREMENTS = ["torch==2.13.0", "torch-fidelity==0.4.0", "torchmetrics==1.9.0"]


def _without_images() -> None:
    import sys
    from unittest.mock import MagicMock

    for part in ("", ".datasets", ".models", ".transforms", ".transforms.functional"):
        sys.modules[f"torchvision{part}"] = MagicMock()


def samples(n: int, d: int) -> tuple[Any, Any]:
    """Return a reference and features that differ in mean and in width."""
    import numpy as np

    rng = np.random.default_rng(7)
    widths = np.linspace(0.5, 1.5, d)
    return rng.normal(size=(n, d)), 0.2 + widths * rng.normal(size=(n, d))


def theirs_frechet(n: int, d: int) -> Callable[[], Any]:
    _without_images()
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

    real, made = (torch.from_numpy(x) for x in samples(n, d))

    def call() -> Any:
        a, b = fid_features_to_statistics(made), fid_features_to_statistics(real)
        return fid_statistics_to_metric(a, b, verbose=False)["frechet_inception_distance"]

    return call


def theirs_frechet_torchmetrics(n: int, d: int) -> Callable[[], Any]:
    _without_images()
    import torch
    from torchmetrics.image.fid import _compute_fid

    real, made = (torch.from_numpy(x) for x in samples(n, d))
    return lambda: float(
        _compute_fid(made.mean(0), torch.cov(made.T), real.mean(0), torch.cov(real.T))
    )


def ours_frechet(n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures

    real, made = samples(n, d)
    return lambda: measures.frechet_distance(made, real, limit=False).value


def ours_frechet_alone(n: int, d: int) -> Callable[[], Any]:
    from fullmenu.measures.reference.frechet_distance import distance

    real, made = samples(n, d)
    return lambda: distance(made, real)


def theirs_kernel(n: int, d: int) -> Callable[[], Any]:
    _without_images()
    import torch
    from torch_fidelity.metric_kid import kid_features_to_metric

    real, made = (torch.from_numpy(x) for x in samples(n, d))
    options = {"kid_subsets": 1, "kid_subset_size": n, "kid_degree": 3, "kid_gamma": None}
    options |= {"kid_coef0": 1, "rng_seed": 0, "verbose": False}
    return lambda: kid_features_to_metric(made, real, **options)["kernel_inception_distance_mean"]


def theirs_kernel_torchmetrics(n: int, d: int) -> Callable[[], Any]:
    _without_images()
    import torch
    from torchmetrics.image.kid import poly_mmd

    real, made = (torch.from_numpy(x) for x in samples(n, d))
    return lambda: float(poly_mmd(real, made))


def ours_kernel(n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures

    real, made = samples(n, d)
    return lambda: measures.kernel_distance(made, real).value


def theirs_inside(n: int, d: int) -> Callable[[], Any]:
    _without_images()
    import torch
    from torch_fidelity.metric_prc import prc_features_to_metric

    real, made = (torch.from_numpy(x) for x in samples(n, d))
    options = {"prc_neighborhood": 3, "prc_batch_size": 10_000}
    options |= {"save_cpu_ram": False, "verbose": False}

    def call() -> Any:
        found = prc_features_to_metric(made, real, **options)
        return [found["precision"], found["recall"]]

    return call


def ours_inside(n: int, d: int) -> Callable[[], Any]:
    from fullmenu import measures

    real, made = samples(n, d)
    return lambda: [f(made, real, 3).value for f in (measures.precision, measures.recall)]


PAIRS = (
    ("Fréchet, torch-fidelity", "frechet", "frechet", 2_000, 64),
    ("Fréchet, torch-fidelity", "frechet", "frechet_alone", 5_000, 768),
    ("Fréchet, torchmetrics", "frechet_torchmetrics", "frechet_alone", 5_000, 768),
    ("kernel, torch-fidelity, one subset of all", "kernel", "kernel", 3_000, 384),
    ("kernel, torchmetrics", "kernel_torchmetrics", "kernel", 3_000, 384),
    ("precision and recall, torch-fidelity, k = 3", "inside", "inside", 3_000, 64),
)

EXACT = 1e-9
SINGLE = 1e-7
"""torch-fidelity takes the mean of its shares in float32."""


def main() -> int:
    table = Table("torch-fidelity 0.4.0 and torchmetrics 1.9.0, on given features")
    missed = 0
    for label, peer, mine, n, d in PAIRS:
        a = ours("torch_metrics", mine, repeat=1, n=n, d=d)
        b = theirs("torch_metrics", peer, n=n, d=d)
        off, limit = _off(a, b), SINGLE if peer == "inside" else EXACT
        missed += off > limit
        name = f"{label}, {n} × {d}"
        table.add(f"{name}: relative difference", f"{off:.1e}", f"<= {limit:g}", off <= limit)
        table.add(f"{name}: times as fast", f"{b.seconds / a.seconds:.2f}")
        table.add(f"{name}: peak MB", f"{a.megabytes:.0f} (peer {b.megabytes:.0f})")
    table.show()
    return missed


def _off(a: Run, b: Run) -> float:
    x, y = (r.value if isinstance(r.value, list) else [r.value] for r in (a, b))
    return max(abs(p - q) / abs(q) for p, q in zip(x, y, strict=True))
