"""Files that are elsewhere: ``s3://``, ``gs://`` and ``hf://``.

Who may read them is told by the environment alone, as each service's own tools are told.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, Any, cast
from urllib.parse import urlsplit

from fullmenu.errors import BadInput, extra

PLACES = {"s3": "Amazon S3", "gs": "Google Cloud Storage", "hf": "the Hugging Face Hub"}
_SECRETS = re.compile(r"AWS_|GOOGLE_|HF_|HUGGING")
_MAGIC = re.compile(r"[*?\[]")
_WAIT = 30.0  # seconds for an answer


def is_remote(text: str) -> bool:
    """Tell whether a text names a place elsewhere.

    >>> is_remote("s3://logs/a.parquet"), is_remote("logs/a.parquet"), is_remote("C:/logs")
    (True, False, False)
    """
    return re.match(r"[A-Za-z][\w+.-]+://", text) is not None


def opened(url: str) -> IO[bytes]:
    """Open a file; it can seek.

    Raises
    ------
    BadInput
        There is none, or it may not be read.
    """
    files, path = _place(url)
    with _faults(url):
        return cast("IO[bytes]", files.open_input_file(path))


def stamp(url: str) -> tuple[int, int]:
    """Return how large a file is, and when it was written, in nanoseconds since 1970."""
    files, path = _place(url)
    with _faults(url):
        held = files.get_file_info(path)
    return held.size or 0, held.mtime_ns or 0


def named(url: str) -> tuple[list[str], bool]:
    """Return the files that an address names: one, those of a glob, or all below a folder.

    The second value tells whether it is a folder. Names that begin with a dot are left out.
    """
    from pyarrow import fs

    files, path = _place(url)
    scheme = url.partition("://")[0].lower()
    with _faults(url):
        if (magic := _MAGIC.search(path)) is None:
            held = files.get_file_info(path)
            if held.type == fs.FileType.File:
                return [f"{scheme}://{path}"], False
            if held.type == fs.FileType.NotFound:
                raise BadInput(f"no such file: {url!r:.200}")
        base = path if magic is None else path[: magic.start()].rpartition("/")[0]
        if not base:
            raise BadInput(f"{url!r:.200} names no bucket: write {scheme}://BUCKET/PATH")
        below = files.get_file_info(fs.FileSelector(base, recursive=True, allow_not_found=True))
    found = sorted(one.path.lstrip("/") for one in below if one.type == fs.FileType.File)
    found = [name for name in found if "/." not in name.removeprefix(base.rstrip("/"))]
    pattern = re.compile(".*" if magic is None else _translated(path))
    chosen = [f"{scheme}://{name}" for name in found if pattern.fullmatch(name)]
    return chosen, magic is None


def _translated(glob: str) -> str:
    """Write a glob as a regular expression: ``*`` stays in a folder, ``**`` does not.

    >>> bool(re.fullmatch(_translated("logs/**/*.gz"), "logs/a/b/c.gz"))
    True
    >>> bool(re.fullmatch(_translated("logs/*.gz"), "logs/a/c.gz"))
    False
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", glob)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        known.get(part) or (part.replace("[!", "[^") if part[:1] == "[" else re.escape(part))
        for part in parts
    )


def _place(url: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path there."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in PLACES:
        known = ", ".join(f"{name}:// ({what})" for name, what in PLACES.items())
        raise BadInput(f"{scheme}:// is not read; {known} are. Or save the file, and name that")
    if "@" in parts.netloc and scheme != "hf":
        raise BadInput(
            f"an address of {PLACES[scheme]} holds no keys: they are read from the environment"
        )
    path = url.partition("://")[2]
    if scheme == "s3":
        return _s3(parts.netloc), path
    return (_gs() if scheme == "gs" else _hf()), path


@lru_cache(maxsize=8)
def _s3(bucket: str) -> Any:
    from pyarrow import fs

    given: dict[str, Any] = {"connect_timeout": _WAIT, "request_timeout": _WAIT}
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if endpoint:
        where = urlsplit(endpoint)
        given |= {"scheme": where.scheme, "endpoint_override": where.netloc}
    elif region is None:
        with _faults(f"s3://{bucket}"):
            region = fs.resolve_s3_region(bucket)
    return fs.S3FileSystem(region=region or "us-east-1", **given)


@lru_cache(maxsize=1)
def _gs() -> Any:
    from datetime import timedelta

    from pyarrow import fs

    given: dict[str, Any] = {"retry_time_limit": timedelta(seconds=_WAIT)}
    if emulator := os.environ.get("STORAGE_EMULATOR_HOST"):
        where = urlsplit(emulator if "//" in emulator else f"http://{emulator}")
        given |= {"scheme": where.scheme, "endpoint_override": where.netloc, "anonymous": True}
    return fs.GcsFileSystem(**given)


@lru_cache(maxsize=1)
def _hf() -> Any:
    from pyarrow import fs

    with extra("files of the Hugging Face Hub", "remote"):
        from huggingface_hub import HfFileSystem
    return fs.PyFileSystem(fs.FSSpecHandler(HfFileSystem()))


@contextmanager
def _faults(url: str) -> Iterator[None]:
    """Say what failed, without what the environment keeps secret."""
    try:
        yield
    except BadInput:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        said = str(error).split("\n")[0]
        for name, value in os.environ.items():
            if len(value) > 3 and _SECRETS.match(name) and not name.endswith(("URL", "REGION")):
                said = said.replace(value, f"${name}")
        place = PLACES[url.partition("://")[0].lower()]
        raise BadInput(
            f"cannot read {url!r:.200} from {place}: {said[:400]}. Keys, region and endpoint are "
            "read from the environment"
        ) from None
