"""Runs: nothing is lost, nothing is asked twice, and errors are one clear line."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.conftest import unavailable

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.judge.pipe import look_for
from fullmenu.sampling import Budget, Prompt, Refused, Unreachable, prompts_of, sample

PROMPTS = ["Name a fruit.", "Name a tree.", "Name a bird."]


def counting():
    """A function that never gives the same output twice, and how often it was called."""
    calls = []

    def model(prompt, **parameters):
        calls.append((prompt, parameters))
        return f"{prompt} {len(calls)}"

    return model, calls


def test_every_prompt_gets_n_samples():
    model, calls = counting()
    samples = sample(PROMPTS, model, 4)
    assert len(samples) == 12 == len(calls)
    assert samples.prompt_ids == PROMPTS
    assert sorted(samples.column("sample_index")) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_an_async_function_runs_side_by_side():
    most = now = 0

    async def model(prompt):
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return "fig"

    assert len(sample(PROMPTS, model, 4, concurrency=5)) == 12
    assert most == 5


def test_in_a_notebook_whose_loop_runs_already():
    async def cell():
        return sample(["a"], lambda prompt: "fig", 2)

    assert asyncio.run(cell()).outputs == ["fig", "fig"]


def test_a_function_gets_text_or_messages_and_the_parameters():
    model, calls = counting()
    turns = [{"role": "system", "content": "Short."}, {"role": "user", "content": "A fruit?"}]
    sample({"one": "A tree?", "two": turns}, model, 1, parameters={"temperature": 1.0}, seed=3)
    (first, given), (second, other) = sorted(calls, key=lambda call: isinstance(call[0], list))
    assert (first, second) == ("A tree?", turns)
    assert given["temperature"] == 1.0
    assert given["seed"] != other["seed"]


def test_a_stopped_run_asks_only_what_is_missing(tmp_path):
    path = tmp_path / "samples.jsonl"
    model, calls = counting()
    sample(PROMPTS, model, 2, path=path)
    samples = sample([*PROMPTS, "Name a dish."], model, 5, path=path)
    assert len(samples) == 20 == len(calls)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len({(row["prompt_id"], row["sample_index"]) for row in rows}) == 20
    assert len(sample(PROMPTS, model, 5, path=path)) == 20 == len(calls)


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_line_that_a_kill_cut_off_is_asked_again(tmp_path, cut):
    path = tmp_path / "samples.jsonl"
    model, calls = counting()
    sample(PROMPTS, model, 2, path=path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    samples = sample(PROMPTS, model, 2, path=path)
    assert len(samples) == 6
    assert len(calls) == (6 if cut == 1 else 7)  # without its end alone a line is whole


def test_what_is_written_is_read_as_a_log(tmp_path):
    path = tmp_path / "samples.jsonl"
    sampled = sample(PROMPTS, lambda prompt, **_: "fig", 3, path=path, parameters={"top_p": 0.9})
    log = fm.read(path)
    for column in ("prompt_id", "prompt", "output", "model", "time", "sample_index", "parameters"):
        assert log.column(column) == sampled.column(column)
    assert set(log.column("top_p")) == {0.9}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parameters": {"temperature": 1.0}}, "temperature 0.5, now 1.0"),
        ({"prompts": {"a": "Another?"}}, "another prompt 'a': 'A fruit.', now 'Another.'"),
        ({"target": fm.sampling.sample}, "model counted, now sample"),
    ],
)
def test_a_file_that_was_asked_otherwise_is_refused(tmp_path, change, said):
    def counted(prompt, temperature):
        return "fig"

    given = {
        "prompts": {"a": "A fruit?"},
        "target": counted,
        "parameters": {"temperature": 0.5},
        "path": tmp_path / "samples.jsonl",
    }
    sample(**given)
    with pytest.raises(BadInput, match=said):
        sample(**given | change)


@pytest.mark.parametrize("held", ["a text\n", '{"output": "fig"}\n', "[1, 2]", '{"a": '])
def test_a_file_of_others_is_left_alone(tmp_path, held):
    path = tmp_path / "other.jsonl"
    path.write_text(held)
    with pytest.raises(BadInput, match=r"no file of samples|no sample that was written"):
        sample(["a"], lambda prompt: "fig", 1, path=path)
    assert path.read_text().rstrip() == held.rstrip()


def test_two_runs_never_write_one_file(tmp_path):
    path = tmp_path / "samples.jsonl"
    begun, go = threading.Event(), threading.Event()

    def slow(prompt):
        begun.set()
        assert go.wait(10)
        return "fig"

    first = threading.Thread(target=sample, args=(["a"], slow, 1), kwargs={"path": path})
    first.start()
    assert begun.wait(10)
    with pytest.raises(BadInput, match="another run writes"):
        sample(["a"], slow, 1, path=path)
    go.set()
    first.join()


def test_a_budget_in_requests_is_kept_and_counts_what_the_file_holds(tmp_path):
    path = tmp_path / "samples.jsonl"
    model, calls = counting()
    samples = sample(PROMPTS, model, 5, path=path, budget=Budget.read("7 requests"))
    assert len(samples) == 7 == len(calls)
    assert samples.notes == ("7 of 15 samples: the budget of 7 requests is used up",)
    assert len(sample(PROMPTS, model, 5, path=path, budget=Budget.read("9 requests"))) == 9


@pytest.mark.parametrize("text", ["5", "five usd", "0 requests", "1 request, 2 requests", "-3 usd"])
def test_a_budget_that_cannot_be_read_is_said(text):
    with pytest.raises(BadInput, match=r"budget"):
        Budget.read(text)


def test_a_fault_of_a_function_is_its_own():
    def broken(prompt):
        raise RuntimeError("no such model")

    with pytest.raises(RuntimeError, match="no such model"):
        sample(PROMPTS, broken, 2)


def test_what_came_before_a_fault_is_kept(tmp_path):
    path = tmp_path / "samples.jsonl"
    model, calls = counting()

    def breaks(prompt):
        if len(calls) == 5:
            raise RuntimeError("no memory")
        return model(prompt)

    with pytest.raises(RuntimeError):
        sample(PROMPTS, breaks, 4, path=path, concurrency=1)
    assert len(path.read_text().splitlines()) == 5


@pytest.mark.parametrize("output", [None, 3, [None]])
def test_an_output_that_is_no_text_is_said(output):
    with pytest.raises(BadInput, match="return a text"):
        sample(["a"], lambda prompt: output, 1)


@pytest.mark.parametrize("given", [{"n": 0}, {"n": True}, {"n": 2, "concurrency": 0}])
def test_counts_are_whole_numbers(given):
    with pytest.raises(BadInput, match="whole number"):
        sample(["a"], lambda prompt: "fig", **given)


def test_something_that_cannot_be_asked():
    with pytest.raises(BadInput, match="cannot ask a dict"):
        sample(["a"], {}, 1)


@pytest.mark.usefixtures("ask")
def test_an_endpoint_says_all_that_a_sample_records(serve, tmp_path):
    server = serve(n="honoured")
    target = fm.endpoint(server.url, "toy-model", per_request=4)
    samples = sample(PROMPTS, target, 6, path=tmp_path / "s.jsonl", parameters={"logprobs": True})
    assert server.log()["came"] == 6
    assert len(samples) == 18 == len(set(samples.outputs))
    assert samples.models == ["toy-model-2026"]
    for column, value in {
        "system_fingerprint": "fp_toy",
        "finish_reason": "stop",
        "model_asked": "toy-model",
        "template": "chat",
        "logprobs": [-0.5] * 3,
    }.items():
        assert samples.column(column)[0] == value
    assert len({*samples.column("call_id")}) == 6
    assert samples.column("seconds")[0] > 0


@pytest.mark.usefixtures("ask")
def test_faults_are_tried_again_and_nothing_is_asked_twice(serve, tmp_path):
    server = serve(faults=0.3)
    target = fm.endpoint(server.url, "toy-model", timeout=2)
    sample(["warm"], target, 1)
    samples = sample(PROMPTS, target, 10, path=tmp_path / "s.jsonl")
    assert len(samples) == 30 == len(set(samples.outputs))
    log = server.log()
    assert log["came"] == 31 + log["failed"]


@pytest.mark.usefixtures("ask")
def test_a_server_that_ignores_n_is_asked_one_by_one(serve):
    server = serve(n="ignored")
    samples = sample(PROMPTS, fm.endpoint(server.url, "toy-model", per_request=4), 4)
    assert len(samples) == 12
    assert "does not honour n" in samples.notes[0]
    assert server.log()["came"] == 12


@pytest.mark.usefixtures("ask")
def test_several_outputs_of_a_seeded_request_are_no_sign_of_one_seed(serve):
    server = serve(words=1, sure=6.0)  # a word that is nearly always the same
    target = fm.endpoint(server.url, "toy-model", per_request=8)
    samples = sample([f"Fruit {i}?" for i in range(6)], target, 8, seed=1)
    assert look_for([samples], ["log"]) == []


@pytest.mark.usefixtures("ask")
def test_a_refused_prompt_leaves_the_others(serve):
    server = serve(refuse="tree")
    samples = sample(PROMPTS, fm.endpoint(server.url, "toy-model"), 3, concurrency=1)
    assert samples.prompt_ids == ["Name a fruit.", "Name a bird."]
    assert "status 400, the prompt is not allowed" in samples.notes[0]


@pytest.mark.usefixtures("ask")
def test_where_every_prompt_is_refused_the_run_ends(serve):
    server = serve(refuse="a")
    with pytest.raises(Unreachable, match="every prompt so far was refused"):
        sample([f"a {i}" for i in range(100)], fm.endpoint(server.url, "toy-model"), 3)
    assert server.log()["came"] < 30


@pytest.mark.usefixtures("ask")
def test_a_key_is_refused_without_being_repeated(serve, monkeypatch):
    server = serve(key="right")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-and-secret")
    with pytest.raises(Unreachable, match="refuses the key: status 401") as caught:
        sample(["a"], fm.endpoint(server.url, "toy-model"), 3)
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("OTHER", "right")
    assert len(sample(["a"], fm.endpoint(server.url, "toy-model", key_env="OTHER"), 3)) == 3


@pytest.mark.usefixtures("ask")
def test_an_unknown_model_is_said_with_those_that_are_known(serve):
    server = serve()
    with pytest.raises(Unreachable, match="It has toy-model"):
        sample(["a"], fm.endpoint(server.url, "no-model"), 3)


@pytest.mark.usefixtures("ask")
def test_nobody_answers():
    target = fm.endpoint("http://127.0.0.1:9/v1", "m", patience=0.5)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9/v1 gives no answer: Connection refused"):
        sample(["a"], target, 1)


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    ("budget", "settings", "most"),
    [
        ("200 tokens", {}, 4),
        ("$0.01", {"cost": 0.003}, 3),
        ("1 usd", {"prices": "0,5000"}, 5),
    ],
)
def test_a_budget_in_tokens_or_money_is_never_passed(serve, budget, settings, most):
    prices = settings.pop("prices", None)
    server = serve(**settings)
    target = fm.endpoint(server.url, "toy-model")
    samples = sample(PROMPTS, target, 9, budget=Budget.read(budget, prices))
    assert len(samples) == most == server.log()["came"]


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(("budget", "said"), [("5 usd", "--prices"), ("500 tokens", "in requests")])
def test_a_budget_that_nobody_counts_is_said(serve, budget, said):
    target = fm.endpoint(serve(usage=False).url, "toy-model")
    with pytest.raises(BadInput, match=said):
        sample(PROMPTS, target, 9, budget=Budget.read(budget))


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://a/v1"])
@pytest.mark.usefixtures("ask")
def test_an_address_that_is_none(url):
    with pytest.raises(BadInput, match="is no URL"):
        fm.endpoint(url, "m")


def test_refusals_of_a_target_of_ones_own():
    class Picky:
        name, per_request, at_once = "picky", 1, None

        async def ask(self, request, sent):
            sent()
            if "tree" in request.prompt.text:
                raise Refused("it is about trees")
            return fm.sampling.Answer([fm.sampling.Reply("fig")])

        async def close(self):
            pass

    samples = sample([Prompt("A tree?", "t"), Prompt("A fruit?", "f")], Picky(), 2)
    assert samples.notes == ("prompts refused: 1, such as 't': it is about trees",)


@pytest.mark.usefixtures("ask")
def test_an_authority_of_ones_own(tmp_path, monkeypatch):
    if shutil.which("openssl") is None:
        unavailable("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True,
    )  # fmt: skip

    class Fig(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            data = b'{"choices": [{"message": {"role": "assistant", "content": "fig"}}]}'
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            """A client that does not trust it hangs up."""

    server = Server(("127.0.0.1", 0), Fig)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://127.0.0.1:{server.server_port}/v1"
    try:
        with pytest.raises(Unreachable, match=r"the system's store: .* SSL_CERT_FILE"):
            sample(["a"], fm.endpoint(url, "m"), 1)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert sample(["a"], fm.endpoint(url, "m"), 1).outputs == ["fig"]
    finally:
        server.shutdown()
        server.server_close()


def test_prompts_of_every_kind(tmp_path):
    def asked(name, text):
        path = tmp_path / name
        path.write_text(text)
        return [(p.prompt_id, p.text) for p in prompts_of(path)]

    assert asked("a.txt", "A fruit?\n\nA tree?\nA fruit?\n") == [
        ("A fruit?", "A fruit?"),
        ("A tree?", "A tree?"),
    ]
    assert asked("b.jsonl", '{"id": 7, "prompt": "A fruit?"}\n"A tree?"\n') == [
        ("7", "A fruit?"),
        ("A tree?", "A tree?"),
    ]
    turns = '[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]'
    assert asked("c.jsonl", f'{{"messages": {turns}}}\n') == [("Hi", "Hi")]
    assert asked("d.json", '{"fruit": "A fruit?"}') == [("fruit", "A fruit?")]
    assert asked("e.json", '[{"question": "A fruit?", "system": "Short."}]') == [
        ("system: Short.\nuser: A fruit?", "system: Short.\nuser: A fruit?")
    ]


def test_the_prompts_of_samples_are_asked_again(tmp_path):
    path = tmp_path / "s.jsonl"
    turns = [{"role": "system", "content": "Short."}, {"role": "user", "content": "A fruit?"}]
    first = sample({"one": "A tree?", "two": turns}, lambda prompt: "fig", 3, path=path)
    model, calls = counting()
    assert sample(path, model, 1).prompt_ids == first.prompt_ids
    assert turns in [prompt for prompt, _ in calls]
    assert [p.prompt_id for p in prompts_of(first)] == first.prompt_ids


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no prompt was given"),
        ('{"answer": "fig"}\n', "line 1 of .* has no field for what is asked, only answer"),
        ('{"prompt": 7}\n', "neither a text nor messages"),
        ('{"prompt": "a"\n', "line 1 of .* is no JSON"),
        ('{"id": 1, "prompt": "a"}\n{"id": 1, "prompt": "b"}\n', "two prompts are called '1'"),
        ('{"prompt": " "}\n', "is empty|has no field"),
        ("3\n[1]\n", "line 2 of .* is list"),
    ],
)
def test_prompts_that_cannot_be_read(tmp_path, text, said):
    path = tmp_path / "p.jsonl"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        prompts_of(path)
