"""``image`` and ``vector``: unit rows, near for near copies, far for unlike pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fullmenu import measures, pictures
from fullmenu.errors import BadInput, UnknownName
from fullmenu.integrations.torch import image_encoder
from fullmenu.samples import Samples
from fullmenu.views import image, registry, vector

Draw = Callable[..., Any]


def rows(array: Any) -> Any:
    return image.rows(Samples.of_images(array).outputs)


def test_rows_are_unit_and_depend_on_nothing_else_in_the_sample(draw: Draw) -> None:
    x = draw(300)
    k = rows(x)
    assert k.shape == (300, 1024) and k.dtype == np.float32
    assert np.abs(np.linalg.norm(k, axis=1) - 1).max() < 1e-5
    assert np.abs(rows(x[[7, 299]]) - k[[7, 299]]).max() < 1e-6


def test_near_copies_are_near_and_unlike_pictures_far(draw: Draw) -> None:
    x = draw(8, kinds=[1])[:1]
    k = rows(x)[0]
    rng = np.random.default_rng(0)
    noisy = np.clip(x + rng.normal(0, 8, x.shape), 0, 255).astype(np.uint8)
    packed = io.BytesIO()
    Image.fromarray(x[0]).save(packed, "JPEG", quality=50)
    copies = {
        "noise": noisy,
        "shift": np.roll(x, 1, 2),
        "packed": np.asarray(Image.open(packed))[None],
        "brighter": np.clip(x * 0.8 + 30, 0, 255).astype(np.uint8),
        "larger": np.asarray(Image.fromarray(x[0]).resize((320, 320)))[None],
    }
    near = {name: float(rows(copy)[0] @ k) for name, copy in copies.items()}
    assert min(near.values()) > 0.8, near
    others = rows(np.concatenate([draw(1, kinds=[i]) for i in (0, 2, 3, 4, 5, 6, 7)])) @ k
    assert others.max() < 0.6 and np.mean(others**2) < 0.1
    assert float(rows(255 - x)[0] @ k) < 0.1  # a negative is another picture


def test_random_pictures_are_no_dish() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), dtype=np.uint8)
    k = rows(noise)
    off = (k @ k.T)[~np.eye(40, dtype=bool)]
    assert np.mean(off**2) < 0.03


def test_black_and_white_are_two_dishes_and_blanks_one() -> None:
    blank = np.stack([np.full((16, 16, 3), v, np.uint8) for v in (0, 0, 3, 255)])
    k = rows(blank) @ rows(blank).T
    assert k[0, 1] > 0.9999 and k[0, 2] > 0.99
    assert k[0, 3] < 0.1


def test_fewer_kinds_repeat_more(draw: Draw) -> None:
    rates = [measures.repeat_rate(rows(draw(200, range(n), seed=n))).value for n in (8, 4, 2, 1)]
    assert rates == sorted(rates)
    assert rates[0] < 0.3 and rates[-1] > 0.8


def test_a_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.png"):
        image.rows([str(tmp_path / "gone.png")])


def test_a_picture_that_changed_is_read_again(tmp_path: Path, draw: Draw) -> None:
    import os

    path, x = tmp_path / "x.png", draw(2)
    found = []
    for i in range(2):
        Image.fromarray(x[i]).save(path)
        os.utime(path, (i, i))
        found.append(pictures.small(str(path), 32))
    assert (found[0] != found[1]).any()


def test_encoders_are_given_pictures_and_must_give_vectors(draw: Draw) -> None:
    log = Samples.of_images(draw(5))
    seen: list[Any] = []

    def mean_colour(images: Sequence[Any]) -> Any:
        seen.extend(images)
        return [np.asarray(one, float).mean((0, 1)) for one in images]

    view = registry.get("image", mean_colour, "mean colour")
    found = view.rows(log.outputs, log.prompts)
    assert found.shape == (5, 4) and view.ruler == "mean colour"
    assert np.abs((found**2).sum(1) - 1).max() < 1e-6
    assert {one.size for one in seen} == {(32, 32)}
    for wrong in (np.zeros(5), np.zeros((4, 2)), np.full((5, 2), np.nan)):
        with pytest.raises(BadInput, match="the encoder gave"):
            registry.get("image", lambda images, wrong=wrong: wrong).rows(log.outputs, log.prompts)


def test_features_of_a_torch_module(require: Callable[..., Any], draw: Draw) -> None:
    torch = require("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Dropout(0.5)
    ).train()
    x = draw(7)
    log = Samples.of_images(x)
    encode = image_encoder(net, size=32, mean=(0.5, 0.5, 0.5), std=(0.2, 0.2, 0.2), batch=3)
    found = encode([pictures.opened(p) for p in log.outputs])
    assert net.training  # as it was
    net.eval()
    tensor = torch.tensor(x).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        expected = net((tensor - 0.5) / 0.2).flatten(1).numpy()
    assert np.abs(found - expected).max() < 1e-4
    centred = image_encoder(net, size=32, background=log)
    assert np.abs(np.mean(centred([pictures.opened(p) for p in log.outputs]), 0)).max() < 1e-5
    own = image_encoder(net, transform=lambda picture: torch.zeros(3, 8, 8))
    assert len(np.unique(own([pictures.opened(p) for p in log.outputs]), axis=0)) == 1
    with pytest.raises(BadInput, match="background= holds no pictures"):
        image_encoder(net, background=Samples.of(["a text"]))
    with pytest.raises(BadInput, match="not a tensor"):
        image_encoder(lambda batch: [batch], size=8)([pictures.opened(log.outputs[0])])


def test_vectors_are_brought_to_unit_length() -> None:
    log = Samples.of_images(np.array([[3.0, 4.0], [6.0, 8.0], [-4.0, 3.0], [0.0, 0.0]]))
    k = vector.rows(log.outputs)
    assert (k @ k.T).round(6).tolist() == np.array(
        [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    ).tolist()
    with pytest.raises(BadInput, match="leave out encoder"):
        registry.get("vector", lambda x: x)
    bad = Samples.of_images(np.array([[1.0, np.inf]]))
    with pytest.raises(BadInput, match="not finite"):
        vector.rows(bad.outputs)


def test_a_view_looks_only_at_what_it_can() -> None:
    assert [v.name for v in registry.chosen(None, "image")] == ["image"]
    assert [v.name for v in registry.chosen(None, "vector")] == ["vector"]
    with pytest.raises(BadInput, match="phrasing looks at texts, and this log holds images"):
        registry.chosen(["phrasing"], "image")
    with pytest.raises(BadInput, match="image looks at images, and this log holds texts"):
        registry.chosen(["image"], "text")
    with pytest.raises(BadInput, match="no view given; use some of image"):
        registry.chosen([], "image")
    with pytest.raises(UnknownName, match="did you mean 'image'"):
        registry.chosen(["imag"], "image")
