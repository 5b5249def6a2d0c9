"""Smears between modes: told from variety by a reference, and doubted without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import fullmenu as fm
from fullmenu.cli.app import app
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge import strays
from fullmenu.samples import Samples
from fullmenu.views import vector


def vectors(modes: int, smear: float, n: int, seed: int, *, of: int = 8) -> np.ndarray:
    """Draw about some of eight directions of 32 dimensions, or between two of them."""
    rng = np.random.default_rng(seed)
    means = np.linalg.qr(np.random.default_rng(0).standard_normal((32, of)))[0].T[:modes]
    a, b = (means[rng.integers(modes, size=n)] for _ in range(2))
    smeared = rng.random((n, 1)) < smear
    t = np.where(smeared, rng.random((n, 1)), 0.0)
    return (1 - t) * a + t * b + np.where(smeared, 0.2, 0.02) * rng.standard_normal((n, 32))


def verdicts(modes: int, smear: float, seed: int = 1) -> tuple[str, str]:
    real, after = (
        Samples.of_images(x)
        for x in (vectors(8, 0, 600, seed), vectors(modes, smear, 600, seed + 1))
    )
    return fm.compare(real, after).verdict, fm.compare(real, after, reference=real).verdict


@pytest.mark.parametrize("smear", [0.0, 0.3, 0.6])
@pytest.mark.parametrize(("modes", "right"), [(8, {"held"}), (6, {"narrowed"}), (2, {"collapsed"})])
def test_a_reference_tells_a_smear_from_modes(modes: int, smear: float, right: set[str]) -> None:
    plain, told = verdicts(modes, smear)
    assert told in right
    assert plain in (right | {"narrowed"} if modes == 2 else right | {"unclear"})


def test_without_one_a_verdict_that_hangs_on_strays_is_unclear_and_says_why() -> None:
    real, after = (Samples.of_images(x) for x in (vectors(8, 0, 600, 3), vectors(6, 0.6, 600, 4)))
    found = fm.compare(real, after)
    assert found.verdict == "unclear"
    assert "narrowed without them" in found.document["reason"]
    assert "reference" in found.document["reason"]


def test_strays_of_both_sides_are_counted() -> None:
    real, before, after = (
        Samples.of_images(x)
        for x in (vectors(8, 0, 600, 5), vectors(8, 0.5, 600, 6), vectors(8, 0, 600, 7))
    )
    assert fm.compare(before, after).verdict in ("narrowed", "collapsed")  # the smear went
    found = fm.compare(before, after, reference=real)
    assert found.verdict == "held"
    (notice,) = [n for n in found.document["notices"] if n["name"] == "strays"]
    assert "before 50% (300 of 600)" in notice["sentence"]


def test_fresh_real_vectors_are_strays_as_often_as_is_said() -> None:
    shares = []
    for seed in range(40):
        real = strays.frame(Samples.of_images(vectors(8, 0, 400, 100 + seed)))
        fresh = vector.rows(Samples.of_images(vectors(8, 0, 400, 900 + seed)).outputs)
        shares.append(real.strays(fresh).mean())
    assert 0.005 < np.mean(shares) < 0.015


def test_a_copy_of_the_reference_is_as_far_as_its_original() -> None:
    samples = Samples.of_images(vectors(8, 0, 400, 9))
    real = strays.frame(samples)
    assert real.strays(vector.rows(samples.outputs)).mean() == pytest.approx(0.01, abs=0.005)
    same = Samples.of_images(np.repeat(vectors(8, 0, 2, 9), 100, axis=0))
    assert not strays.frame(same).strays(vector.rows(same.outputs)).any()


def test_what_cannot_be_a_reference_is_refused() -> None:
    logs = [Samples.of_images(vectors(8, 0, 200, seed)) for seed in (1, 2)]
    with pytest.raises(NotEnoughData, match="give 100 or more"):
        fm.compare(*logs, reference=logs[0].take(range(20)))
    with pytest.raises(BadInput, match="a reference is of vectors"):
        fm.compare(*logs, reference=Samples.of({"A fruit?": ["fig", "kiwi"]}))
    with pytest.raises(BadInput, match="vectors of 32 numbers, and the reference of 8"):
        fm.compare(*logs, reference=Samples.of_images(vectors(8, 0, 200, 3)[:, :8]))
    with pytest.raises(NotEnoughData, match="none of its 200 vectors is like the reference"):
        fm.compare(*logs, reference=Samples.of_images(-vectors(8, 0, 200, 3)))


def test_the_command_takes_a_reference(tmp_path: Path) -> None:
    for name, x in (("real", vectors(8, 0, 600, 1)), ("after", vectors(6, 0.6, 600, 2))):
        np.save(tmp_path / f"{name}.npy", x)
    real, after = (str(tmp_path / f"{name}.npy") for name in ("real", "after"))
    run = CliRunner().invoke
    assert run(app, ["compare", real, after, "-q"]).exit_code == 0
    told = run(app, ["compare", real, after, "-q", "--reference", real])
    assert told.exit_code == 3
    assert "strays" in told.output
    assert run(app, ["compare", real, after, real, "--reference", real]).exit_code == 2
