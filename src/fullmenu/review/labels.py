"""What people answered: one record an answer, written to files and read from them."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from fullmenu.errors import BadInput
from fullmenu.files import replace_file

Kind = Literal["same", "better", "look"]
"""Same or different? Which is better? A free look at a prompt's outputs."""

LEVELS = {"same": 1.0, "mostly same": 2 / 3, "mostly different": 1 / 3, "different": 0.0}
"""Answers to "same or different?", and what each counts."""

SIDES = {"first": 1.0, "tie": 0.5, "second": 0.0}
"""Answers to "which is better?", and how far the first won; whichever stood left."""

BESIDE = ("unsure", "wrong", "seen")
"""Answers that tell of no pair: can't tell; the label is wrong; a look that was taken."""

MOVES = ("skip", "undo")
"""Entries of the log that are no answers."""


@dataclass(frozen=True, slots=True)
class Label:
    """One entry of the log of a review.

    Parameters
    ----------
    question
        Which question, by its id.
    kind
        ``same``, ``better`` or ``look``.
    rater
        Who.
    answer
        One of :data:`LEVELS` or :data:`SIDES`, ``unsure``, ``wrong``, ``seen``, ``skip`` or
        ``undo``.
    time
        When, ISO 8601 in UTC.
    first, second
        Which outputs, as the log numbers them.
    order
        ``ab`` where the first stood first, ``ba`` where the second did.
    prompt_id
        Of which prompt.
    place, chance
        Where and how likely the question was drawn; ``None``: it was chosen for another reason, and
        counts in no estimate.
    settles
        Whether it settles a disagreement of others.
    note
        What the rater wrote.
    groups
        Of a look: the group of each output shown, ``"1 1 2 0 -"``; ``0``: like no other, ``-``: not
        said.
    """

    question: str
    kind: Kind
    rater: str
    answer: str
    time: str
    first: str = ""
    second: str = ""
    order: Literal["ab", "ba"] = "ab"
    prompt_id: str = ""
    place: float | None = None
    chance: float | None = None
    settles: bool = False
    note: str = ""
    groups: str = ""

    def __post_init__(self) -> None:
        allowed = {
            "same": (*LEVELS, *BESIDE, *MOVES), "better": (*SIDES, *BESIDE, *MOVES),
            "look": (*BESIDE, *MOVES),
        }  # fmt: skip
        if self.kind not in get_args(Kind):
            raise BadInput(f"kind={self.kind!r}: use one of {', '.join(get_args(Kind))}")
        if self.answer not in allowed[self.kind]:
            raise BadInput(
                f"{self.answer!r} answers no question of kind {self.kind!r}; use one of "
                f"{', '.join(allowed[self.kind])}"
            )
        if self.order not in ("ab", "ba"):
            raise BadInput(f"order={self.order!r}: use ab or ba")
        if self.chance is not None and not 0 < self.chance <= 1:
            raise BadInput(f"chance={self.chance}: it lies above 0, up to 1")
        if set(self.groups.split()) - set("0123456789-"):
            raise BadInput(f"groups={self.groups!r}: give 0 to 9, or -, for each output")

    @property
    def value(self) -> float | None:
        """What it counts in [0, 1]; ``None`` where it tells of no pair."""
        return {**LEVELS, **SIDES}.get(self.answer)


_NAMES = tuple(field.name for field in fields(Label))


def standing(entries: Iterable[Label]) -> list[Label]:
    """Return the answers that stand: without what was undone or skipped; the last of two counts.

    >>> one = Label("q1", "same", "ann", "same", "2026-01-01T00:00:00Z")
    >>> two = Label("q1", "same", "ann", "undo", "2026-01-01T00:00:09Z")
    >>> standing([one]), standing([one, two])
    ([Label(question='q1', ...)], [])
    """
    kept: dict[tuple[str, str, bool], Label] = {}
    for entry in entries:
        at = (entry.question, entry.rater, entry.settles)
        kept.pop(at, None)
        if entry.answer == "undo" and not entry.settles:  # what they disagreed about is open again
            for other in [key for key in kept if key[0] == entry.question and key[2]]:
                del kept[other]
        if entry.answer not in MOVES:
            kept[at] = entry
    return list(kept.values())


def write_labels(path: str | Path, labels: Sequence[Label]) -> Path:
    """Write answers to a file: ``.jsonl``, or ``.csv`` with a column for each field."""
    path = Path(path)
    if path.suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, _NAMES, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _cell(v) for k, v in asdict(label).items()} for label in labels)
        data = text.getvalue()
    elif path.suffix == ".jsonl":
        data = "".join(map(line_of, labels))
    else:
        raise BadInput(f"answers are written as .jsonl or .csv, not {path.name!r}")
    replace_file(path, data.encode("utf-8"))
    return path


