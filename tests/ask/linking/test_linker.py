import re

import pytest

from core.ask.linking import Linker
from core.schema import Column, ColumnValues, Documentation, ForeignKey, GlossaryEntry, Schema, Table
from core.tokens import count
from tests.ask.linking.shop import CUSTOMER, SALES_ORDER, SHOP, columns, names, table
from tests.bench.schemas import made_up

LINKER = Linker(SHOP)


def test_the_whole_schema_when_it_fits() -> None:
    linked = LINKER.link("How many customers?", 400)
    assert linked.whole
    assert sorted(names(linked.tables)) == sorted(names(SHOP.tables))
    assert linked.tokens == count(linked.text)
    assert "customer(id*, name, email, city, phone)" in linked.text.splitlines()
    assert not LINKER.prunes(linked)


def test_keys_types_and_arrows_are_written_short() -> None:
    text = LINKER.link("anything", 400).text
    assert "product(id*, name, price:num, category_id->category.id)" in text
    assert "ordered_at:datetime" in text


def test_the_best_table_comes_first() -> None:
    assert LINKER.link("capacity of each warehouse", 400).tables[0].name == "warehouse"


def test_a_small_budget_keeps_what_the_question_names_and_joins_it() -> None:
    linked = LINKER.link("total amount of order lines per customer name", 50)
    assert linked.tokens <= 50
    assert {"order_line", "sales_order", "customer"} <= set(names(linked.tables))
    assert "amount" in columns(linked.tables, "order_line")
    assert "name" in columns(linked.tables, "customer")
    assert not linked.whole
    assert LINKER.prunes(linked)


def test_a_foreign_key_points_only_to_listed_tables() -> None:
    linked = Linker(Schema("sqlite", (SALES_ORDER, CUSTOMER))).link("sales orders by status", 17)
    assert names(linked.tables) == ["sales_order"]
    assert "customer_id" in columns(linked.tables, "sales_order")
    assert "->" not in linked.text
    assert linked.tables[0].foreign_keys == ()


def test_a_korean_question_finds_english_names() -> None:
    linked = LINKER.link("고객별 주문 상태", 45)
    assert {"customer", "sales_order"} <= set(names(linked.tables))


def test_an_english_question_finds_korean_names() -> None:
    schema = Schema("postgres", (table("고객", "id", "이름"), table("창고", "id", "주소"), table("주문", "id", "금액")))
    linked = Linker(schema).link("How many customers?", 20)
    assert linked.tables[0].name == "고객"
    assert '"고객"(id*' in linked.text


def test_a_korean_comment_is_found_and_shown() -> None:
    schema = Schema(
        "mysql",
        (
            Table(
                "tb_a01",
                (Column("c1", "int"), Column("c2", "decimal(10,2)", comment="반품 수수료")),
                comment="물류 반품",
            ),
            Table("tb_a02", (Column("c1", "int"), Column("c2", "text", comment="기사 이름"))),
        ),
    )
    linked = Linker(schema).link("반품 수수료 평균은?", 40)
    assert linked.tables[0].name == "tb_a01"
    assert "c2:num (반품 수수료)" in linked.text


def test_documentation_leads_to_a_column() -> None:
    schema = Schema("sqlite", (table("t1", "id", "x", "y"), table("t2", "id", "x", "y")))
    linker = Linker(schema, documentation=[Documentation("t2", "y", "margin after rebates", ("마진", "이익률"))])
    for question in ("average margin", "이익률이 가장 높은 것"):
        linked = linker.link(question, 9)
        assert names(linked.tables) == ["t2"]
        assert "y" in columns(linked.tables, "t2")


def test_glossary_terms_are_shown_and_lead_to_their_tables() -> None:
    entry = GlossaryEntry("net sales", "SUM(order_line.amount)", ("순매출",))
    linker = Linker(SHOP, glossary=[entry])
    for question in ("net sales this year", "올해 순매출은?", "순 매출을 알려줘"):
        linked = linker.link(question, 60)
        assert linked.glossary == ("net sales = SUM(order_line.amount)",)
        assert "net sales = SUM(order_line.amount)" in linked.text.splitlines()
        assert "amount" in columns(linked.tables, "order_line")
    assert linker.link("how many customers", 60).glossary == ()


def test_a_glossary_line_that_is_too_long_is_not_shown_in_part() -> None:
    linker = Linker(SHOP, glossary=[GlossaryEntry("vip", "customer.name IN (" + "'someone', " * 40 + "'x')")])
    linked = linker.link("how many vip", 60)
    assert linked.glossary == ()
    assert linked.tables[0].name == "customer"


def test_the_tables_of_the_question_before_are_preferred() -> None:
    assert names(LINKER.link("and only the cheapest 3?", 15, boost=("warehouse",)).tables)[0] == "warehouse"


@pytest.mark.parametrize("question", ["", "?", "sdkfj qwoei", "🙂", "그래서?", "x" * 2_000, "'" * 50])
def test_a_question_that_names_nothing_still_gets_tables(question: str) -> None:
    linked = LINKER.link(question, 60)
    assert linked.tables
    assert linked.tokens <= 60


