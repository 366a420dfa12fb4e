"""What leaves through the log: a line an event, without secrets, whoever wrote it."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import logs
from bot.redaction import Redactor, one_line, secrets_of
from core.ask.journal import Journal, Words
from tests.houses import ADMINISTRATOR, add_sqlite, ask, make_shop, open_house, settings_for

SECRET = "p4ss/w+rd canary&"


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def written(form: Any) -> Iterator[StringIO]:
    """What a logger of the tests' own writes in this form."""
    redactor, stream = Redactor(), StringIO()
    redactor.learn([SECRET])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(form, redactor=redactor))
    log = logging.getLogger("tests.logs")
    log.handlers, log.propagate, log.level = [handler], False, logging.DEBUG
    yield stream
    log.handlers = []


log = logging.getLogger("tests.logs")


def _fails(text: str) -> None:
    raise ValueError(text)


def test_secrets_are_taken_out_of_messages_extras_and_traces(written: StringIO) -> None:
    log.info("signing in with %s", SECRET, extra={"url": f"x://h/?a={SECRET}", "token": "canary-of-no-known-looks"})
    log.info("quoted p4ss%2Fw%2Brd%20canary%26 and p4ss%2Fw%2Brd+canary%26")
    log.info({"Authorization": "Bearer canary-canary"})
    try:
        _fails(f"could not connect to postgresql://kim:canary@db with {SECRET!r}")
    except ValueError:
        log.exception("failed")
    said = written.getvalue()
    assert "canary" not in said.replace("canary-of-no-known-looks", "")
    assert "***" in said
    assert "ValueError" in said


def test_a_line_stays_a_line(written: StringIO, form: str) -> None:
    log.warning("first\r\n2026-01-01 00:00:00,000 CRITICAL core forged\x1b[2K\u2028end", extra={"who": "a\nb\u202e"})
    (line,) = written.getvalue().splitlines()
    assert line.isprintable()
    if form == "json":
        told = json.loads(line)
        assert told["message"].startswith("first\r\n")
        assert (told["level"], told["logger"], told["who"]) == ("WARNING", "tests.logs", "a\nb\u202e")


def test_a_trace_cannot_be_mistaken_for_lines(written: StringIO, form: str) -> None:
    try:
        _fails("x\n2026-01-01 00:00:00,000 CRITICAL core forged")
    except ValueError:
        log.exception("failed")
    lines = written.getvalue().splitlines()
    if form == "json":
        assert "forged" in json.loads(lines[0])["trace"]
        assert len(lines) == 1
    else:
        assert all(line.startswith("  | ") for line in lines[1:])


def test_a_logger_that_is_called_wrongly_ends_nothing(form: Any) -> None:
    formatter = logs.formatter(form)
    for message, given in (("%s and %s", ("one",)), ("%d", ("canary",))):
        line = formatter.format(logging.makeLogRecord({"msg": message, "args": given}))
        assert message in line
        assert "canary" not in line


def test_the_handler_prints_no_record_that_it_cannot_write(capsys: pytest.CaptureFixture[str]) -> None:
    class Bad:
        def __str__(self) -> str:
            raise RuntimeError("canary")

    logs.set_up("INFO")
    logging.getLogger("tests.bad").info("x", extra={"bad": Bad()})
    said = capsys.readouterr().err
    assert said == "a line of the log could not be written: tests.bad\n"


def test_a_long_line_is_cut(written: StringIO) -> None:
    log.info("x" * 1_000_000)
    assert len(written.getvalue()) < 25_000


def test_every_secret_of_the_settings_is_known(tmp_path: Path) -> None:
    secrets: dict[str, Any] = {
        "secret_key": SecretStr("new:keykey11,old:keykey22"), "openai_api_key": SecretStr("openaikey"),
        "web_token": SecretStr("webtoken"), "slack_bot_token": SecretStr("bottoken"), "api_key": SecretStr("apikey"),
        "slack_app_token": SecretStr("apptoken"), "slack_signing_secret": SecretStr("signing"),
    }  # fmt: skip
    settings = settings_for(tmp_path, "postgresql://kim:st%40re@db/x", **secrets)
    redactor = Redactor()
    redactor.learn(secrets_of(settings))
    clean = redactor.clean("keykey11 keykey22 openaikey webtoken bottoken apptoken signing apikey st@re1 st%40re1")
    assert clean.split() == ["***"] * 8 + ["st@re1", "st%40re1"]  # five characters are too few to be looked for
    redactor.learn(["st@re1"])
    assert redactor.clean("st@re1 st%40re1") == "*** ***"
    assert "webtoken" not in repr(redactor)


def test_control_characters_are_escaped() -> None:
    assert one_line("a\nb\x00\x85\u202ec\tz") == "a\\nb\\u0000\\u0085\\u202ec\\tz"


@pytest.mark.parametrize("with_words", [False, True])
def test_words_are_shown_only_when_they_are_asked_for(with_words: bool, form: Any) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(form, with_words=with_words))
    record = logging.makeLogRecord({"msg": "asked", "words": Words("how many canaries?")})
    handler.emit(record)
    assert ("canaries" in stream.getvalue()) == with_words
    assert "canaries" not in f"{Words('canaries')} {Words('canaries')!r}"


async def test_every_step_of_a_question_is_a_line_with_its_id(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, make_shop(tmp_path / "shop.db"))
        with caplog.at_level(logging.INFO, "core.ask.journal"):
            _, reply = await ask(house, "How many customers are in Seoul?")
            await house.service.delivered(reply.question_id)
    told = [vars(record) for record in caplog.records if record.name == "core.ask.journal"]
    assert [one["step"] for one in told] == [
        "accepted", "linked", "written", "checked", "ran", "presented", "settled", "delivered",
    ]  # fmt: skip
    assert {one["question"] for one in told} == {reply.question_id}
    assert all(one["ms"] >= 0 and one["total_ms"] >= one["ms"] for one in told[:-1])
    facts = {one["step"]: one for one in told}
    assert (facts["ran"]["rows"], facts["settled"]["rows"], facts["settled"]["calls"]) == (1, 1, 1)
    assert facts["written"]["by"] == "built_in"
    assert isinstance(facts["accepted"]["words"], Words)


async def test_a_failed_question_says_its_code(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, make_shop(tmp_path / "shop.db"))
        with caplog.at_level(logging.INFO, "core.ask.journal"):
            await ask(house, "DELETE FROM customers", ADMINISTRATOR)
    told = [vars(record) for record in caplog.records if record.name == "core.ask.journal"]
    assert told[-1]["step"] == "settled"
    assert told[-1]["code"].startswith("guard.")
    assert "DELETE" not in caplog.text


def test_a_step_costs_nothing_where_no_log_is_wanted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Journal("q").note("ran", rows=1)
    assert not caplog.records
