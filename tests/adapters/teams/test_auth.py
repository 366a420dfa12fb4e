"""Who may send us activities: tokens of every wrong kind, keys that change, servers of keys that fail."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import jwt
import pytest
from botbuilder.schema import Activity  # type: ignore[import-untyped]

from adapters.teams import checkup, keys
from adapters.teams.auth import Authentication, KeysNotRead, NotAuthentic
from adapters.teams.calls import Connector
from adapters.teams.keys import Keys
from adapters.teams.settings import TeamsSettings
from core.errors import BadSetting
from tests.adapters.teams.people import APP_ID, TENANT
from tests.adapters.teams.tokens import (
    ISSUER,
    KEY,
    OTHER_KEY,
    KeyServer,
    key_server,
    listed,
    new_key,
    public_pem,
    raw_token,
    token,
)
from tests.adapters.teams.whole import unsigned

SERVICE = "https://smba.trafficmanager.net/emea/"


def ago(seconds: int) -> int:
    """A time of a token, of the moment that it is made: tests may run long after they were collected."""
    return int(time.time()) - seconds


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    async with key_server() as made:
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
async def read(server: KeyServer, session: aiohttp.ClientSession) -> AsyncIterator[Keys]:
    """Keys that are not read yet."""
    made = Keys(session, server.openid_url, ISSUER)
    yield made
    await made.close()


@pytest.fixture
async def checked(server: KeyServer, session: aiohttp.ClientSession, read: Keys) -> Authentication:
    settings = TeamsSettings(APP_ID, "canary-secret", (TENANT,), openid_url=server.openid_url)
    await read.warm_up()
    return Authentication(settings, Connector(session, settings), read)


def activity(service_url: str = SERVICE, channel: str = "msteams") -> Activity:
    return Activity(type="message", service_url=service_url, channel_id=channel)


async def test_a_right_token_passes(checked: Authentication) -> None:
    for scheme in ("Bearer", "bearer"):
        result = await checked.authenticate_request(activity(), f"{scheme} {token(SERVICE)}")
        assert result.claims_identity.is_authenticated
        assert result.claims_identity.claims["aud"] == APP_ID
    within = token(SERVICE, exp=ago(200), nbf=ago(4_000))
    await checked.authenticate_request(activity(), f"Bearer {within}")


def _bearer(**changes: Any) -> str:
    return f"Bearer {token(changes.pop('url', SERVICE), **changes)}"


def _tampered() -> str:
    header, claims, signature = token(SERVICE).split(".")
    middle = len(claims) // 2
    changed = claims[:middle] + ("A" if claims[middle] != "A" else "B") + claims[middle + 1 :]
    return f"Bearer {header}.{changed}.{signature}"


def _claims() -> dict[str, Any]:
    return {"serviceurl": SERVICE, "nbf": ago(10), "exp": ago(-3_600), "iss": ISSUER, "aud": APP_ID}


def _signed_with_the_public_key() -> str:
    """What a library that takes the algorithm from the token would check with the public key as if it were a secret."""
    import hashlib
    import hmac

    unsigned_part = raw_token({"alg": "HS256", "kid": "k1", "typ": "JWT"}, _claims()).rpartition(".")[0]
    signature = hmac.new(public_pem(KEY), unsigned_part.encode(), hashlib.sha256).digest()
    return "Bearer " + raw_token({"alg": "HS256", "kid": "k1", "typ": "JWT"}, _claims(), signature)


WRONG: dict[str, Callable[[], str]] = {
    "of another key": lambda: _bearer(key=OTHER_KEY),
    "of a key that is not known": lambda: _bearer(key=OTHER_KEY, kid="k2"),
    "of a key without an id": lambda: _bearer(kid=None),
    "of a key whose id is no text": lambda: "Bearer " + raw_token({"alg": "RS256", "kid": 7}, _claims(), b"x"),
    "of a key with an empty id": lambda: _bearer(kid=""),
    "for another bot": lambda: _bearer(aud="99999999-1111-4222-8333-00000000b071"),
    "for several bots": lambda: _bearer(aud=[APP_ID, "another"]),
    "for nobody": lambda: _bearer(aud=None),
    "of another issuer": lambda: _bearer(iss=f"https://sts.windows.net/{TENANT}/"),
    "of no issuer": lambda: _bearer(iss=None),
    "of an issuer that is a list": lambda: _bearer(iss=[ISSUER]),
    "for another service": lambda: _bearer(url="https://evil.example.com/"),
    "for a longer service": lambda: _bearer(url=f"{SERVICE}x"),
    "for no service": lambda: _bearer(serviceurl=None),
    "expired": lambda: _bearer(exp=ago(400)),
    "without an end": lambda: _bearer(exp=None),
    "not valid yet": lambda: _bearer(nbf=ago(-400)),
    "without a beginning": lambda: _bearer(nbf=None),
    "that ends at a text": lambda: _bearer(exp="soon"),
    "that ends beyond all time": lambda: _bearer(exp=float("inf")),
    "that is not signed": lambda: "Bearer " + raw_token({"alg": "none", "kid": "k1", "typ": "JWT"}, _claims()),
    "signed with the public key": _signed_with_the_public_key,
    "signed by another algorithm": lambda: _bearer(algorithm="RS512"),
    "signed by RSA-PSS": lambda: _bearer(algorithm="PS256"),
    "whose claims are no object": lambda: "Bearer " + raw_token({"alg": "RS256", "kid": "k1"}, [1, 2], b"x"),  # type: ignore[arg-type]
    "whose header is no object": lambda: "Bearer " + raw_token(["RS256"], _claims(), b"x"),  # type: ignore[arg-type]
    "with another text": _tampered,
    "twice": lambda: f"Bearer {token(SERVICE)} {token(SERVICE)}",
    "of two": lambda: f"Bearer {token(SERVICE)},Bearer {token(SERVICE)}",
    "without its signature": lambda: f"Bearer {token(SERVICE).rpartition('.')[0]}.",
    "of two parts": lambda: f"Bearer {token(SERVICE).rpartition('.')[0]}",
    "that is none": lambda: "Bearer canary",
    "of signs that are none": lambda: "Bearer é.서명.\udcff",
    "that is empty": lambda: "Bearer ",
    "of a name and a password": lambda: "Basic dXNlcjpwYXNz",
    "without a scheme": lambda: token(SERVICE),
    "of nothing at all": lambda: "",
    "that does not end": lambda: f"Bearer {'a' * 20_000}",
}


@pytest.mark.parametrize("made", WRONG.values(), ids=WRONG)
async def test_a_wrong_token_does_not(checked: Authentication, made: Callable[[], str]) -> None:
    header = made()
    with pytest.raises(NotAuthentic) as why:
        await checked.authenticate_request(activity(), header)
    assert not [part for part in header.split(".") if len(part) > 20 and part in str(why.value)]


async def test_a_key_signs_for_the_channels_that_it_is_endorsed_for(
    server: KeyServer, session: aiohttp.ClientSession
) -> None:
    settings = TeamsSettings(APP_ID, "canary-secret", (TENANT,), openid_url=server.openid_url)
    for endorsements in (["webchat", "directline"], [], None, ["msteamsx"]):
        server.keys = [listed(KEY, "k1", endorsements)]
        read = Keys(session, server.openid_url, ISSUER)
        with pytest.raises(NotAuthentic):
            await Authentication(settings, Connector(session, settings), read).authenticate_request(
                activity(), _bearer()
            )


async def test_another_channel_is_not_ours(checked: Authentication) -> None:
    for channel in ("webchat", "emulator", "MSTEAMS"):
        with pytest.raises(NotAuthentic):
            await checked.authenticate_request(activity(channel=channel), _bearer())


async def test_a_service_address_that_may_not_be_called_is_refused_though_it_is_signed(
    checked: Authentication, session: aiohttp.ClientSession
) -> None:
    for url in ("http://smba.trafficmanager.net/emea/", "file:///etc/passwd", "", "https://"):
        with pytest.raises(NotAuthentic):
            await checked.authenticate_request(activity(url), _bearer(url=url))
    open_one = Authentication(unsigned(), Connector(session, unsigned()), None)
    await open_one.authenticate_request(activity("http://127.0.0.1:1/"), "")
    with pytest.raises(NotAuthentic):
        await open_one.authenticate_request(activity(), "")


async def test_streaming_is_not_offered(checked: Authentication) -> None:
    with pytest.raises(NotAuthentic):
        await checked.authenticate_streaming_request(_bearer(), "msteams")


# Keys


async def test_keys_are_read_once_however_many_wait(server: KeyServer, read: Keys) -> None:
    server.seconds = 0.2
    found = await asyncio.gather(*(read.get("k1") for _ in range(20)))
    assert all(found)
    assert server.reads == 1


async def test_many_unknown_keys_are_one_reading(checked: Authentication, server: KeyServer) -> None:
    assert server.reads == 1
    for number in range(200):
        with pytest.raises(NotAuthentic):
            await checked.authenticate_request(activity(), _bearer(key=OTHER_KEY, kid=f"unknown-{number}"))
    # They were read a moment ago: nothing is read for them for some minutes.
    assert server.reads == 1
    await checked.authenticate_request(activity(), _bearer())


async def test_a_new_key_is_found_when_it_is_named(
    checked: Authentication, server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.monotonic()
    server.keys = [listed(OTHER_KEY, "k2")]
    with pytest.raises(NotAuthentic):
        await checked.authenticate_request(activity(), _bearer(key=OTHER_KEY, kid="k2"))
    monkeypatch.setattr(keys, "monotonic", lambda: start + 301)
    many = (checked.authenticate_request(activity(), _bearer(key=OTHER_KEY, kid="k2")) for _ in range(20))
    await asyncio.gather(*many)
    assert server.reads == 2
    # The old one is withdrawn.
    with pytest.raises(NotAuthentic):
        await checked.authenticate_request(activity(), _bearer())
    assert server.reads == 2


async def test_after_a_day_they_are_read_again_while_the_old_ones_hold(
    server: KeyServer, read: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.monotonic()
    await read.warm_up()
    server.seconds = 0.2
    monkeypatch.setattr(keys, "monotonic", lambda: start + 25 * 3_600)
    for _ in range(5):
        assert await read.get("k1")
    async with asyncio.timeout(5):
        while server.reads < 2:
            await asyncio.sleep(0.01)
    assert server.reads == 2


async def test_keys_that_cannot_be_read_again_hold_some_days(
    checked: Authentication, server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.monotonic()
    server.status = 503
    monkeypatch.setattr(keys, "monotonic", lambda: start + 4 * 24 * 3_600)
    await checked.authenticate_request(activity(), _bearer())
    monkeypatch.setattr(keys, "monotonic", lambda: start + 6 * 24 * 3_600)
    with pytest.raises(KeysNotRead):
        await checked.authenticate_request(activity(), _bearer())
    server.status = 200
    monkeypatch.setattr(keys, "monotonic", lambda: start + 6 * 24 * 3_600 + 301)
    await checked.authenticate_request(activity(), _bearer())


async def test_without_any_keys_nothing_passes_and_the_server_is_not_pressed(
    server: KeyServer, session: aiohttp.ClientSession, read: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = TeamsSettings(APP_ID, "canary-secret", (TENANT,), openid_url=server.openid_url)
    checked = Authentication(settings, Connector(session, settings), read)
    server.status = 500
    for _ in range(50):
        with pytest.raises(KeysNotRead):
            await checked.authenticate_request(activity(), _bearer())
    assert server.reads == 1
    server.status = 200
    start = time.monotonic()
    monkeypatch.setattr(keys, "monotonic", lambda: start + 16)
    await checked.authenticate_request(activity(), _bearer())


async def test_a_slow_server_of_keys_holds_up_nothing_else(
    checked: Authentication, server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.monotonic()
    monkeypatch.setattr(keys, "SECONDS_A_READ", 0.5)
    monkeypatch.setattr(keys, "monotonic", lambda: start + 400)
    server.seconds = 30
    unknown = asyncio.create_task(checked.authenticate_request(activity(), _bearer(key=OTHER_KEY, kid="k2")))
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    for _ in range(20):
        await checked.authenticate_request(activity(), _bearer())
    assert time.perf_counter() - began < 0.4
    assert not unknown.done()
    with pytest.raises(NotAuthentic):
        await unknown


async def test_documents_that_are_none_are_not_believed(server: KeyServer, read: Keys) -> None:
    short = new_key(1024)
    documents: tuple[dict[str, Any], ...] = (
        {"status": 302},
        {"status": 404},
        {"body": b"<html>"},
        {"body": b"[]"},
        {"body": b"[" * 100_000},
        {"body": b"x" * 2_000_000},
        {"issuer": "https://evil.example.com"},
        {"document": {"jwks_uri": None}},
        {"document": {"jwks_uri": "http://evil.example.com/keys"}},
        {"document": {"jwks_uri": "ftp://127.0.0.2/keys"}},
        {"document": {"jwks_uri": f"{server.url}/nothing"}},
        {"keys": []},
        {"keys": {"k1": 1}},
        {"keys": [7, {"kid": "k1"}, {"kid": "k1", "kty": "RSA", "n": "!", "e": "AQAB"}]},
        {"keys": [{"kid": "k1", "kty": "oct", "k": "c2VjcmV0"}, listed(short, "k1")]},
    )
    for changes in documents:
        before = {name: getattr(server, name) for name in changes}
        for name, value in changes.items():
            setattr(server, name, value)
        with pytest.raises(KeysNotRead):
            await read.warm_up()
        for name, value in before.items():
            setattr(server, name, value)
    await read.warm_up()
    assert await read.get("k1")


async def test_keys_that_are_none_are_passed_over(server: KeyServer, read: Keys) -> None:
    server.keys = [
        {"kid": 7},
        {"kid": "k0", "kty": "EC"},
        listed(KEY, "k1"),
        {**listed(KEY, "k3"), "endorsements": "x"},
    ]
    await read.warm_up()
    assert await read.get("k0") is None
    first, third = await read.get("k1"), await read.get("k3")
    assert first is not None and first.endorsements == {"msteams"}
    assert third is not None and third.endorsements == frozenset()


async def test_the_doctor_reads_them(server: KeyServer) -> None:
    settings = TeamsSettings(APP_ID, "canary-secret", (TENANT,), openid_url=server.openid_url)
    await checkup.check_keys(settings)
    server.status = 500
    with pytest.raises(BadSetting, match=r"teams\.no_keys") as wrong:
        await checkup.check_keys(settings)
    assert wrong.value.details == {"name": "TEAMS_OPENID_URL"}


def test_what_the_tests_sign_is_what_the_library_reads() -> None:
    """So that none of the wrong tokens is refused for being no token at all."""
    claims = jwt.decode(token(SERVICE), KEY.public_key(), algorithms=["RS256"], audience=APP_ID)
    assert claims["serviceurl"] == SERVICE
