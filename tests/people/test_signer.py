"""Signed tokens: nothing but our own, of this kind and in time, is believed."""

import base64
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.access import MadeKey, NewKey, SignIn, SignInLink
from core.errors import NotSignedIn
from core.people.refresh import Refresh, RefreshText
from core.people.sign_ins import SignIns
from core.people.signer import Signer
from core.storage.base import Base
from core.storage.crypto import Keyring
from tests.houses import ADMINISTRATOR
from tests.people.desks import KIM, PASSWORD, Desk

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
RING = Keyring("new", {"new": b"n" * 32, "old": b"o" * 32})
ACCESS = Signer.of(RING, "at", "sign-in", timedelta(minutes=15))
LINK = Signer.of(RING, "link", "sign-in link", timedelta(minutes=10))
TOKEN, UNTIL = ACCESS.sign(NOW, sub="u1", sid="s1")


def claims(**changes: Any) -> dict[str, Any]:
    stated = jwt.decode(TOKEN, options={"verify_signature": False}) | changes
    return {name: value for name, value in stated.items() if value is not None}


def forged(
    stated: dict[str, Any] | None = None, key: Any = ACCESS.keys["new"], algorithm: str = "HS256", **header: Any
) -> str:
    told = {"typ": "at+jwt", "kid": "new"} | header
    headers = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(stated or claims(), key, algorithm=algorithm, headers=headers)


def read(token: str, now: datetime = NOW) -> dict[str, Any] | None:
    return ACCESS.read(token, now, "sub", "sid")


def test_our_own_is_read_until_it_ends() -> None:
    assert NOW + timedelta(minutes=15) == UNTIL
    found = read(TOKEN)
    assert found is not None and (found["sub"], found["sid"]) == ("u1", "s1")
    assert ACCESS.until(found) == UNTIL
    assert read(TOKEN, UNTIL - timedelta(microseconds=1)) and read(TOKEN, NOW - timedelta(seconds=30))
    assert read(forged()) == found
    header = jwt.get_unverified_header(TOKEN)
    assert header == {"alg": "HS256", "kid": "new", "typ": "at+jwt"}


def test_a_key_that_is_not_active_any_more_is_still_believed_and_a_dropped_one_is_not() -> None:
    before = Signer.of(Keyring("old", {"old": b"o" * 32}), "at", "sign-in", timedelta(minutes=15))
    token, _ = before.sign(NOW, sub="u1", sid="s1")
    assert read(token)
    dropped = Signer.of(Keyring("new", {"new": b"n" * 32}), "at", "sign-in", timedelta(minutes=15))
    assert dropped.read(token, NOW, "sub", "sid") is None


def _none() -> str:
    parts = ({"alg": "none", "typ": "at+jwt", "kid": "new"}, claims())
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."


WRONG = {
    "another algorithm": forged(algorithm="HS512", key=ACCESS.keys["new"] * 2),
    "no algorithm": _none(),
    "another key": forged(key=b"x" * 32),
    "the key of another id": forged(key=ACCESS.keys["old"]),
    "the key of another purpose": forged(key=LINK.keys["new"]),
    "the keyring's own key": forged(key=b"n" * 32),
    "an unknown key's id": forged(kid="other"),
    "no key's id": forged(kid=None),
    "another type": forged(typ="JWT"),
    "the type of a link": forged(typ="link+jwt"),
    "a link": LINK.sign(NOW, sub="u1", sid="s1")[0],
    "another audience": forged(claims(aud="colloquery link")),
    "several audiences, none of them ours": forged(claims(aud=["other"])),
    "no audience": forged(claims(aud=None)),
    "another issuer": forged(claims(iss="somebody")),
    "no issuer": forged(claims(iss=None)),
    "expired": forged(claims(exp=NOW.timestamp())),
    "no end": forged(claims(exp=None)),
    "an end that is no number": forged(claims(exp="never")),
    "from the future": forged(claims(iat=NOW.timestamp() + 31)),
    "no beginning": forged(claims(iat=None)),
    "no person": forged(claims(sub=None)),
    "no sign-in": forged(claims(sid=None)),
    "a sign-in that is no text": forged(claims(sid=7)),
    "no id": forged(claims(jti=None)),
    "nothing": "",
    "no token": "a.b.c",
    "odd signs": "é.\0.\ud800",
    "far too long": TOKEN + "A" * 5_000,
}


@pytest.mark.parametrize("what", WRONG)
def test_nothing_else_is_believed(what: str) -> None:
    assert read(WRONG[what]) is None


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_no_sign_of_it_can_be_changed(at: int, sign: str) -> None:
    changed = TOKEN[:at] + sign + TOKEN[at + 1 :]
    found = read(changed)
    # The last sign of each part may have bits to spare: then it is another way to write the same.
    assert found is None or found == read(TOKEN)


@given(st.text(max_size=200))
def test_no_text_is_a_refresh_token(text: str) -> None:
    renewal = RefreshText.of(RING)
    assert renewal.read(text) is None
    assert renewal.read("cqr_" + text) is None


@given(st.uuids(), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_refresh_token_is_read_as_it_was_written(row: Any, secret: bytes, nonce: bytes) -> None:
    renewal = RefreshText.of(RING)
    token = Refresh(row, secret)
    again = renewal.read(renewal.written(token))
    assert again == token
    following = token.next(nonce.hex())
    assert (following.row, len(following.secret)) == (row, 32)
    assert following.secret != secret and following.hash != token.hash
    assert token.has(token.hash) and not token.has(following.hash) and not token.has(None)


def test_secrets_are_in_no_repr() -> None:
    token = Refresh(uuid4(), b"s" * 32)
    signs_in = SignIns.of(RING)
    shown = " ".join(
        map(
            repr,
            (
                token,
                signs_in,
                LINK,
                SignIn("access-secret", NOW, "refresh-secret", NOW, "d", "u", "Kim", "viewer"),
                SignInLink("link-secret", NOW),
                MadeKey("key-secret", None),  # type: ignore[arg-type]
            ),
        )
    )
    assert "secret" not in shown and "ssss" not in shown
    assert not any(repr(key) in shown or key.hex() in shown for key in (*LINK.keys.values(), *ACCESS.keys.values()))


async def test_secrets_are_in_no_log_no_audit_and_no_row(desk: Desk, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    await desk.person(password=PASSWORD)
    mine = await desk.come_in()
    desk.later(seconds=1)
    link = await desk.people.link(KIM)
    entered = await desk.people.enter(link.token)
    renewed = await desk.people.refresh(mine.refresh)
    made = await desk.people.make_key(ADMINISTRATOR, NewKey("n", (("ask", None),)))
    await desk.people.actor_of_key(made.key)
    for wrong in (mine.access + "x", link.token, "cq_" + "a" * 8 + "_" + "b" * 40):
        for work in (desk.people.signed_in, desk.people.enter, desk.people.actor_of_key, desk.people.refresh):
            with pytest.raises(NotSignedIn) as refusal:
                await work(wrong)
            assert wrong not in str(vars(refusal.value)) + str(refusal.value)
    await desk.people.tally.write()
    secrets = [PASSWORD, mine.access, mine.refresh, link.token, entered.refresh, renewed.refresh, made.key]
    secrets += [one.removeprefix("cqr_")[30:60] for one in secrets if one.startswith("cqr_")]
    store = await _everything(desk)
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in store


async def _everything(desk: Desk) -> str:
    async with desk.house.store.reading() as session:
        tables = Base.metadata.sorted_tables
        return "\n".join([str((await session.execute(select(table))).all()) for table in tables])
