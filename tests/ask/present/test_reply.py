import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import get_args

import pytest
from rich.cells import cell_len

from core.ask.present import ANSWER_ACTIONS, STEP_KINDS, choices_reply, facts_part, notice_reply, plain, present, step
from core.ask.present.facts import WrittenBy
from core.ask.present.plain import ROWS, WIDTH
from core.ask.present.reply import ActionName
from core.chat import Action, Cell, Chart, Choice, Facts, Notice, Series, Sql, Step, Table, Text
from core.engines.base import Rows
from core.errors import ColloqueryError, NotAllowed, QueryFailed, QuotaExceeded
from core.locale import LANGUAGES
from core.model.base import Usage
from core.sql.filters import Filter
from tests.ask.present.builders import RAN_AT, facts_of, presentable, reader, rows_of

TOP = rows_of([("서울", 9), ("부산", 3)], city="text", total="integer")


def said(facts: Facts) -> dict[str, tuple[str, str]]:
    return {fact.key: (fact.label, fact.value) for fact in facts.items}


def test_the_parts_of_an_answer_come_in_order() -> None:
    reply = present(presentable(TOP), "en")
    assert [part.part for part in reply.parts] == ["text", "chart", "table", "sql", "facts", "actions"]
    assert (reply.question_id, reply.locale, reply.ok) == ("11112222-3333-4444-5555-66667777abcd", "en", True)
    assert reply.parts[2] == Table(TOP.columns, TOP.rows, False)
    assert reply.parts[3] == Sql("SELECT 1", "sqlite")


def test_without_a_chart_or_buttons_there_is_no_empty_part() -> None:
    reply = present(presentable(rows_of([("a", "b"), ("c", "d")], city="text", name="text")), "ko", actions=())
    assert [part.part for part in reply.parts] == ["text", "table", "sql", "facts"]


def test_a_reply_can_be_stored() -> None:
    reply = present(presentable(TOP), "ko")
    assert json.loads(json.dumps(asdict(reply)))["plain"] == reply.plain


def test_facts_in_both_languages() -> None:
    rows = rows_of([("a",)], True, city="text")
    facts = replace(
        facts_of((Filter("city", "=", "서울"),), Usage(380, 32)), mended=(("custmers", "customers"),), repaired=True
    )
    assert said(facts_part(facts, rows, "en")) == {
        "tables": ("Tables", "orders, customers"),
        "filters": ("Filters", "city is 서울"),
        "rows": ("Rows", "1, cut at the limit: there are more"),
        "ran_at": ("Data as of", "Mar 5, 2024, 14:00 (Asia/Seoul)"),
        "took": ("Query time", "12 ms"),
        "written_by": ("SQL written by", "gpt-4o-mini"),
        "mended": ("Mended", "custmers → customers, rewritten once by the model after a refusal"),
        "cost": ("Cost", "412 tokens (380 in, 32 out), $0.00009"),
    }
    korean = said(facts_part(facts, rows, "ko"))
    assert korean["filters"] == ("조건", "city가 서울")
    assert korean["rows"] == ("행", "1행까지만 (데이터가 더 있음)")
    assert korean["ran_at"] == ("데이터 기준 시각", "2024. 3. 5. 14:00 (Asia/Seoul)")
    assert korean["cost"] == ("비용", "토큰 412개(입력 380, 출력 32), US$0.00009")


def test_zero_tokens_are_stated() -> None:
    facts = said(facts_part(facts_of(), TOP, "en"))
    assert facts["cost"] == ("Cost", "0 tokens, no cost")
    assert facts["filters"] == ("Filters", "none")
    assert "mended" not in facts


def test_an_unknown_price_is_not_called_zero() -> None:
    facts = replace(facts_of(usage=Usage(10, 5)), cost=None)
    assert said(facts_part(facts, TOP, "en"))["cost"][1] == "15 tokens (10 in, 5 out), price not known"
    free = replace(facts, cost=Decimal(0))
    assert said(facts_part(free, TOP, "en"))["cost"][1] == "15 tokens (10 in, 5 out), $0.00"


@pytest.mark.parametrize("written_by", get_args(WrittenBy))
@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_writer_has_a_name(written_by: WrittenBy, locale: str) -> None:
    facts = replace(facts_of(), written_by=written_by, writer="W")
    value = said(facts_part(facts, TOP, locale))["written_by"][1]
    assert ("W" in value) is (written_by in ("model", "template"))


