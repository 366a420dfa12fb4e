"""A small shop for the writer's tests: eight tables with bilingual comments, and rows without ties."""

import sqlite3
from datetime import date

from core.model.base import Previous, Request
from core.model.builtin import BuiltinWriter
from core.schema import Column, ColumnValues, ForeignKey, Linked, Table, ValueMatch

TODAY = date(2026, 6, 15)


def _table(name: str, comment: str, columns: str, keys: str = "") -> Table:
    """Columns as "name type comment" lines, keys as "column>table" words."""
    made = []
    for line in columns.strip().splitlines():
        column, type_, *rest = line.split(maxsplit=2)
        made.append(Column(column, type_, column != "id" and column not in keys, rest[0] if rest else ""))
    links = tuple(ForeignKey((key.split(">")[0],), key.split(">")[1], ("id",)) for key in keys.split())
    return Table(name, tuple(made), primary_key=("id",), foreign_keys=links, comment=comment)


TABLES = (
    _table(
        "customers",
        "Customers / 고객",
        """id INTEGER
        name VARCHAR(40) Name / 이름
        city VARCHAR(40) City / 도시
        email VARCHAR(80) E-mail / 이메일
        age INTEGER Age / 나이
        joined_on DATE Sign-up date / 가입일""",
    ),
    _table("categories", "Categories / 카테고리", "id INTEGER\nname VARCHAR(40) Name / 이름"),
    _table(
        "products",
        "Products / 상품 / 제품",
        """id INTEGER
        name VARCHAR(40) Name / 이름
        category_id INTEGER
        price INTEGER Price / 가격
        stock INTEGER Stock / 재고""",
        "category_id>categories",
    ),
    _table(
        "orders",
        "Orders / 주문",
        """id INTEGER
        customer_id INTEGER
        ordered_at TIMESTAMP Order date / 주문일
        status VARCHAR(20) Status / 상태""",
        "customer_id>customers",
    ),
    _table(
        "order_items",
        "Order items / 주문 상품",
        """id INTEGER
        order_id INTEGER
        product_id INTEGER
        quantity INTEGER Quantity / 수량
        unit_price INTEGER Unit price / 단가""",
        "order_id>orders product_id>products",
    ),
    _table(
        "refunds",
        "Refunds / 환불",
        """id INTEGER
        order_id INTEGER
        amount INTEGER Refund amount / 환불 금액
        refunded_on DATE Refund date / 환불일""",
        "order_id>orders",
    ),
    _table(
        "employees",
        "Employees / 직원",
        """id INTEGER
        first_name VARCHAR(40) First name
        last_name VARCHAR(40) Last name
        department VARCHAR(40) Department / 부서
        salary INTEGER Salary / 급여
        hired_on DATE Hire date / 입사일""",
    ),
    _table(
        "suppliers",
        "Suppliers / 공급업체",
        "id INTEGER\nname VARCHAR(40) Name / 이름\ncountry VARCHAR(40) Country / 국가",
    ),
)

