"""The renderer against every limit of the platform: random replies, and ones made to burst."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.text import is_blank, label
from adapters.teams import sections
from adapters.teams.buttons import action_buttons, stop_button
from adapters.teams.entities import activity
from adapters.teams.escape import JOINER, markdown, run_text
from adapters.teams.render import Detail, Message, meter_elements, page, render, render_sql, sentence
from adapters.teams.steps import informative, render_progress
from core.ask.present.trend import trend_words
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
    Reply,
    Series,
    Sql,
    Step,
    Table,
    Text,
)
from core.locale import say
from core.saved import SavedTemplate
from tests.adapters.replies import EVIL, FULL, replies
from tests.adapters.teams.payloads import activity_problems, markdown_problems, shown

DETAILS: tuple[Detail, ...] = get_args(Detail)
HOSTILE = (
    "<at>x</at> [1] [a](https://evil.example) *b* _i_ ~s~ `c` ``` {{DATE(2020)}}\n# q\n- l \u202e\x00\ud800" + EVIL
)
ACTIONS = Actions(
    (
        *(Action("show_sql", "SQL"), Action("edit", "E"), Action("explain", "X"), Action("csv", "C")),
        *(Action("excel", ""), Action("save_template", "T" * 99), Action("good", HOSTILE), Action("bad", "")),
        *(Action("stop", "S"), Action("retry", "R"), Action("csv", "again"), Action("not_meant", "N")),
    )
)

hostile = st.sampled_from(["", " ", HOSTILE, HOSTILE * 200, "👩‍💻" * 3000, "\n" * 9000, "\u200d", "가" * 20_000])
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
    *(st.sampled_from(["line", "bar", "pie", "figure"]), st.integers(0, 110), st.integers(0, 15), hostile),
    st.sampled_from([None, 0.0, -1.0, 3.5, float("nan"), float("inf"), 1e308]),
)
long_choices = st.builds(
    lambda n, prompt, label, value: Choices(prompt, "table", tuple(Choice(label, f"{k}{value}") for k in range(n))),
    *(st.integers(0, 130), hostile, hostile, hostile | st.sampled_from(["a", "b" * 140, "b" * 1_900])),
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
    full = replace(message, suggestions=("가" * 300,) * 5)
    forms = {streamed: activity(full, streamed=streamed) for streamed in (False, True)}
    return [one for streamed, made in forms.items() for one in activity_problems(made, streamed=streamed)]


def check(reply: Reply) -> None:
    for detail in DETAILS:
        message = render(reply, detail)
        assert problems(message) == []
        assert render(reply, detail) == message
        assert detail == "full" or not message.answer
        assert detail != "plain" or message.card is None
        for file in message.files:
            assert isinstance(reply.parts[file.part], Table)
            assert file.title.strip() and len(file.title) <= 150
        assert render(reply, detail, files=False).files == ()


def kinds(message: Message) -> list[str]:
    return [element["type"] for element in message.card["body"]] if message.card else []


@settings(max_examples=40, deadline=None)
@given(replies())
def test_any_reply_fits(reply: Reply) -> None:
    check(reply)


@settings(max_examples=25, deadline=None)
@given(bursting)
def test_a_reply_made_to_burst_fits(reply: Reply) -> None:
    check(reply)


@settings(max_examples=40, deadline=None)
@given(replies())
def test_simple_elements_are_those_of_every_client(reply: Reply) -> None:
    simple = json.dumps(render(reply, "simple").card)
    assert not any(name in simple for name in ('"Chart.', '"CodeBlock"', '"Action.ToggleVisibility"', "isVisible"))


@settings(max_examples=40, deadline=None)
@given(replies())
def test_every_part_is_shown(reply: Reply) -> None:
    """A small reply loses nothing: each of its parts is in the text or in the card."""
    for detail in DETAILS[:2]:
        message = render(reply, detail)
        text, card = message.text, shown(message.card or {})
        charts = [part for part in reply.parts if isinstance(part, Chart) and part.kind != "figure"]
        drawn = sum(kind.startswith("Chart.") for kind in kinds(message))
        in_words = sum(_in_words(chart, reply.locale) in card for chart in charts)
        assert drawn + in_words >= len(charts)
        tables = [part for part in reply.parts if isinstance(part, Table) and part.rows]
        assert kinds(message).count("Table") == len(tables)
        for part in reply.parts:
            for said in _sentences(part):
                assert markdown(said) in text or run_text(said).replace(JOINER, "") in card


def _in_words(chart: Chart, locale: str) -> str:
    named = tuple(replace(one, name=label(one.name, 40)) for one in chart.series)
    words = trend_words(replace(chart, title=label(chart.title, 100), series=named), locale)
    return run_text(words).replace(JOINER, "")


def _sentences(part: object) -> Iterator[str]:
    match part:
        case Text() if not is_blank(part.text):
            yield part.text
        case Notice() if not is_blank(part.text):
            yield part.text
        case Sql() if not is_blank(part.text) and "\t" not in part.text:
            yield part.text
        case Facts():
            yield from (fact.label for fact in part.items if not is_blank(fact.label) and "\n" not in fact.label)


def marked(mark: str) -> Reply:
    """Every part, with a mark in each text that comes from a database, a person or a model."""
    table = Table((Column(mark), Column("n", "integer")), ((mark, 1), (None, 2)))
    return Reply(
        "q1",
        (
            *(Text(f"{mark}."), Text(mark), table, Sql(mark, "sqlite"), Facts((Fact("x", mark, mark),))),
            *(Chart("bar", mark, (mark, "b"), (Series(mark, (1.0, 2.0)),)), Choices(mark, "t", (Choice(mark, mark),))),
            *(Chart("line", mark, (mark, "b"), (Series(mark, (1.0, None)),)), Meters((Meter(mark, 1, 2, mark, mark),))),
            *(Notice("error", "x", mark, mark), Actions((Action("csv", mark),))),
        ),
        mark,
    )


ALLOWED = {
    *("inlines.text", "codeSnippet", "actions.title", "actions.data.v", "title", "data.x", "data.values.x"),
    *("data.legend", "appearance.name", "appearance.abstract", "summary"),
}
"""Where such a text may be: what no client parses."""


def found(node: object, mark: str, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(node, str) and mark in node:
        yield ".".join(path)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from found(value, mark, (*path, name))
    elif isinstance(node, list):
        for value in node:
            yield from found(value, mark, path)


@pytest.mark.parametrize("detail", DETAILS)
def test_what_comes_from_outside_stands_where_nothing_is_parsed(detail: Any) -> None:
    made = activity(render(marked("zqz"), detail))
    places = {path for path in found(made, "zqz") if path != "text"}
    assert {path for path in places if not any(path.endswith(allowed) for allowed in ALLOWED)} == set()
    assert detail == "plain" or len(places) >= 4
    hostile_made = activity(render(marked("<at>*[1]*"), detail), streamed=True)
    assert list(markdown_problems(str(hostile_made["text"]).replace(" [1]", ""))) == []


def test_the_reply_with_every_part_fits() -> None:
    check(FULL)
    check(replace(FULL, parts=(*FULL.parts, ACTIONS)))


def test_three_hundred_parts_are_cut_and_it_is_said() -> None:
    reply = Reply("q", tuple(Meters((Meter(f"line {n} " + "x" * 90, 1, 2, "y" * 200),)) for n in range(300)), "line 0")
    message = render(reply)
    assert problems(message) == []
    assert shown(message.card).endswith(say("en", "chat.cut"))
    assert shown(message.card).count("line ") > 40


@settings(max_examples=20, deadline=None)
@given(hostile | st.text(max_size=200), st.sampled_from(["en", "ko"]), st.integers(1, 40))
def test_any_page_fits(text: str, locale: str, times: int) -> None:
    body = [*render_sql(Sql(text, "tsql"), locale), *meter_elements(Meters((Meter(text, 1, 2, text, text),)))]
    buttons = [stop_button("q", locale), *action_buttons(ACTIONS.items, "q")]
    assert problems(page(text, body * times, buttons, locale=locale)) == []
    assert problems(sentence(text)) == []


@settings(max_examples=20, deadline=None)
@given(hostile, st.integers(0, 130), st.sampled_from(["en", "ko"]))
def test_any_section_fits(text: str, n: int, locale: str) -> None:
    used = Reply("", (Text(text), Notice("warning", "x", text), Meters((Meter(text, n, 10, text, text),) * 3)), "x")
    body = [
        *sections.connections([ConnectionChoice(f"{k}{text}", "mysql", k == 3, f"c{k}") for k in range(n)], locale),
        *sections.templates([SavedTemplate(f"{k}", text, text, text) for k in range(n)], locale),
        *sections.use(text, used),
    ]
    assert problems(page(text, body, locale=locale)) == []


@pytest.mark.parametrize("text", ["", "Reading", HOSTILE * 20])
def test_any_progress_fits(text: str) -> None:
    first, second = Step("linking", text), Step("running", text)
    for steps in ((), (first,), (first, second) * 40):
        assert problems(render_progress("q", steps, "ko")) == []
    assert list(markdown_problems(informative(first, "ko"))) == []
    assert 0 < len(informative(first, "ko").encode()) <= 1_000


def test_the_checker_finds_what_teams_refuses_of_an_activity() -> None:
    fine = activity(render(FULL), streamed=True)
    card = fine["attachments"][0]
    claim = fine["entities"][0]["citation"][0]
    bad: list[dict[str, Any]] = [
        {"text": "x" * 4_001},
        {"text": ""},
        {"text": "[1] twice [1]"},
        {"text": "no mark"},
        {"textFormat": "xml"},
        {"summary": "a\nb"},
        {"attachments": [card, card]},
        {"attachments": [{**card, "contentType": "text/html"}]},
        {"attachments": [{**card, "content": {**card["content"], "speak": "x" * 50_000}}]},
        {"entities": fine["entities"] * 2},
        {"entities": []},
        {"channelData": {}},
        {"entities": [{**fine["entities"][0], "citation": [{**claim, "position": 2}]}]},
        {"entities": [{**fine["entities"][0], "citation": [claim] * 21}]},
        {"suggestedActions": {"actions": [{"type": "imBack", "title": "a", "value": "a"}] * 4}},
        {"speak": "a"},
    ]
    assert activity_problems(fine, streamed=True) == []
    assert activity_problems(fine) != [], "a text beside a card is two messages"
    for changes in bad:
        assert activity_problems({**fine, **changes}, streamed=True), changes
