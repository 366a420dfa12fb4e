"""Secure lines: on real servers with certificates of our own; of other servers, what their drivers are told."""

import logging
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from core.chat import TlsMode
from core.engines import oracle, sqlserver
from core.engines.base import Limits, Target
from core.engines.registry import engine
from core.engines.tls import MOST_BYTES, checked_ca, context
from core.errors import BadConnection, ColloqueryError, DatabaseUnavailable
from tests.authority import NAME, Authority
from tests.engines.servers import wait_until
from tests.engines.tls_servers import TlsServer, mariadb, postgresql, stripping

AUTHORITY, STRANGER = Authority("Our authority"), Authority("Somebody else's")
SERVERS: dict[str, Callable[[tuple[str, str]], AbstractContextManager[TlsServer]]] = {
    "postgresql": postgresql,
    "mariadb": mariadb,
}


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def running(request: pytest.FixtureRequest) -> Iterator[TlsServer]:
    with SERVERS[request.param](AUTHORITY.sign()) as server:
        yield server


@pytest.fixture
def server(running: TlsServer) -> Iterator[TlsServer]:
    """One that shows a good certificate for `NAME`."""
    yield running
    running.show(AUTHORITY.sign())


def secured(target: Target, tls: TlsMode, ca: str = "", **changes: object) -> Target:
    return replace(target, tls=tls, tls_ca=ca, **changes)  # type: ignore[arg-type]


def refusal(target: Target) -> str:
    with pytest.raises(ColloqueryError) as caught:
        engine(target.kind).connect(target, 5)
    assert caught.value.details == {}
    return caught.value.code


def test_the_right_authority_and_name_pass(server: TlsServer) -> None:
    target = secured(server.target, "verify", AUTHORITY.pem)
    with closing(engine(target.kind).connect(target, 5)) as session:
        health = session.health()
        assert (health.is_encrypted, health.tls_version) == (True, "TLSv1.3")
        assert session.run("SELECT 1", Limits()).rows == ((1,),)
        session.cancel()


@pytest.mark.parametrize(("tls", "encrypted"), [("off", False), ("prefer", True), ("require", True)])
def test_what_the_other_ways_come_to(server: TlsServer, tls: TlsMode, encrypted: bool) -> None:
    # Neither of them checks who the server is.
    server.show(STRANGER.sign("elsewhere.example.com", days=-2))
    with closing(engine(server.target.kind).connect(secured(server.target, tls), 5)) as session:
        health = session.health()
    assert health.is_encrypted is encrypted
    assert bool(health.tls_version) is encrypted


def test_a_stranger_is_refused(server: TlsServer) -> None:
    assert refusal(secured(server.target, "verify", STRANGER.pem)) == "database.tls_not_trusted"
    assert refusal(secured(server.target, "verify")) == "database.tls_not_trusted"  # nor is it on the machine's list


def test_another_name_is_refused(server: TlsServer) -> None:
    server.show(AUTHORITY.sign("elsewhere.example.com"))
    assert refusal(secured(server.target, "verify", AUTHORITY.pem)) == "database.tls_wrong_name"
    # The address of a name is not the name.
    server.show(AUTHORITY.sign())
    assert refusal(secured(server.target, "verify", AUTHORITY.pem, host="127.0.0.1")) == "database.tls_wrong_name"


def test_an_old_certificate_is_refused(server: TlsServer) -> None:
    server.show(AUTHORITY.sign(days=-2))
    # libpq does not tell one reason from another; the words name both.
    expected = "database.tls_not_trusted" if server.target.kind == "postgresql" else "database.tls_expired"
    assert refusal(secured(server.target, "verify", AUTHORITY.pem)) == expected


@pytest.mark.parametrize("tls", ["require", "verify"])
def test_nothing_is_sent_in_the_clear(server: TlsServer, tls: TlsMode) -> None:
    with stripping(server) as stripper:
        target = secured(server.target, tls, AUTHORITY.pem, port=stripper.port, user="canary", password="canary")
        assert refusal(target) == "database.tls_not_offered"
    assert b"canary" not in stripper.heard
    assert stripper.heard == b""


def test_what_prefer_says_to_him(server: TlsServer) -> None:
    """The stripper hears what is sent in the clear: else the test above would prove nothing."""
    with stripping(server) as stripper:
        target = secured(server.target, "prefer", port=stripper.port, user="canary-user", password="x")
        with pytest.raises(ColloqueryError):
            engine(target.kind).connect(target, 1)
        assert wait_until(lambda: b"canary-user" in stripper.heard)


