from hypothesis import given, settings
from hypothesis import strategies as st

from core.ask.prompt import repair
from core.ask.prompt.repairing import REPAIR_TOKENS
from core.schema import Schema
from core.tokens import count_messages
from tests.ask.linking.shop import CUSTOMER, LINE, SALES_ORDER, table
from tests.ask.linking.test_properties import schemas


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


@settings(max_examples=80, deadline=None)
@given(schemas(), st.text(max_size=900), st.text(max_size=900), st.text(max_size=900))
def test_it_never_passes_its_ceiling(schema: Schema, question: str, sql: str, error: str) -> None:
    prompt = repair(question, sql, error, schema.tables, schema.dialect)
    assert prompt.tokens == count_messages(prompt.system, prompt.user) <= REPAIR_TOKENS
    assert prompt.user.count("</data>") == 1