ROWS: dict[str, list[tuple[object, ...]]] = {
    "customers": [
        (1, "Kim Minji", "Seoul", "minji@example.com", 34, "2023-02-10"),
        (2, "Lee Jun", "Busan", None, 28, "2024-01-05"),
        (3, "Park Sora", "Seoul", "sora@example.com", 41, "2024-03-20"),
        (4, "Choi Dan", "Incheon", "dan@example.com", 52, "2025-07-01"),
        (5, "Anna Bell", "Busan", "anna@example.com", 23, "2026-05-11"),
        (6, "Jung Woo", "Seoul", None, 37, "2026-06-02"),
    ],
    "categories": [(1, "Kitchen"), (2, "Books"), (3, "Garden"), (4, "Toys")],
    "products": [
        (1, "Mug", 1, 12, 100),
        (2, "Teapot", 1, 45, 8),
        (3, "Novel", 2, 15, 60),
        (4, "Atlas", 2, 60, 0),
        (5, "Spade", 3, 25, 30),
        (6, "Kite", None, 33, 5),
    ],
    "orders": [
        (1, 1, "2024-01-15 09:00:00", "paid"),
        (2, 1, "2024-03-02 10:30:00", "paid"),
        (3, 1, "2025-03-09 11:00:00", "cancelled"),
        (4, 1, "2026-05-20 12:00:00", "paid"),
        (5, 2, "2024-03-28 13:00:00", "refunded"),
        (6, 2, "2026-06-01 14:00:00", "paid"),
        (7, 3, "2025-11-30 15:00:00", "paid"),
        (8, 3, "2026-06-10 16:00:00", "paid"),
        (9, 3, "2026-06-14 17:00:00", "paid"),
        (10, 4, "2025-12-24 18:00:00", "paid"),
    ],
    "order_items": [
        (1, 1, 1, 10, 12), (2, 1, 3, 1, 15), (3, 2, 2, 1, 45), (4, 3, 4, 2, 60), (5, 4, 1, 4, 11),
        (6, 5, 5, 3, 25), (7, 6, 3, 7, 15), (8, 7, 2, 3, 45), (9, 8, 1, 6, 12), (10, 9, 5, 2, 24), (11, 10, 4, 1, 60),
    ],
    "refunds": [(1, 5, 75, "2024-04-02"), (2, 3, 20, "2025-03-15")],
    "employees": [
        (1, "Mina", "Han", "Sales", 4200, "2020-03-02"),
        (2, "Tom", "Reed", "Sales", 3900, "2022-08-15"),
        (3, "Yuna", "Seo", "Support", 3100, "2024-02-01"),
        (4, "Omar", "Diaz", "Support", 3350, "2025-10-20"),
        (5, "Hana", "Oh", "Support", 2950, "2026-04-13"),
    ],
    "suppliers": [(1, "Dawn Pottery", "Korea"), (2, "Old Press", "France"), (3, "Green Tools", "Korea")],
}  # fmt: skip

_SEARCHED = (
    ("customers", "name"), ("customers", "city"), ("categories", "name"), ("products", "name"), ("orders", "status"),
    ("employees", "department"), ("suppliers", "name"), ("suppliers", "country"),
)  # fmt: skip
_KOREAN_VALUES = {"서울": "Seoul", "부산": "Busan", "인천": "Incheon"}


def _values() -> tuple[ColumnValues, ...]:
    tables = {table.name: [column.name for column in table.columns] for table in TABLES}
    return tuple(
        ColumnValues(table, column, tuple(sorted({str(row[tables[table].index(column)]) for row in ROWS[table]})))
        for table, column in _SEARCHED
    )


VALUES = _values()


def link(question: str, dialect: str = "sqlite") -> Linked:
    """The whole schema, with the values whose words stand in the question (Korean city names too)."""
    matches: list[ValueMatch] = []
    lower = question.lower()
    for known in VALUES:
        for value in known.values:
            if value.lower() in lower:
                start = lower.index(value.lower())
                matches.append(ValueMatch(known.table, known.column, value, question[start : start + len(value)]))
            for hangul, english in _KOREAN_VALUES.items():
                if value == english and hangul in question:
                    matches.append(ValueMatch(known.table, known.column, value, hangul))
    return Linked(dialect, TABLES, tuple(matches))


def write(question: str, dialect: str = "sqlite", previous: Previous | None = None) -> str:
    """The SQL of a question."""
    return BuiltinWriter().sql(Request(question, link(question, dialect), TODAY, previous))


def open_shop() -> sqlite3.Connection:
    """The shop in memory."""
    base = sqlite3.connect(":memory:")
    for table in TABLES:
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        base.execute(f"CREATE TABLE {table.name} ({columns})")
        marks = ", ".join("?" * len(table.columns))
        base.executemany(f"INSERT INTO {table.name} VALUES ({marks})", ROWS[table.name])
    return base
