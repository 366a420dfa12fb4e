"""Schemas name things in many habits; a question is put in plain words."""

import pytest

from core.ask.linking import Linker
from core.schema import Column, ColumnValues, Schema, Table
from tests.ask.linking.shop import columns, names, table

OTHERS = tuple(table(f"tbl_thing_{number}", "id:int", "label", "shelf") for number in range(20))


def best(schema_table: Table, question: str) -> list[str]:
    """The tables found in a schema of one table that is meant and twenty that are not."""
    return names(Linker(Schema("sqlite", (*OTHERS, schema_table))).link(question, 25).tables)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("t_dept", "how many departments"),
        ("t_dept", "부서는 몇 개인가요?"),
        ("TBL_EMP", "직원 목록"),
        ("custmast", "how many customers"),
        ("accttxn", "계좌 거래 내역"),
        ("PrchsHdr", "purchases of today"),
        ("diag_cd", "진단별 인원"),
        ("emp", "staff? no, employees"),
        ("pupils", "학생은 모두 몇 명인가요?"),
        ("DailyRainfall", "일별 강수량"),
        ("children", "how many kids"),
        ("도서", "가장 비싼 책은?"),
        ("department", "total qty per dept"),
        ("exam_marks", "refers to ExamMarks"),
        ("q1_2024_forecasts", "forecast of q1"),
    ],
)
def test_a_table_is_found_however_it_is_named(name: str, question: str) -> None:
    assert best(table(name, "id:int", "x"), question)[0] == name


def test_a_column_is_found_by_what_its_short_form_stands_for() -> None:
    wide = table("t_a", "id:int", *(f"f{number}" for number in range(60)), "tot_amt:num", "dlvr_dt:date", "custname")
    linker = Linker(Schema("sqlite", (wide,)))
    found = columns(linker.link("배송 날짜와 고객 이름별 총 금액", 60).tables, "t_a")
    assert {"tot_amt", "dlvr_dt", "custname"} <= found


def test_a_counter_after_how_many_names_nothing() -> None:
    named = table("person", "id:int", "이름", "명")
    found = best(table("t_pat", "id:int", "kind"), "환자는 모두 몇 명인가요?")
    assert found[0] == "t_pat"
    assert names(Linker(Schema("sqlite", (*OTHERS, named))).link("사람은 10명이 넘나요?", 25).tables)[0] == "person"


@pytest.mark.parametrize(
    ("stored", "question"),
    [
        ("no_show", "appointments that were a no-show"),
        ("No-Show", "NO SHOW appointments"),
        ("Home Appliance", "sales of home appliances"),
        ("Research and Development", "people in research and development"),
    ],
)
def test_a_value_is_found_in_another_writing(stored: str, question: str) -> None:
    kinds = Table("appt", (Column("id", "int"), Column("kind", "text")), primary_key=("id",))
    schema = Schema("sqlite", (kinds,), (ColumnValues("appt", "kind", ("Other", stored)),))
    assert [match.value for match in Linker(schema).link(question, 200).values] == [stored]
