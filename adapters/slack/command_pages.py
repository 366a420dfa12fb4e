"""What commands show. Pure: values in, a message out."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from adapters.slack import blocks, limits, sections
from adapters.slack.escape import Json, mrkdwn
from adapters.slack.render import Message
from core.chat import Actor, ConnectionChoice, ConnectionHealth, Overview, TemplateLine, UsageWindow
from core.locale import format_money, format_number, say

_COMMANDS = ("ask", "usage", "templates", "connections", "help")


def usage_page(windows: Sequence[UsageWindow], actor: Actor) -> Message:
    """My tokens against the three limits."""
    locale = actor.locale
    told = "; ".join(f"{say(locale, f'slack.home.{one.name}')} {sections.used(one, locale)}" for one in windows)
    return _message(told or say(locale, "slack.home.usage"), sections.usage(windows, locale, actor.timezone), locale)


def templates_page(templates: Sequence[TemplateLine], actor: Actor) -> Message:
    """Saved questions, each a button that asks it."""
    if not templates:
        return _sentence(say(actor.locale, "slack.no_templates"), actor.locale)
    questions = tuple(one.question for one in templates)
    heading = say(actor.locale, "slack.home.templates")
    return _message(heading, sections.templates(questions, actor.locale), actor.locale)


def connections_page(choices: Sequence[ConnectionChoice], actor: Actor, *, manages: bool) -> Message:
    """Which database is asked, and the others that may be; one that `manages` them can do more."""
    heading = say(actor.locale, "slack.home.connection")
    return _message(heading, sections.connections(choices, actor.locale, manages=manages), actor.locale)


def health_words(health: ConnectionHealth, locale: str) -> str:
    """What a look at a connection told."""
    told = say(locale, "slack.connections.works", name=health.name, version=health.version, tables=health.tables)
    return f"{told} {say(locale, 'cli.connection_can_write')}" if health.can_write else told


def overview_lines(figures: Overview | None, locale: str) -> tuple[str, ...]:
    """Everybody's use, a line a figure; nothing for whoever may not see it."""
    if figures is None:
        return ()
    today, failed = format_number(locale, figures.questions_today), format_number(locale, figures.failed_today)
    tokens = format_number(locale, figures.tokens_this_month)
    cost = format_money(locale, Decimal(str(figures.cost_this_month)))
    return (
        say(locale, "slack.overview.today", questions=today, failed=failed),
        say(locale, "slack.overview.people", people=format_number(locale, figures.people_this_month)),
        say(locale, "slack.overview.month", tokens=tokens, cost=cost),
    )


def help_page(actor: Actor, first: str = "") -> Message:
    """How to ask, and the command words."""
    lines = [first or say(actor.locale, "slack.help.how")]
    lines += [f"• {name}: {say(actor.locale, f'slack.help.{name}')}" for name in _COMMANDS]
    return _sentence("\n".join(lines), actor.locale)


def _sentence(text: str, locale: str) -> Message:
    return _message(text, blocks.paragraphs(text, locale), locale)


def _message(text: str, shown: Iterable[Json], locale: str) -> Message:
    return Message(mrkdwn(text), blocks.within(tuple(shown), limits.MESSAGE_BLOCKS, locale))
