"""Servers of one's own that show certificates made on the spot: a PostgreSQL, a MariaDB, and one that strips.

The servers run as an account without rights on a free port of loopback. Absent: see `tests.engines.servers.absent`.
"""

import os
import pwd
import shutil
import socket
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import psycopg
import pymysql

from core.engines.base import Target
from tests.authority import NAME
from tests.engines.servers import absent, free_port, wait_until


@dataclass(frozen=True)
class TlsServer:
    """A running server. `target` is its administrator's, on a line in the clear."""

    target: Target
    folder: Path
    owner: int | None

    def show(self, certificate: tuple[str, str]) -> None:
        """Have it show this certificate from now on."""
        self.put("server.crt", certificate[0])
        self.put("server.key", certificate[1])
        if self.target.kind == "postgresql":
            self.run("SELECT pg_reload_conf()")
        else:
            self.run("FLUSH SSL")

    def put(self, name: str, text: str) -> Path:
        """A file of the server's that it alone may read."""
        path = self.folder / name
        path.write_text(text, encoding="ascii")
        path.chmod(0o600)
        if self.owner is not None:
            os.chown(path, self.owner, -1)
        return path

    def run(self, sql: str) -> None:
        """Run a statement as its administrator."""
        target = self.target
        if target.kind == "postgresql":
            with psycopg.connect(
                host="127.0.0.1", port=target.port, user=target.user, dbname="postgres", sslmode="disable",
                autocommit=True, connect_timeout=3,
            ) as line:  # fmt: skip
                line.execute(sql.encode())
            return
        with (
            pymysql.connect(
                host="127.0.0.1", port=target.port, user=target.user, ssl_disabled=True, connect_timeout=3
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


@contextmanager
def postgresql(certificate: tuple[str, str]) -> Iterator[TlsServer]:
    """A PostgreSQL that offers TLS."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (str(homes[-1]) if homes else "")
    if not found:
        absent("no PostgreSQL is installed to start one's own")
    programs = Path(found).resolve().parent
    with _folder("postgres") as (folder, owner):
        data, port = folder / "data", free_port()
        _do([str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"], owner)
        server = TlsServer(Target("postgresql", NAME, port, "postgres", "", "postgres", local=True), folder, owner)
        chain, key = server.put("server.crt", certificate[0]), server.put("server.key", certificate[1])
        options = (
            f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "ssl=on",
            f"ssl_cert_file={chain}", f"ssl_key_file={key}",
        )  # fmt: skip
        arguments = [part for option in options for part in ("-c", option)]
        with _running([str(programs / "postgres"), "-D", str(data), *arguments], server):
            yield server


@contextmanager
def mariadb(certificate: tuple[str, str]) -> Iterator[TlsServer]:
    """A MariaDB that offers TLS."""
    program = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin") or ""
    make = shutil.which("mariadb-install-db") or ""
    if not program or not make:
        absent("no MariaDB is installed to start one's own")
    with _folder("mysql") as (folder, owner):
        data, port = folder / "data", free_port()
        _do([make, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
             "--skip-test-db"], owner)  # fmt: skip
        server = TlsServer(Target("mariadb", NAME, port, "root", "", "mysql", local=True), folder, owner)
        chain, key = server.put("server.crt", certificate[0]), server.put("server.key", certificate[1])
        options = [
            "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
            f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", f"--ssl-cert={chain}", f"--ssl-key={key}",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M",
        ]  # fmt: skip
        with _running([program, *options], server):
            yield server


@dataclass
class Stripper:
    """Somebody in between who says that the server has no TLS, and writes down what he is told then."""

    port: int
    heard: bytes = b""


@contextmanager
def stripping(server: TlsServer) -> Iterator[Stripper]:
    """He greets as the server does, without its offer to encrypt."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        stripper = Stripper(int(listener.getsockname()[1]))
        greeting = b"" if server.target.kind == "postgresql" else _without_tls(server.target.port)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listener.accept()
                    with line, suppress(OSError):
                        line.settimeout(2)
                        if greeting:
                            line.sendall(greeting)
                        elif line.recv(8) == struct.pack(">ii", 8, 80877103):
                            line.sendall(b"N")
                        while heard := line.recv(4096):
                            stripper.heard += heard

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield stripper


def _without_tls(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 3) as line:
        greeting = bytearray(line.recv(4096))
    capabilities = greeting.index(0, 5) + 1 + 4 + 8 + 1  # after version, thread, scramble and a zero
    greeting[capabilities + 1] &= ~0x08  # CLIENT_SSL, 0x0800
    return bytes(greeting)


@contextmanager
def _folder(account: str) -> Iterator[tuple[Path, int | None]]:
    """A folder, and the account to run as: PostgreSQL will not be root."""
    with tempfile.TemporaryDirectory(prefix="colloquery-tls-") as made:
        owner = None
        if os.geteuid() == 0:
            names = {one.pw_name: one.pw_uid for one in pwd.getpwall()}
            owner = names.get(account, names.get("nobody"))
            os.chown(made, owner or -1, -1)
        yield Path(made), owner


def _do(command: list[str], owner: int | None) -> None:
    done = subprocess.run(command, user=owner, capture_output=True, text=True, timeout=120, check=False, cwd="/")
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]


@contextmanager
def _running(command: list[str], server: TlsServer) -> Iterator[None]:
    with (server.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=server.owner, stdout=log, stderr=log, cwd="/")
    try:

        def answers() -> bool:
            with suppress(psycopg.Error, pymysql.Error):
                server.run("SELECT 1")
                return True
            return False

        started = wait_until(lambda: process.poll() is not None or answers(), 30) and process.poll() is None
        assert started, (server.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
        yield
    finally:
        process.terminate()
        process.wait(30)
