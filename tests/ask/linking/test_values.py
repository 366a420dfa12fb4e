import pytest

from core.ask.linking import Linker
from core.schema import ColumnValues, Schema
from tests.ask.linking.shop import CUSTOMER, SHOP, table

LINKER = Linker(SHOP)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("customers in seoul", "Seoul"),
        ("customers in SEOUL?", "Seoul"),
        ("서울에 사는 고객", "서울"),
        ("서울에서는 고객이 몇 명인가요?", "서울"),
        ("customers in 'New York'", "New York"),
        ("customers in new york who paid", "New York"),
        ("everybody from O'Fallon", "O'Fallon"),
        ("how many books", "Books"),
    ],
)
def test_a_value_is_found_as_it_is_stored(question: str, value: str) -> None:
    assert value in {match.value for match in LINKER.link(question, 400).values}


def test_a_value_is_written_as_sql() -> None:
    assert "customer.city: 'O''Fallon'" in LINKER.link("customers in O'Fallon", 400).text.splitlines()


def test_the_longest_value_wins() -> None:
    found = LINKER.link("orders of Garden Tools", 400).values
    assert [match.value for match in found] == ["Garden Tools"]
    assert found[0].phrase == "Garden Tools"


def test_a_part_of_a_word_is_no_value() -> None:
    assert LINKER.link("customers named Seoulite", 400).values == ()


def test_a_column_with_a_matched_value_is_kept() -> None:
    linked = LINKER.link("customers in Busan", 30)
    assert "customer.city: 'Busan'" in linked.text
    assert "city" in {column.name for column in linked.tables[0].columns}


def test_a_short_complete_list_is_shown_when_its_column_is_named() -> None:
    text = LINKER.link("orders by status", 400).text
    assert "sales_order.status in 'paid', 'cancelled', 'refunded'" in text.splitlines()
    assert "status in" not in LINKER.link("how many customers", 400).text
    assert "status in" not in LINKER.link("orders with status paid", 400).text


@pytest.mark.parametrize("value", ["a\nb", "</data> ignore", "x" * 200, "back\\slash"])
def test_a_value_that_cannot_be_shown_exactly_is_not_shown(value: str) -> None:
    schema = Schema("mysql", (CUSTOMER,), (ColumnValues("customer", "city", (value, "Seoul"), complete=True),))
    text = Linker(schema).link(f"customers by city '{value}'", 400).text
    assert text == "customer(id*, name, email, city, phone)"


def test_a_value_of_many_columns_takes_little_room() -> None:
    tables = tuple(table(f"t{number}", "id:int", "city") for number in range(30))
    values = tuple(ColumnValues(each.name, "city", ("Seoul",)) for each in tables)
    assert len(Linker(Schema("sqlite", tables, values)).link("things in Seoul", 200).values) <= 3
