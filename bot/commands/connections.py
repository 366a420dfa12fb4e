"""`colloquery connections`: the databases that can be asked.

A password is asked for, read from standard input or taken from COLLOQUERY_DB_PASSWORD: never an argument, which every
other account of the machine could read.
"""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import typer

from bot.commands.common import default_language, line, run
from bot.demo import operator
from bot.wiring import House
from core.ask.present import connection_words
from core.ask.present.visible import one_line
from core.chat import Actor, ConnectionReport, ConnectionView, Place, TlsMode
from core.connections.connection import ConnectionEdit, NewConnection
from core.connections.connections import EVERYONE, SubjectKind
from core.engines.base import FILE_KINDS, ServerKind
from core.engines.registry import ENGINES
from core.errors import BadConnection
from core.ids import place_id
from core.locale import say

app = typer.Typer(help="The databases that can be asked.", no_args_is_help=True)

Result = TypeVar("Result")

KINDS = f"{', '.join([*ENGINES][:-1])} or {[*ENGINES][-1]}."
NO_PASSWORD: frozenset[ServerKind] = FILE_KINDS | {"bigquery"}
"""Kinds that are signed in to without one."""

Name = Annotated[str, typer.Argument(help="The connection's name.")]
Kind = Annotated[str | None, typer.Option("--type", help=KINDS)]
Host = Annotated[str | None, typer.Option(help="Host name or address; for SQLite and DuckDB the path of the file.")]
Database = Annotated[str | None, typer.Option(help="Database, service or schema to connect to.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="0, or left out: the server's usual port.")]
User = Annotated[str | None, typer.Option(help="An account that may only read.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; else it is asked for.")
]
Tls = Annotated[
    str | None,
    typer.Option("--tls", help="off, prefer (as it is when left out), require, or verify: certificate and name."),
]
TlsCa = Annotated[
    Path | None,
    typer.Option("--tls-ca", help="A PEM file with the certificates of the authority that signed the server's."),
]
Whom = Annotated[
    str, typer.Option("--to", help="everyone, a person's e-mail address, or a channel as slack:T0123:C0123.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PASSWORD = "COLLOQUERY_DB_PASSWORD"  # noqa: S105 (the name of a variable)


@app.command("add")
def add(
    name: Name,
    kind: Annotated[str, typer.Option("--type", help=KINDS)],
    host: Annotated[str, typer.Option(help="Host name or address; for SQLite and DuckDB the path of the file.")],
    database: Database = None,
    port: Port = None,
    user: User = None,
    password_stdin: FromStdin = False,
    tls: Tls = None,
    tls_ca: TlsCa = None,
    everyone: Annotated[bool, typer.Option("--everyone", help="Let everybody ask it.")] = False,
    default: Annotated[
        bool, typer.Option("--default", help="With --everyone: asked unless another is chosen.")
    ] = False,
) -> None:
    """Add a database: it is tried first, and kept only when it answers."""
    server = _kind(kind)
    password = "" if server in NO_PASSWORD else _password(stdin=password_stdin)
    new = NewConnection(
        name, server, host, port or 0, user or "", password, database or name, _tls(tls) or "prefer", _ca(tls_ca) or ""
    )

    async def work(house: House, me: Actor) -> None:
        told = await house.service.sources.add(me, new)
        if everyone:
            await house.service.sources.give(me, told.id, "everyone", EVERYONE, default=default)
        line("connection_added", name=one_line(told.name), version=one_line(told.version), tables=told.tables)
        if told.is_encrypted is False and server not in FILE_KINDS:
            _say("report.clear")
        if told.can_write:
            line("connection_can_write")

    _run(work)


@app.command("list")
def list_all(
    everybodys: Annotated[bool, typer.Option("--all", help="Those of other people, too.")] = False,
    as_json: Json = False,
) -> None:
    """List the connections you may ask, and how they stand; the default is marked."""

    async def work(house: House, me: Actor) -> tuple[ConnectionView, ...]:
        return await house.service.sources.all(me, everybodys=everybodys)

    found = _run(work)
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    if not found:
        line("connections_none")
    for one in found:
        state = one_line(connection_words.state(one, default_language()))
        typer.echo(f"{'*' if one.is_default else ' '} {one_line(one.name)}\t{one.kind}\t{state}")


@app.command("show")
def show(name: Name, as_json: Json = False) -> None:
    """All that there is to a connection, but its password."""

    async def work(house: House, me: Actor) -> ConnectionView:
        return await house.service.sources.named(me, name)

    view = _run(work)
    if as_json:
        typer.echo(json.dumps(_plain(view), ensure_ascii=False, indent=1))
        return
    typer.echo(one_line(view.name))
    for label, value in connection_words.details(view, default_language(), "UTC"):
        typer.echo(f"  {label}: {one_line(value)}")


@app.command("edit")
def edit(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    kind: Kind = None,
    host: Host = None,
    database: Database = None,
    port: Port = None,
    user: User = None,
    new_password: Annotated[bool, typer.Option("--password", help="Ask for another password.")] = False,
    password_stdin: FromStdin = False,
    tls: Tls = None,
    tls_ca: TlsCa = None,
    no_tls_ca: Annotated[bool, typer.Option("--no-tls-ca", help="Trust the machine's own list again.")] = False,
) -> None:
    """Change a connection: it is tried first, and changed only when it answers. What is left out stays.

    Where a password would go elsewhere or another way than it was given for, it is asked for again.
    """
    password = _password(stdin=password_stdin) if new_password or password_stdin else os.environ.get(PASSWORD)
    changes: dict[str, Any] = {
        "name": new_name,
        "kind": None if kind is None else _kind(kind),
        "host": host,
        "port": port,
        "user": user,
        "database": database,
        "tls": _tls(tls),
        "tls_ca": "" if no_tls_ca else _ca(tls_ca),
    }
    if password is None and all(value is None for value in changes.values()):
        raise BadConnection("connection.no_change")

    async def work(house: House, me: Actor) -> None:
        view = await house.service.sources.named(me, name)
        wanted = ConnectionEdit(**changes, password=password, revision=view.revision)
        try:
            told = await house.service.sources.edit(me, view.id, wanted)
        except BadConnection as refused:
            if refused.code != "connection.password_again" or not sys.stdin.isatty():
                raise
            again = ConnectionEdit(**changes, password=_password(stdin=False), revision=view.revision)
            told = await house.service.sources.edit(me, view.id, again)
        _say("report.changed", name=one_line(new_name or view.name))
        if told is None:
            _say("report.unseen")
        else:
            _print_report(told)

    _run(work)


@app.command("test")
def test(name: Name) -> None:
    """Reach it, sign in, and say what is there. Exit code 1 when it cannot be asked."""

    async def work(house: House, me: Actor) -> ConnectionReport:
        return await house.service.sources.test(me, await _id(house, me, name))

    _print_report(_run(work))


@app.command("enable")
def enable(name: Name) -> None:
    """Let it be asked again; it is tried first."""

    async def work(house: House, me: Actor) -> ConnectionReport:
        return await house.service.sources.enable(me, await _id(house, me, name))

    told = _run(work)
    _say("report.asked_again", name=one_line(told.name))
    _print_report(told)


@app.command("disable")
def disable(name: Name) -> None:
    """Let nobody ask it until it is enabled again. Everything of it is kept."""

    async def work(house: House, me: Actor) -> ConnectionView:
        return await house.service.sources.disable(me, await _id(house, me, name))

    _say("report.off", name=one_line(_run(work).name))


@app.command("default")
def default(
    name: Name,
    everyone: Annotated[bool, typer.Option("--everyone", help="For everybody, not just for you.")] = False,
) -> None:
    """Make it the one that is asked unless another is named."""

    async def work(house: House, me: Actor) -> None:
        connection = await _id(house, me, name)
        if everyone:
            await house.service.sources.give(me, connection, "everyone", EVERYONE, default=True)
        else:
            await house.service.sources.choose(me, connection)
        line("connection_default", name=one_line(name))

    _run(work)


@app.command("give")
def give(
    name: Name,
    to: Whom,
    default: Annotated[bool, typer.Option("--default", help="Asked unless they choose another.")] = False,
    private: Annotated[
        bool | None, typer.Option("--private/--no-private", help="Whether they see its private columns, too.")
    ] = None,
) -> None:
    """Let everyone, one person or one channel ask it."""
    kind, subject = _whom(to)

    async def work(house: House, me: Actor) -> None:
        connection = await _id(house, me, name)
        await house.service.sources.give(me, connection, kind, subject, default=default, private=private)
        key = "connection_given_everyone" if kind == "everyone" else "connection_given"
        line(key, name=one_line(name), to=one_line(to.strip()))

    _run(work)


@app.command("take")
def take(
    name: Name,
    whom: Annotated[str, typer.Option("--from", help="everyone, a person's e-mail address, or slack:T0123:C0123.")],
) -> None:
    """Take it back from everyone, one person or one channel."""
    kind, subject = _whom(whom)

    async def work(house: House, me: Actor) -> None:
        await house.service.sources.take(me, await _id(house, me, name), kind, subject)
        told = say(default_language(), "connections.everyone") if kind == "everyone" else one_line(whom.strip())
        _say("report.taken", name=one_line(name), to=told)

    _run(work)


@app.command("refresh")
def refresh(name: Name) -> None:
    """Read its schema again and say what changed."""

    async def work(house: House, me: Actor) -> None:
        changes = await house.service.sources.refresh(me, await _id(house, me, name))
        if not changes:
            line("schema_same")
        for key in ("added", "removed", "changed"):
            tables = getattr(changes, key)
            if tables:
                line(f"schema_{key}", tables=one_line(", ".join(tables)))

    _run(work)


@app.command("remove")
def remove(name: Name) -> None:
    """Forget it, its password and what was read of its schema."""

    async def work(house: House, me: Actor) -> None:
        gone = await house.service.sources.delete(me, await _id(house, me, name))
        line("connection_removed", name=one_line(gone))

    _run(work)


def _run(work: Callable[[House, Actor], Awaitable[Result]]) -> Result:
    return run(lambda house: work(house, operator(default_language())))


async def _id(house: House, me: Actor, name: str) -> str:
    return (await house.service.sources.named(me, name)).id


def _say(key: str, **values: object) -> None:
    typer.echo(say(default_language(), f"connections.{key}", **values))


def _print_report(told: ConnectionReport) -> None:
    typer.echo(one_line(connection_words.report(told, default_language())), err=bool(told.problem))
    if told.problem:
        raise typer.Exit(1)


def _plain(view: ConnectionView) -> dict[str, Any]:
    plain = asdict(view)
    plain["checked_at"] = view.checked_at and view.checked_at.isoformat()
    return plain


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given = os.environ.get(PASSWORD)
    if given is not None:
        return given
    return str(typer.prompt("Password", hide_input=True, default="", show_default=False, err=True))


def _kind(text: str) -> ServerKind:
    for kind in ENGINES:
        if kind == text.strip().lower():
            return kind
    raise BadConnection("connection.kind", kinds=", ".join(ENGINES))


def _tls(text: str | None) -> TlsMode | None:
    if text is None:
        return None
    modes: tuple[TlsMode, ...] = get_args(TlsMode)
    for mode in modes:
        if mode == text.strip().lower():
            return mode
    raise BadConnection("connection.tls_mode", modes=", ".join(modes))


def _ca(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise BadConnection("connection.ca_unreadable") from None


def _whom(text: str) -> tuple[SubjectKind, str]:
    """Everyone, an e-mail address, or the id of a place written as platform:workspace:channel."""
    text = text.strip()
    if text.lower() == "everyone":
        return "everyone", EVERYONE
    if "@" not in text and text.count(":") == 2:
        platform, workspace, channel = text.split(":")
        return "place", place_id(Place(platform, workspace, channel, thread=""))
    return "user", text
