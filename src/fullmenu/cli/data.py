"""``fullmenu data``: rebalance, deduplicate, select. Records in, records out."""

from __future__ import annotations

import json as jsons
import sys
from collections import Counter
from collections.abc import Sequence, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from fullmenu.cli import options, work
from fullmenu.cli.data_summary import DataSummary
from fullmenu.errors import BadInput
from fullmenu.files import replace_file

if TYPE_CHECKING:
    from fullmenu.samples import Samples
    from fullmenu.text.json_values import Object

MOST = 3
"""Kept outputs shown of those that were repeated most."""

EXAMPLES = """[bold]Examples[/bold]

  fullmenu data rebalance train.jsonl --out weighted.jsonl

  fullmenu data deduplicate train.jsonl --target 0.05 --out fewer.jsonl

  fullmenu data select samples.jsonl --k 8 --by-prompt > chosen.jsonl
"""

REBALANCE = """[bold]Examples[/bold]

  fullmenu data rebalance train.jsonl --out weighted.jsonl

  fullmenu data rebalance train.jsonl --power 0.5 --max-weight 4 > weighted.jsonl

  fullmenu data rebalance train.csv --label category --out weighted.jsonl
"""

DEDUPLICATE = """[bold]Examples[/bold]

  fullmenu data deduplicate train.jsonl --out fewer.jsonl

  fullmenu data deduplicate train.jsonl --view phrasing --threshold 0.6 > fewer.jsonl

  fullmenu data deduplicate train.jsonl --outputs-only --yes --dropped gone.jsonl > kept.jsonl

  fullmenu data deduplicate samples.jsonl --by-prompt --target 0.1 > kept.jsonl
"""

SELECT = """[bold]Examples[/bold]

  fullmenu data select train.jsonl --share 0.2 --out chosen.jsonl

  fullmenu data select samples.jsonl --k 8 --by-prompt --quality > chosen.jsonl

  fullmenu data select train.jsonl --k 1000 --method facility_location --json --out chosen.jsonl
"""

