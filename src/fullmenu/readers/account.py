"""What was read of a log, what was not, and why: an account of each part, which add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fullmenu.errors import BadInput, UnknownName
from fullmenu.text.amounts import amount

_ALLOWED = 10  # rejects that are never too many
_SHARE = 0.01  # more than that many may still be this share of all records
_SETS = ("said", "beside", "columns_met")
_REASONS = 50  # different reasons and remarks that are told apart


class NotALog(BadInput):
    """The file as a whole holds no outputs that anybody could find."""


@dataclass
class Account:
    """What came of reading a log, or a part of one.

    Parameters
    ----------
    seen, rejected, first_reject
        Records, those that could not be read, and where the first of these was, and why.
    skipped, remarks
        What is well-formed but holds no output; what was read, but not quite as it stood.
    said, beside
        Sentences on how files were understood, and on the files themselves.
    read
        The files that were read in each way: their places, and their names.
    outputs, filled
        Outputs of each way, and those that are not empty.
    asked, columns_met
        Whether each name in a condition was met anywhere, and columns that there are.
    tolerate, rejects_in
        Whether any number of rejects is allowed, and the name of the file that holds them.

    Examples
    --------
    >>> both = Account.total([Account(seen=2, rejected=1), Account(seen=3)])
    >>> both.seen, both.rejected, Account.from_dict(both.to_dict()) == both
    (5, 1, True)
    """

    seen: int = 0
    rejected: int = 0
    first_reject: str = ""
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    said: dict[str, None] = field(default_factory=dict)
    beside: dict[str, None] = field(default_factory=dict)
    read: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: Counter[str] = field(default_factory=Counter)
    filled: int = 0
    asked: dict[str, bool] = field(default_factory=dict)
    columns_met: dict[str, None] = field(default_factory=dict)
    tolerate: bool = False
    rejects_in: str = ""

    @classmethod
    def total(cls, accounts: Iterable[Account]) -> Account:
        """Return the account of all parts, given in their order."""
        whole = cls()
        for part in accounts:
            whole.seen += part.seen
            whole.rejected += part.rejected
            whole.first_reject = whole.first_reject or part.first_reject
            whole.said |= part.said
            whole.beside |= part.beside
            whole.filled += part.filled
            whole.columns_met |= part.columns_met
            for name, met in part.asked.items():
                whole.asked[name] = whole.asked.get(name, False) or met
            whole.tolerate |= part.tolerate
            whole.rejects_in = whole.rejects_in or part.rejects_in
            for name, n in part.skipped.items():
                add(whole.skipped, name, n)
            for name, n in part.remarks.items():
                add(whole.remarks, name, n)
            for how, files in part.read.items():
                whole.read.setdefault(how, {}).update(files)
                whole.outputs[how] += part.outputs[how]
        return whole

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        values = {name: getattr(self, name) for name in Account.__dataclass_fields__}
        return values | {name: [*values[name]] for name in _SETS}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Account:
        """Return the account of which :meth:`to_dict` made these values."""
        counters = {name: Counter(values[name]) for name in ("skipped", "remarks", "outputs")}
        sets = {name: dict.fromkeys(values[name]) for name in _SETS}
        return cls(**{**values, **counters, **sets})

    def judge(self) -> None:
        """Stop the run if too much was rejected."""
        if self.tolerate or self.rejected <= _ALLOWED or self.rejected <= _SHARE * self.seen:
            return
        raise BadInput(
            f"{self.rejected:,} of {self.seen:,} records rejected (first: {self.first_reject}); "
            f"up to {_ALLOWED} or {_SHARE:.0%} are allowed. Use --tolerate to read the others, "
            "--rejects FILE to see what was rejected"
        )

    def refuse_nothing(self, names: Iterable[str], naming: str = "--map {}={}") -> None:
        """Refuse a log in which nothing was found, or not what was asked for.

        Parameters
        ----------
        names
            Of its files.
        naming
            How a user says which column is what.
        """
        for name, met in self.asked.items():
            if not met:
                raise UnknownName("column", name, self.columns_met)
        of, column = plural(names, 3), naming.format("output", "COLUMN")
        outputs = self.outputs.total()
        if not outputs:
            said = self.notes()
            because = f": {'; '.join(said)}" if said else ""
            as_what = f" as {plural(self.read, 2)}" if self.read else ""
            other = "--format" if column.startswith("-") else "format="
            way = (
                "Nothing else was found in it"
                if self.skipped
                else f"Name another format with {other}, or the outputs with {column}"
            )
            raise BadInput(f"no output found in {of}, read{as_what}{because}. {way}")
        if not self.filled:
            raise BadInput(
                f"all {outputs:,} outputs in {of} are empty, read as "
                f"{plural(self.read, 2)}. Name the column of outputs with {column}"
            )

    def summary(self, prompts: int) -> Iterator[str]:
        """Say what was read as what, of how many prompts, what was not, and why."""
        outputs = amount(self.outputs.total(), "output")
        total = f"{outputs} of {amount(prompts, 'prompt')}"
        kinds = {how: [*files.values()] for how, files in self.read.items() if self.outputs[how]}
        if len(kinds) == 1:
            ((how, names),) = kinds.items()
            yield f"read {total} from {_names(names)} as {how}"
        else:
            yield f"read {total} from {sum(map(len, kinds.values()))} files"
            for how, names in kinds.items():
                yield f"{amount(self.outputs[how], 'output')} from {_names(names)} as {how}"
        yield from self.notes()
        yield from self.beside

    def notes(self) -> list[str]:
        """Sentences on everything that is not in the samples, or not as it stood."""
        notes = list(self.said)
        if self.skipped:
            notes.append(
                "not read: "
                + "; ".join(f"{what} ({n:,})" for what, n in self.skipped.most_common() if n)
            )
        if self.rejected:
            where = f"; all in {self.rejects_in}" if self.rejects_in else ""
            notes.append(
                f"{self.rejected:,} of {self.seen:,} records rejected (first: {self.first_reject})"
                + where
            )
        notes += [f"{what} ({n:,})" for what, n in self.remarks.most_common()]
        return notes


def add(counter: Counter[str], what: str, n: int) -> None:
    """Count, under a common name where there are many different ones."""
    if what not in counter and len(counter) >= _REASONS:
        what = "others, for other reasons"
    counter[what] += n


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{len(names)} files ({shown} …)"


def plural(items: Iterable[str], most: int = 20) -> str:
    """Write names with commas, the first ones only if there are many."""
    items = [" ".join(item[:60].split()) for item in items]
    return ", ".join(items[:most]) + (f" … ({len(items)} in all)" if len(items) > most else "")
