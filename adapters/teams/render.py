"""A reply as a message of Teams'. Pure: a reply in, JSON and the names of files out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adapters.chat.parts import is_heading
from adapters.chat.text import Json, code, cut, is_blank, label, size
from adapters.teams import cards, limits
from adapters.teams.buttons import action_buttons, choice_elements, feedback_buttons, rows
from adapters.teams.charts import draw_chart, figure, in_words
from adapters.teams.escape import markdown
from adapters.teams.tables import draw_table
from adapters.teams.wording import plain_text, shortened, start, words
from core.ask.present.meters import bar
from core.ask.present.visible import one_line
from core.chat import Actions, Chart, Choices, Facts, Meters, Part, Reply, Sql, Table, Text
from core.locale import format_number, say

Detail = Literal["full", "simple", "plain"]
"""How much is asked of Teams: its newest elements, what every client has had for years, or no card at all. One is tried
after another when Teams refuses."""

_MARK = " [1]"
"""Where the text refers to its citation."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. `part` is where its table is in `Reply.parts`."""

    kind: Literal["csv"]
    name: str
    """A file name."""
    title: str
    """What people read above the file, in their language."""
    part: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: a text, never empty, a card under it, files beside it. `entities.activity` makes JSON of it."""

    text: str
    """Markdown in which nothing is marked up."""
    card: Json | None = None
    files: tuple[Attachment, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Questions to go on with, offered as buttons in a personal chat."""
    citation: Json | None = None
    """What `[1]` in the text refers to."""
    answer: bool = False
    """It is labelled as made by a machine, and has thumbs below it."""
    summary: str = ""
    """What a notification says; empty for the text."""
    lead: str = ""
    """What a card that goes without the text begins with: the same as it is, not as markdown. Empty where the card
    says it already.
    """


@dataclass(frozen=True, slots=True)
class _Room:
    """How much is shown of what may be long: rows of a table, characters of a cell, of SQL, of charts in a message."""

    rows: int = limits.TABLE_ROWS
    cell: int = limits.CELL
    charts: int = limits.CHARTS
    code: int = limits.CODE


_ROOMS = (
    _Room(), _Room(rows=10), _Room(rows=7), _Room(rows=5), _Room(5, 80), _Room(3, 40),
    _Room(3, 40, charts=1), _Room(3, 40, charts=0, code=3_000), _Room(0, 40, charts=0, code=500),
)  # fmt: skip
"""Tried in turn until a card is small enough: rows go first, since all of them are in the file, then long values, then
drawings, then the SQL."""


def render(reply: Reply, detail: Detail = "full", *, files: bool = True) -> Message:
    """The whole reply, its parts in order. The same reply always gives the same message.

    Without `files`, for a message that cannot have any beside it, nothing points to one.
    """
    said = words(reply)
    if detail == "plain":
        return Message(plain_text(reply), files=tuple(_table_files(reply)) if files else (), summary=start(said))
    sql = next((part for part in reply.parts if isinstance(part, Sql)), None)
    answer = detail == "full" and reply.ok and sql is not None
    text = shortened(said, reply.locale, _MARK if answer else "")
    citation = _citation(sql) if answer and sql else None
    bare = Message(text, citation=citation, answer=answer, summary=start(said), lead=cut(said, limits.MESSAGE_TEXT))
    most = _room_for_card(bare)
    drawing = _Drawing(reply, detail, files, _ROOMS[0])
    for room in _ROOMS:
        drawing = _Drawing(reply, detail, files, room)
        for index, part in enumerate(reply.parts):
            drawing.add(part, index)
        if cards.weight(cards.card(drawing.elements)) <= most:
            break
    return replace(bare, card=_card(drawing.elements, most, reply.locale), files=tuple(drawing.files))


def render_sql(sql: Sql, locale: str, *, most: int = limits.CODE, native: bool = True) -> list[Json]:
    """The SQL that was run. A statement of more than `most` characters is cut, and that is said. `native`: in a box of
    code, which not every client has."""
    text = code(sql.text)
    shown = text if size(text) <= most else cut(text, most)
    box = cards.code(shown) if native else cards.monospace(shown)
    made = [cards.note(f"SQL ({one_line(sql.dialect)})"), box]
    if shown != text:
        numbers = {"shown": format_number(locale, size(shown) - 1), "total": format_number(locale, size(text))}
        made.append(cards.note(say(locale, "chat.sql.cut", **numbers)))
    return made


def meter_elements(meters: Meters) -> list[Json]:
    """Each limit: its name, a bar, the same in words, and when it starts again."""
    made = []
    for item in meters.items:
        made.append(cards.text(label(item.label, limits.HEADER), bold=True))
        made.append(cards.text(f"{bar(item)}  {label(item.text, limits.CELL)}"))
        if not is_blank(item.note):
            made.append(cards.note(label(item.note, limits.CELL)))
    return made


