"""What one reading amounts to: refused if it found nothing, else described in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fullmenu.errors import BadInput
from fullmenu.readers.fields import plural
from fullmenu.readers.ledger import Ledger, Progress
from fullmenu.readers.registry import Packing, Shape
from fullmenu.readers.sources import File
from fullmenu.samples import Samples


@dataclass
class Run:
    """One call of ``read``, and how it goes."""

    log: Ledger
    packing: Packing | None
    shape: Shape | None
    progress: Progress | None
    read: dict[str, list[str]] = field(default_factory=dict)  # how it was read: the files' names
    outputs: dict[str, int] = field(default_factory=dict)
    filled: int = 0  # outputs that are not empty


def check(samples: Samples, files: list[File], run: Run) -> None:
    """Refuse a reading that found nothing."""
    names = plural([f.name for f in files], 3)
    if not len(samples):
        said = run.log.notes()
        because = f": {'; '.join(said)}" if said else ""
        as_what = f" as {plural(run.read, 2)}" if run.read else ""
        way = (
            "Nothing else was found in it"
            if run.log.skipped
            else "Name another format with --format, or the outputs with --map output=COLUMN"
        )
        raise BadInput(f"no output found in {names}, read{as_what}{because}. {way}")
    if not run.filled:
        raise BadInput(
            f"all {len(samples):,} outputs in {names} are empty, read as {plural(run.read, 2)}. "
            "Name the column of outputs with --map output=COLUMN"
        )


def notes(samples: Samples, run: Run, remarks: list[str]) -> Iterator[str]:
    """Yield what was read as what, what was not, and why."""
    total = f"{_n(len(samples), 'output')} of {_n(samples.n_prompts, 'prompt')}"
    kinds = {how: names for how, names in run.read.items() if run.outputs.get(how)}
    if len(kinds) == 1:
        ((how, names),) = kinds.items()
        yield f"read {total} from {_names(names)} as {how}"
    else:
        yield f"read {total} from {sum(map(len, kinds.values()))} files"
        for how, names in kinds.items():
            yield f"{_n(run.outputs[how], 'output')} from {_names(names)} as {how}"
    yield from run.log.notes()
    yield from remarks


def _names(names: list[str]) -> str:
    shown = ", ".join("stdin" if n == "-" else n for n in names[:3])
    return shown if len(names) <= 3 else f"{len(names)} files ({shown} …)"


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
