"""What tests of logs in parts share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fullmenu.judge.census import faces


@pytest.fixture
def look_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Look closely at so many outputs of a log, or of twelve prompts if these have more."""

    def look_at(outputs: int) -> None:
        monkeypatch.setattr(faces, "SAMPLED", outputs)
        monkeypatch.setattr(faces, "IN_PARTS", 0)

    return look_at
