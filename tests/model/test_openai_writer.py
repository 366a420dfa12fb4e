"""The real client against a real server on loopback."""

import asyncio
import json
import logging
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from core.errors import BadSetting, ModelFailed
from core.model.base import Prompt, Request, Usage, Writer, completer
from core.model.openai_writer import ModelSettings, OpenAIWriter, ping
from core.schema import Linked
from core.tokens import count, count_messages
from tests.local_model import LocalModel, Turn

SYSTEM, USER = "Write SQLite.", "orders(id*, total:int)\n지난달 주문은 몇 건인가요?"
PROMPT = Prompt(SYSTEM, USER, tokens=count_messages(SYSTEM, USER), max_output=160)
SQL = "SELECT count(*) FROM orders"
AT_ONCE = {"retry-after": "0"}


def request(prompt: Prompt | None = PROMPT) -> Request:
    return Request("지난달 주문은 몇 건인가요?", Linked("sqlite", ()), date(2026, 11, 22), prompt=prompt)


def settings(server: LocalModel, **changes: Any) -> ModelSettings:
    values: dict[str, Any] = {"api_key": server.key, "base_url": server.base_url, "model": "gpt-4o-mini"}
    return ModelSettings(**{**values, "seconds": 10, **changes})


@asynccontextmanager
async def writing(server: LocalModel, **changes: Any) -> AsyncIterator[OpenAIWriter]:
    writer = OpenAIWriter(settings(server, **changes))
    try:
        yield writer
    finally:
        await writer.aclose()


async def failure(server: LocalModel, **changes: Any) -> ModelFailed:
    async with writing(server, **changes) as writer:
        with pytest.raises(ModelFailed) as caught:
            await writer.write(request())
    return caught.value


async def eventually(holds: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        await asyncio.sleep(0.01)


@contextmanager
def unused_port() -> Iterator[int]:
    """A port that refuses connections: bound, so that nobody else gets it, and not listened on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@asynccontextmanager
async def answering(response: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A bare listener that answers whatever comes with the same bytes: its port, and what it received."""
    received: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(65_536))
        writer.write(response)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1], received


class TestAnswer:
    async def test_sql_usage_and_model_come_back(self) -> None:
        with LocalModel(Turn(text=SQL, model="gpt-4o-mini-2024-07-18")) as server:
            async with writing(server) as writer:
                written = await writer.write(request())
        assert written.sql == SQL
        assert written.model == "gpt-4o-mini-2024-07-18"
        assert written.usage == Usage(PROMPT.tokens, count(SQL))

    async def test_the_request_is_the_prompt_and_nothing_more(self) -> None:
        with LocalModel(SQL) as server:
            async with writing(server) as writer:
                await writer.write(request())
        (call,) = server.calls
        assert call.signed_in
        assert call.body == {
            "model": "gpt-4o-mini",
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}],
            "max_tokens": 160,
            "temperature": 0,
        }

    async def test_any_prompt_is_completed_within_its_own_time(self) -> None:
        with LocalModel(Turn(text="주문 | orders", delay=0.6)) as server:
            async with writing(server, seconds=0.2) as writer:
                with pytest.raises(ModelFailed) as late:
                    await writer.complete(PROMPT)
                written = await writer.complete(PROMPT, seconds=10)
                assert completer(writer) is writer
                assert writer.model == "gpt-4o-mini"
        assert (late.value.code, late.value.details["seconds"]) == ("model.too_slow", 0.2)
        assert written.sql == "주문 | orders"
        assert written.usage == Usage(PROMPT.tokens, count("주문 | orders"))

    async def test_it_is_a_writer_that_wants_a_prompt(self) -> None:
        with LocalModel() as server:
            async with writing(server) as writer:
                as_seen_by_the_road: Writer = writer
                assert as_seen_by_the_road.wants_prompt
                with pytest.raises(ValueError, match="prompt"):
                    await writer.write(request(prompt=None))
        assert server.calls == []

    @pytest.mark.parametrize("reason", ["stop", "end_turn", "eos_token"])
    async def test_the_words_for_finished_of_compatible_servers(self, reason: str) -> None:
        with LocalModel(Turn(text=SQL, finish_reason=reason)) as server:
            async with writing(server) as writer:
                assert (await writer.write(request())).sql == SQL

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("a\nb\x00c", "abc"),
            ("x" * 300, "x" * 100),
            ("\n", "gpt-4o-mini"),
            (7, "gpt-4o-mini"),
            (None, "gpt-4o-mini"),
        ],
    )
    async def test_the_name_of_the_model_is_data(self, said: object, kept: str) -> None:
        with LocalModel(Turn(body=completion(model=said))) as server:
            async with writing(server) as writer:
                assert (await writer.write(request())).model == kept

    @pytest.mark.parametrize(
        "usage",
        [
            None,
            {},
            "many",
            {"prompt_tokens": 0, "completion_tokens": 0},
            {"prompt_tokens": None, "completion_tokens": 4},
            {"prompt_tokens": -5, "completion_tokens": 4},
            {"prompt_tokens": 10**12, "completion_tokens": 4},
        ],
    )
    async def test_tokens_are_counted_here_when_the_server_counts_none(self, usage: object) -> None:
        with LocalModel(Turn(body=completion(usage=usage))) as server:
            async with writing(server) as writer:
                written = await writer.write(request())
        assert written.usage == Usage(PROMPT.tokens, count(SQL))


