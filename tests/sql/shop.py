"""A small shop: its schema as the catalog would hold it in each dialect, and DDL and rows for the servers at hand."""

from functools import cache

from core.schema import Column, ForeignKey, Schema, Table

_TABLES: dict[str, dict[str, str]] = {
    "customers": {
        "id": "integer", "name": "text", "email": "text", "phone": "text", "city": "text", "country": "text",
        "birth_date": "date", "is_active": "boolean", "tags": "tags", "profile": "json",
    },
    "products": {"id": "integer", "name": "text", "price": "decimal", "stock": "integer"},
    "orders": {
        "id": "integer", "customer_id": "integer", "status": "text", "ordered_at": "timestamp", "total": "decimal",
        "note": "text",
    },
    "order_items": {
        "id": "integer", "order_id": "integer", "product_id": "integer", "quantity": "integer", "unit_price": "decimal",
    },
    "employees": {"id": "integer", "name": "text", "manager_id": "integer", "salary": "decimal"},
    "Odd Names": {"group": "text", "Mixed Case": "integer"},
}  # fmt: skip

_KEYS = {
    "orders": ForeignKey(("customer_id",), "customers", ("id",)),
    "order_items": ForeignKey(("order_id",), "orders", ("id",)),
}

_TYPES = {
    "postgres": {"decimal": "numeric(10, 2)", "tags": "text[]", "json": "jsonb"},
    "mysql": {"text": "varchar(100)", "decimal": "decimal(10, 2)", "timestamp": "datetime", "tags": "varchar(100)"},
    "duckdb": {"tags": "varchar", "json": "json"},
    "sqlite": {"decimal": "real", "tags": "text", "json": "text", "timestamp": "text", "date": "text"},
}

_ROWS: dict[str, tuple[tuple[object, ...], ...]] = {
    "customers": (
        (1, "Kim", "kim@example.com", "02-123", "Seoul", "KR", "1990-02-03", True, "vip",
         '{"plan": "pro", "visits": [1, 2]}'),
        (2, "Ada", "ada@example.org", "555", "London", "UK", "1985-12-10", False, "new",
         '{"plan": "free", "visits": []}'),
    ),
    "products": ((1, "coffee", 4.5, 10), (2, "tea", 3.25, 20), (3, "커피 잔", 12, 3)),
    "orders": (
        (1, 1, "paid", "2024-01-05 10:00:00", 9, "x"), (2, 1, "sent", "2024-02-05 11:30:00", 120, None),
        (3, 2, "paid", "2024-02-06 09:15:00", 55, "DELETE"),
    ),
    "order_items": ((1, 1, 1, 2, 4.5), (2, 2, 3, 10, 12), (3, 3, 2, 1, 55)),
    "employees": ((1, "Ada", None, 100), (2, "Bo", 1, 50), (3, "Cy", 2, 60)),
    "Odd Names": (("a", 1), ("b", 2)),
}  # fmt: skip


@cache
def shop(dialect: str) -> Schema:
    """The shop as the catalog of that dialect knows it: the same value each time."""
    raised = dialect in ("oracle", "snowflake")

    def spelled(name: str) -> str:
        return name.upper() if raised and name.islower() and name != "group" else name

    tables = tuple(
        Table(
            name=spelled(name),
            columns=tuple(Column(spelled(column), kind) for column, kind in columns.items()),
            primary_key=(spelled("id"),) if "id" in columns else (),
            foreign_keys=(_KEYS[name],) if name in _KEYS else (),
        )
        for name, columns in _TABLES.items()
    )
    return Schema("mysql" if dialect == "mariadb" else dialect, tables)


def statements(dialect: str) -> list[str]:
    """DDL and rows, one statement each."""
    quote = "`" if dialect == "mysql" else '"'
    types = _TYPES[dialect]
    made = []
    for name, columns in _TABLES.items():
        inner = ", ".join(f"{quote}{column}{quote} {types.get(kind, kind)}" for column, kind in columns.items())
        made.append(f"CREATE TABLE {quote}{name}{quote} ({inner})")
    for name, rows in _ROWS.items():
        for row in rows:
            values = ", ".join(_value(value, name, at, dialect) for at, value in enumerate(row))
            made.append(f"INSERT INTO {quote}{name}{quote} VALUES ({values})")
    return made


def _value(value: object, table: str, at: int, dialect: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value)) if dialect == "sqlite" else str(value)
    if isinstance(value, str):
        if dialect == "postgres" and table == "customers" and at == 8:
            return f"ARRAY['{value}']"
        return "'" + value.replace("'", "''") + "'"
    return str(value)
