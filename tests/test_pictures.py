"""Pictures by place: layouts and ranges guessed, odd files read or refused, nothing executed."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fullmenu import pictures
from fullmenu.errors import BadInput
from fullmenu.samples import Samples

Draw = Callable[..., Any]


@pytest.mark.parametrize(
    ("layout", "change"),
    [
        ("channels last, bytes", lambda x: x),
        ("channels before rows, bytes", lambda x: x.transpose(0, 3, 1, 2)),
        ("channels last, values from 0 to 1", lambda x: (x / 255).astype(np.float32)),
        ("channels last, values from -1 to 1", lambda x: x / 127.5 - 1),
        ("channels last, values from 0 to 255", lambda x: x.astype(np.int64)),
        ("channels last, 16 bits", lambda x: x.astype(np.uint16) * 257),
    ],
)
def test_the_same_pictures_in_any_layout(
    draw: Draw, tmp_path: Path, layout: str, change: Callable[[Any], Any]
) -> None:
    x = draw(5)
    np.save(tmp_path / "x.npy", change(x))
    assert pictures.load(tmp_path / "x.npy")[0].said == f"5 pictures of 32 by 32 pixels, {layout}"
    found = np.asarray(pictures.opened(f"{tmp_path}/x.npy#3"))
    assert np.abs(found.astype(int) - x[3]).max() <= 1


def test_grey_and_clear_pictures() -> None:
    grey = np.arange(2 * 4 * 6, dtype=np.uint8).reshape(2, 4, 6)
    assert pictures.understood(grey).picture(1).shape == (4, 6, 3)
    assert (pictures.understood(grey[..., None]).picture(1)[..., 0] == grey[1]).all()
    clear = np.zeros((1, 4, 4, 4), np.uint8)
    assert (pictures.understood(clear).picture(0) == 255).all()
    assert (pictures.understood(np.ones((1, 4, 4), bool)).picture(0) == 255).all()


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros(3), "the shape 3"),
        (np.zeros((2, 5, 5, 7)), "2×5×5×7"),
        (np.zeros((0, 8, 8)), "0×8×8"),
        (np.zeros((64, 64, 3), np.uint8), "looks like one picture"),
        (np.full((2, 8, 8), 1e4), "from 1e+04 to 1e+04"),
        (np.array([["a"]]), "not numbers"),
        (np.zeros((1, 1, 10**8 + 1), np.uint8), "too large"),
    ],
)
def test_what_is_neither_picture_nor_vector_is_refused(array: Any, said: str) -> None:
    with pytest.raises(BadInput) as raised:
        pictures.understood(array)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_values_that_are_not_finite_spoil_one_picture_only() -> None:
    x = np.zeros((3, 8, 8))
    x[1, 0, 0] = np.nan
    stack = pictures.understood(x)
    assert stack.picture(0).max() == 0
    with pytest.raises(BadInput, match="not finite"):
        stack.picture(1)


def test_nothing_pickled_is_executed(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "gone-off",))

    np.save(tmp_path / "x.npy", np.array([Bomb()], object), allow_pickle=True)
    np.savez(tmp_path / "x.npz", images=np.zeros((2, 4, 4), np.uint8), extra=np.array([Bomb()]))
    (tmp_path / "y.npy").write_bytes(pickle.dumps(Bomb()))
    for name in ("x.npy", "y.npy"):
        with pytest.raises(BadInput, match="cannot read"):
            pictures.load(tmp_path / name)
    stack, beside = pictures.load(tmp_path / "x.npz")
    assert len(stack) == 2 and not beside
    assert not (tmp_path / "gone-off").exists()


def test_a_packed_array_that_is_too_large_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "x.npz", images=np.zeros((100, 64, 64), np.uint8))
    monkeypatch.setattr(pictures, "MOST_BYTES", 10_000)
    with pytest.raises(BadInput, match=r"save its pictures as \.npy"):
        pictures.load(tmp_path / "x.npz")


def test_which_array_of_several(tmp_path: Path) -> None:
    one, two = np.zeros((2, 4, 4), np.uint8), np.ones((2, 4, 4), np.uint8)
    np.savez(tmp_path / "a.npz", other=one, images=two)
    assert (pictures.load(tmp_path / "a.npz")[0].array == 1).all()
    np.savez(tmp_path / "b.npz", this=one, that=two)
    with pytest.raises(BadInput, match="this 2×4×4, that 2×4×4"):
        pictures.load(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", note=np.array(["x"]))
    with pytest.raises(BadInput, match="no array of pictures"):
        pictures.load(tmp_path / "c.npz")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pictures_of_any_mode_open_in_colour(tmp_path: Path, mode: str) -> None:
    ramp = np.tile(np.arange(0, 256, 8, np.uint8), (32, 1))
    picture = (
        Image.fromarray(ramp.astype(np.uint16) * 257)
        if mode == "I;16"
        else Image.fromarray(ramp).convert(mode)
    )
    path = tmp_path / ("x.tiff" if mode == "CMYK" else "x.png")
    picture.save(path)
    found = np.asarray(pictures.opened(str(path)).convert("L")).astype(int)
    assert found.shape == (32, 32)
    assert found[0, 0] < 60 and found[0, -1] > 190


def test_a_picture_lies_as_its_camera_says(tmp_path: Path) -> None:
    picture = Image.fromarray(np.zeros((10, 20, 3), np.uint8))
    tags = Image.Exif()
    tags[0x0112] = 6
    picture.save(tmp_path / "x.jpg", exif=tags)
    assert pictures.opened(str(tmp_path / "x.jpg")).size == (10, 20)


def test_clear_ground_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "x.png")
    assert np.asarray(pictures.opened(str(tmp_path / "x.png"))).min() == 255


def test_what_is_no_picture_is_refused_in_one_line(tmp_path: Path) -> None:
    good = io.BytesIO()
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(good, "PNG")
    bad = {
        "text.png": b"not a picture",
        "empty.png": b"",
        "half.png": good.getvalue()[: len(good.getvalue()) // 2],
        "script.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\nshowpage\n",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadInput, match="cannot open") as raised:
            pictures.opened(str(tmp_path / name))
        assert "\n" not in str(raised.value)
    for place in (str(tmp_path / "none.png"), str(tmp_path / "none.npy#1")):
        with pytest.raises(BadInput, match="none"):
            pictures.opened(place)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (200, 200)).save(tmp_path / "x.png")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 10_000)
    with pytest.raises(BadInput, match="200 by 200 pixels are too many"):
        pictures.opened(str(tmp_path / "x.png"))


def test_thumbnails_are_small(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "x.png")
    shown = Image.open(io.BytesIO(pictures.thumbnail(str(tmp_path / "x.png"))))
    assert shown.format == "PNG" and shown.size == (64, 96)


def test_samples_of_an_array_a_tensor_and_a_list(draw: Draw, require: Callable[..., Any]) -> None:
    x = draw(4)
    asked = ["cat", "cat", "dog", "dog"]
    of_array = Samples.of_images(x, asked, model="gan")
    assert (of_array.media, of_array.prompts, of_array.models) == ("image", asked, ["gan"])
    of_list = Samples.of_images([Image.fromarray(one) for one in x], asked)
    assert of_list.outputs == of_array.outputs  # the place is named by what it holds
    assert (np.asarray(pictures.opened(of_list.outputs[2])) == x[2]).all()
    torch = require("torch")
    tensor = torch.tensor(x).permute(0, 3, 1, 2) / 255
    for kind in (torch.float32, torch.bfloat16):
        log = Samples.of_images(tensor.to(kind).requires_grad_())
        assert log.notes == (
            "4 pictures of 32 by 32 pixels, channels before rows, values from 0 to 1",
        )
        found = np.asarray(pictures.opened(log.outputs[1])).astype(int)
        assert np.abs(found - x[1]).max() <= (0 if kind == torch.float32 else 2)


def test_samples_of_vectors_and_of_nonsense(draw: Draw) -> None:
    assert Samples.of_images(np.eye(3)).media == "vector"
    assert Samples.of_images([[1.0, 2.0], [3.0, 4.0]]).media == "vector"
    with pytest.raises(BadInput, match="2 prompts for 3 pictures"):
        Samples.of_images(draw(3), ["a", "b"])
    with pytest.raises(BadInput, match="differ in shape"):
        Samples.of_images([draw(1)[0], draw(1)[0][:5]])
    with pytest.raises(BadInput, match="pictures are"):
        Samples.of_images([])
