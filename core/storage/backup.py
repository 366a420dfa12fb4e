"""Back-ups of a SQLite store: taken while it is served, checked, and put back. Servers have tools of their own for it.

All of it blocks: it is to be called in a thread, or by a command.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from core.errors import BadBackup
from core.storage.migrate import MIGRATIONS, revisions
from core.storage.session import Store

_SIDE_FILES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """A back-up that was checked: its bytes, and the revision of its tables."""

    path: Path
    size: int
    revision: str


def backup(store: Store, path: Path) -> Backup:
    """Copy the store into a new file as it is at one moment, while others read and write it.

    The file is there only when it is whole and was checked; nobody else on the machine can read it. Passwords in it are
    encrypted, and the key is not in it.

    Raises `BadBackup`: backup.server (the store is on a server), backup.missing (there is no store), backup.exists,
    backup.unwritable, backup.damaged.
    """
    source = _file_of(store)
    if not source.is_file():
        raise BadBackup("backup.missing")
    if path.exists():
        raise BadBackup("backup.exists")
    part = path.with_name(f"{path.name}.part")
    with _writing(part, source):
        with closing(_opened(source, "rw")) as read, closing(_opened(part, "rw")) as written:
            # In one step: in WAL no writer waits for it, and it never has to begin again because one wrote.
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it that could be forgotten
        checked = check(part)
        _to_disk(part)
        part.rename(path)
    return Backup(path, checked.size, checked.revision)


def check(path: Path) -> Backup:
    """Read all of a back-up: whole, consistent, ours, and of a revision that this version knows.

    Raises `BadBackup`: backup.missing, backup.damaged, backup.foreign, backup.newer.
    """
    if not path.is_file():
        raise BadBackup("backup.missing")
    try:
        with closing(_opened(path, "ro")) as file:
            if file.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BadBackup("backup.damaged")
            if file.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise BadBackup("backup.damaged")
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"alembic_version", "users", "chat_messages"} <= tables:
                raise BadBackup("backup.foreign")
            (revision,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        raise BadBackup("backup.damaged") from None
    if revision not in revisions(MIGRATIONS):
        raise BadBackup("backup.newer", revision=str(revision)[:40])
    return Backup(path, path.stat().st_size, str(revision))


def restore(store: Store, path: Path, now: datetime) -> Path | None:
    """Put a back-up in the place of the store; where the store that was there is now, None when there was none.

    Nothing may serve the store meanwhile: the caller sees to that. An older revision is brought to the newest one when
    the store is next opened. Raises `BadBackup` as `check` does, backup.exists (the back-up bears the name of the copy
    that is made of it) and backup.unwritable; the store stays as it was then.
    """
    target = _file_of(store)
    check(path)
    part = target.with_name(f"{target.name}.part")
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%d-%H%M%S}")
    with _writing(part, path):
        shutil.copyfile(path, part)
        check(part)
        _to_disk(part)
        there = target.exists()
        # What stands in its side files belongs to it: they go along. Where the store is gone, they are left of it, and
        # SQLite would write them over the back-up.
        for end in ("", *_SIDE_FILES):
            if (beside := target.with_name(target.name + end)).exists():
                beside.rename(aside.with_name(aside.name + end))
        part.rename(target)
    return aside if there else None


def _file_of(store: Store) -> Path:
    if store.dialect != "sqlite":
        raise BadBackup("backup.server")
    return store.path


@contextmanager
def _writing(part: Path, source: Path) -> Iterator[None]:
    """A new and empty file to copy `source` into; whatever ends it early leaves nothing half-written behind."""
    if _is_same(part, source):
        raise BadBackup("backup.exists")  # removing it would lose what is to be copied
    try:
        # A file that is there would keep its owner and rights, and a link would lead elsewhere: neither is written to.
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        yield
    except (OSError, sqlite3.Error):
        raise BadBackup("backup.unwritable") from None
    finally:
        # When it is not ours to remove, or a folder, that was said above.
        with suppress(OSError):
            part.unlink()


def _is_same(part: Path, source: Path) -> bool:
    """Whether it is the file itself; a link to it is not."""
    try:
        return os.path.samestat(part.lstat(), source.stat())
    except OSError:
        return False


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _opened(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    """A file that is there: by its name alone SQLite would make one that is not."""
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return sqlite3.connect(f"file:{quoted}?mode={mode}", uri=True)
