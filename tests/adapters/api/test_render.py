"""Replies as JSON for the page."""

import json

from hypothesis import given

from adapters.api import render
from adapters.http.answers import to_json
from core.chat import Column, Reply, Table
from tests.adapters.replies import FULL, replies


def _table(*rows: tuple[object, ...], kind: str) -> dict[str, object]:
    table = Table((Column("value", kind),), rows)  # type: ignore[arg-type]
    return render.reply(Reply("q", (table,), "", "en"))["parts"][0]  # type: ignore[no-any-return]


def test_every_part_arrives_in_order_with_what_the_page_needs() -> None:
    shown = render.reply(FULL)
    parts = {part["part"]: part for part in shown["parts"]}
    assert list(parts) == ["text", "chart", "table", "sql", "facts", "meters", "choices", "actions", "notice"]
    assert parts["table"]["rows"] == [["서울", 3, "1234.50"], [None, None, None]]
    assert parts["table"]["cells"] == [["서울", "3", "1,234.50"], [None, None, None]]
    assert [column["numeric"] for column in parts["table"]["columns"]] == [False, True, True]
    assert parts["chart"]["series"][0] == {"name": "고객 수", "values": [3.0, None], "shown": ["3", None]}
    assert parts["notice"]["hint"] == "Ask for more."
    assert (shown["locale"], shown["ok"]) == ("ko", True)


def test_an_integer_that_a_browser_would_round_travels_as_text() -> None:
    shown = _table((9007199254740993,), (12,), kind="integer")
    assert shown["rows"] == [["9007199254740993"], [12]]
    assert shown["cells"] == [["9,007,199,254,740,993"], ["12"]]


def test_what_json_does_not_know_arrives_as_a_word() -> None:
    shown = _table((float("nan"),), (float("inf"),), kind="float")
    assert shown["rows"] == [["nan"], ["inf"]]
    assert to_json(shown)


@given(replies())
def test_any_reply_is_json_that_a_browser_can_read(reply: Reply) -> None:
    line = to_json(render.reply(reply))
    assert b"\n" not in line and b"\r" not in line
    assert len(json.loads(line.decode("utf-8"))["parts"]) == len(reply.parts)
