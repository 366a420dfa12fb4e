"""Hosts: what may be named, and what may be reached."""

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from core.engines.hosts import ANY_HOST, HostPolicy, OwnDatabase, checked_addresses, checked_file
from core.errors import BadConnection, DatabaseUnavailable

MALFORMED = [
    "",
    "a,b",
    "127.0.0.1,10.0.0.1",
    "/var/run/postgresql",
    "@abstract",
    "host name",
    "host;PORT=1",
    "host)(PORT=1",
    "user@host",
    "host:5432",
    "host\\instance",
    "host?x=1",
    "-host",
    "[::1]",
    "fe80::1%eth0",
    "2852039166",
    "0xA9FEA9FE",
    "0251.0376.0251.0376",
    "127.1",
    "0",
    "a" * 64,
    ".".join(["a" * 60] * 5),
    "host\n",
    "호스트",
    "tcp:host",
    "1.2.3.0x4",
]

NEVER = [
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo: the client's address, inverted
    "fd00::5efe:a9fe:a9fe",
    "::ffff:0.0.0.0",
    "::ffff:224.0.0.1",
]


@pytest.mark.parametrize("host", MALFORMED)
def test_malformed_hosts_are_refused_before_any_look_up(host: str) -> None:
    with pytest.raises(BadConnection) as caught:
        checked_addresses(host, 5432, ANY_HOST)
    assert caught.value.code == "connection.bad_host"
    assert caught.value.details == {}


@pytest.mark.parametrize("address", NEVER)
def test_what_is_never_reachable(address: str) -> None:
    for policy in (ANY_HOST, HostPolicy(allowed=("0.0.0.0/0", "::/0", address))):
        with pytest.raises(DatabaseUnavailable) as caught:
            checked_addresses(address, 5432, policy)
        assert caught.value.code == "database.host_not_allowed"


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.0.9", "172.16.5.5", "100.64.1.1", "fd12::1"])
def test_private_addresses_are_open(address: str) -> None:
    assert checked_addresses(address, 5432, ANY_HOST) == (address,)


def test_a_name_is_resolved_to_its_addresses() -> None:
    found = checked_addresses("localhost", 5432, ANY_HOST, local=True)
    assert "127.0.0.1" in found
    assert set(found) <= {"127.0.0.1", "::1"}


def test_a_name_without_address_reads_like_a_closed_port() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        checked_addresses("no-such-host.invalid", 5432, ANY_HOST)
    assert caught.value.code == "database.unreachable"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_ports_out_of_range(port: int) -> None:
    with pytest.raises(BadConnection) as caught:
        checked_addresses("127.0.0.1", port, ANY_HOST)
    assert caught.value.code == "connection.bad_port"


@pytest.mark.parametrize(
    ("allowed", "host", "passes"),
    [
        (("127.0.0.0/8",), "127.0.0.1", True),
        (("10.0.0.0/8",), "127.0.0.1", False),
        (("10.0.0.0/8",), "10.255.0.1", True),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", True),
        (("LOCALHOST.",), "localhost", True),
        (("local*",), "localhost", False),
        (("0.0.0.0/0", "::/0"), "127.0.0.1", False),
        (("0.0.0.0/0", "::/0"), "10.1.2.3", True),
        (("127.0.0.1",), "127.0.0.2", False),
        (("127.0.0.1",), "::ffff:127.0.0.1", True),
        (("*.example.com",), "localhost", False),
        (("example.com",), "127.0.0.1", False),
        (("::1",), "::1", True),
    ],
)
def test_the_setting_narrows(allowed: tuple[str, ...], host: str, passes: bool) -> None:
    policy = HostPolicy(allowed=allowed)
    if passes:
        assert checked_addresses(host, 5432, policy)
    else:
        with pytest.raises(DatabaseUnavailable) as caught:
            checked_addresses(host, 5432, policy)
        assert caught.value.code == "database.host_not_allowed"