def completion(**changes: object) -> bytes:
    """A completion as JSON, with keys put in place of the usual ones."""
    usual = {
        "model": "gpt-4o-mini",
        "choices": [{"message": {"role": "assistant", "content": SQL}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 50, "completion_tokens": 7},
    }
    return json.dumps({**usual, **changes}).encode()


class TestUnusableAnswer:
    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("length", "model.cut_off"),
            (None, "model.cut_off"),
            ("content_filter", "model.filtered"),
            ("tool_calls", "model.nonsense"),
        ],
    )
    async def test_finish_reasons(self, reason: str | None, code: str) -> None:
        with LocalModel(Turn(text="SELECT count(", finish_reason=reason, usage=(50, 160))) as server:
            failed = await failure(server)
        assert failed.code == code
        assert failed.details == {"model": "gpt-4o-mini", "usage": Usage(50, 160)}
        assert len(server.calls) == 1

    async def test_tokens_of_a_cut_off_answer_are_counted_here_when_the_server_counts_none(self) -> None:
        with LocalModel(Turn(text="SELECT count(", finish_reason="length", usage=None)) as server:
            failed = await failure(server)
        assert failed.details["usage"] == Usage(PROMPT.tokens, count("SELECT count("))

    @pytest.mark.parametrize("body", [b"", b"{", b"<html>hello</html>", b"[]", b"null", b"\xff\xfe", b"{}"])
    async def test_what_is_no_completion_spends_nothing(self, body: bytes) -> None:
        with LocalModel(Turn(body=body)) as server:
            failed = await failure(server)
        assert failed.code == "model.nonsense"
        assert failed.details == {"model": "gpt-4o-mini"}
        assert len(server.calls) == 1

    @pytest.mark.parametrize(
        "choices",
        [
            None,
            [],
            {},
            [None],
            [{"finish_reason": "stop"}],
            [{"finish_reason": "stop", "message": {"content": None}}],
            [{"finish_reason": "stop", "message": {"content": " \n"}}],
            [{"finish_reason": "stop", "message": {"content": [{"type": "text", "text": SQL}]}}],
            [{"finish_reason": 3, "message": {"content": SQL}}],
        ],
    )
    async def test_a_completion_without_text_is_still_charged(self, choices: object) -> None:
        with LocalModel(Turn(body=completion(choices=choices))) as server:
            failed = await failure(server)
        assert failed.code == "model.nonsense"
        assert failed.details["usage"] == Usage(50, 7)

    async def test_a_refusal_of_the_model(self) -> None:
        message = {"content": None, "refusal": "I cannot help with that."}
        with LocalModel(Turn(body=completion(choices=[{"finish_reason": "stop", "message": message}]))) as server:
            failed = await failure(server)
        assert failed.code == "model.filtered"
        assert "help" not in repr(failed.details)


