"""A small shop and helpers that the tests of linking and prompt share."""

from core.schema import Column, ColumnValues, ForeignKey, Schema, Table


def table(
    name: str, *columns: str, key: tuple[str, ...] = ("id",), to: dict[str, str] | None = None, comment: str = ""
) -> Table:
    """A table whose columns are written "name:type"; `to` maps a column to the table its foreign key points to."""
    parts = [column.partition(":") for column in columns]
    return Table(
        name,
        tuple(Column(first, kind or "text") for first, _, kind in parts),
        primary_key=key,
        foreign_keys=tuple(ForeignKey((column,), other, ("id",)) for column, other in (to or {}).items()),
        comment=comment,
    )


CUSTOMER = table("customer", "id:int", "name", "email", "city", "phone")
PRODUCT = table("product", "id:int", "name", "price:numeric(10,2)", "category_id:int", to={"category_id": "category"})
CATEGORY = table("category", "id:int", "name")
SALES_ORDER = table(
    "sales_order", "id:int", "customer_id:int", "ordered_at:timestamp", "status", to={"customer_id": "customer"}
)
LINE = table(
    "order_line",
    "id:int",
    "sales_order_id:int",
    "product_id:int",
    "quantity:int",
    "amount:numeric(12,2)",
    to={"sales_order_id": "sales_order", "product_id": "product"},
)
WAREHOUSE = table("warehouse", "id:int", "address", "capacity:int")

SHOP = Schema(
    "sqlite",
    (CUSTOMER, PRODUCT, CATEGORY, SALES_ORDER, LINE, WAREHOUSE),
    (
        ColumnValues("customer", "city", ("Seoul", "서울", "Busan", "New York", "O'Fallon")),
        ColumnValues("sales_order", "status", ("paid", "cancelled", "refunded"), complete=True),
        ColumnValues("category", "name", ("Books", "Garden Tools", "Tools")),
    ),
)


def names(tables: tuple[Table, ...]) -> list[str]:
    """The ids of tables."""
    return [each.id for each in tables]


def columns(tables: tuple[Table, ...], name: str) -> set[str]:
    """The names of the columns of one of the tables."""
    return {column.name for each in tables if each.id == name for column in each.columns}
