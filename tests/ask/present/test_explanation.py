"""Queries in words, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.present.explanation import explanation
from tests.sql.test_guard import LEGIT

SAID = [
    (
        "SELECT COUNT(*) FROM customers LIMIT 1000",
        "It reads customers. It sums all rows up into one. It shows COUNT(*) (the number of rows). "
        "It shows at most 1,000 rows.",
        "customers 테이블을 읽습니다. 모든 행을 하나로 집계합니다. COUNT(*)(행의 수)를 보여 줍니다. "
        "최대 1,000행까지만 보여 줍니다.",
    ),
    (
        "SELECT c.city, COUNT(*) AS customers FROM customers AS c WHERE c.city <> '서울' GROUP BY c.city "
        "ORDER BY customers DESC, c.city LIMIT 5",
        "It reads customers. Only rows where city is not 서울 count. It makes one row for each city. "
        "It shows city and customers (the number of rows). It sorts by customers, highest first, then by city, "
        "lowest first. It shows at most 5 rows.",
        "customers 테이블을 읽습니다. 다음 조건에 맞는 행만 봅니다: city가 서울 아님. city별로 묶어 한 행씩 만듭니다. "
        "city, customers(행의 수)를 보여 줍니다. customers 내림차순, 그다음 city 오름차순으로 정렬합니다. "
        "최대 5행까지만 보여 줍니다.",
    ),
    (
        "SELECT p.name, SUM(oi.quantity * oi.unit_price) AS sales FROM order_items AS oi "
        "JOIN products AS p ON p.id = oi.product_id GROUP BY p.name ORDER BY 2 DESC",
        "It reads order_items and products. It joins products by p.id = oi.product_id; rows without a match are left "
        "out. It makes one row for each name. It shows name and sales (the sum of oi.quantity * oi.unit_price). "
        "It sorts by sales, highest first.",
        "order_items, products 테이블을 읽습니다. p.id = oi.product_id 조건으로 products 테이블을 연결하고, "
        "짝이 없는 행은 뺍니다. name별로 묶어 한 행씩 만듭니다. name, sales(oi.quantity * oi.unit_price의 합계)를 "
        "보여 줍니다. sales 내림차순으로 정렬합니다.",
    ),
    (
        "SELECT DISTINCT city FROM customers",
        "It reads customers. It shows city. Rows that are alike are shown once.",
        "customers 테이블을 읽습니다. city를 보여 줍니다. 똑같은 행은 한 번만 보여 줍니다.",
    ),
    (
        "SELECT * FROM orders WHERE status = 'paid' AND ordered_at >= '2024-01-01' AND (a = 1 OR b = 2)",
        "It reads orders. Only rows where status is paid and ordered_at is on or after 2024-01-01 and (a = 1 OR b = 2) "
        "count. It shows every column.",
        "orders 테이블을 읽습니다. 다음 조건에 모두 맞는 행만 봅니다: status가 paid, ordered_at가 2024-01-01부터, "
        "(a = 1 OR b = 2). 모든 열을 보여 줍니다.",
    ),
    (
        "SELECT c.name AS 고객 FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
        "It reads customers and orders. It joins orders by o.customer_id = c.id; rows without a match there are kept. "
        "Only rows where id is empty count. It shows 고객 (name).",
        "customers, orders 테이블을 읽습니다. o.customer_id = c.id 조건으로 orders 테이블을 연결하고, "
        "거기에 짝이 없는 행도 남깁니다. 다음 조건에 맞는 행만 봅니다: id 값 없음. 고객(name)를 보여 줍니다.",
    ),
    (
        "SELECT AVG(total), COUNT(DISTINCT customer_id) AS who, MIN(total) AS low, MAX(total) AS high FROM orders",
        "It reads orders. It sums all rows up into one. It shows AVG(total) (the average of total), who (the number of "
        "different values of customer_id), low (the smallest total) and high (the largest total).",
        "orders 테이블을 읽습니다. 모든 행을 하나로 집계합니다. AVG(total)(total의 평균), "
        "who(서로 다른 customer_id 값의 수), low(가장 작은 total), high(가장 큰 total)을 보여 줍니다.",
    ),
    (
        "SELECT a.x, b.y FROM a CROSS JOIN b",
        "It reads a and b. It combines every row with every row of b. It shows x and y.",
        "a, b 테이블을 읽습니다. 모든 행을 b 테이블의 모든 행과 하나씩 짝짓습니다. x, y를 보여 줍니다.",
    ),
    (
        "SELECT a.x FROM a RIGHT JOIN b USING (id)",
        "It reads a and b. It joins b by id; all rows of b are kept, with or without a match. It shows x.",
        "a, b 테이블을 읽습니다. id 조건으로 b 테이블을 연결하고, b의 행은 짝이 없어도 모두 남깁니다. x를 보여 줍니다.",
    ),
    (
        "SELECT a.x FROM a FULL JOIN b ON a.id = b.id",
        "It reads a and b. It joins b by a.id = b.id; rows without a match are kept on both sides. It shows x.",
        "a, b 테이블을 읽습니다. a.id = b.id 조건으로 b 테이블을 연결하고, 양쪽 모두 짝이 없는 행도 남깁니다. "
        "x를 보여 줍니다.",
    ),
    (
        "SELECT x FROM a NATURAL JOIN b",
        "It reads a and b. It joins b by the columns of the same name; rows without a match are left out. It shows x.",
        "a, b 테이블을 읽습니다. 이름이 같은 열 조건으로 b 테이블을 연결하고, 짝이 없는 행은 뺍니다. x를 보여 줍니다.",
    ),
    (
        "SELECT 1 AS one",
        "It reads no table. It shows one (1).",
        "읽는 테이블이 없습니다. one(1)을 보여 줍니다.",
    ),
    (
        "WITH s AS (SELECT city FROM customers WHERE total > 5) SELECT city, SUM(a) / SUM(b) AS r FROM s GROUP BY 1",
        "It reads customers. Only rows where total is more than 5 count. It makes one row for each city. "
        "It shows city and r (SUM(a) / SUM(b)).",
        "customers 테이블을 읽습니다. 다음 조건에 맞는 행만 봅니다: total이 5 초과. city별로 묶어 한 행씩 만듭니다. "
        "city, r(SUM(a) / SUM(b))를 보여 줍니다.",
    ),
    (
        "DROP TABLE customers",
        "This query cannot be put into words. The SQL itself says exactly what it does.",
        "이 쿼리는 말로 풀어 설명할 수 없습니다. 정확한 내용은 SQL에 그대로 있습니다.",
    ),
]


@pytest.mark.parametrize(("sql", "english", "korean"), SAID, ids=range(len(SAID)))
def test_a_query_in_words(sql: str, english: str, korean: str) -> None:
    assert " ".join(explanation(sql, "postgres", "en")) == english
    assert " ".join(explanation(sql, "postgres", "ko")) == korean


def test_many_columns_are_counted() -> None:
    columns = ", ".join(f"c{number}" for number in range(20))
    assert explanation(f"SELECT {columns} FROM t", "sqlite", "en")[1].endswith("c11 and 8 more columns.")


def test_names_are_data() -> None:
    (_, shows) = explanation('SELECT x AS "a\u202eb\n{of}" FROM t', "sqlite", "en")
    assert shows == "It shows a\\u202eb↵{of} (x)."


@pytest.mark.parametrize("dialect", LEGIT)
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_allowed_query_is_explained(dialect: str, locale: str) -> None:
    for sql in LEGIT[dialect]:
        sentences = explanation(sql, dialect, locale)
        assert sentences and all(sentences), sql
        assert all("\n" not in sentence for sentence in sentences), sql


@given(st.text(max_size=60))
def test_any_text_is_explained_or_said_to_be_beyond_words(text: str) -> None:
    assert explanation(text, "postgres", "ko")
    assert explanation(f"SELECT {text} FROM t", "mysql", "en")
