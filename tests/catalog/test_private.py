"""Which columns are private: names, comments, and the marks that say it more exactly."""

import pytest

from core.catalog.private import Mark, private_columns, without_values
from core.schema import Column, ColumnValues, Schema, Table

SCHEMA = Schema(
    "postgres",
    (
        Table("staff", (Column("id", "int"), Column("salary", "int"), Column("phone", "text"), Column("급여", "int"))),
        Table("staff", (Column("salary", "int"), Column("Salary", "int")), schema="hr"),
    ),
    (ColumnValues("staff", "salary", ("1",)), ColumnValues("hr.staff", "salary", ("2",))),
)
BY_NAME = {("staff", "phone")}


@pytest.mark.parametrize(
    ("marks", "private"),
    [
        ((), BY_NAME),
        ((Mark("staff", "salary", True),), BY_NAME | {("staff", "salary")}),
        ((Mark("STAFF", "SALARY", True),), BY_NAME | {("staff", "salary")}),
        ((Mark("*", "salary", True),), BY_NAME | {("staff", "salary"), ("hr.staff", "salary"), ("hr.staff", "Salary")}),
        ((Mark("hr.*", "*", True),), BY_NAME | {("hr.staff", "salary"), ("hr.staff", "Salary")}),
        ((Mark("staff", "급*", True),), BY_NAME | {("staff", "급여")}),
        # A mark outweighs what the name says.
        ((Mark("staff", "phone", False),), set()),
        ((Mark("*", "*", False, everywhere=True),), set()),
        # This connection before all of them, even as a pattern against a plain name.
        ((Mark("staff", "phone", True, everywhere=True), Mark("*", "*", False)), set()),
        ((Mark("*", "*", False), Mark("staff", "phone", True, everywhere=True)), set()),
        # The plain column before the plain table, both before patterns, whichever came first.
        ((Mark("staff", "salary", True), Mark("*", "*", False)), {("staff", "salary")}),
        ((Mark("staff", "*", False), Mark("*", "salary", True), Mark("hr.staff", "salary", False)),
         {("staff", "salary"), }),
        # A later one before an earlier one that is as exact.
        ((Mark("st*", "sal*", True), Mark("*ff", "*ary", False)), BY_NAME),
        ((Mark("*ff", "*ary", False), Mark("st*", "sal*", True)), BY_NAME | {("staff", "salary")}),
        # A pattern's other signs mean themselves.
        ((Mark("staff", "s.l.ry", True), Mark("sta[f]f", "salary", True), Mark("", "", True)), BY_NAME),
    ],
)  # fmt: skip
def test_the_most_exact_mark_decides(marks: tuple[Mark, ...], private: set[tuple[str, str]]) -> None:
    assert private_columns(SCHEMA, marks) == private


def test_values_of_private_columns_are_left_out() -> None:
    private = private_columns(SCHEMA, [Mark("staff", "salary", True)])
    assert [each.table for each in without_values(SCHEMA, private).values] == ["hr.staff"]
    assert without_values(SCHEMA, frozenset()) is SCHEMA
