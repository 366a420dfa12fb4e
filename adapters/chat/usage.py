"""What follows `usage`, done: the same in every chat. What comes of it is a value, which each door shows in its way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.chat.usage_words import WINDOWS, Everybody, File, Help, Mine, Of, SetLimits, ShowLimits, Who, parse
from core.ask.present.use import dashboard_reply, limits_reply, usage_reply
from core.ask.present.use_tables import limits_words
from core.ask.usage_desk import UsageDesk
from core.chat import Actor, Reply
from core.figures import LimitChange, LimitLine, Span
from core.locale import say

SPANS: tuple[Span, ...] = ("week", "month", "quarter")
"""In the order in which they are offered."""

Find = Callable[[str], Awaitable[Actor]]
"""Who an account of this chat is: the door knows."""

HELP = ("help_mine", "help_csv")
"""What anybody may write."""
HELP_OF_ALL = ("help_all", "help_of", "help_limits", "help_limit", "help_csv_of_all")
"""What administrators may write besides."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A reply to be drawn, for who asked alone."""

    reply: Reply
    manages: bool = True
    """Whoever looks may see everybody's use and set limits."""
    span: Span | None = None
    """Of everybody's use: the span that is shown."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that is said of what was done."""

    text: str


@dataclass(frozen=True, slots=True)
class Howto:
    """What may be written is said, by `help_words`."""

    manages: bool


Outcome = Figures | Sentence | Howto | File
"""What comes of it. A file is made by `Service.files`, when the door can take it to who asked."""


async def done(desk: UsageDesk, find: Find, actor: Actor, text: str, *, points: int) -> Outcome:
    """Do what follows the word; what is not understood is answered with how to say it.

    `points`: how many points a chart of this chat has. Raises as the desk does, and `BadEdit` of somebody unknown.
    """
    locale, meant = actor.locale, parse(text)
    match meant:
        case Mine():
            reply = usage_reply(await desk.mine(actor), locale, actor.timezone, points=points)
            return Figures(reply, manages=await desk.is_administrator(actor))
        case Everybody():
            return await everybody(desk, actor, meant.span, points=points)
        case Of():
            found = await desk.of(actor, await _id(desk, find, actor, meant.who))
            name = (await find(meant.who.account)).name if meant.who.account else meant.who.email
            return Figures(usage_reply(found, locale, actor.timezone, whose=name, points=points))
        case ShowLimits():
            return Figures(limits_reply(await desk.limits(actor), locale))
        case SetLimits():
            return Sentence(set_words(await _set(desk, find, actor, meant), locale))
        case File():
            return meant
        case Help() | None:
            return Howto(await desk.is_administrator(actor))


async def everybody(desk: UsageDesk, actor: Actor, span: Span, *, points: int) -> Figures:
    """Everybody's use within a span. Administrators."""
    reply = dashboard_reply(await desk.dashboard(actor, span), actor.locale, points=points)
    return Figures(reply, span=span)


def span_of(value: str) -> Span:
    """The span that a button carries; this month for anything else."""
    return next((span for span in SPANS if span == value), "month")


def set_words(line: LimitLine, locale: str) -> str:
    """What is said of limits that were set."""
    return f"{say(locale, 'chat.limits.set')} {limits_words(line, locale)}"


def help_words(locale: str, *, manages: bool) -> str:
    """What may follow the word, line by line; whoever `manages` may say more."""
    names = (*HELP, *HELP_OF_ALL) if manages else HELP
    return "\n".join([say(locale, "chat.usage.how"), *(f"• {say(locale, f'chat.usage.{name}')}" for name in names)])


async def _id(desk: UsageDesk, find: Find, actor: Actor, who: Who) -> str:
    """The id of a person."""
    return await desk.who(actor, await find(who.account) if who.account else who.email)


async def _set(desk: UsageDesk, find: Find, actor: Actor, meant: SetLimits) -> LimitLine:
    """Set the windows that were named; the others stay as they are."""
    who = await _id(desk, find, actor, meant.who) if meant.subject == "person" else meant.role
    lines = await desk.limits(actor)
    before = next((one for one in lines if one.subject == meant.subject and one.id == who), None)
    kept = dict(meant.limits)
    if before is not None:
        kept = {"hour": before.hour, "day": before.day, "month": before.month, **kept}
    hour, day, month = (kept.get(window) for window in WINDOWS)
    return await desk.set_limits(actor, LimitChange(meant.subject, who, hour, day, month))
