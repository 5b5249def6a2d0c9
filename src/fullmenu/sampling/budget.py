"""What a run may cost, and what it has cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.sampling.request import Answer, OverBudget

_UNITS = {
    "request": "requests", "requests": "requests", "token": "tokens", "tokens": "tokens",
    "usd": "money", "eur": "money", "$": "money", "€": "money", "money": "money",
}  # fmt: skip
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6}
_AMOUNT = re.compile(r"\s*([$€]?)\s*([\d.,_]+?)\s*([km]?)\s*([a-z$€]*)\s*", re.I)


@dataclass(frozen=True)
class Budget:
    """The most that a run may cost; a file that is gone on with counts in full.

    Parameters
    ----------
    requests, tokens, money
        At most so many; ``None``: no bound.
    prices
        Of a million tokens that are read, and of a million that are written. For ``money``, unless
        the server itself says what a request cost.
    """

    requests: int | None = None
    tokens: int | None = None
    money: float | None = None
    prices: tuple[float, float] | None = None

    @classmethod
    def read(cls, text: str | None, prices: str | None = None) -> Budget:
        """Read ``1000 requests``, ``200k tokens`` or ``5 usd``, some of them with commas between.

        >>> Budget.read("200k tokens")
        Budget(requests=None, tokens=200000, money=None, prices=None)
        >>> Budget.read("$5, 1000 requests", "0.15,0.6")
        Budget(requests=1000, tokens=None, money=5.0, prices=(0.15, 0.6))
        """
        given: dict[str, Any] = {}
        for part in re.split(r",(?!\d)", text) if text else ():
            match = _AMOUNT.fullmatch(part)
            unit = _UNITS.get((match[4] or match[1]).lower()) if match else None
            if match is None or unit is None or unit in given:
                raise BadInput(
                    f"cannot read the budget {part.strip()!r}: write 1000 requests, 200k tokens or "
                    "5 usd, or several with commas between"
                )
            try:
                amount = float(match[2].replace(",", "").replace("_", ""))
            except ValueError:
                raise BadInput(f"cannot read the number in the budget {part.strip()!r}") from None
            amount *= _FACTORS[match[3].lower()]
            if amount <= 0:
                raise BadInput(f"the budget {part.strip()!r} allows nothing; give more than 0")
            given[unit] = amount if unit == "money" else int(amount)
        if prices is not None:
            try:
                low, high = (float(p) for p in prices.split(","))
            except ValueError:
                raise BadInput(
                    f"cannot read the prices {prices!r}: give what a million tokens cost, read and "
                    "written, e.g. 0.15,0.60"
                ) from None
            given["prices"] = low, high
        return cls(**given)

    def less(self, usage: Mapping[str, int]) -> Budget:
        """Return what is left after something was spent: at least one of each.

        >>> Budget(requests=100).less({"requests": 30})
        Budget(requests=70, tokens=None, money=None, prices=None)
        """
        tokens = sum(int(usage.get(f"{name}_tokens") or 0) for name in ("prompt", "completion"))
        spent = {"requests": int(usage.get("requests") or 0), "tokens": tokens}
        left = {
            name: None if (limit := getattr(self, name)) is None else max(limit - much, 1)
            for name, much in spent.items()
        }
        return replace(self, **left)


class Spending:
    """What was spent, and what the requests in flight may still cost.

    Of tokens and money a request's cost is known only once it is answered: until the first is, no
    second one goes out, and one in flight counts as the dearest so far.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.requests = self.failed = self.cached = 0
        self.prompt_tokens = self.completion_tokens = 0
        self.money = 0.0
        self.unpriced = False
        self.in_flight = 0
        self._dearest = {"tokens": 0.0, "money": 0.0}

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.prompt_tokens + self.completion_tokens

    def allows(self) -> bool:
        """Whether one more request is allowed now; one in flight may free, or take, the rest."""
        budget = self.budget
        if budget.requests is not None and self.requests >= budget.requests:
            return False
        limits = {"tokens": (budget.tokens, self.tokens), "money": (budget.money, self.money)}
        for unit, (limit, spent) in limits.items():
            if limit is None:
                continue
            dearest = self._dearest[unit]
            if not dearest and self.in_flight:
                return False
            if spent + dearest * (self.in_flight + 1) > limit or spent >= limit:
                return False
        return True

    def sent(self) -> None:
        """Count a try."""
        if self.budget.requests is not None and self.requests >= self.budget.requests:
            raise OverBudget(self.said())
        self.requests += 1

    def take(self, answer: Answer) -> float | None:
        """Count what an answer cost, and return it as money where that is known."""
        money = self._price(answer.money, answer.prompt_tokens, answer.completion_tokens)
        self.unpriced |= money is None
        tokens = answer.prompt_tokens + answer.completion_tokens
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens
        self.money += money or 0.0
        self.cached += answer.cached
        for unit, spent in (("tokens", tokens), ("money", money or 0.0)):
            self._dearest[unit] = max(self._dearest[unit], spent)
        return money

    def check(self, answer: Answer) -> None:
        """Refuse to go on where nobody says what is to be kept within bounds."""
        if self.unpriced and self.budget.money is not None:
            raise BadInput(
                "the server does not say what a request costs: give the prices of a million "
                "tokens, read and written (--prices 0.15,0.60), or a budget in tokens"
            )
        if self.budget.tokens is not None and not answer.prompt_tokens + answer.completion_tokens:
            raise BadInput("the server does not count tokens: give a budget in requests")

    def restore(self, usage: Mapping[str, Any]) -> None:
        """Count what was spent before."""
        read, written = (int(usage.get(f"{n}_tokens") or 0) for n in ("prompt", "completion"))
        self.requests += int(usage.get("requests") or 0)
        self.prompt_tokens += read
        self.completion_tokens += written
        self.money += self._price(usage.get("money"), read, written) or 0.0

    def _price(self, money: float | None, read: int, written: int) -> float | None:
        """Return what a request cost: as the server says, or else by the prices."""
        if money is not None or self.budget.prices is None:
            return money
        counts = read, written
        return sum(n * p for n, p in zip(counts, self.budget.prices, strict=True)) / 1e6

    def said(self) -> str:
        """Say what the budget was."""
        budget = self.budget
        limits = (
            (budget.requests, "{:,} requests"),
            (budget.tokens, "{:,} tokens"),
            (budget.money, "{:g} in money"),
        )
        parts = [words.format(limit) for limit, words in limits if limit is not None]
        return f"the budget of {' and '.join(parts)} is used up"
