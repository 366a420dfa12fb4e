"""What is filled in of a connection in a chat, and to whom one is to be given. Pure: fields in, what is meant out.

What was typed is filled in again when the connection could not be reached, all but the password, which is never sent
back to a platform.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

from core.ask.present import connection_words
from core.chat import ConnectionView, GivenTo, TlsMode
from core.connections.connection import ConnectionEdit, NewConnection
from core.connections.connections import EVERYONE, SubjectKind
from core.connections.fields import LENGTHS
from core.engines.base import FILE_KINDS, ServerKind
from core.errors import BadConnection
from core.locale import say

KINDS: tuple[ServerKind, ...] = tuple(kind for kind in get_args(ServerKind) if kind not in FILE_KINDS)
"""A SQLite file is on the machine of the server: nobody names one from a chat."""
MODES: tuple[TlsMode, ...] = get_args(TlsMode)

FIELDS = {name: LENGTHS.get(name, 5) for name in ("name", "host", "port", "database", "user", "password")}
"""Characters of each, as the store has them. Only the port may be left out: then it is the server's usual one."""
OPTIONAL = frozenset({"port", "password", "tls_ca"})

_SUBJECTS: tuple[SubjectKind, ...] = ("everyone", "user", "place")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    kind: str = "postgresql"
    """Empty for a file: in a chat nothing but its name is changed."""
    tls: str = "prefer"
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    forgets_ca: bool = False

    @property
    def name(self) -> str:
        """What it is to be called."""
        return self.values.get("name", "").strip()

    def connection(self) -> NewConnection:
        """The connection that is meant; port 0 is the server's usual one. Raises `BadConnection`."""
        texts = {name: self.values.get(name, "").strip() for name in ("name", "host", "user", "database")}
        return NewConnection(
            **texts,
            kind=self._kind(),
            port=self._port(),
            password=self.values.get("password", ""),
            tls=self._mode(),
            tls_ca=self.values.get("tls_ca", ""),
        )

    def edit(self, revision: str) -> ConnectionEdit:
        """The change that is meant: an empty password, and empty certificates, stay as they are. Raises as above."""
        if not self.kind:
            return ConnectionEdit(name=self.name, revision=revision)
        new = self.connection()
        return ConnectionEdit(
            name=new.name,
            kind=new.kind,
            host=new.host,
            port=new.port,
            user=new.user,
            password=new.password or None,
            database=new.database,
            tls=new.tls,
            tls_ca="" if self.forgets_ca else new.tls_ca or None,
            revision=revision,
        )

    def _kind(self) -> ServerKind:
        for kind in KINDS:
            if kind == self.kind:
                return kind
        raise BadConnection("connection.kind", kinds=", ".join(KINDS))

    def _mode(self) -> TlsMode:
        for mode in MODES:
            if mode == self.tls:
                return mode
        raise BadConnection("connection.tls_mode", modes=", ".join(MODES))

    def _port(self) -> int:
        port = self.values.get("port", "").strip()
        if port and not (port.isascii() and port.isdigit()):
            raise BadConnection("connection.bad_port")
        return int(port or 0)


@dataclass(frozen=True, slots=True)
class Gift:
    """To whom a connection is to be given."""

    to: SubjectKind = "everyone"
    subject: str = EVERYONE
    """Of a person the id or e-mail address, of a place its `core.ids.place_id`."""
    name: str = ""
    """Of a person, for the sentence that says so."""
    default: bool = False
    private: bool = False


def typed_of(view: ConnectionView) -> Typed:
    """A connection as the form shows it."""
    if view.kind not in KINDS:
        return Typed("", values={"name": view.name})
    values = {"name": view.name, "host": view.host, "port": str(view.port), "database": view.database,
              "user": view.user}  # fmt: skip
    return Typed(view.kind, view.tls, values)


def hint(name: str, locale: str, *, has_password: bool = False, has_ca: bool = False) -> str:
    """What is said below a field; empty for nothing. `has_…`: it is there already."""
    if name == "password" and has_password:
        return say(locale, "chat.change.password_stays")
    if name == "tls_ca":
        return say(locale, "chat.change.ca_stays" if has_ca else "chat.new.tls_ca_hint")
    return ""


def lines(view: ConnectionView) -> Iterator[str]:
    """What somebody may do with a connection, by name, in the order it is offered."""
    yield "show"
    if view.may_use:
        yield "default"
    if view.may_manage:
        yield from ("test", "edit", "refresh", "disable" if view.is_enabled else "enable")
    if view.may_give:
        yield from ("here", "give")
        if view.given_to:
            yield "take"
    if view.may_manage:
        yield "delete"


def receiver(one: GivenTo, here: str, locale: str) -> str:
    """Whom it is given to, in a menu. `here`: the `core.ids.place_id` of where that is read."""
    if one.to != "place":
        return connection_words.receiver(one, locale)
    if one.subject == here:
        return say(locale, "chat.take.here")
    # A place is known by its id alone; its first letters tell two apart.
    return f"{connection_words.receiver(one, locale)} ({one.subject[:8]})"


def taken_from(chosen: str) -> tuple[SubjectKind, str] | None:
    """Whom a menu's line `<to>|<subject>` means; None when it means nobody."""
    to, _, subject = chosen.partition("|")
    kind = next((one for one in _SUBJECTS if one == to), None)
    return None if kind is None else (kind, subject)