def test_a_notice_says_what_happened_and_what_to_quote() -> None:
    reply = notice_reply("11112222-3333-4444-5555-66667777abcd", ColloqueryError("unexpected"), reader("en"))
    (notice,) = reply.parts
    assert isinstance(notice, Notice)
    assert (reply.ok, notice.level, notice.code) == (False, "error", "unexpected")
    assert notice.hint.endswith("Reference: 7777abcd.")
    assert notice.text in reply.plain
    assert notice.hint in reply.plain
    korean = notice_reply("11112222-3333-4444-5555-66667777abcd", ColloqueryError("unexpected"), reader("ko"))
    assert "문의 번호: 7777abcd" in korean.plain


def test_a_refusal_is_a_warning_and_may_show_its_sql_and_a_way_on() -> None:
    reply = notice_reply("x" * 36, NotAllowed("people.guest"), reader("en"), Sql("SELECT 2", "sqlite"), ("retry",))
    assert [part.part for part in reply.parts] == ["notice", "sql", "actions"]
    assert isinstance(reply.parts[0], Notice)
    assert reply.parts[0].level == "warning"
    assert "SELECT 2" in reply.plain


def test_what_a_database_says_in_an_error_is_data() -> None:
    reply = notice_reply("x" * 36, QueryFailed("connection.unknown", name="a\u202eb\x1b[0m"), reader("en"))
    assert "\u202e" not in reply.plain
    assert "\\u202e" in reply.plain


def test_a_question_asked_back() -> None:
    reply = choices_reply("q", "Which one?", "connection", (Choice("Shop", "shop"), Choice("창고", "wh")), "en")
    assert reply.plain == "Which one?\n1. Shop\n2. 창고"
    assert reply.ok


def test_the_plain_table_is_aligned_for_wide_characters() -> None:
    table = plain([Table(TOP.columns, TOP.rows)], "en").splitlines()
    assert table == ["city  total", "----  -----", "서울      9", "부산      3"]


def test_the_plain_table_is_limited_and_says_so() -> None:
    cells: list[tuple[Cell, ...]] = [("가나다" * 30, f"{n}" * 60, n) for n in range(25)]
    rows = rows_of(cells, True, name="text", code="text", n="integer")
    text = plain([Table(rows.columns, rows.rows, True)], "en")
    assert all(cell_len(line) <= WIDTH for line in text.splitlines())
    assert len(text.splitlines()) == 2 + ROWS + 2
    assert text.splitlines()[-2:] == ["… 5 more rows", "Only the first 25 rows were read; there are more."]
    assert "…" in text.splitlines()[2]


def test_columns_that_do_not_fit_are_counted() -> None:
    wide = Rows(tuple(replace(TOP.columns[0], name=f"column_{n}") for n in range(30)), (("x" * 20,) * 30,), False, 0.0)
    lines = plain([Table(wide.columns, wide.rows)], "ko").splitlines()
    assert all(cell_len(line) <= WIDTH for line in lines)
    assert lines[-1] == "… 20개 열 더 있음"


def test_a_chart_alone_is_written_out() -> None:
    chart = Chart("bar", "n by city", ("a", "b"), (Series("n", (1.0, None)),))
    assert plain([chart], "en") == "n by city\na: 1\nb: (none)"
    assert plain([chart, Table(TOP.columns, TOP.rows)], "en").startswith("city")


def test_the_plain_twin_keeps_lines_of_sql_and_hides_nothing() -> None:
    assert plain([Sql("SELECT 1\nFROM\tt -- \u202e", "oracle")], "en") == "SQL (oracle)\nSELECT 1\nFROM t -- \\u202e"
    assert plain([], "en") == "There is nothing to show."
    assert plain([Text("a\nb")], "en") == "a\nb"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_steps_have_words(locale: str) -> None:
    texts = [step(kind, locale).text for kind in STEP_KINDS]
    assert all(texts)
    assert len(set(texts)) == len(texts)


def test_the_names_are_those_of_the_values() -> None:
    assert ActionName == Action.__annotations__["name"]
    assert set(STEP_KINDS) == set(get_args(Step.__annotations__["kind"]))
    assert set(ANSWER_ACTIONS) <= set(get_args(ActionName))


def test_moments_of_a_notice_are_in_the_reader_s_zone() -> None:
    error = QuotaExceeded("quota.hour", resets_at=RAN_AT, limit=1000, needed=60, remaining=10)
    assert "14:00" in notice_reply("x" * 36, error, reader("en")).plain
