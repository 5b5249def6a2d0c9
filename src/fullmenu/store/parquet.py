"""Samples as a Parquet file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from fullmenu.errors import BadInput
from fullmenu.samples import SCHEMA, Record, Samples
from fullmenu.store.nouns import Stored
from fullmenu.store.table_rows import moment


def export(
    pages: Iterable[list[Stored]], path: Path, since: datetime | None, until: datetime | None
) -> int:
    """Write pages of samples to a file, those of a time; where that fails, there is none."""
    import pyarrow.parquet as pq

    part = path.with_name(f".{path.name}.part")
    written = 0
    try:
        with pq.ParquetWriter(part, SCHEMA, compression="zstd") as file:
            for page in _between(pages, since, until):
                file.write_table(Samples.from_records(page).table)
                written += len(page)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    return written


def _between(
    pages: Iterable[list[Stored]], since: datetime | None, until: datetime | None
) -> Iterator[list[Record]]:
    """Yield what is of the time; outputs that say no index are counted by prompt, over all."""
    first = None if since is None else moment(since)
    last = None if until is None else moment(until)
    counts: Counter[str] = Counter()
    for page in pages:
        kept = []
        for stored in page:
            r = stored.record
            when = moment(r.time or stored.arrived)
            if (first is None or when >= first) and (last is None or when <= last):
                prompt = r.prompt_id if r.prompt_id is not None else r.prompt or ""
                index = counts[prompt] if r.sample_index is None else r.sample_index
                counts[prompt] += 1
                kept.append(r._replace(sample_index=index))
        if kept:
            yield kept
