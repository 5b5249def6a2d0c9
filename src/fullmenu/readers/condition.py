"""``--where``: which records are read, such as ``model = 'x' and time > '2026-01-01'``.

A condition is comparisons joined by ``and``, ``or``, ``not`` and brackets:

    NAME = VALUE    != (or <>)    <    <=    >    >=
    NAME in (VALUE, …)    NAME not in (VALUE, …)
    NAME is null    NAME is not null

A name is a column, with dots into nested ones, or a field (``model``, ``time`` …); one with other
characters stands in double quotes. A value is a ``'text'`` (a quote in it is doubled), a number,
``true`` or ``false``. As in SQL a missing value is neither equal to anything nor different from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any, Literal

from fullmenu.errors import BadInput
from fullmenu.readers import fields, scalars
from fullmenu.samples import Record, is_missing
from fullmenu.text.json_values import Object

Value = str | int | float | bool
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "is null", "is not null"]
Lookup = Callable[[str], object]

LEFT_OUT = "records that `where` leaves out"
_NOT: dict[Operator, Operator] = {
    "=": "!=", "<": ">=", "<=": ">", "in": "not in", "is null": "is not null",
}  # fmt: skip
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_NOT |= {opposite: operator for operator, opposite in _NOT.items()}
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    | "(?P<quoted>(?:[^"]|"")+)"
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<operator><=|>=|!=|<>|==|=|<|>)
    | (?P<mark>[(),])
    | (?P<word>[^\W\d][\w.]*)
    )""",
    re.VERBOSE,
)
_KEYWORDS = {"and", "or", "not", "in", "is", "null", "true", "false"}
_GRAMMAR = "write for example model = 'x' and time > '2026-01-01' and not step in (1, 2)"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column, compared with values."""

    name: str
    operator: Operator
    values: tuple[Value, ...] = ()

    def holds(self, value: object) -> bool:
        """Tell whether it is true of a value; what cannot be compared is not."""
        if is_missing(value):
            return self.operator == "is null"
        match self.operator:
            case "is null":
                return False
            case "is not null":
                return True
            case "in":
                return any(_order(value, one) == 0 for one in self.values)
            case "not in":
                orders = [_order(value, one) for one in self.values]
                return all(order is not None and order != 0 for order in orders)
            case operator:
                order = _order(value, self.values[0])
                return order is not None and bool(_OPERATORS[operator](order, 0))


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of a record: all of some parts, or any of them.

    Negations stand in the comparisons, so that what is unknown may count as false.

    Examples
    --------
    >>> Condition.read("model = 'x' and not (step < 3 or step is null)").holds({"model": "x"}.get)
    False
    >>> Condition.read("step >= 3").holds({"step": 3.5}.get)
    True
    """

    parts: tuple[Condition | Comparison, ...]
    every: bool = True

    @classmethod
    def read(cls, text: str) -> Condition:
        """Read a condition.

        Raises
        ------
        BadInput
            It is none; the error shows where.
        """
        if not isinstance(text, str):
            raise BadInput(f"where is {text!r:.80}, and not a text; {_GRAMMAR}")
        return _Parser(text).whole()

    def holds(self, lookup: Lookup) -> bool:
        """Tell whether it is true of a record, whose values ``lookup`` finds by name."""
        true = (
            part.holds(lookup) if isinstance(part, Condition) else part.holds(lookup(part.name))
            for part in self.parts
        )
        return all(true) if self.every else any(true)

    def names(self) -> list[str]:
        """Return the names that stand in it."""
        inner = [p.names() if isinstance(p, Condition) else [p.name] for p in self.parts]
        return list(dict.fromkeys(name for names in inner for name in names))

    def comparisons(self) -> list[Comparison]:
        """Return all comparisons in it."""
        inner = [p.comparisons() if isinstance(p, Condition) else [p] for p in self.parts]
        return [one for each in inner for one in each]