class TestParameters:
    async def test_refused_ones_are_left_out_and_that_is_remembered(self) -> None:
        with LocalModel(SQL, refuses=["max_tokens", "temperature"]) as server:
            async with writing(server, retries=0) as writer:
                await writer.write(request())
                first = len(server.calls)
                await writer.write(request())
        assert first == 3
        assert len(server.calls) == 4
        assert server.calls[-1].body["max_completion_tokens"] == PROMPT.max_output
        assert not {"max_tokens", "temperature"} & server.calls[-1].body.keys()

    @pytest.mark.parametrize(
        "refusal",
        [
            Turn(status=400, error={"message": "`temperature` does not support 0 with this model."}),
            Turn(status=400, error="Unsupported value: temperature"),
            Turn(status=422, body=b'{"detail": [{"type": "extra_forbidden", "loc": ["body", "temperature"]}]}'),
            Turn(status=400, body=b"temperature: unknown field"),
        ],
    )
    async def test_servers_that_name_the_parameter_in_a_sentence(self, refusal: Turn) -> None:
        with LocalModel([refusal, SQL]) as server:
            async with writing(server, retries=0) as writer:
                assert (await writer.write(request())).sql == SQL
        assert server.calls[1].body["max_tokens"] == PROMPT.max_output
        assert "temperature" not in server.calls[1].body

    async def test_an_answer_is_never_asked_for_without_a_limit(self) -> None:
        with LocalModel(SQL, refuses=["max_tokens", "max_completion_tokens"]) as server:
            assert (await failure(server)).code == "model.refused"
        assert len(server.calls) == 2
        assert all({"max_tokens", "max_completion_tokens"} & call.body.keys() for call in server.calls)

    async def test_what_did_not_help_is_not_remembered(self) -> None:
        turn = Turn(status=400, error={"message": "no", "param": "temperature"})
        with LocalModel([turn, Turn(status=400), SQL]) as server:
            async with writing(server) as writer:
                with pytest.raises(ModelFailed):
                    await writer.write(request())
                await writer.write(request())
        assert server.calls[-1].body["temperature"] == 0

    async def test_many_at_once_on_a_server_that_refuses(self) -> None:
        with LocalModel(SQL, refuses=["max_tokens", "temperature"]) as server:
            async with writing(server) as writer:
                answers = await asyncio.gather(*(writer.write(request()) for _ in range(20)))
                before = len(server.calls)
                await writer.write(request())
        assert [answer.sql for answer in answers] == [SQL] * 20
        assert len(server.calls) == before + 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("turn", "code"),
        [
            (Turn(status=401, error={"message": "Incorrect API key", "code": "invalid_api_key"}), "model.sign_in"),
            (Turn(status=403, error={"message": "Country not supported"}), "model.sign_in"),
            (Turn(status=404, error={"message": "gone", "code": "model_not_found"}), "model.unknown_model"),
            (Turn(status=404, error='model "llama9" not found, try pulling it first'), "model.unknown_model"),
            (Turn(status=403, error={"message": "no access", "code": "model_not_found"}), "model.unknown_model"),
            (Turn(status=404, body=b"404 page not found"), "model.wrong_address"),
            (Turn(status=404, body=b'{"detail": "Not Found"}'), "model.wrong_address"),
            (Turn(status=405, body=b"<html>nginx</html>"), "model.wrong_address"),
            (Turn(status=402, error={"message": "Insufficient Balance"}), "model.out_of_credit"),
            (Turn(status=429, error={"message": "x", "code": "insufficient_quota"}), "model.out_of_credit"),
            (Turn(status=429, error={"message": "x", "type": "insufficient_quota"}), "model.out_of_credit"),
            (Turn(status=400, error={"message": "x", "code": "context_length_exceeded"}), "model.too_long"),
            (Turn(status=400, error="max_tokens: maximum context length is 400 tokens"), "model.too_long"),
            (Turn(status=400, error="the request exceeds the available context size"), "model.too_long"),
            (Turn(status=413, body=b""), "model.too_long"),
            (Turn(status=400, error={"message": "x", "code": "content_filter"}), "model.filtered"),
            (Turn(status=400, error="something else"), "model.refused"),
            (Turn(status=418, error="a teapot"), "model.refused"),
        ],
    )
    async def test_no_second_try_where_it_would_not_help(self, turn: Turn, code: str) -> None:
        with LocalModel(turn) as server:
            failed = await failure(server)
        assert failed.code == code
        assert failed.details == {"model": "gpt-4o-mini", "status": turn.status}
        assert len(server.calls) == 1

    async def test_a_wrong_key_at_the_server(self) -> None:
        with LocalModel() as server:
            assert (await failure(server, api_key="sk-wrong")).code == "model.sign_in"

    async def test_a_model_the_server_does_not_have(self) -> None:
        with LocalModel(models=["gpt-4o"]) as server:
            failed = await failure(server)
        assert (failed.code, failed.details["model"]) == ("model.unknown_model", "gpt-4o-mini")

    async def test_a_redirect_is_not_followed(self) -> None:
        with LocalModel() as elsewhere:
            there = {"location": f"{elsewhere.base_url}/chat/completions"}
            with LocalModel(Turn(status=307, headers=there)) as server:
                assert (await failure(server)).code == "model.wrong_address"
            assert elsewhere.calls == []