app = typer.Typer(
    name="data",
    add_completion=False,
    help="Make training data more varied: weight, thin out or choose records.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

Logs = Annotated[
    list[str],
    Argument(help="A log: one file or several, a glob, a folder, or - for stdin.", metavar="LOG …"),
]
Out = Annotated[
    Path | None,
    Option(
        "--out",
        "-o",
        help="Write the records to this file; the summary then goes to stdout. By default records "
        "go to stdout, the summary to stderr.",
    ),
]


def rebalance(
    logs: Logs,
    out: Out = None,
    power: Annotated[float, Option(help="0: as it is; 1: every dish has the same weight.")] = 1.0,
    max_weight: Annotated[float, Option(help="No record weighs more; the mean is 1.")] = 10.0,
    label: Annotated[
        str | None,
        Option(help="A field that names the dish, instead of finding it.", metavar="FIELD"),
    ] = None,
    field: Annotated[str, Option(help="The field that the weight is written to.")] = "weight",
    *,
    how: options.Curing,
) -> None:
    """Give every record a weight, so that rare dishes count as much as common ones."""
    from fullmenu import cure

    with work.steps(3, how.quiet) as tell:
        samples, records = _read(logs, out, tell, how)
        if any(field in record for record in records):
            raise BadInput(
                f"the records have a field {field!r} already, which is not overwritten; name "
                "another with --field"
            )
        labels = None if label is None else _labels(records, label)
        tell("dishes")
        made = cure.rebalance(
            samples, labels=labels, power=power, max_weight=max_weight, **_alike(how, tell, samples)
        )
    weights = made.weights.tolist()
    weighed = [{**record, field: round(w, 6)} for record, w in zip(records, weights, strict=True)]
    _write(weighed, out)
    least, most = min(weights), max(weights)
    cost = 1 - made.after.effective_sample_size / made.before.outputs
    summary = DataSummary(
        "rebalance",
        f"Weighed {made.before.outputs:,} outputs",
        made.before,
        made.after,
        more={"weights": {"least": least, "most": most}},
        remarks=(
            f"\nweights {least:.2g} to {most:.2g}, of mean 1; they cost {cost:.0%} of the sample "
            "size",
        ),
    )
    _tell(summary, samples, how, out)


def deduplicate(
    logs: Logs,
    out: Out = None,
    threshold: Annotated[
        float | None,
        Option(
            help="Leave out what is this alike (k²) to a kept record before it; 0.8 by default."
        ),
    ] = None,
    target: Annotated[
        float | None,
        Option(help="Leave out what repeats most, until the repeat rate is at most this."),
    ] = None,
    dropped: Annotated[Path | None, Option(help="Write the records left out to this file.")] = None,
    outputs_only: Annotated[
        bool,
        Option(
            "--outputs-only",
            help="Compare outputs whatever was asked. By default only records whose prompts are "
            "alike too repeat each other.",
        ),
    ] = False,
    yes: Annotated[
        bool, Option("--yes", help="Write even where most records are left out.")
    ] = False,
    *,
    how: options.Curing,
) -> None:
    """Leave out what repeats: near-duplicates, or as much as a target repeat rate asks for."""
    from fullmenu import cure

    work.check_file(dropped, [*logs, how.files.requests])
    if dropped is not None and out is not None and dropped.resolve() == out.resolve():
        raise BadInput(f"--out and --dropped are both {out}: give two files")
    with work.steps(3, how.quiet) as tell:
        samples, records = _read(logs, out, tell, how)
        tell("comparing")
        made = cure.deduplicate(
            samples,
            threshold=threshold,
            target=target,
            outputs_only=outputs_only,
            **_alike(how, tell, samples),
        )
    _agreed(made.kept, samples, yes)
    _write([records[i] for i in made.kept.tolist()], out)
    if dropped is not None:
        _write([records[i] for i in made.dropped.tolist()], dropped)
    gone = zip(made.dropped.tolist(), made.repeats.tolist(), made.likeness.tolist(), strict=True)
    n, kept = made.before.outputs, made.after.outputs
    summary = DataSummary(
        "deduplicate",
        f"Kept {kept:,} of {n:,} outputs, left out {n - kept:,}",
        made.before,
        made.after,
        more={"dropped": [{"row": i, "repeats": j, "likeness": round(k, 4)} for i, j, k in gone]},
        remarks=_repeated(samples, made.repeats.tolist()),
    )
    _tell(summary, samples, how, out)


def _agreed(kept: Sized, samples: Samples, yes: bool) -> None:
    """Refuse to leave out most of a log that nobody said yes to."""
    n, left = len(samples), len(kept)
    if yes or left >= n / 2:
        return
    over = f" over {samples.n_prompts:,} prompts" if samples.n_prompts > 1 else ""
    raise BadInput(
        f"{n - left:,} of {n:,} records{over} would be left out, {left:,} kept, so nothing was "
        "written; say --yes if that is meant, or give --by-prompt, a higher --threshold or a "
        "higher --target to keep more"
    )


def select(
    logs: Logs,
    out: Out = None,
    k: Annotated[int | None, Option("--k", "-k", help="How many to choose.")] = None,
    share: Annotated[float | None, Option(help="Or which share of them, such as 0.2.")] = None,
    method: Annotated[str, Option(help="mmr, dpp, facility_location or cluster_best.")] = "mmr",
    quality: Annotated[
        bool, Option("--quality", help="Choose good ones too: by the log's scores.")
    ] = False,
    trade_off: Annotated[float, Option(help="With --quality: its share in the choice.")] = 0.5,
    *,
    how: options.Curing,
) -> None:
    """Choose the records that are most varied, or most varied and good."""
    from fullmenu import cure

    if (k is None) == (share is None):
        raise typer.BadParameter("give one of the two", param_hint="--k / --share")
    with work.steps(3, how.quiet) as tell:
        samples, records = _read(logs, out, tell, how)
        tell("choosing")
        made = cure.select(
            samples,
            k,
            share=share,
            method=method,
            quality="score" if quality else None,
            trade_off=trade_off,
            **_alike(how, tell, samples),
        )
    _write([records[i] for i in sorted(made.rows.tolist())], out)
    summary = DataSummary(
        "select",
        f"Chose {made.after.outputs:,} of {made.before.outputs:,} outputs by {method}",
        made.before,
        made.after,
        quality=(made.quality_before, made.quality_after),
        more={"method": method, "chosen": made.rows.tolist()},
    )
    _tell(summary, samples, how, out)


for _command, _examples in ((rebalance, REBALANCE), (deduplicate, DEDUPLICATE), (select, SELECT)):
    app.command(_command.__name__, epilog=_examples)(options.command(_command))


def _read(
    logs: list[str], out: Path | None, tell: work.Steps, how: options.Curing
) -> tuple[Samples, Sequence[Object]]:
    from fullmenu.cli.data_records import lines, read

    for path in (out, how.files.rejects):
        work.check_file(path, [*logs, how.files.requests])
    tell("reading")
    samples, origins = read(logs, how.files)
    work.say(samples.notes, how.quiet)
    return samples, lines(samples, origins)


def _labels(records: Sequence[Object], label: str) -> list[str]:
    missing = sum(record.get(label) is None for record in records)
    if missing:
        raise BadInput(
            f"{missing:,} of {len(records):,} records have no field {label!r}; fields of the "
            f"first: {', '.join(list(records[0])[:10])}"
        )
    return [str(record[label]) for record in records]


def _write(records: Sequence[Object], path: Path | None) -> None:
    from fullmenu.cli.data_records import dump

    if path is not None:
        replace_file(path, b"".join(map(dump, records)))
        return
    sys.stdout.flush()
    sys.stdout.buffer.writelines(map(dump, records))
    sys.stdout.buffer.flush()


class _Alike(work.Through):
    by_prompt: bool
    view: str | None


def _alike(how: options.Curing, tell: work.Steps, samples: Samples) -> _Alike:
    through = work.encoder(how.semantic, tell, samples.media)
    return {"by_prompt": how.by_prompt, "view": how.view, **through}


def _repeated(samples: Samples, rows: list[int]) -> list[str]:
    from fullmenu.cleaner import one_line

    texts = samples.outputs
    most = Counter(texts[row] for row in rows).most_common(MOST)
    heading = ["\nleft out most often, as repeats of"] if most else []
    return heading + [f"  {times:,} × {one_line(text, 64)}" for text, times in most]


def _tell(summary: DataSummary, samples: Samples, how: options.Curing, out: Path | None) -> None:
    from fullmenu.views.registry import chosen, eyes

    view = eyes(chosen([how.view] if how.view else None, samples.media)).name
    if how.json:
        document = summary.to_dict(view, how.by_prompt)
        typer.echo(jsons.dumps(document, allow_nan=False), err=out is None)
    else:
        summary.show(view, how.by_prompt, to_stderr=out is None)
        if out is not None:
            typer.echo(f"\nrecords: {out}")
