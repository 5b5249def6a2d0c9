"""The project's own source, file by file: lines of code and docstrings, types, names, repeats."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ANY = ("dict[str, Any]", "Dict[str, Any]")
RUN = 6
"""Lines of one shape that make a repeat."""

COMMON = 8
"""A run that stands in more places than these is a habit of the language, and left out."""


@dataclass(frozen=True)
class File:
    """One Python file of the package."""

    path: Path
    root: Path

    @cached_property
    def text(self) -> str:
        """What it holds."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """Its path below the package."""
        return str(self.path.relative_to(self.root))

    @property
    def room(self) -> str:
        """The folder that it stands in."""
        return str(self.path.parent.relative_to(self.root))

    @cached_property
    def docstring_lines(self) -> set[int]:
        """Lines of docstrings: of modules, classes, functions, and of attributes."""
        lines: set[int] = set()
        for node in ast.walk(self.tree):
            body = getattr(node, "body", None)
            for statement in body if isinstance(body, list) else []:
                if (
                    isinstance(statement, ast.Expr)
                    and isinstance(statement.value, ast.Constant)
                    and isinstance(statement.value.value, str)
                ):
                    lines |= set(range(statement.lineno, (statement.end_lineno or 0) + 1))
        return lines

    @cached_property
    def import_lines(self) -> set[int]:
        """Lines of import statements."""
        return {
            line
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for line in range(node.lineno, (node.end_lineno or 0) + 1)
        }

    @cached_property
    def code_lines(self) -> list[int]:
        """Lines that hold code: no blank, comment, docstring or import."""
        skip = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in skip and token.type != tokenize.ENDMARKER:
                lines |= set(range(token.start[0], token.end[0] + 1))
        return sorted(lines - self.docstring_lines - self.import_lines)

    @cached_property
    def shapes(self) -> list[tuple[int, str]]:
        """Lines of code with names, strings and numbers blotted out; bare brackets are left out."""
        kinds: dict[int, list[str]] = defaultdict(list)
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            line = token.start[0]
            if token.type == tokenize.NAME:
                kept = token.string in KEYWORDS
                kinds[line].append(token.string if kept else "n")
            elif token.type == tokenize.STRING:
                kinds[line].append("s")
            elif token.type == tokenize.NUMBER:
                kinds[line].append("0")
            elif token.type == tokenize.OP:
                kinds[line].append(token.string)
        wanted = set(self.code_lines)
        joined = [(n, " ".join(kinds[n])) for n in sorted(wanted) if n in kinds]
        return [(n, shape) for n, shape in joined if re.search(r"\w", shape)]


INSTRUMENT = {"measures", "judge", "monitor", "cure", "train", "checkup", "comparison", "watch"}
KEYWORDS = {
    "def", "class", "return", "if", "elif", "else", "for", "while",
    "try", "except", "with", "raise", "yield", "lambda",
}  # fmt: skip


def files(root: Path) -> list[File]:
    """Return every Python file of the package."""
    return [File(p, root) for p in sorted(root.rglob("*.py"))]


def repeats(sources: list[File]) -> list[tuple[str, str]]:
    """Return the pairs of places that share six or more lines of code of one shape.

    A pair of files counts once; so does a file that repeats itself.
    """
    places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for k, file in enumerate(sources):
        shapes = file.shapes
        for i in range(len(shapes) - RUN + 1):
            places[tuple(s for _, s in shapes[i : i + RUN])].append((k, i))
    pairs: set[tuple[int, int]] = set()
    for stands in places.values():
        if 2 <= len(stands) <= COMMON:
            for a, (k, i) in enumerate(stands):
                for m, j in stands[a + 1 :]:
                    if k != m or abs(i - j) >= RUN:
                        pairs.add((min(k, m), max(k, m)))
    return [(sources[a].name, sources[b].name) for a, b in sorted(pairs)]


def untyped(sources: list[File]) -> int:
    """Count ``dict[str, Any]`` in annotations and aliases, and every use of such an alias."""
    aliases = {
        name
        for file in sources
        for name in re.findall(
            r"^(\w+)(?:: TypeAlias)? = (?:list\[)?dict\[str, Any\]\]?$", file.text, re.M
        )
    }
    count = 0
    for file in sources:
        count += sum(file.text.count(written) for written in ANY)
        for alias in aliases:
            if re.search(rf"^(from .* import .*\b{alias}\b|{alias}\b.*=)", file.text, re.M):
                annotations = rf"(?:->|:|\[|\|) ?{alias}\b"
                count += len(re.findall(annotations, file.text))
    return count


def gets(sources: list[File], room: str) -> int:
    """Count ``.get("…")`` in a room."""
    return sum(f.text.count('.get("') for f in sources if in_room(f, room))


def any_in_signatures(sources: list[File], rooms: tuple[str, ...]) -> list[str]:
    """Return the public functions of some rooms whose signatures say ``Any``."""
    named = []
    for file in sources:
        if not any(in_room(file, room) for room in rooms):
            continue
        for function in _public(file.tree):
            said = [function.returns, *(a.annotation for a in _arguments(function))]
            if any(s is not None and re.search(r"\bAny\b", ast.unparse(s)) for s in said):
                named.append(f"{file.name}:{function.name}")
    return named


def _public(
    tree: ast.Module | ast.ClassDef,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not node.name.startswith("_") or node.name == "__init__":
                yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node)


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    a = function.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *(x for x in (a.vararg, a.kwarg) if x)]


def in_room(file: File, room: str) -> bool:
    """Tell whether a file stands in a room or below it."""
    return file.room == room or file.room.startswith(f"{room}/")


def shared_basenames(sources: list[File]) -> dict[str, list[str]]:
    """Return the names that files of several rooms bear, leading underscores dropped."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for file in sources:
        if file.path.stem not in ("__init__", "__main__"):
            rooms[file.path.stem.lstrip("_")].add(file.room)
    return {name: sorted(r) for name, r in sorted(rooms.items()) if len(r) > 1}


