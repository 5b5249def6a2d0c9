"""``/static``: style sheets and scripts, the report's own among them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from fullmenu.report import html

router = APIRouter(include_in_schema=False)

KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
         "svg": "image/svg+xml"}  # fmt: skip
NAMES = ("page.css", "page.js", "course.js", "latest.js", "browser.js", "versions.js", "review.js",
         "icon.svg")  # fmt: skip


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Return a file; its address changes when it does."""
    if name not in NAMES:
        raise HTTPException(404, "there is no such file")
    text, digest = _file(name)
    return Response(
        text,
        media_type=KINDS[name.rpartition(".")[2]],
        headers={"Cache-Control": "public, max-age=31536000, immutable", "ETag": f'"{digest}"'},
    )


def address(name: str) -> str:
    """Return where a file is."""
    return f"/static/{name}?v={_file(name)[1]}"


@lru_cache(maxsize=len(NAMES))
def _file(name: str) -> tuple[str, str]:
    ours = files("fullmenu.server") / "static" / name
    if name == "page.css":
        text = html.style() + ours.read_text("utf-8")
    else:
        text = ours.read_text("utf-8") if ours.is_file() else html.source(name)
    return text, sha256(text.encode()).hexdigest()[:16]