class RowFilter:
    """A condition on the rows of one table, whose columns are known.

    Parameters
    ----------
    condition
        What must be true of a row.
    columns
        Those that the table's first rows have.
    found
        The columns of fields.
    comma
        Whether numbers in texts may have a decimal comma.
    constants
        Columns that have one value in all rows, because the names of folders say so.
    """

    def __init__(
        self,
        condition: Condition,
        columns: frozenset[str],
        found: Mapping[str, str],
        comma: bool = False,
        constants: Mapping[str, str] | None = None,
    ) -> None:
        self.condition = condition
        self._constants = constants or {}
        self.met: dict[str, bool] = {}
        self._columns: dict[str, str] = {}
        self._get: dict[str, Callable[[Object], object]] = {}
        field_of = {column: field for field, column in found.items()}
        for name in condition.names():
            is_column = name in columns or name.split(".")[0] in columns
            column = name if is_column else found.get(name, name)
            self.met[name] = is_column or name in found
            self._columns[name] = column
            self._get[name] = _reader(column, field_of.get(column, ""), comma)
        moments = {name for name in self.met if field_of.get(self._columns[name]) == "time"}
        for comparison in condition.comparisons():
            for value in comparison.values if comparison.name in moments else ():
                if scalars.time(value) is None or isinstance(value, bool):
                    raise BadInput(
                        f"{comparison.name} is compared with {value!r:.80}; a time is compared "
                        "with a day or a moment, such as '2026-01-31' or '2026-01-31T08:00' (UTC)"
                    )
        self._times = moments

    @property
    def roots(self) -> set[str]:
        """The columns of the table that it looks at."""
        return {part for c in self._columns.values() for part in (c, c.split(".")[0])}

    def holds(self, row: Object) -> bool:
        """Tell whether a row is read."""

        def lookup(name: str) -> object:
            value = self._get[name](row)
            if value is not None:
                self.met[name] = True
            return value

        return self.condition.holds(lookup)

    def expression(self, schema: Any) -> Any:
        """Return an Arrow expression that is true of all rows that are read, and of few others.

        ``None``: of all rows.
        """
        return self._expression(self.condition, schema)

    def _expression(self, condition: Condition, schema: Any) -> Any:
        """Return the expression of a part of the condition.

        What nothing can be said of holds for every row: it falls out of an ``and``, and makes an
        ``or`` say nothing.
        """
        found = [
            self._expression(part, schema)
            if isinstance(part, Condition)
            else self._compared(part, schema)
            for part in condition.parts
        ]
        said = [one for one in found if one is not None]
        if not said or (not condition.every and len(said) < len(found)):
            return None
        return reduce(and_ if condition.every else or_, said)

    def _compared(self, test: Comparison, schema: Any) -> Any:
        import pyarrow.compute as pc

        column = self._columns[test.name]
        at = schema.get_field_index(column)
        if at < 0:
            constant = self._constants.get(column)
            return None if constant is None else pc.scalar(test.holds(constant))
        return _compared(test, schema.field(at).type, pc.field(column), test.name in self._times)


def in_record(record: Record, met: dict[str, bool]) -> Lookup:
    """Return a lookup of an output's fields, parameters and further columns.

    ``met`` is told the names that there are.
    """

    def lookup(name: str) -> object:
        if name in Record._fields:
            met[name] = True
            value: object = getattr(record, name)
            return record.prompt if name == "prompt_id" and value is None else value
        for held in (record.parameters, record.extra):
            if held and (value := fields.getter(name)({**held})) is not None:
                met[name] = True
                return value
        return None

    return lookup


def _reader(column: str, field: str, comma: bool) -> Callable[[Object], object]:
    get = fields.getter(column)
    if field == "time":
        return lambda row: scalars.time(get(row))
    if field == "score" and comma:
        return lambda row: scalars.number(get(row), comma=True)
    return get


def _order(value: object, literal: Value) -> int | None:
    """Return -1, 0 or 1 as a value is less than a literal, equal or more; ``None`` for neither."""
    if isinstance(value, str):
        if isinstance(literal, str):
            return (value > literal) - (value < literal)
        if isinstance(literal, bool):
            return _order(value.strip().lower(), str(literal).lower())
        number = scalars.number(value)
        return None if number is None else (number > literal) - (number < literal)
    if isinstance(value, bool) or isinstance(literal, bool):
        both = isinstance(value, bool) and isinstance(literal, bool)
        return (value > literal) - (value < literal) if both else None  # type: ignore[operator]
    if isinstance(value, (int, float)):
        other = scalars.number(literal) if isinstance(literal, str) else literal
        return None if other is None else (value > other) - (value < other)
    if isinstance(value, date):
        moment, limit = _moment(value), _moment(literal)
        return None if moment is None or limit is None else (moment > limit) - (moment < limit)
    return None