def shared_classes(sources: list[File]) -> dict[str, list[str]]:
    """Return the names that public classes of several files bear."""
    homes: dict[str, set[str]] = defaultdict(set)
    for file in sources:
        for node in file.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].add(file.name)
    return {name: sorted(h) for name, h in sorted(homes.items()) if len(h) > 1}


def written(sources: list[File]) -> list[tuple[str, list[str], str]]:
    """Return the things that are to be written once: what, the other files that do it, the home.

    They are recognised by what they can hardly lack: the keys of a message; the product of rows
    with themselves, in the rooms that look at outputs; the walk over leaders at a threshold.
    """
    return [
        (
            "read what a chat message says",
            [
                f.name
                for f in sources
                if {"role", "content"} <= _keys(f.tree) and f.name != "text/chat.py"
            ],
            "text/chat.py",
        ),
        (
            "compare outputs pair by pair (x @ x.T)",
            [f.name for f in sources if f.room.split("/")[0] in INSTRUMENT and _multiplies(f.tree)],
            "kernel/",
        ),
        (
            "group outputs round leaders",
            [f.name for f in sources if not in_room(f, "kernel") and _leads(f.tree)],
            "kernel/dishes.py",
        ),
    ]


def _keys(tree: ast.Module) -> set[str]:
    """Return the strings that a file looks up: ``x["key"]`` and ``x.get("key")``."""
    keys = set()
    for node in ast.walk(tree):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            key = node.slice
        elif isinstance(node, ast.Call) and _attribute(node.func) == "get" and node.args:
            key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            keys.add(key.value)
    return keys


def _attribute(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))


def _multiplies(tree: ast.Module) -> bool:
    """Tell whether a file multiplies rows with themselves: ``x @ x.T``, whole or in blocks."""
    code = "\n".join(ast.unparse(f) for f in _functions(tree) if not _documented_alone(f))
    return bool(re.search(r"^(?!\s*>>>).*?([\w.]+)(\[[^\]]*\])? @ \(?\1\.T\b", code, re.M))


def _documented_alone(function: ast.FunctionDef) -> bool:
    return len(function.body) == 1 and isinstance(function.body[0], ast.Expr)


def _leads(tree: ast.Module) -> bool:
    """Tell whether a function walks leaders at a threshold."""
    return any(
        re.search(r"\b(leaders|lead)\b", code)
        and re.search(r">= ?(self\.)?(threshold|same_dish)", code)
        for code in map(ast.unparse, _functions(tree))
    )
