"""What a template must be to be kept, and what puts one out of use."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.errors import BadEdit, ColloqueryError, QueryRefused
from core.saved import Parameter, TemplateEdit
from core.schema import Column, ColumnValues, Schema, Table
from core.templates.answers import leans, without_own_limit
from core.templates.checking import check_edit, goes_stale, problem_of, same_name
from core.templates.filling import filled, read_values
from core.templates.values import Value, read_value, written_value

TODAY = date(2026, 6, 30)
CITIES = ("Seoul", "Busan", "대전")
SCHEMA = Schema(
    "sqlite",
    (
        Table("orders", tuple(Column(name, "TEXT") for name in ("id", "city", "day", "total"))),
        Table("people", (Column("name", "TEXT"), Column("salary", "REAL"), Column("team", "TEXT"))),
    ),
    (ColumnValues("orders", "city", CITIES, complete=True), ColumnValues("people", "team", ("Sales",))),
    "hash-1",
)  # fmt: skip
PRIVATE = frozenset({("people", "salary"), ("people", "team")})
BY_CITY = TemplateEdit(
    "Sales of a city",
    "Sales in {city} since {day}?",
    "SELECT SUM(total) AS total FROM orders WHERE city = :city AND day >= :day",
    (Parameter("city", "choice", "Seoul", "orders.city"), Parameter("day", "date", "today-30")),
)


def _kept(edit: TemplateEdit) -> TemplateEdit:
    return check_edit(edit, SCHEMA, PRIVATE, TODAY).edit


def test_a_whole_template_is_tidied() -> None:
    edit = _kept(
        TemplateEdit(
            "  My\n name\0 ", " 매출  { 도시 } ", " SELECT total FROM orders WHERE city = :도시 ; ", category=" a  b "
        )
    )
    assert (edit.name, edit.question, edit.category) == ("My name", "매출 {도시}", "a b")
    assert edit.sql == "SELECT total FROM orders WHERE city = :도시"
    assert edit.parameters == (Parameter("도시"),)


def test_parameters_stand_in_the_order_of_the_question_and_columns_as_the_catalog_spells_them() -> None:
    backwards = replace(
        BY_CITY, parameters=(BY_CITY.parameters[1], replace(BY_CITY.parameters[0], column="ORDERS.City"))
    )
    assert _kept(backwards).parameters == BY_CITY.parameters


def test_a_parameter_may_be_in_the_sql_alone_with_a_default() -> None:
    sql = "SELECT id FROM orders LIMIT :n"
    assert _kept(TemplateEdit("n", "Orders?", sql, (Parameter("n", "number", "5"),))).parameters[0].default == "5"
    with pytest.raises(BadEdit) as refused:
        _kept(TemplateEdit("n", "Orders?", sql, (Parameter("n", "number"),)))
    assert (refused.value.code, refused.value.details) == ("template.not_in_question", {"name": "n"})


CITY, DAY = BY_CITY.parameters


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " \0"}, "template.no_name"),
        ({"question": " "}, "template.no_question"),
        ({"sql": " ; "}, "template.no_sql"),
        ({"name": "x" * 201}, "template.name_too_long"),
        ({"question": "x" * 2001}, "template.question_too_long"),
        ({"description": "x" * 2001}, "template.description_too_long"),
        ({"category": "x" * 51}, "template.category_too_long"),
        ({"category": "Example"}, "template.category_reserved"),
        ({"sql": "SELECT 1 -- " + "x" * 20_000}, "guard.too_long"),
        ({"question": "Sales in {city} since {day} of {}?"}, "template.bad_placeholder"),
        ({"question": "Sales in {city} since {day} of {1}?"}, "template.bad_placeholder"),
        ({"question": "Sales in {city} since {day} of {a b}?"}, "template.bad_placeholder"),
        ({"question": "Sales in {city} since {day} of {product}?"}, "template.not_in_sql"),
        ({"sql": BY_CITY.sql + " AND id = :id"}, "template.not_in_question"),
        ({"parameters": (CITY, DAY, Parameter("else"))}, "template.parameter_unused"),
        ({"parameters": (CITY, DAY, DAY)}, "template.parameter_twice"),
        ({"parameters": (CITY, DAY, Parameter("1st"))}, "template.bad_parameter"),
        ({"parameters": (CITY, DAY, Parameter("x" * 51))}, "template.bad_parameter"),
        ({"parameters": (CITY, replace(DAY, default="soon"))}, "template.bad_default"),
        ({"parameters": (CITY, replace(DAY, default="2026-02-30"))}, "template.bad_default"),
        ({"parameters": (replace(CITY, default="Paris"), DAY)}, "template.bad_default"),
        ({"parameters": (replace(CITY, kind="number"), DAY)}, "template.bad_default"),
        ({"parameters": (replace(CITY, column=""), DAY)}, "template.unknown_column"),
        ({"parameters": (replace(CITY, column="orders.town"), DAY)}, "template.unknown_column"),
        ({"parameters": (replace(CITY, column="people.team"), DAY)}, "template.private_column"),
        ({"sql": BY_CITY.sql.replace("total)", ":city)").replace("AS total", ":day")}, "template.parameter_place"),
        ({"sql": "DELETE FROM orders WHERE city = :city AND day = :day"}, "guard.writes"),
        ({"sql": BY_CITY.sql.replace("orders", "order_lines")}, "guard.unknown_table"),
        ({"sql": BY_CITY.sql.replace("total)", "price)")}, "guard.unknown_column"),
        ({"sql": BY_CITY.sql + "; DROP TABLE orders"}, "guard.many_statements"),
        ({"sql": "SELECT name FROM people WHERE salary > 1 AND name IN (:city, :day)"}, "guard.private_column"),
        ({"sql": BY_CITY.sql.replace(":city", "?")}, "template.not_in_sql"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ColloqueryError) as refused:
        _kept(replace(BY_CITY, **changes))
    assert refused.value.code == code


def test_too_many_parameters() -> None:
    names = [f"p{number}" for number in range(21)]
    question = " ".join(f"{{{name}}}" for name in names)
    sql = f"SELECT id FROM orders WHERE city IN ({', '.join(f':{name}' for name in names)})"
    with pytest.raises(BadEdit) as refused:
        _kept(TemplateEdit("many", question, sql))
    assert refused.value.code == "template.too_many_parameters"


def test_a_parameter_in_a_text_or_a_comment_is_none() -> None:
    with pytest.raises(BadEdit) as refused:
        _kept(TemplateEdit("n", "Sales in {city}", "SELECT total FROM orders WHERE city = ':city' -- :city"))
    assert refused.value.code == "template.not_in_sql"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1,234.50", Decimal("1234.50")),
        ("number", " -3 ", Decimal(-3)),
        ("number", "１２", Decimal(12)),
        ("number", "−7", Decimal(-7)),
        ("number", "0.1", Decimal("0.1")),
        ("number", "9" * 38, Decimal("9" * 38)),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", "today", TODAY),
        ("date", "Today - 30", date(2026, 5, 31)),
        ("date", "today+1", date(2026, 7, 1)),
        ("text", " as it is ", " as it is "),
        ("choice", "seoul", "Seoul"),
        ("choice", "Ｂusan", "Busan"),
        ("choice", "Paris", "Paris"),
    ],
)
def test_a_value_is_read_by_its_kind(kind: Any, text: str, value: Value) -> None:
    read = read_value(Parameter("p", kind), text, TODAY, CITIES)
    assert read == value
    assert type(read) is type(value)
    assert read_value(Parameter("p", kind), written_value(read), TODAY, CITIES) == read


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("number", "many", "template.bad_number"),
        ("number", "1e5", "template.bad_number"),
        ("number", "1,23", "template.bad_number"),
        ("number", "NaN", "template.bad_number"),
        ("number", "1; DROP TABLE t", "template.bad_number"),
        ("number", "9" * 39, "template.bad_number"),
        ("number", "٣", "template.bad_number"),
        ("date", "2023-02-29", "template.bad_date"),
        ("date", "today-9999999", "template.bad_date"),
        ("date", "9999-99-99", "template.bad_date"),
        ("date", "", "template.bad_date"),
        ("text", "NUL\0", "template.bad_text"),
        ("text", "x" * 501, "template.value_too_long"),
    ],
)
def test_a_value_that_is_none(kind: Any, text: str, code: str) -> None:
    with pytest.raises(BadEdit) as refused:
        read_value(Parameter("p", kind), text, TODAY)
    assert refused.value.code == code
    assert refused.value.details["name"] == "p"


def test_values_defaults_and_what_is_missing() -> None:
    parameters = _kept(BY_CITY).parameters
    assert read_values(parameters, {"city": "busan", "day": " "}, SCHEMA, TODAY) == {
        "city": "Busan",
        "day": date(2026, 5, 31),
    }
    with pytest.raises(BadEdit) as wrong:
        read_values(parameters, {"city": "Paris"}, SCHEMA, TODAY)
    assert (wrong.value.code, wrong.value.details) == ("template.not_a_choice", {"name": "city", "value": "Paris"})
    with pytest.raises(BadEdit) as missing:
        read_values((replace(DAY, default=None),), {}, SCHEMA, TODAY)
    assert missing.value.code == "template.value_missing"
    # Not all teams are known: one that is not among them may be one all the same.
    team = Parameter("team", "choice", None, "people.team")
    assert read_values((team,), {"team": "Legal"}, SCHEMA, TODAY) == {"team": "Legal"}


def test_the_question_with_its_values() -> None:
    assert filled("{도시}의 매출 {n}건 {x}", {"도시": "서울 {n}", "n": "5"}) == "서울 {n}의 매출 5건 {x}"


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        (BY_CITY.sql, ""),
        (BY_CITY.sql.replace("orders", "sales"), "template.table_gone"),
        (BY_CITY.sql.replace("SUM(total)", "SUM(amount)"), "template.column_gone"),
        ("SELECT pg_sleep(1), :city, :day", "template.refused_now"),
        ("not SQL", "template.refused_now"),
        ("SELECT total FROM orders WHERE city = :other", "template.refused_now"),
    ],
)
def test_what_puts_a_template_out_of_use(sql: str, problem: str) -> None:
    assert problem_of(sql, BY_CITY.question, BY_CITY.parameters, SCHEMA, TODAY) == problem


def test_a_choice_whose_column_is_gone_puts_it_out_of_use() -> None:
    gone = (replace(CITY, column="orders.town"), DAY)
    assert problem_of(BY_CITY.sql, BY_CITY.question, gone, SCHEMA, TODAY) == "template.column_gone"


@pytest.mark.parametrize(
    ("question", "sql", "stale"),
    [
        ("Sales last month", "SELECT total FROM orders WHERE day >= '2026-05-01'", True),
        ("지난달 매출은?", "SELECT total FROM orders WHERE day >= '2026-05-01'", True),
        ("5월 매출", "SELECT total FROM orders WHERE strftime('%Y', day) = '2026'", True),
        ("최근 3개월 주문", "SELECT id FROM orders WHERE day > DATE '2026-03-30'", True),
        ("2026년 5월 매출", "SELECT total FROM orders WHERE day >= '2026-05-01'", False),
        ("Sales last month", "SELECT 1 FROM orders WHERE day >= date('now', '-1 month') AND day > '2020'", False),
        ("Sales of the launch", "SELECT total FROM orders WHERE day >= '2026-05-01'", False),
        ("Sales last month", "SELECT total FROM orders WHERE id = 20261", False),
        ("Sales since {day}, not this year", "SELECT total FROM orders WHERE day >= :day", False),
    ],
)  # fmt: skip
def test_a_moving_time_with_a_fixed_year_goes_stale(question: str, sql: str, stale: bool) -> None:
    assert goes_stale(question, sql) is stale


def test_one_that_goes_stale_is_kept_with_a_word_about_it() -> None:
    edit = TemplateEdit("n", "Sales last month", "SELECT total FROM orders WHERE day >= '2026-05-01'")
    assert check_edit(edit, SCHEMA, PRIVATE, TODAY).problem == "template.fixed_dates"


def test_names_are_the_same_but_for_case_width_and_spacing() -> None:
    assert same_name(" ＳALES  by City? ") == same_name("sales by city")
    assert same_name("매출 상위") != same_name("매출상위")


@pytest.mark.parametrize(
    ("dialect", "sql", "bare"),
    [
        ("sqlite", "SELECT a FROM t ORDER BY a LIMIT 1001", "SELECT a FROM t ORDER BY a"),
        ("tsql", "SELECT TOP 1001 a FROM t", "SELECT a FROM t"),
        ("oracle", "SELECT a FROM t FETCH FIRST 1001 ROWS ONLY", "SELECT a FROM t"),
        ("postgres", "SELECT a FROM t LIMIT 5", "SELECT a FROM t LIMIT 5"),
        ("mysql", "SELECT a FROM (SELECT 1 LIMIT 1001) AS s", "SELECT a FROM (SELECT 1 LIMIT 1001) AS s"),
        ("postgres", "nonsense", "nonsense"),
    ],
)  # fmt: skip
def test_the_roads_own_limit_is_no_part_of_an_answer(dialect: str, sql: str, bare: str) -> None:
    assert without_own_limit(sql, dialect, 1000) == bare


@pytest.mark.parametrize(
    "text", ["and in Busan?", "그럼 부산은?", "only Seoul", "by month instead", "그중 환불은 몇 건이야?"]
)
def test_what_leans_on_the_question_before(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize("text", ["How many orders are there?", "도시별 매출 합계를 알려줘", "Top 5 products by sales"])
def test_what_stands_by_itself(text: str) -> None:
    assert not leans(text)


def test_a_refusal_names_the_persons_own_words() -> None:
    with pytest.raises(QueryRefused) as refused:
        _kept(TemplateEdit("n", "Sales in {city}", "SELECT total FROM orders WHERE city = pg_sleep(:city)"))
    assert "colloquery_parameter" not in str(refused.value.details)
