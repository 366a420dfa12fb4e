"""The one question of permission, asked by every door and every room: may this person do this here?

Pure: everything it looks at is passed in, so that the whole table of answers can be tested.
"""

from dataclasses import dataclass
from typing import Literal

from core.chat import KeyScope, Place
from core.errors import NotAllowed
from core.ids import place_id
from core.people.person import Person

Action = Literal[
    "ask",  # put a question
    "use",  # have a connection asked for them
    "show",  # let an answer from a connection be read by everybody at a place
    "see_private",  # see the private columns of a connection, with everybody who reads at the place
    "read",  # see a question, its answer or its thread
    "stop",  # stop a question
    "add",  # add a connection of one's own
    "manage",  # change, disable or remove what is one's own: a connection, a template, a key, a schedule, a sign-in
    "give",  # give a connection to people, places or everyone; make it their default
    "see_usage",  # see somebody's token use
    "administer",  # everything about others: people, limits, configuration, audit
]


@dataclass(frozen=True, slots=True)
class Resource:
    """What an action is about. `given_to` holds the (subject kind, subject id) pairs a connection was given to."""

    kind: Literal["question", "thread", "connection", "template", "usage", "key", "sign_in", "schedule", "system"]
    owner: str | None = None
    """The user id of its owner; None when it belongs to nobody."""
    given_to: frozenset[tuple[str, str]] = frozenset()
    private_to: frozenset[tuple[str, str]] = frozenset()
    """Those of them who see what is private in it, too."""
    connection: str | None = None
    """The id of the connection, where it is one or belongs to one."""
    account: str = ""
    """The account or key that a question or thread is from: a key sees its own alone."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why: a code of the catalogue of errors, empty for yes."""

    allowed: bool
    why: str = ""


_YES = Decision(True)
_OUTSIDE = {"bot": "people.bot", "foreign": "people.foreign", "guest": "people.guest"}


def may(actor: Person, action: Action, resource: Resource, place: Place | None = None) -> Decision:
    """Whether `actor` may do `action` with `resource` at `place`. Refuses whatever it does not know."""
    if actor.kind in _OUTSIDE:
        return Decision(False, _OUTSIDE[actor.kind])
    if not actor.is_active:
        return Decision(False, "people.inactive")
    if not _within(actor, action, resource):
        return Decision(False, "people.key_not_for_this")
    administrator = actor.role == "admin" and _has(actor, "administer")
    owner = resource.owner == actor.id
    match action:
        case "ask" | "add":
            return _YES
        case "use":
            given = owner or _given(actor, resource, place)
            return _YES if given else Decision(False, "people.connection_not_given")
        case "show":
            return _show(resource, place)
        case "see_private":
            return _see_private(actor, owner, resource, place)
        case "read" | "stop" | "manage" | "see_usage":
            return _YES if owner or administrator else Decision(False, "people.not_yours")
        case "give" | "administer":
            return _YES if administrator else Decision(False, "people.not_administrator")


def require(actor: Person, action: Action, resource: Resource, place: Place | None = None) -> None:
    """Raise `NotAllowed` with the reason unless `may` says yes."""
    decision = may(actor, action, resource, place)
    if not decision.allowed:
        raise NotAllowed(decision.why)


def _has(actor: Person, scope: KeyScope) -> bool:
    return actor.scopes is None or any(one == scope for one, _ in actor.scopes)


_SCOPES: dict[Action, KeyScope] = {
    "ask": "ask", "use": "ask", "show": "ask", "see_private": "ask", "read": "ask", "stop": "ask",
    "add": "connections", "see_usage": "usage", "give": "administer", "administer": "administer",
}  # fmt: skip
"""The scope of a key that each action needs; "manage" needs one by what is managed."""

_MANAGED: dict[str, KeyScope] = {"connection": "connections", "template": "templates"}
"""A key manages no keys and no sign-ins: who has found one makes no second, and never comes in as a person."""


def _within(actor: Person, action: Action, resource: Resource) -> bool:
    """Whether the key that somebody sent, if they sent one, is for this."""
    if actor.scopes is None:
        return True
    if resource.kind in ("question", "thread") and action in ("read", "stop") and resource.account != actor.account:
        return False
    needed = _MANAGED.get(resource.kind) if action == "manage" else _SCOPES[action]
    return any(
        scope == needed and (connections is None or _among(connections, action, resource))
        for scope, connections in actor.scopes
    )


def _among(connections: tuple[str, ...], action: Action, resource: Resource) -> bool:
    """Whether what is asked for is of these connections. What is of none they may ask, and not manage."""
    return resource.connection in connections or (resource.connection is None and action != "manage")


def _given(actor: Person, resource: Resource, place: Place | None) -> bool:
    return bool(
        resource.given_to & {("everyone", "*"), ("user", actor.id), ("place", place_id(place) if place else "")}
    )


def _show(resource: Resource, place: Place | None) -> Decision:
    if place is None or place.readers == "alone":
        return _YES
    if place.readers == "outsiders":
        return Decision(False, "people.outsiders_read")
    if resource.given_to & {("everyone", "*"), ("place", place_id(place))}:
        return _YES
    return Decision(False, "people.readers_not_given")


def _see_private(actor: Person, owner: bool, resource: Resource, place: Place | None) -> Decision:
    """Whoever reads at the place sees what the asker sees: among others, all of them must be allowed to."""
    alone = place is None or place.readers == "alone"
    here = {("everyone", "*"), ("place", place_id(place) if place else "")}
    own = {("user", actor.id)} if alone else set()
    outside = place is not None and place.readers == "outsiders"
    seen = not outside and ((owner and alone) or bool(resource.private_to & (here | own)))
    return _YES if seen else Decision(False, "people.private_not_shown")
