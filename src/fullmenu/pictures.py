"""Pictures and vectors by their place: ``photo.png``, or ``images.npy#3``, one of an array.

An output that is not a text is named by its place; whoever looks at it opens it here.
"""

from __future__ import annotations

import hashlib
import math
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
ARRAYS = (".npy", ".npz")

MOST_PIXELS = 80_000_000
"""Pixels of one picture; a larger one is not opened."""
LARGE = 1 << 24
"""Pixels above which a picture is made smaller as it is opened."""
MOST_BYTES = 8 << 30
"""Bytes of an array that is unpacked into memory (``.npz``); ``.npy`` is not loaded whole."""
WORKERS = 8
"""Threads that decode pictures at the same time."""
MOST_TIMES = 100
"""How many times its size an ``.npz`` of over 256 MB may unpack to."""

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
_NAMES = ("images", "samples", "x", "data", "features", "arr_0")
_STEP = 1 << 24
_ALONE = 1 << 22  # pixels above which a picture is decoded while no other such one is
_alone = threading.Lock()
_BUFFER = 65_536

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stack:
    """An array of pictures, or of vectors."""

    array: NDArray[Any]  # as it is stored; ``.npy`` is mapped, not loaded
    layout: str  # of its axes: n h w, n h w c, n c h w, or n d for vectors
    scale: float  # A stored value v is the brightness ``scale * v + shift``, from 0 to 255
    shift: float
    said: str  # how it was understood, in words

    def __len__(self) -> int:
        return len(self.array)

    def picture(self, i: int) -> Bytes:
        """Return one picture, (h, w, 3) bytes.

        Raises
        ------
        BadInput
            It holds values that are not finite.
        """
        x = np.asarray(self.array[i])
        if self.layout == "n c h w":
            x = np.moveaxis(x, 0, -1)
        if x.dtype != np.uint8:
            x = x * np.float32(self.scale) + np.float32(self.shift)
            if not np.isfinite(x).all():
                raise BadInput("it holds values that are not finite")
            x = np.clip(np.rint(x), 0, 255).astype(np.uint8)
        if x.ndim == 2:
            x = x[:, :, None]
        if x.shape[2] == 4:
            alpha = x[:, :, 3:].astype(np.float32) / 255
            return np.rint(x[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
        return np.ascontiguousarray(np.broadcast_to(x, (*x.shape[:2], 3)))


def split(place: str) -> tuple[str, int | None]:
    """Return the file of a place, and the number of the picture in it if it is an array.

    >>> split("a/photo.png"), split("images.npy#3"), split("odd#3.png")
    (('a/photo.png', None), ('images.npy', 3), ('odd#3.png', None))
    """
    file, mark, number = place.rpartition("#")
    if mark and number.isdecimal() and file.lower().endswith(ARRAYS):
        return file, int(number)
    return place, None


def name_of(place: str) -> str:
    """Return a place without its folder: what stays when a set of pictures is moved.

    >>> name_of("runs/7/images.npy#3")
    'images.npy#3'
    """
    return place.replace("\\", "/").rpartition("/")[2]


def opened(place: str) -> Image:
    """Open the picture at a place, in colour, upright, transparency laid on white.

    Raises
    ------
    BadInput
        There is none, or it cannot be read.
    """
    from PIL import Image

    file, number = split(place)
    if number is not None:
        try:
            return Image.fromarray(_stack(file).picture(number))
        except IndexError:
            raise BadInput(f"cannot open {place}: the array ends before it") from None
        except BadInput as error:
            raise BadInput(f"cannot open {place}: {error}") from None
    return _opened(file, None)


def small(place: str, side: int) -> Bytes:
    """Return the picture at a place resized to ``side`` by ``side``, (side, side, 3) bytes.

    The last few thousand are kept, so that what a reader has checked need not be opened again.
    """
    return _small(place, _changed(split(place)[0]), side)


def thumbnail(place: str, side: int = 96) -> bytes:
    """Return the picture at a place as a PNG file of at most ``side`` by ``side`` pixels."""
    import io

    from PIL import Image

    picture = opened(place)
    if max(picture.size) < side // 2:  # a digit of 28 pixels, drawn large with its pixels to see
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.quantize(96, Image.Quantize.MEDIANCUT).save(out, "PNG", optimize=True)
    return out.getvalue()


def vector(place: str) -> NDArray[np.float64]:
    """Return the vector at a place.

    Raises
    ------
    BadInput
        There is none.
    """
    file, number = split(place)
    if number is None:
        raise BadInput(f"{place} is no row of an array of vectors")
    return np.asarray(_stack(file).array[number], np.float64)


def as_array(images: Any) -> NDArray[Any]:
    """Return an array, a tensor (of any library), or a list of pictures as one array.

    Raises
    ------
    BadInput
        The pictures of a list differ in size.
    """
    if hasattr(images, "detach"):  # a torch tensor, on whatever device
        images = images.detach().cpu()
        if images.dtype.is_floating_point:
            images = images.float()  # NumPy knows no bfloat16
        return np.asarray(images.numpy())
    if isinstance(images, (list, tuple)):
        parts = [as_array(one) for one in images]
        shapes = {part.shape for part in parts}
        if len(shapes) > 1:
            some = ", ".join("×".join(map(str, shape)) for shape in sorted(shapes)[:3])
            raise BadInput(
                f"the pictures differ in shape ({some}): bring them to one size, or save them in "
                "a folder and use fm.read"
            )
        return np.stack(parts) if parts else np.empty(0)
    return np.asarray(images)


def keep(array: NDArray[Any]) -> Path:
    """Write an array to a file that lasts as long as the program; named by what it holds."""
    heading = f"{array.shape} {array.dtype}".encode()
    digest = hashlib.blake2b(array.tobytes(), digest_size=6, key=heading[:64]).hexdigest()
    path = Path(_folder().name) / f"memory-{digest}.npy"
    if not path.exists():
        np.save(path, array, allow_pickle=False)
    return path


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fullmenu-")


def understood(array: NDArray[Any], name: str = "the array") -> Stack:
    """Guess which axes of an array are what, and what its values mean.

    Parameters
    ----------
    array
        (n, h, w), (n, h, w, c) or (n, c, h, w) pictures, c being 1, 3 or 4; or (n, d) vectors.
    name
        What errors call it.

    Raises
    ------
    BadInput
        It can be neither.

    Examples
    --------
    >>> understood(np.zeros((2, 3, 8, 8), np.uint8)).said
    '2 pictures of 8 by 8 pixels, channels before rows, bytes'
    >>> understood(np.eye(2)).said
    '2 vectors of 2 numbers'
    """
    shape = "×".join(map(str, array.shape))
    allowed = (
        "pictures are (n, h, w), (n, h, w, c) or (n, c, h, w) with 1, 3 or 4 channels, vectors "
        "are (n, d)"
    )
    if array.dtype.kind not in "uifb":
        raise BadInput(f"{name} holds {array.dtype}, not numbers; {allowed}")
    if array.ndim == 2 and min(array.shape) > 0:
        n, d = array.shape
        return Stack(array, "n d", 1, 0, f"{n:,} vectors of {d:,} numbers")
    layout = {3: "n h w", 4: ""}.get(array.ndim)
    if array.ndim == 4:
        channels = [k for k in (3, 1) if array.shape[k] in (1, 3, 4)]
        layout = {3: "n h w c", 1: "n c h w"}[channels[0]] if channels else None
    if layout is None or min(array.shape) < 1:
        raise BadInput(f"{name} has the shape {shape}; {allowed}")
    if layout == "n h w" and array.shape[2] in (3, 4) and array.shape[1] > 8:
        raise BadInput(
            f"{name} has the shape {shape}, which looks like one picture; give it a first axis, "
            "array[None]"
        )
    high, wide = array.shape[2:] if layout == "n c h w" else array.shape[1:3]
    if high * wide > MOST_PIXELS:
        raise BadInput(f"{name} has the shape {shape}: its pictures are too large")
    scale, shift, values = _range(array, name)
    axes = {"n h w": "grey", "n h w c": "channels last", "n c h w": "channels before rows"}[layout]
    said = f"{array.shape[0]:,} pictures of {wide} by {high} pixels, {axes}, {values}"
    return Stack(array, layout, scale, shift, said)


def load(path: str | Path) -> tuple[Stack, dict[str, NDArray[Any]]]:
    """Open an array file, and what lies beside the array in it (``.npz``), by name.

    Nothing in it is ever executed: arrays of Python objects are refused.

    Raises
    ------
    BadInput
        It cannot be read, or holds neither pictures nor vectors.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                _check_header(file, path.stat().st_size, path.name)
            return understood(np.load(path, "r", allow_pickle=False), path.name), {}
        return _packed(path)
    except BadInput:
        raise
    except Exception as error:  # NumPy and zipfile raise whatever they stumble over
        said = str(error) or type(error).__name__
        reason = "it holds Python objects" if "pickle" in said else said[:200]
        raise BadInput(f"cannot read {path.name} as an array: {reason}") from None


def _check_header(file: IO[bytes], size: int, name: str) -> None:
    """Refuse an array that is not what its header declares, before room is made for it."""
    form = np.lib.format
    if file.read(2) == b"PK":
        raise BadInput(f"cannot read {name} as an array: it is a zip; is it an .npz?")
    file.seek(0)
    version = form.read_magic(file)[0]  # 3 is 2 in UTF-8: names of fields, which are refused
    read = form.read_array_header_1_0 if version == 1 else form.read_array_header_2_0
    shape, _, dtype = read(file)
    if any(isinstance(n, bool) or n < 0 for n in shape):
        raise BadInput(f"cannot read {name} as an array: its shape is {shape}")
    declared = math.prod(shape) * dtype.itemsize
    if declared > size - file.tell() and not dtype.hasobject:
        raise BadInput(
            f"cannot read {name} as an array: it declares {declared:,} bytes and holds "
            f"{max(size - file.tell(), 0):,}"
        )


def _packed(path: Path) -> tuple[Stack, dict[str, NDArray[Any]]]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        size = sum(one.file_size for one in members)
        most = MOST_TIMES * max(path.stat().st_size, (256 << 20) // MOST_TIMES)
        if size > min(MOST_BYTES, most):
            raise BadInput(
                f"{path.name} holds {size:,} bytes, more than the {min(MOST_BYTES, most):,} that "
                "are unpacked; save its pictures as .npy, which is read in place"
            )
        for one in members:
            if one.filename.endswith(".npy"):
                with archive.open(one) as file:
                    _check_header(file, one.file_size, f"{path.name}[{one.filename[:-4]}]")
    with np.load(path, allow_pickle=False) as found:
        arrays = {name: one for name, one in _readable(found)}
    wide = {name: one for name, one in arrays.items() if one.ndim >= 2 and one.dtype.kind in "uifb"}
    if not wide:
        raise BadInput(f"{path.name} holds no array of pictures or vectors, but {_listed(arrays)}")
    named = [name for name in _NAMES if name in wide]
    if not named and len(wide) > 1:
        raise BadInput(
            f"{path.name} holds several arrays, {_listed(arrays)}; call the one to read images"
        )
    key = named[0] if named else next(iter(wide))
    rest = {name: one for name, one in arrays.items() if name != key}
    return understood(arrays[key], f"{path.name}[{key}]"), rest


def _readable(found: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    for name in found.files:
        try:
            if isinstance(one := found[name], np.ndarray):
                yield name, one
        except ValueError as error:
            if "pickle" not in str(error):
                raise


def _listed(arrays: Mapping[str, NDArray[Any]]) -> str:
    shown = [f"{name} {'×'.join(map(str, one.shape))}" for name, one in arrays.items()]
    return ", ".join(shown[:5]) or "nothing"


def _range(array: NDArray[Any], name: str) -> tuple[float, float, str]:
    if array.dtype == np.uint8:
        return 1, 0, "bytes"
    if array.dtype == bool:
        return 255, 0, "black or white"
    if array.dtype == np.uint16:
        return 255 / 65_535, 0, "16 bits"
    low, high = _ends(array)
    if array.dtype.kind == "f" and low >= 0 and high <= 1:
        return 255, 0, "values from 0 to 1"
    if array.dtype.kind == "f" and low >= -1.05 and high <= 1.05:
        return 127.5, 127.5, "values from -1 to 1"
    if low >= 0 and high <= 255:
        return 1, 0, "values from 0 to 255"
    raise BadInput(
        f"{name} holds values from {low:.3g} to {high:.3g}; pictures are bytes, or numbers from 0 "
        "to 1, -1 to 1 or 0 to 255"
    )


def _ends(array: NDArray[Any]) -> tuple[float, float]:
    step = max(1, _STEP // max(1, array[0].size))
    low, high = np.inf, -np.inf
    for a in range(0, len(array), step):
        part = np.asarray(array[a : a + step])
        part = part[np.isfinite(part)]
        if part.size:
            low, high = min(low, float(part.min())), max(high, float(part.max()))
    return (low, high) if low <= high else (0.0, 0.0)


def _stack(file: str) -> Stack:
    return _loaded(file, _changed(file))


@lru_cache(maxsize=2)
def _loaded(file: str, changed: int) -> Stack:
    return load(file)[0]


@lru_cache(maxsize=_BUFFER // 4)
def _small(place: str, changed: int, side: int) -> Bytes:
    from PIL import Image

    file, number = split(place)
    picture = opened(place) if number is not None else _opened(file, side)
    if picture.size != (side, side):
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(picture)


def _changed(file: str) -> int:
    try:
        return Path(file).stat().st_mtime_ns
    except OSError as error:
        raise BadInput(f"cannot open {file}: {error.strerror}") from None


def _opened(file: str, side: int | None) -> Image:
    """Open a picture; where ``side`` is given, a JPEG need not be decoded in full."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=_FORMATS) as picture:
            pixels = picture.width * picture.height
            if pixels > MOST_PIXELS:
                raise BadInput(f"{picture.width} by {picture.height} pixels are too many")
            if pixels <= _ALONE:
                return _upright(picture, side)
            with _alone, ThreadPoolExecutor(1) as pool:  # its memory is that of the one before
                return pool.submit(_upright, picture, side).result()
    except Exception as error:  # decoders raise whatever they stumble over
        reason = str(error).replace(repr(file), "it").replace("\n", " ")[:200]
        if isinstance(error, UnidentifiedImageError):
            reason = "it is no picture of a known kind, or damaged"
        raise BadInput(f"cannot open {file}: {reason}") from None


def _upright(picture: Image, side: int | None) -> Image:
    """Return a picture decoded, in colour, upright, transparency laid on white."""
    from PIL import Image, ImageOps

    if side is not None:
        picture.draft("RGB", (2 * side, 2 * side))
    picture.load()
    if picture.width * picture.height <= _ALONE:
        return _on_white(ImageOps.exif_transpose(picture))
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    made = _smaller(picture)
    return made if turn is None else made.transpose(Image.Transpose[turn])


_ORIENTATION = 0x0112
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


def _on_white(picture: Image) -> Image:
    """Return a picture in colour, transparency laid on white."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    if picture.mode.startswith("I;16"):
        grey = np.asarray(picture).astype(np.float32) / 257
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    return picture.convert("RGB")


def _smaller(picture: Image) -> Image:
    """Return a picture in colour and at most ``LARGE`` pixels, made strip by strip."""
    from PIL import Image

    by = math.ceil(math.sqrt(picture.width * picture.height / LARGE))  # 1: only in colour
    wide, high = picture.width // by, picture.height // by
    if not wide or not high:
        raise BadInput(f"{picture.width} by {picture.height} pixels are no picture's shape")
    made = Image.new("RGB", (wide, high))
    rows = max(1, LARGE // 16 // (picture.width * by))
    for y in range(0, high, rows):
        end = min(high, y + rows)
        strip = _on_white(picture.crop((0, y * by, wide * by, end * by)))
        made.paste(strip.reduce(by), (0, y))
    return made
