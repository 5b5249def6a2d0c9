"""What importing and asking for help must not load, so that start-up stays cheap."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

import fullmenu

HEAVY = {"numpy", "scipy", "pyarrow", "jinja2", "torch", "pandas", "sklearn"}
HELP = """
import resource, sys
from fullmenu.cli import main
sys.argv = ["fullmenu", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"CPU {used.ru_utime + used.ru_stime:.2f} s", file=sys.stderr)
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def loaded(code, *args):
    found = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True, timeout=60
    )
    *_, cpu, modules = ["", *found.stderr.splitlines()]
    return found.stdout, cpu, set(modules.split())


def test_import_is_next_to_nothing():
    code = (
        "import sys, fullmenu; print(*{m.partition('.')[0] for m in sys.modules}, file=sys.stderr)"
    )
    _, _, modules = loaded(code)
    assert "fullmenu" in modules
    assert not modules & (HEAVY | {"rich", "typer", "jinja2", "backports.zstd"})


@pytest.mark.parametrize("args", [["--help"], ["compare", "--help"], ["--version"]])
def test_help_loads_no_numbers(args):
    out, cpu, modules = loaded(HELP, *args)
    print(f"fullmenu {' '.join(args)}: {cpu}")
    assert out
    assert "typer" in modules
    assert not modules & HEAVY


@pytest.mark.parametrize("logs", [1, 2])
def test_a_small_log_is_judged_without_heavy_modules(tmp_path, logs):
    log = tmp_path / "log.jsonl"
    records = (
        {"prompt": f"Dinner {p}?", "output": f"I would cook some {dish} tonight, with {p} figs."}
        for p in range(20)
        for dish in ("soup", "fish", "rice", "stew")
    )
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    code = (
        "import sys, fullmenu as fm; logs = sys.argv[1:]\n"
        "report = fm.check(*logs) if len(logs) == 1 else fm.compare(*logs)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    _, _, modules = loaded(code, *[str(log)] * logs)
    assert {"fullmenu.views.outline", "scipy.sparse"} < modules
    # where pandas is installed, pyarrow imports it to look at a list
    assert not modules & {
        "scipy.stats",
        "scipy.optimize",
        "matplotlib",
        "wasmtime",
        "torch",
        "sklearn",
    }


@pytest.mark.parametrize("package", ["", ".cure", ".diagnose", ".readers", ".train"])
def test_names_are_lazy_and_resolve(package):
    module = importlib.import_module(f"fullmenu{package}")
    assert module.__all__ == dir(module)
    for name in module.__all__:
        try:
            assert getattr(module, name) is not None
        except ModuleNotFoundError as error:
            assert (package, name, error.name) == (".train", "optimizer", "torch")
    with pytest.raises(AttributeError, match="no attribute 'mesures'"):
        module.mesures


def test_a_star_imports_every_name():
    here = {}
    exec("from fullmenu import *", here)
    assert {*fullmenu.__all__} < {*here}


def test_no_public_function_is_hidden_by_a_module():
    rooms = {"cure", "diagnose", "measures", "review", "sampling", "stress", "train", "watch"}
    for name in set(fullmenu.__all__) - rooms:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"fullmenu.{name}")
