"""Options that several commands share, and how a command takes them together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from typer import Argument, BadParameter, Option, Typer
from typer.core import TyperCommand
from typer.main import get_command

from fullmenu.cli.work import REPORTS, check_file, check_target, say

if TYPE_CHECKING:
    from fullmenu.samples import Samples
    from fullmenu.sampling.budget import Budget
    from fullmenu.sampling.request import Target

ANY_SIZE = "Logs of any size"
"""What the help calls the options of an engine, and of a sample."""

Logs = Annotated[
    list[str],
    Argument(
        help="A log: one file or several, a glob, a folder (of pictures too), or - for stdin.",
        metavar="LOG …",
    ),
]
Model = Annotated[
    list[str] | None,
    Option(
        help="Keep the outputs of this model only; give it once, or once for each log, in order.",
        metavar="NAME",
    ),
]
Views = Annotated[
    str | None,
    Option(
        "--views",
        "-v",
        help="What to look at, separated by commas: phrasing, outline, answer, exact (texts), "
        "image (pictures), vector (arrays). By default all that fit; of ids, numbers and labels, "
        "exact.",
    ),
]
Semantic = Annotated[
    str | None,
    Option(
        help="Judge `answer` by an embedding model: a sentence-transformers name or folder "
        '(pip install "fullmenu\\[semantic]"), FILE.onnx with its tokenizer.json '
        'or static:NAME ("fullmenu\\[onnx]"), or openai:NAME (OPENAI_API_KEY, OPENAI_BASE_URL).',
        metavar="MODEL",
    ),
]
Kernel = Annotated[
    str | None,
    Option(
        help="Judge `answer` within prompts by a kernel that people's answers calibrated: a "
        "file, or the NAME of a NAME.kernel.json in this folder (fullmenu review makes one).",
        metavar="NAME",
    ),
]
Json = Annotated[bool, Option("--json", help="Print the documented JSON instead.")]
Html = Annotated[Path | None, Option("--html", "-o", help="Write the report as one HTML file too.")]
Quiet = Annotated[bool, Option("--quiet", "-q", help="No progress, no notes on reading.")]
WatchBaseline = Annotated[
    str, Option("--baseline", help="The log from before: several outputs of each prompt.")
]
Tolerate = Annotated[
    bool, Option("--tolerate", help="Go on even if more than 1 % of records are malformed.")
]

Since = Annotated[
    str | None,
    Option(help="Only outputs since this day or moment (2025-05-12, 2025-05-12T08:00; UTC)."),
]
Until = Annotated[
    str | None, Option(help="Only outputs until this moment, or the end of this day.")
]
Host = Annotated[
    str, Option(help="The address to listen on; other than this machine's needs a token.")
]
Port = Annotated[int, Option(help="The port; 0: any that is free.", min=0, max=65_535)]
Token = Annotated[
    str | None,
    Option(
        help="Token that allows everything; without one, everybody on this machine may.",
        envvar="FULLMENU_TOKEN",
        show_envvar=True,
    ),
]
Matches = Annotated[
    str | None,
    Option(help="An output is right where this regular expression is found.", metavar="REGEX"),
]
Schema = Annotated[
    Path | None,
    Option(
        help="An output is right where it is JSON that this JSON Schema allows "
        '(pip install "fullmenu\\[stress]").',
        metavar="FILE",
    ),
]
StoreUrl = Annotated[
    str | None,
    Option(
        "--store",
        help="Where samples are kept: sqlite:///FILE or postgresql://…; by default ./fullmenu.db.",
        metavar="URL",
        envvar="FULLMENU_STORE",
        show_envvar=True,
    ),
]


@dataclass(kw_only=True)
class Columns:
    """How files are read, and which of their fields is what."""

    format: Annotated[
        str | None,
        Option("--format", "-f", help="Read the files as this format instead of guessing."),
    ] = None
    map: Annotated[
        str | None,
        Option(
            "--map",
            "-m",
            help="Which field is what, e.g. output=answer,prompt=question; a name with a comma "
            "in it stands in double quotes.",
            metavar="OUTPUT=FIELD,…",
        ),
    ] = None
    records: Annotated[
        str | None,
        Option(
            help="Where the records stand in each JSON value, e.g. results or run.samples.",
            metavar="KEY",
        ),
    ] = None


@dataclass(kw_only=True)
class Files(Columns):
    """How logs are read."""

    requests: Annotated[
        Path | None, Option(help="The request file of a batch, for its prompts.")
    ] = None
    reasoning: Annotated[
        str,
        Option(
            help="A model's thoughts: drop leaves them out of its outputs, keep measures them too.",
            metavar="drop|keep",
        ),
    ] = "drop"
    where: Annotated[
        str | None,
        Option(
            help="Read only records of which this is true, e.g. \"model = 'x' and time > "
            "'2026-01-01'\": = != < <= > >=, in (…), is null, and, or, not.",
            metavar="CONDITION",
        ),
    ] = None
    rejects: Annotated[Path | None, Option(help="Write malformed records to this file.")] = None
    tolerate: Tolerate = False

    def read(self, source: str | list[str], quiet: bool, model: str | None = None) -> Samples:
        """Read one log, and say on stderr what was read and how."""
        from fullmenu.readers import read

        samples = read(source_of(source), **vars(self))
        say(samples.notes, quiet)
        return samples if model is None else samples.of_model(model)


@dataclass(kw_only=True)
class InParts:
    """How a large log is read in parts, and where these are worked on."""

    engine: Annotated[
        str | None,
        Option(
            help="Read logs in parts, of any size: local (this process), pool (one process a "
            'core) or ray (pip install "fullmenu\\[ray]").',
            metavar="local|pool|ray",
            rich_help_panel=ANY_SIZE,
        ),
    ] = None
    workers: Annotated[
        int | None,
        Option(help="Processes of the engine; by default one a core.", rich_help_panel=ANY_SIZE),
    ] = None
    memory: Annotated[
        str | None,
        Option(
            help="What all processes may take, such as 2GiB (the default).",
            metavar="SIZE",
            rich_help_panel=ANY_SIZE,
        ),
    ] = None
    work: Annotated[
        Path | None,
        Option(
            help="Keep what parts gave in this folder: a run that was stopped goes on from there.",
            metavar="FOLDER",
            rich_help_panel=ANY_SIZE,
        ),
    ] = None
    count_dishes: Annotated[
        bool,
        Option(
            "--count-dishes",
            help="Count the answers of the sample in every output, in one more pass.",
            rich_help_panel=ANY_SIZE,
        ),
    ] = False


@dataclass(kw_only=True)
class Judging:
    """How one log is looked at, or several are judged, and where the report goes."""

    files: Files
    in_parts: InParts
    model: Model = None
    by: Annotated[
        str | None,
        Option(
            help="Compare the groups of one log: week, day, month (of its times, in UTC), model, "
            "or any column.",
            metavar="COLUMN",
        ),
    ] = None
    since: Since = None
    until: Until = None
    views: Views = None
    margins: Annotated[
        str | None,
        Option(
            help="What counts as a change: collapsed=0.5,narrowed=0.9,held_low=0.8,held_high=1.25,"
            "held_level=0.9,alpha=0.05, or some of these.",
            metavar="NAME=NUMBER,…",
        ),
    ] = None
    measures: Annotated[
        str | None,
        Option(
            help="More measures, separated by commas; `fullmenu measures` lists them.",
            metavar="NAME,…",
        ),
    ] = None
    want: Annotated[
        str | None,
        Option(
            help="What answers to a prompt should be: same (facts), varied (ideas), or the column "
            "that says which. Lists the prompts that flicker, and those that collapsed.",
            metavar="same|varied|COLUMN",
        ),
    ] = None
    semantic: Semantic = None
    kernel: Kernel = None
    json: Json = False
    html: Html = None
    fail_on: Annotated[
        str | None,
        Option(
            help="Verdicts that end with exit code 3, separated by commas: collapsed, narrowed, "
            "held, widened, or none. With unclear in the list, an unclear verdict ends with 4; "
            "with pipe, traces of a cache, copies and the like in a log do."
        ),
    ] = None
    seed: Annotated[int, Option(help="For the pairs that large logs are sampled in.")] = 0
    verbose: Annotated[
        bool, Option("--verbose", help="The whole report: signals, prompts, phrases, caveats.")
    ] = False
    markdown: Annotated[
        bool, Option("--markdown", help="One screen of the report as Markdown.")
    ] = False
    quiet: Quiet = False

    def check(self, logs: list[str]) -> None:
        """Refuse files that cannot be written, or are read, before any work is done."""
        for name in ("workers", "memory", "work", "count_dishes"):
            if self.in_parts.engine is None and getattr(self.in_parts, name):
                hint = f"--{name.replace('_', '-')}"
                raise BadParameter("it is of --engine: give that too", param_hint=hint)
        read = [*logs, self.files.requests]
        check_target(self.html, read, endings=REPORTS)
        check_file(self.files.rejects, read)


@dataclass(kw_only=True)
class Watching:
    """What a watch and its plan share."""

    run_length: Annotated[
        float,
        Option(
            "--run-length",
            "-A",
            help="Where nothing changes, a false alarm comes after so many visits on average, "
            "or more.",
        ),
    ] = 1000.0
    traffic: Annotated[
        str | None,
        Option(
            help="How live prompts come: drawn (at random from the baseline's; the default), open "
            "(fresh draws of the same kind), any (the baseline's, in any order)."
        ),
    ] = None
    views: Views = None
    semantic: Semantic = None
    kernel: Kernel = None
    columns: Columns
    model: Model = None


@dataclass(kw_only=True)
class Curing:
    """What the commands of ``fullmenu data`` share."""

    by_prompt: Annotated[
        bool, Option("--by-prompt", help="Treat the outputs of each prompt apart, not all as one.")
    ] = False
    view: Annotated[
        str | None,
        Option(
            "--view",
            "-v",
            help="What makes outputs alike: answer, phrasing or outline (texts), image, vector. "
            "By default answer, or the one that fits.",
        ),
    ] = None
    semantic: Semantic = None
    files: Files
    json: Annotated[bool, Option("--json", help="Give the summary as JSON.")] = False
    quiet: Quiet = False


@dataclass(kw_only=True)
class Asking:
    """Which model is asked, how, and what it may cost."""

    endpoint: Annotated[
        str | None,
        Option(
            help="An API like OpenAI's, e.g. http://127.0.0.1:8000/v1; by default "
            "$OPENAI_BASE_URL, or OpenAI's own. The key is read from $OPENAI_API_KEY and is never "
            "written.",
            metavar="URL",
        ),
    ] = None
    model: Annotated[
        str | None, Option("--model", help="The model's name there.", metavar="NAME")
    ] = None
    local: Annotated[
        str | None,
        Option(
            help="Instead of an endpoint, a Hugging Face causal model that runs here: its folder "
            'or name (pip install "fullmenu\\[local]").',
            metavar="MODEL",
        ),
    ] = None
    temperature: Annotated[
        float | None, Option(help="By default the server's own, which may be 0.")
    ] = None
    max_tokens: Annotated[int | None, Option(help="Length of an output at most, in tokens.")] = None
    parameters: Annotated[
        str | None,
        Option(
            help="Further parameters of the request, e.g. top_p=0.9,min_p=0.05. A value may be "
            "JSON.",
            metavar="NAME=VALUE,…",
        ),
    ] = None
    seed: Annotated[
        int | None, Option(help="From it each request gets a seed of its own; by default none.")
    ] = None
    concurrency: Annotated[
        int, Option("--concurrency", "-c", help="Requests in flight at most.")
    ] = 8
    per_request: Annotated[
        int | None,
        Option(
            help="Outputs that one request asks for (n). By default one, or several where a probe "
            "shows that the server honours it."
        ),
    ] = None
    completions: Annotated[
        bool,
        Option(
            "--completions", help="Ask /completions: the prompt's text as it is, no chat template."
        ),
    ] = False
    key_env: Annotated[
        str | None, Option(help="Read the key from this variable instead.", metavar="NAME")
    ] = None
    timeout: Annotated[float, Option(help="Seconds that one try of a request may take.")] = 300.0
    patience: Annotated[
        float, Option(help="Seconds for which a request that fails is tried again.")
    ] = 600.0
    budget: Annotated[
        str | None,
        Option(
            help="The most that all samples in the file may cost: 1000 requests, 200k tokens or "
            "5 usd, or several of these.",
            metavar="AMOUNT,…",
        ),
    ] = None
    prices: Annotated[
        str | None,
        Option(
            help="What a million tokens cost, read and written, for a budget in money.",
            metavar="READ,WRITTEN",
        ),
    ] = None

    def target(self) -> Target:
        """Return what is asked."""
        if self.local is not None:
            if self.endpoint or self.completions:
                raise BadParameter("a model runs here or behind an endpoint", param_hint="--local")
            from fullmenu.integrations.causal_model import causal_model

            return causal_model(self.local)
        from fullmenu.integrations.endpoint import endpoint

        if not self.model:
            raise BadParameter("name the model that is asked", param_hint="--model")
        return endpoint(
            self.endpoint, self.model, key_env=self.key_env, chat=not self.completions,
            timeout=self.timeout, patience=self.patience, per_request=self.per_request or 1,
        )  # fmt: skip

    def given(self) -> dict[str, object]:
        """Return the parameters of the requests."""
        import json

        found: dict[str, object] = {}
        for pair in re.split(r",(?=\s*[A-Za-z_]\w*=)", self.parameters or ""):
            name, equals, value = pair.partition("=")
            if not pair:
                continue
            if not equals or not name.strip():
                raise BadParameter(
                    f"{pair!r} names no value: write NAME=VALUE pairs with commas between",
                    param_hint="--parameters",
                )
            try:
                found[name.strip()] = json.loads(value)
            except ValueError:
                found[name.strip()] = value.strip()
        if self.temperature is not None:
            found["temperature"] = self.temperature
        if self.max_tokens is not None:
            found["max_tokens"] = self.max_tokens
        for name in ("model", "messages", "prompt", "n", "seed", "stream"):
            if name in found:
                raise BadParameter(
                    f"{name} is no parameter to set: --model, -n, --seed and --per-request are "
                    "options",
                    param_hint="--parameters",
                )
        return found

    def bounds(self) -> Budget:
        """Return what the samples may cost."""
        from fullmenu.sampling.budget import Budget

        return Budget.read(self.budget, self.prices)


def source_of(logs: str | list[str]) -> str | list[str]:
    """Return what is read: the one name of a list of one may be a glob, a folder or stdin."""
    return logs[0] if isinstance(logs, list) and len(logs) == 1 else logs


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Return a command as typer reads it: the fields of its options' classes as parameters."""
    own = _hints(function)
    defaults = {name: p.default for name, p in signature(function).parameters.items()}
    kinds = {name: own[name] for name in defaults}

    def run(**given: object) -> None:
        function(**{name: _gathered(kind, name, given) for name, kind in kinds.items()})

    spread = [p for name, kind in kinds.items() for p in _spread(kind, name, defaults[name])]
    run.__signature__ = Signature(spread)  # type: ignore[attr-defined]
    run.__doc__ = function.__doc__
    return run


