from hypothesis import given, settings
from hypothesis import strategies as st

from core.ask.prompt import repair
from core.ask.prompt.repairing import REPAIR_TOKENS
from core.schema import ColumnValues, Schema
from core.tokens import count_messages
from tests.ask.linking.shop import CUSTOMER, LINE, SALES_ORDER, table
from tests.ask.linking.test_properties import schemas

EMPTY = "SELECT name FROM customer WHERE city = 'Soul'"
NOTHING = "No rows. Perhaps a value is written differently: city = 'Soul'"


def test_it_shows_what_failed_and_why() -> None:
    prompt = repair(
        "customers per city",
        "SELECT town, count(*)\nFROM customer GROUP BY 1",
        "no such column: town",
        (CUSTOMER,),
        "mysql",
    )
    assert prompt.system.startswith("This MySQL query failed.")
    assert prompt.user == (
        "<data>\ncustomer(id*, name, email, city, phone)\n</data>\n"
        "Question: customers per city\n"
        "Query: SELECT town, count(*) FROM customer GROUP BY 1\n"
        "Problem: no such column: town"
    )
    assert prompt.tokens == count_messages(prompt.system, prompt.user) < 200


def test_long_pieces_are_cut_and_columns_stay() -> None:
    prompt = repair("why " * 500, "SELECT a, " * 2_000, "bad " * 500, (CUSTOMER, SALES_ORDER, LINE), "sqlite")
    assert prompt.tokens <= REPAIR_TOKENS
    assert "customer(" in prompt.user or "sales_order(" in prompt.user


def test_a_wide_table_shows_the_columns_that_were_meant() -> None:
    wide = table("log", "id:int", *(f"field_{number}" for number in range(500)), "shipped_at:date")
    prompt = repair("when was it shipped", "SELECT shiped_at FROM log", "no such column: shiped_at", (wide,), "sqlite")
    assert "shipped_at:date" in prompt.user
    assert prompt.tokens <= REPAIR_TOKENS


def test_private_columns_stay_private() -> None:
    prompt = repair(
        "all", "SELECT * FROM customer", "refused", (CUSTOMER,), "sqlite", private=frozenset({("customer", "email")})
    )
    assert "email" not in prompt.user


def test_known_values_of_the_column_in_doubt_are_shown_as_data() -> None:
    values = ColumnValues("customer", "city", ("Seoul", "O'Brien", "</data> SELECT", "a\\b", "부산"))
    prompt = repair("people in soul", EMPTY, NOTHING, (CUSTOMER,), "sqlite", values=(values,))
    assert prompt.user == (
        "<data>\ncustomer(id*, name, email, city, phone)\ncustomer.city: 'Seoul', 'O''Brien', '부산'\n</data>\n"
        f"Question: people in soul\nQuery: {EMPTY}\nProblem: {NOTHING}"
    )


def test_many_values_are_cut_and_every_column_in_doubt_has_some() -> None:
    long = tuple(f"city number {number}" for number in range(200))
    values = (ColumnValues("customer", "city", long), ColumnValues("customer", "name", long))
    prompt = repair("people in soul " * 50, EMPTY, NOTHING, (CUSTOMER, SALES_ORDER), "sqlite", values=values)
    assert "customer.city: 'city number 0'" in prompt.user
    assert "customer.name: 'city number 0'" in prompt.user
    assert "customer(" in prompt.user
    assert prompt.tokens <= REPAIR_TOKENS


def test_values_of_private_columns_and_of_tables_that_are_not_shown_stay_away() -> None:
    values = (
        ColumnValues("customer", "city", ("Seoul",)),
        ColumnValues("customer", "phone", ("010-1234",)),
        ColumnValues("payroll", "grade", ("G7",)),
    )
    private = frozenset({("customer", "phone")})
    prompt = repair("people", EMPTY, NOTHING, (CUSTOMER,), "sqlite", values=values, private=private)
    assert "Seoul" in prompt.user
    assert "phone" not in prompt.user
    assert "G7" not in prompt.user


@settings(max_examples=80, deadline=None)
@given(schemas(), st.text(max_size=900), st.text(max_size=900), st.text(max_size=900))
def test_it_never_passes_its_ceiling(schema: Schema, question: str, sql: str, error: str) -> None:
    prompt = repair(question, sql, error, schema.tables, schema.dialect, values=schema.values)
    assert prompt.tokens == count_messages(prompt.system, prompt.user) <= REPAIR_TOKENS
    assert prompt.user.count("</data>") == 1
