"""A report as one HTML file: nothing is loaded from elsewhere, and model text stays text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from fullmenu.cleaner import clean, one_line
from fullmenu.report import plain, questions, svg
from fullmenu.report.browser import MarkedBy, browser
from fullmenu.report.document import CheckDocument, ComparisonDocument, Content, TrendDocument
from fullmenu.report.forms import Form
from fullmenu.report.glossary import GLOSSARY, REPORT
from fullmenu.report.models import page as models
from fullmenu.report.page import CARDS, PROMPTS, TURNS, Shown, contents, leading
from fullmenu.report.plain import SYMBOLS, percent, unbroken
from fullmenu.samples import Samples

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def framed(document: Content) -> str:
    """Return a short page in a frame of its own, for a notebook: it keeps its style and policy."""
    page = drawn("page.html.jinja", {**contents(document), "brief": True},
                 pictures=questions.media(document) == "image")  # fmt: skip
    inside = page.replace("&", "&amp;").replace("'", "&#39;")
    return (
        '<iframe sandbox="" title="Fullmenu report" width="100%" height="800" '
        f"style=\"border: 0\" srcdoc='{inside}'></iframe>"
    )


def render(
    document: Content, samples: Sequence[Samples] = (), marked_by: MarkedBy | None = None
) -> str:
    """Return the page for a comparison, a check or a trend; every text in it is taken as hostile.

    Its style and charts are inlined, under a policy that allows nothing else. With the samples it
    was made of, the page holds every prompt's outputs, and one script to search them.
    """
    shown = contents_with(document, samples, marked_by)
    return drawn("page.html.jinja", shown, pictures=questions.media(document) == "image")


def contents_with(
    document: Content, samples: Sequence[Samples] = (), marked_by: MarkedBy | None = None
) -> Shown:
    """Return what the page shows, with the outputs of the samples and the name of its script."""
    shown = contents(document)
    if isinstance(document, TrendDocument) and document.models:
        shown = {**shown, "models": models.contents(document.models)}
    if samples:
        found = browser(samples, questions.names(document), marked_by, leading(document))
        # of a large log the samples are a close-up
        found["prompts"] = max(found["prompts"], _prompts(document))
        shown = {**shown, "browser": found, "script": "browser.js"}
    elif isinstance(document, TrendDocument) and document.answers:
        shown = {**shown, "script": "versions.js"}
    elif questions.media(document) == "text" and not isinstance(document, TrendDocument):
        shown = {**shown, "bare": True}
    return shown


def _prompts(document: Content) -> int:
    """Return how many prompts a report is about."""
    if isinstance(document, CheckDocument):
        return document.log.prompts
    return document.shared_prompts if isinstance(document, ComparisonDocument) else 0


def drawn(
    template: str, shown: Shown, terms: Sequence[str] = REPORT, *, pictures: bool = False
) -> str:
    """Draw a file of ``templates/``, its style inlined, under a policy that allows nothing else.

    ``terms``: the words that its glossary explains; ``pictures``: whether it holds pictures, as
    data.
    """
    env = environment()
    css = style()
    images = " img-src data:;" if pictures else ""
    script = source(str(shown["script"])) if "script" in shown else ""
    scripts = f" script-src {_hash(script)};" if script else ""
    policy = (
        f"default-src 'none'; style-src {_hash(css)};{scripts}{images} "
        "base-uri 'none'; form-action 'none'"
    )
    safe = env.filters["safe"]
    frame = {"css": safe(css), "script": safe(script), "policy": policy, **around(terms)}
    return str(env.get_template(template).render({**shown, **frame}))


def around(terms: Sequence[str]) -> Shown:
    """Return what every frame shows: its sections so far, the words it explains, and the day."""
    today = datetime.now(timezone.utc)
    return {
        "sections": [],
        "terms": {term: GLOSSARY[term] for term in terms},
        "version": version("fullmenu"),
        "today": f"{today.day} {today:%B %Y}",
    }


def style() -> str:
    """Return the style sheet of pages, with that of their charts."""
    return svg.style() + source("page.css")


def source(name: str) -> str:
    """Return a file of ``templates/`` as it stands there."""
    return (files("fullmenu.report") / "templates" / name).read_text("utf-8")


@lru_cache(maxsize=4)
def environment(room: str | None = None) -> Environment:
    """Return what draws templates; those of another ``room`` go before the report's own."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader

    rooms = ["fullmenu.report"] if room is None else [room, "fullmenu.report"]
    env = Environment(
        loader=ChoiceLoader([PackageLoader(name, "templates") for name in rooms]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {
        "glossary": GLOSSARY,
        "at_once": {"cards": CARDS, "prompts": PROMPTS, "turns": TURNS},
        "symbols": SYMBOLS,
        "clean": clean,
        "one_line": one_line,
        "place": plain.place,
        "percent": percent,
        "unbroken": unbroken,
        "chart": _chart,
        "chart_css": svg.css,
    }
    return env


def _chart(form: Form) -> Markup:
    from markupsafe import Markup

    return Markup(svg.drawn(form))


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
