"""`colloquery connections`: the databases that can be asked."""

from typing import Annotated

import typer

from bot.commands.common import line, run
from bot.demo import operator_person
from bot.wiring import House
from core.ask import offered
from core.connections.connection import Connection, NewConnection
from core.connections.connections import EVERYONE, SubjectKind
from core.engines.base import ServerKind
from core.engines.registry import ENGINES
from core.errors import BadConnection
from core.people.by_email import id_of

app = typer.Typer(help="The databases that can be asked.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The connection's name.")]


@app.command("add")
def add(
    name: Name,
    kind: Annotated[str, typer.Option("--type", help="sqlite, postgresql, mysql, mariadb, oracle or sqlserver.")],
    host: Annotated[str, typer.Option(help="Host name or address; for SQLite the path of the file.")],
    database: Annotated[str, typer.Option(help="Database, service or schema to connect to.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: the server's usual port.")] = 0,
    user: Annotated[str, typer.Option(help="An account that may only read.")] = "",
    password: Annotated[
        str | None,
        typer.Option(
            envvar="COLLOQUERY_DB_PASSWORD", help="Asked for when it is absent; never an argument in scripts."
        ),
    ] = None,
    everyone: Annotated[bool, typer.Option("--everyone", help="Let everybody ask it.")] = False,
    default: Annotated[
        bool, typer.Option("--default", help="With --everyone: asked unless another is chosen.")
    ] = False,
) -> None:
    """Add a database: it is tried first, and kept only when it answers."""
    server = _kind(kind)
    if password is None:
        password = (
            "" if server == "sqlite" else typer.prompt("Password", hide_input=True, default="", show_default=False)
        )
    new = NewConnection(name, server, host, port, user, password, database or name)

    async def work(house: House) -> None:
        person = await operator_person(house, "en")
        connection, health = await offered.add(house.road, person, new)
        if everyone:
            await house.road.connections.give(person, connection, "everyone", EVERYONE, default=default)
        line("connection_added", name=connection.name, version=health.version, tables=health.tables)
        if health.can_write:
            line("connection_can_write")

    run(work)


@app.command("list")
def list_all() -> None:
    """List the connections you may ask; the default is marked."""

    async def work(house: House) -> None:
        person = await operator_person(house, "en")
        async with house.store.reading() as session:
            usable = await house.road.connections.usable(session, person, None)
        if not usable:
            line("connections_none")
        for one in usable:
            own = one.id == person.default_connection or ("everyone", EVERYONE) in one.default_of
            typer.echo(f"{'*' if own else ' '} {one.name}\t{one.kind}")

    run(work)


@app.command("test")
def test(name: Name) -> None:
    """Reach it, sign in, and say what is there."""

    async def work(house: House) -> None:
        connection = await _named(house, name)
        health = await house.road.databases.health(connection.id, house.road.connections.target(connection))
        schema = (await house.road.catalog.entry(connection)).schema
        line("connection_works", name=connection.name, version=health.version, tables=len(schema.tables))
        if health.can_write:
            line("connection_can_write")

    run(work)


@app.command("default")
def default(
    name: Name,
    everyone: Annotated[bool, typer.Option("--everyone", help="For everybody, not just for you.")] = False,
) -> None:
    """Make it the one that is asked unless another is named."""

    async def work(house: House) -> None:
        person, connection = await operator_person(house, "en"), await _named(house, name)
        if everyone:
            await house.road.connections.give(person, connection, "everyone", EVERYONE, default=True)
        else:
            await house.road.connections.set_own_default(person, connection)
        line("connection_default", name=connection.name)

    run(work)


@app.command("give")
def give(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="everyone, or a person's e-mail address.")],
    default: Annotated[bool, typer.Option("--default", help="Asked unless they choose another.")] = False,
    private: Annotated[
        bool | None, typer.Option("--private/--no-private", help="Whether they see its private columns, too.")
    ] = None,
) -> None:
    """Let everyone, or one person, ask it."""

    async def work(house: House) -> None:
        person, connection = await operator_person(house, "en"), await _named(house, name)
        kind: SubjectKind = "everyone" if to.strip().lower() == "everyone" else "user"
        subject = EVERYONE
        if kind == "user":
            async with house.store.reading() as session:
                subject = await id_of(session, to)
        await house.road.connections.give(person, connection, kind, subject, default=default, private=private)
        line("connection_given" if kind == "user" else "connection_given_everyone", name=connection.name, to=to.strip())

    run(work)


@app.command("refresh")
def refresh(name: Name) -> None:
    """Read its schema again and say what changed."""

    async def work(house: House) -> None:
        connection = await _named(house, name)
        changes = await house.road.catalog.refresh(connection)
        await house.road.templates.recheck(connection.id, (await house.road.catalog.entry(connection)).schema)
        if not changes:
            line("schema_same")
        for key in ("added", "removed", "changed"):
            tables = getattr(changes, key)
            if tables:
                line(f"schema_{key}", tables=", ".join(tables))

    run(work)


@app.command("remove")
def remove(name: Name) -> None:
    """Forget it, its password and what was read of its schema."""

    async def work(house: House) -> None:
        person, connection = await operator_person(house, "en"), await _named(house, name)
        await house.road.connections.remove(person, connection)
        line("connection_removed", name=connection.name)

    run(work)


async def _named(house: House, name: str) -> Connection:
    person = await operator_person(house, "en")
    async with house.store.reading() as session:
        return await house.road.connections.choose(session, person, None, name)


def _kind(text: str) -> ServerKind:
    for kind in ENGINES:
        if kind == text.strip().lower():
            return kind
    raise BadConnection("connection.kind", kinds=", ".join(ENGINES))
