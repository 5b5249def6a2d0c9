"""URLs that something is posted to, and no further."""

from __future__ import annotations

import urllib.request
from typing import Any
from urllib.parse import urlsplit


def can_be_posted_to(url: str) -> bool:
    """Tell whether it is a URL with http:// or https:// and a host.

    >>> can_be_posted_to("https://example.com/hook"), can_be_posted_to("http://host:port/")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    return known and not any(c.isspace() or not c.isprintable() for c in url)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is posted goes to the URL that it is for: elsewhere its token would go with it."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse."""
