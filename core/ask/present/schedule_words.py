"""What is said of a scheduled question in a list. Pure."""

from core.ask.present.visible import one_line
from core.chat import Actor
from core.locale import format_date, reason_words, say
from core.scheduled import ScheduleView

ACTS = ("pause", "resume", "run", "delete")
"""What can be done with one, in the order of its buttons: a paused one is resumed or deleted."""

_LONGEST_TITLE = 150


def acts_of(one: ScheduleView) -> tuple[str, ...]:
    """The buttons of one: `chat.schedules.<act>` says what is on each."""
    return ("resume", "delete") if one.is_paused else ("pause", "run", "delete")


def title_of(one: ScheduleView) -> str:
    """Its question, cut."""
    return one_line(one.title[:_LONGEST_TITLE])


def lines_of(one: ScheduleView, reader: Actor) -> tuple[str, ...]:
    """What is said of one below its question: when and where; how it went last and what comes next."""
    locale = reader.locale
    what = [f"{one.when} ({one.timezone})", one.condition, one.connection]
    what.append(_where(one, locale))
    if not one.is_mine:
        what.append(say(locale, "schedule.line.of", name=one.owner))
    return " · ".join(filter(None, what)), " · ".join(_state(one, reader))


def _where(one: ScheduleView, locale: str) -> str:
    """Where it is posted: a conversation of one person has no name that anybody knows it by."""
    platform = say(locale, f"schedule.where.{one.platform}")
    if not one.is_private:
        return say(locale, "schedule.line.to", platform=platform, channel=one.channel)
    return say(locale, "schedule.line.to_me" if one.is_mine else "schedule.line.to_owner", platform=platform)


def _state(one: ScheduleView, reader: Actor) -> list[str]:
    locale, zone = reader.locale, one.timezone
    if one.next_at is not None:
        told = [say(locale, "schedule.line.next", at=format_date(locale, one.next_at, zone))]
    elif one.paused_why:
        told = [say(locale, "schedule.line.paused_why", why=reason_words(locale, one.paused_why))]
    else:
        told = [say(locale, "schedule.line.paused")]
    if one.last_at is None or one.last_outcome is None:
        told.append(say(locale, "schedule.line.never"))
    else:
        why = reason_words(locale, one.last_problem) if one.last_problem else ""
        outcome = say(locale, f"schedule.outcome.{one.last_outcome}", why=why)
        told.append(say(locale, "schedule.line.last", at=format_date(locale, one.last_at, zone), outcome=outcome))
    if one.missed_at is not None:
        told.append(say(locale, "schedule.line.missed", at=format_date(locale, one.missed_at, zone)))
    return told
