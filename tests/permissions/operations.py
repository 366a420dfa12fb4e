"""Every operation of the API: what it asks of `may`, in order, and a request that is right but for permission.

Whoever adds an operation adds it here, or the test of the walk fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.api.door import place_of
from core.people.permission import Action, Resource, may
from core.people.person import Person
from tests.permissions.town import PASSWORD, SHOP, SQL, Somebody, Thing

Json = dict[str, Any]

SYSTEM, QUESTION, NEW = Resource("system"), Resource("question"), Resource("connection")

Of = Resource | Callable[[Person, Thing | None], Resource]
Need = Callable[[Somebody, Thing | None], str]
"""The code of why not; empty for yes."""


def needs(action: Action, of: Of | None = None) -> Need:
    """The thing that the request is about, or what `of` says, is asked about."""

    def need(who: Somebody, thing: Thing | None) -> str:
        if of is None:
            assert thing is not None, "the request is about something"
            resource = thing.resource
        else:
            resource = of if isinstance(of, Resource) else of(who.person, thing)
        return may(who.person, action, resource, place_of(who.actor)).why

    return need


def either(*each: Need, code: str = "") -> Need:
    """One of them is enough. `code`: what is answered when none is given; else the last one's."""

    def need(who: Somebody, thing: Thing | None) -> str:
        answers = [one(who, thing) for one in each]
        return "" if "" in answers else code or answers[-1]

    return need


def own(kind: Any) -> Of:
    """Something of this kind that is the reader's."""
    return lambda person, _: Resource(kind, person.id, account=person.account)


def is_theirs(code: str) -> Need:
    """Of somebody else's it is not told that it is there."""
    return lambda who, thing: "" if thing is not None and thing.resource.owner == who.person.id else code


def _own_template(person: Person, thing: Thing | None) -> Resource:
    assert thing is not None, "it is kept for a connection"
    return Resource("template", person.id, connection=thing.id)


def _sees_template(who: Somebody, thing: Thing | None) -> str:
    assert thing is not None, "the request is about a template"
    administers = may(who.person, "administer", Resource("template")).allowed
    seen = thing.shared or thing.resource.owner == who.person.id or administers
    return "" if seen else "template.unknown"


def _one_person(who: Somebody, thing: Thing | None) -> str:
    """Everybody themselves; of others administrators."""
    return (SELF if thing is not None and thing.id == who.person.id else ADMINISTERS)(who, thing)


ASKS, READS, MANAGES, GIVES = needs("ask", QUESTION), needs("read"), needs("manage"), needs("give")
ADMINISTERS = needs("administer", SYSTEM)
ADDS = needs("add", NEW)
SELF = needs("manage", own("sign_in"))
READS_THEIR_OWN = needs("read", own("thread"))
USES_TOKENS = needs("see_usage", own("usage"))
HAS_KEYS = needs("manage", own("key"))
SCHEDULES = needs("manage", own("schedule"))
LOOKS = either(ADDS, ASKS)
"""Whoever asks and whoever looks after connections may see that there are some."""
SEEN = either(needs("use"), MANAGES, code="connection.gone")
KEEPS = needs("manage", _own_template)

HIDDEN = {"connection.gone", "template.unknown", "sign_in.no_device", "schedule.unknown"}
"""404: it is not told whether there is such a thing."""


@dataclass(frozen=True)
class Operation:
    """A request. `about`: the kind of the things that it is sent about, each in turn; empty: about none."""

    needs: tuple[Need, ...] = ()
    about: str = ""
    body: Json | Callable[[Thing], Json] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    fine: tuple[str, ...] = ()
    """Codes with which it may end where permission was given."""

    def expected(self, who: Somebody, thing: Thing | None) -> str:
        """The code of the first refusal; empty when it is allowed."""
        return next((code for one in self.needs if (code := one(who, thing))), "")


def _of_question(*more: Need, **other: Any) -> Operation:
    return Operation((READS, *more), "question", **other)


