"""What is said of a connection: how it stands, what a look at it told, all of it. Pure."""

from collections.abc import Iterator

from core.chat import ConnectionReport, ConnectionView, GivenTo
from core.engines.base import FILE_KINDS
from core.errors import ColloqueryError
from core.locale import error_words, format_date, format_number, reason_words, say


def state(view: ConnectionView, locale: str) -> str:
    """How it stands, in some words."""
    if not view.is_enabled:
        return say(locale, "connections.state.off")
    if view.problem:
        return f"{say(locale, 'connections.state.failed')}: {reason_words(locale, view.problem)}"
    if not view.version:
        return say(locale, "connections.state.unknown")
    works = say(locale, "connections.state.works", version=view.version)
    return f"{works} · {say(locale, 'connections.can_write')}" if view.can_write else works


def about(view: ConnectionView, locale: str) -> tuple[str, ...]:
    """Its kind, whose it is, how it stands, whether it is the default."""
    whose = say(locale, "connections.mine") if view.is_mine else say(locale, "connections.of", name=view.owner)
    default = (say(locale, "connections.default"),) if view.is_default else ()
    return view.kind, whose, state(view, locale), *default


def report(told: ConnectionReport, locale: str) -> str:
    """What a look at it told, in sentences."""
    return " ".join(_told(told, locale))


def details(view: ConnectionView, locale: str, timezone: str) -> Iterator[tuple[str, str]]:
    """All that there is to it, a label and a value each; what may not be seen is left out."""

    def field(key: str) -> str:
        return say(locale, f"connections.field.{key}")

    yield field("kind"), view.kind
    yield field("state"), state(view, locale)
    yield field("owner"), view.owner
    if view.checked_at is not None:
        yield field("checked_at"), format_date(locale, view.checked_at, timezone)
    if not view.may_manage:
        return
    yield field("host"), view.host
    if view.kind not in FILE_KINDS:
        yield field("port"), str(view.port)
        yield field("database"), view.database
        yield field("user"), view.user
        yield field("tls"), say(locale, f"connections.tls.{view.tls}")
        yield field("tls_ca"), field("yes" if view.has_tls_ca else "no")
    given = ", ".join(receiver(one, locale) for one in view.given_to)
    yield field("given_to"), given or say(locale, "connections.nobody")


def receiver(one: GivenTo, locale: str) -> str:
    """Whom it is given to."""
    return one.name or say(locale, "connections.everyone" if one.to == "everyone" else "connections.place")


def _told(told: ConnectionReport, locale: str) -> Iterator[str]:
    if told.problem:
        step = say(locale, f"connections.step.{told.failed}")
        yield say(locale, "connections.report.failed", name=told.name, step=step)
        yield reason_words(locale, told.problem)
        if told.problem.startswith("database."):  # their words have no particulars, which are not kept
            yield error_words(locale, ColloqueryError(told.problem))[1]
        return
    yield say(
        locale,
        "connections.report.works",
        name=told.name,
        version=told.version,
        tables=format_number(locale, told.tables),
        milliseconds=format_number(locale, told.milliseconds),
    )
    if told.is_encrypted:
        named = say(locale, "connections.report.encrypted", tls=told.tls_version)
        yield named if told.tls_version else say(locale, "connections.report.encrypted_somehow")
    elif told.is_encrypted is False:
        yield say(locale, "connections.report.clear")
    if told.can_write:
        yield say(locale, "cli.connection_can_write")
    elif told.can_write is False:
        yield say(locale, "connections.report.read_only")
