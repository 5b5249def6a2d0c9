"""How many one-line faults in the mathematics do the tests near it see?

A mutant is a module with one operator, comparison or number changed. The tests near it are those
of its room that are named after it or import it, and its doctest; it is killed where one of them
fails or none comes to an end. Changes that no test can see (EQUIVALENT) do not count.

Run: python benchmarks/mutants.py                             the named faults, and 450 at random
     python benchmarks/mutants.py --module stats/kl --sample 0   every mutant of one module
     python benchmarks/mutants.py --list                      what there is, without running it
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import gc
import importlib.util
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "fullmenu"
TARGETS = (
    "stats/*.py", "kernel/*.py", "judge/verdict*.py", "judge/flicker.py", "judge/lengths.py",
    "monitor/detector.py", "monitor/baseline.py", "monitor/bounds.py", "monitor/monitor.py",
)  # fmt: skip

NAMED = (  # what a reader of this code would break first: a label, the line, the line broken
    ("Welch's degrees of freedom, first term", "v[0] ** 2 / _df(top)", "v[0] ** 2 / _df(bottom)"),
    ("Welch's degrees of freedom, second", "v[1] ** 2 / _df(bottom)", "v[1] ** 2 / _df(top)"),
    ("(n − 1)/n of a stratum", "((sizes - 1) / np.maximum(sizes, 1) * squares)", "(squares)"),
    ("needed: one more", "(q.se / max(reaches)) ** 2) + 1", "(q.se / max(reaches)) ** 2)"),
    ("the window of the order", "len(weights) // 2, 1", "len(weights), 1"),
    ("the prior of the date", "logs[0] += np.log(n) / 2", "logs[0] += 0.0"),
    ("the best-filled column", "max(there, key=lambda c: counts.get(c, 0))", "there[0]"),
    ("the limit of rejects", "_SHARE = 0.01", "_SHARE = 0.05"),
    ("the confidence of many models", "(1 - confidence) / len(parts)", "1 - confidence"),
    (
        "the monitor's M ← L(1 + M)",
        "np.logaddexp(0.0, log_wealth)",
        "np.logaddexp(0.7, log_wealth)",
    ),
    ("both ends of a band", "most = 2 / (1 - level)", "most = 1 / (1 - level)"),
    ("what a band missed", "[spread[:1], missed]", "[spread[:1], missed * 0.5]"),
    (
        "the smallest bet",
        "math.sqrt(math.log(run_length) / run_length)",
        "math.log(run_length) / run_length",
    ),
    ("texts too short to match", "SHORT = 15", "SHORT = 8"),
    ("lengths that are alike", "ALIKE = 1.05", "ALIKE = 1.15"),
    ("the doubt of a variance", "doubt = 3 * (", "doubt = 1 * ("),
    ("a dish of one plate is none lost", "(before >= 2) &", "(before >= 1) &"),
    (
        "the milder of two losses",
        'return raw if raw.name == "narrowed" else matched',
        "return raw",
    ),
    (
        "the error rate of many comparisons",
        "len(case.views) * case.comparisons",
        "len(case.views)",
    ),
)

CANCELS = "k! stands in both coefficients, and cancels"
ALONE = "a stratum of one unit counts (1 − 1)/1 = 0 times, and an empty one has no sum"
BETWEEN = "between 0 and 1 for any p and n, but for rounding, which the last line takes off"
SPANS = "polynomials of one degree are the same space on any interval"
SPEED = "which of two ways to the same number is taken"
NEVER = "hoeffding_bound has returned where p is 1"
ENDS = "at a mean of 1 the bisection begins and ends at 1 too"
EQUIVALENT: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "kernel/dishes.py", "lost_by_chance.log_choose",
        "gammaln(n + 1) - gammaln(k + 1)", "gammaln(n + 1) + gammaln(k + 1)", CANCELS,
    ),
    ("kernel/dishes.py", "lost_by_chance.log_choose", "k + 1", "k + 2", CANCELS),
    (
        "kernel/dishes.py", "lost_by_chance",
        "np.where(fits, served, 0)", "np.where(fits, served, 1)", "not used where it does not fit",
    ),
    ("stats/jackknife.py", "_variance", "np.maximum(sizes, 1)", "np.maximum(sizes, 2)", ALONE),
    (
        "stats/over_optimisation.py", "Parts.rows",
        "len(rows) // 2", "len(rows) / 2", "array_split takes the whole number below",
    ),
    ("stats/over_optimisation.py", "Parts._smoothed", "-1", "-2", SPANS),
    (
        "stats/over_optimisation.py", "Parts._smoothed",
        "np.linspace(-1, 1, len(rows))", "np.linspace(-1, 2, len(rows))", SPANS,
    ),
    (
        "stats/proportion.py", "wilson",
        "0.0 if p == 0 else max(float(middle - half), 0.0)",
        "1.0 if p == 0 else max(float(middle - half), 0.0)", BETWEEN,
    ),
    (
        "stats/proportion.py", "wilson",
        "min(float(middle + half), 1.0)", "min(float(middle + half), 1.5)", BETWEEN,
    ),
    ("stats/proportion.py", "wilson", "p == 1", "p == 2", "the last line takes the larger of p"),
    (
        "stats/proportion.py", "share",
        "total <= 0", "total < 0", "a total of 0 leaves 0 without any unit, which is asked next",
    ),
    (
        "stats/proportion.py", "share",
        "min(float(y.sum()) / total, 1.0)", "min(float(y.sum()) / total, 1.5)",
        "no unit holds more than its total",
    ),
    (
        "stats/proportion.py", "leader_interval",
        "hits / n", "hits * n", "a lower bound at an error of ½ or less is below the share",
    ),
    ("monitor/bounds.py", "hoeffding_bound", "1 - 1e-12", "1 + 1e-12", ENDS),
    ("monitor/bounds.py", "hoeffding_bound", "1 - 1e-12", "2 - 1e-12", ENDS),
    ("monitor/bounds.py", "hoeffding_bound", "range(60)", "range(61)", "2⁻⁶⁰ is below rounding"),
    ("monitor/bounds.py", "_kl", "p < 1", "p <= 1", NEVER),
    ("monitor/bounds.py", "_kl", "p < 1", "p < 2", NEVER),
    (
        "monitor/bounds.py", "_kl",
        "(1 - p) * np.log((1 - p) / (1 - m)) if p < 1 else 0.0",
        "(1 - p) * np.log((1 - p) / (1 - m)) if p < 1 else 1.0", NEVER,
    ),
    (
        "monitor/bounds.py", "pair_variance",
        "same.sum(axis=-1, keepdims=True) - 2 * same",
        "same.sum(axis=-1, keepdims=True) + 2 * same",
        "squares about the mean do not see the sign",
    ),
    ("kernel/gram.py", "gram_of", "n // 16", "n / 16", SPEED),
    ("kernel/gram.py", "gram_of", "n // 16", "n // 17", SPEED),
    (
        "kernel/gram.py", "gram_of",
        "used > max(n // 16, 1)", "used >= max(n // 16, 1)", SPEED,
    ),
    (
        "kernel/gram.py", "_dense_part",
        "int(columns.max()) + 1", "int(columns.max()) + 2", "room for one column more",
    ),
    ("kernel/likeness.py", "", "1 << 14", "1 << 15", SPEED),
    (
        "kernel/likeness.py", "_by_part",
        "order[1:] > order[:-1]", "order[1:] >= order[:-1]", "no row is in two parts",
    ),
    (
        "monitor/monitor.py", "Monitor._worst",
        "(now - np.nan_to_num(was)) * (-1 if falls else 1)",
        "(now - np.nan_to_num(was)) / (-1 if falls else 1)", "times or by ±1",
    ),
    (
        "monitor/monitor.py", "Monitor._examples",
        "value[e[0]] * (1 if falls else -1)", "value[e[0]] / (1 if falls else -1)",
        "times or by ±1",
    ),
    ("stats/draws.py", "", "_EXACT = 256", "_EXACT = 257", SPEED),
)  # fmt: skip
"""(module, function, expression, its mutant, why no test can see it)."""

LOG = Path(tempfile.gettempdir()) / "fullmenu-mutants.log"
"""What pytest prints."""

ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip


class Mutant(NamedTuple):
    """One change: of which module, where, and what; ``place`` finds it again."""

    module: str
    function: str
    line: int
    old: str
    new: str
    place: tuple[int, int]
    imported: bool  # runs when the module is imported, not when a function is called

    @property
    def said(self) -> str:
        """File, line and change."""
        return f"{self.module}:{self.line}  {_short(self.old)}  →  {_short(self.new)}"

    def tree(self) -> ast.Module:
        """The module with the change in it."""
        tree = ast.parse(source(self.module))
        node = list(sites(tree))[self.place[0]].node
        changes(node)[self.place[1]]()
        return ast.fix_missing_locations(tree)


@cache
def source(module: str) -> str:
    """The text of a module, read once."""
    return (PACKAGE / module).read_text("utf-8")


class Site(NamedTuple):
    """A node that can be changed, the expression that shows it, and where it stands."""

    node: ast.AST
    shown: ast.AST
    function: str
    imported: bool


def sites(tree: ast.Module) -> Iterator[Site]:
    """Walk over what can be changed: no annotations, decorators, messages, strings or docs."""

    def walk(node: ast.AST, above: ast.AST, name: str, imported: bool) -> Iterator[Site]:
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom):
            return
        if isinstance(node, ast.Assign) and "Literal" in ast.unparse(node.value):
            return
        if changes(node):
            yield Site(node, above if isinstance(node, ast.Constant) else node, name, imported)
        inside = name
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inside = f"{name}.{node.name}".lstrip(".")
        for part, value in ast.iter_fields(node):
            if part in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    called = isinstance(node, ast.FunctionDef | ast.Lambda) and part == "body"
                    yield from walk(child, _shown(node, above), inside, imported and not called)

    yield from walk(tree, tree, "", True)


def changes(node: ast.AST) -> list[Callable[[], None]]:
    """What can be done to a node, in place."""

    def swap(name: str, value: Any) -> Callable[[], None]:
        return lambda: setattr(node, name, value)

    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in ARITHMETIC:
        return [swap("op", ARITHMETIC[type(node.op)]())]
    if isinstance(node, ast.Compare):
        return [
            swap("ops", [*node.ops[:i], other(), *node.ops[i + 1 :]])
            for i, op in enumerate(node.ops)
            for other in COMPARED[type(op)]
        ]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        return [] if isinstance(node.operand, ast.Constant) else [swap("op", ast.UAdd())]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        x = node.value
        return [swap("value", x + 1 if isinstance(x, int) else 1.5 * x or 1.0)]
    return []


def _shown(node: ast.AST, above: ast.AST) -> ast.AST:
    """The expression that a number is shown in: the smallest that says something."""
    plain = ast.expr | ast.arguments | ast.keyword | ast.AugAssign | ast.AnnAssign | ast.Assign
    return node if isinstance(node, plain) and not isinstance(node, ast.Tuple | ast.List) else above


def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(source(module))
    found = []
    for i, site in enumerate(sites(tree)):
        old = ast.unparse(site.shown)
        for j, _ in enumerate(changes(site.node)):
            with_it = _changed(site, j)
            line = getattr(site.node, "lineno", 0)
            found.append(Mutant(module, site.function, line, old, with_it, (i, j), site.imported))
    return [m for m in found if m.old != m.new]


def _changed(site: Site, j: int) -> str:
    both = copy.deepcopy((site.shown, site.node))
    changes(both[1])[j]()
    return ast.unparse(both[0])


def modules() -> list[str]:
    """The modules that are mutated, as far as they exist."""
    found = (p for glob in TARGETS for p in sorted(PACKAGE.glob(glob)))
    return [p.relative_to(PACKAGE).as_posix() for p in found if p.stem != "__init__"]


def near(module: str) -> list[str]:
    """The tests near a module: its doctest, and those named after it or importing it."""
    path = PACKAGE / module
    dotted = "fullmenu." + module.removesuffix(".py").replace("/", ".")
    folder = ROOT / "tests" / path.parent.name
    named = sorted(folder.glob(f"test_{path.stem}*.py"))
    where, name = dotted.rsplit(".", 1)
    imports = re.compile(
        rf"^(from {re.escape(dotted)} import|import {re.escape(dotted)}\b"
        rf"|from {re.escape(where)} import .*\b{name}\b)",
        re.M,
    )
    others = [p for p in sorted(folder.glob("test_*.py")) if imports.search(p.read_text("utf-8"))]
    quick = sorted([*named, *others], key=lambda p: "hypothesis" in p.read_text("utf-8"))
    return [str(path), *dict.fromkeys(map(str, quick))]


class Loop:
    """Collects the tests once, and runs them in a fork for every mutant."""

    def __init__(self, jobs: list[Mutant | None], say: Callable[[int, str, float], None]) -> None:
        self.jobs, self.say = jobs, say

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run all mutants; the first job, ``None``, is the module as it is."""
        if session.testsfailed or not session.items:
            self.say(0, "killed", 0.0)
            return True
        limit = 300.0
        for i, mutant in enumerate(self.jobs):
            began = time.monotonic()
            result = forked(lambda mutant=mutant: _tests_fail(session, mutant), limit)
            took = time.monotonic() - began
            self.say(i, result, took)
            if mutant is None:
                if result != "survived":
                    break
                limit = 20 + 5 * took
        return True