class TestRetries:
    @pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
    async def test_a_passing_failure_is_tried_again(self, status: int) -> None:
        with LocalModel([Turn(status=status, headers=AT_ONCE), SQL]) as server:
            async with writing(server) as writer:
                assert (await writer.write(request())).sql == SQL
        assert len(server.calls) == 2

    @pytest.mark.parametrize(("status", "code"), [(429, "model.busy"), (500, "model.down"), (503, "model.down")])
    async def test_no_more_often_than_said(self, status: int, code: str) -> None:
        with LocalModel(Turn(status=status, headers=AT_ONCE)) as server:
            failed = await failure(server, retries=3)
        assert failed.code == code
        assert failed.details == {"model": "gpt-4o-mini", "status": status, "retry_after": 0}
        assert len(server.calls) == 4

    async def test_no_retries_when_none_are_wanted(self) -> None:
        with LocalModel(Turn(status=500)) as server:
            assert (await failure(server, retries=0)).code == "model.down"
        assert len(server.calls) == 1

    async def test_the_wait_grows(self) -> None:
        with LocalModel(Turn(status=500)) as server:
            await failure(server, retries=2)
        first, second, third = (call.at for call in server.calls)
        assert 0.37 <= second - first <= 1.0
        assert 0.74 <= third - second <= 2.0

    @pytest.mark.parametrize("header", ["soon", "nan", "inf", "-7", "Mon, 99 Foo 2026"])
    async def test_a_senseless_retry_after_is_no_obstacle(self, header: str) -> None:
        with LocalModel([Turn(status=503, headers={"retry-after": header}), SQL]) as server:
            async with writing(server, seconds=5) as writer:
                assert (await writer.write(request())).sql == SQL

    async def test_retry_after_in_seconds_is_obeyed(self) -> None:
        with LocalModel([Turn(status=429, headers={"retry-after": "1"}), SQL]) as server:
            async with writing(server) as writer:
                await writer.write(request())
        first, second = (call.at for call in server.calls)
        assert 1.0 <= second - first < 1.6

    async def test_retry_after_as_a_date_is_obeyed(self) -> None:
        later = format_datetime(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2), usegmt=True)
        with LocalModel([Turn(status=429, headers={"retry-after": later}), SQL]) as server:
            async with writing(server) as writer:
                await writer.write(request())
        first, second = (call.at for call in server.calls)
        assert 0.8 <= second - first < 2.7

    async def test_a_retry_after_beyond_the_deadline_ends_it_at_once(self) -> None:
        began = time.monotonic()
        with LocalModel(Turn(status=429, headers={"retry-after": "3600"})) as server:
            failed = await failure(server, seconds=5)
        assert time.monotonic() - began < 2
        assert failed.code == "model.busy"
        assert failed.details["retry_after"] == 3600
        assert len(server.calls) == 1

    async def test_a_connection_cut_in_the_middle_is_tried_again(self) -> None:
        with LocalModel([Turn(cut=True), SQL]) as server:
            async with writing(server) as writer:
                assert (await writer.write(request())).sql == SQL

    async def test_a_connection_that_is_always_cut(self) -> None:
        with LocalModel(Turn(cut=True)) as server:
            failed = await failure(server, retries=1)
        assert failed.code == "model.down"
        assert failed.details == {"model": "gpt-4o-mini"}
        assert len(server.calls) == 2

    async def test_nobody_listens(self) -> None:
        with LocalModel() as server, unused_port() as port:
            failed = await failure(server, base_url=f"http://127.0.0.1:{port}/v1", retries=1)
        assert failed.code == "model.down"


