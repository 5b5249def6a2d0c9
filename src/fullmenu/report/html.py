"""A report as one HTML file: nothing is loaded from elsewhere, and model text stays text."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING

from fullmenu.cleaner import clean, one_line
from fullmenu.report import plain, questions
from fullmenu.report.document import Content
from fullmenu.report.page import Shown, contents
from fullmenu.report.plain import SYMBOLS, percent, unbroken
from fullmenu.report.words import GLOSSARY

if TYPE_CHECKING:
    from jinja2 import Environment


def render(document: Content) -> str:
    """Return the page for a comparison, a check or a trend; every text in it is taken as hostile.

    Its style, charts and script are inlined, under a policy that allows nothing else.
    """
    return drawn(
        "page.html.jinja", contents(document), pictures=questions.media(document) == "image"
    )


def drawn(template: str, shown: Shown, *, pictures: bool = False) -> str:
    """Draw a file of ``templates/``, its style, charts and script inlined, under a strict policy.

    Of what is shown ``specs`` are charts; ``pictures``: whether it holds pictures, as data.
    """
    env = _environment()
    assert env.loader
    css, js = (env.loader.get_source(env, name)[0] for name in ("page.css", "page.js"))
    vega = _vega()
    specs = inert_json(shown["specs"])
    images = " img-src data:;" if pictures else ""
    policy = (
        f"default-src 'none'; script-src {_hash(vega)} {_hash(js)}; style-src {_hash(css)};"
        f"{images} base-uri 'none'; form-action 'none'"
    )
    safe = env.filters["safe"]
    inlined = {"css": css, "js": js, "vega": vega, "specs": specs, "policy": policy}
    given = {name: safe(text) for name, text in inlined.items()}
    return str(env.get_template(template).render({**shown, **given}))


def inert_json(found: object) -> str:
    """Return JSON that cannot end the script element that holds it.

    >>> inert_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(found, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader

    env = Environment(
        loader=PackageLoader("fullmenu.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {
        "glossary": GLOSSARY,
        "symbols": SYMBOLS,
        "clean": clean,
        "one_line": one_line,
        "place": plain.place,
        "percent": percent,
        "unbroken": unbroken,
    }
    return env


@lru_cache(maxsize=1)
def _vega() -> str:
    """Return the drawing script; it must hold nothing that would end its element."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--").replace("\r", "")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
