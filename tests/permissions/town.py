"""A house with people of each kind, things that belong to each of them, and its store as it was, to compare with."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args

from adapters.api.door import place_of
from bot.wiring import House
from core.access import NewKey, NewPerson, SignIn
from core.ask.people_desk import PeopleDesk
from core.chat import Actor, KeyScope, Question
from core.connections.connection import NewConnection
from core.connections.connections import EVERYONE
from core.ids import account_of, new_id
from core.people.permission import Resource
from core.people.person import Person
from core.saved import Parameter, TemplateEdit
from tests.houses import ADMINISTRATOR, add_sqlite, open_house, settings_for, wait_for

Result = TypeVar("Result")

PASSWORD = "correct horse battery"
SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)

NOBODY, VIEWER, ADMIN, OTHER, LIMITED = "nobody", "viewer", "administrator", "somebody else", "key for one connection"
KEYS = tuple(f"key for {scope}" for scope in SCOPES)
KINDS = (NOBODY, VIEWER, ADMIN, *KEYS, LIMITED)
"""Who sends requests. The keys are the administrator's, so that what counts is what they are for."""

SHOP = "shop"
SQL = "SELECT COUNT(*) AS n FROM customers JOIN cities ON cities.id = customers.city_id WHERE cities.name = :city"

_NOISE = ("audit_logs", "audit_seals", "user_sessions", "sqlite_sequence")
"""Tables that say that somebody was here; whatever is refused may change them."""