def sentence(text: str) -> Message:
    """A text alone."""
    return Message(markdown(text), summary=start(text))


def page(text: str, body: Iterable[Json], actions: Sequence[Json] = (), *, locale: str) -> Message:
    """A card that is no answer, with buttons at its end. One that is too large is cut, and that is said."""
    bare = sentence(text)
    return replace(bare, card=_card([*body, *rows(actions)], _room_for_card(bare), locale))


class _Drawing:
    """A card as it grows: what is counted over the whole of it is counted here."""

    def __init__(self, reply: Reply, detail: Detail, with_files: bool, room: _Room) -> None:
        self.elements: list[Json] = []
        self.files: list[Attachment] = []
        self._reply = reply
        self._with_files = with_files
        self._native = detail == "full"
        self._room = room
        self._charts = 0
        self._folded: list[str] = []
        """Elements that no button shows yet."""

    def add(self, part: Part, index: int) -> None:
        """Draw one part; `index` is where it is in the reply. What the message's text says is not said again."""
        reply, locale = self._reply, self._reply.locale
        match part:
            case Text() if is_heading(reply, index) and not is_blank(part.text):
                self.elements += cards.paragraphs(part.text, locale, bold=True)
            case Table():
                self._add_table(part, index)
            case Chart():
                self._add_chart(part)
            case Sql():
                self._add_sql(part, index)
            case Meters():
                self.elements += meter_elements(part)
            case Facts() if part.items:
                told = " · ".join(f"{fact.label}: {fact.value}" for fact in part.items)
                self.elements.append(cards.note(label(told, limits.TEXT)))
            case Choices():
                self.elements += choice_elements(part, reply.question_id, locale)
            case Actions():
                self._add_actions(part)

    def _add_table(self, table: Table, index: int) -> None:
        drawn = draw_table(
            table, self._reply.locale, rows=self._room.rows, cell=self._room.cell, with_file=self._with_files
        )
        self.elements += drawn.elements
        if not drawn.is_whole and self._with_files:
            self.files.append(_table_file(self._reply, index))

    def _add_chart(self, chart: Chart) -> None:
        if chart.kind == "figure":
            self.elements += figure(chart, self._reply.locale)
            return
        element = None
        if self._native and self._charts < self._room.charts:
            element = draw_chart(chart, self._reply.locale)
        self._charts += element is not None
        self.elements.append(element or in_words(chart, self._reply.locale))

    def _add_sql(self, sql: Sql, index: int) -> None:
        shown = render_sql(sql, self._reply.locale, most=self._room.code, native=self._native)
        if not self._native:
            self.elements += shown
            return
        identity = f"sql{index}"
        self.elements.append(cards.container(shown, identity=identity, folded=True))
        self._folded.append(identity)
        if not any(isinstance(part, Actions) for part in self._reply.parts[index + 1 :]):
            self.elements += rows(self._unfolding())

    def _unfolding(self) -> list[Json]:
        """The button that shows what is folded."""
        if not self._folded:
            return []
        made = cards.toggle(say(self._reply.locale, "present.action.show_sql"), *self._folded)
        self._folded = []
        return [made]

    def _add_actions(self, part: Actions) -> None:
        made = [*self._unfolding(), *action_buttons(part.items, self._reply.question_id)]
        if not (self._native and _has_thumbs(self._reply)):
            made += feedback_buttons(part.items, self._reply.question_id)
        self.elements += rows(made)


def _has_thumbs(reply: Reply) -> bool:
    return reply.ok and any(isinstance(part, Sql) for part in reply.parts)


def _citation(sql: Sql) -> Json:
    return {
        "@type": "Claim",
        "position": 1,
        "appearance": {
            "@type": "DigitalDocument",
            "name": label(f"SQL ({sql.dialect})", limits.CITATION_NAME),
            "abstract": label(" ".join(sql.text.split()), limits.CITATION_ABSTRACT),
        },
    }


def _room_for_card(bare: Message) -> int:
    said = [bare.text, bare.citation, bare.summary, *cards.paragraphs(bare.lead, "en")]
    return limits.MESSAGE_BYTES - limits.ENVELOPE - cards.weight(said)


def _card(elements: Sequence[Json], most: int, locale: str) -> Json | None:
    if not elements:
        return None
    room = most - cards.weight(cards.card(())) + cards.weight([])
    return cards.card(cards.within(elements, room, locale))


def _table_files(reply: Reply) -> Iterator[Attachment]:
    for index, part in enumerate(reply.parts):
        if isinstance(part, Table) and part.rows:
            yield _table_file(reply, index)


def _table_file(reply: Reply, index: int) -> Attachment:
    return Attachment("csv", "result.csv", say(reply.locale, "chat.table.as_file"), index)
