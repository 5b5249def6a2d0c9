"""Names of a package that are loaded when first used, listed once, under ``if TYPE_CHECKING:``."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


def attach(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package whose ``__init__`` loads nothing.

    Its public names are the imports in its ``if TYPE_CHECKING:`` block, so that type checkers, the
    import linter and Python read the same list. The package's source must be installed.

    >>> import fullmenu
    >>> "compare" in dir(fullmenu)
    True
    """

    @cache
    def homes() -> dict[str, str]:
        """Public name → the module to import it from; a module's own name → its package."""
        module = vars(sys.modules[package])
        source = ast.parse("".join(linecache.getlines(module["__file__"], module)))
        blocks = (block for block in source.body if isinstance(block, ast.If))
        imports = (node for block in blocks for node in block.body)
        return {
            name.name: node.module or ""
            for node in imports
            if isinstance(node, ast.ImportFrom)
            for name in node.names
        }

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return __dir__()
        if name not in homes():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if homes()[name] == package:
            return import_module(f"{package}.{name}")
        value = getattr(import_module(homes()[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted(homes())

    return __getattr__, __dir__
