"""`colloquery db`: the store's revisions."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import line
from bot.settings import load
from core.storage import migrate
from core.storage.document import document
from core.storage.session import Store

app = typer.Typer(help="The store: its revisions and its description.", no_args_is_help=True)

Revision = Annotated[str, typer.Argument(help="A revision, head, or a step such as -1.")]


def _store() -> Store:
    settings = load()
    return Store.open(settings.database_url, settings.data_dir)


@app.command("upgrade")
def upgrade(to: Revision = "head") -> None:
    """Bring the store to a newer revision. `serve` does this by itself."""
    asyncio.run(migrate.upgrade(_store(), to))
    line("db_at", revision=asyncio.run(migrate.check(_store())).current or "-")


@app.command("downgrade")
def downgrade(to: Revision) -> None:
    """Take the store back to an older revision. What newer tables hold is lost."""
    asyncio.run(migrate.downgrade(_store(), to))
    line("db_at", revision=asyncio.run(migrate.check(_store())).current or "-")


@app.command("revision")
def revision(message: Annotated[str, typer.Argument(help="What the revision does.")]) -> None:
    """Write a new revision from the difference between the store and the models."""
    typer.echo(str(asyncio.run(migrate.revision(_store(), message))))


@app.command("check")
def check() -> None:
    """Say where the store stands; exit code 1 when it is not at head or differs from the models."""
    state = asyncio.run(migrate.check(_store()))
    line("db_state", current=state.current or "-", head=state.head)
    for lacking in (*state.pending, *state.differences):
        typer.echo(f"  {lacking}")
    if not state.up_to_date:
        raise typer.Exit(1)


@app.command("document")
def write_document(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("docs/DB_SCHEMA.md"),
) -> None:
    """Write the description of the tables."""
    path.write_text(document(), encoding="utf-8")
