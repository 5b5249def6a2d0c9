"""A chat server of the standard library with the faults that real ones have.

Run as a program, from the root of the repository: ``python -m tests.sampling.server
'{"port": 0, …}'``; it prints its port. Every request that comes is a line of its log, written
before anything is answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from dataclasses import dataclass
from typing import Any

from .toy import SAMPLERS, draw

FAULTS = ("429", "500", "503", "cut", "garbage", "html", "empty", "hang up", "slow", "drip")


@dataclass
class Settings:
    port: int = 0
    chance: int | None = None  # seed of all that it draws; by default another at each start
    log: str = os.devnull  # a file: one line a request that came, and one an answer that went
    latency: float = 0.0
    faults: float = 0.0  # share of requests that fail
    kinds: tuple[str, ...] = FAULTS
    n: str = "honoured"  # honoured, ignored, identical
    draws: str = "fresh"  # fresh, pinned, one seed, greedy, cached, cached by prompt
    ignores: tuple[str, ...] = ()  # samplers that change nothing
    sure: float = 1.0  # of its answer
    temperature: float = 1.0  # unless another is asked for
    usage: bool = True
    words: int = 40
    text: str = ""  # all that it ever says; by default what a toy model draws
    refuse: str = ""  # prompts that hold this are refused with status 400
    key: str = ""
    cost: float | None = None
    max_n: int | None = None  # a larger n is refused
    logprobs: bool = True


class Server:
    """Answers ``/v1/chat/completions``, ``/v1/completions`` and ``/v1/models``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = os.open(settings.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.chance = random.Random(settings.chance)
        self.cache: dict[str, bytes] = {}

    async def serve(self) -> None:
        server = await asyncio.start_server(self.handle, "127.0.0.1", self.settings.port)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split()[1]
                names = (line.partition(":") for line in head[1:])
                fields = {name.lower(): value.strip() for name, _, value in names}
                held = await reader.readexactly(int(fields.get("content-length", 0)))
                await self.answer(writer, path, fields, json.loads(held) if held else {})
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def note(self, word: str, prompt: str) -> None:
        os.write(self.log, json.dumps([word, prompt]).encode() + b"\n")

    async def answer(
        self, writer: Any, path: str, fields: dict[str, str], body: dict[str, Any]
    ) -> None:
        s = self.settings
        if path.endswith("/models"):
            send(writer, 200, {"data": [{"id": "toy-model"}]})
            return
        if not path.endswith("/completions"):
            send(writer, 404, {"error": {"message": f"no route {path}"}})
            return
        prompt = body["messages"][-1]["content"] if "messages" in body else body["prompt"]
        self.note("came", prompt)
        if s.key and fields.get("authorization") != f"Bearer {s.key}":
            said = f"Incorrect API key provided: {fields.get('authorization', '')[7:]}"
            send(writer, 401, {"error": {"message": said, "code": "invalid_api_key"}})
            return
        if body["model"] != "toy-model":
            send(writer, 404, {"error": {"message": f"no model {body['model']}"}})
            return
        if s.refuse and s.refuse in prompt:
            send(writer, 400, {"error": {"message": "the prompt is not allowed"}})
            return
        if s.max_n and body.get("n", 1) > s.max_n:
            send(writer, 400, {"error": {"message": f"n may be {s.max_n} at most"}})
            return
        fault = self.chance.choice(s.kinds) if self.chance.random() < s.faults else ""
        if fault and fault not in ("slow", "drip"):
            self.note("failed", prompt)
        await asyncio.sleep(s.latency)
        if fault in ("429", "500", "503"):
            wait = {"retry-after": "0"} if fault == "429" else {}
            send(writer, int(fault), {"error": {"message": "too much of it"}}, wait)
            return
        if fault == "garbage":
            send(writer, 200, b'{"choices": [{"message": \x00\xff')
            return
        if fault == "html":
            send(writer, 200, b"<html>Bad gateway</html>", {"content-type": "text/html"})
            return
        if fault == "empty":
            send(writer, 200, {"object": "chat.completion", "choices": []})
            return
        if fault == "hang up":
            raise ConnectionError
        data = json.dumps(self.completion(body, prompt)).encode()
        if fault == "cut":
            send(writer, 200, data[: len(data) // 2], claimed=len(data))
            await writer.drain()
            raise ConnectionError
        if fault == "slow":
            await asyncio.sleep(0.3)
        if fault == "drip":
            send(writer, 200, data[:20], claimed=len(data))
            for a in range(20, len(data), len(data) // 5):
                await writer.drain()
                await asyncio.sleep(0.05)
                writer.write(data[a : a + len(data) // 5])
            self.note("sent", prompt)
            return
        send(writer, 200, data)
        self.note("sent", prompt)

    def completion(self, body: dict[str, Any], prompt: str) -> dict[str, Any]:
        s = self.settings
        n = 1 if s.n == "ignored" else body.get("n", 1)
        key = prompt if s.draws == "cached by prompt" else json.dumps(body, sort_keys=True)
        if s.draws.startswith("cached") and key in self.cache:
            return json.loads(self.cache[key])
        seed = body.get("seed", 0 if s.draws == "pinned" else None)
        if s.draws == "one seed":
            seed = 0
        texts = [self.text(prompt, body, None if seed is None else seed + i) for i in range(n)]
        if s.n == "identical":
            texts = texts[:1] * n
        chat = "messages" in body
        choices: list[dict[str, Any]] = [
            {"index": i, "finish_reason": "stop", "text": text}
            | ({"message": {"role": "assistant", "content": text}} if chat else {})
            for i, text in enumerate(texts)
        ]
        if body.get("logprobs") and s.logprobs:
            for choice in choices:
                choice["logprobs"] = {"content": [{"token": "a", "logprob": -0.5}] * 3}
        said: dict[str, Any] = {
            "id": f"chatcmpl-{self.chance.getrandbits(60):x}",
            "object": "chat.completion",
            "created": 1,
            "model": "toy-model-2026",
            "system_fingerprint": "fp_toy",
            "choices": choices[::-1],  # in no order that anybody promised
        }
        if s.usage:
            said["usage"] = {"prompt_tokens": 10, "completion_tokens": s.words * n}
            if s.cost is not None:
                said["usage"]["cost"] = s.cost
        if s.draws.startswith("cached"):
            self.cache[key] = json.dumps(said).encode()
        return said

    def text(self, prompt: str, body: dict[str, Any], seed: int | None) -> str:
        s = self.settings
        if s.text:
            return s.text
        chance = self.chance if seed is None else random.Random(f"{seed} {prompt}")
        asked = {k: body[k] for k in SAMPLERS if body.get(k) is not None and k not in s.ignores}
        asked.setdefault("temperature", s.temperature)
        if s.draws == "greedy":
            asked["temperature"] = 0.0
        words = min(s.words, body.get("max_tokens", s.words))
        return " ".join(draw(prompt, words, asked, chance, s.sure))


def send(
    writer: Any,
    status: int,
    body: object,
    fields: dict[str, str] | None = None,
    claimed: int | None = None,
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = {"content-type": "application/json", **(fields or {})}
    head["content-length"] = str(len(data) if claimed is None else claimed)
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"HTTP/1.1 {status} x\r\n{lines}\r\n".encode() + data)


if __name__ == "__main__":
    asyncio.run(Server(Settings(**json.loads(sys.argv[1]))).serve())