def _moment(value: object) -> datetime | None:
    """Return a time in UTC; a day is its beginning."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    time = scalars.time(value)
    return time.replace(tzinfo=timezone.utc) if time is not None and time.tzinfo is None else time


def _compared(test: Comparison, kind: Any, place: Any, is_time: bool) -> Any:
    """Return an expression for one comparison, where Arrow and Python compare alike."""
    import pyarrow as pa

    t = pa.types
    if is_time and not t.is_timestamp(kind):
        return None
    if test.operator in ("is null", "is not null"):
        missing = place.is_null(nan_is_null=t.is_floating(kind))
        return missing if test.operator == "is null" else ~missing
    if t.is_timestamp(kind):
        return _compared_times(test, kind, place)
    if t.is_string(kind) or t.is_large_string(kind):
        alike = all(isinstance(v, str) for v in test.values)
    elif t.is_integer(kind):
        alike = all(type(v) is int for v in test.values)
    elif t.is_float64(kind):
        alike = all(type(v) in (int, float) and float(v) == v for v in test.values)
    else:
        alike = t.is_boolean(kind) and all(isinstance(v, bool) for v in test.values)
        alike = alike and test.operator in ("=", "!=", "in", "not in")
    if not alike:
        return None
    try:
        values = [pa.scalar(v, kind) for v in test.values]
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return None
    match test.operator:
        case "in":
            return reduce(or_, [place == value for value in values])
        case "not in":
            return reduce(and_, [place != value for value in values])
        case operator:
            return _OPERATORS[operator](place, values[0])


def _compared_times(test: Comparison, kind: Any, place: Any) -> Any:
    """Return an expression for a comparison of times.

    Python knows microseconds: nanoseconds beyond them are cut off, so that a time of up to t is
    one before t + 1 µs.
    """
    import pyarrow as pa

    if kind.unit not in ("us", "ns") or test.operator not in ("=", "<", "<=", ">", ">="):
        return None
    moment = _moment(test.values[0])
    if moment is None or not 1970 < moment.year < 2200:
        return None
    since = int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()) * 10**6
    microseconds = since + moment.microsecond
    unit = 1 if kind.unit == "us" else 1_000
    begin, end = (
        pa.scalar(m * unit, pa.int64()).cast(kind) for m in (microseconds, microseconds + 1)
    )
    return {
        "=": (place >= begin) & (place < end),
        "<": place < begin,
        "<=": place < end,
        ">": place >= end,
        ">=": place >= begin,
    }[test.operator]


class _Parser:
    """A condition's text, read from left to right; a negation is carried to the comparisons."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._kind = self._word = ""
        self._next()

    def whole(self) -> Condition:
        condition = self._or(False)
        if self._kind:
            raise self._fault("nothing more was expected")
        return condition if isinstance(condition, Condition) else Condition((condition,))

    def _or(self, negated: bool) -> Condition | Comparison:
        parts = [self._and(negated)]
        while self._take("or"):
            parts.append(self._and(negated))
        return parts[0] if len(parts) == 1 else Condition(tuple(parts), every=negated)

    def _and(self, negated: bool) -> Condition | Comparison:
        parts = [self._not(negated)]
        while self._take("and"):
            parts.append(self._not(negated))
        return parts[0] if len(parts) == 1 else Condition(tuple(parts), every=not negated)

    def _not(self, negated: bool) -> Condition | Comparison:
        while self._take("not"):
            negated = not negated
        if not self._take("("):
            return self._comparison(negated)
        inner = self._or(negated)
        self._need(")")
        return inner

    def _comparison(self, negated: bool) -> Comparison:
        if self._kind != "name":
            raise self._fault("a column's name was expected")
        name = self._word
        self._next()
        values: tuple[Value, ...] = ()
        operator: Operator
        if self._take("is"):
            operator = "is not null" if self._take("not") else "is null"
            self._need("null")
        elif self._kind == "operator":
            written = self._word
            operator = {"==": "=", "<>": "!="}.get(written, written)  # type: ignore[assignment]
            self._next()
            values = (self._value(),)
        else:
            operator = "not in" if self._take("not") else "in"
            if not self._take("in"):
                raise self._fault("=, !=, <, <=, >, >=, in, not in or is null was expected")
            self._need("(")
            values = (self._value(),)
            while self._take(","):
                values += (self._value(),)
            self._need(")")
        return Comparison(name, _NOT[operator] if negated else operator, values)

    def _value(self) -> Value:
        kind, word = self._kind, self._word
        if kind == "text":
            value: Value = word[1:-1].replace("''", "'")
        elif kind == "number":
            value = int(word) if word.lstrip("+-").isdigit() else float(word)
        elif kind in ("true", "false"):
            value = kind == "true"
        elif kind == "name":
            raise self._fault(f"a value was expected: a text stands in single quotes, '{word}'")
        else:
            raise self._fault("a value was expected: a 'text', a number, true or false")
        self._next()
        return value

    def _next(self) -> None:
        rest = self._text[self._at :]
        if not rest.strip():
            self._at, self._kind, self._word = len(self._text), "", ""
            return
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            self._at += len(rest) - len(rest.lstrip())
            self._begin = self._at
            self._kind, self._word = "?", rest.lstrip()[:1]
            raise self._fault("this cannot be read")
        kind, word = match.lastgroup or "", match[match.lastgroup or 0]
        self._begin = match.start(match.lastgroup or 0)
        self._at = match.end()
        if kind == "word":
            kind = word.lower() if word.lower() in _KEYWORDS else "name"
        elif kind == "quoted":
            kind, word = "name", word.replace('""', '"')
        elif kind == "mark":
            kind = word
        self._kind, self._word = kind, word

    def _take(self, kind: str) -> bool:
        if self._kind != kind:
            return False
        self._next()
        return True

    def _need(self, kind: str) -> None:
        if not self._take(kind):
            raise self._fault(f"{kind!r} was expected")

    def _fault(self, why: str) -> BadInput:
        where = f"at {self._text[self._begin :]!r:.60}" if self._kind else "at its end"
        return BadInput(f"cannot read where={self._text!r:.200} {where}: {why}; {_GRAMMAR}")