def test_no_tables() -> None:
    linked = Linker(Schema("sqlite", ())).link("How many customers?", 300)
    assert (linked.tables, linked.text, linked.tokens, linked.whole) == ((), "", 0, True)


def test_one_table() -> None:
    linked = Linker(Schema("sqlite", (CUSTOMER,))).link("How many customers?", 300)
    assert linked.text == "customer(id*, name, email, city, phone)"


def test_a_budget_that_is_too_small_is_never_passed() -> None:
    for budget in range(-1, 12):
        linked = LINKER.link("customers in Seoul", budget)
        assert linked.tokens <= max(0, budget)


def test_two_thousand_columns() -> None:
    wide = table("sensor_log", "id:int", *(f"reading_{number}:float" for number in range(2_000)))
    linked = Linker(Schema("postgres", (wide, CUSTOMER))).link("average reading_1234 of the sensor log", 200)
    assert {"id", "reading_1234"} <= columns(linked.tables, "sensor_log") or "reading_1" in linked.text
    assert 150 < linked.tokens <= 200
    assert len(linked.tables[0].columns) < 60


def test_a_table_of_nothing_but_keys_loses_some() -> None:
    others = tuple(table(f"dimension_{number}", "id:int", "name") for number in range(120))
    fact = table(
        "sales_fact",
        *(f"dimension_{number}_id:int" for number in range(120)),
        "amount:numeric",
        key=("dimension_0_id",),
        to={f"dimension_{number}_id": f"dimension_{number}" for number in range(120)},
    )
    linked = Linker(Schema("postgres", (*others, fact))).link("total amount of the sales fact", 120)
    assert "amount" in columns(linked.tables, "sales_fact")
    assert linked.tokens <= 120


def test_ten_thousand_tables() -> None:
    needle = table("parking_permit", "id:int", "plate", "valid_until:date")
    schema = made_up(10_000)
    linked = Linker(Schema("postgres", (*schema.tables, needle))).link("parking permits by plate", 300)
    assert linked.tables[0].name == "parking_permit"
    assert linked.tokens <= 300


def test_the_same_question_gives_the_same_answer() -> None:
    schema = made_up(300)
    question = "customers with the highest order amount per region"
    assert Linker(schema).link(question, 250) == Linker(schema).link(question, 250)


def test_tables_of_several_schemas_are_qualified() -> None:
    here = Table("person", (Column("id", "int"), Column("club_id", "int")), "club", primary_key=("id",))
    there = Table(
        "visit",
        (Column("id", "int"), Column("person_id", "int")),
        "gym",
        primary_key=("id",),
        foreign_keys=(ForeignKey(("person_id",), "club.person", ("id",)),),
    )
    text = Linker(Schema("postgres", (here, there))).link("visits of each person", 100).text
    assert "gym.visit(id*, person_id->club.person.id)" in text


def test_how_much_of_a_question_the_schema_knows() -> None:
    assert LINKER.covers("customer names in Seoul") == 1.0
    assert LINKER.covers("인기 있는 유튜브 채널") == 0.0
    assert LINKER.covers("") == 0.0


def test_private_columns_are_nowhere() -> None:
    private = frozenset({("customer", "email"), ("customer", "city"), ("sales_order", "status")})
    linker = Linker(SHOP, glossary=[GlossaryEntry("reach", "customer.email IS NOT NULL")])
    for budget in (40, 80, 400):
        linked = linker.link("email and city of customers in Seoul with status paid and reach", budget, private=private)
        assert not {"email", "city"} & columns(linked.tables, "customer")
        assert "status" not in columns(linked.tables, "sales_order")
        assert not {(match.table, match.column) for match in linked.values} & private
        assert not re.search(r"\b(email|city|status|Seoul|paid)\b", linked.text)
    assert linked.whole
    assert not linker.prunes(linked, private)


def test_a_private_key_leaves_no_trace_in_keys() -> None:
    person = table("person", "ssn", "name", key=("ssn",))
    claim = Table(
        "claim", (Column("id", "int"), Column("ssn", "text")), foreign_keys=(ForeignKey(("ssn",), "person", ("ssn",)),)
    )
    private = frozenset({("person", "ssn"), ("claim", "ssn")})
    linked = Linker(Schema("sqlite", (person, claim))).link("claims per person", 100, private=private)
    assert "ssn" not in repr(linked.tables)
    assert "ssn" not in linked.text


def test_a_table_whose_columns_are_all_private_is_not_named() -> None:
    secret = table("salary", "amount", key=())
    linked = Linker(Schema("sqlite", (CUSTOMER, secret))).link("salary", 99, private=frozenset({("salary", "amount")}))
    assert "salary" not in linked.text
    assert names(linked.tables) == ["customer"]


def test_values_of_unknown_tables_do_no_harm() -> None:
    schema = Schema("sqlite", (CUSTOMER,), (ColumnValues("gone", "city", ("Seoul",)),))
    assert Linker(schema).link("customers in Seoul", 100, boost=("gone",)).values == ()
