"""A reply as a message of Slack's. Pure: a reply in, JSON and the names of files out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from adapters.chat.parts import is_heading, offers, plain_words
from adapters.chat.text import Json, code, cut, is_blank, label, pieces, size
from adapters.slack import blocks, limits
from adapters.slack.buttons import action_buttons, choice_blocks
from adapters.slack.charts import draw_chart, figure
from adapters.slack.escape import fenced, mrkdwn
from adapters.slack.tables import DATA_TABLE, PLAIN_TABLE, draw_table
from core.ask.present.meters import bar
from core.ask.present.plain import ROWS as PLAIN_ROWS
from core.ask.present.plain import plain
from core.ask.present.trend import trend_words
from core.ask.present.visible import one_line
from core.chat import Action, Actions, Chart, Choices, Facts, Meters, Notice, Part, Reply, Sql, Table, Text
from core.locale import format_number, say

Detail = Literal["full", "simple", "plain"]
"""How much is asked of Slack: its newest blocks, blocks that every workspace has, or none. One is tried after another
when Slack refuses."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. `part` is where its table or chart is in `Reply.parts`."""

    kind: Literal["csv", "chart"]
    name: str
    """A file name."""
    title: str
    """What people read above the file, in their language."""
    part: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: `text` for notifications and screen readers, never empty; the blocks; the files beside it.

    `text` is mrkdwn, escaped for the defaults of chat.postMessage and chat.update; `parse="none"` keeps Slack from
    making links of bare host names too.
    """

    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def render(reply: Reply, detail: Detail = "full", *, files: bool = True) -> Message:
    """The whole reply, its parts in order. The same reply always gives the same message.

    Without `files`, for a message that cannot have any beside it, a chart that Slack cannot draw is a line of blocks.
    """
    if detail == "plain":
        return Message(_text(reply, as_code=True), (), tuple(_plain_files(reply)) if files else ())
    drawing = _Drawing(reply, detail, files)
    for index, part in enumerate(reply.parts):
        drawing.add(part, index)
    shown = drawing.blocks or list(blocks.paragraphs(plain_words(reply), reply.locale))
    text = _text(reply, as_code=False)
    return Message(text, blocks.within(shown, limits.MESSAGE_BLOCKS, reply.locale), tuple(drawing.files))


def render_sql(sql: Sql, locale: str) -> tuple[Json, ...]:
    """The SQL that was run, for when it is asked for. A statement too long for Slack is cut, and that is said."""
    text = code(sql.text)
    shown = list(islice(pieces(text, limits.TEXT), blocks.PIECES))
    made = [blocks.context(f"SQL ({one_line(sql.dialect)})"), *map(blocks.preformatted, shown)]
    kept = sum(map(size, shown))
    if kept < size(text):
        numbers = {"shown": format_number(locale, kept), "total": format_number(locale, size(text))}
        made.append(blocks.context(say(locale, "chat.sql.cut", **numbers)))
    return tuple(made)


class _Drawing:
    """A message as it grows: what Slack counts over the whole of it is counted here."""

    def __init__(self, reply: Reply, detail: Detail, with_files: bool) -> None:
        self.blocks: list[Json] = []
        self.files: list[Attachment] = []
        self._reply = reply
        self._with_files = with_files
        self._native = detail == "full"
        self._form = DATA_TABLE if self._native else PLAIN_TABLE
        self._room = self._form.characters
        self._charts = 0
        self._tables = 0

    def add(self, part: Part, index: int) -> None:
        """Draw one part; `index` is where it is in the reply."""
        if isinstance(part, Table):
            self._add_table(part, index)
        elif isinstance(part, Chart):
            self._add_chart(part, index)
        else:
            self.blocks += self._simple(part, index)

    def _simple(self, part: Part, index: int) -> Iterator[Json]:
        locale = self._reply.locale
        match part:
            case Text() if not is_blank(part.text):
                yield from blocks.paragraphs(part.text, locale, bold=is_heading(self._reply, index))
            case Meters():
                yield from meter_blocks(part)
            case Sql() if not offers(self._reply, "show_sql"):
                # The SQL is folded behind its button, so there must be one.
                show = Action("show_sql", say(locale, "present.action.show_sql"))
                yield from action_buttons((show,), self._reply.question_id, self._native)
            case Facts() if part.items:
                yield blocks.context(" · ".join(f"{fact.label}: {fact.value}" for fact in part.items))
            case Notice():
                if part.level == "error":
                    yield from blocks.paragraphs(f" {part.text}", locale, bold=True, lead=blocks.emoji("warning"))
                else:
                    yield from blocks.paragraphs(part.text, locale, bold=True)
                if not is_blank(part.hint):
                    yield from blocks.paragraphs(part.hint, locale)
            case Choices():
                yield from choice_blocks(part, self._reply.question_id, locale)
            case Actions():
                yield from action_buttons(part.items, self._reply.question_id, self._native)

    def _add_table(self, table: Table, index: int) -> None:
        if not self._native and self._tables == limits.TABLES:
            self._add_text_table(table, index)
            return
        caption = _caption(self._reply, index)
        drawn = draw_table(table, caption, self._reply.locale, self._form, self._room, with_file=self._with_files)
        self.blocks += drawn.blocks
        self._room -= drawn.characters
        self._tables += bool(drawn.characters)
        if not drawn.is_whole:
            self._attach(_table_file(self._reply, index))

    def _add_text_table(self, table: Table, index: int) -> None:
        """One more table than Slack takes: its start in a fixed-width box."""
        if table.columns and table.rows:
            self.blocks.append(blocks.preformatted(cut(plain((table,), self._reply.locale), limits.TEXT)))
        if table.truncated or len(table.rows) > PLAIN_ROWS:
            self._attach(_table_file(self._reply, index))

    def _add_chart(self, chart: Chart, index: int) -> None:
        if chart.kind == "figure":
            self.blocks += figure(chart, self._reply.locale)
            return
        block = draw_chart(chart) if self._native and self._charts < limits.CHARTS else None
        if block is not None:
            self._charts += 1
            self.blocks.append(block)
        elif self._with_files:
            self._attach(_chart_file(self._reply, chart, index))
        else:
            self.blocks += blocks.paragraphs(trend_words(chart, self._reply.locale), self._reply.locale)

    def _attach(self, file: Attachment) -> None:
        if self._with_files:
            self.files.append(file)


def meter_blocks(meters: Meters) -> Iterator[Json]:
    """Each limit: its name, a bar, the same in words, and when it starts again."""
    for item in meters.items:
        name = blocks.text_element(label(item.label, limits.HEADER), bold=True)
        words = blocks.text_element(f"\n{bar(item)}  {label(item.text, limits.CELL)}")
        yield blocks.rich_section([name, words])
        if not is_blank(item.note):
            yield blocks.context(item.note)


def _caption(reply: Reply, index: int) -> str:
    """What a table is: the last text before it, else the first after it."""
    texts = [(at, part.text) for at, part in enumerate(reply.parts) if isinstance(part, Text)]
    texts = [(at, text) for at, text in texts if not is_blank(text)]
    before = [text for at, text in texts if at < index]
    return before[-1] if before else texts[0][1] if texts else say(reply.locale, "chat.table.caption")


def _plain_files(reply: Reply) -> Iterator[Attachment]:
    for index, part in enumerate(reply.parts):
        if isinstance(part, Table) and part.rows:
            yield _table_file(reply, index)
        elif isinstance(part, Chart) and part.kind != "figure":
            yield _chart_file(reply, part, index)


def _table_file(reply: Reply, index: int) -> Attachment:
    return Attachment("csv", "result.csv", say(reply.locale, "chat.table.as_file"), index)


def _chart_file(reply: Reply, chart: Chart, index: int) -> Attachment:
    title = say(reply.locale, "chat.chart.title") if is_blank(chart.title) else chart.title
    return Attachment("chart", "chart.png", label(title, limits.CAPTION), index)


def _text(reply: Reply, as_code: bool) -> str:
    """The reply in words, the sentence first. `as_code` keeps the columns of a table under each other."""
    words = plain_words(reply)
    is_code = as_code and any(isinstance(part, Table | Sql | Meters) for part in reply.parts)
    escaped = fenced if is_code else mrkdwn
    text = escaped(words, limits.MESSAGE_TEXT)
    if text == escaped(words, 2 * limits.MESSAGE_TEXT):
        return text
    note = say(reply.locale, "chat.cut")
    return f"{escaped(words, limits.MESSAGE_TEXT - size(note) - 1)}\n{note}"
