"""Code of the user's own, named on the command line as FILE.py:NAME."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput, UnknownName


def is_code(text: str) -> bool:
    """Tell FILE.py:NAME from anything else.

    >>> is_code("mine.py:make"), is_code("FrozenLake-v1"), is_code("runs.csv")
    (True, False, False)
    """
    return ".py:" in text


def load(text: str) -> Any:
    """Run the file, its folder first on the path, and return what the name is there."""
    path, _, name = text.rpartition(":")
    file = Path(path)
    spec = spec_from_file_location(file.stem, file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise BadInput(f"there is no {path}; give FILE.py:NAME")
    module = module_from_spec(spec)
    sys.path.insert(0, str(file.resolve().parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    if not hasattr(module, name):
        raise UnknownName("name in the file", name, [n for n in vars(module) if n[0] != "_"])
    return getattr(module, name)