def leading(first: str, function: Callable[..., None], examples: str) -> type[TyperCommand]:
    """Return a kind of command whose first argument may lead to a command of its own."""

    class Leading(TyperCommand):
        def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
            if not args or args[0] != first:
                return super().make_context(info_name, args, parent, **extra)
            app = Typer(
                add_completion=False,
                rich_markup_mode="rich",
                context_settings={"help_option_names": ["-h", "--help"]},
            )
            app.command(first, epilog=examples)(command(function))
            inner: Any = get_command(app)
            return inner.make_context(f"{info_name} {first}", args[1:], parent, **extra)

    return Leading


def _hints(owner: Any) -> dict[str, Any]:
    """Return its annotations; Python 3.10 wraps those whose default is None once more."""
    hints = get_type_hints(owner, include_extras=True)
    for name, hint in hints.items():
        inner = [x for x in get_args(hint) if get_origin(x) is Annotated]
        if get_origin(hint) is Union and inner:
            hints[name] = inner[0]
    return hints


def _spread(kind: Any, name: str, default: object) -> Iterator[Parameter]:
    """Yield the parameters that stand for one: itself, or the fields of a class."""
    if not isinstance(kind, type) or not is_dataclass(kind):
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        return
    hints = _hints(kind)
    for field in fields(kind):
        without = Parameter.empty if field.default is MISSING else field.default
        yield from _spread(hints[field.name], field.name, without)


def _gathered(kind: Any, name: str, given: Mapping[str, object]) -> object:
    """Return the value of a parameter: as it was given, or a class of those that were."""
    if not isinstance(kind, type) or not is_dataclass(kind):
        return given[name]
    values = {n: _gathered(k, n, given) for n, k in get_type_hints(kind).items()}
    return kind(**values)
