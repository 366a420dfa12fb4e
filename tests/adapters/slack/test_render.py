import ast
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import adapters.slack
from adapters.chat.home import HomePage
from adapters.chat.templates import LINES
from adapters.chat.usage import HELP, HELP_OF_ALL
from adapters.slack.buttons import pattern
from adapters.slack.home_page import render_home
from adapters.slack.listeners import connections
from adapters.slack.modals import INPUT_BLOCK, render_edit_modal
from adapters.slack.render import Attachment, Message, render, render_sql
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
    Part,
    Reply,
    Series,
    Sql,
    Step,
    Table,
    Text,
)
from core.locale.words import catalogue
from core.saved import SavedTemplate

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
SALES = Table(
    (Column("region"), Column("order_id", "integer"), Column("sales", "decimal"), Column("share", "float")),
    (("EMEA", 1024, "1203.50", 0.25), ("<!channel>\n*x*", None, "", float("nan"))),
)
BARS = Chart("bar", "Sales by month", ("Jan", "Feb"), (Series("EMEA", (12.0, 9.5)), Series("APAC", (-3.0, 0.0))))


def reply(*parts: Part, plain: str = "EMEA leads.", locale: str = "en") -> Reply:
    return Reply("q1", parts, plain, locale)


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


def words(blocks: object) -> str:
    """Every text that is shown, in order."""
    if isinstance(blocks, Mapping):
        own = [blocks["text"]] if isinstance(blocks.get("text"), str) else []
        return " ".join([*own, *(words(value) for value in blocks.values() if not isinstance(value, str))]).strip()
    if isinstance(blocks, list | tuple):
        return " ".join(filter(None, map(words, blocks)))
    return ""


def test_an_answer_in_full() -> None:
    message = render(
        reply(
            Text("EMEA leads."),
            BARS,
            SALES,
            Sql("SELECT 1", "sqlite"),
            Facts((Fact("rows", "Rows", "2"), Fact("cost", "Cost", "0 tokens"))),
            Actions((Action("show_sql", "Show SQL"), Action("good", "Right"), Action("bad", "Wrong"))),
        )
    )
    assert kinds(message) == [
        *("rich_text", "data_visualization", "data_table", "context", "actions", "context_actions"),
    ]
    assert message.text == "EMEA leads."
    assert message.attachments == ()
    assert words(message.blocks[3]) == "Rows: 2 · Cost: 0 tokens"
    assert message.blocks[4]["elements"][0] == {
        "type": "button",
        "text": {"type": "plain_text", "text": "Show SQL", "emoji": False},
        "action_id": "cq_show_sql",
        "value": "q1",
    }
    thumbs = message.blocks[5]["elements"][0]
    assert (thumbs["action_id"], thumbs["positive_button"]["value"], thumbs["negative_button"]["value"]) == (
        *("cq_feedback", "good|q1", "bad|q1"),
    )


def test_the_cells_of_a_data_table() -> None:
    table = render(reply(Text("EMEA leads."), SALES)).blocks[1]
    assert (table["caption"], table["page_size"]) == ("EMEA leads.", 10)
    assert table["rows"] == [
        [{"type": "raw_text", "text": name} for name in ("region", "order_id", "sales", "share")],
        [
            {"type": "raw_text", "text": "EMEA"},
            {"type": "raw_number", "value": 1024, "text": "1024"},
            {"type": "raw_number", "value": 1203.5, "text": "1,203.50"},
            {"type": "raw_number", "value": 0.25, "text": "0.25"},
        ],
        [
            {"type": "raw_text", "text": "<!channel>↵*x*"},
            {"type": "raw_text", "text": "–"},
            {"type": "raw_text", "text": "–"},
            {"type": "raw_text", "text": "NaN"},
        ],
    ]


def test_a_number_beyond_json_keeps_its_digits_as_text() -> None:
    table = Table((Column("n", "integer"), Column("d", "decimal")), ((2**60 + 1, "1E+400"), (10**400, "12.30")))
    rows = render(reply(table)).blocks[0]["rows"]
    assert rows[1][0] == {"type": "raw_number", "value": float(2**60), "text": "1,152,921,504,606,846,977"}
    assert [rows[1][1]["type"], rows[2][0]["type"]] == ["raw_text", "raw_text"]


