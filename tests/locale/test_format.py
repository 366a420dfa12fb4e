import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat import Cell, ColumnKind
from core.locale import format_cell, format_date, format_money, format_number
from core.locale.format import cell_formatter, format_duration, format_month, month_name, reads_as_label


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1204, "1,204"),
        (-5, "-5"),
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (1234.5678, "1,234.57"),
        (0.000012345, "0.00001234"),
        (-0.0, "0"),
        (1e300, "1e+300"),
        (float("nan"), "NaN"),
        (float("-inf"), "-∞"),
        (Decimal("12.30"), "12.30"),
        (Decimal("1234.567890123"), "1,234.57"),
        (Decimal("0.0001234567"), "0.0001235"),
        (Decimal("1E+5000"), "1e+5000"),
        (Decimal("NaN"), "NaN"),
        (10**38 - 1, "99,999,999,999,999,999,999,999,999,999,999,999,999"),
    ],
)
def test_numbers(value: int | float | Decimal, shown: str) -> None:
    assert format_number("en", value) == shown
    assert format_number("ko-KR", value) == shown


def test_a_number_too_long_for_python_to_print() -> None:
    assert format_number("en", 10**5000) == "1.00000e+5000"
    assert format_cell("en", 10**5000, "integer", "id") == "1.00000e+5000"


def test_digits_are_exact_even_beyond_floats() -> None:
    assert format_number("en", 10**20 + 1, 2) == "100,000,000,000,000,000,001.00"
    assert format_number("en", 1234.5, 1) == "1,234.5"
    assert format_number("en", -0.001, 2) == "0.00"
    assert format_number("en", float("inf"), 2) == "∞"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "$0.00"),
        (0.00004, "$0.00004"),
        (Decimal("0.0123456"), "$0.012"),
        (0.0999, "$0.10"),
        (12.3, "$12.30"),
        (1234567, "$1,234,567.00"),
        (Decimal("-0.00004"), "-$0.00004"),
    ],
)
def test_money(amount: Decimal | float, shown: str) -> None:
    assert format_money("en", amount) == shown
    assert format_money("ko", amount) == shown.replace("$", "US$")


def test_money_of_a_currency_without_places() -> None:
    assert format_money("ko", 1200, "KRW") == "₩1,200"
    assert format_money("en", Decimal(1200), "KRW") == "₩1,200"


def test_dates() -> None:
    assert format_date("en", date(2024, 3, 5)) == "Mar 5, 2024"
    assert format_date("ko", date(2024, 3, 5)) == "2024. 3. 5."
    moment = datetime(2024, 3, 5, 20, 30, tzinfo=UTC)
    assert format_date("en", moment, "Asia/Seoul") == "Mar 6, 2024, 05:30"
    assert format_date("ko", moment, "Asia/Seoul") == "2024. 3. 6. 05:30"
    assert format_date("en", moment.replace(tzinfo=None), "Asia/Seoul") == "Mar 6, 2024, 05:30"
    assert format_date("en", moment) == "Mar 5, 2024, 20:30"
    assert format_date("en", moment, "No/Such/Place") == "Mar 5, 2024, 20:30"
    assert format_date("en", moment, "../../etc/passwd") == "Mar 5, 2024, 20:30"


def test_months_and_durations() -> None:
    assert (format_month("en", 2024, 3), format_month("ko", 2024, 3)) == ("Mar 2024", "2024년 3월")
    assert (month_name("en", 12), month_name("ko", 12)) == ("Dec", "12월")
    assert [format_duration("en", s) for s in (0.038, 2.44, 200)] == ["38 ms", "2.4 s", "3 min 20 s"]
    assert [format_duration("ko", s) for s in (0.038, 2.44, 200)] == ["38ms", "2.4초", "3분 20초"]


