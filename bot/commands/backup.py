"""`colloquery backup` and `colloquery restore`: the store in one file, and back again."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import line
from bot.settings import load
from core.errors import BadBackup
from core.storage import backup as backups
from core.storage.base import utc_now
from core.storage.locks import SERVING, held
from core.storage.migrate import upgrade
from core.storage.session import Store

File = Annotated[Path, typer.Argument(help="The file.", show_default=False)]


def backup(path: File) -> None:
    """Copy a SQLite store into a new file, while it is served, and check the copy."""
    taken = backups.backup(_store(), path)
    line("backup_taken", path=taken.path, size=_size(taken.size), revision=taken.revision)


def restore(path: File) -> None:
    """Put a back-up in the place of a SQLite store that nothing serves; what was there is kept beside it."""
    asyncio.run(_restore(_store(), path))


async def _restore(store: Store, path: Path) -> None:
    if store.dialect != "sqlite":
        raise BadBackup("backup.server")
    async with held(store, SERVING) as alone:
        if not alone:
            raise BadBackup("backup.served")
        aside = backups.restore(store, path, utc_now())
        await upgrade(store)
    line("backup_restored", revision=backups.check(store.path).revision)
    if aside is not None:
        line("backup_aside", path=aside)


def _store() -> Store:
    settings = load()
    return Store.open(settings.database_url, settings.data_dir)


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