def test_simpler_blocks_on_request() -> None:
    message = render(
        reply(Text("EMEA leads."), BARS, SALES, Actions((Action("good", "R"), Action("bad", "W")))), "simple"
    )
    assert kinds(message) == ["rich_text", "table", "actions"]
    table = message.blocks[1]
    assert [setting["align"] for setting in table["column_settings"]] == ["left", "right", "right", "right"]
    assert {cell["type"] for row in table["rows"] for cell in row} == {"raw_text"}
    assert message.attachments == (Attachment("chart", "chart.png", "Sales by month", 1),)
    assert [(one["action_id"], one["value"]) for one in message.blocks[2]["elements"]] == [
        ("cq_feedback:good", "good|q1"),
        ("cq_feedback:bad", "bad|q1"),
    ]


def test_words_alone_on_request() -> None:
    message = render(reply(Text("EMEA leads."), BARS, SALES, plain="EMEA leads.\n\na  `b`  *c*  <!here>"), "plain")
    assert message == Message(
        "```\nEMEA leads.\n\na  `b`  *c*  &lt;!here&gt;\n```",
        (),
        (Attachment("chart", "chart.png", "Sales by month", 1), Attachment("csv", "result.csv", "Result as CSV", 2)),
    )
    assert render(reply(Notice("error", "x", "No.")), "plain").text == "EMEA leads."
    cut = render(reply(SALES, plain="x" * 9000), "plain").text
    assert len(cut) <= 4000
    assert cut.endswith("…\n```\n" + catalogue("en")["chat.cut"])


@pytest.mark.parametrize(
    ("rows", "columns", "cell", "said"),
    [
        (500, 2, "1", ["200 of 500 rows"]),
        (5, 30, "1", ["20 of 30 columns"]),
        (2, 2, "x" * 300, ["Long values"]),
        (500, 30, "x" * 150, ["of 500 rows", "20 of 30 columns"]),
    ],
)
def test_what_is_cut_is_said_and_goes_as_a_file(rows: int, columns: int, cell: str, said: list[str]) -> None:
    big = Table(tuple(Column(f"c{n}") for n in range(columns)), ((cell,) * columns,) * rows)
    message = render(reply(Text("Many."), big))
    for text in said:
        assert text in words(message.blocks[2])
    assert "CSV" in words(message.blocks[2])
    assert message.attachments == (Attachment("csv", "result.csv", "Result as CSV", 1),)
    assert "행을 표시했습니다" in words(render(reply(big, locale="ko")).blocks) or rows < 200


def test_a_truncated_table_says_so_and_goes_as_a_file() -> None:
    message = render(reply(Table(SALES.columns, SALES.rows, truncated=True)))
    assert "there are more" in words(message.blocks[1])
    assert [attachment.kind for attachment in message.attachments] == ["csv"]


def test_a_table_without_room_is_not_shown_but_said() -> None:
    big = Table(tuple(Column(f"c{n}") for n in range(20)), (("x" * 190,) * 20,) * 200)
    message = render(reply(big, big))
    assert kinds(message) == ["data_table", "context", "context"]
    assert "too large" in words(message.blocks[2])
    assert [attachment.part for attachment in message.attachments] == [0, 1]


def test_an_empty_table_needs_no_block() -> None:
    message = render(reply(Table((Column("a"),), ()), plain="No rows match."))
    assert (kinds(message), words(message.blocks)) == (["rich_text"], "No rows match.")


def test_a_chart_of_slacks_own() -> None:
    assert render(reply(BARS)).blocks == (
        {
            "type": "data_visualization",
            "title": "Sales by month",
            "chart": {
                "type": "bar",
                "series": [
                    {"name": "EMEA", "data": [{"label": "Jan", "value": 12.0}, {"label": "Feb", "value": 9.5}]},
                    {"name": "APAC", "data": [{"label": "Jan", "value": -3.0}, {"label": "Feb", "value": 0.0}]},
                ],
                "axis_config": {"categories": ["Jan", "Feb"]},
            },
        },
    )
    pie = render(reply(Chart("pie", "Share", ("A", "B"), (Series("s", (61.0, 39.0)),)))).blocks[0]["chart"]
    assert pie == {"type": "pie", "segments": [{"label": "A", "value": 61.0}, {"label": "B", "value": 39.0}]}


