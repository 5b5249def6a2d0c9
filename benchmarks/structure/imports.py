"""Who imports whom, type-checking imports and imports by string included."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from structure.source import File


def module_of(file: File) -> str:
    """Return the dotted name of a file."""
    parts = ["fullmenu", *file.path.relative_to(file.root).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def arrows(sources: list[File]) -> dict[str, set[str]]:
    """Return for each module those that it imports.

    ``from a import b`` is an arrow to ``a.b`` where that is a module, else to ``a``. A package's
    lazy table of homes is no arrow: it hands names on and uses none.
    """
    modules = {module_of(f): f for f in sources}
    found: dict[str, set[str]] = {name: set() for name in modules}
    for name, file in modules.items():
        if file.path.name == "__init__.py":
            continue
        for target in _targets(file.tree):
            if target in modules and target != name:
                found[name].add(target)
            elif (parent := target.rpartition(".")[0]) in modules and parent != name:
                found[name].add(parent)
    return found


def _targets(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{a.name}" for a in node.names)
        elif isinstance(node, ast.Call) and _called(node).endswith("import_module"):
            argument = node.args[0] if node.args else None
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import one another in a loop (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    loops: list[list[str]] = []

    def visit(v: str) -> None:
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(graph[v]):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            loop = []
            while not loop or loop[-1] != v:
                loop.append(stack.pop())
            if len(loop) > 1:
                loops.append(sorted(loop))

    for v in sorted(graph):
        if v not in index:
            visit(v)
    return loops


def layers(pyproject: Path) -> list[set[str]]:
    """Return the rooms of the linter's contract, from the top down."""
    text = pyproject.read_text("utf-8")
    listed = re.search(r'type = "layers".*?\nlayers = \[(.*?)\]', text, re.S)
    assert listed, "pyproject.toml holds no contract of layers"
    rows = re.findall(r'"([^"]+)"', listed.group(1))
    return [{room.strip(" ()") for room in re.split(r"[|:]", row)} for row in rows]


def back_up(graph: dict[str, set[str]], floors: list[set[str]]) -> list[tuple[str, str]]:
    """Return imports from a lower room to a higher one, or between rooms of one floor.

    The package's own ``__init__`` stands above all rooms: it hands out their public names.
    """
    floor = {room: k for k, rooms in enumerate(floors) for room in rooms}

    def of(module: str) -> tuple[int, str]:
        room = module.split(".")[1] if "." in module else ""
        return floor.get(room, -1), room

    wrong = set()
    for a, targets in graph.items():
        for b in targets:
            (here, mine), (there, other) = of(a), of(b)
            if mine != other and here >= 0 and there <= here:
                wrong.add((a, b))
    return sorted(wrong)