HERE = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "2002:7f00:1::1", "fd00::5efe:7f00:1", "localhost",
]  # fmt: skip


def own_address() -> str:
    """An address of this machine's that is not loopback, as a packet to elsewhere would carry it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("192.0.2.1", 9))
        return str(line.getsockname()[0])


@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_open_to_what_was_added_at_it_alone(host: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        checked_addresses(host, 5432, ANY_HOST)
    assert (caught.value.code, caught.value.details) == ("database.host_not_allowed", {})
    assert checked_addresses(host, 5432, ANY_HOST, local=True)


def test_an_address_of_its_own_is_this_machine_too() -> None:
    try:
        own = own_address()
    except OSError:
        pytest.skip("this machine has no address but loopback")
    mapped, beside = f"::ffff:{own}", str(ip_address(own) + 1)
    for host in (own, mapped):
        with pytest.raises(DatabaseUnavailable) as caught:
            checked_addresses(host, 5432, ANY_HOST)
        assert caught.value.code == "database.host_not_allowed"
        assert checked_addresses(host, 5432, ANY_HOST, local=True)
    assert checked_addresses(beside, 5432, ANY_HOST) == (beside,)
    # Who opens the company's network does not mean this machine; who names it does.
    with pytest.raises(DatabaseUnavailable):
        checked_addresses(own, 5432, HostPolicy(allowed=(f"{own}/24",)))
    assert checked_addresses(own, 5432, HostPolicy(allowed=(own,)))


@pytest.mark.parametrize(
    ("host", "port", "database", "own", "is_own"),
    [
        ("127.0.0.1", 5432, "store", OwnDatabase("127.0.0.1", 5432, "store"), True),
        ("localhost", 5432, "store", OwnDatabase("127.0.0.1", 5432, "store"), True),
        ("::1", 5432, "Store", OwnDatabase("localhost", 5432, "store"), True),
        ("127.0.0.9", 5432, "store", OwnDatabase("", 5432, "store"), True),
        ("::ffff:10.9.8.7", 5432, "store", OwnDatabase("10.9.8.7", 5432, "store"), True),
        ("64:ff9b::a09:807", 5432, "store", OwnDatabase("10.9.8.7", 5432, "store"), True),
        ("10.9.8.7", 5433, "store", OwnDatabase("10.9.8.7", 5432, "store"), False),
        ("10.9.8.7", 5432, "shop", OwnDatabase("10.9.8.7", 5432, "store"), False),
        ("10.9.8.6", 5432, "store", OwnDatabase("10.9.8.7", 5432, "store"), False),
        ("10.9.8.7", 5432, "store", OwnDatabase("", 5432, "store"), False),
    ],
)
def test_our_own_store_is_never_asked(host: str, port: int, database: str, own: OwnDatabase, is_own: bool) -> None:
    policy = HostPolicy(own=own)
    if not is_own:
        assert checked_addresses(host, port, policy, local=True, database=database)
        return
    with pytest.raises(BadConnection) as caught:
        checked_addresses(host, port, policy, local=True, database=database)
    assert (caught.value.code, caught.value.details) == ("connection.own_store", {})


def test_files_lie_in_the_folders_of_the_setting(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.db").touch()
    (inside / "link.db").symlink_to(outside / "a.db")
    policy = HostPolicy(folders=(inside,))
    assert checked_file(str(inside / "a.db"), policy) == inside / "a.db"
    for path in (outside / "a.db", inside / "link.db", inside / ".." / "out" / "a.db"):
        with pytest.raises(DatabaseUnavailable) as caught:
            checked_file(str(path), policy)
        assert caught.value.code == "database.host_not_allowed"
    with pytest.raises(DatabaseUnavailable) as caught:
        checked_file(str(inside / "none.db"), policy)
    assert caught.value.code == "database.unreachable"
    for path_text in ("", "a\0b"):
        with pytest.raises(BadConnection):
            checked_file(path_text, ANY_HOST)
