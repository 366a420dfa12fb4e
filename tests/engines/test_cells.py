"""Cells: every cell of a column is of the column's kind, within the limits."""

import json
import math
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat import ColumnKind
from core.engines.base import Limits
from core.engines.cells import Answer, Heading, read, unique


def answer(rows: Sequence[Sequence[object]], *headings: Heading) -> Answer:
    left = list(rows)

    def fetch(count: int) -> Sequence[Sequence[object]]:
        taken, left[:] = left[:count], left[count:]
        return taken

    return Answer(headings, fetch)


def column(values: Sequence[object], kind: ColumnKind | None = None, **limits: Any) -> tuple[str, list[object]]:
    columns, rows, _ = read(answer([(value,) for value in values], Heading("a", kind)), Limits(**limits))
    return columns[0].kind, [row[0] for row in rows]


@pytest.mark.parametrize(
    ("declared", "values", "kind", "cells"),
    [
        (None, [1, None, 2], "integer", [1, None, 2]),
        (None, [1, 2.5], "float", [1.0, 2.5]),
        (None, [1, Decimal("2.50")], "decimal", ["1", "2.50"]),
        (None, [1, "x"], "text", ["1", "x"]),
        (None, [True, False], "boolean", [True, False]),
        (None, [True, "x", 2.0], "text", ["true", "x", "2.0"]),
        (None, [None, None], "text", [None, None]),
        ("integer", [], "integer", []),
        ("integer", [None], "integer", [None]),
        ("integer", ["12", "-3"], "integer", [12, -3]),
        ("integer", ["12", "nope"], "text", ["12", "nope"]),
        ("integer", [Decimal("12"), Decimal("1.5")], "decimal", ["12", "1.5"]),
        ("decimal", ["12.30", "0.00"], "decimal", ["12.30", "0.00"]),
        ("decimal", ["1E+3", 7], "decimal", ["1000", "7"]),
        ("decimal", ["1.0", "NaN"], "text", ["1.0", "NaN"]),
        ("decimal", [Decimal("Infinity")], "text", ["Infinity"]),
        ("decimal", [Decimal("1E-7")], "decimal", ["0.0000001"]),
        ("float", ["1.5", "NaN"], "text", ["1.5", "NaN"]),
        ("float", [1, "2.25"], "float", [1.0, 2.25]),
        (None, [math.inf, 1.0, -math.inf, math.nan], "text", ["Infinity", "1.0", "-Infinity", "NaN"]),
        ("date", ["2024-02-29", None], "date", ["2024-02-29", None]),
        ("date", ["0000-00-00", "2024-01-01"], "text", ["0000-00-00", "2024-01-01"]),
        ("date", ["0044-03-15 BC"], "text", ["0044-03-15 BC"]),
        ("date", ["infinity"], "text", ["infinity"]),
        ("datetime", ["2024-01-02 03:04:05.678+09"], "datetime", ["2024-01-02T03:04:05.678+09:00"]),
        ("datetime", ["2024-01-02 03:04:05+05:30"], "datetime", ["2024-01-02T03:04:05+05:30"]),
        ("time", ["10:00:00", "30:00:00"], "text", ["10:00:00", "30:00:00"]),
        ("time", ["10:00:00.5"], "time", ["10:00:00.5"]),
        ("boolean", ["t", "f"], "boolean", [True, False]),
        ("boolean", ["1", 0], "boolean", [True, False]),
        ("boolean", [1, 5, 0], "integer", [1, 5, 0]),
        (None, [date(2024, 1, 2), datetime(2024, 1, 2, 3)], "datetime", ["2024-01-02T00:00:00", "2024-01-02T03:00:00"]),
        (None, [datetime(2024, 1, 2, tzinfo=UTC)], "datetime", ["2024-01-02T00:00:00+00:00"]),
        (None, [time(1, 2, 3)], "time", ["01:02:03"]),
        (None, [timedelta(days=1, hours=2)], "text", ["1 day, 2:00:00"]),
        (None, [b"\x00\xff"], "binary", ["0x00ff"]),
        (None, [b"a" * 33], "binary", ["0x" + "61" * 32 + "…"]),
        (None, [{"가": [1]}, [2, None]], "text", ['{"가": [1]}', "[2, null]"]),
        (None, [uuid.UUID(int=1)], "text", ["00000000-0000-0000-0000-000000000001"]),
        (None, ["2024-01-02", None, "2024-03-04"], "date", ["2024-01-02", None, "2024-03-04"]),
        (None, ["2024-01-02 10:00", None], "datetime", ["2024-01-02T10:00:00", None]),
        (None, ["2024-01-02T10:00:01Z"], "datetime", ["2024-01-02T10:00:01+00:00"]),
        (None, ["2024-01-02", "soon"], "text", ["2024-01-02", "soon"]),
        ("text", ["2024-01-02"], "text", ["2024-01-02"]),
        (None, ["2024-13-02"], "text", ["2024-13-02"]),
    ],
)  # fmt: skip
def test_kinds(declared: ColumnKind | None, values: list[object], kind: str, cells: list[object]) -> None:
    assert column(values, declared) == (kind, cells)