def test_the_certificates_show_nowhere_and_leave_no_file(
    server: TlsServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    # PostgreSQL takes any password here, MariaDB none.
    password = "canary-password" if server.target.kind == "postgresql" else ""
    target = secured(server.target, "verify", AUTHORITY.pem, password=password)
    session = engine(target.kind).connect(target, 5)
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0
    session.close()
    assert list(tmp_path.iterdir()) == []
    refusal(replace(target, tls_ca=STRANGER.pem))
    assert wait_until(lambda: not list(tmp_path.iterdir()))
    body = AUTHORITY.pem.splitlines()[2]
    assert body not in repr(target) + caplog.text
    assert "canary-password" not in repr(target) + caplog.text


# What people give


def test_certificates_are_kept_as_they_were_given() -> None:
    assert checked_ca("") == checked_ca("  \n") == ""
    assert checked_ca("\n" + AUTHORITY.pem + "\n\n") == AUTHORITY.pem
    both = AUTHORITY.pem + STRANGER.pem
    assert checked_ca(both).count("BEGIN CERTIFICATE") == 2


@pytest.mark.parametrize(
    ("pem", "code"),
    [
        ("no certificate", "connection.ca_unreadable"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "connection.ca_unreadable"),
        (AUTHORITY.pem.replace("A", "é", 1), "connection.ca_unreadable"),
        (AUTHORITY.sign()[1], "connection.ca_has_key"),
        (AUTHORITY.pem + AUTHORITY.sign()[1], "connection.ca_has_key"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "connection.ca_unreadable"),
        (AUTHORITY.pem * (MOST_BYTES // len(AUTHORITY.pem) + 1), "connection.ca_too_long"),
    ],
)
def test_what_is_no_certificate_is_refused(pem: str, code: str) -> None:
    with pytest.raises(BadConnection) as refused:
        checked_ca(pem)
    assert refused.value.code == code


# Drivers without a server here


ORACLE = Target("oracle", NAME, 2484, "scott", "canary-password", "shop", local=True)


@pytest.mark.parametrize(
    ("tls", "protocol"), [("off", "tcp"), ("prefer", "tcp"), ("require", "tcps"), ("verify", "tcps")]
)
def test_oracle_has_a_port_for_it(tls: TlsMode, protocol: str) -> None:
    params = oracle.parameters(secured(ORACLE, tls), "10.0.0.9", 3.0)
    assert f"PROTOCOL={protocol}" in params.get_connect_string()
    assert (params.host, params.ssl_server_dn_match) == ("10.0.0.9", False)
    assert (params.ssl_context is not None) is (protocol == "tcps")


@pytest.mark.parametrize(
    ("certificate", "ca", "code"),
    [
        (AUTHORITY.sign(), AUTHORITY.pem, ""),
        (AUTHORITY.sign(), STRANGER.pem, "database.tls_not_trusted"),
        (AUTHORITY.sign("elsewhere.example.com"), AUTHORITY.pem, "database.tls_wrong_name"),
        (AUTHORITY.sign(days=-2), AUTHORITY.pem, "database.tls_expired"),
    ],
)
def test_oracle_checks_the_name_before_it_says_anything(
    certificate: tuple[str, str], ca: str, code: str, tmp_path: Path
) -> None:
    (tmp_path / "crt").write_text(certificate[0])
    (tmp_path / "key").write_text(certificate[1])
    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    showing.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    heard: list[bytes] = []

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            line.settimeout(3)
            try:
                with showing.wrap_socket(line, server_side=True) as safe:
                    heard.append(safe.recv(4096))
            except OSError:
                line.close()

        thread = Thread(target=serve, daemon=True)
        thread.start()
        target = secured(ORACLE, "verify", ca, port=int(listener.getsockname()[1]))
        with pytest.raises(DatabaseUnavailable) as caught:
            oracle.ENGINE.connect(target, 3)
        thread.join(5)
    if code:
        assert caught.value.code == code
        assert heard in ([], [b""])
    else:
        # The line was secured and Oracle's greeting came through it; nobody answered that.
        assert caught.value.code in ("database.unreachable", "database.refused")
        assert heard[0][4:5] == b"\x01"  # a packet that asks to connect


SQL_SERVER = Target("sqlserver", "db.example.com", 1433, "sa", "secret", "shop")
MICROSOFT, OLDER, FREETDS = "ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server", "FreeTDS"


@pytest.mark.parametrize(
    ("tls", "driver", "told"),
    [
        ("off", MICROSOFT, "Encrypt=no;TrustServerCertificate=yes"),
        ("prefer", MICROSOFT, "Encrypt=yes;TrustServerCertificate=yes"),
        ("require", OLDER, "Encrypt=yes;TrustServerCertificate=yes"),
        ("verify", MICROSOFT, "Encrypt=yes;TrustServerCertificate=no"),
        ("verify", MICROSOFT, "HostNameInCertificate={db.example.com}"),
        ("off", FREETDS, "Encryption=off"),
        ("prefer", FREETDS, "Encryption=request"),
        ("require", FREETDS, "Encryption=require"),
    ],
)
def test_what_odbc_is_told(tls: TlsMode, driver: str, told: str) -> None:
    text = sqlserver.connection_string(secured(SQL_SERVER, tls), "10.0.0.9", driver)
    assert told in text
    assert "SERVER=tcp:10.0.0.9,1433" in text or "SERVER=10.0.0.9;PORT=1433" in text


@pytest.mark.parametrize(
    ("driver", "ca", "code"),
    [
        (OLDER, "", "connection.tls_driver"),
        (FREETDS, "", "connection.tls_driver"),
        (MICROSOFT, AUTHORITY.pem, "connection.tls_ca_driver"),
    ],
)
def test_what_odbc_cannot_check_is_refused(driver: str, ca: str, code: str) -> None:
    with pytest.raises(BadConnection) as refused:
        sqlserver.connection_string(secured(SQL_SERVER, "verify", ca), "10.0.0.9", driver)
    assert refused.value.code == code


def test_whatever_a_driver_says_of_names_ours_is_checked() -> None:
    made = context(secured(ORACLE, "verify", AUTHORITY.pem))
    assert (made.check_hostname, made.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2
    loose = context(secured(ORACLE, "require"))
    assert (loose.check_hostname, loose.verify_mode) == (False, ssl.CERT_NONE)