def _of_template(*more: Need, **other: Any) -> Operation:
    return Operation((ASKS, _sees_template, *more), "template", **other)


def _of_connection(*more: Need, **other: Any) -> Operation:
    return Operation((LOOKS, SEEN, *more), "connection", **other)


def _sees_schedule(who: Somebody, thing: Thing | None) -> str:
    return "schedule.unknown" if MANAGES(who, thing) else ""


def _is_their_own(who: Somebody, thing: Thing | None) -> str:
    return is_theirs("people.not_yours")(who, thing)


def _of_schedule(*more: Need, **other: Any) -> Operation:
    return Operation((SCHEDULES, _sees_schedule, *more), "schedule", **other)


def _of_catalog(*more: Need, **other: Any) -> Operation:
    return Operation((SEEN, *more), "connection", **other)


def _template(thing: Thing) -> Json:
    return {"name": thing.more["name"], "question": "How many?", "sql": "SELECT COUNT(*) AS n FROM customers",
            "connection": SHOP, "public": thing.shared}  # fmt: skip


_NEW_TEMPLATE = {"name": "new", "question": "How many customers are in {city}?", "sql": SQL, "connection": SHOP,
                 "parameters": [{"name": "city", "default": "Seoul"}]}  # fmt: skip
_NEW_CONNECTION = {"name": "new", "kind": "sqlite", "host": "/tmp/no.db", "user": "", "database": "x"}
_MARK = {"table": "*", "column": "phone", "private": True}
_CAME_IN = ("people.came_in_already",)
_ADMINISTERED = (Operation((ADMINISTERS,)),)

