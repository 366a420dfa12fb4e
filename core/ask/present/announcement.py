"""What is said without being asked, made into a reply: a headline, its figures, what can be done."""

from typing import Literal

from core.ask.present.plain import plain
from core.chat import Fact, Facts, Notice, Reply
from core.locale import format_date, format_money, format_number, reason_words, say
from core.locale.format import format_month
from core.usage.notices import Content, CostForecast, CostPassed, LimitOpen, SchedulePaused, Trial, UnusualUse


def announcement(item_id: str, content: Content, locale: str, *, raised: bool = False) -> Reply:
    """The message in the reader's language. `raised`: a limit is open before its time, because it was raised."""
    title, hint, facts = _title(content, locale), _hint(content, locale, raised), _facts(content, locale)
    notice = Notice(_level(content), f"alerts.{content.kind}", title, hint)
    parts = (notice, Facts(facts)) if facts else (notice,)
    return Reply(item_id, parts, plain(parts, locale), locale)


def _level(content: Content) -> Literal["info", "warning"]:
    return "info" if isinstance(content, Trial | LimitOpen) else "warning"


def _title(content: Content, locale: str) -> str:
    match content:
        case CostPassed() | CostForecast():
            month = format_month(locale, content.month.year, content.month.month)
            return say(
                locale, f"alerts.{content.kind}.title", month=month, threshold=format_money(locale, content.threshold)
            )
        case UnusualUse():
            name = content.name or say(locale, "alerts.everybody")
            return say(locale, "alerts.unusual.title", name=name, day=format_date(locale, content.day))
        case Trial() | LimitOpen() | SchedulePaused():
            return say(locale, f"alerts.{content.kind}.title")


def _hint(content: Content, locale: str, raised: bool) -> str:
    if not isinstance(content, LimitOpen):
        return say(locale, f"alerts.{content.kind}.hint")
    return say(locale, f"alerts.limit_open.{'raised' if raised else content.window or 'raised'}")


def _facts(content: Content, locale: str) -> tuple[Fact, ...]:
    match content:
        case CostPassed():
            return (
                _fact(locale, "cost", format_money(locale, content.cost)),
                _fact(locale, "threshold", format_money(locale, content.threshold)),
                _fact(locale, "elapsed", _percent(locale, content.elapsed)),
            )
        case CostForecast():
            cost, low, high = (format_money(locale, one) for one in (content.forecast, content.low, content.high))
            return (
                _fact(locale, "forecast", say(locale, "alerts.fact.between", cost=cost, low=low, high=high)),
                _fact(locale, "cost", format_money(locale, content.cost)),
                _fact(locale, "threshold", format_money(locale, content.threshold)),
                _fact(locale, "elapsed", _percent(locale, content.elapsed)),
            )
        case UnusualUse():
            usual = {"tokens": format_number(locale, content.usual), "days": format_number(locale, content.days)}
            return (
                _fact(locale, "tokens", format_number(locale, content.tokens)),
                _fact(locale, "usual", say(locale, "alerts.fact.median", **usual)),
            )
        case LimitOpen():
            return (_fact(locale, "question", content.question),)
        case SchedulePaused():
            return (
                _fact(locale, "asks", content.question),
                _fact(locale, "owner", content.owner),
                _fact(locale, "why", reason_words(locale, content.why)),
            )
        case Trial():
            return ()


def _fact(locale: str, key: str, value: str) -> Fact:
    return Fact(key, say(locale, f"alerts.fact.{key}"), value)


def _percent(locale: str, share: float) -> str:
    return f"{format_number(locale, round(share * 100))}%"
