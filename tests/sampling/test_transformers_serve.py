"""A real OpenAI-compatible server, ``transformers serve``, with a tiny model made on the spot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import fullmenu as fm
from fullmenu.sampling import Refused, probe, sample

from ..integrations import tiny

PROMPTS = ["day0", "day1", "day2"]
SHORT, LONGER = {"max_tokens": 12}, {"max_tokens": 64}


def saved(folder, sampled):
    model, tokenizer = tiny.llama(dropout=0.0)
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    model.config.max_position_embeddings = 512
    model.generation_config.do_sample = sampled
    model.lm_head.weight.data[:3] = 0.0  # of words and silence it prefers words,
    model.model.embed_tokens.weight.data[0] = 1.0  # also after those it does not know
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def url(require):
    for name in ("openai", "torch", "transformers", "fastapi", "uvicorn"):
        require(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = "from transformers.cli.transformers import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", serve, "serve", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health").close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, "transformers serve ended"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def test_a_server_that_samples(url, tmp_path):
    target = fm.endpoint(url, saved(tmp_path / "warm", True), per_request=4)
    samples = sample(PROMPTS, target, 6, path=tmp_path / "s.jsonl", parameters=SHORT)
    assert len(samples) == 18
    assert len(set(samples.outputs)) > 9
    assert "does not honour n" in samples.notes[0]
    report = fm.check(samples, views=["phrasing"])
    assert report.document["views"]["phrasing"]["within"]["effective_number"]["value"] > 1.5


def test_what_is_known_of_it_is_found(url, tmp_path):
    warm, greedy = (
        fm.endpoint(url, saved(tmp_path / name, name == "warm")) for name in ("warm", "greedy")
    )
    assert [fault.name for fault in probe(warm, LONGER).faults] == ["n ignored"]
    assert [fault.name for fault in probe(greedy, LONGER).faults] == ["always the same"]
    with pytest.raises(Refused, match="xtc_probability"):
        probe(warm, {**LONGER, "xtc_probability": 0.5})
