"""Per-item results from files: lm-evaluation-harness samples, Inspect logs, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fullmenu.diagnose.checkpoints.results import ItemScore, Results
from fullmenu.errors import BadInput
from fullmenu.readers.formats import inspect_log, lm_eval
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import guess_packing
from fullmenu.readers.scalars import number
from fullmenu.readers.sources import Source, resolve
from fullmenu.readers.streams import Opened, decompression_errors, opened, suffix

_SAMPLES = re.compile(r"^samples_(.+?)(_\d{4}-\d\d-\d\dT[\d\-.:]+)?\.jsonl(\.\w+)?$")
_HARNESS = re.compile(r"^results_.*\.json$")
_LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
_KEPT = 200
"""Characters kept of a name."""


def read_results(source: Source) -> Results:
    """Read the score of every item from evaluation logs.

    Items of the harness are told by their ``doc_hash``, so two runs pair by what was asked, even
    where one was limited to fewer.

    Parameters
    ----------
    source
        A file, several, a glob or a folder, plain or compressed:

        - ``samples_TASK_*.jsonl`` of lm-evaluation-harness (``--log_samples``). The suite is the
          task, the score its first metric that is a number, under the first of several filters.
        - Inspect logs, ``.eval`` or JSON. The suite is the task, the score the first scorer's;
          C, P, I and N count 1, ½, 0 and 0; epochs of a sample are averaged.
        - CSV, TSV, Parquet or JSON lines with columns ``item`` and ``score``, and, if there,
          ``suite`` (else the file's name), ``seed``, ``checkpoint``, ``group``.

    Raises
    ------
    BadInput
        Nothing that can be read, a table without these columns, or scores outside [0, 1].

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "sums.csv")
    >>> _ = path.write_text("item,score\\none and one,1\\ntwo and two,0\\n")
    >>> read_results(path).rows[0]
    ItemScore(suite='sums', item='one and one', score=1.0, seed='', checkpoint='', group='')
    """
    files, remarks = resolve(source)
    log, rows = Ledger(), []
    for file in files:
        if _HARNESS.match(file.name):  # the harness's totals, which lie beside its samples
            continue
        with opened(file) as source_file:
            rows += list(_rows(source_file, log))
    log.judge()
    if not rows:
        raise BadInput(
            f"{', '.join(f.name for f in files[:3])}: no item with a score; "
            + ("; ".join([*log.notes(), *remarks]) or "the files are empty")
        )
    table = len(files) == 1 and not _SAMPLES.match(files[0].name)
    by_file = table and {row.suite for row in rows} == {_suite(files[0].name)}
    return Results(tuple(rows), (*log.notes(), *remarks), by_file)


def _rows(file: Opened, log: Ledger) -> Iterator[ItemScore]:
    log.begin(file.name)
    take: Callable[[Any, str, Ledger], Iterator[ItemScore]] | None = None
    suite = _suite(file.name)
    try:
        for line, value in guess_packing(file).items(file, log):
            log.line, log.seen = line, log.seen + 1
            take = take or _kind(value)
            try:
                yield from take(value, suite, log)
            except Reject as error:
                log.reject(line, str(error), value)
            except (AttributeError, TypeError, KeyError) as error:
                log.reject(line, f"not as the lines before it ({type(error).__name__})", value)
    except decompression_errors() as error:
        raise BadInput(f"{file.name} is cut off or damaged ({error})") from None


def _suite(name: str) -> str:
    """Return the task in the name of the harness's file, or the file's name without its ending.

    >>> _suite("samples_gsm8k_2026-11-20T18-57-01.123456.jsonl"), _suite("old.csv.gz")
    ('gsm8k', 'old')
    """
    found = _SAMPLES.match(name)
    if found:
        return found[1]
    return name[: name.lower().rfind(suffix(name))] if suffix(name) else Path(name).name


def _kind(value: Any) -> Callable[[Any, str, Ledger], Iterator[ItemScore]]:
    if inspect_log.recognise(value):
        return _of_inspect
    return _of_harness if lm_eval.recognise(value) else _of_table


def _of_harness(value: dict[str, Any], suite: str, log: Ledger) -> Iterator[ItemScore]:
    if value.get("filter") != log.state.setdefault("filter", value.get("filter")):
        log.skip("documents that come again under another filter")
        return
    for metric in value.get("metrics") or []:
        score = value.get(metric)
        if isinstance(score, (int, float)):
            log.say(f"scores of lm-evaluation-harness: {metric!s:.40}")
            item = str(value.get("doc_hash") or value["doc_id"])
            yield ItemScore(suite, _once(item, log), float(score))
            return
    log.skip("documents whose metrics are not numbers of their own (perplexities, BLEU)")


def _once(item: str, log: Ledger) -> str:
    """Tell documents of the same text apart, in their order."""
    again = log.state.setdefault("items", {})
    again[item] = again.get(item, 0) + 1
    return item if again[item] == 1 else f"{item}#{again[item]}"


def _of_inspect(value: dict[str, Any], suite: str, log: Ledger) -> Iterator[ItemScore]:
    about = value["eval"]
    task = str(about.get("task") or suite)[:_KEPT]
    for sample in value["samples"]:
        scores = sample.get("scores") or {}
        if not scores:
            log.skip("samples without a score")
            continue
        scorer, found = next(iter(scores.items()))
        score = _read(found.get("value") if isinstance(found, dict) else found)
        if score is None:
            raise Reject(f"the score {scorer[:80]!r} is neither a number nor one of C, P, I, N")
        yield ItemScore(task, str(sample["id"])[:_KEPT], score)


def _read(value: Any) -> float | None:
    return _LETTERS.get(value, number(value)) if isinstance(value, str) else number(value)


def _of_table(value: dict[str, Any], suite: str, log: Ledger) -> Iterator[ItemScore]:
    if not isinstance(value, dict) or not {"item", "score"} <= set(value):
        columns = ", ".join(map(str, value))[:200] if isinstance(value, dict) else repr(value)[:80]
        raise BadInput(
            f"{log.name} has no columns item and score, but {columns}; name them so, or give "
            "samples of lm-evaluation-harness or logs of Inspect"
        )
    score = number(value["score"])
    if score is None:
        raise Reject(f"the score {value['score']!r:.80} is no number")
    more = {name: _text(value.get(name)) for name in ("seed", "checkpoint", "group")}
    yield ItemScore(_text(value.get("suite")) or suite, _text(value["item"]), score, **more)


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:_KEPT]
