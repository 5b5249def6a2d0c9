"""The command ``fullmenu`` and its subcommands, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module, metadata
from typing import Annotated, Any

import typer
from typer import Option
from typer.core import TyperGroup
from typer.main import get_command

from fullmenu.cli import options

NAMES = (
    "check", "look", "compare", "phrases", "watch", "sample", "stress", "cure", "canary", "review",
    "serve", "alarms", "export", "demo", "measures", "lab", "diagnose", "data",
)  # fmt: skip
"""The commands in the order of the help, each a module of this folder."""

_HELP: dict[str, Any] = {
    "rich_markup_mode": "rich",
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class _Commands(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        return _imported(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


@lru_cache
def _imported(name: str) -> Any:
    module = import_module(f"fullmenu.cli.{name}")
    if not hasattr(module, "app"):
        alone = typer.Typer(add_completion=False, **_HELP)
        kind = getattr(module, "COMMAND", None)
        run = options.command(getattr(module, name))
        alone.command(name, epilog=module.EXAMPLES, cls=kind)(run)
        return get_command(alone)
    found = get_command(module.app)  # it has commands of its own
    found.name = name
    return found


class _Group(TyperGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands: Any = _Commands()


app = typer.Typer(
    name="fullmenu",
    cls=_Group,
    help="Is your generative model still serving the full menu? Measure how varied its outputs "
    "are, compare versions, and see what was lost.",
    epilog="Start with: fullmenu demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    **_HELP,
)


@app.callback(invoke_without_command=True)
def fullmenu(
    version: Annotated[bool, Option("--version", help="Print the version.")] = False,
) -> None:
    """Say the version, or go on to a command."""
    if version:
        typer.echo(metadata.version("fullmenu"))
        raise typer.Exit
