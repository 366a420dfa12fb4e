"""Which hosts a connection may name, and the addresses behind them.

A host field that strangers fill in is a way into the network behind the bot. So a host is a plain name or address, it
is resolved once, every address found is checked, and the engines connect to the checked address, not to the name.
Private networks are where company databases live and are open; link-local, metadata and multicast addresses never are,
however they are spelled.
"""

import re
import socket
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


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """Where connections may go, beside what no setting opens.

    `allowed` holds host names ("db.example.com", "*.example.com"), addresses and networks ("10.0.0.0/8"); empty allows
    every host. `folders` holds the folders a SQLite file may lie in; None allows any. `closed` are files that are
    never opened, whatever they are called: our own store and its key.
    """

    allowed: tuple[str, ...] = ()
    folders: tuple[Path, ...] | None = None
    closed: tuple[Path, ...] = ()


ANY_HOST = HostPolicy()
"""Wherever it may lie, but where no setting opens the way."""


def checked_addresses(host: str, port: int, policy: HostPolicy) -> tuple[str, ...]:
    """The checked addresses of a host, in the order to try them.

    Raises `BadConnection` (connection.bad_host, connection.bad_port), `DatabaseUnavailable` (database.host_not_allowed;
    database.unreachable when the name has no address). The look-up is bounded by the machine's resolver alone.
    """
    _check_spelling(host)
    if not 0 < port < 65536:
        raise BadConnection("connection.bad_port")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DatabaseUnavailable("database.unreachable") from None
    result = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(_may_reach(host, ip_address(address.partition("%")[0]), policy) for address in result):
        raise DatabaseUnavailable("database.host_not_allowed")
    return result


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


def _may_reach(host: str, address: IPv4Address | IPv6Address, policy: HostPolicy) -> bool:
    if any(meant in block for meant in _meanings(address) for block in _NEVER if meant.version == block.version):
        return False
    if not policy.allowed:
        return True
    return any(_matches(entry, host.lower().removesuffix("."), address) for entry in policy.allowed)


def _matches(entry: str, host: str, address: IPv4Address | IPv6Address) -> bool:
    try:
        network: IPv4Network | IPv6Network = ip_network(entry, strict=False)
    except ValueError:
        return fnmatchcase(host, entry.lower().removesuffix("."))
    return any(meant in network for meant in _meanings(address) if meant.version == network.version)


def _meanings(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address, and every IPv4 address that a gateway may read out of it."""
    meanings = [address]
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
