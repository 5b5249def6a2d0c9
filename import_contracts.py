"""Contracts of the import linter besides its own; ``pyproject.toml`` says what they hold."""

from __future__ import annotations

import ast
import sys
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

_LOADERS = {"import_module", "__import__", "resolve_name", "run_module"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class _Import(NamedTuple):
    """An import statement: of what, and whether it waits for a function's call or a type checker.

    Or a call that imports by name: ``of`` is what the name begins with, ``call`` the call itself.
    """

    line: int
    of: str
    late: bool
    call: str = ""


class _Rule(Contract):
    @abstractmethod
    def faults(self, graph: ImportGraph) -> Iterator[str]:
        """Say what breaks the rule, and where."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Gather the faults."""
        faults = sorted(self.faults(graph))
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print a line for each fault."""
        for fault in check.metadata["faults"]:
            output.print_error(fault, bold=False)

    def imports(self) -> Iterator[tuple[str, _Import]]:
        """Every import of every module of the package."""
        (root,) = self.session_options["root_packages"]
        spec = find_spec(root)
        assert spec is not None and spec.origin is not None
        folder = Path(spec.origin).parent
        for path in sorted(folder.rglob("*.py")):
            parts = (root, *path.relative_to(folder).with_suffix("").parts)
            for one in _imports(path, path.stat().st_mtime_ns):
                yield ".".join(parts).removesuffix(".__init__"), one


class ThirdParties(_Rule):
    """Which third parties a room may import: at top level, and inside functions besides.

    A line of ``rooms`` is ``room: names | names``. The longest room that holds a module counts, so
    the line of the root package says what is allowed where nothing else is said. What is allowed
    and not imported is a fault too.
    """

    rooms = fields.ListField(subfield=fields.StringField())

    def faults(self, graph: ImportGraph) -> Iterator[str]:
        """Yield each import of a third party where it is not allowed, and what is not needed."""
        allowed, used = {}, set()
        for line in self.rooms:
            room, _, names = line.partition(":")
            top, _, inside = names.partition("|")
            allowed[room] = ({*top.split()}, {*inside.split()})
        ours = {*self.session_options["root_packages"], *sys.stdlib_module_names}
        for module, one in self.imports():
            party = one.of.partition(".")[0]
            if one.call or party in ours:
                continue
            room = max((r for r in allowed if f"{module}.".startswith(f"{r}.")), key=len)
            top, inside = allowed[room]
            may = top | inside if one.late else top
            used.add((room, party))
            if party not in may:
                yield (
                    f"{module} (l.{one.line}) imports {party}; {room} may import "
                    f"{', '.join(sorted(may)) or 'no third party'} "
                    f"{'inside functions' if one.late else 'at top level'}"
                )
        for room, (top, inside) in allowed.items():
            for party in sorted(top | inside):
                if (room, party) not in used:
                    yield f"{room} may import {party} and does not: take it off its line"


class NoCircles(_Rule):
    """No module imports itself over others, be it for type checking only."""

    def faults(self, graph: ImportGraph) -> Iterator[str]:
        """Yield the first circle."""
        arrows = {m: sorted(graph.find_modules_directly_imported_by(m)) for m in graph.modules}
        try:
            TopologicalSorter(dict(sorted(arrows.items()))).prepare()
        except CycleError as error:
            yield " is imported by ".join(error.args[1])


class NoImportsByName(_Rule):
    """A string names a module to import only if it is one of the room's own.

    What is imported by a string is seen by no linter. ``except_in`` are modules that may.
    """

    except_in = fields.SetField(subfield=fields.StringField(), required=False)

    def faults(self, graph: ImportGraph) -> Iterator[str]:
        """Yield each import by a string that does not begin with the room's own name."""
        for module, one in self.imports():
            room = ".".join(module.split(".")[:2])
            own = not one.call or f"{one.of}.".startswith(f"{room}.")
            if not own and module not in (self.except_in or ()):
                yield f"{module} (l.{one.line}) imports by name: {one.call}"


@cache
def _imports(path: Path, changed: int) -> list[_Import]:
    """Every import of a file; relative ones, which are of the package itself, are left out."""
    return list(_among(ast.parse(path.read_bytes()).body, False))


def _among(nodes: Iterable[ast.AST], late: bool) -> Iterator[_Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (_Import(node.lineno, alias.name, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield _Import(node.lineno, str(node.module), late)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _among(node.body, True)
            yield from _among(node.orelse, late)
        else:
            if isinstance(node, ast.Call) and _name(node.func) in _LOADERS:
                of = _beginning(node.args[0]) if node.args else ""
                yield _Import(node.lineno, of, late, ast.unparse(node))
            yield from _among(ast.iter_child_nodes(node), late or isinstance(node, _FUNCTIONS))


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _beginning(string: ast.expr) -> str:
    """What a literal or an f-string begins with."""
    first = string.values[0] if isinstance(string, ast.JoinedStr) and string.values else string
    return str(first.value) if isinstance(first, ast.Constant) else ""
