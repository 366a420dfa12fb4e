"""What people fill in of a connection: checked, and a change laid over what was there."""

from dataclasses import replace
from typing import Any, get_args

from core.chat import TlsMode
from core.connections.connection import Connection, ConnectionEdit, NewConnection
from core.engines.base import FILE_KINDS
from core.engines.registry import ENGINES, engine
from core.engines.tls import checked_ca
from core.errors import BadConnection

LENGTHS = {"name": 100, "host": 255, "user": 100, "database": 100, "password": 255}
"""Characters of each, of a password bytes, as the store has them."""

_SECURING = ("kind", "host", "port", "user", "tls", "tls_ca")
"""They say where a password goes and how."""
_ASKED = (*_SECURING, "database")
"""They say which database is asked, and how."""


def checked(new: NewConnection) -> NewConnection:
    """The same, tidied, its port the server's usual one where it is 0. Raises `BadConnection`, in words for people."""
    if new.kind not in ENGINES:
        raise BadConnection("connection.kind", kinds=", ".join(ENGINES))
    if new.tls not in get_args(TlsMode):
        raise BadConnection("connection.tls_mode", modes=", ".join(get_args(TlsMode)))
    tidy = replace(
        new,
        name=new.name.strip(),
        port=new.port or engine(new.kind).default_port,
        tls_ca="" if new.kind in FILE_KINDS else checked_ca(new.tls_ca),
    )
    for field in ("name", "host"):
        if not getattr(tidy, field).strip():
            raise BadConnection("connection.field_missing", field=field)
    if not tidy.database and tidy.kind not in FILE_KINDS:
        raise BadConnection("connection.field_missing", field="database")
    for field, most in LENGTHS.items():
        size = len(getattr(tidy, field).encode()) if field == "password" else len(getattr(tidy, field))
        if size > most:
            raise BadConnection("connection.field_too_long", field=field, most=most)
    if not 0 <= tidy.port < 65536:
        raise BadConnection("connection.bad_port")
    return tidy


def as_it_is(connection: Connection, password: str = "") -> NewConnection:
    """A connection's fields, as somebody would fill them in."""
    return NewConnection(
        connection.name, connection.kind, connection.host, connection.port, connection.user, password,
        connection.database, connection.tls, connection.tls_ca,
    )  # fmt: skip


def edited(connection: Connection, edit: ConnectionEdit) -> NewConnection:
    """A connection's fields after a change; the password empty where the stored one stays.

    Raises `BadConnection`: connection.password_again where the stored password would go elsewhere or another way, and
    as `checked` does.
    """
    before = as_it_is(connection)
    changes: dict[str, Any] = {
        field: getattr(edit, field)
        for field in ("name", "kind", "host", "port", "user", "password", "database", "tls", "tls_ca")
        if getattr(edit, field) is not None
    }
    if changes.get("kind", before.kind) != before.kind and "port" not in changes:
        changes["port"] = 0  # the port that was usual for another kind of server is of no use
    after = checked(replace(before, **changes))
    if connection.encrypted_password and edit.password is None and _differ(before, after, _SECURING):
        raise BadConnection("connection.password_again")
    return after


def needs_look(connection: Connection, after: NewConnection, edit: ConnectionEdit) -> bool:
    """Whether another database may be asked after a change, or another way."""
    return edit.password is not None or _differ(as_it_is(connection), after, _ASKED)


def moves(connection: Connection, after: NewConnection) -> bool:
    """Whether it lies elsewhere after a change."""
    # The user of BigQuery is a file of the machine.
    where = ("kind", "host", "port", "user") if after.kind == "bigquery" else ("kind", "host", "port")
    return _differ(as_it_is(connection), after, where)


def _differ(before: NewConnection, after: NewConnection, fields: tuple[str, ...]) -> bool:
    return any(getattr(before, field) != getattr(after, field) for field in fields)
