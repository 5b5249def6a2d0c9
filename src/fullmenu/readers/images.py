"""Pictures, and arrays of pictures or vectors, read as outputs: each is named by its place."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu import pictures
from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.readers.account import plural
from fullmenu.readers.ledger import Ledger, Progress
from fullmenu.readers.registry import endings
from fullmenu.readers.sources import Source, home, inside, matching
from fullmenu.readers.streams import suffix
from fullmenu.samples import Media, Record, Samples
from fullmenu.text.amounts import amount

FORMAT = "images"
ENDINGS = pictures.IMAGES + pictures.ARRAYS

_MANY = 10
"""So many pictures to a log in one folder, and the pictures are what is read."""

_PROMPTS = ("prompt_id", "prompt_ids", "prompts", "prompt", "labels", "label", "y", "arr_1")
_CHECKED = 256
_SIDE = 32


@dataclass(frozen=True, slots=True)
class Found:
    """Files of pictures, and what lies beside them."""

    files: list[tuple[Path, str | None]]  # each with the prompt that its folder stands for
    others: list[str]  # names of files that are not read
    remarks: list[str]  # on what is there and is no file


def find(source: Source, format: str | None = None) -> Found | None:
    """Return the pictures that a source names, or ``None`` where it names something else.

    A folder is one of pictures if it holds them and no logs, or many times more of them.
    """
    if format not in (None, FORMAT):
        return None
    given = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    if not all(isinstance(one, (str, os.PathLike)) for one in given):
        return None
    paths = [home(one) for one in given]
    if len(paths) == 1 and paths[0].is_dir():
        return _folder(paths[0], format is not None)
    remarks: list[str] = []
    matches = [_matches(path, remarks) for path in paths]
    if not all(matches):
        return None
    files = list(dict.fromkeys(match for found in matches for match in found))
    wanted = [p for p in files if p.suffix.lower() in ENDINGS]
    if not wanted or (format is None and len(wanted) < len(files)):
        if format is not None:
            raise BadInput(f"{_shown(paths)} holds no pictures; readable are {' '.join(ENDINGS)}")
        return None
    root = Path(commonpath([p.absolute().parent for p in wanted]))
    others = [p.name for p in files if p not in set(wanted)]
    return Found([(p, _prompt(p.absolute(), root)) for p in wanted], others, remarks)


def read(found: Found, log: Ledger, progress: Progress | None = None) -> Samples:
    """Read pictures; those that are broken are rejected one by one.

    Raises
    ------
    BadInput
        None can be read, too many are broken, or pictures and vectors are mixed.
    """
    kinds: Counter[str] = Counter()
    media: dict[Media, str] = {}
    try:
        records = list(_records(found.files, log, kinds, media, progress))
        log.judge()
    finally:
        log.close()
    if len(media) > 1:
        some = " and ".join(f"{kind}s ({name})" for kind, name in media.items())
        raise BadInput(f"this source holds both {some}: read them apart")
    if not records:
        raise BadInput(f"no picture could be read (first: {log.first_reject})")
    medium = next(iter(media))
    samples = Samples.from_records(records, media=medium)
    what = "picture" if medium == "image" else "vector"
    asked = samples.n_prompts if any(samples.prompts) else 0
    of = f" of {amount(asked, 'prompt')}" if asked else ""
    shown = ", ".join(amount(n, kind) for kind, n in kinds.most_common())
    notes = [f"read {amount(len(records), what)}{of} from {shown}"]
    notes += log.notes()
    if found.others:
        notes.append(f"{len(found.others):,} other files were not read: {plural(found.others, 3)}")
    notes += found.remarks
    return Samples(samples.table, tuple(one_line(n, 1_500) for n in notes), medium)


def _records(
    files: Sequence[tuple[Path, str | None]],
    log: Ledger,
    kinds: Counter[str],
    media: dict[Media, str],
    progress: Progress | None,
) -> Iterator[Record]:
    with ThreadPoolExecutor(pictures.WORKERS) as pool:
        for a in range(0, len(files), _CHECKED):
            part = files[a : a + _CHECKED]
            for (path, prompt), fault in zip(part, pool.map(_fault, part), strict=True):
                log.begin(path.name)
                kind = f"{path.suffix[1:].upper()} file"
                if path.suffix.lower() in pictures.ARRAYS:
                    kinds[kind] += 1
                    yield from _of_array(path, prompt, log, media)
                    continue
                log.seen += 1
                if fault:
                    log.reject(0, fault, str(path))
                    continue
                kinds[kind] += 1
                media.setdefault("image", path.name)
                yield Record(str(path), prompt, prompt or "", source=path.name)
            if progress:
                progress(part[-1][0].name, a + len(part), len(files))


def _fault(file: tuple[Path, str | None]) -> str:
    """Return why a picture cannot be read; nothing if it can, and for arrays."""
    path = file[0]
    if path.suffix.lower() in pictures.ARRAYS:
        return ""
    try:
        pictures.small(str(path), _SIDE)
    except BadInput as error:
        return str(error).removeprefix(f"cannot open {path}: ")
    return ""


def _of_array(
    path: Path, prompt: str | None, log: Ledger, media: dict[Media, str]
) -> Iterator[Record]:
    try:
        stack, beside = pictures.load(path)
    except BadInput as error:
        log.seen += 1
        log.reject(0, str(error), str(path))
        return
    log.say(f"{path.name}: {stack.said}")
    prompts = _asked(beside, len(stack), path.name, log)
    wanted = stack.layout != "n d"
    media.setdefault("image" if wanted else "vector", path.name)
    for i in range(len(stack)):
        log.seen += 1
        if not np.isfinite(stack.array[i]).all():
            log.reject(0, f"number {i} holds values that are not finite", f"{path}#{i}")
            continue
        asked = prompt if prompts is None else prompts[i]
        yield Record(f"{path}#{i}", asked, asked or "", source=path.name)


def _asked(beside: dict[str, NDArray[Any]], n: int, name: str, log: Ledger) -> list[str] | None:
    for key in _PROMPTS:
        found = beside.get(key)
        if found is None:
            continue
        if found.shape != (n,):
            log.say(f"{name}: {key} is not one for each of the {n:,}, and was not read")
            continue
        log.say(f"{name}: prompts from {key}")
        return [x.decode("utf-8", "replace") if isinstance(x, bytes) else str(x) for x in found]
    return None


def _folder(folder: Path, forced: bool) -> Found | None:
    remarks: list[str] = []
    names = inside(folder, remarks)
    wanted = [p for p in names if p.suffix.lower() in ENDINGS]
    logs = sum(suffix(p.name) in endings() for p in names)
    if not wanted:
        if forced:
            raise BadInput(f"{folder} holds no pictures; readable are {' '.join(ENDINGS)}")
        return None
    if logs and not forced and len(wanted) < _MANY * logs:
        return None
    kept = set(wanted)
    others = [p.name for p in names if p not in kept]
    return Found([(p, _prompt(p, folder)) for p in wanted], others, remarks)


def _prompt(path: Path, root: Path) -> str | None:
    folder = path.parent.relative_to(root).as_posix()
    return None if folder == "." else folder


def _matches(path: Path, remarks: list[str]) -> list[Path]:
    if path.is_dir():
        return inside(path, remarks)
    return [path] if path.exists() else matching(str(path), remarks)


def _shown(paths: Sequence[Path]) -> str:
    return plural([str(p) for p in paths], 3)
