"""Which files a source names: paths, globs, directories, stdin."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.readers.registry import endings
from fullmenu.readers.streams import File, suffix

Source = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def resolve(source: Source) -> tuple[list[File], list[str]]:
    """Return the files that a source names, and remarks on those that were left out."""
    given = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    if not given:
        raise BadInput("no source given: name a file, a glob, a directory, or '-' for stdin")
    files: list[File] = []
    remarks: list[str] = []
    seen: set[object] = set()
    for one in given:
        if not isinstance(one, (str, os.PathLike)):
            raise BadInput(f"a source is a path, a list of paths, a glob or '-', not {one!r:.80}")
        for file in _expand(os.fspath(one), remarks):
            key = file.path.resolve() if file.path else "-"
            if key in seen:
                remarks.append(f"{file.name} was named twice and read once")
            else:
                seen.add(key)
                files.append(file)
    return files, remarks


def _expand(text: str, remarks: list[str]) -> list[File]:
    if text == "-":
        return [File(None, "-")]
    path = Path(text).expanduser()
    if path.is_dir():
        return _logs_inside(path, remarks)
    if path.exists():
        return [File(path, path.name)]
    if glob.has_magic(text):
        found = matching(str(path))
        if not found:
            raise BadInput(f"no file matches {text!r}")
        return [File(p, p.name) for p in found]
    beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    close = get_close_matches(path.name, beside, n=1)
    hint = f"; did you mean {str(path.with_name(close[0]))!r}?" if close else ""
    if not hint and not suffix(text):
        hint = (
            f". A text alone names a file; in Python, outputs are given as a list: [{text!r:.80}]"
        )
    raise BadInput(f"no such file: {text!r:.200}{hint}")


def matching(pattern: str) -> list[Path]:
    """Return the files that a glob names."""
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 (Path.glob takes no absolute one)
    return sorted(p for p in map(Path, found) if p.is_file())


def inside(folder: Path) -> list[Path]:
    """Return the files in a folder and those below it, but for hidden ones."""
    return sorted(
        Path(base) / name
        for base, folders, names in os.walk(folder)
        if not folders.sort()
        for name in names
        if not name.startswith(".")
    )


def _logs_inside(folder: Path, remarks: list[str]) -> list[File]:
    names = inside(folder)
    logs = endings()
    files = [File(p, p.name, found=True) for p in names if suffix(p.name) in logs]
    others = [p.name for p in names if suffix(p.name) not in logs]
    if not files:
        there = f"it holds {', '.join(others[:5])}" if others else "it is empty"
        raise BadInput(
            f"no readable file in the directory {str(folder)!r} ({there}); readable are "
            f"{' '.join(logs)}, also compressed. Name other files one by one"
        )
    if others:
        shown = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
        remarks.append(f"{len(others)} other files in {folder.name} were not read: {shown}")
    return files