class TestDeadline:
    async def test_a_hanging_server(self) -> None:
        with LocalModel(Turn(hang=True)) as server:
            began = time.monotonic()
            failed = await failure(server, seconds=0.6)
            took = time.monotonic() - began
            await eventually(lambda: server.calls[0].aborted)
        assert failed.code == "model.too_slow"
        assert failed.details == {"model": "gpt-4o-mini", "seconds": 0.6}
        assert 0.6 <= took < 1.5
        assert len(server.calls) == 1

    async def test_it_is_one_for_all_tries_together(self) -> None:
        with LocalModel(Turn(status=500, delay=0.4, headers=AT_ONCE)) as server:
            began = time.monotonic()
            failed = await failure(server, seconds=1, retries=50)
            took = time.monotonic() - began
        assert failed.code in {"model.too_slow", "model.down"}
        assert took < 1.8
        assert 2 <= len(server.calls) <= 3

    async def test_a_slow_answer_within_it_is_taken(self) -> None:
        with LocalModel(Turn(text=SQL, delay=0.5)) as server:
            async with writing(server, seconds=5) as writer:
                assert (await writer.write(request())).sql == SQL


class TestCancelling:
    async def test_it_closes_the_connection_and_the_writer_stays_usable(self) -> None:
        with LocalModel([Turn(hang=True), SQL]) as server:
            async with writing(server) as writer:
                task = asyncio.create_task(writer.write(request()))
                await eventually(lambda: len(server.calls) == 1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await eventually(lambda: server.calls[0].aborted)
                assert (await writer.write(request())).sql == SQL

    async def test_it_ends_a_wait_between_tries(self) -> None:
        with LocalModel(Turn(status=429, headers={"retry-after": "5"})) as server:
            async with writing(server) as writer:
                task = asyncio.create_task(writer.write(request()))
                await eventually(lambda: bool(server.calls) and server.calls[0].status == 429)
                began = time.monotonic()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
        assert time.monotonic() - began < 1
        assert len(server.calls) == 1


async def test_twenty_at_once_get_their_own_answers() -> None:
    def echo(messages: list[dict[str, Any]]) -> Turn:
        return Turn(text=f"SELECT {messages[1]['content']}", delay=0.3)

    with LocalModel(echo) as server:
        async with writing(server) as writer:
            await writer.write(request(Prompt("s", "warm", 9, 60)))
            began = time.monotonic()
            answers = await asyncio.gather(
                *(writer.write(request(Prompt("s", str(number), 9, 60))) for number in range(20))
            )
            took = time.monotonic() - began
    assert [answer.sql for answer in answers] == [f"SELECT {number}" for number in range(20)]
    assert server.peak == 20
    assert took < 3


class TestSecrets:
    KEY = "sk-secret-4f1c9d77aa"

    @pytest.mark.parametrize(
        "turn",
        [
            Turn(text=SQL),
            Turn(status=400, error=f"bad request with {KEY}"),
            Turn(status=429, error=f"slow down {KEY}", headers=AT_ONCE),
            Turn(status=500, error=f"broken {KEY}", headers=AT_ONCE),
            Turn(body=f"not json {KEY}".encode()),
            Turn(cut=True),
            Turn(hang=True),
        ],
    )
    async def test_neither_errors_nor_logs_hold_key_or_prompt(
        self, turn: Turn, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for name in ("openai", "httpx2", "httpcore2", "core"):
            caplog.set_level(logging.DEBUG, logger=name)
        told = ""
        with LocalModel(turn, key=self.KEY) as server:
            async with writing(server, seconds=2, retries=1) as writer:
                try:
                    await writer.write(request())
                except ModelFailed as failed:
                    told = everything_of(failed)
        told += "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
        assert "127.0.0.1" in told, "the log was not read"
        for secret in (self.KEY, SYSTEM, "지난달"):
            assert secret not in told

    async def test_a_wrong_key_that_the_server_repeats(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with LocalModel() as server:
            failed = await failure(server, api_key=self.KEY)
        assert self.KEY not in everything_of(failed)
        assert self.KEY not in caplog.text

    def test_the_settings_hide_it(self) -> None:
        made = ModelSettings(self.KEY, "http://127.0.0.1:1/v1", "gpt-4o-mini")
        assert self.KEY not in repr(made) + str(made)


def everything_of(error: BaseException) -> str:
    """All that a log, a tracker of errors or a debugger would show of it, causes and contexts too."""
    told, seen = "", error
    while seen is not None:
        told += f"{seen!s} {seen!r} {seen.args} {seen.__dict__} {''.join(traceback.format_exception(seen))}"
        assert seen.__cause__ is None
        seen = seen.__context__  # type: ignore[assignment]
    return told


class TestSettings:
    @pytest.mark.parametrize("key", ["", "sk with space", "sk-키", "sk\n", "sk-\x7f"])
    def test_a_key_that_cannot_be_sent(self, key: str) -> None:
        with pytest.raises(BadSetting) as caught:
            ModelSettings(key, None, "gpt-4o-mini")
        assert caught.value.details == {"name": "OPENAI_API_KEY"}

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "localhost:11434/v1",
            "ftp://localhost/v1",
            "http://",
            "http://[::1/v1",
            "http://host:99999/v1",
            "http://1.2.3.999/v1",
            "http://ho st/v1",
            "http://호스트/v1",
            "https://name:word@host/v1",
            "https://host/v1?key=word",
            "https://host/v1#part",
        ],
    )
    def test_an_address_that_cannot_be_meant(self, address: str) -> None:
        with pytest.raises(BadSetting) as caught:
            ModelSettings("sk-1", address, "gpt-4o-mini")
        assert caught.value.details == {"name": "OPENAI_BASE_URL"}

    @pytest.mark.parametrize(
        "address",
        [None, "https://api.openai.com/v1", "http://localhost:11434/v1/", "http://[::1]:8080", "http://10.0.0.7"],
    )
    async def test_addresses_that_can(self, address: str | None) -> None:
        await OpenAIWriter(ModelSettings("sk-1", address, "gpt-4o-mini")).aclose()

    def test_a_model_without_a_name(self) -> None:
        with pytest.raises(BadSetting) as caught:
            ModelSettings("sk-1", None, " ")
        assert caught.value.details == {"name": "OPENAI_MODEL"}

    @pytest.mark.parametrize("limits", [{"seconds": 0}, {"retries": -1}])
    def test_limits_that_make_no_sense(self, limits: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="seconds"):
            ModelSettings("sk-1", None, "gpt-4o-mini", **limits)


class TestEnvironment:
    async def test_neither_key_nor_address_come_from_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with LocalModel() as elsewhere, LocalModel(SQL) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", elsewhere.base_url)
            monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
            monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin")
            monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-other")
            async with writing(server) as writer:
                await writer.write(request())
            await ping(settings(server))
        assert elsewhere.calls == []
        assert all(call.signed_in for call in server.calls)

    async def test_a_proxy_never_sees_plain_http(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with answering(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n") as (port, received):
            for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
            with LocalModel(SQL) as server:
                async with writing(server) as writer:
                    assert (await writer.write(request())).sql == SQL
        assert received == []

    async def test_a_proxy_for_https_sees_the_name_of_the_server_only(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, logger="core")
        async with answering(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n") as (port, received):
            monkeypatch.setenv("HTTPS_PROXY", f"http://who:word@127.0.0.1:{port}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            with LocalModel() as server:
                failed = await failure(server, base_url="https://model.invalid/v1", retries=0)
        assert failed.code == "model.down"
        (sent,) = received
        assert sent.startswith(b"CONNECT model.invalid:443 ")
        assert server.key.encode() not in sent
        assert "HTTPS_PROXY" in caplog.text
        assert "word" not in caplog.text

    @pytest.mark.parametrize("proxy", ["socks5://who:word@127.0.0.1:1", "gopher://who:word@127.0.0.1:1"])
    def test_a_proxy_that_cannot_be_used(self, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(BadSetting) as caught:
            OpenAIWriter(ModelSettings("sk-1", None, "gpt-4o-mini"))
        assert caught.value.details == {"name": "HTTPS_PROXY"}
        assert "word" not in everything_of(caught.value)


class TestPing:
    async def test_all_is_well_and_no_token_is_spent(self) -> None:
        with LocalModel(models=["gpt-4o-mini"]) as server:
            await ping(settings(server))
        assert server.completions == []
        assert [call.path for call in server.calls] == ["/v1/models/gpt-4o-mini"]

    async def test_a_server_that_only_lists(self) -> None:
        with LocalModel(models=["a/b", "gpt-4o-mini"], lists_only=True) as server:
            await ping(settings(server))
            await ping(settings(server, model="a/b"))

    @pytest.mark.parametrize("lists_only", [False, True])
    async def test_an_unknown_model(self, lists_only: bool) -> None:
        with LocalModel(models=["gpt-4o"], lists_only=lists_only) as server, pytest.raises(ModelFailed) as caught:
            await ping(settings(server))
        assert caught.value.code == "model.unknown_model"
        assert caught.value.details["model"] == "gpt-4o-mini"

    async def test_a_wrong_key(self) -> None:
        with LocalModel() as server, pytest.raises(ModelFailed) as caught:
            await ping(settings(server, api_key="sk-wrong"))
        assert caught.value.code == "model.sign_in"

    async def test_a_wrong_path(self) -> None:
        with LocalModel() as server, pytest.raises(ModelFailed) as caught:
            await ping(settings(server, base_url=f"{server.base_url}/v2"))
        assert caught.value.code == "model.wrong_address"

    async def test_a_web_page_that_answers_everything(self) -> None:
        page = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"
        async with answering(page) as (port, _):
            with pytest.raises(ModelFailed) as caught:
                await ping(ModelSettings("sk-1", f"http://127.0.0.1:{port}/v1", "gpt-4o-mini", seconds=5))
        assert caught.value.code == "model.wrong_address"

    async def test_nobody_listens(self) -> None:
        with unused_port() as port, pytest.raises(ModelFailed) as caught:
            await ping(ModelSettings("sk-1", f"http://127.0.0.1:{port}/v1", "gpt-4o-mini", seconds=5))
        assert caught.value.code == "model.down"

    async def test_a_server_that_says_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ModelFailed) as caught:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
            await ping(ModelSettings("sk-1", address, "gpt-4o-mini", seconds=0.5))
        assert caught.value.code == "model.too_slow"


async def test_the_local_model_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "tests.local_model", "--port", "0", "--sql", SQL, "--key", "sk-hand"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            address = program.stdout.readline().split()[0].removeprefix("OPENAI_BASE_URL=")
            writer = OpenAIWriter(ModelSettings("sk-hand", address, "gpt-4o-mini", seconds=10))
            written = await writer.write(request())
            await writer.aclose()
        finally:
            program.terminate()
        assert program.wait(10) == 0
    assert written.sql == SQL