def _tests_fail(session: Any, mutant: Mutant | None) -> bool:
    if mutant is not None:
        _replace(mutant)
    for i, item in enumerate(session.items):
        after = session.items[i + 1] if i + 1 < len(session.items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return True
    return False


def _replace(mutant: Mutant) -> None:
    """Give the functions of a module that is imported already their mutant's code."""
    path = str(PACKAGE / mutant.module)
    new = {(c.co_name, c.co_firstlineno): c for c in _codes(compile(mutant.tree(), path, "exec"))}
    for f in [f for f in gc.get_objects() if isinstance(f, FunctionType)]:
        code = f.__code__
        if code.co_filename == path and (code.co_name, code.co_firstlineno) in new:
            same = new[code.co_name, code.co_firstlineno]
            if same.co_freevars == code.co_freevars:
                f.__code__ = same


def _codes(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _codes(part)


class Instead:
    """Imports one module from other code than its file holds, before pytest looks for it."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.name = "fullmenu." + module.removesuffix(".py").replace("/", ".")
        self.path, self.code = str(PACKAGE / module), code

    def load(self) -> None:
        """Import it now."""
        sys.meta_path.insert(0, self)
        importlib.import_module(self.name)

    def find_spec(self, name: str, *_: Any) -> Any:
        """Find the one module."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def create_module(self, spec: Any) -> None:
        """Make the module as usual."""

    def exec_module(self, module: Any) -> None:
        """Run the other code."""
        exec(self.code, module.__dict__)


def forked(does_fail: Callable[[], bool], limit: float) -> str:
    """Run in a fork: ``killed`` where it fails, breaks or does not end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(limit) + 1)
        code = 1
        try:
            code = int(does_fail())
        finally:
            os._exit(code)
    return "survived" if os.waitpid(child, 0)[1] == 0 else "killed"


def pytest_main(tests: list[str], *plugins: Any) -> int:
    """Run pytest in this process to the first failure; it prints to a file."""
    import pytest

    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is preloaded
    return int(pytest.main([*options, "--rootdir", str(ROOT), *tests], plugins=list(plugins)))


def run(module: str, jobs: list[Mutant]) -> dict[Mutant, str]:
    """Run the tests near a module on each of its mutants; ``killed`` or ``survived``."""
    tests = near(module)
    called = [m for m in jobs if not m.imported]
    results: dict[Mutant, str] = {}
    read, write = os.pipe()

    def say(i: int, result: str, took: float) -> None:
        os.write(write, (json.dumps([i, result, took]) + "\n").encode())

    def together() -> None:
        os.close(read)
        pytest_main(tests, Loop([None, *called], say))

    began = time.monotonic()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            together()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as lines:
        (_, unchanged, alone), *rest = [json.loads(line) for line in lines] or [[0, "no", 0.0]]
    os.waitpid(child, 0)
    if unchanged != "survived":
        sys.exit(f"run by hand, without a change they fail too: python -m pytest {' '.join(tests)}")
    results |= {called[i - 1]: result for i, result, _ in rest}

    def imported(mutant: Mutant) -> bool:
        code = compile(mutant.tree(), str(PACKAGE / module), "exec")
        Instead(module, code).load()
        return pytest_main(tests) != 0

    for m in jobs:
        if m.imported:
            results[m] = forked(lambda m=m: imported(m), 60 + 5 * alone)
    took = time.monotonic() - began
    print(f"  {module}: tests {alone:.1f} s, {len(jobs)} mutants {took:.0f} s", file=sys.stderr)
    return results


def named() -> list[tuple[str, str, str]]:
    """Run the named faults: (label, file:line, killed or survived)."""
    rows = []
    for label, old, new in NAMED:
        holds = [p for p in sorted(PACKAGE.rglob("*.py")) if p.read_text("utf-8").count(old) == 1]
        if len(holds) != 1:
            rows.append((label, f"{len(holds)} files hold {old!r}: bring NAMED up to date", "?"))
            continue
        [path] = holds
        module = path.relative_to(PACKAGE).as_posix()
        text = path.read_text("utf-8")
        line = text[: text.index(old)].count("\n") + 1

        def breaks(path: Path = path, code: str = text.replace(old, new)) -> bool:
            module = path.relative_to(PACKAGE).as_posix()
            Instead(module, compile(code, str(path), "exec")).load()
            return pytest_main(near(module)) != 0

        rows.append((label, f"{module}:{line}", forked(breaks, 300)))
        print(f"  {label}: {rows[-1][2]}", file=sys.stderr)
    return rows


def preload() -> None:
    """Import what is heavy and never changes, once for all forks."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", KERAS_BACKEND="torch")
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT / "src"))
    os.chdir(ROOT)
    for name in (
        "numpy", "scipy.stats", "scipy.special", "scipy.sparse", "pyarrow", "hypothesis", "pytest",
        "jsonschema", "rapidfuzz",
    ):  # fmt: skip
        importlib.import_module(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=450, help="how many; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--module", action="append", help="such as stats/kl; more than once")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    chosen = [m for m in modules() if not options.module or m.removesuffix(".py") in options.module]
    if not chosen:
        sys.exit(f"no module {options.module}; there are {', '.join(modules())}")
    every = [m for module in chosen for m in mutants(module)]
    sample = every
    if 0 < options.sample < len(every):
        sample = sorted(random.Random(options.seed).sample(every, options.sample))
    same = {row[:4] for row in EQUIVALENT}
    if options.list:
        for m in sample:
            print(m.said, "  (equivalent)" if (m.module, m.function, m.old, m.new) in same else "")
        print(f"{len(sample)} of {len(every)} mutants")
        return 0
    preload()
    lines = [] if options.module else [f"{w:<9} {p:<24} {label}" for label, p, w in named()]
    results: dict[Mutant, str] = {}
    for module in chosen:
        jobs = [m for m in sample if m.module == module]
        jobs = [m for m in jobs if (m.module, m.function, m.old, m.new) not in same]
        results |= run(module, jobs) if jobs else {}
    table(sample, every, results, lines)
    return 0


def table(
    sample: list[Mutant], every: list[Mutant], results: dict[Mutant, str], lines: list[str]
) -> None:
    print("\n".join(["named faults", *lines, ""] if lines else []))
    print(f"{'module':<28}{'killed':>8}{'survived':>10}{'equivalent':>12}{'killed %':>10}")
    for module in [*dict.fromkeys(m.module for m in sample), ""]:
        of = [m for m in sample if module in ("", m.module)]
        killed = sum(results.get(m) == "killed" for m in of)
        tried = sum(m in results for m in of)
        share = f"{killed / tried:.1%}" if tried else ""
        row = (killed, tried - killed, len(of) - tried)
        print(f"{module or 'all':<28}{row[0]:>8}{row[1]:>10}{row[2]:>12}{share:>10}")
    print(f"\n{len(sample)} of {len(every)} mutants; survivors:")
    for m in sample:
        if results.get(m) == "survived":
            print(f"{m.said}  in {m.function or 'the module'}")


def _short(text: str, most: int = 110) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


if __name__ == "__main__":
    sys.exit(main())
