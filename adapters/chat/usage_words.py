"""What follows `usage`: whose use, whose limits, which list as a file. Pure: words in, what is meant out.

A mention is `@` and the account, as in `@U123`. In a slash command of Slack's it comes as `<@U123|kim>`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from core.figures import Listing, Span, Subject

Window = Literal["hour", "day", "month"]

WINDOWS: tuple[Window, ...] = get_args(Window)


@dataclass(frozen=True, slots=True)
class Who:
    """A person: by their account here, or by their e-mail address."""

    account: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """My own use."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """Everybody's use within a span."""

    span: Span = "month"


@dataclass(frozen=True, slots=True)
class Of:
    """Somebody's use."""

    who: Who


@dataclass(frozen=True, slots=True)
class ShowLimits:
    """The limits that are set."""


@dataclass(frozen=True, slots=True)
class SetLimits:
    """New limits; a window that is not named stays as it is, one with None takes the next wider subject's."""

    subject: Subject
    who: Who = field(default_factory=Who)
    """Of a person."""
    role: str = ""
    limits: tuple[tuple[Window, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A list as a file; without a listing my own days."""

    listing: Listing | None = None
    span: Span = "month"


@dataclass(frozen=True, slots=True)
class Help:
    """How to say all that."""


Meant = Help | Mine | Everybody | Of | ShowLimits | SetLimits | File

Known = TypeVar("Known")

_LINK = re.compile(r"<(@|mailto:)([^<>|\s]+)(?:\|[^<>]*)?>")
_ACCOUNT = re.compile(r"@([UW][A-Z0-9]{2,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_EMAIL = re.compile(r"[^<>|\s@]+@[^<>|\s@]+")
_TOKENS = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,10}", re.ASCII)

_HELP = frozenset({"help", "?", "도움말"})
_ALL = frozenset({"all", "everyone", "everybody", "전체", "모두"})
_LIMITS = frozenset({"limits", "limit", "한도"})
_FILE = frozenset({"csv"})
_NONE = frozenset({"-", "–", "none", "default", "기본"})
_SPANS: dict[str, Span] = {
    "week": "week", "month": "month", "quarter": "quarter",
    "주": "week", "일주일": "week", "달": "month", "이번달": "month", "분기": "quarter",
}  # fmt: skip
_WINDOWS: dict[str, Window] = {
    "hour": "hour", "day": "day", "month": "month",
    "시간": "hour", "하루": "day", "일": "day", "한달": "month", "월": "month",
}  # fmt: skip
_ROLES = {
    "admin": "admin", "administrators": "admin", "관리자": "admin", "viewer": "viewer", "viewers": "viewer",
    "사용자": "viewer",
}  # fmt: skip
_LISTINGS: dict[str, Listing] = {
    **{name: name for name in get_args(Listing)},
    "날짜": "days", "사람": "people", "모델": "models", "데이터베이스": "databases", "주제": "topics",
    "질문": "questions", "실패": "failures", "시간대": "hours", "이상": "unusual", "한도": "limits",
}  # fmt: skip


def parse(text: str) -> Meant | None:
    """What is meant; None for anything else, which in a message is a question."""
    words = _LINK.sub(lambda link: f"@{link[2]}" if link[1] == "@" else link[2], text).split()
    if not words:
        return Mine()
    first, *rest = (word if _ACCOUNT.fullmatch(word) else word.lower() for word in words)
    if first in _HELP and not rest:
        return Help()
    if first in _ALL:
        span = _one_of(rest, _SPANS, "month")
        return None if span is None else Everybody(span)
    if first in _FILE:
        return _file(rest)
    if first in _LIMITS:
        return _set_limits(rest) if rest else ShowLimits()
    who = _who(first)
    return Of(who) if who and not rest else None


def _who(word: str) -> Who | None:
    if account := _ACCOUNT.fullmatch(word):
        return Who(account=account[1])
    return Who(email=word) if _EMAIL.fullmatch(word) else None


def _one_of(words: Sequence[str], known: dict[str, Known], otherwise: Known) -> Known | None:
    """The one word there is, or what holds without any; None for more words, or one that is not known."""
    if not words:
        return otherwise
    return known.get(words[0]) if len(words) == 1 else None


def _file(words: Sequence[str]) -> File | None:
    if not words:
        return File()
    listing, span = _LISTINGS.get(words[0]), _one_of(words[1:], _SPANS, "month")
    return None if listing is None or span is None else File(listing, span)


def _set_limits(words: Sequence[str]) -> SetLimits | None:
    limits = _pairs(words[1:])
    if not limits:
        return None
    if words[0] in _ALL:
        return SetLimits("everyone", limits=limits)
    if words[0] in _ROLES:
        return SetLimits("role", role=_ROLES[words[0]], limits=limits)
    who = _who(words[0])
    return SetLimits("person", who, limits=limits) if who else None


def _pairs(words: Sequence[str]) -> tuple[tuple[Window, int | None], ...] | None:
    """`hour 2000 day -`; None for what is not that. None as a number: no limit of their own."""
    if len(words) % 2:
        return None
    found: dict[Window, int | None] = {}
    for name, number in zip(words[::2], words[1::2], strict=True):
        window = _WINDOWS.get(name)
        if window is None or window in found:
            return None
        if number in _NONE:
            found[window] = None
        elif _TOKENS.fullmatch(number):
            found[window] = int(number.replace(",", ""))
        else:
            return None
    return tuple(found.items())
