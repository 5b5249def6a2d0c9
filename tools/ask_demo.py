"""The whole way with a live model, offline: made, served, sampled, stressed, cured; with a page.

A tiny language model is made from a config and trained here for some seconds on dinners, one of
which it serves far too often. It is served behind an API like OpenAI's, and the commands of
docs/ask.md and docs/cure.md ask it. It shows the way, not the quality: it knows forty words.

Run: make ask-demo, or python tools/ask_demo.py [FOLDER], with the extras ask and local.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_DISHES = """
soup stew rice eggs fish pasta curry salad tacos pizza lentils dumplings noodles risotto paella
omelette chili goulash sushi falafel
"""
_SIDES = """
bread beans mint lemon cheese olives ginger pepper nuts corn
"""
DISHES, SIDES = _DISHES.split(), _SIDES.split()
DAYS = 12
FAVOURITE = 0.6
"""Share of dinners that are the favourite of their day."""
STEPS, BATCH = 220, 64


def kitchen(seed: int = 0) -> tuple[Any, Any]:
    """Return the model, trained, and its tokenizer: one word, one token."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<pad>", "<s>", "</s>", "with", "and", *DISHES, *SIDES, *map(_day, range(DAYS))]
    spelling = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    spelling.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=spelling, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=48, intermediate_size=96, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=256,
        pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    chance = torch.Generator().manual_seed(seed)
    for _ in range(STEPS):
        ids = torch.tensor([tokenizer.encode(_dinner(chance)) for _ in range(BATCH)])
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.eval(), tokenizer


def _day(k: int) -> str:
    return f"day{k}"


def _dinner(chance: Any) -> str:
    import torch

    def draw(n: int) -> int:
        return int(torch.randint(n, (1,), generator=chance))

    day = draw(DAYS)
    usual = float(torch.rand(1, generator=chance)) < FAVOURITE
    dish = DISHES[day % len(DISHES)] if usual else DISHES[draw(len(DISHES))]
    sides = (day, day + 3) if usual else (draw(len(SIDES)), draw(len(SIDES)))
    first, second = (SIDES[k % len(SIDES)] for k in sides)
    return f"{_day(day)} {dish} with {first} and {second} </s>"


def served(model: Any, tokenizer: Any) -> ThreadingHTTPServer:
    """Serve the model at ``/v1/chat/completions`` of a free port of this machine."""
    from fullmenu.integrations.causal_model import CausalModel
    from fullmenu.sampling import Prompt, Request

    target = CausalModel("kitchen", model, tokenizer)
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            held = ("temperature", "top_p", "top_k", "min_p", "max_tokens")
            request = Request(
                Prompt(body["messages"]),
                tuple(range(body.get("n") or 1)),
                {key: body[key] for key in held if body.get(key) is not None},
                body.get("seed"),
            )
            with turn:
                answer = asyncio.run(target.ask(request, lambda: None))
            choices = [
                {"index": i, "finish_reason": reply.finish_reason,
                 "message": {"role": "assistant", "content": reply.output}}
                for i, reply in enumerate(answer.replies)
            ]  # fmt: skip
            usage = {"prompt_tokens": answer.prompt_tokens,
                     "completion_tokens": answer.completion_tokens}  # fmt: skip
            data = json.dumps({"model": "kitchen", "choices": choices, "usage": usage}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(*command: object) -> None:
    """Run a command of Fullmenu, and show it; one that finds something may end with 3 or 4."""
    words = [str(word) for word in command]
    print(f"\n$ fullmenu {' '.join(words)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "fullmenu", *words], check=False)
    if done.returncode not in (0, 3, 4):
        sys.exit(done.returncode)


def main() -> int:
    """Go the whole way."""
    began = time.monotonic()
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "fullmenu-ask-demo")
    folder.mkdir(parents=True, exist_ok=True)
    print("A kitchen of forty words is trained for some seconds, and served.", flush=True)
    server = served(*kitchen())
    asked = [
        "--endpoint", f"http://127.0.0.1:{server.server_address[1]}/v1", "--model", "kitchen",
        "--max-tokens", 12, "--quiet",
    ]  # fmt: skip
    prompts = folder / "prompts.txt"
    prompts.write_text("".join(f"{_day(k)}\n" for k in range(DAYS)))
    samples = folder / "samples.jsonl"
    run("sample", prompts, "-n", 12, "-o", samples, "--temperature", 1, *asked)
    run("check", samples, "--quiet", "--html", folder / "check.html")
    if find_spec("fullmenu.stress"):
        stressed = ["--shifts", "casing,typos", "-n", 8, "-o", folder / "stress.jsonl"]
        run("stress", prompts, *stressed, "--html", folder / "stress.html", *asked)
    arms = "plain,temperature=1.6,pick=mmr,memory"
    page = folder / "cures.html"
    right = rf"^({'|'.join(DISHES)}) with \w+ and \w+\s*$"
    run("cure", prompts, "-n", 8, "--arms", arms, "-o", folder / "cures", "--matches", right,
        "--html", page, *asked)  # fmt: skip
    server.shutdown()
    print(f"\n{time.monotonic() - began:.0f} seconds. The page: {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
