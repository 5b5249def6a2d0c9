"""Whatever is sent: no answer is an error of the server, and what was stored before is there."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("fastapi", reason="fastapi is not installed")

from fullmenu.server.access import RequestRate
from fullmenu.store import Store

from .bodies import mangled

EAGER = RequestRate(1e9, 1e9)


@pytest.fixture
def asks(client, tmp_path):
    with Store.open(str(tmp_path / "store.db")) as store:
        yield client(store, rate=EAGER)


@pytest.mark.parametrize("seed", range(3))
def test_no_mangled_export_is_an_error_of_the_server(asks, seed):
    good = asks.post("/api/samples", json={"output": "fig", "call_id": "first"})
    assert good.json()["stored"] == 1
    rng = random.Random(seed)
    for body, headers, path in mangled(rng, 300):
        answer = asks.post(path, content=body, headers=headers)
        assert answer.status_code < 500, (seed, path, headers, body[:500], answer.text)
        assert answer.status_code == 200 or len(answer.content) > 10
    store = asks.app.state.services.store
    assert store.samples(limit=1)[0].record.call_id == "first"
    assert asks.get("/healthz").status_code == 200
    assert asks.app.state.services.reception.space.taken == 0


def test_the_mangled_are_not_all_refused(asks):
    """Otherwise the test above would show little."""
    answers = [
        asks.post(path, content=body, headers=headers).status_code
        for body, headers, path in mangled(random.Random(9), 300)
    ]
    assert 20 < answers.count(200) < 280


def test_the_schema_holds_for_whatever_it_allows(asks, require):
    schemathesis = require("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings

    schema = schemathesis.openapi.from_dict(asks.get("/openapi.json").json())
    for operation in schema.get_all_operations():
        case = operation.ok().as_strategy()

        @settings(
            max_examples=25,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=case)
        def holds(case):
            sent = case.as_transport_kwargs(base_url=str(asks.base_url))
            sent.pop("cookies", None)
            sent["content"] = sent.pop("data", None)
            answer = asks.request(**sent)
            assert answer.status_code < 500, (case, answer.text)

        holds()
