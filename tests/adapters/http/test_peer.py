"""From where a request comes: nobody's word is taken for it but that of proxies we were told of."""

import pytest

from adapters.http.peer import address_of, is_secure, is_this_machine, networks
from core.errors import BadSetting

PROXIES = networks(("10.0.0.0/8", "127.0.0.1", "fd00::/8"))


def _scope(peer: str | None, *forwarded: str, **headers: str) -> dict[str, object]:
    named = [(b"x-forwarded-for", one.encode("latin-1")) for one in forwarded]
    others = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http", "scheme": "http", "headers": named + others, "client": (peer, 1) if peer is not None else None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, <script>, 10.2.2.2"], "10.2.2.2"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("fd00::1", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, " * 500 + "10.0.0.2"], "198.51.100.1"),
        (None, ["198.51.100.1"], None),
        ("a unix socket", ["198.51.100.1"], None),
    ],
)
def test_the_last_address_that_is_no_trusted_proxy(peer: str | None, forwarded: list[str], address: str | None) -> None:
    assert address_of(_scope(peer, *forwarded), PROXIES) == address


def test_without_trusted_proxies_it_is_the_peer() -> None:
    assert address_of(_scope("127.0.0.1", "198.51.100.1"), ()) == "127.0.0.1"


def test_whether_the_line_is_secure_is_believed_of_trusted_proxies_alone() -> None:
    assert is_secure(_scope("10.0.0.1", x_forwarded_proto="https"), PROXIES)
    assert not is_secure(_scope("10.0.0.1", x_forwarded_proto="http"), PROXIES)
    assert not is_secure(_scope("203.0.113.7", x_forwarded_proto="https"), PROXIES)
    assert is_secure({**_scope("203.0.113.7"), "scheme": "https"}, PROXIES)


def test_only_loopback_itself_is_this_machine() -> None:
    assert is_this_machine(_scope("127.0.0.1")) and is_this_machine(_scope("::1"))
    assert is_this_machine(_scope("::ffff:127.0.0.1"))
    assert not is_this_machine(_scope("203.0.113.7")) and not is_this_machine(_scope(None))
    assert not is_this_machine(_scope("127.0.0.1", "203.0.113.7"))
    assert not is_this_machine(_scope("127.0.0.1", via="1.1 proxy"))


@pytest.mark.parametrize("wrong", ["nonsense", "10.0.0.0/99", "example.com"])
def test_a_proxy_is_an_address_or_a_network(wrong: str) -> None:
    with pytest.raises(BadSetting):
        networks((wrong,))
