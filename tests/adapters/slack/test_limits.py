"""The renderer against every limit of the platform: random replies, and ones made to burst."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.home import HomePage
from adapters.slack.home_page import render_home
from adapters.slack.modals import (
    render_edit_modal,
    render_loading_modal,
    render_reason_modal,
)
from adapters.slack.render import Detail, Message, render, render_sql
from adapters.slack.steps import progress_chunks, render_progress
from core.chat import (
    Action,
    Actions,
    Chart,
    Choice,
    Choices,
    Column,
    ConnectionChoice,
    Exchange,
    Fact,
    Facts,
    Meter,
    Meters,
    Notice,
    Reply,
    Series,
    Sql,
    Step,
    Table,
    Text,
)
from core.saved import SavedTemplate
from tests.adapters.replies import EVIL, FULL, replies
from tests.adapters.slack.payloads import chunk_problems, message_problems, view_problems

DETAILS: tuple[Detail, ...] = get_args(Detail)
NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
HOSTILE = "<!channel> <@U1> <https://evil.example|x> *b* _i_ ~s~ `c` ``` :tada:\n> q \u202e\u200b\x00\ud800" + EVIL
ACTIONS = Actions(
    (
        *(Action("show_sql", "SQL"), Action("edit", "E"), Action("explain", "X"), Action("csv", "C")),
        *(Action("excel", ""), Action("save_template", "T" * 99), Action("good", HOSTILE), Action("bad", "")),
        *(Action("stop", "S"), Action("retry", "R"), Action("csv", "again")),
    )
)

hostile = st.sampled_from(["", " ", HOSTILE, HOSTILE * 200, "👩‍💻" * 3000, "\n" * 9000, "\u200d"])
long_tables = st.builds(
    lambda columns, rows, cell, cut: Table(
        tuple(Column(cell[:300], "decimal" if n % 3 else "text") for n in range(columns)),
        ((cell,) * columns,) * rows,
        cut,
    ),
    *(st.integers(0, 30), st.integers(0, 300), hostile | st.sampled_from(["1.5", "9" * 400]), st.booleans()),
)
long_charts = st.builds(
    lambda kind, points, series, name, value: Chart(
        kind,
        name,
        tuple(f"{n}{name}" for n in range(points)),
        tuple(Series(f"{n}{name}", (value,) * points) for n in range(series)),
    ),
    *(st.sampled_from(["line", "bar", "pie", "figure"]), st.integers(0, 30), st.integers(0, 15), hostile),
    st.sampled_from([None, 0.0, -1.0, 3.5, float("nan"), float("inf"), 1e308]),
)
long_choices = st.builds(
    lambda n, prompt, label, value: Choices(prompt, "table", tuple(Choice(label, f"{k}{value}") for k in range(n))),
    *(st.integers(0, 130), hostile, hostile, hostile | st.sampled_from(["a", "b" * 140])),
)
parts = (
    long_tables
    | long_charts
    | long_choices
    | st.builds(Text, hostile)
    | st.builds(Sql, hostile, st.just("mysql"))
    | st.builds(Notice, st.sampled_from(["info", "warning", "error"]), st.just("x"), hostile, hostile)
    | st.builds(lambda text, n: Facts(tuple(Fact("x", text, text) for _ in range(n))), hostile, st.integers(0, 15))
    | st.builds(
        lambda text, n, used: Meters((Meter(text, used, 10, text, text),) * n),
        hostile,
        st.integers(0, 15),
        st.integers(0, 20),
    )
    | st.just(ACTIONS)
)
bursting = st.builds(
    Reply, st.just("q" * 36), st.lists(parts, max_size=12).map(tuple), hostile, st.sampled_from(["en", "ko"])
)


def problems(message: Message) -> list[str]:
    return message_problems(message.text, message.blocks)


def check(reply: Reply) -> None:
    for detail in DETAILS:
        message = render(reply, detail)
        assert problems(message) == []
        assert render(reply, detail) == message
        assert bool(message.blocks) == (detail != "plain")
        for attachment in message.attachments:
            assert isinstance(reply.parts[attachment.part], Chart if attachment.kind == "chart" else Table)
            assert attachment.title.strip() and len(attachment.title) <= 150


@given(replies())
def test_any_reply_fits(reply: Reply) -> None:
    check(reply)


@settings(max_examples=60, deadline=None)
@given(bursting)
def test_a_reply_made_to_burst_fits(reply: Reply) -> None:
    check(reply)


@given(replies())
def test_every_chart_is_shown_one_way(reply: Reply) -> None:
    for detail in DETAILS:
        message = render(reply, detail)
        native = sum(block["type"] == "data_visualization" for block in message.blocks)
        pictures = sum(attachment.kind == "chart" for attachment in message.attachments)
        assert native + pictures == sum(isinstance(part, Chart) and part.kind != "figure" for part in reply.parts)


def test_the_reply_with_every_part_fits() -> None:
    check(FULL)
    check(replace(FULL, parts=(*FULL.parts, ACTIONS)))


def test_sixty_parts_are_cut_and_it_is_said() -> None:
    reply = Reply("q", tuple(Text(f"line {n}") for n in range(60)), "line 0")
    message = render(reply)
    assert problems(message) == []
    assert len(message.blocks) == 50
    assert "left out" in str(message.blocks[-1])


@settings(max_examples=30, deadline=None)
@given(hostile | st.text(max_size=200), st.sampled_from(["en", "ko"]))
def test_any_sql_fits(sql: str, locale: str) -> None:
    assert message_problems("SQL", render_sql(Sql(sql, "tsql"), locale)) == []
    for view in (
        render_edit_modal("q", sql, locale),
        render_reason_modal("q", locale),
        render_loading_modal(locale),
    ):
        assert view_problems(view) == []


def meters(text: str, limit: int, used: int) -> Reply:
    return Reply("", (Text(text), Meters((Meter(text, used, limit, text, text),) * 3)), "x")


@settings(max_examples=30, deadline=None)
@given(hostile, st.integers(0, 130), st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["en", "ko"]))
def test_any_home_tab_fits(text: str, n: int, limit: int, used: int, locale: str) -> None:
    page = HomePage(
        meters(text, limit, used),
        tuple(Exchange("q", text, NOW, None) for _ in range(n)),
        tuple(SavedTemplate(f"{k}", text, text, text) for k in range(n)),
        tuple(ConnectionChoice(f"{k}{text}", "mysql", k == 3, f"c{k}") for k in range(n)),
        meters(text, used, limit),
    )
    assert view_problems(render_home(page, locale, "Asia/Seoul")) == []
    assert view_problems(render_home(HomePage(), locale)) == []


@pytest.mark.parametrize("text", ["", "Reading", HOSTILE * 20])
def test_any_progress_fits(text: str) -> None:
    first, second = Step("linking", text), Step("running", text)
    for steps in ((), (first,), (first, second) * 40):
        message = render_progress("q", steps, "ko")
        assert problems(message) == []
    for chunk in (*progress_chunks(first), *progress_chunks(second, first)):
        assert chunk_problems(chunk) == []


def test_the_checker_finds_what_slack_refuses() -> None:
    def plain(text: str) -> dict[str, object]:
        return {"type": "plain_text", "text": text, "emoji": False}

    def button(text: str = "a", value: str = "v") -> dict[str, object]:
        return {"type": "button", "text": plain(text), "action_id": "cq_a", "value": value}

    def cell(text: str) -> dict[str, object]:
        return {"type": "raw_text", "text": text}

    bar = {
        "type": "bar",
        "series": [{"name": "s", "data": [{"label": "a", "value": 1}]}],
        "axis_config": {"categories": ["b"]},
    }
    bad: list[list[dict[str, object]]] = [
        [{"type": "header", "text": plain("x" * 151)}],
        [{"type": "header", "text": plain(" ")}],
        [{"type": "context", "elements": [plain("x\u202e")]}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<!channel>"}]}],
        [{"type": "actions", "elements": [button(), button()]}],
        [{"type": "actions", "elements": [button(value="v" * 2001)]}],
        [{"type": "table", "column_settings": [], "rows": [[cell("a")], [cell("")]]}],
        [{"type": "table", "column_settings": [], "rows": [[cell("a")]] * 101}],
        [{"type": "table", "column_settings": [], "rows": [[cell("a")], [cell("a"), cell("b")]]}],
        [{"type": "data_table", "caption": "c", "page_size": 10, "rows": [[cell("a")]]}],
        [{"type": "data_table", "caption": "c", "page_size": 10, "rows": [[cell("x" * 7000)]] * 3}],
        [{"type": "data_visualization", "title": "t", "chart": bar}],
        [{"type": "image"}],
        [{"type": "header", "text": plain("x")}] * 51,
    ]
    for blocks in bad:
        assert message_problems("text", blocks), blocks
    for text in ("", "<@U1>", "*b*", "`c`", "a _b_", ":x:", "&gt; q", "http://x", "x" * 4001, "```\na```b\n```"):
        assert message_problems(text, []), text
    assert message_problems("fine", []) == []


def test_values_and_tabs_at_their_edges() -> None:
    long = render(Reply("q", (Choices("?", "table", (Choice("a", "v" * 1998), Choice("b", "v" * 1999))),), "?"))
    assert problems(long) == []
    assert [len(button["value"]) for button in long.blocks[1]["elements"]] == [2000]
    figures = Reply("", (Facts((Fact("x", "x", "x"),)),) * 60, "x")
    home = render_home(HomePage(figures, overview=figures), "en")
    assert view_problems(home) == []
    assert len(home["blocks"]) == 100
