"""The file for a spreadsheet."""

import csv
import io
import re

import pytest
from hypothesis import given

from core.chat import Cell, Column, ColumnKind, Table
from core.export.csv_file import csv_chunks
from tests.adapters.replies import tables


def _read(table: Table) -> list[list[str]]:
    text = b"".join(csv_chunks(table)).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def _one(cell: Cell, kind: ColumnKind = "text") -> str:
    return _read(Table((Column("value", kind), Column("end")), ((cell, ""),)))[1][0]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_is_text(sign: str) -> None:
    assert _one(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"
    heading = Table((Column(f"{sign}heading"),), ())
    assert _read(heading) == [[f"'{sign}heading"]]


@pytest.mark.parametrize(
    ("cell", "kind", "written"),
    [
        (-5, "integer", "-5"),
        ("-12.30", "decimal", "-12.30"),
        (-0.5, "float", "-0.5"),
        (1e300, "float", "1e+300"),
        ("-1+cmd", "decimal", "'-1+cmd"),
        ("=1", "integer", "'=1"),
        (True, "boolean", "true"),
        (None, "text", ""),
        ('a "b", c\nd', "text", 'a "b", c\nd'),
        ("서울", "text", "서울"),
    ],
)
def test_values_are_exact(cell: Cell, kind: ColumnKind, written: str) -> None:
    assert _one(cell, kind) == written


def test_a_long_table_comes_whole_and_in_order() -> None:
    rows = tuple((number, f"row {number}") for number in range(1_203))
    read = _read(Table((Column("n", "integer"), Column("name")), rows))
    assert read[1:] == [[str(number), name] for number, name in rows]


@given(tables())
def test_no_cell_of_any_table_begins_a_formula(table: Table) -> None:
    numbers = re.compile(r"-?[\d.]+([eE][+-]?\d+)?|-inf")
    for row in _read(table):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) or (
                numbers.fullmatch(cell)
            )
