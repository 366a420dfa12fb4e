"""The shapes of replies: parts in order, each with its `part`."""

from typing import Annotated, Any, Literal, Union

from pydantic import Field

from adapters.api.shapes import Shape, shape_of, widened
from core.chat import Actions, Choices, ColumnKind, Facts, Meter, Notice, Sql, Step, Text

Value = str | int | float | bool | None
"""A value of a result: NULL is null; decimals, and integers beyond 2^53, are text, so that no digit is lost."""


class ShownColumn(Shape):
    """A column of a result."""

    name: str
    kind: ColumnKind
    numeric: bool


class ShownTable(Shape):
    """Rows of a result: `rows` holds the values, `cells` the same for people."""

    part: Literal["table"]
    columns: list[ShownColumn]
    rows: list[list[Value]]
    cells: list[list[str | None]]
    truncated: bool = Field(description="The row limit cut it: there is more than is shown.")
    row_count: str = Field(description="How many rows are shown, in words.")


class ShownSeries(Shape):
    """One line or set of bars: `values` place the marks, `shown` are the same numbers for people."""

    name: str
    values: list[float | None]
    shown: list[str | None]


class ShownChart(Shape):
    """A picture of the table."""

    part: Literal["chart"]
    kind: Literal["line", "bar", "pie", "figure"]
    title: str
    labels: list[str]
    series: list[ShownSeries]


class ShownMeters(Shape):
    """Limits and how much of them is used."""

    part: Literal["meters"]
    items: list[widened(Meter, "ShownMeter", {"share": float})]  # type: ignore[valid-type]


_PARTS: tuple[Any, ...] = (
    shape_of(Text), ShownTable, ShownChart, shape_of(Sql), shape_of(Facts), ShownMeters, shape_of(Choices),
    shape_of(Actions), shape_of(Notice),
)  # fmt: skip

Part: Any = Annotated[Union[_PARTS], Field(discriminator="part")]  # noqa: UP007 (made, not written)


class ShownReply(Shape):
    """An answer, or why there is none."""

    question_id: str
    ok: bool
    locale: str
    plain: str = Field(description="All of it as plain text.")
    parts: list[Part]


class ShownExchange(Shape):
    """A question of a session and its answer; null while it is being made."""

    question_id: str
    text: str
    asked_at: str
    reply: ShownReply | None


ShownStep = shape_of(Step)
