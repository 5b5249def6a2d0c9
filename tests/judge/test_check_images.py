"""Checking pictures and vectors: no words are said of them, and thumbnails stay few and small."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fullmenu import pictures as places
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge import gallery
from fullmenu.judge.case import in_order, single
from fullmenu.judge.one import check
from fullmenu.readers import read
from fullmenu.samples import Samples

Draw = Callable[..., Any]
ASKED = [f"scene {i // 8}" for i in range(80)]


@pytest.fixture(scope="module")
def log(draw: Draw) -> Samples:
    return Samples.of_images(draw(80), ASKED)


def test_a_check_of_pictures(log: Samples, valid: Callable[..., None]) -> None:
    document = check(log).document
    valid(document)
    assert list(document["views"]) == ["image"]
    assert document["log"]["media"] == "image" and set(document["signals"]) == {"matched_image"}
    assert 3 < document["views"]["image"]["within"]["effective_number"]["value"] < 12
    assert document["views"]["image"]["across"]["repeat_rate"]["low"] > 0
    assert document["dishes"]["seen"] <= 12
    served = document["fallback"]
    assert [len(d["pictures"]) for d in served[:5]] == [6] * 5
    assert all(len(d["pictures"]) == 1 for d in served[5:])
    assert len(document["gallery"]["log"]) == 32
    assert len(document["prompts"][0]["pictures"]["log"]) == 6
    assert "pictures" not in document["prompts"][5]


def test_no_word_about_words(log: Samples) -> None:
    told = str(check(log))
    for word in ("word", "phrase", "opening", "length", "hedge", "compression"):
        assert word not in told.lower()
    assert max(map(len, told.splitlines())) <= 80


def test_one_prompt_has_an_interval_over_its_pictures(draw: Draw, valid: Any) -> None:
    document = check(Samples.of_images(draw(60))).document
    valid(document)
    rate = document["views"]["image"]["within"]["repeat_rate"]
    assert "outputs (these prompts only)" in rate["method"]
    assert rate["low"] < rate["value"] < rate["high"]
    assert document["views"]["image"]["across"] == {"undefined": "fewer than six prompts"}


def test_nothing_depends_on_the_order_or_the_folder(
    folder: Callable[..., Path], draw: Draw
) -> None:
    kept = {"cat": draw(9, seed=1), "dog": draw(9, seed=2)}
    first, second = read(folder("a", kept)), read(folder("b/deep", kept))
    shuffled = second.take(np.random.default_rng(0).permutation(18))
    names = [[places.name_of(p) for p in in_order(log).outputs] for log in (first, shuffled)]
    assert names[0] == names[1]
    one, two = (json.dumps(check(x).document["views"]) for x in (first, shuffled))
    assert one == two


def test_a_picture_that_vanished_has_no_thumbnail(folder: Callable[..., Path], draw: Draw) -> None:
    at = folder("a", {"": draw(2)})
    log = read(at)
    (at / "0001.png").unlink()
    assert len(gallery.of_log(single(log).logs[0])) == 1


def test_a_report_stays_small(folder: Callable[..., Path]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 200, 200, 3), dtype=np.uint8)
    report = check(read(folder("a", {"": noise})))
    assert all(len(p) < 4 / 3 * gallery.MOST + 40 for p in report.document["gallery"]["log"])
    assert len(report.to_json()) < 1_500_000


def test_vectors(valid: Callable[..., None]) -> None:
    x = np.random.default_rng(0).normal(size=(50, 20))
    document = check(Samples.of_images(x)).document
    valid(document)
    assert list(document["views"]) == ["vector"] and "gallery" not in document
    assert document["views"]["vector"]["within"]["effective_number"]["value"] > 15


def test_a_view_that_cannot_look(log: Samples) -> None:
    with pytest.raises(BadInput, match="answer looks at texts, and this log holds images"):
        check(log, views=["answer"])
    with pytest.raises(NotEnoughData):
        check(log.take([]))
