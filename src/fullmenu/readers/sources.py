"""Which files a source names: paths, globs, directories, stdin."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.readers import remote
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
            key = os.path.realpath(file.path) if file.path else file.place
            if key in seen:
                remarks.append(f"{file.name} was named twice and read once")
            else:
                seen.add(key)
                files.append(file)
    return files, remarks


def _expand(text: str, remarks: list[str]) -> list[File]:
    if text == "-":
        return [File(None, "stdin")]
    if remote.is_remote(text):
        return _elsewhere(text, remarks)
    path = home(text)
    if path.is_dir():
        return _logs_inside(path, remarks)
    if path.exists():
        return [File(path, path.name)]
    if path.is_symlink():
        raise BadInput(f"{text!r} is a link that leads nowhere")
    if glob.has_magic(text):
        found = matching(str(path), remarks)
        if not found:
            raise BadInput("; ".join([f"no file matches {text!r}", *remarks]))
        return [File(p, p.name) for p in found]
    beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    close = get_close_matches(path.name, beside, n=1)
    hint = f"; did you mean {str(path.with_name(close[0]))!r}?" if close else ""
    if not hint and not suffix(text):
        hint = (
            f". A text alone names a file; in Python, outputs are given as a list: [{text!r:.80}]"
        )
    raise BadInput(f"no such file: {text!r:.200}{hint}")


def _elsewhere(url: str, remarks: list[str]) -> list[File]:
    names, is_folder = remote.named(url)
    if not names:
        raise BadInput(f"no file {'in' if is_folder else 'matches'} {url!r:.200}")
    files = [File(None, name.rpartition("/")[2], is_folder, name) for name in names]
    if not is_folder:
        return files
    logs = [file for file in files if suffix(file.name) in endings()]
    others = [file.name for file in files if suffix(file.name) not in endings()]
    return _only_logs(url, logs, others, remarks)


def home(text: str | os.PathLike[str]) -> Path:
    """Return a path with ``~`` written out."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise BadInput(f"no such file: {os.fspath(text)!r} ({error})") from None


def matching(pattern: str, remarks: list[str]) -> list[Path]:
    """Return the files that a glob names; that others are none is remarked."""
    return regular([path for path in _matches(pattern) if not path.is_dir()], pattern, remarks)


def inside(folder: Path, remarks: list[str]) -> list[Path]:
    """Return the files in a folder and those below it, but for hidden ones.

    What cannot be read is remarked.
    """
    closed: list[str] = []
    names: list[Path] = []

    def shut(error: OSError) -> None:
        closed.append(f"{os.path.relpath(error.filename, folder)} ({error.strerror})")

    for base, folders, files in os.walk(folder, onerror=shut):
        folders.sort()
        linked = [name for name in folders if (Path(base) / name).is_symlink()]
        closed += [f"{name} (a link to a folder, which is not followed)" for name in linked]
        names += [Path(base) / name for name in files if not name.startswith(".")]
    if closed:
        remarks.append(f"folders in {folder.name} that were not read: {_some(closed)}")
    return regular(names, folder.name, remarks)


def regular(paths: Sequence[Path], where: str, remarks: list[str]) -> list[Path]:
    """Return those paths that are files, sorted; that others are none is remarked."""
    files: list[Path] = []
    others: list[str] = []
    for path in sorted(paths):
        try:
            is_file = stat.S_ISREG(path.stat().st_mode)
        except OSError:
            others.append(f"{path.name} (a link that leads nowhere)")
            continue
        if is_file:
            files.append(path)
        else:
            others.append(f"{path.name} (no regular file)")
    if others:
        remarks.append(f"not read in {where}: {_some(others)}")
    return files


def keep_apart(path: Path | None, source: Source) -> None:
    """Refuse to write over what is being read.

    Raises
    ------
    BadInput
        The file to write is one of those that the source names, by this name or by a link.
    """
    if path is None or not path.exists():
        return
    mine = path.stat()
    for one in [source] if isinstance(source, (str, os.PathLike)) else source:
        place = home(one)
        named = inside(place, []) if place.is_dir() else [place, *_matches(str(place))]
        if any(p.exists() and os.path.samestat(mine, p.stat()) for p in named):
            raise BadInput(f"cannot write to {path}, which is being read: name another file")


def _some(names: Sequence[str]) -> str:
    more = f" … ({len(names):,} in all)" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _matches(pattern: str) -> list[Path]:
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 (Path.glob takes no absolute pattern)
    return [Path(path) for path in found]


def _logs_inside(folder: Path, remarks: list[str]) -> list[File]:
    names = inside(folder, remarks)
    logs = endings()
    files = [File(p, p.name, found=True) for p in names if suffix(p.name) in logs]
    others = [p.name for p in names if suffix(p.name) not in logs]
    return _only_logs(str(folder), files, others, remarks)


def _only_logs(
    folder: str, files: list[File], others: Sequence[str], remarks: list[str]
) -> list[File]:
    """Return the logs in a folder, and remark what else is in it."""
    if not files:
        there = f"it holds {', '.join(others[:5])}" if others else "it is empty"
        there = "; ".join([there, *remarks])
        raise BadInput(
            f"no readable file in the directory {folder!r} ({there}); readable are "
            f"{' '.join(endings())}, also compressed. Name other files one by one"
        )
    if others:
        name = Path(folder).name
        remarks.append(f"{len(others)} other files in {name} were not read: {_some(others)}")
    return files
