"""The workbook, read back from its XML."""

import io
import re
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from core.chat import Cell, Column, ColumnKind, Fact, Facts, Table
from core.export import excel
from core.export.excel import workbook
from tests.adapters.replies import tables

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FACTS = Facts((Fact("cost", "비용", "토큰 0개"),))


class _Book:
    """The sheets of a workbook: cells by their address as (type, raw value, number format)."""

    def __init__(self, file: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(file))
        assert self._zip.testzip() is None
        self.names = self._zip.namelist()
        self.sheets = [sheet.get("name") for sheet in self._xml("xl/workbook.xml").iterfind(".//m:sheet", _NS)]
        texts = self._xml("xl/sharedStrings.xml").iterfind("m:si", _NS) if "xl/sharedStrings.xml" in self.names else ()
        self._texts = ["".join(node.text or "" for node in item.iterfind(".//m:t", _NS)) for item in texts]
        styles = self._xml("xl/styles.xml")
        formats = {item.get("numFmtId"): item.get("formatCode") for item in styles.iterfind(".//m:numFmt", _NS)}
        formats |= {"1": "0", "3": "#,##0", "4": "#,##0.00", "0": "General", "2": "0.00", "21": "hh:mm:ss"}
        self._formats = [formats[str(style.get("numFmtId"))] for style in styles.iterfind("m:cellXfs/m:xf", _NS)]

    def _xml(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self._zip.read(name))

    def sheet(self, number: int) -> ElementTree.Element:
        return self._xml(f"xl/worksheets/sheet{number}.xml")

    def cells(self, number: int = 1) -> dict[str, Any]:
        found = {}
        for cell in self.sheet(number).iterfind(".//m:c", _NS):
            assert cell.find("m:f", _NS) is None, "a formula"
            value, kind = cell.find("m:v", _NS), cell.get("t", "n")
            text = "" if value is None else str(value.text)
            shown = self._texts[int(text)] if kind == "s" else text
            found[str(cell.get("r"))] = (kind, shown, self._formats[int(cell.get("s", "0"))])
        return found


def _book(*rows: tuple[Cell, ...], kinds: tuple[ColumnKind, ...] = ("text",), **more: Any) -> _Book:
    columns = tuple(Column(f"c{at}", kind) for at, kind in enumerate(kinds))
    return _Book(workbook(Table(columns, rows, **more), "SELECT 1", FACTS, "ko", question="매출은?"))


def _one(cell: Cell, kind: ColumnKind, name: str = "total") -> Any:
    table = Table((Column(name, kind),), ((cell,),))
    return _Book(workbook(table, "", None, "en", question="")).cells().get("A2")


@pytest.mark.parametrize(
    ("cell", "kind", "written"),
    [
        (-5, "integer", ("n", "-5", "#,##0")),
        (123456789012345, "integer", ("n", "123456789012345", "#,##0")),
        (1234567890123456, "integer", ("s", "1234567890123456", "General")),
        ("12.30", "decimal", ("n", "12.30", "#,##0.00")),
        ("1234567890123.45", "decimal", ("n", "1234567890123.45", "#,##0.00")),
        ("12345678901234.567", "decimal", ("s", "12345678901234.567", "General")),
        ("12.3400000000000000000", "decimal", ("n", "12.34", "#,##0.00")),
        ("0.0000950074", "decimal", ("n", "0.0000950074", "#,##0.0000000000")),
        ("1E+400", "decimal", ("s", "1E+400", "General")),
        ("NaN", "decimal", ("s", "NaN", "General")),
        ("=1+1", "decimal", ("s", "=1+1", "General")),
        (0.5, "float", ("n", "0.5", "General")),
        (float("nan"), "float", ("s", "nan", "General")),
        (float("inf"), "float", ("s", "inf", "General")),
        (True, "boolean", ("b", "1", "General")),
        ("2024-03-05", "date", ("n", "45356", "yyyy-mm-dd")),
        ("1899-12-31", "date", ("s", "1899-12-31", "General")),
        ("2024-02-30", "date", ("s", "2024-02-30", "General")),
        ("2024-03-05T12:00:00", "datetime", ("n", "45356.5", "yyyy-mm-dd hh:mm:ss")),
        ("2024-03-05T12:00:00.250000", "datetime", ("n", "45356.50000289352", "yyyy-mm-dd hh:mm:ss.000")),
        ("2024-03-05T12:00:00+09:00", "datetime", ("n", "45356.5", 'yyyy-mm-dd hh:mm:ss "UTC+09:00"')),
        ("yesterday", "datetime", ("s", "yesterday", "General")),
        ("12:00:00", "time", ("n", "0.5", "hh:mm:ss")),
        ("838:59:59", "time", ("s", "838:59:59", "General")),
        ("0xff", "binary", ("s", "0xff", "General")),
        (None, "text", None),
        ("", "text", ("s", "", "General")),
    ],
)
def test_values_are_exact(cell: Cell, kind: ColumnKind, written: Any) -> None:
    assert _one(cell, kind) == written


