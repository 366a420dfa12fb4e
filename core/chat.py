"""The values that travel between an adapter and the core.

A question comes in as a `Question`, walks down `core.ask`, and leaves as a `Reply`. They carry no behaviour and no
platform's words. Cells of a table are plain JSON scalars so that every reply can be stored and read back unchanged;
`Column.kind` says how a cell is to be read.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Cell = str | int | float | bool | None
"""One value of a result, as a JSON scalar.

By `Column.kind`: integer → int; decimal → its exact digits as text ("12.30"); float → float; date, time, datetime →
ISO 8601 text; boolean → bool; text → str; binary → "0x…" of at most 32 bytes. NULL is None in every kind.
"""

ColumnKind = Literal["integer", "decimal", "float", "date", "time", "datetime", "boolean", "text", "binary"]

NUMERIC_KINDS: frozenset[ColumnKind] = frozenset({"integer", "decimal", "float"})
"""Columns of numbers: to the right in a table, and exact in a file."""


KeyScope = Literal["ask", "templates", "connections", "usage", "administer"]
"""What a program's key may be for: see docs/permissions.md."""

Scopes = tuple[tuple[KeyScope, tuple[str, ...] | None], ...]
"""What a key is for, and each of which connections, by id; None is all of them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as the platform knows them.

    `email` is set only when the home workspace or tenant vouches for it; `kind` says whether they belong there.
    `user` is the person's own id, where the door has made sure of it: they signed in, or sent a key. `scopes` are that
    key's; None where no key limits what they may.
    """

    platform: str
    workspace: str
    id: str
    name: str
    email: str | None = None
    locale: str = "en"
    timezone: str = "UTC"
    kind: Literal["member", "guest", "foreign", "bot"] = "member"
    user: str | None = None
    scopes: Scopes | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question was asked and who can read what is said there."""

    platform: str
    workspace: str
    channel: str
    thread: str
    readers: Literal["alone", "team", "outsiders"] = "alone"


@dataclass(frozen=True, slots=True)
class Question:
    """One message to be answered. `message` is the platform's own id of it, unique within its channel."""

    actor: Actor
    place: Place
    message: str
    text: str
    asked_at: datetime
    connection: str | None = None
    """The name or id of the connection, when one was chosen; else the default of the person, the place, everyone."""
    without: tuple[str, ...] = ()
    """Tables and columns (`table.column`) that the asker did not mean, when they were asked which they do."""
    template: str | None = None
    """The id of the template that is to answer it, when the asker took one from the list."""
    values: tuple[tuple[str, str], ...] = ()
    """What was filled in for the placeholders of `template`: (name, text)."""
    fresh: bool = False
    """No template may answer it: the asker did not mean the one that did."""
    schedule: str | None = None
    """The id of the schedule that asks it: its asker is not there, and its answer is posted on a condition."""

    @property
    def is_from_elsewhere(self) -> bool:
        """Its asker has no account where it is answered: an administrator had it scheduled there."""
        return (self.actor.platform, self.actor.workspace) != (self.place.platform, self.place.workspace)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result: the heading people read and how its cells are to be read."""

    name: str
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or paragraph of plain text: never markup."""

    text: str
    part: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a result. `truncated` is true when the row limit cut it: there is more than is shown."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool = False
    part: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one set of bars: a name and a value for every label of its chart (None where there is none)."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the table: labels along the axis (already in the reader's language) and one or more series."""

    kind: Literal["line", "bar", "pie", "figure"]
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    part: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Sql:
    """The SQL that was run, exactly, and its dialect (a sqlglot dialect name)."""

    text: str
    dialect: str
    part: Literal["sql"] = "sql"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of why to trust the answer: a label and its value, both in the reader's language."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer rests on: tables, filters, rows, freshness, who wrote the SQL, tokens and cost."""

    items: tuple[Fact, ...]
    part: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of a limit is used; the words are in the reader's language."""

    label: str
    used: int
    limit: int
    text: str
    """The same in words: "1,200 of 10,000 (12%)"."""
    note: str = ""
    """When it starts again."""


