"""Whatever is sent to the server, no answer is an error of its own.

Run: python benchmarks/serve_fuzz.py [bodies]
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from starlette.testclient import TestClient
from tests.server.bodies import mangled

from fullmenu.server.access import RequestRate
from fullmenu.server.app import create_app
from fullmenu.store import Store
from table import Table

EXAMPLES = 200
"""Requests of each operation that the schema allows."""


def main(bodies: int = 10_000) -> None:
    table = Table("Fuzz: answers by status")
    with tempfile.TemporaryDirectory() as folder, Store.open(f"{folder}/store.db") as store:
        app = create_app(store, rate=RequestRate(1e9, 1e9))
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as asks:
            asks.post("/api/samples", json={"output": "fig", "call_id": "first"})
            statuses = Counter(
                asks.post(path, content=body, headers=headers).status_code
                for body, headers, path in mangled(random.Random(0), bodies)
            )
            row(table, f"{bodies:,} mangled exports and samples", statuses)
            row(table, f"what the schema allows, {EXAMPLES} of each", by_schema(asks))
            kept = store.samples(limit=1)[0].record.call_id == "first"
            taken = app.state.services.reception.space.taken
            table.add("what was stored before is there", kept, "True", kept)
            table.add("bytes still held", taken, "0", taken == 0)
    table.show()


def row(table: Table, what: str, statuses: Counter[int]) -> None:
    errors = sum(n for status, n in statuses.items() if status >= 500)
    said = ", ".join(f"{status}: {n:,}" for status, n in sorted(statuses.items()))
    table.add(what, said, "no 5xx", not errors)


def by_schema(asks: TestClient) -> Counter[int]:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings

    statuses: Counter[int] = Counter()
    schema = schemathesis.openapi.from_dict(asks.get("/openapi.json").json())
    for operation in schema.get_all_operations():
        case = operation.ok().as_strategy()

        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            deadline=None,
        )
        @given(case=case)
        def ask(case: schemathesis.Case) -> None:
            sent = case.as_transport_kwargs(base_url=str(asks.base_url))
            sent.pop("cookies", None)
            sent["content"] = sent.pop("data", None)
            statuses[asks.request(**sent).status_code] += 1

        ask()
    return statuses


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
