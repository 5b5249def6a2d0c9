"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Format = Annotated[
    str | None,
    typer.Option("--format", "-f", help="Read the files as this format instead of guessing."),
]
Map = Annotated[
    str | None,
    typer.Option(
        "--map", "-m", help="Which field is what, e.g. output=answer,prompt=question.",
        metavar="OUTPUT=FIELD,…",
    ),
]  # fmt: skip
Rejects = Annotated[
    Path | None, typer.Option("--rejects", help="Write malformed records to this file.")
]
Requests = Annotated[
    Path | None,
    typer.Option("--requests", help="The request file of an OpenAI batch, for its prompts."),
]
Tolerate = Annotated[
    bool, typer.Option("--tolerate", help="Go on even if more than 1 % of records are malformed.")
]
Model = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="Keep the outputs of this model only; give it once, or once for each log, in order.",
        metavar="NAME",
    ),
]
Views = Annotated[
    str | None,
    typer.Option(
        "--views",
        "-v",
        help="What to look at, separated by commas: phrasing, outline, answer (texts), image "
        "(pictures), vector (arrays). All that fit, by default.",
    ),
]
Margins = Annotated[
    str | None,
    typer.Option(
        "--margins",
        help="What counts as a change: collapsed=0.5,narrowed=0.9,held_low=0.8,held_high=1.25,"
        "held_level=0.9,alpha=0.05, or some of these.",
        metavar="NAME=NUMBER,…",
    ),
]
Measures = Annotated[
    str | None,
    typer.Option(
        "--measures",
        help="More measures, separated by commas; `fullmenu measures` lists them.",
        metavar="NAME,…",
    ),
]
Semantic = Annotated[
    str | None,
    typer.Option(
        "--semantic",
        help="Judge `answer` by a sentence-transformers model: its name or folder. "
        'Needs pip install "fullmenu\\[semantic]".',
        metavar="MODEL",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the documented JSON instead.")]
Html = Annotated[
    Path | None, typer.Option("--html", "-o", help="Write the report as one HTML file too.")
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        help="Verdicts that end with exit code 3, separated by commas: collapsed, narrowed, "
        "unclear, held, widened, or none.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="For the pairs that large logs are sampled in.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes on reading.")]
WatchBaseline = Annotated[
    str, typer.Option("--baseline", help="The log from before: several outputs of each prompt.")
]
RunLength = Annotated[
    float,
    typer.Option(
        "--run-length",
        "-A",
        help="Where nothing changes, a false alarm comes after so many visits on average, or more.",
    ),
]
Traffic = Annotated[
    str | None,
    typer.Option(
        "--traffic",
        help="How live prompts come: drawn (at random from the baseline's; the default), open "
        "(fresh draws of the same kind), any (the baseline's, in any order).",
    ),
]
