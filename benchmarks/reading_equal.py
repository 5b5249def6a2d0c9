"""The same outputs in every format: is the whole comparison the same?

OLMo-2-7B before and after alignment, some of its prompts with ten outputs each, written as plain
JSON lines and as each tool would write them. The two are compared, and the document of the
comparison must be that of the plain logs, numbers to 1e-12, but for the names of the files and what
was noted of them. Where a format cannot hold the model's name, the plain logs leave it out too. A
format that is read and has no writer here is listed.

Run: python benchmarks/reading_equal.py [PROMPTS]
"""

from __future__ import annotations

import csv
import json
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

import fullmenu as fm
from fullmenu.readers.registry import known_formats
from real import olmo
from table import Table

Row = dict[str, str]
Rows = list[Row]
Writer = Callable[[Rows, Path], Path]
LEFT_OUT = {"label", "read", "notes", "source", "sources", "prompt_id", "ruler"}


def lines(values: Iterator[Any] | list[Any], path: Path) -> Path:
    path.write_text("".join(json.dumps(v) + "\n" for v in values))
    return path


def numbered(rows: Rows) -> Iterator[tuple[int, int, Row]]:
    """Yield each row with the number of its prompt, and its own among the prompt's outputs."""
    prompts: dict[str, int] = {}
    seen: dict[str, int] = {}
    for row in rows:
        p = prompts.setdefault(row["prompt"], len(prompts))
        seen[row["prompt"]] = seen.get(row["prompt"], -1) + 1
        yield p, seen[row["prompt"]], row


def by_prompt(rows: Rows) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["prompt"], []).append(row["output"])
    return found


def user(row: Row) -> list[dict[str, str]]:
    return [{"role": "user", "content": row["prompt"]}]


def plain(rows: Rows, folder: Path) -> Path:
    return lines(rows, folder / "log.jsonl")


