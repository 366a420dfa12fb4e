"""Which hosts a connection may name, and the addresses behind them.

A host field that strangers fill in is a way into the network behind the bot. So a host is a plain name or address, it
is resolved once, every address found is checked, and the engines connect to the checked address, not to the name.
Private networks are where company databases live and are open; link-local, metadata and multicast addresses never are,
however they are spelled. This machine itself is open to connections that were added at it, and to others where a
setting names it; the database of our own store never is.
"""

import re
import socket
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

from core.errors import BadConnection, DatabaseUnavailable

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"(0[xX][0-9A-Fa-f]*|\d+)")

_NEVER = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this host, under another name
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "168.63.129.16/32",  # Azure's platform service
        "100.100.100.200/32",  # Alibaba Cloud's metadata service
        "192.0.0.0/24",  # protocol assignments, among them Oracle Cloud's metadata service
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/128",
        "64:ff9b:1::/48",  # NAT64 with a local layout: what it embeds cannot be told
        "fd00:ec2::/32",  # AWS's metadata service
        "fd20:ce::/32",  # Google Cloud's metadata service
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """The database of our own store, on a server. Without a host it is on this machine, behind a socket."""

    host: str
    port: int
    name: str


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """Where connections may go, beside what no setting opens.

    `allowed` holds host names ("db.example.com", "*.example.com"), addresses and networks ("10.0.0.0/8"); empty allows
    every host but this machine, which an entry opens that names it alone: a name, one address, a network of loopback
    addresses. `folders` holds the folders a SQLite file may lie in; None allows any. `closed` are files that are never
    opened, whatever they are called: our own store and its key. `own` is our own store on a server.
    """

    allowed: tuple[str, ...] = ()
    folders: tuple[Path, ...] | None = None
    closed: tuple[Path, ...] = ()
    own: OwnDatabase | None = None


ANY_HOST = HostPolicy()
"""Wherever it may lie, but where no setting opens the way."""


def checked_addresses(
    host: str, port: int, policy: HostPolicy, *, local: bool = False, database: str = ""
) -> tuple[str, ...]:
    """The checked addresses of a host, in the order to try them. `local`: it may be this machine.

    Raises `BadConnection` (connection.bad_host, connection.bad_port, connection.own_store), `DatabaseUnavailable`
    (database.host_not_allowed; database.unreachable when the name has no address). The look-up is bounded by the
    machine's resolver alone.
    """
    _check_spelling(host)
    if not 0 < port < 65536:
        raise BadConnection("connection.bad_port")
    found = _addresses(host, port)
    if not found:
        raise DatabaseUnavailable("database.unreachable")
    meant = [ip_address(address.partition("%")[0]) for address in found]
    if not all(_may_reach(host, address, policy, local=local) for address in meant):
        raise DatabaseUnavailable("database.host_not_allowed")
    if policy.own is not None and _is_own(policy.own, meant, port, database):
        raise BadConnection("connection.own_store")
    return found


def checked_file(path: str, policy: HostPolicy) -> Path:
    """The real path of a SQLite file.

    Raises `BadConnection` (connection.bad_host), `DatabaseUnavailable` (database.host_not_allowed,
    database.unreachable).
    """
    if not path or "\0" in path:
        raise BadConnection("connection.bad_host")
    real = Path(path).resolve()
    if policy.folders is not None and not any(real.is_relative_to(folder.resolve()) for folder in policy.folders):
        raise DatabaseUnavailable("database.host_not_allowed")
    if not real.is_file():
        raise DatabaseUnavailable("database.unreachable")
    if any(closed.is_file() and real.samefile(closed) for closed in policy.closed):
        raise DatabaseUnavailable("database.host_not_allowed")
    return real


def _check_spelling(host: str) -> None:
    """A dotted quad, an IPv6 address without zone or brackets, or a host name that no resolver reads as a number."""
    try:
        ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
            raise BadConnection("connection.bad_host") from None
    else:
        if "%" in host:
            raise BadConnection("connection.bad_host")


def _addresses(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _may_reach(host: str, address: Address, policy: HostPolicy, *, local: bool) -> bool:
    if any(meant in block for meant in _meanings(address) for block in _NEVER if meant.version == block.version):
        return False
    host = host.lower().removesuffix(".")
    if policy.allowed and not any(_matches(entry, host, address) for entry in policy.allowed):
        return False
    return local or not is_this_machine(address) or any(_names(entry, host, address) for entry in policy.allowed)


def is_this_machine(address: Address) -> bool:
    """Whether whatever is sent to this address stays on this machine: loopback, or an address that it has itself."""
    return any(
        any(meant in block for block in _LOOPBACK if block.version == meant.version) or _is_ours(meant)
        for meant in _meanings(address)
    )


def _is_ours(address: Address) -> bool:
    # To an address of its own a machine speaks from that very address. Nothing is sent.
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
        line.connect((str(address), 9))
        return ip_address(str(line.getsockname()[0]).partition("%")[0]) == address
    return False


def _is_own(own: OwnDatabase, addresses: Collection[Address], port: int, database: str) -> bool:
    """Whether it is our own store's database, by whichever of its host's names and addresses."""
    if port != own.port or database.casefold() != own.name.casefold():
        return False
    theirs = [ip_address(one.partition("%")[0]) for one in _addresses(own.host, own.port)] if own.host else []
    here = not own.host or any(is_this_machine(one) for one in theirs)
    if here and any(is_this_machine(one) for one in addresses):
        return True
    meant = {each for one in theirs for each in _meanings(one)}
    return any(each in meant for one in addresses for each in _meanings(one))


def _names(entry: str, host: str, address: Address) -> bool:
    """Whether an entry means this host and few others: one who opens a company's network does not mean this machine."""
    try:
        network: IPv4Network | IPv6Network = ip_network(entry, strict=False)
    except ValueError:
        return entry.lower().removesuffix(".") == host
    near = network.num_addresses == 1 or any(
        network.version == block.version and network.network_address in block and network.prefixlen >= block.prefixlen
        for block in _LOOPBACK
    )
    return near and _matches(entry, host, address)


def _matches(entry: str, host: str, address: Address) -> bool:
    try:
        network: IPv4Network | IPv6Network = ip_network(entry, strict=False)
    except ValueError:
        return fnmatchcase(host, entry.lower().removesuffix("."))
    return any(meant in network for meant in _meanings(address) if meant.version == network.version)


def _meanings(address: Address) -> list[Address]:
    """The address, and every IPv4 address that a gateway may read out of it."""
    meanings: list[Address] = [address]
    if isinstance(address, IPv6Address):
        low = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.ipv4_mapped:
            meanings.append(address.ipv4_mapped)
        if address.sixtofour:
            meanings.append(address.sixtofour)
        if address.teredo:
            meanings.extend(address.teredo)
        loopback = IPv6Address("::1")
        isatap = (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
        if address in _NAT64 or isatap or (address in _COMPATIBLE and address != loopback):
            meanings.append(low)
    return meanings
