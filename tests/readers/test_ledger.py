"""How much may be rejected: ten records, or one in a hundred."""

from __future__ import annotations

import pytest

from fullmenu.errors import BadInput
from fullmenu.readers.ledger import Ledger


def reading(rejected: int, seen: int, tolerate: bool = False) -> Ledger:
    ledger = Ledger(tolerate=tolerate)
    ledger.begin("log.jsonl")
    for line in range(rejected):
        ledger.malformed(line + 1, "no JSON", "{")
    ledger.seen = seen
    return ledger


@pytest.mark.parametrize(("rejected", "seen"), [(10, 11), (11, 1_100), (50, 5_000)])
def test_ten_or_one_in_a_hundred_are_allowed(rejected: int, seen: int) -> None:
    reading(rejected, seen).judge()


@pytest.mark.parametrize(("rejected", "seen"), [(11, 12), (11, 1_099), (51, 5_000)])
def test_more_are_not_unless_tolerated(rejected: int, seen: int) -> None:
    with pytest.raises(BadInput, match=f"{rejected} of {seen:,} records rejected"):
        reading(rejected, seen).judge()
    reading(rejected, seen, tolerate=True).judge()