@dataclass(frozen=True, slots=True)
class Meters:
    """Limits, to be drawn as bars."""

    items: tuple[Meter, ...]
    part: Literal["meters"] = "meters"


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer to a question that we ask back. `value` is what comes back when it is chosen."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Choices:
    """A question asked back, with what may be chosen. `about` names what is being chosen, for the adapter."""

    prompt: str
    about: str
    options: tuple[Choice, ...]
    part: Literal["choices"] = "choices"


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with this answer: `name` is one of the actions an adapter knows."""

    name: Literal[
        "show_sql", "edit", "explain", "csv", "excel", "save_template", "schedule", "good", "bad", "stop", "retry",
        "not_meant",
    ]  # fmt: skip
    label: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Buttons under an answer, in order."""

    items: tuple[Action, ...]
    part: Literal["actions"] = "actions"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is not an answer: a refusal, an error, a warning. `code` is stable, `text` is for people."""

    level: Literal["info", "warning", "error"]
    code: str
    text: str
    hint: str = ""
    """What to do next, in the reader's language; may be empty for information."""
    part: Literal["notice"] = "notice"


Part = Text | Table | Chart | Sql | Facts | Meters | Choices | Actions | Notice


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: parts in order, and the same as plain text for a place that shows nothing else."""

    question_id: str
    parts: tuple[Part, ...]
    plain: str
    locale: str = "en"
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """Progress while an answer is made."""

    kind: Literal["waiting", "linking", "writing", "checking", "running", "repairing", "drawing"]
    text: str = field(default="")
    """The step in the reader's language."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A question is stored and will be answered. `new` is false when the same message was already accepted."""

    question_id: str
    session_id: str
    new: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a thread and its answer, when there is one yet."""

    question_id: str
    text: str
    asked_at: datetime
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation of a person, for a list of them. `thread` is `Place.thread`."""

    thread: str
    title: str
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionChoice:
    """A connection somebody may ask, for a list of them. `kind` is a server kind, never its host."""

    name: str
    kind: str
    is_default: bool
    id: str = ""


TlsMode = Literal["off", "prefer", "require", "verify"]
"""How a line to a database is secured.

off: in clear. prefer: encrypted where the server offers it. require: encrypted, whoever the server is. verify:
encrypted, and the server's certificate and name are checked.
"""


@dataclass(frozen=True, slots=True)
class GivenTo:
    """Somebody a connection is given to: everyone ("*"), a person (users id), a place (`core.ids.place_id`)."""

    to: Literal["everyone", "user", "place"]
    subject: str
    name: str
    """The person's name; empty for a place and for everyone."""
    is_default: bool
    """It is asked there unless another is chosen."""
    sees_private: bool


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection, as one person may see it. No password is ever in it, encrypted or not.

    Where it is, who signs in there and whom it is given to is empty for whoever may not manage it.
    """

    id: str
    name: str
    kind: str
    """A `core.engines.base.ServerKind`."""
    owner: str
    """The name of its owner."""
    is_mine: bool
    is_enabled: bool
    """One that is not is asked by nobody."""
    is_default: bool
    """It is asked here when the person names none."""
    may_use: bool
    may_manage: bool
    may_give: bool
    version: str = ""
    """The server's, as of the last look; empty when nobody has looked yet."""
    can_write: bool | None = None
    """The account could change data: people are warned. None when nobody has looked yet."""
    problem: str = ""
    """The code of why it did not answer the last look, for `core.locale.reason_words`; empty when it did."""
    checked_at: datetime | None = None
    host: str = ""
    port: int = 0
    user: str = ""
    database: str = ""
    has_password: bool = False
    tls: TlsMode = "prefer"
    has_tls_ca: bool = False
    """Certificates of its own authority are kept; without them the machine's are trusted."""
    given_to: tuple[GivenTo, ...] = ()
    revision: str = ""
    """Another one after every change of these fields: sent back with an edit, it refuses one that came too late."""


ConnectionStep = Literal["fields", "reach", "encrypt", "sign_in", "look", "tables"]
"""The steps of a look at a database, in order."""


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a look at a connection told."""

    id: str
    name: str
    milliseconds: int
    """From the first step to the last."""
    passed: tuple[ConnectionStep, ...] = ()
    """What went well, in order; all six when nothing was wrong."""
    failed: ConnectionStep | None = None
    """Where it ended."""
    problem: str = ""
    """The code of why it ended there, for `core.locale.reason_words`; empty when nothing was wrong."""
    version: str = ""
    """As in "PostgreSQL 17.2"."""
    is_encrypted: bool | None = None
    """None where it cannot be told."""
    tls_version: str = ""
    """As in "TLSv1.3"; empty where the driver does not tell it."""
    can_write: bool | None = None
    """The account could change data: people are warned."""
    tables: int = 0


@dataclass(frozen=True, slots=True)
class UsageWindow:
    """A limit of tokens and how much of it is used."""

    name: Literal["hour", "day", "month"]
    limit: int
    used: int
    reserved: int
    remaining: int
    resets_at: datetime
