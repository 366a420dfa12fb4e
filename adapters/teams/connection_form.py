"""The form in which a connection is added or changed, as a dialog. Pure: what was typed in, a card out, and back."""

from collections.abc import Iterator, Mapping

from adapters.chat.connection_form import FIELDS, KINDS, MODES, OPTIONAL, Typed, hint
from adapters.chat.text import Json
from adapters.teams import cards, limits
from adapters.teams.dialogs import Dialog, form
from core.locale import say

ADD = "new_connection"
"""Name of the form for a new one."""
CHANGE = "change_connection"
"""Name of the form for one that is there: it sends `<id>|<revision>`."""


def render_connection_form(
    about: str, typed: Typed, locale: str, wrong: str = "", *, has_password: bool = False, has_ca: bool = False
) -> Dialog:
    """The form. `about`: what it sends beside its fields, empty for a new one. `wrong`: what was wrong the last time;
    of one that is there, what it has already."""
    words = "chat.change" if about else "chat.new"
    fields = list(_fields(typed, locale, has_password=has_password, has_ca=has_ca))
    return form(
        say(locale, f"{words}.title"), CHANGE if about else ADD, about, fields, say(locale, f"{words}.submit"),
        locale, wrong, height="large",
    )  # fmt: skip


def read(fields: Mapping[str, str]) -> Typed:
    """What was typed, out of a form that was sent. Of a file there is nothing but its name."""
    return Typed(
        fields.get("kind", ""),
        fields.get("tls") or "prefer",
        {name: fields.get(name, "") for name in (*FIELDS, "tls_ca")},
        fields.get("forget_ca") == "true",
    )


def _fields(typed: Typed, locale: str, *, has_password: bool, has_ca: bool) -> Iterator[Json]:
    if not typed.kind:
        yield _text("name", FIELDS["name"], typed, locale)
        return
    kinds = [(kind, kind) for kind in KINDS]
    yield cards.choice("kind", say(locale, "chat.new.kind"), kinds, _known(typed.kind, KINDS), required=True)
    for name, most in FIELDS.items():
        yield _text(name, most, typed, locale, below=hint(name, locale, has_password=has_password))
    modes = [(say(locale, f"connections.tls.{mode}"), mode) for mode in MODES]
    yield cards.choice("tls", say(locale, "chat.new.tls"), modes, _known(typed.tls, MODES), required=True)
    yield _text("tls_ca", limits.INPUT, typed, locale, below=hint("tls_ca", locale, has_ca=has_ca))
    if has_ca:
        yield cards.tick("forget_ca", say(locale, "chat.change.forget_ca"))


def _text(name: str, most: int, typed: Typed, locale: str, *, below: str = "") -> Json:
    return cards.field(
        name,
        say(locale, f"chat.new.{name}"),
        "" if name == "password" else typed.values.get(name, ""),
        most=most,
        multiline=name == "tls_ca",
        secret=name == "password",
        required=name not in OPTIONAL,
        hint=below,
    )


def _known(chosen: str, known: tuple[str, ...]) -> str:
    """What a menu shows: a line that it does not have would leave it empty."""
    return chosen if chosen in known else known[0]
