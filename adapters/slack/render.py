"""A reply as a message of Slack's. Pure: a reply in, JSON and the names of files out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from adapters.slack import blocks, limits
from adapters.slack.buttons import action_buttons, choice_blocks
from adapters.slack.charts import draw_chart, figure
from adapters.slack.escape import Json, code, fenced, is_blank, label, mrkdwn, pieces, size
from adapters.slack.tables import DATA_TABLE, PLAIN_TABLE, draw_table
from core.ask.present.visible import one_line
from core.chat import Action, Actions, Chart, Choices, Facts, Notice, Part, Reply, Sql, Table, Text
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


def render(reply: Reply, detail: Detail = "full") -> Message:
    """The whole reply, its parts in order. The same reply always gives the same message."""
    if detail == "plain":
        return Message(_text(reply, as_code=True), (), tuple(_plain_files(reply)))
    drawing = _Drawing(reply, detail)
    for index, part in enumerate(reply.parts):
        drawing.add(part, index)
    shown = drawing.blocks or list(blocks.paragraphs(_words(reply), reply.locale))
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
        made.append(blocks.context(say(locale, "slack.sql.cut", **numbers)))
    return tuple(made)


class _Drawing:
    """A message as it grows: what Slack counts over the whole of it is counted here."""

    def __init__(self, reply: Reply, detail: Detail) -> None:
        self.blocks: list[Json] = []
        self.files: list[Attachment] = []
        self._reply = reply
        self._native = detail == "full"
        self._form = DATA_TABLE if self._native else PLAIN_TABLE
        self._room = self._form.characters
        self._charts = 0

    def add(self, part: Part, index: int) -> None:
        """Draw one part; `index` is where it is in the reply."""
        if isinstance(part, Table):
            self._add_table(part, index)
        elif isinstance(part, Chart):
            self._add_chart(part, index)
        else:
            self.blocks += self._simple(part)

    def _simple(self, part: Part) -> Iterator[Json]:
        locale = self._reply.locale
        match part:
            case Text() if not is_blank(part.text):
                yield from blocks.paragraphs(part.text, locale)
            case Sql() if not _offers(self._reply, "show_sql"):
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
        drawn = draw_table(table, _caption(self._reply), self._reply.locale, self._form, self._room)
        self.blocks += drawn.blocks
        self._room -= drawn.characters
        if not drawn.is_whole:
            self.files.append(_table_file(self._reply, index))

    def _add_chart(self, chart: Chart, index: int) -> None:
        if chart.kind == "figure":
            self.blocks += figure(chart, self._reply.locale)
            return
        block = draw_chart(chart) if self._native and self._charts < limits.CHARTS else None
        if block is None:
            self.files.append(_chart_file(self._reply, chart, index))
        else:
            self._charts += 1
            self.blocks.append(block)


def _offers(reply: Reply, name: str) -> bool:
    return any(item.name == name for part in reply.parts if isinstance(part, Actions) for item in part.items)


def _caption(reply: Reply) -> str:
    sentences = [part.text for part in reply.parts if isinstance(part, Text) and not is_blank(part.text)]
    return sentences[0] if sentences else say(reply.locale, "slack.table.caption")


def _plain_files(reply: Reply) -> Iterator[Attachment]:
    for index, part in enumerate(reply.parts):
        if isinstance(part, Table) and part.rows:
            yield _table_file(reply, index)
        elif isinstance(part, Chart) and part.kind != "figure":
            yield _chart_file(reply, part, index)


def _table_file(reply: Reply, index: int) -> Attachment:
    return Attachment("csv", "result.csv", say(reply.locale, "slack.table.as_file"), index)


def _chart_file(reply: Reply, chart: Chart, index: int) -> Attachment:
    title = say(reply.locale, "slack.chart.title") if is_blank(chart.title) else chart.title
    return Attachment("chart", "chart.png", label(title, limits.CAPTION), index)


def _words(reply: Reply) -> str:
    return say(reply.locale, "present.plain.nothing") if is_blank(reply.plain) else reply.plain


def _text(reply: Reply, as_code: bool) -> str:
    """The reply in words, the sentence first. `as_code` keeps the columns of a table under each other."""
    words = _words(reply)
    is_code = as_code and any(isinstance(part, Table | Sql) for part in reply.parts)
    escaped = fenced if is_code else mrkdwn
    text = escaped(words, limits.MESSAGE_TEXT)
    if text == escaped(words, 2 * limits.MESSAGE_TEXT):
        return text
    note = say(reply.locale, "slack.cut")
    return f"{escaped(words, limits.MESSAGE_TEXT - size(note) - 1)}\n{note}"