@pytest.mark.parametrize(
    "chart",
    [
        Chart("line", "gap", ("a", "b"), (Series("s", (1.0, None)),)),
        Chart("line", "not a number", ("a", "b"), (Series("s", (1.0, float("inf"))),)),
        Chart("line", "points", tuple(map(str, range(21))), (Series("s", (1.0,) * 21),)),
        Chart("bar", "series", ("a",), tuple(Series(str(n), (1.0,)) for n in range(7))),
        Chart(
            "bar", "labels", ("Gangnam branch, first floor", "Gangnam branch, first street"), (Series("s", (1.0, 2.0)),)
        ),
        Chart("bar", "names", ("a",), (Series("", (1.0,)), Series(" ", (1.0,)))),
        Chart("pie", "zero", ("a", "b"), (Series("s", (1.0, 0.0)),)),
        Chart("pie", "slices", tuple("abcdefg"), (Series("s", (1.0,) * 7),)),
        Chart("pie", "rings", ("a",), (Series("s", (1.0,)), Series("t", (1.0,)))),
    ],
    ids=lambda chart: chart.title,
)
def test_a_chart_that_slack_cannot_show_goes_as_a_picture(chart: Chart) -> None:
    message = render(reply(Text("x"), chart))
    assert kinds(message) == ["rich_text"]
    assert message.attachments == (Attachment("chart", "chart.png", chart.title, 1),)


def test_a_third_chart_goes_as_a_picture() -> None:
    message = render(reply(BARS, BARS, BARS))
    assert kinds(message) == ["data_visualization"] * 2
    assert [attachment.part for attachment in message.attachments] == [2]


@pytest.mark.parametrize("detail", ["full", "simple"])
def test_a_figure_is_a_large_number(detail: Any) -> None:
    message = render(reply(Chart("figure", "Orders", ("Orders",), (Series("Orders", (12345.0,)),))), detail)
    assert (kinds(message), words(message.blocks)) == (["header", "context"], "12,345 Orders")
    assert message.attachments == ()


def test_sql_is_folded_behind_a_button_even_without_actions() -> None:
    message = render(reply(Notice("warning", "guard.x", "No.", "Ask otherwise."), Sql("DROP TABLE t", "mysql")))
    assert "DROP" not in json.dumps(message.blocks)
    assert message.blocks[-1]["elements"][0]["action_id"] == "cq_show_sql"


def test_sql_that_is_shown() -> None:
    sql = "SELECT ```*``` FROM t -- <!channel>\n"
    shown = render_sql(Sql(sql, "mysql"), "en")
    assert words(shown[0]) == "SQL (mysql)"
    assert shown[1]["elements"] == [
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": sql}]},
    ]
    long = "".join(f"SELECT {n};\n" for n in range(500))
    assert (
        "".join(block["elements"][0]["elements"][0]["text"] for block in render_sql(Sql(long, "x"), "en")[1:]) == long
    )
    assert "처음" in words(render_sql(Sql("x" * 50_000, "x"), "ko")[-1])
    assert "first 12,000 of 50,000" in words(render_sql(Sql("x" * 50_000, "x"), "en")[-1])


def test_an_error_stands_out_and_says_what_to_do() -> None:
    message = render(reply(Notice("error", "x", "<@U1> broke.", "Ask again.")))
    first, hint = message.blocks
    assert first["elements"][0]["elements"][0] == {"type": "emoji", "name": "warning"}
    assert first["elements"][0]["elements"][1]["text"] == " <@U1> broke."
    assert words(hint) == "Ask again."


def test_choices_are_buttons_then_a_menu() -> None:
    def offered(number: int, value: str = "") -> Message:
        options = tuple(Choice(f"table {n}", f"{value}{n}") for n in range(number))
        return render(reply(Choices("Which one?", "table", options)))

    few = offered(3)
    assert [(one["action_id"], one["value"]) for one in few.blocks[1]["elements"]] == [
        ("cq_choose:0", "q1|0"),
        ("cq_choose:1", "q1|1"),
        ("cq_choose:2", "q1|2"),
    ]
    assert all(pattern("choose").search(one["action_id"]) for one in few.blocks[1]["elements"])
    assert not pattern("choose").search("cq_choose_other") and not pattern("csv").search("cq_csv2")
    assert [one["type"] for one in offered(26).blocks[1]["elements"]] == ["static_select"]
    assert offered(26).blocks[1]["elements"][0]["options"][25]["value"] == "q1|25"
    assert kinds(offered(26, "v" * 150)) == ["rich_text", "actions", "actions"]
    assert words(offered(120).blocks[-1]).startswith("20 more")
    hidden = render(reply(Choices("Which?", "table", (Choice("a", "a\u202e"), Choice("b", "b")))))
    assert [one["value"] for one in hidden.blocks[1]["elements"]] == ["q1|b"]


