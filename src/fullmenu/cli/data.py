"""``fullmenu data``: rebalance, deduplicate, select. Records in, records out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fullmenu.cli import options, work
from fullmenu.errors import BadInput
from fullmenu.files import replace_file

if TYPE_CHECKING:
    from fullmenu.readers.reader import Origin
    from fullmenu.samples import Samples

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

  fullmenu data deduplicate samples.jsonl --by-prompt --target 0.1 --dropped gone.jsonl > kept.jsonl
"""

SELECT = """[bold]Examples[/bold]

  fullmenu data select train.jsonl --share 0.2 --out chosen.jsonl

  fullmenu data select samples.jsonl --k 8 --by-prompt --quality > chosen.jsonl

  fullmenu data select train.jsonl --k 1000 --method facility_location --json --out chosen.jsonl
"""

app = typer.Typer(
    name="data",
    help="Vary the data that a model learns from: weigh, thin out or choose records.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

Logs = Annotated[
    list[str],
    typer.Argument(
        help="A log: one file or several, a glob, a folder, or - for stdin.", metavar="LOG …"
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Write the records to this file; the summary then goes to stdout. By default records "
        "go to stdout, the summary to stderr.",
    ),
]
ByPrompt = Annotated[
    bool,
    typer.Option("--by-prompt", help="Treat the outputs of each prompt apart, not all as one."),
]
View = Annotated[
    str | None,
    typer.Option(
        "--view",
        "-v",
        help="What makes outputs alike: answer, phrasing or outline (texts), image, vector. "
        "By default answer, or the one that fits.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Give the summary as JSON.")]


@app.command(epilog=REBALANCE)
def rebalance(
    logs: Logs,
    out: Out = None,
    power: Annotated[
        float, typer.Option("--power", help="0: as it is; 1: every dish has the same weight.")
    ] = 1.0,
    max_weight: Annotated[
        float, typer.Option("--max-weight", help="No record weighs more; the mean is 1.")
    ] = 10.0,
    label: Annotated[
        str | None,
        typer.Option(
            "--label", help="A field that names the dish, instead of finding it.", metavar="FIELD"
        ),
    ] = None,
    field: Annotated[
        str, typer.Option("--field", help="The field that the weight is written to.")
    ] = "weight",
    by_prompt: ByPrompt = False,
    view: View = None,
    semantic: options.Semantic = None,
    format: options.Format = None,
    map: options.Map = None,
    requests: options.Requests = None,
    rejects: options.Rejects = None,
    tolerate: options.Tolerate = False,
    json: Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Give every record a weight, so that rare dishes count as much as common ones."""
    from fullmenu import cure
    from fullmenu.cli.data_records import lines

    with work.steps(3, quiet) as tell:
        samples, origins = _read(
            logs, out, tell, quiet, format=format, map=map, requests=requests, rejects=rejects,
            tolerate=tolerate,
        )  # fmt: skip
        records = lines(samples, origins)
        if any(field in record for record in records):
            raise BadInput(
                f"the records have a field {field!r} already, which is not overwritten; name "
                "another with --field"
            )
        labels = None if label is None else _labels(records, label)
        tell("dishes")
        made = cure.rebalance(
            samples, labels=labels, power=power, max_weight=max_weight, by_prompt=by_prompt,
            view=view, **work.encoder(semantic, tell, samples.media),
        )  # fmt: skip
    weights = made.weights.tolist()
    weighed = [{**record, field: round(w, 6)} for record, w in zip(records, weights, strict=True)]
    _write(weighed, out)
    _tell(
        {"command": "rebalance", **_asked(by_prompt, view, samples),
         "before": made.before.to_dict(), "after": made.after.to_dict(),
         "weights": {"least": min(weights), "most": max(weights)}},
        json, quiet, out,
    )  # fmt: skip


@app.command(epilog=DEDUPLICATE)
def deduplicate(
    logs: Logs,
    out: Out = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            help="Leave out what is this alike (k²) to a kept record before it; 0.8 by default.",
        ),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            "--target", help="Leave out what repeats most, until the repeat rate is at most this."
        ),
    ] = None,
    dropped: Annotated[
        Path | None, typer.Option("--dropped", help="Write the records left out to this file.")
    ] = None,
    by_prompt: ByPrompt = False,
    view: View = None,
    semantic: options.Semantic = None,
    format: options.Format = None,
    map: options.Map = None,
    requests: options.Requests = None,
    rejects: options.Rejects = None,
    tolerate: options.Tolerate = False,
    json: Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Leave out what repeats: near-duplicates, or as much as a target repeat rate asks for."""
    from fullmenu import cure
    from fullmenu.cli.data_records import lines

    work.check_file(dropped, [*logs, requests])
    if dropped is not None and out is not None and dropped.resolve() == out.resolve():
        raise BadInput(f"--out and --dropped are both {out}: give two files")
    with work.steps(3, quiet) as tell:
        samples, origins = _read(
            logs, out, tell, quiet, format=format, map=map, requests=requests, rejects=rejects,
            tolerate=tolerate,
        )  # fmt: skip
        tell("comparing")
        made = cure.deduplicate(
            samples, threshold=threshold, target=target, by_prompt=by_prompt, view=view,
            **work.encoder(semantic, tell, samples.media),
        )  # fmt: skip
    records = lines(samples, origins)
    _write([records[i] for i in made.kept.tolist()], out)
    if dropped is not None:
        _write([records[i] for i in made.dropped.tolist()], dropped)
    gone = zip(made.dropped.tolist(), made.repeats.tolist(), made.likeness.tolist(), strict=True)
    _tell(
        {"command": "deduplicate", **_asked(by_prompt, view, samples),
         "before": made.before.to_dict(), "after": made.after.to_dict(),
         "dropped": [{"row": i, "repeats": j, "likeness": round(k2, 4)} for i, j, k2 in gone]},
        json, quiet, out, samples,
    )  # fmt: skip


@app.command(epilog=SELECT)
def select(
    logs: Logs,
    out: Out = None,
    k: Annotated[int | None, typer.Option("--k", "-k", help="How many to choose.")] = None,
    share: Annotated[
        float | None, typer.Option("--share", help="Or which share of them, such as 0.2.")
    ] = None,
    method: Annotated[str, typer.Option("--method", help="mmr, dpp or facility_location.")] = "mmr",
    quality: Annotated[
        bool, typer.Option("--quality", help="Choose good ones too: by the log's scores.")
    ] = False,
    trade_off: Annotated[
        float, typer.Option("--trade-off", help="With --quality: its share in the choice.")
    ] = 0.5,
    by_prompt: ByPrompt = False,
    view: View = None,
    semantic: options.Semantic = None,
    format: options.Format = None,
    map: options.Map = None,
    requests: options.Requests = None,
    rejects: options.Rejects = None,
    tolerate: options.Tolerate = False,
    json: Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Choose the records that are most varied, or most varied and good."""
    from fullmenu import cure
    from fullmenu.cli.data_records import lines

    if (k is None) == (share is None):
        raise typer.BadParameter("give one of the two", param_hint="--k / --share")
    with work.steps(3, quiet) as tell:
        samples, origins = _read(
            logs, out, tell, quiet, format=format, map=map, requests=requests, rejects=rejects,
            tolerate=tolerate,
        )  # fmt: skip
        tell("choosing")
        made = cure.select(
            samples, k, share=share, method=method, quality="score" if quality else None,
            trade_off=trade_off, by_prompt=by_prompt, view=view,
            **work.encoder(semantic, tell, samples.media),
        )  # fmt: skip
    records = lines(samples, origins)
    _write([records[i] for i in sorted(made.rows.tolist())], out)
    _tell(
        {"command": "select", "method": method, **_asked(by_prompt, view, samples),
         "before": {**made.before.to_dict(), "quality": made.quality_before},
         "after": {**made.after.to_dict(), "quality": made.quality_after},
         "chosen": made.rows.tolist()},
        json, quiet, out,
    )  # fmt: skip


def _read(
    logs: list[str], out: Path | None, tell: work.Steps, quiet: bool, **given: Any
) -> tuple[Samples, list[Origin | None]]:
    from fullmenu.cli.data_records import read

    for path in (out, given["rejects"]):
        work.check_file(path, [*logs, given["requests"]])
    tell("reading")
    samples, origins = read(logs, **given)
    if not quiet:
        for note in samples.notes:
            typer.echo(note, err=True)
    return samples, origins


def _labels(records: list[dict[str, Any]], label: str) -> list[str]:
    missing = sum(record.get(label) is None for record in records)
    if missing:
        raise BadInput(
            f"{missing:,} of {len(records):,} records have no field {label!r}; fields of the "
            f"first: {', '.join(list(records[0])[:10])}"
        )
    return [str(record[label]) for record in records]


def _write(records: list[dict[str, Any]], path: Path | None) -> None:
    from fullmenu.cli.data_records import dump

    if path is not None:
        replace_file(path, b"".join(map(dump, records)))
        return
    sys.stdout.flush()
    sys.stdout.buffer.writelines(map(dump, records))
    sys.stdout.buffer.flush()


def _asked(by_prompt: bool, view: str | None, samples: Samples) -> dict[str, Any]:
    from fullmenu.views.registry import chosen, eyes

    name = eyes(chosen([view] if view else None, samples.media)).name
    return {"view": name, "by_prompt": by_prompt}


def _tell(
    summary: dict[str, Any],
    json: bool,
    quiet: bool,
    out: Path | None,
    samples: Samples | None = None,
) -> None:
    if json:
        from json import dumps

        text = dumps({"schema": "fullmenu/data/1", **summary}, allow_nan=False)
        typer.echo(text, err=out is None)
    elif not quiet:
        from fullmenu.cli.data_summary import show

        show(summary, samples, to_stderr=out is None)
        if out is not None:
            typer.echo(f"\nrecords: {out}")
