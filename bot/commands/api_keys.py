"""`colloquery api-keys`: keys of programs, at the machine itself."""

from typing import Annotated, get_args

import typer

from bot.commands.common import default_language, line, run
from bot.commands.people import person_id
from bot.demo import operator
from bot.wiring import House
from core.access import KEY_DAYS, KeyLine, NewKey
from core.ask.present.visible import one_line
from core.chat import KeyScope, Scopes
from core.errors import BadEdit
from core.locale import format_date, say

app = typer.Typer(help="Keys of programs that use the API.", no_args_is_help=True)

_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)


@app.command("list")
def list_all() -> None:
    """List everybody's keys, the newest first."""

    async def work(house: House) -> None:
        for one in await house.service.people.keys(operator(default_language()), everybody=True):
            _print(house, one)

    run(work)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What will use it.")],
    may: Annotated[
        list[str],
        typer.Option(
            help="ask, templates, connections, usage or administer; may be given several times. The first three may be "
            "for one connection: ask=ID of the connection."
        ),
    ],
    whose: Annotated[str | None, typer.Option("--for", help="Whose: an e-mail address or id; left out, yours.")] = None,
    days: Annotated[int, typer.Option(help="How long it works.")] = KEY_DAYS,
    forever: Annotated[bool, typer.Option("--forever", help="It never expires.")] = False,
) -> None:
    """Make a key. It is shown once, and only here."""
    new = NewKey(name, _scopes(may), None if forever else days)

    async def work(house: House) -> None:
        owner = None if whose is None else await person_id(house, whose)
        made = await house.service.people.make_key(operator(default_language()), new, owner=owner)
        _print(house, made.line)
        typer.echo(made.key)
        line("key_shown_once")

    run(work)


@app.command("revoke")
def revoke(key: Annotated[str, typer.Argument(help="The key's id, or its beginning cq_… as it is listed.")]) -> None:
    """Stop a key at once."""

    async def work(house: House) -> None:
        me, people = operator(default_language()), house.service.people
        listed = await people.keys(me, everybody=True)
        found = [one.id for one in listed if key.strip() in (one.id, one.prefix)]
        if len(found) != 1:
            raise BadEdit("key.unknown")
        _print(house, await people.revoke_key(me, found[0]))

    run(work)


def _scopes(given: list[str]) -> Scopes:
    """ "ask" is for all connections, "ask=a" and "ask=b" together for two."""
    scopes: dict[KeyScope, tuple[str, ...] | None] = {}
    for one in given:
        name, _, connection = one.strip().partition("=")
        if name not in _SCOPES:
            raise BadEdit("key.bad_scope", scope=name[:50], scopes=_SCOPES)
        before = scopes.get(name, ())
        scopes[name] = (*before, connection) if connection and before is not None else None
    return tuple(scopes.items())


def _print(house: House, one: KeyLine) -> None:
    language, zone = default_language(), house.settings.timezone
    scopes = ", ".join(scope if only is None else f"{scope} ({len(only)})" for scope, only in one.scopes)
    until = say(language, "cli.key_forever") if one.expires_at is None else format_date(language, one.expires_at, zone)
    state = say(language, f"cli.key_{one.state}")
    parts = [one.prefix, one_line(one.name), one_line(one.owner_name), scopes, state, until, str(one.usage_count)]
    typer.echo("\t".join([*parts, one.id]))