@pytest.mark.parametrize(
    ("value", "kind", "name", "shown"),
    [
        (None, "text", "x", "–"),
        ("", "text", "x", ""),
        (2024, "integer", "total", "2,024"),
        (2024, "integer", "order_year", "2024"),
        (12345, "integer", "customer_id", "12345"),
        (12345, "integer", "CustomerId", "12345"),
        (12345, "integer", "주문번호", "12345"),
        (2024.0, "float", "year", "2024"),
        ("1234.50", "decimal", "total", "1,234.50"),
        ("not a number", "decimal", "total", "not a number"),
        ("2024-03-05", "date", "d", "Mar 5, 2024"),
        ("2024-02-30", "date", "d", "2024-02-30"),
        ("2024-03-05T14:30:00", "datetime", "d", "Mar 5, 2024 14:30"),
        ("2024-03-05T14:30:05.123456+09:00", "datetime", "d", "Mar 5, 2024 14:30:05 +09:00"),
        ("2024-03-05 14:30:00+00:00", "datetime", "d", "Mar 5, 2024 14:30 UTC"),
        ("2024-03-05T14:30:00Z", "datetime", "d", "Mar 5, 2024 14:30 UTC"),
        ("yesterday", "datetime", "d", "yesterday"),
        (True, "boolean", "b", "yes"),
        (1, "boolean", "b", "1"),
        ("14:30:00", "time", "t", "14:30:00"),
        ("0xff", "binary", "b", "0xff"),
        ("서울", "integer", "n", "서울"),
    ],
)
def test_cells(value: Cell, kind: ColumnKind, name: str, shown: str) -> None:
    assert format_cell("en", value, kind, name) == shown


def test_cells_in_korean() -> None:
    assert format_cell("ko", False, "boolean") == "아니요"
    assert format_cell("ko", "2024-03-05T14:30:00", "datetime") == "2024. 3. 5. 14:30"


@pytest.mark.parametrize(
    "name", ["id", "customer_id", "customerID", "year", "order_no", "고객번호", "YEAR(d)", "zip_code"]
)
def test_names_of_labels(name: str) -> None:
    assert reads_as_label(name)


@pytest.mark.parametrize("name", ["", "total", "years", "no", "paid", "grid", "매출", "amount", "월"])
def test_names_of_amounts(name: str) -> None:
    assert not reads_as_label(name)


KINDS: tuple[ColumnKind, ...] = (
    *("integer", "decimal", "float", "date", "time", "datetime", "boolean", "text", "binary"),
)
CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)


@given(
    value=CELLS, kind=st.sampled_from(KINDS), name=st.text(max_size=12), locale=st.sampled_from(["en", "ko", "fr", ""])
)
def test_any_cell_of_any_kind_is_shown(value: Cell, kind: ColumnKind, name: str, locale: str) -> None:
    shown = format_cell(locale, value, kind, name)
    assert shown or value == ""


@given(st.integers())
def test_an_integer_keeps_its_digits(value: int) -> None:
    if abs(value) < 10**40:
        assert int(format_number("ko", value).replace(",", "")) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**30), max_value=10**30))
def test_money_like_decimals_are_exact(value: Decimal) -> None:
    assert Decimal(format_cell("en", str(value), "decimal", "total").replace(",", "")) == value


def test_ten_thousand_cells_are_fast() -> None:
    kinds: tuple[ColumnKind, ...] = ("integer", "float", "decimal", "datetime", "date", "text", "boolean", "float")
    rows = [
        (
            n,
            n / 7,
            f"{n}.25",
            f"2024-{n % 12 + 1:02}-05T10:{n % 60:02}:00",
            f"2024-01-{n % 28 + 1:02}",
            "서울",
            True,
            None,
        )
        for n in range(1250)
    ]
    format_cell("ko", "2024-01-01", "date")
    start = time.perf_counter()
    formatters = [cell_formatter("ko", kind, "x") for kind in kinds]
    for row in rows:
        for formatter, cell in zip(formatters, row, strict=True):
            formatter(cell)
    # 60 ms is the aim, and about 7 ms is usual; the margin is for a busy machine.
    assert time.perf_counter() - start < 0.06
