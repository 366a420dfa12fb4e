"""From where a request comes: the peer of the connection or, behind proxies we were told of, whom they name."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from core.errors import BadSetting

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MOST_HOPS = 20


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks, as in "10.0.0.0/8". Raises `BadSetting`."""
    try:
        return tuple(ip_network(name, strict=False) for name in names)
    except ValueError:
        raise BadSetting("setting.bad", name="COLLOQUERY_TRUSTED_PROXIES") from None


def address_of(scope: Scope, proxies: tuple[Network, ...]) -> str | None:
    """The address that a request comes from; None where the connection has none.

    Behind a trusted proxy it is the last address of X-Forwarded-For that is no trusted proxy: what stands before it
    may be anybody's invention.
    """
    peer = _peer(scope)
    if peer is None:
        return None
    at = peer
    for name in reversed(_forwarded(scope)):
        if not _is_in(at, proxies):
            break
        named = _read(name)
        if named is None:
            break
        at = named
    return str(at)


def is_secure(scope: Scope, proxies: tuple[Network, ...]) -> bool:
    """Whether the browser speaks TLS, to us or to a trusted proxy."""
    peer = _peer(scope)
    if peer is not None and _is_in(peer, proxies):
        return Headers(scope=scope).get("x-forwarded-proto", "").split(",")[-1].strip().lower() == "https"
    return bool(scope["scheme"] == "https")


def is_this_machine(scope: Scope) -> bool:
    """Whether it comes from this machine itself, and not through something that passes others' requests on."""
    peer, headers = _peer(scope), Headers(scope=scope)
    passed_on = any(name in headers for name in ("x-forwarded-for", "forwarded", "x-real-ip", "via"))
    return peer is not None and peer.is_loopback and not passed_on


def _peer(scope: Scope) -> Address | None:
    client = scope.get("client")
    return None if client is None else _read(client[0])


def _forwarded(scope: Scope) -> list[str]:
    # A proxy may add a header of its own instead of adding to the one that is there: both are read, in order.
    named = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    return named.split(",")[-_MOST_HOPS:] if named else []


def _read(text: str) -> Address | None:
    text = text.strip()
    if text.startswith("["):  # [2001:db8::1]:443
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:443
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address, found: tuple[Network, ...]) -> bool:
    return any(address in network for network in found)
