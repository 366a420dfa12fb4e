"""`colloquery keys`: the keys that passwords are encrypted with. See docs/connections.md for changing one."""

import typer
from sqlalchemy import func, select

from bot.commands.common import line, run
from bot.wiring import House
from core.storage.crypto import new_key
from core.storage.own_tables import AuditSeal
from core.storage.sealed import SealedState, rotate, states

app = typer.Typer(help="The keys that passwords are encrypted with.", no_args_is_help=True)


@app.command("status")
def status() -> None:
    """What is encrypted with which key, and whether all of it can be read. Exit code 1 when not."""

    async def work(house: House) -> tuple[str, tuple[SealedState, ...], dict[str, int]]:
        keyring = house.road.connections.keyring
        async with house.store.reading() as session:
            seals = await session.execute(select(AuditSeal.key_id, func.count()).group_by(AuditSeal.key_id))
            sealed = {str(row[0]): int(row[1]) for row in seals}
        return keyring.active, await states(house.store, keyring), sealed

    active, found, seals = run(work)
    line("keys_active", key=active)
    for one in found:
        for key, count in one.by_key:
            line("keys_column", column=one.column, key=key, count=count)
        if one.unreadable:
            line("keys_unreadable", column=one.column, count=one.unreadable)
    for key, count in sorted(seals.items()):
        line("keys_seals", key=key, count=count)
    others = {key for one in found for key, _ in one.by_key} - {active}
    line("keys_rotate" if others else "keys_all_active")
    if any(one.unreadable for one in found):
        raise typer.Exit(1)


@app.command("rotate")
def rotate_all() -> None:
    """Encrypt everything with the active key. May be run while the service runs, and again. Exit code 1 when something
    could not be read.
    """

    async def work(house: House) -> tuple[int, int]:
        return await rotate(house.store, house.road.connections.keyring)

    done, unreadable = run(work)
    line("keys_rotated", count=done)
    if unreadable:
        line("keys_left", count=unreadable)
        raise typer.Exit(1)


@app.command("new")
def new() -> None:
    """Print a fresh key."""
    typer.echo(new_key())