def read_labels(path: str | Path) -> list[Label]:
    """Read answers from a file: JSONL or CSV as written here, or an export of Label Studio (JSON).

    Raises
    ------
    BadInput
        It is none of these; the error names the line.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"cannot read answers from {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"cannot read answers from {path}: {error}") from None
    if path.suffix == ".csv":
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [_label(row, f"{path}, line {rows.line_num}") for row in rows]
    if text.lstrip().startswith("["):
        try:
            tasks = json.loads(text)
        except ValueError as error:
            raise BadInput(f"{path} is no JSON: {error}") from None
        return [label for task in tasks for label in _of_task(task, str(path))]
    return read_lines(text.split("\n"), str(path))


def read_lines(lines: Iterable[str], where: str) -> list[Label]:
    """Return the entries of the lines of a log; empty lines are passed over."""
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                raise BadInput(f"{where}, line {number} is no JSON") from None
            found.append(_label(row, f"{where}, line {number}"))
    return found


class AnswerLog:
    """A file that answers are appended to, one line each; when :meth:`append` returns, it is saved.

    A line that a crash cut off was never shown as saved, and is dropped when the file is opened.

    Parameters
    ----------
    path
        A ``.jsonl`` file; one that is there is gone on with.

    Examples
    --------
    >>> import tempfile
    >>> log = AnswerLog(Path(tempfile.mkdtemp()) / "answers.jsonl")
    >>> log.append(Label("q1", "same", "ann", "same", "2026-01-01T00:00:00Z"))
    >>> len(read_labels(log.path))
    1
    >>> log.close()
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self._file = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise BadInput(f"cannot write answers to {path}: {error.strerror}") from error
        self._file.seek(0)
        data = self._file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            self._file.truncate(whole)

    def read(self) -> list[Label]:
        """Return all entries, in order."""
        return read_labels(self.path) if self.path.stat().st_size else []

    def append(self, label: Label) -> None:
        """Write one entry, and wait until the disk has it."""
        self._file.write(line_of(label).encode("utf-8"))
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def line_of(label: Label) -> str:
    """Return an entry as a line of a log."""
    return json.dumps(asdict(label), ensure_ascii=False) + "\n"


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "'"):
        return f"'{value}"
    return value


def _label(row: Mapping[str, Any], where: str) -> Label:
    if not isinstance(row, Mapping):
        raise BadInput(f"{where}: {row!r} is no answer")
    lacks = [name for name in ("question", "kind", "rater", "answer", "time") if not row.get(name)]
    if lacks:
        raise BadInput(f"{where} lacks {', '.join(lacks)}; an answer has {', '.join(_NAMES)}")
    given: dict[str, Any] = {k: v for k, v in row.items() if k in _NAMES and v not in (None, "")}
    for name, value in given.items():
        if name in ("place", "chance"):
            try:
                given[name] = float(value)
            except (TypeError, ValueError):
                raise BadInput(f"{where}: {name}={value!r} is no number") from None
        elif name == "settles":
            given[name] = str(value).lower() in ("true", "1")
        else:
            text = str(value)
            given[name] = text[1:] if text[:1] == "'" and text[1:2] in "=+-@\t\r'" else text
    try:
        return Label(**given)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


_WORDS = {
    "left": "first", "right": "second", "identical": "same", "similar": "same", "yes": "same",
    "equal": "tie", "same": "same", "not the same": "different", "dissimilar": "different",
    "no": "different", "can't tell": "unsure", "not sure": "unsure",
}  # fmt: skip
"""What Label Studio's tags and people's choices are called here."""


def _of_task(task: Any, where: str) -> Iterator[Label]:
    """Yield the answers of one task of Label Studio: its JSON, or JSON-MIN."""
    if not isinstance(task, Mapping):
        raise BadInput(f"{where}: {str(task)[:80]!r} is no task of Label Studio")
    data = task.get("data") if isinstance(task.get("data"), Mapping) else task
    assert isinstance(data, Mapping)
    here = f"{where}, task {task.get('id')}"
    annotations = task.get("annotations")
    if not isinstance(annotations, list):  # JSON-MIN: one row an annotation, answers by name
        named = [(k, v) for k, v in task.items() if _word(v) and k not in _NAMES]
        annotations = [
            {"completed_by": task.get("annotator"), "created_at": task.get("created_at"),
             "result": [{"type": "choices", "value": {"choices": [v]}} for _, v in named[:1]]}
        ]  # fmt: skip
    for one in annotations:
        if one.get("was_cancelled"):
            continue
        for result in one.get("result") or ():
            value = result.get("value") or {}
            chosen = value.get("selected") or next(iter(value.get("choices") or ()), None)
            answer = _word(chosen)
            if answer is None:
                continue
            kind = "better" if answer in SIDES else "same"
            by = one.get("completed_by")
            who = by.get("email") or by.get("id") if isinstance(by, Mapping) else by
            ours = {
                k: v for k, v in data.items() if k in _NAMES and isinstance(v, (str, float, int))
            }
            row = {
                **ours,
                "question": str(data.get("question") or task.get("id") or ""), "kind": kind,
                "rater": str(who if who is not None else ""), "answer": answer,
                "time": one.get("created_at") or "", "note": "",
            }  # fmt: skip
            yield _label(row, here)


def _word(chosen: Any) -> str | None:
    """Return the answer that a choice is, if it is one."""
    if not isinstance(chosen, str):
        return None
    word = chosen.strip().lower()
    word = _WORDS.get(word, word)
    return word if word in {*LEVELS, *SIDES, *BESIDE} else None