_USE = ("last_used", "usage_count", "last_seen")
"""Columns that do."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a request can be about."""

    id: str
    whose: str
    resource: Resource
    shared: bool = False
    """Of a template: everybody who may ask its connection sees it."""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who sends requests, and as whom the core knows them."""

    kind: str
    actor: Actor
    person: Person
    token: str


@dataclass
class Town:
    """The house, who lives in it, and what is theirs, by kind; "shop" is the one connection that everyone asks."""

    house: House
    file: Path
    people: dict[str, Somebody] = field(default_factory=dict)
    things: dict[str, list[Thing]] = field(default_factory=dict)
    _before: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False), repr=False
    )
    _rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict, repr=False)
    _told: set[str] = field(default_factory=set, repr=False)

    async def keep(self) -> None:
        """Let the store as it is now be what it is compared with."""
        await self._with_file(lambda live: live.backup(self._before))
        self._rows = dump(self._before)
        await self.refusals()

    def close(self) -> None:
        """Forget what it was."""
        self._before.close()

    async def restore(self) -> None:
        """Make the store what it was at first."""
        await self._with_file(self._before.backup)

    async def differs(self) -> list[str]:
        """The tables that are not what they were at first; what is only a trace of a visit does not count."""
        now = await self._with_file(dump)
        return [name for name, rows in self._rows.items() if now[name] != rows]

    async def refusals(self) -> list[tuple[str, str | None]]:
        """What was refused since this was asked last, as the audit has it: (code, user id)."""
        # So that the next one like it is written down at once, too.
        await self.house.road.refusals.flush(everything=True)
        rows = await self._with_file(lambda live: _refused(live, self._told))
        self._told.update(row[0] for row in rows)
        return [(str(code), user) for _, code, user in rows]

    async def _with_file(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        # Aside: what the house writes at the same moment must be able to end.
        def done() -> Result:
            with closing(sqlite3.connect(self.file, timeout=20)) as live:
                return work(live)

        return await asyncio.to_thread(done)


@asynccontextmanager
async def town(directory: Path, shop: Path, migrated: Path) -> AsyncIterator[Town]:
    """The whole of it."""
    shutil.copy(migrated, directory / "app_data.db")
    async with open_house(settings_for(directory), {"web": None, "api": None}) as built:
        # Nothing here is about how long a wrong password takes.
        built.service.people = PeopleDesk(built.road, cost=4)
        one = Town(built, directory / "app_data.db", *await _settle(built, shop))
        await one.keep()
        yield one
        one.close()


async def _settle(built: House, shop: Path) -> tuple[dict[str, Somebody], dict[str, list[Thing]]]:
    desk = built.service.people
    given = await add_sqlite(built, shop, SHOP)
    things: dict[str, list[Thing]] = {
        kind: [] for kind in ("connection", "question", "template", "key", "user", "device", "schedule")
    }
    things["connection"].append(Thing(given.id, "everyone", await _resource(built, given.id)))
    things["shop"] = things["connection"][:]
    people: dict[str, Somebody] = {}
    for kind, role in ((VIEWER, "viewer"), (ADMIN, "admin"), (OTHER, "viewer")):
        name = kind.replace(" ", "-")
        line = await desk.add(ADMINISTRATOR, NewPerson(f"{name}@example.com", name, role))  # type: ignore[arg-type]
        await desk.give_password(ADMINISTRATOR, line.id, PASSWORD)
        first, second = [await desk.sign_in(f"{name}@example.com", PASSWORD) for _ in range(2)]
        people[kind] = await _somebody(built, kind, (await desk.signed_in(first.access, platform="api")).actor, first)
        await _own(built, people[kind], things, shop, second)
    administrator = people[ADMIN]
    for kind, scopes in (
        *((key, ((scope, None),)) for key, scope in zip(KEYS, SCOPES, strict=True)),
        (LIMITED, (("ask", (given.id,)), ("templates", (given.id,)), ("connections", (given.id,)))),
    ):
        made = await desk.make_key(administrator.actor, NewKey(kind, scopes))
        people[kind] = await _somebody(built, kind, await desk.actor_of_key(made.key), made.key)
    things["question"].append(await _question(built, people[KEYS[0]]))
    return people, things


async def _somebody(built: House, kind: str, actor: Actor, token: SignIn | str) -> Somebody:
    person = await built.road.people.meet(actor)
    return Somebody(kind, actor, person, token if isinstance(token, str) else token.access)


async def _own(built: House, who: Somebody, things: dict[str, list[Thing]], shop: Path, second: SignIn) -> None:
    """Something of each kind that is theirs."""
    person = who.person
    new = NewConnection(f"of the {who.kind}", "sqlite", str(shop), 0, "", "", "own")
    connection = await built.road.connections.add(person, new, local=True)
    await built.road.catalog.entry(connection)  # read once, so that nobody's question is the first
    things["connection"].append(Thing(connection.id, who.kind, connection.resource))
    things["question"].append(await _question(built, who))
    for shared in (False, True):
        edit = TemplateEdit(
            f"{'shared' if shared else 'kept'} by the {who.kind}",
            f"How many customers of the {who.kind} are in {{city}}, {'all' if shared else 'mine'}?",
            SQL,
            (Parameter("city", "choice", "Seoul", "cities.name"),),
            connection=SHOP,
        )
        saved = await built.service.saved.keep(who.actor, edit)
        if shared:
            await built.service.saved.share(who.actor, saved.id, True)
        given = await _resource_of_shop(built)
        resource = Resource("template", person.id, connection=given)
        things["template"].append(Thing(saved.id, who.kind, resource, shared, {"name": saved.name}))
    asked = Question(who.actor, place_of(who.actor, "scheduled"), new_id(), "SELECT 1 AS one", datetime.now(UTC), SHOP)
    scheduled = await built.service.schedules.make(asked, "daily at 9")
    things["schedule"].append(Thing(scheduled.id, who.kind, Resource("schedule", person.id)))
    made = await built.service.people.make_key(who.actor, NewKey("spare", (("ask", None),)))
    things["key"].append(Thing(made.line.id, who.kind, Resource("key", person.id)))
    things["user"].append(Thing(person.id, who.kind, Resource("sign_in", person.id)))
    things["device"].append(Thing(second.device, who.kind, Resource("sign_in", person.id)))


async def _question(built: House, who: Somebody) -> Thing:
    text = "How many customers are in Seoul?"
    question = Question(who.actor, place_of(who.actor, "s1"), new_id(), text, datetime.now(UTC), SHOP)
    accepted = await built.service.accept(question)
    await wait_for(built, accepted.question_id, who.actor)
    resource = Resource("question", who.person.id, account=account_of(who.actor))
    return Thing(accepted.question_id, who.kind, resource)


async def _resource_of_shop(built: House) -> str:
    async with built.store.reading() as session:
        (found,) = [one for one in await built.road.connections.every(session) if one.name == SHOP]
    return found.id


async def _resource(built: House, connection_id: str) -> Resource:
    async with built.store.reading() as session:
        (found,) = [one for one in await built.road.connections.every(session) if one.id == connection_id]
    assert found.given_to == {("everyone", EVERYONE)}
    return replace(found.resource)


def _refused(live: sqlite3.Connection, told: set[str]) -> list[tuple[str, str | None, str | None]]:
    rows = live.execute("SELECT id, error_message, user_id FROM audit_logs WHERE success = 0 ORDER BY timestamp")
    return [row for row in rows if row[0] not in told]


def dump(store: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but the traces of a visit."""
    names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: _rows(store, name) for name in names if name not in _NOISE}


def _rows(store: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})") if row[1] not in _USE]
    return store.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1").fetchall()
