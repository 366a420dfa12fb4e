"""Answers: what is shown of a result, its charts, its files, its SQL."""

import csv
import io
import zipfile
from xml.etree import ElementTree

from core.errors import NotAllowed, QueryRefused
from tests.scenarios.asking import FREE
from tests.scenarios.stage import KOREAN, VIEWER, Stage, Talk
from tests.scenarios.world import Scenario

BY_STATUS = (
    ("delivered", "21,156"), ("cancelled", "910"), ("shipped", "79"), ("paid", "25"), ("pending", "10"),
)  # fmt: skip
SHARES = """SELECT channel, ROUND(100.0 * COUNT(*) / (SELECT COUNT(*) FROM orders), 2) AS share
FROM orders GROUP BY channel ORDER BY share DESC"""
WIDE = """SELECT * FROM orders JOIN customers ON customers.id = customer_id
JOIN cities ON cities.id = city_id ORDER BY orders.id LIMIT 3"""


async def empty(stage: Stage) -> None:
    view = await stage.say(VIEWER, "SELECT name FROM customers WHERE id < 0", Talk("private"))
    assert "No rows match: id is less than 0." in view.text
    assert (view.rows, view.chart) == ((), "")
    assert view.facts["Rows"] == "0, all of them"
    (row,) = await stage.analytics()
    assert (row.success, row.row_count) == (True, 0)


async def one_number(stage: Stage) -> None:
    view = await stage.say(VIEWER, "How many orders were cancelled?", Talk("private"))
    assert (view.chart, view.rows) == ("figure", (("910",),))
    assert view.facts["Filters"] == "status is cancelled"


async def trend(stage: Stage) -> None:
    view = await stage.say(VIEWER, "Sales by month", Talk("private"))
    assert "36 rows. Highest total_amount: Nov 2025, 64,552,300." in view.text
    assert view.chart == ("line" if stage.able.points >= 36 else "picture")
    assert view.header == ("month", "total_amount")
    assert view.rows[:2] == (("2023-07", "25,480,600"), ("2023-08", "26,108,100"))
    file = table_of(await stage.export(VIEWER, view, "csv"))
    assert len(file) == 37
    assert [(month, f"{int(amount):,}") for month, amount in file[1:]][: len(view.rows)] == list(view.rows)


async def bars(stage: Stage) -> None:
    view = await stage.say(VIEWER, "Sales by category", Talk("private"))
    assert "8 rows. Highest total_amount: Electronics, 385,322,100." in view.text
    assert view.chart == "bar"
    assert view.rows[1] == ("Coffee & Tea", "215,605,100")


async def pie(stage: Stage) -> None:
    view = await stage.say(VIEWER, SHARES, Talk("private"))
    assert view.chart == "pie"
    assert view.rows == (("app", "47.28"), ("web", "44.37"), ("phone", "8.35"))


async def wide(stage: Stage) -> None:
    view = await stage.say(VIEWER, WIDE, Talk("private"))
    header, *rows = table_of(await stage.export(VIEWER, view, "csv"))
    assert (len(header), len(rows)) == (20, 3)
    assert header[:3] == ["id", "customer_id", "employee_id"]
    assert 3 <= len(view.header) <= 20
    assert list(view.header) == header[: len(view.header)]
    assert len(view.rows) == 3


async def long(stage: Stage) -> None:
    view = await stage.say(VIEWER, "SELECT id, channel FROM orders ORDER BY id", Talk("private"))
    assert "Only the first 1,000 rows are shown; there are more." in view.text
    assert view.facts["Rows"] == "1,000, cut at the limit: there are more"
    header, *rows = table_of(await stage.export(VIEWER, view, "csv"))
    assert header == ["id", "channel"]
    assert [int(one[0]) for one in rows] == list(range(1, 1_001))
    assert 0 < len(view.rows) <= 1_000
    assert [tuple(row) for row in rows][: len(view.rows)] == list(view.rows)


async def csv_bytes(stage: Stage) -> None:
    view = await stage.say(VIEWER, "orders by status", Talk("private"))
    assert view.rows == BY_STATUS
    lines = ["status,order_count", "delivered,21156", "cancelled,910", "shipped,79", "paid,25", "pending,10", ""]
    assert await stage.export(VIEWER, view, "csv") == b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
    (exported,) = await stage.audited("answer.exported")
    assert (exported.new_values or {})["rows"] == 5


async def excel_rows(stage: Stage) -> None:
    view = await stage.say(VIEWER, "orders by status", Talk("private"))
    header, *rows = first_sheet(await stage.export(VIEWER, view, "excel"))
    assert tuple(header) == view.header
    assert tuple((status, f"{int(number):,}") for status, number in rows) == view.rows == BY_STATUS