OPERATIONS: Mapping[str, tuple[Operation, ...]] = {
    "POST /questions": (Operation((ASKS,), body={"text": "How many customers are in Busan?", "connection": SHOP}),),
    "GET /questions/{question_id}": (_of_question(),),
    "GET /questions/{question_id}/events": (_of_question(),),
    "POST /questions/{question_id}/stop": (Operation((needs("stop"),), "question", body={}),),
    "POST /questions/{question_id}/choice": (_of_question(ASKS, body={"choice": "x"}, fine=("answer.no_choice",)),),
    "POST /questions/{question_id}/rerun": (_of_question(ASKS, body={"sql": "SELECT 1 AS one"}),),
    "POST /questions/{question_id}/fresh": (_of_question(ASKS, body={}),),
    "GET /questions/{question_id}/explanation": (_of_question(),),
    "POST /questions/{question_id}/feedback": (_of_question(body={"good": True}),),
    "GET /questions/{question_id}/template": (_of_question(),),
    "GET /questions/{question_id}/result.csv": (_of_question(),),
    "GET /questions/{question_id}/result.xlsx": (_of_question(),),
    "GET /examples": (Operation(),),
    "GET /sessions": (Operation((READS_THEIR_OWN,)),),
    "GET /sessions/{session}/messages": (
        Operation((READS_THEIR_OWN,), path={"session": "s1"}),
        Operation((READS_THEIR_OWN,), path={"session": "never-begun"}),
    ),
    "GET /templates": (Operation((ASKS,)),),
    "POST /templates": (Operation((ASKS, KEEPS), "shop", body=_NEW_TEMPLATE),),
    "POST /templates/import": (Operation((ASKS,), body={"text": "templates: []"}, fine=("template.file_version",)),),
    "GET /templates.yaml": (Operation((ASKS,)),),
    "GET /templates/{template_id}": (_of_template(),),
    "PUT /templates/{template_id}": (_of_template(MANAGES, body=_template),),
    "DELETE /templates/{template_id}": (_of_template(MANAGES),),
    "GET /templates/{template_id}/choices": (_of_template(query={"parameter": "city"}),),
    "POST /templates/{template_id}/run": (_of_template(body={"values": {"city": "Busan"}}),),
    "PUT /templates/{template_id}/public": (_of_template(MANAGES, body={"public": True}),),
    "PUT /templates/{template_id}/verified": (
        Operation(
            (ASKS, needs("administer", Resource("template")), _sees_template), "template", body={"verified": True}
        ),
    ),
    "GET /schedules": (Operation((SCHEDULES,)), Operation((SCHEDULES, ADMINISTERS), query={"everybodys": "true"})),
    "POST /schedules": (
        Operation(
            (SCHEDULES, ASKS), body={"text": "How many customers are in Busan?", "when": "매일 9시", "connection": SHOP}
        ),
        Operation(
            (SCHEDULES, ASKS, ADMINISTERS),
            body={
                "text": SQL,
                "when": "daily at 9",
                "connection": SHOP,
                "place": {"platform": "slack", "workspace": "T1", "channel": "C1"},
            },
            fine=("schedule.place",),
        ),
    ),
    "GET /schedules/{schedule_id}": (_of_schedule(),),
    "PATCH /schedules/{schedule_id}": (_of_schedule(_is_their_own, body={"when": "every hour"}),),
    "DELETE /schedules/{schedule_id}": (_of_schedule(),),
    "POST /schedules/{schedule_id}/pause": (_of_schedule(body={}),),
    "POST /schedules/{schedule_id}/resume": (_of_schedule(body={}),),
    "POST /schedules/{schedule_id}/run": (_of_schedule(body={}),),
    "GET /connections": (Operation((LOOKS,)), Operation((LOOKS, ADMINISTERS), query={"everybodys": "true"})),
    "POST /connections": (
        Operation((ADDS, needs("manage", own("connection"))), body=_NEW_CONNECTION, fine=("connection.no_files",)),
    ),
    "GET /connections/{connection_id}": (_of_connection(),),
    "PATCH /connections/{connection_id}": (_of_connection(MANAGES, body={"name": "renamed"}),),
    "DELETE /connections/{connection_id}": (_of_connection(MANAGES),),
    "POST /connections/{connection_id}/test": (_of_connection(MANAGES, body={}),),
    "PUT /connections/{connection_id}/enabled": (_of_connection(MANAGES, body={"enabled": False}),),
    "PUT /connections/{connection_id}/default": (_of_connection(needs("use"), body={}),),
    "POST /connections/{connection_id}/refresh": (_of_connection(MANAGES, body={}),),
    "POST /connections/{connection_id}/grants": (
        Operation((LOOKS, GIVES, SEEN), "connection", body={"to": "everyone", "default": True, "private": True}),
    ),
    "DELETE /connections/{connection_id}/grants/{to}/{subject}": (
        Operation((LOOKS, GIVES, SEEN), "connection", path={"to": "everyone", "subject": "*"}),
    ),
    "GET /connections/{connection_id}/tables": (_of_catalog(),),
    "GET /connections/{connection_id}/columns": (_of_catalog(),),
    "GET /connections/{connection_id}/glossary": (_of_catalog(),),
    "PUT /connections/{connection_id}/documentation": (
        _of_catalog(MANAGES, body={"name": "customers", "description": "People who buy."}),
    ),
    "GET /connections/{connection_id}/catalog.json": (_of_catalog(MANAGES),),
    "POST /connections/{connection_id}/catalog/import": (
        _of_catalog(MANAGES, body={"text": "{}"}, fine=("catalog.bad_file",)),
    ),
    "PUT /connections/{connection_id}/glossary": (_of_catalog(MANAGES, body={"term": "buyers", "means": "customers"}),),
    "DELETE /connections/{connection_id}/glossary": (
        _of_catalog(MANAGES, query={"term": "nothing"}, fine=("catalog.unknown_term",)),
    ),
    "GET /connections/{connection_id}/marks": (_of_catalog(MANAGES),),
    "PUT /connections/{connection_id}/marks": (Operation((ADMINISTERS, SEEN), "connection", body=_MARK),),
    "PUT /marks": (Operation((ADMINISTERS,), body=_MARK),),
    "GET /usage": (Operation((USES_TOKENS,)),),
    "GET /usage.csv": (Operation((USES_TOKENS,)),),
    "GET /usage/all": _ADMINISTERED,
    "GET /usage/all/{listing}.csv": (Operation((ADMINISTERS,), path={"listing": "people"}),),
    "GET /limits": _ADMINISTERED,
    "PUT /limits": (
        Operation((ADMINISTERS,), body={"subject": "everyone", "who": "", "hour": 9, "day": 99, "month": 999}),
    ),
    "GET /alerts": _ADMINISTERED,
    "PUT /alerts": (Operation((ADMINISTERS,), body={"thresholds": ["9.50"], "unusual": True, "to": []}),),
    "GET /users": _ADMINISTERED,
    "POST /users": (Operation((ADMINISTERS,), body={"email": "new@example.com", "name": "New"}),),
    "GET /users/{user_id}": (Operation((_one_person,), "user"),),
    "PATCH /users/{user_id}": (
        Operation((ADMINISTERS,), "user", body={"active": True}),
        Operation((ADMINISTERS,), "user", body={"role": "admin"}),
        Operation((_one_person,), "user", body={}),
    ),
    "POST /users/{user_id}/invitation": (Operation((ADMINISTERS,), "user", body={}, fine=_CAME_IN),),
    "POST /users/{user_id}/sign-out": (Operation((_one_person,), "user", body={}),),
    "GET /keys": (
        Operation((HAS_KEYS,)),
        Operation((needs("manage", Resource("key")),), query={"everybodys": "true"}),
    ),
    "POST /keys": (Operation((HAS_KEYS,), body={"name": "new", "scopes": [{"scope": "ask"}]}),),
    "DELETE /keys/{key_id}": (Operation((HAS_KEYS, MANAGES), "key"),),
    "GET /me": (Operation(),),
    "PUT /me/password": (Operation((SELF,), body={"new": "another long password", "current": PASSWORD}),),
    "POST /me/link": (Operation((ASKS, SELF), body={}),),
    "GET /me/devices": (Operation((SELF,)),),
    "DELETE /me/devices/{device_id}": (Operation((SELF, is_theirs("sign_in.no_device")), "device"),),
    "POST /me/sign-out": (Operation((SELF,), body={}),),
    "GET /audit": _ADMINISTERED,
    "GET /audit.csv": _ADMINISTERED,
    "POST /audit/verify": (Operation((ADMINISTERS,), body={}),),
    "GET /config": _ADMINISTERED,
    "GET /config/{key}": (Operation((ADMINISTERS,), path={"key": "connections.added_by"}),),
    "PUT /config/{key}": (
        Operation((ADMINISTERS,), path={"key": "connections.added_by"}, body={"value": "administrators"}),
    ),
    "DELETE /config/{key}": (Operation((ADMINISTERS,), path={"key": "connections.added_by"}),),
    "GET /jobs": _ADMINISTERED,
    "POST /jobs/{name}/run": (Operation((ADMINISTERS,), path={"name": "thin_metrics"}, body={}),),
}
"""By method and path. An operation may be asked in several ways."""

PUBLIC: Mapping[str, tuple[Json, set[str]]] = {
    "POST /auth/sign-in": ({"email": "nobody@example.com", "password": "wrong"}, {"sign_in.wrong"}),
    "POST /auth/refresh": ({"refresh": "wrong"}, {"sign_in.ended"}),
    "POST /auth/sign-out": ({"refresh": "wrong"}, {""}),
    "POST /auth/link": ({"token": "wrong"}, {"sign_in.link"}),
}
"""What nobody needs to be known for: a body, and the codes that it may be refused with."""

TELLS_NOTHING = {"GET /examples", "GET /me"}
"""Of whoever is known: nothing is asked of `may`, because nothing of anybody else is told."""
