"""Any chat model behind an API like OpenAI's, asked through its own client."""

from __future__ import annotations

import asyncio
import email.utils
import logging
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, extra
from fullmenu.integrations.openai import service
from fullmenu.sampling.request import Answer, Refused, Reply, Request, Unreachable
from fullmenu.text.json_values import at, first, is_list, is_object, objects
from fullmenu.text.wrappings import served

TIMEOUT = 300.0
"""Seconds that one try may take."""

PATIENCE = 600.0
"""Seconds for which one request is tried again, once the server has answered any."""

AT_FIRST = 10.0
"""Seconds for which it is tried while nothing was ever answered."""

_SHARED = 4  # requests of one client: its pool looks through all connections at each
_AGAIN = (408, 409, 425, 429)
_SPENT = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")


def endpoint(
    url: str | None = None,
    model: str = "",
    *,
    key_env: str | None = None,
    chat: bool = True,
    timeout: float = TIMEOUT,
    patience: float = PATIENCE,
    per_request: int = 1,
) -> Endpoint:
    """Return a model behind an API like OpenAI's, to be sampled.

    Parameters
    ----------
    url
        Where, such as ``http://127.0.0.1:8000/v1``; by default ``$OPENAI_BASE_URL``, or OpenAI's.
    model
        Its name there.
    key_env
        The environment variable that holds the key; by default ``OPENAI_API_KEY``. The key is
        written nowhere, and stands in no message.
    chat
        Ask ``/chat/completions``, where the server's chat template applies. ``False``: the prompt's
        text goes to ``/completions`` as it is.
    timeout
        Seconds that one try may take.
    patience
        Seconds for which a request is tried again; a server's ``Retry-After`` is followed.
    per_request
        Outputs that one request asks for, ``n``. Not all servers honour it.

    Raises
    ------
    BadInput
        The URL or the name is none, or there is no key for OpenAI.
    MissingExtra
        The client is not installed.

    Examples
    --------
    >>> import fullmenu as fm
    >>> local = fm.endpoint("http://127.0.0.1:8000/v1", "my-model")  # doctest: +SKIP
    >>> fm.sampling.sample(["Name a fruit."], local, n=20).outputs  # doctest: +SKIP
    """
    with extra("models behind an endpoint", "ask"):
        import openai as _openai  # noqa: F401
        import stamina as _stamina  # noqa: F401
    logging.getLogger("stamina").addHandler(logging.NullHandler())
    base, key = service(url, key_env, f"the model {model!r}")
    if not model:
        raise BadInput(f"no model is named for {base}; give its name (--model)")
    if not timeout > 0 or not patience >= 0:
        raise BadInput(f"timeout={timeout}, patience={patience}: give seconds, above 0")
    return Endpoint(
        base, model, key, chat=chat, timeout=timeout, patience=patience, per_request=per_request
    )


