"""Replies as tests of the doors need them: one with every part, and random ones."""

from hypothesis import strategies as st

from core.chat import (
    Action,
    Actions,
    Chart,
    Choice,
    Choices,
    Column,
    Fact,
    Facts,
    Meter,
    Meters,
    Notice,
    Reply,
    Series,
    Sql,
    Table,
    Text,
)

EVIL = "<img src=x onerror=alert(1)> [red]x[/red] \x1b[31m\x1b]0;title\x07 \u202eright\u202c"

FULL = Reply(
    "6f1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d11",
    (
        Text("서울이 가장 많습니다."),
        Chart("bar", "고객 수", ("서울", "부산"), (Series("고객 수", (3.0, None)),)),
        Table(
            (Column("city"), Column("customers", "integer"), Column("revenue", "decimal")),
            (("서울", 3, "1234.50"), (None, None, None)),
            truncated=True,
        ),
        Sql("SELECT city, count(*) FROM customers GROUP BY city", "sqlite"),
        Facts((Fact("cost", "Cost", "0 tokens, no cost"),)),
        Meters((Meter("이번 시간", 120, 1_000, "1,000토큰 중 120토큰 사용 (12%)", "15:00에 다시 시작됩니다"),)),
        Choices("Which one?", "connection", (Choice("shop", "shop"),)),
        Actions((Action("csv", "CSV"),)),
        Notice("warning", "query.empty", "Nothing.", "Ask for more."),
    ),
    "서울이 가장 많습니다.",
    "ko",
)

_text = st.text(max_size=30) | st.sampled_from([EVIL, "", "서울", "\ud800", "=1+1"])
_cells = {
    "integer": st.none() | st.integers(),
    "decimal": st.none() | st.decimals(allow_nan=False, allow_infinity=False).map(str),
    "float": st.none() | st.floats(),
    "text": st.none() | _text,
    "boolean": st.none() | st.booleans(),
    "datetime": st.none() | st.datetimes().map(lambda moment: moment.isoformat()) | _text,
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of any kinds, headings and cells."""
    kinds = draw(st.lists(st.sampled_from(sorted(_cells)), min_size=1, max_size=6))
    columns = tuple(Column(draw(_text), kind) for kind in kinds)  # type: ignore[arg-type]
    rows = draw(st.lists(st.tuples(*(_cells[kind] for kind in kinds)), max_size=6))
    return Table(columns, tuple(rows), draw(st.booleans()))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """A chart of any kind and values."""
    labels = tuple(draw(st.lists(_text, min_size=1, max_size=5)))
    values = st.tuples(*([st.none() | st.floats(allow_nan=False, allow_infinity=False)] * len(labels)))
    series = draw(st.lists(st.builds(Series, _text, values), min_size=1, max_size=3))
    kind = draw(st.sampled_from(["line", "bar", "pie", "figure"]))
    return Chart(kind, draw(_text), labels, tuple(series))  # type: ignore[arg-type]


_meters = st.builds(Meter, _text, st.integers(0, 10**12), st.integers(0, 10**12), _text, st.just("") | _text)


def replies() -> st.SearchStrategy[Reply]:
    """Replies of any parts in any order, in both languages."""
    part = (
        tables()
        | charts()
        | st.builds(Text, _text)
        | st.builds(Sql, _text, st.just("sqlite"))
        | st.builds(Notice, st.sampled_from(["info", "warning", "error"]), st.just("query.failed"), _text, _text)
        | st.builds(lambda one: Facts((Fact("rows", one, one),)), _text)
        | st.builds(Meters, st.lists(_meters, max_size=4).map(tuple))
        | st.builds(lambda one: Choices(one, "table", (Choice(one, one),)), _text)
    )
    return st.builds(
        Reply, st.just("q"), st.lists(part, max_size=5).map(tuple), _text, st.sampled_from(["en", "ko"]), st.booleans()
    )