def json_array(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    path.write_text(json.dumps(rows, indent=1))
    return path


def split_table(rows: Rows, folder: Path) -> Path:
    names = list(rows[0])
    path = folder / "log.json"
    path.write_text(json.dumps({"columns": names, "data": [[r[n] for n in names] for r in rows]}))
    return path


def columns(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    path.write_text(json.dumps({name: [r[name] for r in rows] for name in rows[0]}))
    return path


def under_a_key(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    path.write_text(json.dumps({"run": 7, "results": rows}))
    return path


def comma(rows: Rows, folder: Path, end: str = ".csv", sep: str = ",") -> Path:
    path = folder / f"log{end}"
    with path.open("w", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), delimiter=sep)
        out.writeheader()
        out.writerows(rows)
    return path


def tab(rows: Rows, folder: Path) -> Path:
    return comma(rows, folder, ".tsv", "\t")


def list_in_a_cell(rows: Rows, folder: Path) -> Path:
    held = [{"prompt": p, "outputs": repr(o)} for p, o in by_prompt(rows).items()]
    return comma(held, folder)


def parquet(rows: Rows, folder: Path) -> Path:
    path = folder / "log.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def arrow(rows: Rows, folder: Path) -> Path:
    path = folder / "log.feather"
    feather.write_feather(pa.Table.from_pylist(rows), path, chunksize=37)
    return path


def excel(rows: Rows, folder: Path) -> Path:
    import openpyxl

    path = folder / "log.xlsx"
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([text.replace("\r", "_x000D_") for text in row.values()])
    book.save(path)
    return path


def prompt_map(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    path.write_text(json.dumps(by_prompt(rows)))
    return path


def noveltybench(rows: Rows, folder: Path) -> Path:
    held = [
        {"id": f"curated-{i}", "prompt": p, "model": rows[0]["model"], "generations": o}
        for i, (p, o) in enumerate(by_prompt(rows).items())
    ]
    return lines(held, folder / "generations.jsonl")


def openai_chat(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "request": {"model": r["model"], "messages": user(r)},
                "response": {
                    "id": f"chatcmpl-{p}-{k}", "object": "chat.completion",
                    "created": 1_700_000_000,
                    "model": r["model"],
                    "choices": [{"index": 0, "finish_reason": "stop",
                                 "message": {"role": "assistant", "content": r["output"]}}],
                },
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def anthropic(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "request": {"model": r["model"], "max_tokens": 512, "messages": user(r)},
                "response": {
                    "id": f"msg_{p:04}{k:04}", "type": "message", "role": "assistant",
                    "model": r["model"], "content": [{"type": "text", "text": r["output"]}],
                    "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 9},
                },
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def gemini(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "request": {"contents": [{"role": "user", "parts": [{"text": r["prompt"]}]}]},
                "response": {
                    "candidates": [{"content": {"role": "model", "parts": [{"text": r["output"]}]},
                                    "finishReason": "STOP", "index": 0}],
                    "modelVersion": r["model"], "usageMetadata": {"totalTokenCount": 18},
                },
            }
            for r in rows
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def bedrock(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "schemaType": "ModelInvocationLog", "operation": "Converse", "modelId": r["model"],
                "timestamp": "2026-05-01T10:00:00Z", "requestId": f"{p}-{k}",
                "input": {"inputBodyJson": {"messages": [
                    {"role": "user", "content": [{"text": r["prompt"]}]}]}},
                "output": {"outputBodyJson": {"output": {"message": {
                    "role": "assistant", "content": [{"text": r["output"]}]}},
                    "stopReason": "end_turn"}},
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def langfuse(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "id": f"obs-{p}-{k}", "traceId": f"trace-{p}-{k}", "type": "GENERATION",
                "model": r["model"], "startTime": "2026-05-01T10:00:00.000Z",
                "input": user(r), "output": {"role": "assistant", "content": r["output"]},
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def message(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def otel(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "name": "chat",
                "context": {"trace_id": f"0x{p:016x}{k:016x}", "span_id": f"0x{p:08x}{k:08x}"},
                "start_time": "2026-05-01T10:00:00Z",
                "attributes": {
                    "gen_ai.operation.name": "chat", "gen_ai.request.model": r["model"],
                    "gen_ai.input.messages": message("user", r["prompt"]),
                    "gen_ai.output.messages": message("assistant", r["output"]),
                },
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def openinference(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "name": "ChatCompletion", "span_kind": "LLM",
                "context": {"trace_id": f"{p:016x}{k:016x}", "span_id": f"{p:08x}{k:08x}"},
                "start_time": "2026-05-01T10:00:00Z",
                "attributes": {
                    "openinference.span.kind": "LLM", "llm.model_name": r["model"],
                    "llm.input_messages.0.message.role": "user",
                    "llm.input_messages.0.message.content": r["prompt"],
                    "llm.output_messages.0.message.role": "assistant",
                    "llm.output_messages.0.message.content": r["output"],
                },
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def mlflow(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "trace_id": f"tr-{p}-{k}", "request_time": "2026-05-01T10:00:00Z", "state": "OK",
                "request": json.dumps({"model": r["model"], "messages": user(r)}),
                "response": json.dumps({
                    "id": f"chatcmpl-{p}-{k}", "object": "chat.completion", "model": r["model"],
                    "choices": [{"index": 0, "message": {"role": "assistant",
                                                         "content": r["output"]}}]}),
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def langsmith(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "id": f"run-{p}-{k}", "trace_id": f"run-{p}-{k}", "run_type": "llm",
                "name": "ChatOpenAI", "start_time": "2026-05-01T10:00:00Z",
                "inputs": {"messages": [[{"lc": 1, "type": "constructor",
                    "id": ["langchain", "schema", "messages", "HumanMessage"],
                    "kwargs": {"content": r["prompt"], "type": "human"}}]]},
                "outputs": {"generations": [[{"text": r["output"], "message": {
                    "lc": 1, "type": "constructor",
                    "id": ["langchain", "schema", "messages", "AIMessage"],
                    "kwargs": {"content": r["output"], "type": "ai"}}}]]},
                "extra": {"metadata": {"ls_model_name": r["model"]}},
            }
            for p, k, r in numbered(rows)
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def promptfoo(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "promptIdx": 0, "testIdx": p, "promptId": "f00d", "success": True, "score": 1,
                "provider": {"id": r["model"], "label": ""}, "vars": {"x": r["prompt"]},
                "prompt": {"raw": r["prompt"], "label": "{{x}}"},
                "response": {"output": r["output"], "cached": False, "tokenUsage": {}},
            }
            for p, k, r in numbered(rows)
        ),
        folder / "results.jsonl",
    )  # fmt: skip


def promptfoo_table(rows: Rows, folder: Path) -> Path:
    path = folder / "results.csv"
    told = ["Reasoning", "Status", "Score", "Named Scores", "Grader Reason", "Comment"]
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["x", f"[{rows[0]['model']}] {{{{x}}}}", *told])
        out.writerows([r["prompt"], r["output"], "", "PASS", "1.00", "", "", ""] for r in rows)
    return path


def helm(rows: Rows, folder: Path) -> Path:
    path = folder / "scenario_state.json"
    states = [
        {
            "instance": {"id": f"id{i}", "input": {"text": p}, "references": []},
            "request": {"model": rows[0]["model"], "prompt": p, "num_completions": len(o)},
            "result": {"success": True, "completions": [{"text": x, "logprob": 0.0} for x in o]},
        }
        for i, (p, o) in enumerate(by_prompt(rows).items())
    ]
    path.write_text(
        json.dumps({"adapter_spec": {"method": "generation"}, "request_states": states})
    )
    return path


def lm_eval(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "doc_id": i, "doc": {"question": p}, "target": "", "filter": "none",
                "arguments": {"gen_args_0": {"arg_0": p, "arg_1": {"until": []}}},
                "resps": [o], "filtered_resps": o,
            }
            for i, (p, o) in enumerate(by_prompt(rows).items())
        ),
        folder / "samples_task.jsonl",
    )  # fmt: skip


def inspect(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    samples = [
        {
            "id": p, "epoch": k + 1, "input": r["prompt"], "target": "",
            "messages": [*user(r), {"role": "assistant", "content": r["output"]}],
            "output": {"model": r["model"], "choices": [
                {"message": {"role": "assistant", "content": r["output"]},
                 "stop_reason": "stop"}]},
        }
        for p, k, r in numbered(rows)
    ]  # fmt: skip
    header = {"task": "t", "model": rows[0]["model"], "created": "2026-05-01T10:00:00+00:00"}
    path.write_text(json.dumps({"version": 2, "status": "success", "eval": header,
                                "samples": samples}))  # fmt: skip
    return path


def ollama(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {"request": {"model": r["model"], "messages": user(r)},
             "response": {"model": r["model"], "created_at": "2026-05-01T10:00:00Z", "done": True,
                          "message": {"role": "assistant", "content": r["output"]}}}
            for r in rows
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def ultrafeedback(rows: Rows, folder: Path) -> Path:
    return lines(
        (
            {
                "source": "s", "instruction": p, "models": [rows[0]["model"]] * len(o),
                "completions": [
                    {"model": rows[0]["model"], "principle": "honesty", "response": text,
                     "custom_system_prompt": "Be honest.", "annotations": {}, "critique": "Good."}
                    for text in o],
                "correct_answers": ["None"], "incorrect_answers": ["None"],
            }
            for p, o in by_prompt(rows).items()
        ),
        folder / "log.jsonl",
    )  # fmt: skip


def label_studio(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    tasks = [
        {
            "id": i, "data": {"prompt": r["prompt"], "response": r["output"], "model": r["model"]},
            "annotations": [{"id": i, "completed_by": 1, "result": []}], "predictions": [],
            "created_at": "2026-05-01T10:00:00Z", "inner_id": i, "project": 1,
        }
        for i, r in enumerate(rows)
    ]  # fmt: skip
    path.write_text(json.dumps(tasks))
    return path


def argilla(rows: Rows, folder: Path) -> Path:
    path = folder / "log.json"
    records = [
        {
            "id": f"r{i}", "fields": {"prompt": r["prompt"], "response": r["output"]},
            "metadata": {"model": r["model"]}, "suggestions": {}, "responses": {}, "vectors": {},
            "status": "pending", "_server_id": f"s{i}",
        }
        for i, r in enumerate(rows)
    ]  # fmt: skip
    path.write_text(json.dumps(records))
    return path


def deepeval(rows: Rows, folder: Path) -> Path:
    path = folder / "run.json"
    metric = {"name": "Brief", "threshold": 0.5, "success": True, "score": 1.0}
    cases = [
        {"name": f"test_case_{i}", "input": r["prompt"], "actualOutput": r["output"],
         "success": True, "metricsData": [metric], "order": i}
        for i, r in enumerate(rows)
    ]  # fmt: skip
    path.write_text(json.dumps({"testCases": cases, "conversationalTestCases": []}))
    return path


def text(rows: Rows, folder: Path) -> Path:
    path = folder / "log.txt"
    path.write_text("\n".join(" ".join(r["output"].split()) or "-" for r in rows))
    return path


MODEL = ("model",)
WRITERS: list[tuple[str, Writer, tuple[str, ...]]] = [
    ("json", json_array, MODEL), ("json, columns and data", split_table, MODEL),
    ("json, lists of columns", columns, MODEL), ("json, under a key", under_a_key, MODEL),
    ("csv", comma, MODEL), ("tsv", tab, MODEL), ("csv, lists in cells", list_in_a_cell, ()),
    ("parquet", parquet, MODEL), ("prompt-map", prompt_map, ()),
    ("noveltybench", noveltybench, ("model", "prompt_id=curated-{}")),
    ("openai-chat", openai_chat, MODEL),
    ("anthropic", anthropic, MODEL), ("gemini", gemini, MODEL), ("bedrock", bedrock, MODEL),
    ("langfuse", langfuse, MODEL), ("otel", otel, MODEL), ("openinference", openinference, MODEL),
    ("mlflow", mlflow, MODEL), ("langsmith", langsmith, MODEL),
    ("promptfoo", promptfoo, ("model", "score=1")),
    ("promptfoo, CSV", promptfoo_table, ("model", "score=1")), ("helm", helm, MODEL),
    ("lm-eval", lm_eval, ()), ("inspect", inspect, ("model", "prompt_id=t/{}")),
    ("ollama", ollama, MODEL), ("arrow", arrow, MODEL),
    ("ultrafeedback", ultrafeedback, MODEL), ("label-studio", label_studio, MODEL),
    ("argilla", argilla, MODEL), ("deepeval", deepeval, ("score=1",)),
]  # fmt: skip
"""Format, its writer, and what it holds beside prompts and outputs."""
if find_spec("openpyxl"):
    WRITERS.append(("excel", excel, MODEL))

NOT_HERE = {
    "jsonl": "the plain log", "table": "the plain log", "text": "holds no prompts",
    "alpaca-eval": "one output a prompt", "openai-batch": "prompts are in another file",
    "anthropic-batch": "prompts are in another file", "mt-bench": "holds no prompts",
    "eval": "the same as inspect, in a zip file", "arena-pairs": "two outputs a prompt",
    "excel": "needs the extra excel", "evalplus": "holds no prompts",
    "tau-bench": "conversations with a simulated user",
}  # fmt: skip


def document(pair: tuple[Rows, Rows], write: Writer) -> Any:
    """Compare a pair that was written in some way, and return the document without the names."""
    logs = []
    with tempfile.TemporaryDirectory() as folder:
        for side, rows in zip(("before", "after"), pair, strict=True):
            at = Path(folder) / side
            at.mkdir()
            logs.append(fm.read(write(rows, at)))
    return without(fm.compare(*logs, views=["phrasing", "outline"]).document)


def without(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without(v) for k, v in value.items() if k not in LEFT_OUT}
    return [without(v) for v in value] if isinstance(value, list) else value


def difference(a: Any, b: Any, path: str = "") -> str:
    """Return where two documents differ first."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {**a, **b}:
            if found := difference(a.get(key), b.get(key), f"{path}.{key}"):
                return found
        return ""
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return next((d for i, x in enumerate(a) if (d := difference(x, b[i], f"{path}[{i}]"))), "")
    if isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-12):
        return ""  # sums in another order
    return "" if a == b else f"{path[1:]}: {str(a)[:60]} … {str(b)[:60]}"


def equal(table: Table, prompts: int) -> None:
    """Add a row that says how many are equal, and one for each that is not."""
    pair = tuple(_rows(stage, prompts) for stage in ("base", "instruct"))
    expected = {
        keeps: document(tuple(kept(rows, keeps) for rows in pair), plain)
        for keeps in {keeps for _, _, keeps in WRITERS}
    }
    differing = []
    for name, write, keeps in WRITERS:
        try:
            found = difference(expected[keeps], document(pair, write))
        except fm.errors.FullmenuError as error:
            found = str(error)[:120]
        if found:
            differing.append(f"  {name}: {found}")
    n = len(WRITERS)
    table.add(f"the same pair in {n} ways: whole document equal", f"{n - len(differing)} of {n}",
              f"{n}", not differing)  # fmt: skip
    for line in differing:
        table.add(line, "")
    written = {name.partition(",")[0] for name, *_ in WRITERS}
    for name in sorted(known_formats().keys() - written):
        table.add(f"  not written: {name}", NOT_HERE.get(name, "no writer yet"))


def kept(rows: Rows, keeps: tuple[str, ...]) -> Rows:
    """Return rows of prompt, output, and what is kept beside them: a field, or one with a value."""
    found = []
    for p, _, row in numbered(rows):
        given = [field.partition("=") for field in keeps]
        more = {name: value.format(p) if value else row[name] for name, _, value in given}
        found.append({"prompt": row["prompt"], "output": row["output"], **more})
    return found


def _rows(stage: str, prompts: int) -> Rows:
    log = olmo(stage)
    chosen = set(log.prompt_ids[:prompts])
    columns = (log.table.column(c).to_pylist() for c in ("prompt_id", "prompt", "output"))
    return [
        {"prompt": p, "output": o, "model": f"olmo-{stage}"}
        for i, p, o in zip(*columns, strict=True)
        if i in chosen and o.strip()
    ]


def main(prompts: int = 20) -> None:
    table = Table("The same outputs in every format")
    equal(table, prompts)
    table.show()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
