"""The demo shop as a connection that everyone may ask."""

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.wiring import House
from core.chat import Actor
from core.connections.connection import Connection, NewConnection
from core.connections.connections import EVERYONE
from core.demo.shop import build, questions
from core.people.people import LOCAL_WORKSPACE
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.models import DatabaseConnection, SystemConfig
from core.storage.session import insert_if_absent

NAME = "demo"
_OFFERED = "demo.offered"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's connection and three questions to try, in the reader's language."""

    connection: Connection
    questions: tuple[str, str, str]
    new: bool


def operator(locale: str) -> Actor:
    """Whoever sits at this machine: it is they who add what the command line adds."""
    return Actor("terminal", LOCAL_WORKSPACE, "operator", "Operator", locale=locale)


async def operator_person(house: House, locale: str) -> Person:
    """The person behind the command line."""
    async with house.store.writing() as session:
        return await house.road.people.know(session, operator(locale))


async def make(house: House, locale: str) -> Demo:
    """Make the demo shop anew, up to today, and its connection if it is not there."""
    person = await operator_person(house, locale)
    path = (house.settings.data_dir / "demo.db").resolve()
    build(path, utc_now().astimezone(house.settings.zone).date())
    async with house.store.reading() as session:
        own = await house.road.connections.usable(session, person, None)
    found = next((one for one in own if one.kind == "sqlite" and one.name == NAME), None)
    connection = found or await house.road.connections.add(
        person, NewConnection(NAME, "sqlite", str(path), 0, "", "", NAME)
    )
    await house.road.databases.forget(connection.id)
    await house.road.catalog.refresh(connection)
    await house.road.templates.recheck(connection.id, (await house.road.catalog.entry(connection)).schema)
    if found is None:
        await house.road.connections.give(person, connection, "everyone", EVERYONE, default=True)
    async with house.store.writing() as session:
        await insert_if_absent(
            session,
            SystemConfig,
            config_key=_OFFERED,
            config_value=True,
            description="The demo was made once; it is not made again by itself.",
            created_at=utc_now(),
        )
    return Demo(connection, questions(locale), found is None)


async def make_if_nothing_is_configured(house: House, locale: str) -> Demo | None:
    """The demo for a first start: only when there is no connection and it was never made before."""
    async with house.store.reading() as session:
        connections = await session.scalar(select(func.count()).select_from(DatabaseConnection))
        offered = await session.scalar(select(SystemConfig.id).where(SystemConfig.config_key == _OFFERED))
    return None if connections or offered else await make(house, locale)
