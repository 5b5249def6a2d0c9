"""The rules of imports: each kind of forbidden import, planted in a copy, breaks its contract."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOWN = "imports go down only"
LAWS = "the laws are for tests"
DOOR = "the package as a whole is for users"
CIRCLE = "no circles between modules"
PACKAGES = "no circles between packages"
SEEN = "every import is one that the linter sees"
PARTIES = "third parties stay in their rooms"

INSIDE = "class A:\n    def f(self):\n        "
TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "
PLANTS = {
    "scipy at top level in stats": (PARTIES, {"stats": "import scipy.stats"}),
    "sklearn at top level in measures": (PARTIES, {"measures": "import sklearn.cluster"}),
    "sklearn in a function of measures": (PARTIES, {"measures": INSIDE + "import sklearn"}),
    "jinja2 in a measure": (PARTIES, {"measures": "import jinja2"}),
    "torch in a function of a view": (PARTIES, {"views": INSIDE + "import torch.nn"}),
    "transformers in a noun": (PARTIES, {"samples": "from transformers import AutoTokenizer"}),
    "numpy in a noun without arrays": (PARTIES, {"errors": "import numpy as np"}),
    "keras in judge": (PARTIES, {"judge": "import keras"}),
    "gymnasium in report": (PARTIES, {"report": "from gymnasium import Env"}),
    "an unknown third party": (PARTIES, {"readers": INSIDE + "import requests"}),
    "a third party, if it is there": (PARTIES, {"cure": "try: import ray\nexcept Exception: ..."}),
    "a third party's types": (PARTIES, {"monitor": TYPES + "from torch import Tensor"}),
    "openai on the command line": (PARTIES, {"cli": INSIDE + "from openai import OpenAI"}),
    "a third party without its file": (PARTIES, {"integrations": "import lightning"}),
    "lab in judge": (DOWN, {"judge": "import fullmenu.lab.registry"}),
    "diagnose in report": (DOWN, {"report": "from fullmenu.diagnose import collapse"}),
    "train in a function of monitor": (DOWN, {"monitor": INSIDE + "from fullmenu import train"}),
    "an integration in a view": (DOWN, {"views": "from fullmenu.integrations import torch"}),
    "the command line in stats": (DOWN, {"stats": "from fullmenu.cli import app"}),
    "a neighbour": (DOWN, {"readers": "from fullmenu.views import answer"}),
    "upwards for types alone": (DOWN, {"measures": TYPES + "from fullmenu.judge import two"}),
    "a room without a place": (DOWN, {"kitchen.py": ""}),
    "the whole package": (DOOR, {"judge": INSIDE + "import fullmenu as fm"}),
    "the laws": (LAWS, {"lab": "from fullmenu.testing import check_measure"}),
    "a circle": (CIRCLE, {"lab/a.py": "from fullmenu.lab import b", "lab/b.py": "from . import a"}),
    "a circle for types alone": (
        CIRCLE,
        {"text/a.py": "import fullmenu.text.b", "text/b.py": TYPES + "import fullmenu.text.a"},
    ),
    "a circle of packages": (
        PACKAGES,
        {
            "cure/x/__init__.py": "",
            "cure/x/a.py": "import fullmenu.cure.y",
            "cure/y.py": INSIDE + "import fullmenu.cure.x.b",
            "cure/x/b.py": "",
        },
    ),
    "an integration by name": (
        SEEN,
        {"views": "import importlib\nimportlib.import_module('fullmenu.integrations.torch')"},
    ),
    "a third party by name": (SEEN, {"stats": INSIDE + "__import__(f'{self.party}.nn')"}),
    "what is allowed": (
        None,
        {
            "stats": "import json\nimport numpy\n" + INSIDE + "import scipy.stats",
            "cure": "from fullmenu.measures import registry\n" + TYPES + "import scipy",
            "views": "import importlib\nimportlib.import_module(f'fullmenu.views.{__name__}')",
        },
    ),
    "nothing": (None, {}),
}
"""What is planted: the contract that it breaks, and code by room (or file)."""

LINT = """
import contextlib, io, json, pathlib, sys
from importlinter.cli import lint_imports
source, seen = pathlib.Path(sys.argv[1]), {}
for name, files in json.load(sys.stdin).items():
    was = {}
    for place, code in files.items():
        path = source / place
        if path.suffix != ".py":
            path = path / "planted.py" if path.is_dir() else path.with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        was[path] = path.read_text("utf-8") if path.exists() else None
        path.write_text((was[path] or "") + "\\n" + code + "\\n", "utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        status = lint_imports(no_logo=True, cache_dir=sys.argv[2])
    seen[name] = [status, printed.getvalue()]
    for path, text in was.items():
        path.unlink() if text is None else path.write_text(text, "utf-8")
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What the linter says of a copy of the sources after each planting: its status and words."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    ran = subprocess.run(
        [sys.executable, "-c", LINT, folder / "src" / "fullmenu", folder / "cache"],
        input=json.dumps({name: files for name, (_, files) in PLANTS.items()}),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, tuple[int, str]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("name", PLANTS)
def test_a_forbidden_import_breaks_its_contract(
    name: str, seen: dict[str, tuple[int, str]]
) -> None:
    contract, _ = PLANTS[name]
    status, words = seen[name]
    if contract is None:
        assert status == 0, words
    else:
        assert status == 1
        assert f"{contract} BROKEN" in words