def test_a_reply_of_nothing_is_still_said() -> None:
    message = render(Reply("q1", (), "", "ko"))
    assert message.text == words(message.blocks) == catalogue("ko")["present.plain.nothing"]


def test_the_modals() -> None:
    edit = render_edit_modal("q1", "SELECT 1", "en")
    assert (edit["callback_id"], edit["private_metadata"], edit["blocks"][0]["block_id"]) == (
        "cq_edit",
        "q1",
        INPUT_BLOCK,
    )
    assert edit["blocks"][0]["element"]["initial_value"] == "SELECT 1"
    long = render_edit_modal("q1", "x" * 3001, "en")
    assert "submit" not in long and "3,001" in words(long["blocks"])


def test_the_home_tab() -> None:
    page = HomePage(
        reply(Text("A quarter is used."), Meters((Meter("Today", 2_500, 10_000, "2,500 (25%)", "At 23:30"),))),
        (Exchange("q1", "How many orders?", NOW, None),),
        (SavedTemplate("t1", "Orders by month", "Orders by month?", "SELECT 1"),),
        (ConnectionChoice("shop", "sqlite", False, "c1"), ConnectionChoice("hr", "mysql", True, "c2")),
        reply(Text("3 people asked today")),
    )
    view = render_home(page, "en", "Asia/Seoul")
    shown = words(view["blocks"])
    for text in ("█████░", "2,500 (25%)", "At 23:30", "Mar 5, 2026, 23:30", "How many orders?", "3 people"):
        assert text in shown
    menus = [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]
    assert [(one["action_id"], one.get("value")) for one in menus] == [
        ("cq_connection", None),
        ("cq_template:0", "t1"),
        ("cq_templates", "0|"),
    ]
    assert menus[0]["initial_option"]["value"] == "c2"
    assert "전체 현황" not in words(render_home(HomePage(), "ko")["blocks"])


def test_progress_in_a_message_and_in_a_stream() -> None:
    linking, running = Step("linking", "Reading the schema"), Step("running", "Running the query")
    message = render_progress("q1", (linking, running), "en")
    assert message.text == "Running the query…"
    assert words(message.blocks[0]) == "✓ Reading the schema\nRunning the query…"
    assert message.blocks[1]["elements"][0] | {"text": None} == {
        **{"type": "button", "text": None, "action_id": "cq_stop", "value": "q1", "style": "danger"},
    }
    assert progress_chunks(running, linking) == [
        {"type": "task_update", "id": "linking", "title": "Reading the schema", "status": "complete"},
        {"type": "task_update", "id": "running", "title": "Running the query", "status": "in_progress"},
    ]


def test_no_word_of_the_renderer_is_missing_and_none_of_its_sections_is_unused() -> None:
    folder = Path(str(adapters.slack.__file__)).parent
    named = {
        node.value
        for path in (*folder.rglob("*.py"), *(folder.parent / "chat").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    built = {f"chat.{modal}.{part}" for modal in ("edit", "reason", "loading") for part in ("title", "submit")}
    built |= {f"chat.template.{name}" for name in ("name", "question", "sql", "parameters", "description", "category")}
    built |= {"chat.sign_in.title"}
    built |= {f"chat.template.{name}_hint" for name in ("question", "sql", "parameters")}
    built |= {f"chat.limits.{window}" for window in ("hour", "day", "month")}
    built |= {f"chat.usage.{name}" for name in ("week", "month", "quarter", *HELP, *HELP_OF_ALL)}
    built |= {f"chat.templates.{line}" for line in LINES}
    built |= {f"chat.help.{name}" for name in ("ask", "usage", "templates", "connections", "schedules", "help")}
    built |= {f"chat.new.{name}" for name in ("kind", "name", "host", "port", "database", "user", "password")}
    built |= {f"chat.new.{name}" for name in ("tls", "tls_ca")}
    built |= {
        f"chat.{form}.{part}" for form in ("new", "change", "give", "take", "delete") for part in ("title", "submit")
    }
    built |= {f"chat.connections.{line}" for line in connections.LINES}
    built |= {f"chat.give.{one}" for one in ("everyone", "person", "channel", "default", "private")}
    keys = {key for key in catalogue("en") if key.startswith("chat.")}
    assert keys - named - built == set()
