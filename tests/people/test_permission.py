"""The table of permissions, row by row."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from core.chat import Place
from core.errors import NotAllowed
from core.ids import place_id
from core.people.permission import Action, Resource, may, require
from core.people.person import Person

VIEWER = Person("u1", "Kim", "viewer", True, "member", "ko", "Asia/Seoul")
ADMIN = replace(VIEWER, id="u2", role="admin")
CHANNEL = Place("slack", "T1", "C1", "1.0", "team")
SHARED = replace(CHANNEL, readers="outsiders")
DIRECT = replace(CHANNEL, readers="alone")

OWN = Resource("connection", "u1")
FOREIGN = Resource("connection", "u9")
GIVEN_TO_ME = Resource("connection", "u9", frozenset({("user", "u1")}))
GIVEN_HERE = Resource("connection", "u9", frozenset({("place", place_id(CHANNEL))}))
GIVEN_TO_ALL = Resource("connection", "u9", frozenset({("everyone", "*")}))


@pytest.mark.parametrize(
    ("actor", "action", "resource", "place", "why"),
    [
        (VIEWER, "ask", Resource("question"), CHANNEL, ""),
        (VIEWER, "use", OWN, CHANNEL, ""),
        (VIEWER, "use", GIVEN_TO_ME, CHANNEL, ""),
        (VIEWER, "use", GIVEN_HERE, CHANNEL, ""),
        (VIEWER, "use", GIVEN_HERE, replace(CHANNEL, channel="C2"), "people.connection_not_given"),
        (VIEWER, "use", GIVEN_HERE, None, "people.connection_not_given"),
        (VIEWER, "use", GIVEN_TO_ALL, None, ""),
        (VIEWER, "use", FOREIGN, CHANNEL, "people.connection_not_given"),
        (ADMIN, "use", FOREIGN, CHANNEL, "people.connection_not_given"),
        (VIEWER, "show", OWN, DIRECT, ""),
        (VIEWER, "show", OWN, CHANNEL, "people.readers_not_given"),
        (VIEWER, "show", GIVEN_HERE, CHANNEL, ""),
        (VIEWER, "show", GIVEN_TO_ALL, CHANNEL, ""),
        (VIEWER, "show", GIVEN_TO_ALL, SHARED, "people.outsiders_read"),
        (VIEWER, "manage", OWN, None, ""),
        (VIEWER, "manage", FOREIGN, None, "people.not_yours"),
        (ADMIN, "manage", FOREIGN, None, ""),
        (VIEWER, "give", OWN, None, "people.not_administrator"),
        (ADMIN, "give", FOREIGN, None, ""),
        (VIEWER, "see_usage", Resource("usage", "u1"), None, ""),
        (VIEWER, "see_usage", Resource("usage", "u9"), None, "people.not_yours"),
        (ADMIN, "see_usage", Resource("usage", "u9"), None, ""),
        (VIEWER, "administer", Resource("system"), None, "people.not_administrator"),
        (ADMIN, "administer", Resource("system"), None, ""),
        (VIEWER, "read", Resource("question", "u9"), CHANNEL, "people.not_yours"),
        (VIEWER, "stop", Resource("question", "u1"), CHANNEL, ""),
    ],
)
def test_the_table(actor: Person, action: Any, resource: Resource, place: Place | None, why: str) -> None:
    decision = may(actor, action, resource, place)
    assert (decision.allowed, decision.why) == (why == "", why)


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize(
    ("kind", "why"), [("bot", "people.bot"), ("guest", "people.guest"), ("foreign", "people.foreign")]
)
def test_outsiders_may_nothing_whatever_their_role(action: Any, kind: Any, why: str) -> None:
    outsider = replace(ADMIN, kind=kind)
    assert may(outsider, action, Resource("connection", outsider.id), DIRECT).why == why


@pytest.mark.parametrize("action", get_args(Action))
def test_the_deactivated_may_nothing(action: Any) -> None:
    gone = replace(ADMIN, is_active=False)
    assert may(gone, action, Resource("connection", gone.id), DIRECT).why == "people.inactive"


def test_require_raises_the_reason() -> None:
    with pytest.raises(NotAllowed) as refusal:
        require(VIEWER, "use", FOREIGN)
    assert refusal.value.code == "people.connection_not_given"
