"""Real clients send to a real server; what is stored is what the application saw.

Run: python benchmarks/serve_clients.py [name …]

Needs opentelemetry-sdk, opentelemetry-exporter-otlp-proto-http, openai, langfuse, and the
instrumentations of openai by OpenInference, OpenLLMetry and OpenTelemetry; what is not installed is
said.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from serve_ingest import Running, server
from table import Table

ROOT = Path(__file__).parents[1]
TOKEN = "a-token-for-real-clients"

ASK = """
import json
from openai import OpenAI
client = OpenAI()
seen = []
for turn in range(3):
    for prompt in ("A fruit?", "A tree, please?"):
        answer = client.chat.completions.create(
            model="toy-model", n=2, temperature=0.7,
            messages=[{"role": "system", "content": "Short!"}, {"role": "user", "content": prompt}])
        seen += [[f"system: Short!\\nuser: {prompt}", c.message.content] for c in answer.choices]
print(json.dumps(seen))
"""

SDK = """
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
"""

LOGS = """
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
"""

SPANS = (
    SDK
    + """
import json
tracer = provider.get_tracer("app")
seen = []
for n in range(50):
    with tracer.start_as_current_span("answer"):
        with tracer.start_as_current_span("chat m1") as span:
            said = [f"dish {n}", f"dish {n + 1}"]
            span.set_attribute("gen_ai.operation.name", "chat")
            span.set_attribute("gen_ai.request.model", "m1")
            span.set_attribute("gen_ai.input.messages", json.dumps(
                [{"role": "user", "parts": [{"type": "text", "content": "A fruit?"}]}]))
            span.set_attribute("gen_ai.output.messages", json.dumps(
                [{"role": "assistant", "parts": [{"type": "text", "content": s}],
                  "finish_reason": "stop"} for s in said]))
            seen += [["A fruit?", s] for s in said]
provider.shutdown()
print(json.dumps(seen))
"""
)


def instrumented(module: str, made: str, logs: bool = False) -> str:
    return (
        f"{SDK}{LOGS if logs else ''}\nfrom {module} import {made.partition('(')[0]}\n"
        f"{made}.instrument(tracer_provider=provider{', logger_provider=logs' if logs else ''})\n"
        f"{ASK}\nprovider.shutdown()\n{'logs.shutdown()' if logs else ''}\n"
    )


LANGFUSE = (
    ASK.replace("from openai import OpenAI", "from langfuse.openai import OpenAI")
    + "\nfrom langfuse import get_client\nget_client().flush()\n"
)

RECORDER = """
import json
import fullmenu as fm
seen = []
for n in range(300):
    fm.watch.record([f"dish {n}", "dish"], prompt="A fruit?", model="m1")
    seen += [["A fruit?", f"dish {n}"], ["A fruit?", "dish"]]
print(json.dumps(seen))
"""

CURL = """
import json, os, subprocess
rows = [["A fruit?", "A fig."], ["A fruit?", "A fig."], ["A fruit?", "A kiwi \\u00e9."]]
body = "\\n".join(json.dumps({"prompt": p, "output": o, "model": "m1"}) for p, o in rows)
subprocess.run(["curl", "-sS", "--fail", os.environ["FULLMENU_SERVER"] + "/api/samples",
    "-H", "Content-Type: application/x-ndjson", "--data-binary", "@-",
    "-H", "Authorization: Bearer " + os.environ["FULLMENU_TOKEN"]],
    input=body.encode(), check=True, stdout=subprocess.DEVNULL)
print(json.dumps(rows))
"""

CLIENTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "OpenTelemetry SDK, OTLP over HTTP": ("opentelemetry.sdk", SPANS, {}),
    "the same, packed with gzip": (
        "opentelemetry.sdk", SPANS, {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"},
    ),
    "openai by OpenInference": (
        "openinference.instrumentation.openai",
        instrumented("openinference.instrumentation.openai", "OpenAIInstrumentor()"), {},
    ),
    "openai by OpenLLMetry": (
        "opentelemetry.instrumentation.openai",
        instrumented("opentelemetry.instrumentation.openai", "OpenAIInstrumentor()"), {},
    ),
    "openai by OpenTelemetry, content in log records": (
        "opentelemetry.instrumentation.openai_v2",
        instrumented("opentelemetry.instrumentation.openai_v2", "OpenAIInstrumentor()", True),
        {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"},
    ),
    "Langfuse's SDK": ("langfuse", LANGFUSE, {}),
    "fm.watch.record": ("fullmenu", RECORDER, {}),
    "curl": ("fullmenu", CURL, {}),
}  # fmt: skip


def main(names: list[str]) -> None:
    table = Table("Clients: what is stored, of what the application saw")
    with endpoint() as model:
        for name, (module, code, env) in CLIENTS.items():
            if names and not any(n in name for n in names):
                continue
            if not there(module):
                table.add(name, f"{module} is not installed", "read right")
                continue
            with (
                tempfile.TemporaryDirectory() as folder,
                server(f"{folder}/store.db", "--token", TOKEN) as running,
            ):
                table.add(name, *tried(running, code, {**env, **model}))
    table.show()


def tried(running: Running, code: str, env: dict[str, str]) -> tuple[str, str, bool]:
    url = f"http://127.0.0.1:{running.port}"
    given = {
        **os.environ,
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer {TOKEN}",
        "LANGFUSE_HOST": url,
        "LANGFUSE_BASE_URL": url,
        "LANGFUSE_PUBLIC_KEY": "fullmenu",
        "LANGFUSE_SECRET_KEY": TOKEN,
        "FULLMENU_SERVER": url,
        "FULLMENU_TOKEN": TOKEN,
        **env,
    }
    ran = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True)
    if ran.returncode:
        return ran.stderr.strip().splitlines()[-1][:200], "read right", False
    seen = Counter(map(tuple, json.loads(ran.stdout.splitlines()[-1])))
    stored = Counter(samples(running))
    if stored == seen:
        return f"{seen.total()} of {seen.total()}", "read right", True
    lost, more = (seen - stored).most_common(1), (stored - seen).most_common(1)
    logged = ran.stderr.strip()[-300:]
    said = f"{(stored & seen).total()} of {seen.total()}; lost {lost}, more {more} {logged}"
    return said, "read right", False


def samples(running: Running) -> Iterator[tuple[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connection.request("GET", "/api/samples?limit=1000", headers=headers)
    for sample in json.loads(connection.getresponse().read())["samples"]:
        assert sample["call_id"] or sample["source"] == "api", sample
        yield sample["prompt"], sample["output"]


@contextmanager
def endpoint() -> Iterator[dict[str, str]]:
    """Start a model that answers as OpenAI's does."""
    settings = json.dumps({"port": 0, "words": 6})
    command = [sys.executable, "-m", "tests.sampling.server", settings]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    time.sleep(0.1)
    try:
        yield {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_API_KEY": "x"}
    finally:
        process.kill()
        process.wait()


def there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
