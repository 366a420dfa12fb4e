"""`colloquery people`: who they are, what they may, how they come in. At the machine itself."""

import json
from typing import Annotated, Literal
from urllib.parse import quote

import typer

from bot.commands.common import default_language, line, run
from bot.demo import operator
from bot.wiring import House
from core.access import NewPerson, PersonLine
from core.ask.present.visible import one_line
from core.chat import Actor
from core.locale import format_date, format_number, say
from core.people.by_email import anybody

app = typer.Typer(help="People: their roles, passwords and sign-ins.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="Somebody's e-mail address or id.")]
Role = Literal["viewer", "admin"]

_PAGE = 200


@app.command("list")
def list_all(
    search: Annotated[str, typer.Option(help="Only those with this in their name or e-mail address.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one person a line.")] = False,
) -> None:
    """List everybody, the newest first."""

    async def work(house: House) -> None:
        after: str | None = None
        while True:
            page = await house.service.people.all(_me(), search=search, after=after, most=_PAGE)
            for one in page.items:
                _print(one, as_json)
            after = page.next
            if after is None:
                return

    run(work)


@app.command("show")
def show(who: Who, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show one person: role, accounts, when they were seen."""

    async def work(house: House) -> None:
        one = await house.service.people.one(_me(), await person_id(house, who))
        _print(one, as_json)
        if not as_json:
            for account in one.accounts:
                seen = format_date(default_language(), account.last_seen, house.settings.timezone)
                line("person_account", platform=account.platform, name=one_line(account.name), seen=seen)

    run(work)


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    name: Annotated[str, typer.Option(help="Their name.")],
    role: Annotated[Role, typer.Option(help="viewer or admin.")] = "viewer",
) -> None:
    """Add somebody, who then comes in by a link or from the chat."""

    async def work(house: House) -> None:
        _print(await house.service.people.add(_me(), NewPerson(email, name, role)), as_json=False)

    run(work)


@app.command("role")
def role_of(who: Who, role: Annotated[Role, typer.Argument(help="viewer or admin.")]) -> None:
    """Make somebody an administrator, or not. It signs them out everywhere."""

    async def work(house: House) -> None:
        _print(await house.service.people.set_role(_me(), await person_id(house, who), role), as_json=False)

    run(work)


@app.command("deactivate")
def deactivate(who: Who) -> None:
    """Let somebody do nothing any more: their sign-ins end and their keys stop."""

    async def work(house: House) -> None:
        _print(await house.service.people.set_active(_me(), await person_id(house, who), False), as_json=False)

    run(work)


@app.command("activate")
def activate(who: Who) -> None:
    """Let somebody in again."""

    async def work(house: House) -> None:
        _print(await house.service.people.set_active(_me(), await person_id(house, who), True), as_json=False)

    run(work)


@app.command("password")
def password(
    who: Who,
    new: Annotated[
        str | None,
        typer.Option("--password", envvar="COLLOQUERY_NEW_PASSWORD", help="Asked for when it is absent."),
    ] = None,
) -> None:
    """Set somebody's password; they are signed out everywhere."""
    given = new if new is not None else typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    async def work(house: House) -> None:
        await house.service.people.give_password(_me(), await person_id(house, who), given)
        line("person_password", who=one_line(who))

    run(work)


@app.command("link")
def link(
    whom: Annotated[str | None, typer.Option("--for", help="Their e-mail address or id; left out, you.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Where they reach the page, as in https://ask.example.com.")
    ] = None,
) -> None:
    """Make a link that signs somebody in at the page once, within ten minutes."""

    async def work(house: House) -> None:
        people = house.service.people
        made = await (people.link(_me()) if whom is None else people.invite(_me(), await person_id(house, whom)))
        known = "" if address else house.service.sign_in_url(made.token)
        base = (address or f"http://localhost:{house.settings.port}").rstrip("/")
        typer.echo(known or f"{base}/sign-in#{quote(made.token, safe='')}")
        line("person_link")

    run(work)


@app.command("sign-out")
def sign_out(who: Who) -> None:
    """End all of somebody's sign-ins at the page and the API."""

    async def work(house: House) -> None:
        ended = await house.service.people.sign_out_everywhere(_me(), await person_id(house, who))
        line("person_signed_out", count=format_number(default_language(), ended))

    run(work)


def _me() -> Actor:
    return operator(default_language())


async def person_id(house: House, who: str) -> str:
    """The id of somebody, active or not. Raises `BadEdit`."""
    async with house.store.reading() as session:
        return await anybody(session, who)


def _print(one: PersonLine, as_json: bool) -> None:
    if as_json:
        shown = {
            "id": one.id, "name": one.name, "email": one.email, "role": one.role, "is_active": one.is_active,
            "has_password": one.has_password, "platforms": sorted({account.platform for account in one.accounts}),
            "last_seen": one.last_seen and one.last_seen.isoformat(), "created_at": one.created_at.isoformat(),
        }  # fmt: skip
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    language = default_language()
    state = say(language, "cli.person_active" if one.is_active else "cli.person_inactive")
    platforms = sorted({account.platform for account in one.accounts})
    parts = [one_line(one.name), one.email and one_line(one.email), one.role, state, ", ".join(platforms), one.id]
    typer.echo("\t".join(part or "–" for part in parts))
