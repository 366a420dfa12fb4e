from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.chat.text import size
from adapters.teams import cards, sections
from adapters.teams.buttons import action_buttons, choice_elements, feedback_buttons, run_button
from adapters.teams.entities import activity, stream_info
from adapters.teams.render import Attachment, Message, meter_elements, page, render, render_sql, sentence
from adapters.teams.steps import informative, render_progress
from core.chat import (
    Action,
    Actions,
    Chart,
    Choice,
    Choices,
    Column,
    ConnectionChoice,
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
from tests.adapters.teams.payloads import activity_problems, card_problems, shown

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
SALES = Table(
    (Column("region"), Column("order_id", "integer"), Column("sales", "decimal"), Column("share", "float")),
    (("EMEA", 1024, "1203.50", 0.25), ("<at>x</at>\n*x*", None, "", float("nan"))),
)
BARS = Chart("bar", "Sales by month", ("Jan", "Feb"), (Series("EMEA", (12.0, 9.5)), Series("APAC", (-3.0, 0.0))))
ACTIONS = Actions((Action("show_sql", "Show SQL"), Action("edit", "Edit"), Action("good", "R"), Action("bad", "W")))
SQL = Sql("SELECT region, sum(sales)\nFROM orders", "sqlite")


def reply(*parts: Part, plain: str = "EMEA leads.", locale: str = "en", ok: bool = True) -> Reply:
    return Reply("q1", parts, plain, locale, ok)


def body(message: Message) -> list[dict[str, Any]]:
    for streamed in (False, True):
        assert activity_problems(activity(message, streamed=streamed), streamed=streamed) == []
    return [] if message.card is None else list(message.card["body"])


def kinds(message: Message) -> list[str]:
    return [element["type"] for element in body(message)]


def words(message: Message) -> str:
    return shown(message.card or {})


def test_an_answer_in_full() -> None:
    message = render(
        reply(
            *(Text("EMEA leads."), BARS, SALES, SQL),
            Facts((Fact("rows", "Rows", "2"), Fact("cost", "Cost", "0 tokens"))),
            ACTIONS,
        )
    )
    assert message.text == "EMEA leads. [1]"
    assert message.summary == "EMEA leads."
    assert kinds(message) == ["Chart.VerticalBar.Grouped", "Table", "Container", "RichTextBlock", "ActionSet"]
    folded, facts, buttons = body(message)[2:]
    assert (folded["id"], folded["isVisible"]) == ("sql3", False)
    assert shown(facts) == "Rows: 2 · Cost: 0 tokens"
    assert [(one["type"], one["title"]) for one in buttons["actions"]] == [
        ("Action.ToggleVisibility", "Show SQL"),
        ("Action.Submit", "Edit"),
    ]
    assert buttons["actions"][0]["targetElements"] == ["sql3"]
    assert message.files == ()


def test_the_activity_of_an_answer() -> None:
    message = render(reply(Text("EMEA leads."), SQL))
    made = activity(message, streamed=True)
    assert {name: made[name] for name in ("type", "text", "textFormat", "summary", "channelData", "entities")} == {
        "type": "message",
        "text": "EMEA leads. [1]",
        "textFormat": "markdown",
        "summary": "EMEA leads.",
        "channelData": {"feedbackLoop": {"type": "default"}},
        "entities": [
            {
                "type": "https://schema.org/Message",
                "@type": "Message",
                "@context": "https://schema.org",
                "additionalType": ["AIGeneratedContent"],
                "citation": [
                    {
                        "@type": "Claim",
                        "position": 1,
                        "appearance": {
                            "@type": "DigitalDocument",
                            "name": "SQL (sqlite)",
                            "abstract": "SELECT region, sum(sales) FROM orders",
                        },
                    }
                ],
            }
        ],
    }
    assert [one["contentType"] for one in made["attachments"]] == ["application/vnd.microsoft.card.adaptive"]


def test_a_card_goes_alone_and_says_what_the_text_would() -> None:
    message = render(reply(Text("*EMEA* leads by {{DATE(1)}}."), SQL))
    made = activity(message)
    assert "text" not in made and "textFormat" not in made and made["summary"] == "*EMEA* leads by {{DATE(1)}}."
    assert "citation" not in made["entities"][0] and made["channelData"] == {"feedbackLoop": {"type": "default"}}
    first, *others = made["attachments"][0]["content"]["body"]
    assert first == cards.text("*EMEA* leads by {{DATE(1)}}.")
    assert others == activity(message, streamed=True)["attachments"][0]["content"]["body"]


def test_what_is_no_answer_has_no_label_and_no_thumbs() -> None:
    refused = reply(Notice("warning", "guard.x", "No.", "Ask otherwise."), Sql("DROP TABLE t", "mysql"), ok=False)
    for message in (render(refused), render(reply(Text("a"), SALES)), sentence("Hello.")):
        made = activity(message, streamed=True)
        assert made.keys().isdisjoint({"entities", "channelData"})
        assert "[1]" not in made["text"]
    assert kinds(render(refused)) == ["Container", "ActionSet"]
    assert render(refused).text == "No.\n\nAsk otherwise."


def test_suggestions_are_said_in_the_persons_name() -> None:
    asked = ("And by city?", "x" * 301, "a\nb", "By month?", "Last year?", "A fourth?")
    made = activity(Message("a", suggestions=asked))
    assert made["suggestedActions"] == {
        "actions": [{"type": "imBack", "title": one, "value": one} for one in (asked[0], asked[3], asked[4])]
    }


def test_an_entity_of_a_stream() -> None:
    first = {"type": "streaminfo", "streamType": "informative", "streamSequence": 1}
    assert stream_info("informative", None, 1) == first
    assert stream_info("streaming", "s1", 2)["streamId"] == "s1"
    assert stream_info("final", "s1", None) == {"type": "streaminfo", "streamType": "final", "streamId": "s1"}


def test_the_cells_of_a_table() -> None:
    table = body(render(reply(Text("EMEA leads."), SALES)))[0]
    assert (table["firstRowAsHeaders"], len(table["rows"])) == (True, 3)
    rows = [[cell["items"][0] for cell in row["cells"]] for row in table["rows"]]
    assert [[shown(cell) for cell in row] for row in rows] == [
        ["region", "order_id", "sales", "share"],
        ["EMEA", "1024", "1,203.50", "0.25"],
        ["<at>x</at>↵*x*", "–", "–", "NaN"],
    ]
    assert [cell.get("horizontalAlignment") for cell in rows[1]] == [None, "Right", "Right", "Right"]
    assert {cell["inlines"][0].get("weight") for cell in rows[0]} == {"Bolder"}
    assert [column["width"] for column in table["columns"]] == [14, 9, 9, 9]


def test_simpler_elements_on_request() -> None:
    message = render(reply(Text("EMEA leads."), BARS, SALES, SQL, ACTIONS), "simple")
    assert kinds(message) == ["RichTextBlock", "Table", "RichTextBlock", "RichTextBlock", "ActionSet"]
    assert "Sales by month · EMEA: █▇ (highest 12)" in words(message)
    code = body(message)[3]["inlines"][0]
    assert (code["text"], code["fontType"]) == (SQL.text, "Monospace")
    assert [(one["title"], one["data"]["cq"], one["data"]["v"]) for one in body(message)[4]["actions"]] == [
        ("Edit", "edit", "q1"),
        ("R", "feedback", "good|q1"),
        ("W", "feedback", "bad|q1"),
    ]
    assert (message.answer, message.citation, message.text) == (False, None, "EMEA leads.")


def test_words_alone_on_request() -> None:
    message = render(reply(Text("EMEA leads."), BARS, SALES, plain="EMEA leads.\n\na  `b`  *c*  <at>"), "plain")
    assert message == Message(
        "```\nEMEA leads.\n\na  `b`  *c*  <\u2060at>\n```",
        files=(Attachment("csv", "result.csv", "Result as CSV", 2),),
        summary="EMEA leads.",
    )
    assert render(reply(Text("a"), SALES), "plain", files=False).files == ()
    assert render(reply(Notice("error", "x", "No.")), "plain").text == "EMEA leads."
    for plain in ("x" * 9000, "long\n" * 2000):
        for parts in ((SALES,), (Text("a"),)):
            cut = render(reply(*parts, plain=plain), "plain").text
            assert size(cut) <= 4000
            assert cut.endswith(catalogue("en")["chat.cut"])


@pytest.mark.parametrize(
    ("rows", "columns", "cell", "said"),
    [
        (500, 2, "1", ["15 of 500 rows"]),
        (5, 30, "1", ["6 of 30 columns"]),
        (2, 2, "x" * 300, ["Long values"]),
        (500, 30, "x" * 150, ["15 of 500 rows", "6 of 30 columns"]),
    ],
)
def test_what_is_cut_is_said_and_goes_as_a_file(rows: int, columns: int, cell: str, said: list[str]) -> None:
    big = Table(tuple(Column(f"c{n}") for n in range(columns)), ((cell,) * columns,) * rows)
    message = render(reply(Text("Many."), big))
    for text in said:
        assert text in words(message)
    assert "CSV" in words(message)
    assert message.files == (Attachment("csv", "result.csv", "Result as CSV", 1),)
    without = render(reply(Text("Many."), big), files=False)
    assert (without.files, "CSV" in words(without)) == ((), False)


def test_a_truncated_table_says_so_and_goes_as_a_file() -> None:
    message = render(reply(Table(SALES.columns, SALES.rows, truncated=True)))
    assert "there are more" in words(message)
    assert [file.kind for file in message.files] == ["csv"]
    assert message.text == "EMEA leads."


def test_an_empty_table_needs_no_element() -> None:
    message = render(reply(Table((Column("a"),), ()), plain="No rows match."))
    assert (message.card, message.text) == (None, "No rows match.")


def test_many_large_tables_lose_rows_then_values_and_it_is_said() -> None:
    wide = Table(tuple(Column(f"c{n}") for n in range(6)), (("x" * 190,) * 6,) * 40)
    one = render(reply(Text("a"), wide))
    assert "15 of 40 rows" in words(one) and "Long values" not in words(one)
    two = render(reply(Text("a"), wide, wide))
    assert "7 of 40 rows" in words(two) and "Long values" not in words(two)
    five = render(reply(Text("a"), *(wide,) * 5))
    assert words(five).count("5 of 40 rows") == 5 and words(five).count("Long values") == 5
    many = render(reply(Text("a"), *(wide,) * 40, SQL, ACTIONS))
    assert words(many).count("too large") == 40 and kinds(many)[-1] == "ActionSet"
    assert [len(message.files) for message in (one, two, five, many)] == [1, 2, 5, 40]


def test_sql_that_is_too_long_is_cut_and_that_is_said() -> None:
    long = render(reply(Text("a"), Sql("x" * 20_000, "mysql")))
    assert "first 9,999 of 20,000" in words(long)
    wide = Table(tuple(Column(f"c{n}") for n in range(6)), (("x" * 190,) * 6,) * 40)
    crowded = render(reply(Text("a"), *(wide,) * 14, Sql("x" * 9_000, "mysql"), ACTIONS))
    assert "of 9,000 characters" in words(crowded)
    assert kinds(crowded)[-1] == "ActionSet"


def test_a_heading_is_in_the_card_over_its_table() -> None:
    message = render(reply(Text("Most used."), Text("People"), SALES, Text("Busiest on Monday.")))
    assert message.text == "Most used.\n\nBusiest on Monday."
    assert kinds(message) == ["RichTextBlock", "Table"]
    assert body(message)[0]["inlines"] == [{"type": "TextRun", "text": "People", "weight": "Bolder"}]


def test_bars_stand_lie_or_stand_together() -> None:
    def drawn(chart: Chart) -> dict[str, Any]:
        return body(render(reply(Text("a"), chart)))[0]

    grouped = drawn(BARS)
    assert grouped["data"] == [
        {"legend": "EMEA", "values": [{"x": "Jan", "y": 12.0}, {"x": "Feb", "y": 9.5}]},
        {"legend": "APAC", "values": [{"x": "Jan", "y": -3.0}, {"x": "Feb", "y": 0.0}]},
    ]
    assert (grouped["title"], grouped["stacked"]) == ("Sales by month", False)
    assert shown(grouped["fallback"]).startswith("Sales by month · EMEA: █▇")
    upright = drawn(Chart("bar", "t", ("a", "b"), (Series("s", (1.0, 2.0)),)))
    assert (upright["type"], upright["data"]) == ("Chart.VerticalBar", [{"x": "a", "y": 1.0}, {"x": "b", "y": 2.0}])
    long = ("Gangnam branch, first floor", "b")
    assert drawn(Chart("bar", "t", long, (Series("s", (1.0, 2.0)),)))["type"] == "Chart.HorizontalBar"
    assert drawn(Chart("bar", "t", long, (Series("s", (1.0, -2.0)),)))["type"] == "Chart.VerticalBar"
    pie = drawn(Chart("pie", "Share", ("A", "B"), (Series("s", (61.0, 39.0)),)))
    assert (pie["type"], pie["data"]) == (
        "Chart.Pie",
        [{"legend": "A", "value": 61.0}, {"legend": "B", "value": 39.0}],
    )
    line = drawn(Chart("line", "t", tuple(map(str, range(92))), (Series("s", (1.0,) * 92),)))
    assert (line["type"], len(line["data"][0]["values"])) == ("Chart.Line", 92)


@pytest.mark.parametrize(
    "chart",
    [
        Chart("line", "gap", ("a", "b"), (Series("s", (1.0, None)),)),
        Chart("line", "not a number", ("a", "b"), (Series("s", (1.0, float("inf"))),)),
        Chart("line", "points", tuple(map(str, range(101))), (Series("s", (1.0,) * 101),)),
        Chart("bar", "points", tuple(map(str, range(51))), (Series("s", (1.0,) * 51),)),
        Chart("bar", "series", ("a",), tuple(Series(str(n), (1.0,)) for n in range(11))),
        Chart("bar", "labels", ("x" * 50 + "a", "x" * 50 + "b"), (Series("s", (1.0, 2.0)),)),
        Chart("bar", "names", ("a",), (Series("", (1.0,)), Series(" ", (1.0,)))),
        Chart("pie", "zero", ("a", "b"), (Series("s", (1.0, 0.0)),)),
        Chart("pie", "slices", tuple("abcdefghijklm"), (Series("s", (1.0,) * 13),)),
        Chart("pie", "rings", ("a",), (Series("s", (1.0,)), Series("t", (1.0,)))),
    ],
    ids=lambda chart: chart.title,
)
def test_a_chart_that_teams_cannot_show_is_said_in_words(chart: Chart) -> None:
    message = render(reply(Text("x"), chart))
    assert kinds(message) == ["RichTextBlock"]
    assert words(message).startswith(chart.title) and "highest" in words(message)


def test_a_chart_of_nothing_has_its_title() -> None:
    assert words(render(reply(Text("a"), Chart("line", "Orders", (), ())))) == "Orders"


def test_a_third_chart_is_said_in_words() -> None:
    assert kinds(render(reply(Text("a"), BARS, BARS, BARS))) == ["Chart.VerticalBar.Grouped"] * 2 + ["RichTextBlock"]


@pytest.mark.parametrize("detail", ["full", "simple"])
def test_a_figure_is_a_large_number(detail: Any) -> None:
    figure = Chart("figure", "Orders", ("Orders",), (Series("Orders", (12345.0,)),))
    message = render(reply(Text("a"), figure), detail)
    assert words(message) == "12,345 Orders"
    assert body(message)[0]["inlines"][0]["size"] == "Large"
    assert words(render(reply(Text("a"), Chart("figure", "Orders", (), ())), detail)) == "– Orders"


def test_sql_is_folded_behind_a_button_even_without_actions() -> None:
    message = render(reply(Text("a"), SQL, Sql("SELECT 2", "mysql")))
    assert kinds(message) == ["Container", "ActionSet", "Container", "ActionSet"]
    both = render(reply(Text("a"), SQL, Sql("SELECT 2", "mysql"), ACTIONS))
    assert body(both)[-1]["actions"][0]["targetElements"] == ["sql1", "sql2"]
    assert [one["title"] for one in body(render(reply(Text("a"), ACTIONS)))[0]["actions"]] == ["Edit", "R", "W"]


def test_sql_that_is_shown() -> None:
    caption, box = render_sql(Sql("SELECT ```*``` FROM t\n", "mysql"), "en")
    assert (shown(caption), box["codeSnippet"], box["language"]) == ("SQL (mysql)", "SELECT ```*``` FROM t\n", "Sql")
    assert "처음 9,999자" in shown(render_sql(Sql("x" * 50_000, "x"), "ko"))


def test_meters_are_bars_and_words() -> None:
    made = meter_elements(Meters((Meter("Today", 2_500, 10_000, "2,500 (25%)", "At 23:30"), Meter("a", 0, 1, "b"))))
    assert shown(made) == "Today █████░░░░░░░░░░░░░░░  2,500 (25%) At 23:30 a ░░░░░░░░░░░░░░░░░░░░  b"


def test_choices_are_buttons() -> None:
    def offered(number: int) -> Message:
        options = tuple(Choice(f"table {n}", f"{n}") for n in range(number))
        return render(reply(Choices("Which one?", "table", options)))

    assert offered(3).text == "Which one?"
    assert [(one["title"], one["data"]) for one in body(offered(3))[0]["actions"]] == [
        (f"table {n}", {"cq": "choose", "v": f"q1|{n}"}) for n in range(3)
    ]
    assert kinds(offered(8)) == ["ActionSet", "ActionSet"]
    assert words(offered(30)).endswith("6 more could not be shown. If yours is missing, ask again and name it.")
    hidden = list(choice_elements(Choices("?", "table", (Choice("a", "a\u202e"), Choice("b", "b"))), "q1", "en"))
    assert [one["data"]["v"] for one in hidden[0]["actions"]] == ["q1|b"] and len(hidden) == 2


def test_a_reply_of_nothing_is_still_said() -> None:
    message = render(Reply("q1", (), "", "ko"))
    assert (message.text, message.card) == (catalogue("ko")["present.plain.nothing"], None)


def test_a_text_that_is_too_long_is_cut_and_that_is_said() -> None:
    message = render(reply(Text("word " * 2_000), SQL))
    for streamed in (False, True):
        assert activity_problems(activity(message, streamed=streamed), streamed=streamed) == []
    assert message.text.endswith(f"… [1]\n\n{catalogue('en')['chat.cut']}")


def test_which_buttons_open_and_which_are_teams_own() -> None:
    names = ("show_sql", "edit", "explain", "csv", "excel", "save_template", "good", "bad", "retry", "not_meant", "csv")
    items = [Action(name, name.title()) for name in names]  # type: ignore[arg-type]
    made = action_buttons(items, "q1")
    assert [one["data"]["cq"] for one in made] == [
        *("edit", "explain", "csv", "excel", "save_template", "retry", "not_meant"),
    ]
    assert [one["data"]["cq"] for one in made if "msteams" in one["data"]] == ["edit", "save_template"]
    assert [one["data"]["v"] for one in feedback_buttons(items, "q1")] == ["good|q1", "bad|q1"]


def test_a_page_keeps_its_size_and_says_what_is_cut() -> None:
    plain = page("Databases", render_sql(SQL, "en"), action_buttons([Action("csv", "CSV")], "q1"), locale="en")
    assert kinds(plain) == ["RichTextBlock", "CodeBlock", "ActionSet"]
    full = page("Databases", [one for _ in range(9) for one in render_sql(Sql("x" * 9_000, "x"), "ko")], locale="ko")
    assert activity_problems(activity(full)) == []
    assert words(full).endswith(catalogue("ko")["chat.cut"])
    assert page("a", [], locale="en").card is None


def test_the_sections_of_the_home_page() -> None:
    choices = [ConnectionChoice("shop", "sqlite", False, "c1"), ConnectionChoice("hr", "mysql", True, "c2")]
    header, menu, button = sections.connections(choices, "en")
    assert (shown(header), menu["id"], menu["value"]) == ("My database", "connection", "c2")
    assert [(one["title"], one["value"]) for one in menu["choices"]] == [("shop (sqlite)", "c1"), ("hr (mysql)", "c2")]
    assert button["actions"][0]["data"] == {"cq": "connection", "v": ""}
    assert "associatedInputs" not in button["actions"][0]
    assert "no database" in shown(list(sections.connections([], "en")))
    many = [ConnectionChoice(f"{n}", "mysql", False, f"c{n}") for n in range(120)]
    assert "20 more" in shown(list(sections.connections(many, "en")))

    saved = SavedTemplate("t1", "Orders by month", "Orders by month?", "SELECT 1")
    header, row = sections.templates([saved], "en")
    assert [(one["title"], one["data"]) for one in row["actions"]] == [
        ("Orders by month", {"cq": "template", "v": "t1"}),
        ("All templates", {"cq": "templates", "v": "0|"}),
    ]
    assert run_button(saved, "Run")["data"] == {"cq": "template", "v": "t1"}
    assert shown(list(sections.templates([], "ko"))).startswith(catalogue("ko")["chat.home.templates"])

    used = reply(Text("A quarter is used."), Meters((Meter("Today", 1, 4, "1 (25%)"),)), SALES, BARS)
    made = list(sections.use("My usage", used))
    assert shown(made).startswith("My usage A quarter is used. Today █████░") and "EMEA: █▇" in shown(made)
    assert not any(element["type"] == "Table" for element in made)
    assert list(sections.use("My usage", None)) == []


def test_progress_in_a_message_and_in_a_stream() -> None:
    linking, running = Step("linking", "Reading the schema"), Step("running", "Running the query")
    message = render_progress("q1", (linking, running), "en")
    assert message.text == "Running the query…"
    done, buttons = body(message)
    assert shown(done) == "✓ Reading the schema"
    assert buttons["actions"][0]["data"] == {"cq": "stop", "v": "q1"}
    assert render_progress("q1", (), "ko").text == f"{catalogue('ko')['steps.waiting']}…"
    assert informative(running, "en") == "Running the query…"
    assert informative(Step("running"), "ko") == f"{catalogue('ko')['steps.running']}…"
    for text in ("가" * 3_000, "👩‍💻" * 900, "<" * 3_000):
        line = informative(Step("running", text), "ko")
        assert len(line.encode()) <= 1_000 and len(line.encode("utf-16-le")) <= 1_000


def test_both_languages() -> None:
    message = render(reply(Text("서울이 가장 많습니다."), SALES, SQL, ACTIONS, locale="ko"))
    assert "SQL 보기" in words(message)
    assert card_problems(message.card or {}) == []