class _Failed(Exception):
    """A try that brought nothing, and may be made again, after so many seconds if it says so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class Endpoint:
    """A model behind an API like OpenAI's, as :func:`endpoint` makes it."""

    at_once: int | None = None

    def __init__(
        self,
        url: str,
        model: str,
        key: str,
        *,
        chat: bool,
        timeout: float,
        patience: float,
        per_request: int,
    ) -> None:
        self.url, self.name, self.per_request = url, model, per_request
        self.chat, self.timeout, self.patience = chat, timeout, patience
        self.answered = False
        self._key = key
        self._clients: list[_Client] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, request: Request, sent: Callable[[], None]) -> Answer:
        """Ask until an answer comes, the prompt is refused, or patience ends."""
        path, body = self._body(request)
        try:
            sent()
            answer = await self._once(path, body)
        except _Failed as error:
            answer = await self._again(error, path, body, sent)
        self.answered = True
        return answer

    async def _again(
        self, error: _Failed, path: str, body: Mapping[str, Any], sent: Callable[[], None]
    ) -> Answer:
        """Ask again after a try that failed, until patience ends."""
        import stamina

        began = time.monotonic()
        failed = [error]  # the first try is made already

        def wait(error: Exception) -> bool | float:
            patience = self.patience if self.answered else min(AT_FIRST, self.patience)
            if not isinstance(error, _Failed):
                return False
            if error.wait is None:
                return time.monotonic() - began < patience
            return error.wait if error.wait <= self.patience else False

        attempts = stamina.retry_context(
            on=wait, attempts=None, timeout=None, wait_initial=0.5, wait_max=30, wait_jitter=0.5
        )
        try:
            async for attempt in attempts:
                with attempt:
                    if failed:
                        raise failed.pop()
                    sent()
                    return await self._once(path, body)
        except _Failed as last:
            asks = "" if last.wait is None else f", and asks to wait {last.wait:,.0f} seconds"
            raise Unreachable(
                f"{self.shown} gives no answer: {last}{asks}. Is it running, and at this address? "
                "Then go on with the same command"
            ) from last
        raise AssertionError("a retry ends with an answer or an error")

    async def close(self) -> None:
        """Close the connections."""
        clients, self._clients = self._clients, []
        for client in clients:
            await client.api.close()

    @property
    def shown(self) -> str:
        """Its address, without what may be secret in it."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Lend a client of this event loop that has few requests in flight."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._clients, self._loop = [], loop
        client = min(self._clients, key=lambda one: one.in_flight, default=None)
        if client is None or client.in_flight >= _SHARED:
            from openai import AsyncOpenAI

            client = _Client(
                AsyncOpenAI(
                    base_url=self.url,
                    api_key=self._key or "none",
                    max_retries=0,
                    timeout=self.timeout,
                )
            )
            self._clients.append(client)
        client.in_flight += 1
        try:
            yield client.api
        finally:
            client.in_flight -= 1

    def _body(self, request: Request) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {"model": self.name}
        chat = self.chat and request.prompt.chat
        if chat:
            body["messages"] = [dict(turn) for turn in request.prompt.messages]
        else:
            body["prompt"] = request.prompt.text
        body |= request.parameters
        if request.n > 1:
            body["n"] = request.n
        if request.seed is not None:
            body["seed"] = request.seed
        return "/chat/completions" if chat else "/completions", body

    async def _once(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Make one try."""
        import openai

        try:
            with self._opened() as api:
                said = await asyncio.wait_for(
                    api.post(path, cast_to=object, body=body), self.timeout
                )
        except openai.APIStatusError as error:
            raise await self._refusal(error.status_code, error.body, error.response) from None
        except (asyncio.TimeoutError, openai.APITimeoutError):
            raise _Failed(f"nothing came within {self.timeout:g} seconds") from None
        except openai.APIConnectionError as error:
            raise self._unconnected(error) from None
        except (openai.OpenAIError, ValueError) as error:
            raise _Failed(f"the answer cannot be read ({self._clean(error)})") from None
        return self._read(said, "none" if path == "/completions" else "chat")

    def _read(self, said: object, template: str) -> Answer:
        fault = at(said, "error")
        choices = at(said, "choices")
        if not is_object(said) or not is_list(choices) or not choices:
            what = self._reason(fault) if fault else f"it begins {one_line(said, 60)!r}"
            raise _Failed(f"the answer holds no outputs: {what}")
        if any(first(choice, "finish_reason") == "error" for choice in objects(choices)):
            raise _Failed("the answer ended in an error of the server")
        given = sorted(objects(choices), key=_place)
        texts = served({"choices": given})
        usage = at(said, "usage")
        model, call_id = at(said, "model"), at(said, "id")
        mark = at(said, "system_fingerprint")
        replies = [
            Reply(
                text.text
                if text.text is not None and not text.calls
                else dict(first(choice, "message") or {"role": "assistant", "content": ""}),  # type: ignore[call-overload]
                model=model if isinstance(model, str) else None,
                system_fingerprint=mark if isinstance(mark, str) else None,
                call_id=call_id if isinstance(call_id, str) else None,
                finish_reason=None if text.finish_reason is None else str(text.finish_reason),
                logprobs=_logprobs(text.logprobs),
                template=template,
                extra={"reasoning": text.reasoning} if text.reasoning else {},
            )
            for choice, text in zip(given, texts, strict=True)
        ]
        money = at(usage, "cost")
        return Answer(
            replies,
            _count(at(usage, "prompt_tokens")),
            _count(at(usage, "completion_tokens")),
            float(money) if isinstance(money, (int, float)) else None,
        )

    async def _refusal(self, status: int, body: object, response: Any) -> Exception:
        why = f"status {status}{self._reason(body)}"
        spent = any(str(first(body, "code", "type")) == name for name in _SPENT)
        if (status in _AGAIN or status >= 500) and not spent:
            return _Failed(why, _wait(response.headers))
        if status in (401, 403) or spent:
            return Unreachable(
                f"{self.shown} refuses the key: {why}. Set OPENAI_API_KEY, or name another "
                "variable (--key-env)"
            )
        if status in (404, 405):
            return Unreachable(
                f"{self.shown} does not know the model {self.name!r}, or is not where models are "
                f"asked: {why}. {await self._models()}"
            )
        return Refused(why)

    async def _models(self) -> str:
        """Say what there is."""
        names: list[str] = []
        with suppress(Exception):
            with self._opened() as api:
                said = await asyncio.wait_for(api.get("/models", cast_to=object), 5)
            names = [str(one.get("id")) for one in objects(at(said, "data"))]
        if names:
            return f"It has {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"
        return "Most addresses end in /v1"

    def _unconnected(self, error: Exception) -> Exception:
        causes = list(_causes(error))
        if secure := next((one for one in causes if isinstance(one, ssl.SSLError)), None):
            way = "does it speak https? If it does not, begin with http://"
            if isinstance(secure, ssl.SSLCertVerificationError):
                way = (
                    "certificates are looked up in the system's store: add your own authority "
                    "there, or name its file in SSL_CERT_FILE"
                )
            return Unreachable(
                f"no secure connection to {self.shown}: {self._clean(secure)}; {way}"
            )
        number = next((c.errno for c in causes if isinstance(c, OSError) and c.errno), None)
        if number is not None and number > 0:
            return _Failed(os.strerror(number))
        return _Failed(self._clean(error.__cause__ or error))

    def _reason(self, body: object) -> str:
        said = body if isinstance(body, str) else first(body, "message", "detail", "error")
        return f", {self._clean(said)}" if said else ""

    def _clean(self, said: object) -> str:
        """Return text of others on one line, without the key."""
        text = str(said) or type(said).__name__
        return one_line(text.replace(self._key, "…") if self._key else text, 300)


@dataclass
class _Client:
    """A client, and how many requests it has in flight."""

    api: Any
    in_flight: int = 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from, down to the first cause."""
    at_hand: BaseException | None = error
    while at_hand is not None:
        yield at_hand
        at_hand = at_hand.__cause__ or at_hand.__context__


def _wait(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After``: seconds, or a date."""
    said = headers.get("retry-after", "")
    with suppress(ValueError):
        if milliseconds := headers.get("retry-after-ms"):
            return max(float(milliseconds) / 1000, 0.0)
        return max(float(said), 0.0)
    with suppress(ValueError, TypeError):
        return max(email.utils.parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    return None


def _place(choice: Mapping[str, object]) -> int:
    place = choice.get("index")
    return place if isinstance(place, int) else 0


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _logprobs(value: object) -> list[float] | None:
    """Return the log-probabilities of the tokens, of a chat or of a plain completion."""
    tokens = at(value, "content") or at(value, "token_logprobs")
    if not is_list(tokens):
        return None
    numbers = [at(token, "logprob") if is_object(token) else token for token in tokens]
    return [float(x) for x in numbers if isinstance(x, (int, float))] or None
