"""Comparing pictures: a planted collapse is seen, a model against itself is not, words are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.judge.many import trend
from fullmenu.judge.two import compare
from fullmenu.samples import Samples

Draw = Callable[..., Any]
ASKED = [f"scene {i // 8}" for i in range(96)]


@pytest.fixture(scope="module")
def before(draw: Draw) -> Samples:
    return Samples.of_images(draw(96, seed=1), ASKED)


@pytest.fixture(scope="module")
def fewer(draw: Draw) -> Samples:
    return Samples.of_images(draw(96, kinds=[1, 2], seed=2), ASKED)


def test_a_planted_collapse(before: Samples, fewer: Samples, valid: Callable[..., None]) -> None:
    report = compare(before, fewer)
    valid(report.document)
    assert report.verdict == "collapsed"
    document = report.document
    assert document["views"]["image"]["length_matched"] is None
    assert set(document["signals"]) == {"matched_image"}
    assert document["phrases"] == {"gained": [], "faded": []}
    assert document["lost"] and all(d["pictures"] for d in document["lost"])
    assert document["fallback"] and all(d["pictures"] for d in document["fallback"])
    assert {k: len(v) for k, v in document["gallery"].items()} == {"before": 32, "after": 32}
    told = str(report)
    assert "words" not in told and "length" not in told
    assert max(map(len, told.splitlines())) <= 80
    assert any("npy#" in line for line in told.splitlines())


def test_a_model_against_itself(before: Samples, draw: Draw) -> None:
    again = Samples.of_images(draw(96, seed=3), ASKED)
    assert compare(before, again).verdict in ("held", "unclear")


def test_thousands_of_pictures_of_one_prompt(draw: Draw) -> None:
    first, second = draw(64, seed=1), draw(64, kinds=[3, 4], seed=2)
    rng = np.random.default_rng(0)
    many = [Samples.of_images(x[rng.integers(0, 64, 1100)]) for x in (first, second)]
    report = compare(*many)
    assert report.verdict == "collapsed"
    method = report.document["views"]["image"]["ratio"]["method"]
    assert method.endswith("over outputs of these prompts only")


def test_unclear_asks_for_outputs_where_they_are_the_units(draw: Draw) -> None:
    from fullmenu.report.words import headline

    for seed in range(20):
        both = [Samples.of_images(draw(9, seed=s)) for s in (seed, 100 + seed)]
        report = compare(*both)
        if report.document["views"]["image"].get("needed"):
            assert "outputs would settle it" in headline(report.content)
            return
    raise AssertionError("none was unclear with a number")


def test_a_trend(before: Samples, fewer: Samples, valid: Callable[..., None]) -> None:
    report = trend([before, before, fewer])
    valid(report.document)
    assert report.verdict == "collapsed"
    assert "word" not in str(report).replace("What was lost", "")


def test_like_is_compared_with_like(before: Samples) -> None:
    with pytest.raises(BadInput, match="before holds images and after texts"):
        compare(before, Samples.of(["a", "b"]))


def test_vectors_collapse(valid: Callable[..., None]) -> None:
    x = np.random.default_rng(0).normal(size=(96, 30))
    after = np.repeat(x[::8], 8, axis=0) + 0.01
    report = compare(Samples.of_images(x, ASKED), Samples.of_images(after, ASKED))
    valid(report.document)
    assert report.verdict == "collapsed"


def test_an_encoder_of_ones_own(before: Samples, fewer: Samples) -> None:
    def colour(images: Any) -> Any:
        return [np.asarray(one, float).mean((0, 1)) - 128 for one in images]

    report = compare(before, fewer, encoder=colour, ruler="mean colour")
    assert report.document["views"]["image"]["ruler"] == "mean colour"
    assert report.lost
