"""What README and docs tell people to type is what the program understands and says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

import fullmenu
from fullmenu.cli import check, compare, demo, measures, watch
from fullmenu.cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```[^\n]*\n(.*?)^\1```", re.M | re.S)
INLINE = re.compile(r"(?<!`)`(fullmenu(?: [^`\n]+)?)`(?!`)")
ENDS = {"|", "||", "&&", ";", ">", ">>", "2>", "<"}
CLI = typer.main.get_command(app)


def commands(text):
    """Return the arguments of every ``fullmenu …`` that stands where a command stands."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"^\s*(- )?(run: )?(\$ )?", "", line)
        if not re.match(r"(.*\| *)?fullmenu( |$)", line):
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        rest = words[words.index("fullmenu") + 1 :]
        end = next((i for i, word in enumerate(rest) if word in ENDS), len(rest))
        found.append(rest[:end])
    return found


def in_blocks(path):
    text = path.read_text(encoding="utf-8")
    fenced = [body for _, body in BLOCK.findall(text)]
    indented = re.findall(r"^(?: {4}|\t).*$", BLOCK.sub("", text), re.M)
    return commands("\n".join([*fenced, *indented]))


def parse(args):
    """Parse as the program would, without running it; a usage error is raised."""
    if not args or args[0].startswith("-"):
        known = {o for p in CLI.params for o in p.opts} | {"-h", "--help"}
        assert set(args) <= known
        return
    group = CLI
    while hasattr(group, "commands") and args and not args[0].startswith("-"):
        assert args[0] in group.commands
        group, args = group.commands[args[0]], args[1:]
    if "--help" not in args:
        group.make_context("fullmenu", list(args))


def test_the_extraction_finds_commands():
    text = (
        "$ fullmenu check a --json > x\n  - run: cat l | fullmenu check - # yes\nno fullmenu here\n"
    )
    text += "fullmenu compare a \\\n  b; echo"
    assert commands(text) == [["check", "a", "--json"], ["check", "-"], ["compare", "a", "b"]]
    with pytest.raises(Exception, match="No such option"):
        parse(["check", "log", "--no-such-option"])
    with pytest.raises(Exception, match="Missing"):
        parse(["check"])
    with pytest.raises(Exception, match="No such option"):
        parse(["lab", "run", "menu", "--no-such-option"])


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_commands_in_code_blocks_are_understood(path):
    for args in in_blocks(path):
        parse(args)


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "docs" / "ci.md"], ids=lambda p: p.name
)
def test_these_pages_show_commands(path):
    assert len(in_blocks(path)) >= 3


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_commands_in_the_text_exist(path):
    prose = BLOCK.sub("", path.read_text(encoding="utf-8"))
    for said in INLINE.findall(prose):
        name, *rest = [*said.split()[1:], ""]
        if not name or name.startswith("-"):
            continue
        assert name in CLI.commands, said
        known = {o for p in CLI.commands[name].params for o in p.opts} | {"-h", "--help"}
        assert {word for word in rest if word.startswith("--")} <= known, said


@pytest.mark.parametrize(
    "module", [check, compare, demo, measures, watch], ids=lambda m: m.__name__
)
def test_examples_of_the_help_are_understood(module):
    found = commands(module.EXAMPLES)
    assert found
    for args in found:
        parse(args)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_names_of_the_library_resolve(path):
    text = path.read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"\bfm\.(\w+)", text))):
        assert hasattr(fullmenu, name), f"fm.{name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_python_in_the_docs_is_python():
    for path in PAGES:
        for body in re.findall(r"^```python\n(.*?)^```", path.read_text("utf-8"), re.M | re.S):
            compile(body, path.name, "exec")


def test_yaml_in_the_docs_parses(require):
    yaml = require("yaml")
    for path in PAGES:
        for body in re.findall(r"^```yaml\n(.*?)^```", path.read_text("utf-8"), re.M | re.S):
            assert yaml.safe_load(body)["jobs"]


def test_the_readme_shows_what_the_demo_prints(demo):
    """Between the markers stands what it prints; a line ``…`` stands for lines left out."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- demo -->\n(.*?)<!-- /demo -->", text, re.S)
    assert found, "README.md has no block between <!-- demo --> and <!-- /demo -->"
    shown = [line.rstrip() for line in BLOCK.search(found[1])[2].splitlines()]
    shown = [line for line in shown if not line.startswith("$ ")]
    printed = "\n".join(line.rstrip() for line in demo[0].stdout.splitlines()) + "\n"
    at = 0
    for part in re.split(r"^\s*(?:…|\.\.\.)$\n?", "\n".join(shown) + "\n", flags=re.M):
        part = part.strip("\n")
        place = printed.find(part, at)
        assert place >= 0, f"the demo no longer prints this, or not here:\n{part}\n--\n{printed}"
        at = place + len(part)
    assert at, "the block between the markers is empty"


def test_every_measure_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    missing = [name for name in fullmenu.measures.all_measures() if f"`{name}`" not in guide]
    assert not missing
