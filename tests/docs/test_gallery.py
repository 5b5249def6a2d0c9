"""The gallery shows every kind of page, and has a picture of each."""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
import gallery  # noqa: E402


def test_each_page_of_the_gallery_has_a_picture() -> None:
    shown = {Path(page.file).stem for page in gallery.PAGES}
    shown |= {f"serve-{name}" for name in gallery.SERVED}
    assert shown == {path.stem for path in (DOCS / "gallery").glob("*.png")}
    assert shown >= {"check", "compare", "trend", "watch", "lab", "family"}
    for page in gallery.PAGES:
        assert f"gallery/{page.file}" in gallery.card(page)
