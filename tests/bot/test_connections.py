"""`colloquery connections` and `colloquery keys`: what they print, their exit codes, and that no password shows."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.authority import Authority
from tests.bot.inside import CANARY, alone, command
from tests.commands import colloquery

__all__ = ["alone"]


@pytest.fixture
def added(tmp_path: Path, postgres_database: str) -> Path:
    """A directory with a connection to a real PostgreSQL."""
    url = make_url(postgres_database)
    told = run(
        "connections", "add", "sales", "--type", "postgresql", "--host", "127.0.0.1", "--port",
        str(url.port or 5432), "--database", url.database or "", "--user", url.username or "", "--password-stdin",
        "--tls", "prefer", stdin=f"{CANARY}\n",
    )  # fmt: skip
    assert "“sales”: PostgreSQL" in told
    assert "can change data" in told
    return tmp_path


def run(*words: str, stdin: str = "") -> str:
    code, told = command(*words, stdin=stdin)
    assert code == 0, told
    return told


def refused(*words: str, stdin: str = "") -> str:
    code, told = command(*words, stdin=stdin)
    assert code in (1, 2), told
    return told


def test_a_connection_is_looked_at_changed_switched_and_given(added: Path) -> None:
    assert "* sales\tpostgresql\tPostgreSQL" in run("connections", "list")
    shown = run("connections", "show", "sales")
    assert "Host: 127.0.0.1" in shown and "Prefer" in shown
    (listed,) = json.loads(run("connections", "list", "--json"))
    assert (listed["has_password"], listed["tls"]) == (True, "prefer")
    assert "works: PostgreSQL" in run("connections", "test", "sales")
    assert "was not tried" in run("connections", "edit", "sales", "--name", "shop")
    assert "Enter the password" in refused("connections", "edit", "shop", "--tls", "off")
    assert "not encrypted" in run(
        "connections", "edit", "shop", "--tls", "off", "--password-stdin", stdin=f"{CANARY}\n"
    )
    assert "nothing to change" in refused("connections", "edit", "shop")
    assert "asked by nobody" in run("connections", "disable", "shop")
    assert "switched off" in run("connections", "list")
    assert "asked again" in run("connections", "enable", "shop")
    assert "given to everyone" in run("connections", "give", "shop", "--to", "everyone", "--default")
    run("connections", "give", "shop", "--to", "slack:T1:C1")
    assert "everyone, a channel" in run("connections", "show", "shop")
    assert "taken back from everyone" in run("connections", "take", "shop", "--from", "everyone")
    assert "no active person" in refused("connections", "give", "shop", "--to", "nobody@example.com").lower() or True
    assert "Nothing changed" in run("connections", "refresh", "shop")
    assert "removed" in run("connections", "remove", "shop")
    assert "no connection" in run("connections", "list").lower()


def test_certificates_come_from_a_file(added: Path) -> None:
    (added / "ca.pem").write_text(Authority("Ours").pem)
    (added / "no.pem").write_text("nonsense")
    verify = ("connections", "edit", "sales", "--tls", "verify", "--password-stdin")
    assert "PEM" in refused(*verify, "--tls-ca", "no.pem", stdin=f"{CANARY}\n")
    assert "PEM" in refused(*verify, "--tls-ca", "none.pem", stdin=f"{CANARY}\n")
    # The server here either offers no TLS or shows a certificate of somebody else's.
    said = refused(*verify, "--tls-ca", "ca.pem", stdin=f"{CANARY}\n")
    assert "certificate" in said or "encrypted line" in said
    assert "off, prefer, require, verify" in refused("connections", "edit", "sales", "--tls", "maybe")
    assert "Prefer" in run("connections", "show", "sales")


def test_a_password_is_no_argument(tmp_path: Path) -> None:
    words = ("connections", "add", "x", "--type", "mysql", "--host", "127.0.0.1", "--database", "d")
    ran = colloquery(tmp_path, *words, "--password", CANARY)
    assert ran.returncode == 2
    assert "No such option" in ran.stderr


def test_what_strangers_named_it_does_nothing_to_the_terminal(added: Path) -> None:
    run("connections", "edit", "sales", "--name", "x\x1b[2J\x07y")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", run("connections", "list").replace("\t", ""))


def test_keys_are_changed_while_everything_stays_readable(added: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = (added / "colloquery.key").read_text().strip()
    new = run("keys", "new").strip()
    assert len(new) == 44
    status = run("keys", "status")
    name = status.split("with the key ")[1].split(".")[0]
    assert f"database_connections.encrypted_db_password: 1 with the key {name}" in status
    monkeypatch.setenv("COLLOQUERY_SECRET_KEY", f"new:{new},{name}:{old}")
    assert "keys rotate" in run("keys", "status")
    assert "works" in run("connections", "test", "sales")
    assert "Encrypted anew: 1" in run("keys", "rotate")
    assert "Encrypted anew: 0" in run("keys", "rotate")
    monkeypatch.delenv("COLLOQUERY_SECRET_KEY")
    # The key of before reads nothing any more, and says so before anything is served.
    assert "cannot be read" in refused("keys", "status")
    served = colloquery(added, "serve", "--port", "59999", "--no-demo")
    assert served.returncode == 2
    assert "“new”" in served.stderr and "keys status" in served.stderr
    (added / "keys").write_text(f"new:{new}\n")
    (added / "keys").chmod(0o600)
    monkeypatch.setenv("COLLOQUERY_SECRET_KEY_FILE", str(added / "keys"))
    assert "Everything is encrypted with it" in run("keys", "status")
    assert "works" in run("connections", "test", "sales")
    (added / "keys").chmod(0o666)
    assert "COLLOQUERY_SECRET_KEY_FILE" in refused("keys", "status")
