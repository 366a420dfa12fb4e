"""The desk: who may, what is tried before it is kept, and that nobody reaches what they must not, by any spelling."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, update

from bot.wiring import House
from core.ask.connection_desk import ConnectionDesk, at_the_machine
from core.chat import Actor, Place
from core.config import write
from core.connections.connection import ConnectionEdit, NewConnection
from core.connections.settings import ADDED_BY
from core.errors import BadConnection, BadEdit, ColloqueryError, DatabaseUnavailable, NotAllowed, UnknownConnection
from core.ids import place_id
from core.storage.models import AuditLog, User
from core.storage.own_tables import ConnectionOption
from tests.engines.servers import free_port
from tests.engines.test_hosts import HERE, MALFORMED, NEVER, own_address
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, administrator, make_shop, open_house, settings_for
from tests.servers import run_on_postgres

CHANNEL = Place("memory", "T1", "C1", "t1", "team")


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    """A house that may ask this machine, because a setting names it."""
    async with open_house(settings_for(tmp_path, allowed_hosts=("127.0.0.1",))) as house:
        house.road.databases.connect_seconds = 1.0
        yield house


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[House]:
    """A house as it is without settings."""
    async with open_house(settings_for(tmp_path)) as house:
        house.road.databases.connect_seconds = 0.5
        yield house


@pytest.fixture
def database(postgres_database: str) -> NewConnection:
    url = make_url(postgres_database)
    run_on_postgres("CREATE TABLE items (id int PRIMARY KEY, title text)", postgres_database)
    return NewConnection(
        "pg", "postgresql", "127.0.0.1", url.port or 5432, url.username or "", "canary", url.database or ""
    )


async def audited(house: House, action: str) -> list[tuple[bool, str | None]]:
    async with house.store.reading() as session:
        found = await session.execute(
            select(AuditLog.success, AuditLog.error_message)
            .where(AuditLog.action == action, AuditLog.resource_type == "connection")
            .order_by(AuditLog.timestamp)
        )
    return [(row[0], row[1]) for row in found]


async def test_one_of_ones_own_is_tried_and_reported(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    told = await desk.add(LEE, database)
    assert told.passed == ("fields", "reach", "encrypt", "sign_in", "look", "tables")
    assert (told.problem, told.failed, told.tables, told.can_write) == ("", None, 1, True)
    assert told.version.startswith("PostgreSQL") and told.is_encrypted is not None and told.milliseconds > 0
    (view,) = await desk.all(LEE)
    assert (view.is_mine, view.may_manage, view.may_give, view.has_password) == (True, True, False, True)
    assert (view.version, view.can_write, view.problem) == (told.version, True, "")
    assert view.checked_at is not None
    assert "canary" not in repr(view) + repr(told)
    assert await desk.all(KIM) == () == await desk.choices(KIM, CHANNEL)
    assert await audited(built, "connection.added") == [(True, None)]


async def test_what_does_not_answer_is_not_kept_and_says_at_which_step(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    for changes, code in (
        ({"port": free_port()}, "database.unreachable"),
        ({"user": "no_such_role"}, "database.sign_in"),
        ({"database": "no_such_database"}, "database.unknown_database"),
        ({"tls": "verify"}, "database.tls"),
        ({"host": "127.0.0.2"}, "database.host_not_allowed"),
        ({"tls_ca": "nonsense"}, "connection.ca_unreadable"),
    ):
        with pytest.raises(ColloqueryError) as refused:
            await desk.add(LEE, replace(database, **changes))
        assert refused.value.code.startswith(code), changes
    assert await desk.all(LEE) == ()
    assert [ok for ok, _ in await audited(built, "connection.added")] == [False] * 6


async def test_who_may_add(built: House, database: NewConnection, tmp_path: Path) -> None:
    desk = built.service.sources
    owner = await administrator(built)
    for nobody in (replace(LEE, kind="guest"), replace(LEE, kind="foreign"), replace(LEE, kind="bot")):
        assert not await desk.may_add(nobody)
        with pytest.raises(NotAllowed):
            await desk.add(nobody, database)
    assert await desk.may_add(LEE)
    async with built.store.writing() as session:
        await write(session, ADDED_BY, "administrators", by=owner.id, now=built.road.clock())
    assert not await desk.may_add(LEE)
    with pytest.raises(NotAllowed) as refused:
        await desk.add(LEE, database)
    assert refused.value.code == "connection.added_by_administrators"
    assert await desk.may_add(ADMINISTRATOR)
    limited = replace(ADMINISTRATOR, platform="api", workspace="key", user=owner.id, scopes=(("connections", None),))
    assert not await desk.may_add(limited)
    await desk.add(ADMINISTRATOR, database)
    shop = make_shop(tmp_path / "shop.db")
    file = NewConnection("shop", "sqlite", str(shop), 0, "", "", "shop")
    for away in (
        replace(LEE, user=None),
        Actor("api", "account", owner.id, "Owner", user=owner.id),
        Actor("web", "account", owner.id, "Owner", user=owner.id),
        Actor("slack", "local", "owner", "Mallory"),
    ):
        assert not at_the_machine(away)
        with pytest.raises((BadConnection, NotAllowed)) as away_refused:
            await desk.add(away, file)
        assert away_refused.value.code in ("connection.no_files", "connection.added_by_administrators")
    assert (await desk.add(ADMINISTRATOR, file)).tables > 5


async def test_a_key_sees_and_does_what_it_is_for(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    first = await desk.add(LEE, database)
    second = await desk.add(LEE, replace(database, name="other"))
    async with built.store.reading() as session:
        lee = await session.scalar(select(User.id).where(User.email == LEE.email))
    key = Actor("api", "key", "k1", "Key", user=lee, scopes=(("connections", (first.id,)),))
    assert [one.id for one in await desk.all(key)] == [first.id]
    assert (await desk.test(key, first.id)).problem == ""
    for call in (desk.test, desk.disable, desk.delete, desk.one):
        with pytest.raises(UnknownConnection):
            await call(key, second.id)
    with pytest.raises(NotAllowed):
        await desk.choices(key, CHANNEL)
    asking = replace(key, scopes=(("ask", None),))
    assert {one.id for one in await desk.all(asking)} == {first.id, second.id}
    assert not any(one.may_manage or one.host for one in await desk.all(asking))
    with pytest.raises(NotAllowed):
        await desk.test(asking, first.id)
    with pytest.raises(NotAllowed):
        await desk.add(asking, database)


async def test_an_edit_is_tried_before_it_is_kept(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)
    before = await desk.one(LEE, added.id)
    with pytest.raises(BadConnection) as refused:
        await desk.edit(LEE, added.id, ConnectionEdit(user="somebody"))
    assert refused.value.code == "connection.password_again"
    with pytest.raises(DatabaseUnavailable):
        await desk.edit(LEE, added.id, ConnectionEdit(user="no_such_role", password="p"))
    assert await desk.one(LEE, added.id) == before
    assert await desk.edit(LEE, added.id, ConnectionEdit(name="renamed", revision=before.revision)) is None
    with pytest.raises(BadConnection) as late:
        await desk.edit(LEE, added.id, ConnectionEdit(name="late", revision=before.revision))
    assert late.value.code == "connection.changed_meanwhile"
    told = await desk.edit(LEE, added.id, ConnectionEdit(database="postgres"))
    assert told is not None and told.problem == ""
    view = await desk.one(LEE, added.id)
    assert (view.name, view.database) == ("renamed", "postgres")
    assert told.tables == 0  # the catalog was read anew
    assert [why for ok, why in await audited(built, "connection.changed") if not ok] == [
        "connection.password_again", "database.sign_in", "connection.changed_meanwhile",
    ]  # fmt: skip


async def test_an_edit_closes_the_lines_of_before(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)
    lanes = built.road.databases._lanes
    assert list(lanes) == [added.id]  # that of the trial is closed
    old = lanes[added.id]
    await desk.edit(LEE, added.id, ConnectionEdit(database="postgres"))
    assert lanes[added.id] is not old and old._idle == []
    await desk.delete(LEE, added.id)
    assert lanes == {}


async def test_of_two_edits_at_once_one_is_told(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)

    async def edit(user: str) -> str:
        try:
            await desk.edit(LEE, added.id, ConnectionEdit(user=user, database="postgres", password="p"))
        except ColloqueryError as error:
            return error.code
        return "kept"

    codes = await asyncio.gather(edit("postgres"), edit("postgres"), edit("postgres"))
    assert sorted(codes) == ["connection.changed_meanwhile", "connection.changed_meanwhile", "kept"]


async def test_switched_off_it_is_changed_without_a_look_and_looked_at_when_it_is_on(
    built: House, database: NewConnection
) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)
    off = await desk.disable(LEE, added.id)
    assert (off.is_enabled, off.may_use, off.has_password) == (False, False, True)
    assert await desk.choices(LEE, CHANNEL) == ()
    assert [one.id for one in await desk.all(LEE)] == [added.id]
    nowhere = ConnectionEdit(port=free_port(), password="p")
    assert await desk.edit(LEE, added.id, nowhere) is None
    with pytest.raises(DatabaseUnavailable):
        await desk.enable(LEE, added.id)
    assert not (await desk.one(LEE, added.id)).is_enabled
    await desk.edit(LEE, added.id, ConnectionEdit(port=database.port, password="p"))
    assert (await desk.enable(LEE, added.id)).problem == ""
    assert (await desk.one(LEE, added.id)).may_use


async def test_a_look_is_noted_for_the_list(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)
    async with built.store.writing() as session:
        await session.execute(update(ConnectionOption).values(tls="verify"))
    told = await desk.test(LEE, added.id)
    assert (told.failed, told.passed, told.problem[:12]) == ("encrypt", ("fields", "reach"), "database.tls")
    view = await desk.one(LEE, added.id)
    assert (view.problem, view.version) == (told.problem, added.version)
    async with built.store.writing() as session:
        await session.execute(update(ConnectionOption).values(tls="prefer"))
    assert (await desk.test(LEE, added.id)).problem == ""
    assert (await desk.one(LEE, added.id)).problem == ""


async def test_the_catalog_is_read_again_and_says_what_changed(
    built: House, database: NewConnection, postgres_database: str
) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)
    assert not await desk.refresh(LEE, added.id)
    run_on_postgres("CREATE TABLE more (id int)", postgres_database)
    run_on_postgres("ALTER TABLE items ADD price int", postgres_database)
    changes = await desk.refresh(LEE, added.id)
    assert (changes.added, changes.changed, changes.removed) == (("more",), ("items",), ())
    with pytest.raises(UnknownConnection):
        await desk.refresh(KIM, added.id)


async def test_administrators_alone_give_and_take(built: House, database: NewConnection) -> None:
    desk = built.service.sources
    added = await desk.add(LEE, database)
    with pytest.raises(NotAllowed):
        await desk.give(LEE, added.id, "everyone")
    await built.road.people.meet(KIM)
    given = await desk.give(ADMINISTRATOR, added.id, "user", "kim@example.com", default=True)
    assert [(one.to, one.name, one.is_default) for one in given.given_to] == [("user", "Kim", True)]
    await desk.give(ADMINISTRATOR, added.id, "place", place_id(CHANNEL))
    with pytest.raises(BadEdit):
        await desk.give(ADMINISTRATOR, added.id, "user", "nobody@example.com")
    with pytest.raises(BadEdit):
        await desk.give(ADMINISTRATOR, added.id, "user", "no-such-id")
    seen = await desk.one(KIM, added.id)
    assert (seen.host, seen.user, seen.given_to, seen.may_use, seen.may_manage) == ("", "", (), True, False)
    for call in (desk.test, desk.disable, desk.enable, desk.refresh, desk.delete, desk.managed):
        with pytest.raises(NotAllowed):
            await call(KIM, added.id)
    with pytest.raises(NotAllowed):
        await desk.edit(KIM, added.id, ConnectionEdit(name="mine"))
    with pytest.raises(NotAllowed):
        await desk.take(KIM, added.id, "everyone")
    taken = await desk.take(ADMINISTRATOR, added.id, "user", "kim@example.com")
    assert [one.to for one in taken.given_to] == ["place"]
    with pytest.raises(UnknownConnection):
        await desk.one(KIM, added.id)
    assert (await desk.one(KIM, added.id, CHANNEL)).may_use


async def test_lists_and_names(built: House, database: NewConnection, tmp_path: Path) -> None:
    desk = built.service.sources
    shop = await add_sqlite(built, make_shop(tmp_path / "shop.db"), "pg")
    own = await desk.add(LEE, database)
    assert {one.id: one.is_mine for one in await desk.all(LEE)} == {shop.id: False, own.id: True}
    assert (await desk.named(LEE, " PG ")).id == own.id
    assert (await desk.named(KIM, "pg")).id == shop.id
    assert [one.is_default for one in await desk.all(KIM)] == [True]
    with pytest.raises(NotAllowed):
        await desk.all(LEE, everybodys=True)
    assert len(await desk.all(ADMINISTRATOR)) == 1
    assert len(await desk.all(ADMINISTRATOR, everybodys=True)) == 2
    await desk.edit(LEE, own.id, ConnectionEdit(name="lees"))
    assert (await desk.named(ADMINISTRATOR, "lees")).owner == "Lee"
    with pytest.raises(UnknownConnection):
        await desk.named(KIM, "lees")
    with pytest.raises(UnknownConnection):
        await desk.choose(KIM, own.id)
    assert (await desk.choose(LEE, own.id)).is_default


# Where connections from afar lead


FROM_AFAR = replace(LEE, platform="slack")


@contextmanager
def listening() -> Iterator[tuple[int, list[bool]]]:
    """A port of this machine, and whether anybody came."""
    came: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.01)
        yield int(listener.getsockname()[1]), came
        try:
            listener.accept()[0].close()
            came.append(True)
        except TimeoutError:
            pass


@pytest.mark.parametrize("host", [*MALFORMED, *NEVER, *HERE, "0177.0.0.1", "2130706433", "0x7f000001", "127.1"])
async def test_no_spelling_of_this_machine_is_reached(closed: House, host: str) -> None:
    with listening() as (port, came):
        with pytest.raises(ColloqueryError) as refused:
            await closed.service.sources.add(
                FROM_AFAR, NewConnection("x", "postgresql", host, port, "u", "canary", "d")
            )
        code = refused.value.code
        assert code in ("connection.bad_host", "database.host_not_allowed") or code.startswith("connection.field_")
        assert refused.value.details == {} or code.startswith("connection.field_")
    assert came == []
    assert await closed.service.sources.all(FROM_AFAR) == ()


async def test_an_address_of_our_own_is_refused_from_afar(closed: House) -> None:
    own = own_address()
    with pytest.raises(DatabaseUnavailable) as refused:
        await closed.service.sources.add(FROM_AFAR, NewConnection("x", "mysql", own, 3306, "u", "p", "d"))
    assert refused.value.code == "database.host_not_allowed"


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("postgresql", {"database": "d host=127.0.0.1"}),
        ("postgresql", {"database": "postgresql://127.0.0.1/d"}),
        ("postgresql", {"user": "u\x00v"}),
        ("mysql", {"database": "d?unix_socket=/run/mysqld/mysqld.sock"}),
        ("mariadb", {"user": "u@127.0.0.1"}),
        ("oracle", {"database": "d)(ADDRESS=(HOST=127.0.0.1)"}),
        ("sqlserver", {"database": "d;SERVER=tcp:127.0.0.1,1"}),
        ("sqlserver", {"user": "u};SERVER={tcp:127.0.0.1,1"}),
    ],
)
async def test_no_field_leads_elsewhere(closed: House, kind: Any, changes: dict[str, Any]) -> None:
    with listening() as (port, came):
        # Nothing answers at the documentation's address; what counts is that nothing else is asked either.
        new = NewConnection("x", kind, "192.0.2.77", port, "u", "canary", "d")
        with pytest.raises(ColloqueryError) as refused:
            await closed.service.sources.add(FROM_AFAR, replace(new, **changes))
        assert "canary" not in repr(refused.value.details)
    assert came == []


async def test_what_was_added_at_the_machine_is_not_pointed_elsewhere_from_afar(
    closed: House, database: NewConnection
) -> None:
    desk = closed.service.sources
    added = await desk.add(ADMINISTRATOR, database)
    async with closed.store.reading() as session:
        owner = await session.scalar(select(User.id).where(User.role == "admin"))
    afar = Actor("api", "account", str(owner), "Owner", user=owner)
    assert (await desk.test(afar, added.id)).problem == ""
    assert await desk.edit(afar, added.id, ConnectionEdit(name="same place")) is None
    assert (await desk.edit(afar, added.id, ConnectionEdit(database="postgres"))) is not None
    with listening() as (port, came):
        with pytest.raises(DatabaseUnavailable) as refused:
            await desk.edit(afar, added.id, ConnectionEdit(port=port, password="p"))
        assert refused.value.code == "database.host_not_allowed"
    assert came == []
    # Switched off it is not tried; what counts is that it is no longer of this machine when it is on again.
    await desk.disable(afar, added.id)
    await desk.edit(afar, added.id, ConnectionEdit(port=5433, password="p"))
    await desk.edit(afar, added.id, ConnectionEdit(port=database.port, password="p"))
    with pytest.raises(DatabaseUnavailable):
        await desk.enable(afar, added.id)
    with pytest.raises(BadConnection):
        await desk.edit(afar, added.id, ConnectionEdit(kind="sqlite", host="/etc/passwd", password=""))


async def test_the_line_is_checked_again_at_every_connect(closed: House, database: NewConnection) -> None:
    desk = closed.service.sources
    added = await desk.add(ADMINISTRATOR, database)
    async with closed.store.writing() as session:
        await session.execute(update(ConnectionOption).values(is_local=False))
    report = await desk.test(ADMINISTRATOR, added.id)
    assert (report.problem, report.failed) == ("database.host_not_allowed", "reach")


async def test_our_own_store_is_never_asked(tmp_path: Path, postgres_database: str) -> None:
    url = make_url(postgres_database)
    own = NewConnection("own", "postgresql", "127.0.0.1", url.port or 5432, url.username or "", "", url.database or "")
    async with open_house(settings_for(tmp_path, postgres_database)) as house:
        desk = house.service.sources
        for host in ("127.0.0.1", "localhost", "::ffff:127.0.0.1"):
            with pytest.raises(BadConnection) as refused:
                await desk.add(ADMINISTRATOR, replace(own, host=host))
            assert refused.value.code == "connection.own_store"
        assert (await desk.add(ADMINISTRATOR, replace(own, database="postgres"))).problem == ""


async def test_how_long_a_refusal_takes_tells_nothing(built: House) -> None:
    """A closed port and a silent one: the same words, and about the same time."""
    desk, took = built.service.sources, []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (free_port(), int(silent.getsockname()[1])):
            began = time.monotonic()
            with pytest.raises(DatabaseUnavailable) as refused:
                await desk.add(FROM_AFAR, NewConnection("x", "mariadb", "127.0.0.1", port, "u", "p", "d"))
            took.append(time.monotonic() - began)
            assert (refused.value.code, refused.value.details) == ("database.unreachable", {})
    assert took[0] >= built.road.databases.connect_seconds
    assert abs(took[0] - took[1]) < 0.5


def test_every_call_of_the_desk_is_of_somebody() -> None:
    calls = [name for name, value in vars(ConnectionDesk).items() if callable(value) and not name.startswith("_")]
    assert len(calls) == 16
    for name in calls:
        assert next(iter(getattr(ConnectionDesk, name).__annotations__)) == "actor"
