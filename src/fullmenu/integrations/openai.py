"""Any embeddings service that speaks OpenAI's API; the standard library is enough for it."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.integrations.embedding import EmbeddingModel

TIMEOUT = 60.0
"""Seconds that one try may take."""

PAUSES = (1.0, 3.0, 9.0, 27.0)
"""Seconds before each further try, unless the service asks for others."""

LONGEST = 1 << 26
"""Bytes of an answer that are read."""

_AGAIN = (408, 409, 429, 500, 502, 503, 504, 529)


def load(model: str, *, sleep: Callable[[float], object] = time.sleep) -> EmbeddingModel:
    """Return the model ``openai:NAME`` of the service at ``$OPENAI_BASE_URL``.

    The key is read from ``$OPENAI_API_KEY`` and appears in no message. The cost is the number of
    tokens that the service says it read; a service that does not say has none.

    Raises
    ------
    BadInput
        There is no key, or (when texts are embedded) the service refuses or cannot be reached.
    """
    name = model.removeprefix("openai:")
    if not name:
        raise BadInput("openai: names no model; give for example openai:text-embedding-3-small")
    base, key = service(None, None, repr(model))
    tokens = [0]

    def embed(texts: Sequence[str]) -> list[list[float]]:
        body = {"model": name, "input": list(texts), "encoding_format": "float"}
        answer = _posted(f"{base}/embeddings", key, body, sleep)
        try:
            tokens[0] += int((answer.get("usage") or {}).get("total_tokens") or 0)
            data = sorted(answer["data"], key=lambda one: one["index"])
            vectors = [[float(x) for x in one["embedding"]] for one in data]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadInput(f"the service's answer for {model!r} holds no embeddings") from error
        return vectors

    return EmbeddingModel(
        embed, f"{base}\0{name}", lambda: f"{tokens[0]:,} tokens read" if tokens[0] else ""
    )


def service(url: str | None, key_env: str | None, what: str) -> tuple[str, str]:
    """Return the address of a service and the key for it, which may be empty.

    Parameters
    ----------
    url
        By default ``$OPENAI_BASE_URL``, or OpenAI's own.
    key_env
        The environment variable that holds the key; by default ``OPENAI_API_KEY``.
    what
        What it is for, as messages say it.

    Raises
    ------
    BadInput
        The address is none, or there is no key for OpenAI.
    """
    named = url or os.environ.get("OPENAI_BASE_URL")
    base = (named or "https://api.openai.com/v1").rstrip("/").removesuffix("/chat/completions")
    if not base.startswith(("http://", "https://")):
        given = f"the endpoint {url!r}" if url else "OPENAI_BASE_URL"
        raise BadInput(f"{given} is no URL; give one with http:// or https://")
    key = os.environ.get(key_env or "OPENAI_API_KEY", "")
    if key_env and not key:
        raise BadInput(f"the environment has no {key_env}; set it to the key, or leave it out")
    if not key and not named:
        raise BadInput(
            f"no key for {what}: set OPENAI_API_KEY, and OPENAI_BASE_URL for a service other "
            "than OpenAI's"
        )
    return base, key


def _posted(url: str, key: str, body: object, sleep: Callable[[float], object]) -> Any:
    headers = {"Content-Type": "application/json", "User-Agent": "fullmenu"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = json.dumps(body).encode("utf-8", "replace")
    request = urllib.request.Request(url, data, headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirect)
    for pause in (*PAUSES, None):
        wait = pause
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                said = answer.read(LONGEST + 1)
                if len(said) > LONGEST:
                    raise BadInput(
                        f"the embeddings service answered with more than {LONGEST:,} bytes; give a "
                        "model with fewer numbers in a vector"
                    )
                return json.loads(said)
        except urllib.error.HTTPError as error:
            why = f"status {error.code}"
            if error.code not in _AGAIN:
                raise BadInput(f"the embeddings service says no: {why}{_reason(error)}") from error
            asked = error.headers.get("Retry-After", "")
            if pause is not None and asked.isdigit():
                wait = min(float(asked), 60.0)
        except BadInput:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = str(getattr(error, "reason", error)) or type(error).__name__
        if wait is not None:
            sleep(wait)
    raise BadInput(f"the embeddings service cannot be reached: {why}, {len(PAUSES) + 1} times")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another address."""

    def redirect_request(self, *_: Any) -> None:
        """Go nowhere."""


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        said = json.loads(error.read(4096))["error"]
        return f", {said['message'] if isinstance(said, dict) else said}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