def test_ids_and_years_have_no_separators() -> None:
    assert _one(2024, "integer", "order_year") == ("n", "2024", "0")
    assert _one("2024.50", "decimal", "주문번호") == ("n", "2024.50", "0.00")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "http://x.example/", "mailto:a@b.c", "internal:A1", "{=1}", "001", "1e5"]
)
def test_a_text_stays_a_text(text: str) -> None:
    file = workbook(Table((Column(text),), ((text,),)), text, None, "en", question=text)
    book = _Book(file)
    assert book.cells()["A1"][:2] == book.cells()["A2"][:2] == ("s", text)
    assert [book.cells(2)[at][:2] for at in ("B1", "B2")] == [("s", text), ("s", text)]
    assert b"hyperlink" not in b"".join(zipfile.ZipFile(io.BytesIO(file)).read(name) for name in book.names)


def test_what_xml_or_excel_cannot_hold() -> None:
    assert _one("a\x00b\x1b[31m\ud800\uffffc\r\nd\te", "text")[1] == "a\ufffdb\ufffd[31m\ufffd\ufffdc\nd\te"
    long, emoji = _one("x" * 40_000, "text")[1], _one("😀" * 20_000, "text")[1]
    assert len(long) == 32_767 and long.endswith("x…")
    assert len(emoji.encode("utf-16-le")) <= 2 * 32_767 and emoji.endswith("😀…")


def test_the_sheet_is_ready_to_use() -> None:
    book = _book(("서울", 1), (None, 2), kinds=("text", "integer"))
    assert book.sheets == ["데이터", "근거"]
    sheet = book.sheet(1)
    pane = sheet.find(".//m:pane", _NS)
    assert pane is not None and (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    filtered = sheet.find("m:autoFilter", _NS)
    assert filtered is not None and filtered.get("ref") == "A1:B3"
    assert {at: value[1] for at, value in book.cells().items()} == {
        "A1": "c0", "B1": "c1", "A2": "서울", "B2": "1", "B3": "2",
    }  # fmt: skip


def test_widths_follow_what_is_written() -> None:
    sheet = _book(("가" * 12, "x" * 500, ""), kinds=("text", "text", "text")).sheet(1)
    widths = [float(str(column.get("width"))) for column in sheet.iterfind(".//m:col", _NS)]
    assert 30 < widths[0] < 40 and 60 < widths[1] < 62 and 8 < widths[2] < 9


def test_the_second_sheet_says_what_the_data_rests_on() -> None:
    cells = _book(("a",), truncated=True).cells(2)
    assert [cells[f"A{row}"][1] + "=" + cells[f"B{row}"][1] for row in (1, 2, 3, 4)] == [
        "질문=매출은?",
        "SQL=SELECT 1",
        "비용=토큰 0개",
        "참고=처음 1행만 읽었습니다. 데이터가 더 있습니다.",
    ]


def test_what_is_beyond_a_sheet_is_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    monkeypatch.setattr(excel, "MOST_COLUMNS", 2)
    book = _book(*[(row, 2, 3) for row in range(5)], kinds=("integer", "integer", "integer"))
    assert sorted(book.cells()) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert [value[1] for at, value in book.cells(2).items() if at in ("B4", "B5")] == [
        "Excel에는 최대 2행까지만 담을 수 있어 나머지는 뺐습니다.",
        "Excel에는 최대 2열까지만 담을 수 있어 나머지는 뺐습니다.",
    ]


def test_a_table_without_columns_or_rows() -> None:
    assert _book(kinds=()).cells() == {}
    assert list(_book().cells()) == ["A1"]


@settings(max_examples=50, deadline=None)
@given(tables())
def test_any_table_is_a_workbook_that_keeps_its_values(table: Table) -> None:
    cells = _Book(workbook(table, "SELECT 1", FACTS, "en", question="q")).cells()
    for number, row in enumerate(table.rows, start=2):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            written = cells.get(f"{chr(ord('A') + at)}{number}")
            if cell is None:
                assert written is None
                continue
            assert written is not None
            if isinstance(cell, bool):
                assert written == ("b", str(int(cell)), "General")
            elif column.kind in ("integer", "decimal") and written[0] == "n":
                assert Decimal(written[1]) == Decimal(cell)
            elif column.kind == "datetime" and written[0] == "n":
                days = (datetime.fromisoformat(str(cell)) - datetime(1899, 12, 30)) / timedelta(days=1)
                early = 1 if days < 61 else 0  # Excel believes in 29 February 1900
                assert float(written[1]) == pytest.approx(days - early, abs=1e-6)
            elif isinstance(cell, str):
                assert written[0] == "s"
                assert re.sub("[^ -~]", "", written[1]) == re.sub("[^ -~]", "", cell)
