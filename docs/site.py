"""What the documentation site makes besides the pages in this folder.

The first page is README, the pages about the project are those at its root, and the reference has a
page for each package, written from the docstrings of its public names. ``make docs`` builds it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parent))
import gallery

ROOT = Path(__file__).parents[1]
ABOUT = {
    "CHANGELOG.md": "about/changes.md",
    "ARCHITECTURE.md": "about/architecture.md",
    "PAPERS.md": "about/papers.md",
    "CONTRIBUTING.md": "about/contributing.md",
    "SECURITY.md": "about/security.md",
    "benchmarks/README.md": "about/benchmarks.md",
}
PACKAGES = (
    "", "measures", "sampling", "stress", "review", "watch", "cure", "train", "diagnose", "testing",
)  # fmt: skip


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put a page a package into the navigation."""
    pages = [{_named(package): _page(package)} for package in PACKAGES]
    for section in config.nav or []:
        if section.get("Reference") == "REFERENCE":
            section["Reference"] = pages
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add README, the pages about the project, and the reference."""
    made = {"index.md": _readme()}
    made |= {page: _about((ROOT / name).read_text("utf-8")) for name, page in ABOUT.items()}
    made |= {_page(package): _reference(package) for package in PACKAGES}
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    with tempfile.TemporaryDirectory() as folder:
        gallery.make(Path(folder))
        for path in Path(folder).iterdir():
            report = File.generated(config, f"gallery/{path.name}", content=path.read_bytes())
            files.append(report)
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Fill in the gallery."""
    cards = "\n".join(map(gallery.card, gallery.PAGES))
    return markdown.replace("<!-- gallery -->", cards)


def _readme() -> str:
    text = re.sub(r"\]\(docs/", "](", (ROOT / "README.md").read_text("utf-8"))
    for name, page in ABOUT.items():
        text = text.replace(f"]({name}", f"]({page}")
    return _unlinked(text.replace("](benchmarks/README.md)", "](about/benchmarks.md)"))


def _about(text: str) -> str:
    return _unlinked(re.sub(r"\]\(docs/", "](../", text))


def _unlinked(text: str) -> str:
    """Take away links to files that are no pages of the site."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:|#)([^)#]+\.(?!md)[^)]*|[^).#]+)\)", r"\1", text)


def _named(package: str) -> str:
    return ".".join(filter(None, ("fullmenu", package)))


def _page(package: str) -> str:
    return f"reference/{package or 'fullmenu'}.md"


def _reference(package: str) -> str:
    """Write what mkdocstrings fills in: every public name of the package but its modules."""
    named = _named(package)
    module = import_module(named)
    called = ".".join(filter(None, ("fm", package)))
    head = f"# `{named}`\n\nIn examples it is called `{called}`.\n"
    if package == "measures":
        functions = (measure.function for measure in module.all_measures().values())
        return head + "".join(f"\n::: {f.__module__}.{f.__name__}\n" for f in functions)
    path = getattr(module, "__path__", None)
    modules = {found.name for found in iter_modules(path)} if path else set()
    names = [name for name in dir(module) if name[0] != "_" and name not in modules]
    members = "".join(f"        - {name}\n" for name in names)
    options = "    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n"
    return f"{head}\n::: {named}\n{options}      members:\n{members}"
