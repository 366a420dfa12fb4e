"""A connection as one person may see it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from core.chat import ConnectionView, GivenTo, Place
from core.connections.connection import Connection
from core.connections.connections import SubjectKind
from core.people.permission import may
from core.people.person import Person


def view(
    connection: Connection, person: Person, place: Place | None, default: str | None, names: Mapping[str, str]
) -> ConnectionView:
    """The view. `default` is the id of what is asked here unless another is named, `names` people's names by id."""
    manages = may(person, "manage", connection.resource).allowed
    shown = ConnectionView(
        id=connection.id,
        name=connection.name,
        kind=connection.kind,
        owner=names.get(connection.owner_id, ""),
        is_mine=connection.owner_id == person.id,
        is_enabled=connection.is_enabled,
        is_default=connection.id == default,
        may_use=connection.is_enabled and may(person, "use", connection.resource, place).allowed,
        may_manage=manages,
        may_give=may(person, "give", connection.resource).allowed,
        version=connection.version,
        can_write=connection.can_write,
        problem=connection.problem,
        checked_at=connection.checked_at,
    )
    if not manages:
        return shown
    return replace(
        shown,
        host=connection.host,
        port=connection.port,
        user=connection.user,
        database=connection.database,
        has_password=connection.encrypted_password is not None,
        tls=connection.tls,
        has_tls_ca=bool(connection.tls_ca),
        given_to=_given(connection, names),
        revision=connection.revision,
    )


def _given(connection: Connection, names: Mapping[str, str]) -> tuple[GivenTo, ...]:
    """Everyone first, then people by name, then places."""
    found = [
        GivenTo(
            cast("SubjectKind", kind),
            subject,
            names.get(subject, "") if kind == "user" else "",
            (kind, subject) in connection.default_of,
            (kind, subject) in connection.private_to,
        )
        for kind, subject in connection.given_to
    ]
    order = ("everyone", "user", "place")
    return tuple(sorted(found, key=lambda one: (order.index(one.to), one.name, one.subject)))