KINDS: dict[str, type | tuple[type, ...]] = {"integer": int, "float": float, "boolean": bool}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(max_size=50), st.binary(max_size=50),
    st.dates(), st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=9))])), st.times(),
    st.uuids(), st.timedeltas(), st.lists(st.integers()),
)  # fmt: skip


@given(
    st.lists(ANYTHING, max_size=6),
    st.sampled_from([None, "integer", "decimal", "float", "date", "time", "datetime", "boolean", "text", "binary"]),
)
def test_every_cell_is_of_its_kind_and_json_keeps_it(values: list[object], declared: ColumnKind | None) -> None:
    kind, cells = column(values, declared)
    assert json.loads(json.dumps(cells, allow_nan=False)) == cells
    for value, cell in zip(values, cells, strict=True):
        assert (value is None) == (cell is None)
        if cell is None:
            continue
        assert type(cell) is KINDS.get(kind, str)
        if kind == "decimal":
            assert Decimal(str(cell)).is_finite()
        if kind == "date":
            date.fromisoformat(str(cell))
        if kind == "datetime":
            datetime.fromisoformat(str(cell))


def test_long_cells_are_cut_between_characters() -> None:
    kind, cells = column(["가" * 100, "a" * 100, "a" * 10], cell_bytes=11)
    assert kind == "text"
    assert cells == ["가가가…", "a" * 11 + "…", "a" * 10]
    assert column(["1" * 30], "decimal", cell_bytes=20) == ("text", ["1" * 20 + "…"])


@pytest.mark.parametrize(
    ("there", "limit", "shown", "truncated"), [(5, 5, 5, False), (6, 5, 5, True), (0, 5, 0, False)]
)
def test_the_row_limit_tells_whether_there_was_more(there: int, limit: int, shown: int, truncated: bool) -> None:
    columns, rows, cut = read(answer([(n,) for n in range(there)], Heading("n")), Limits(rows=limit))
    assert (len(rows), cut, columns[0].name) == (shown, truncated, "n")


def test_never_asks_for_more_than_one_row_beyond_the_limit() -> None:
    asked: list[int] = []

    def fetch(count: int) -> list[tuple[int]]:
        asked.append(count)
        return [(1,)] * count

    read(Answer((Heading("n"),), fetch), Limits(rows=2_500))
    assert sum(asked) == 2_501
    assert max(asked) <= 1_000


def test_heavy_rows_come_in_small_batches_and_stop_at_the_total() -> None:
    asked: list[int] = []

    def fetch(count: int) -> list[tuple[str]]:
        asked.append(count)
        return [("x" * 100_000,)] * count

    _, rows, cut = read(Answer((Heading("n"),), fetch), Limits(rows=10_000, cell_bytes=10_000, total_bytes=2_000_000))
    assert cut
    assert len(rows) == 201
    assert max(asked[1:]) <= 11


def test_headings_are_unique_and_never_empty() -> None:
    assert unique(["a", "a", "a_2", "", " ", "a"]) == ["a", "a_3", "a_2", "column_4", "column_5", "a_4"]
    assert unique(["?column?", "?column?"]) == ["?column?", "?column?_2"]
    assert unique([]) == []


@given(st.lists(st.sampled_from(["a", "a_2", "", "b", "column_1"]), max_size=12))
def test_unique_is_unique(names: list[str]) -> None:
    result = unique(names)
    assert len(set(result)) == len(names)
    assert all(name.strip() for name in result)
