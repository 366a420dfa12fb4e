import pytest

from core.ask.present import filter_words
from core.sql.explain import describe
from core.sql.filters import Filter


def filters_of(where: str, dialect: str = "sqlite") -> tuple[Filter, ...]:
    return describe(f"SELECT * FROM t WHERE {where}", dialect).filters


@pytest.mark.parametrize(
    ("where", "read", "english", "korean"),
    [
        ("t.city = '서울'", ("city", "=", "서울"), "city is 서울", "city가 서울"),
        ("'서울' = city", ("city", "=", "서울"), "city is 서울", "city가 서울"),
        ("city <> 'x'", ("city", "!=", "x"), "city is not x", "city가 x 아님"),
        ("NOT city = 'x'", ("city", "!=", "x"), "city is not x", "city가 x 아님"),
        ("total > 5", ("total", ">", "5"), "total is more than 5", "total이 5 초과"),
        ("5 > total", ("total", "<", "5"), "total is less than 5", "total이 5 미만"),
        ("total >= -5", ("total", ">=", "-5"), "total is at least -5", "total이 -5 이상"),
        ("total <= 5", ("total", "<=", "5"), "total is at most 5", "total이 5 이하"),
        ("d >= '2024-01-01'", ("d", ">=", "2024-01-01"), "d is on or after 2024-01-01", "d가 2024-01-01부터"),
        ("d < '2025-01-01'", ("d", "<", "2025-01-01"), "d is before 2025-01-01", "d가 2025-01-01 전"),
        ("d <= '2025-01-01'", ("d", "<=", "2025-01-01"), "d is on or before 2025-01-01", "d가 2025-01-01까지"),
        ("d > '2025-01-01'", ("d", ">", "2025-01-01"), "d is after 2025-01-01", "d가 2025-01-01 후"),
        ("a IN (1, 'b')", ("a", "in", "1, b"), "a is one of 1, b", "a가 1, b 중 하나"),
        ("a NOT IN (1, 2)", ("a", "not in", "1, 2"), "a is none of 1, 2", "a가 1, 2 중 어느 것도 아님"),
        ("a BETWEEN 1 AND 9", ("a", "between", "1 and 9"), "a is from 1 to 9", "a가 1부터 9까지"),
        ("a IS NULL", ("a", "is null", ""), "a is empty", "a 값 없음"),
        ("a IS NOT NULL", ("a", "is not null", ""), "a is not empty", "a 값 있음"),
        ("name LIKE '%kim%'", ("name", "like", "%kim%"), "name contains kim", "name에 kim 포함"),
        ("name LIKE 'kim%'", ("name", "like", "kim%"), "name starts with kim", "name 앞부분이 kim"),
        ("name LIKE '%kim'", ("name", "like", "%kim"), "name ends with kim", "name 끝부분이 kim"),
        ("name LIKE 'k%m'", ("name", "like", "k%m"), "name matches k%m", "name가 k%m 형식과 일치"),
        ("name NOT LIKE '%x%'", ("name", "not like", "%x%"), "name does not match %x%", "name가 %x% 형식과 불일치"),
        ("NOT name NOT LIKE '%x%'", ("name", "like", "%x%"), "name contains x", "name에 x 포함"),
        ("a = 1 OR b = 2", ("", "", "a = 1 OR b = 2"), "a = 1 OR b = 2", "a = 1 OR b = 2"),
        ("a IN (SELECT 1)", ("", "", "a IN (SELECT 1)"), "a IN (SELECT 1)", "a IN (SELECT 1)"),
        ("NOT a > 5", ("", "", "NOT a > 5"), "NOT a > 5", "NOT a > 5"),
        ("active", ("", "", "active"), "active", "active"),
    ],
)
def test_conditions(where: str, read: Filter, english: str, korean: str) -> None:
    assert filters_of(where) == (read,)
    assert (filter_words(read, "en"), filter_words(read, "ko")) == (english, korean)


def test_an_expression_around_a_column_stands_as_it_is() -> None:
    assert filters_of("LOWER(city) = 'x'") == (("LOWER(city)", "=", "x"),)
    assert filters_of("EXTRACT(YEAR FROM d) = 2024", "postgres") == (("EXTRACT(YEAR FROM d)", "=", "2024"),)
    assert filters_of("d >= CAST('2024-01-01' AS DATE)", "postgres") == (("d", ">=", "2024-01-01"),)
    assert filters_of("d >= DATE '2024-01-01'", "oracle") == (("d", ">=", "2024-01-01"),)
    assert filters_of("d >= DATE('now', '-7 days')") == (("d", ">=", "DATE('now', '-7 days')"),)
    assert filters_of("name LIKE 'x!%' ESCAPE '!'") == (("", "", "name LIKE 'x!%' ESCAPE '!'"),)


def test_having_and_inner_queries_are_read_and_joins_are_not() -> None:
    described = describe(
        "WITH x AS (SELECT * FROM t WHERE a = 1) SELECT city, COUNT(*) FROM x JOIN u ON x.id = u.id "
        "WHERE x.k = u.k AND a = 1 AND b = 2 GROUP BY city HAVING COUNT(*) > 3",
        "sqlite",
    )
    assert set(described.filters) == {("a", "=", "1"), ("b", "=", "2"), ("COUNT(*)", ">", "3")}


def test_no_conditions() -> None:
    assert describe("SELECT 1", "sqlite").filters == ()


def test_values_are_data() -> None:
    assert filter_words(Filter("city", "=", "a\u202eb\n{column}"), "en") == "city is a\\u202eb↵{column}"
    assert filter_words(Filter("a", "~~*", "b"), "en") == "a ~~* b"
