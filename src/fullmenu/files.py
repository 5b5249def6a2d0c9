"""Files that are replaced at one stroke: whoever reads one finds the old or the new, whole."""

from __future__ import annotations

import os
import re
import secrets
import time
from pathlib import Path


def replace_file(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Replace a file by another at one stroke; where that fails, the old one stays.

    Parameters
    ----------
    path
        Where; its folder must be there.
    data
        All that the file will hold.
    mode
        Who may read a new file, before the umask; ``0o600``: the owner only.

    Raises
    ------
    OSError
        It cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "state.json"
    >>> replace_file(path, b"{}")
    >>> [p.name for p in path.parent.iterdir()]
    ['state.json']
    """
    if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
        path.write_bytes(data)
        return
    path = path.resolve()  # of a link, what it leads to
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def remove_leftovers(path: Path, *, older: float = 60.0) -> None:
    """Remove what writers of a file left half written beside it when they were killed.

    Parameters
    ----------
    path
        The file that they were to replace.
    older
        Seconds: what is newer may still be written.
    """
    name = re.compile(re.escape(f".{path.name}.") + "[a-z0-9_]{8}")
    if path.parent.is_dir():
        for part in path.parent.iterdir():
            if name.fullmatch(part.name) and part.stat().st_mtime < time.time() - older:
                part.unlink(missing_ok=True)