async def typed_sql(stage: Stage) -> None:
    view = await stage.say(VIEWER, "SELECT grade, COUNT(*) AS n FROM customers GROUP BY grade ORDER BY n", Talk("room"))
    assert view.header == ("grade", "n")
    assert sum(int(row[1].replace(",", "")) for row in view.rows) == 2_400
    assert (view.facts["SQL written by"], view.facts["Cost"]) == ("you, as SQL", FREE)


async def sql_shown(stage: Stage) -> None:
    view = await stage.say(VIEWER, "How many orders were cancelled?", Talk("room"))
    sql = await stage.sql(VIEWER, view)
    assert sql == "SELECT COUNT(*) AS order_count FROM orders WHERE status = 'cancelled' LIMIT 1001"
    assert set(view.buttons) >= {"edit", "explain", "csv", "excel", "save_template", "good", "bad"}


async def explained(stage: Stage) -> None:
    typed = "SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC LIMIT 3"
    view = await stage.say(VIEWER, typed, Talk("room"))
    said = await stage.explain(VIEWER, view)
    assert "It reads orders." in said.text
    assert "It makes one row for each status." in said.text
    assert said.alone
    assert len(await stage.analytics()) == 1


async def explained_in_korean(stage: Stage) -> None:
    typed = "SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC LIMIT 3"
    view = await stage.say(KOREAN, typed, Talk("private"))
    assert "status별로 묶어" in (await stage.explain(KOREAN, view)).text


async def edited(stage: Stage) -> None:
    talk = Talk("private")
    view = await stage.say(VIEWER, "How many orders were cancelled?", talk)
    changed = (await stage.sql(VIEWER, view)).replace("'cancelled'", "'shipped'")
    again = await stage.edit(VIEWER, view, changed, talk)
    assert (view.rows, again.rows) == ((("910",),), (("79",),))
    assert (again.facts["Filters"], again.facts["SQL written by"]) == ("status is shipped", "you, as SQL")


async def edited_to_something_forbidden(stage: Stage) -> None:
    talk = Talk("private")
    view = await stage.say(VIEWER, "How many orders were cancelled?", talk)
    refused = await stage.edit(VIEWER, view, "DELETE FROM orders WHERE status = 'cancelled'", talk)
    assert stage.words(VIEWER, QueryRefused("guard.writes", place="DELETE")) in refused.text
    assert refused.rows == ()
    assert (await stage.say(VIEWER, "How many orders were cancelled?", talk)).rows == (("910",),)


async def of_somebody_else(stage: Stage) -> None:
    view = await stage.say(VIEWER, "orders by status", Talk("room"))
    await stage.say(KOREAN, "고객은 모두 몇 명이야?", Talk("room"))  # so that it is known who they are
    with stage.refusing(KOREAN, NotAllowed("people.not_yours")):
        await stage.export(KOREAN, view, "csv")
    explained = await stage.explain(KOREAN, view)
    assert stage.words(KOREAN, NotAllowed("people.not_yours")) in explained.text
    assert explained.alone
    assert await stage.audited("answer.exported") == []


def table_of(file: bytes) -> list[list[str]]:
    """The lines of a CSV file."""
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def first_sheet(file: bytes) -> list[list[str]]:
    """The rows of a workbook's first sheet, as a spreadsheet reads them."""
    names = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        assert book.testzip() is None
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iterfind("m:si", names)
        texts = ["".join(node.text or "" for node in item.iterfind(".//m:t", names)) for item in shared]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [
            texts[int(value)] if cell.get("t") == "s" else value
            for cell in row.iterfind("m:c", names)
            for value in [cell.findtext("m:v", "", names)]
        ]
        for row in sheet.iterfind(".//m:row", names)
    ]


ONE = (VIEWER,)

SCENARIOS = (
    Scenario("an empty result says on what", empty, ONE),
    Scenario("one number", one_number, ONE),
    Scenario("a trend is a line", trend, ONE),
    Scenario("a comparison is bars", bars, ONE),
    Scenario("shares are a pie", pie, ONE),
    Scenario("a wide result", wide, ONE),
    Scenario("a long result is cut, and that is said", long, ONE),
    Scenario("a CSV file, byte by byte", csv_bytes, ONE),
    Scenario("a workbook has the same rows", excel_rows, ONE),
    Scenario("SQL that is typed runs", typed_sql, ONE),
    Scenario("the SQL is shown", sql_shown, ONE),
    Scenario("the SQL in words", explained, ONE),
    Scenario("the SQL in Korean words", explained_in_korean, (KOREAN,)),
    Scenario("SQL is edited and runs", edited, ONE),
    Scenario("SQL is edited to something forbidden", edited_to_something_forbidden, ONE),
    Scenario("somebody else's answer is not theirs to take", of_somebody_else, (VIEWER, KOREAN)),
)
