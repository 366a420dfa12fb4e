"""Probes, figures for Prometheus, and traces: what somebody who watches the process sees."""

import gzip
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot import scheduler
from bot.metrics import Metrics
from bot.probes import probes
from bot.traces import Traces
from bot.wiring import House, house
from core.storage.session import Store
from tests.houses import add_sqlite, ask, make_shop, question, settings_for, wait_for

TOKEN = "canary-metrics-token"
QUESTION = "How many customers are there in each city?"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def watched(tmp_path: Path, metrics: Metrics) -> AsyncIterator[House]:
    shop = make_shop(tmp_path / "shop.db")
    settings = settings_for(tmp_path, metrics_token=SecretStr(TOKEN))
    async with house(settings, {"memory": None}, watchers=(metrics.watch,)) as built:
        await add_sqlite(built, shop)
        yield built


def client(built: House, metrics: Metrics) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(probes(built, metrics))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://10.0.0.7")


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (one.name, tuple(one.labels.values())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


async def test_probes_say_whether_it_lives_and_whether_it_can_take_questions(watched: House, metrics: Metrics) -> None:
    async with client(watched, metrics) as http:
        assert ((await http.get("/healthz")).status_code, (await http.get("/readyz")).json()) == (200, {"status": "ok"})


async def test_a_store_that_is_away_is_told_by_its_code_alone(watched: House, metrics: Metrics) -> None:
    away = Store.open("postgresql://nobody@127.0.0.1:9/nothing")
    async with client(replace(watched, store=away), metrics) as http:
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "store.unreachable"})
        assert (await http.get("/healthz")).status_code == 200, "a restart would not bring the store back"
    await away.close()


async def test_figures_are_for_whoever_has_the_token(watched: House, metrics: Metrics) -> None:
    _, reply = await ask(watched, QUESTION)
    assert reply.ok
    await ask(watched, "DELETE FROM customers")
    async with client(watched, metrics) as http:
        for headers in ({}, {"authorization": "Bearer x"}, {"authorization": TOKEN}):
            assert (await http.get("/metrics", headers=headers)).status_code == 401
        answer = await http.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    found = samples(answer.text)
    assert found["colloquery_questions_accepted_total", ("memory",)] == 2
    assert found["colloquery_questions_answered_total", ("ok",)] == 1
    assert sum(n for (name, _), n in found.items() if name == "colloquery_questions_answered_total") == 2
    assert found["colloquery_question_seconds_count", ()] == 2
    assert found["colloquery_step_seconds_count", ("linked",)] >= 1
    assert found["colloquery_questions_running", ()] == found["colloquery_questions_waiting", ()] == 0
    assert found["process_resident_memory_bytes", ()] > 10_000_000
    assert "customers" not in answer.text and "city" not in answer.text


async def test_without_a_token_there_is_no_such_page(tmp_path: Path, metrics: Metrics) -> None:
    async with house(settings_for(tmp_path), {"memory": None}) as built, client(built, metrics) as http:
        assert (await http.get("/metrics")).status_code == 404


async def test_runs_of_jobs_are_counted(watched: House, metrics: Metrics) -> None:
    runner = scheduler.runner_of(watched, metrics.ran)
    for job in scheduler.jobs_of(watched):
        assert (await runner.run(job)).outcome == "done", job.name
    found = samples(metrics.exposed(watched.service.line).decode())
    names = {labels for name, labels in found if name == "colloquery_job_runs_total"}
    assert names == {(job.name, "done") for job in scheduler.jobs_of(watched)}


class Collector(HTTPServer):
    """Takes traces over HTTP, as OpenTelemetry's collector does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taken)
        self.requests: list[ExportTraceServiceRequest] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class _Taken(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        assert isinstance(self.server, Collector)
        self.server.requests.append(request)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_question_is_a_trace_and_its_steps_are_spans_of_it(tmp_path: Path, collector: Collector) -> None:
    shop, traces = make_shop(tmp_path / "shop.db"), Traces(collector.url)
    async with house(settings_for(tmp_path), {"memory": None}, watchers=(traces.watch,)) as built:
        await add_sqlite(built, shop)
        accepted = await built.service.accept(question(QUESTION))
        await wait_for(built, accepted.question_id)
        await built.service.delivered(accepted.question_id)
    traces.close()
    spans = [
        span
        for request in collector.requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    (whole,) = [span for span in spans if span.name == "question"]
    steps = [span for span in spans if span.name != "question"]
    assert {span.name for span in steps} >= {
        "accepted",
        "linked",
        "written",
        "ran",
        "presented",
        "settled",
        "delivered",
    }
    assert {(span.trace_id, span.parent_span_id) for span in steps} == {(whole.trace_id, whole.span_id)}
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)
    attributes = {one.key: one.value.string_value for one in whole.attributes}
    assert attributes == {"colloquery.question": accepted.question_id, "colloquery.outcome": "ok"}
    told = str(collector.requests)
    assert QUESTION not in told and "SELECT" not in told and "Seoul" not in told
