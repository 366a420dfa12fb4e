"""What a scenario speaks of, and none of it a platform's: people, places, what somebody sees, what they do.

A driver of a platform is a `Stage`: it says, presses and fills in as people do there, and tells what they see.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select

from bot.wiring import House
from core.chat import Actor
from core.errors import ColloqueryError
from core.locale import error_words
from core.saved import SavedTemplate, TemplateEdit
from core.storage.models import AuditLog, Event, QueryAnalytics
from tests.local_model import LocalModel

Where = Literal["private", "room", "outside"]
"""Alone with us; among colleagues; where outsiders read, too."""


@dataclass(frozen=True)
class Person:
    """Somebody of a scenario. Which account plays them is the driver's."""

    role: str
    locale: str = "en"


ADMIN, VIEWER = Person("administrator"), Person("viewer")
KOREAN = Person("Korean speaker", "ko")
GUEST = Person("guest")


@dataclass
class Talk:
    """A conversation: its own thread or session, known to the driver once somebody has spoken in it."""

    where: Where = "private"
    thread: str = ""
    channel: str = ""


@dataclass(frozen=True)
class View:
    """What somebody sees of one answer. Numbers and cells are texts, as they are shown."""

    text: str
    """Every word of it, a line a piece."""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """As many as are shown."""
    chart: str = ""
    """line, bar, pie, figure; empty without one."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """By their label."""
    buttons: tuple[str, ...] = ()
    """By the names of `core.chat.Action`."""
    choices: tuple[str, ...] = ()
    alone: bool = True
    """Nobody else sees it."""
    handle: Any = field(default=None, compare=False, repr=False)
    """What the driver needs to press something under it."""


@dataclass(frozen=True)
class Use:
    """Tokens of the hour, as somebody is shown them."""

    used: int
    limit: int


@dataclass(frozen=True)
class Able:
    """What a platform can do. Whatever it cannot, a scenario asserts the other way."""

    rooms: bool
    """Several people write and read in one place."""
    apart: bool
    """It can tell one person something where others read, and write to them alone."""
    commands: bool
    """A word such as "help" is a command."""
    points: int = 1_000
    """Points of a chart that it draws itself; one of more is a picture beside the answer."""


class Told(Exception):
    """What was asked for was not done; they are told why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Stage(ABC):
    """A house behind one platform, with the people of one scenario in it."""

    able: Able
    guests_are_told = "errors.people.guest.text"
    """The sentence of the catalogue that keeps guests out."""

    def __init__(self, house: House, model: LocalModel | None) -> None:
        self.house = house
        self.model = model

    # What people do

    @abstractmethod
    async def say(self, who: Person, text: str, talk: Talk) -> View:
        """Somebody writes in a talk; what they see of the answer, once it is there."""

    @abstractmethod
    async def start(self, who: Person, text: str, talk: Talk) -> View:
        """The same, until it is seen that it is being worked on."""

    @abstractmethod
    async def stop(self, who: Person, working: View, talk: Talk) -> View:
        """Press Stop there; what takes its place."""

    @abstractmethod
    async def deliver_again(self, who: Person, text: str, talk: Talk) -> None:
        """The last message of the talk comes once more, as it does when a line is bad; until it is dealt with."""

    @abstractmethod
    async def answers(self, who: Person, talk: Talk) -> int:
        """How many answers somebody sees in a talk."""

    @abstractmethod
    async def read_aloud(self, talk: Talk) -> str:
        """All that everybody in a place reads of ours there."""

    @abstractmethod
    async def sql(self, who: Person, view: View) -> str:
        """The SQL, as somebody sees it who asks for it. Raises `Told`."""

    @abstractmethod
    async def explain(self, who: Person, view: View) -> View:
        """What it does, in words; or why that is not told."""

    @abstractmethod
    async def export(self, who: Person, view: View, kind: Literal["csv", "excel"]) -> bytes:
        """The file that somebody gets. Raises `Told`."""

    @abstractmethod
    async def judge(self, who: Person, view: View, good: bool, reason: str = "") -> None:
        """Right or wrong, and why; until it is kept. Raises `Told`."""

    @abstractmethod
    async def edit(self, who: Person, view: View, sql: str, talk: Talk) -> View:
        """Change the SQL and run it; what is answered. Raises `Told`."""

    @abstractmethod
    async def choose(self, who: Person, view: View, label: str, talk: Talk) -> View:
        """Answer when asked back."""

    @abstractmethod
    async def not_meant(self, who: Person, view: View, talk: Talk) -> View:
        """Say that it was not what was meant; what is answered instead."""

    @abstractmethod
    async def keep(self, who: Person, view: View, template: TemplateEdit) -> None:
        """Save an answer as a template; `template` is what the form holds then. Raises `Told`."""

    @abstractmethod
    async def templates(self, who: Person) -> tuple[str, ...]:
        """The names in the list of templates."""

    @abstractmethod
    async def run_template(self, who: Person, name: str, values: Mapping[str, str], talk: Talk) -> View:
        """Take one from the list and fill in what it needs."""

    @abstractmethod
    async def use(self, who: Person) -> Use:
        """What somebody sees of their own use."""

    @abstractmethod
    async def use_of_all(self, who: Person) -> str:
        """What somebody sees who asks for everybody's use. Raises `Told`."""

    @abstractmethod
    async def limit_everybody(self, who: Person, hour: int) -> None:
        """Set everybody's limit of tokens an hour. Raises `Told`."""

    @abstractmethod
    async def ask_by_default(self, who: Person, connection: str) -> None:
        """Choose the connection that is asked from now on. Raises `Told`."""

    # Who they are, and what is kept

    @abstractmethod
    def actor(self, who: Person) -> Actor:
        """Somebody as the core is told of them."""

    @abstractmethod
    def name(self, who: Person) -> str:
        """What others call them."""

    def words(self, who: Person, error: ColloqueryError) -> str:
        """What somebody is told of an error."""
        return error_words(who.locale, error)[0]

    @contextmanager
    def refusing(self, who: Person, error: ColloqueryError) -> Iterator[None]:
        """What is done inside is refused, in these words."""
        try:
            yield
        except Told as told:
            assert self.words(who, error) in told.text, told.text
        else:
            raise AssertionError(f"{who.role} was not refused")

    async def has_template(self, who: Person, edit: TemplateEdit) -> SavedTemplate:
        """Somebody has saved a template before."""
        return await self.house.service.saved.keep(self.actor(who), edit)

    async def analytics(self) -> list[QueryAnalytics]:
        """The rows of the questions that were answered, in order."""
        async with self.house.store.reading() as session:
            return list(await session.scalars(select(QueryAnalytics).order_by(QueryAnalytics.timestamp)))

    async def audited(self, action: str) -> list[AuditLog]:
        """What the audit has of an action, in order."""
        async with self.house.store.reading() as session:
            found = select(AuditLog).where(AuditLog.action == action).order_by(AuditLog.timestamp)
            return list(await session.scalars(found))

    async def verdicts(self) -> list[tuple[bool, str]]:
        """What was said of answers: right or wrong, and why."""
        async with self.house.store.reading() as session:
            found = await session.scalars(select(Event).where(Event.event_type == "answer.feedback"))
            return [(one.event_data["good"], one.event_data["reason"]) for one in found if one.event_data]
