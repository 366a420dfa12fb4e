"""Scheduled questions as values: what doors give and are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["asked", "posted", "unchanged", "not_met", "refused", "failed"]
"""How the last run ended. asked: it is under way. unchanged, not_met: its condition did not hold, so nothing was
posted. refused: a limit did not cover it, or the owner may no longer ask it there. failed: it gave no result."""


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A scheduled question, as its owner and administrators see it. Words are in the reader's language."""

    id: str
    title: str
    """The question; of one that is made from an answer, what was asked then."""
    sql: str
    """What is asked each time, where that is SQL; else empty."""
    connection: str
    """The name of the connection; empty when it is gone."""
    owner: str
    """The owner's name."""
    is_mine: bool
    platform: str
    channel: str
    """Where it is posted."""
    is_private: bool
    """Nobody but its owner reads what is posted there."""
    when: str
    condition: str
    timezone: str
    """The zone of its hours, an IANA name."""
    is_paused: bool
    paused_why: str = ""
    """The code of why, for `core.locale.reason_words`; empty where somebody paused it."""
    next_at: datetime | None = None
    """None while it is paused."""
    last_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_problem: str = ""
    """The code of why the last run was refused or failed."""
    missed_at: datetime | None = None
    """The last moment that was let pass, because nobody was there to ask until more than an hour later."""


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What is to change, in words; None leaves it as it is."""

    text: str | None = None
    """The question, or SQL."""
    when: str | None = None
    condition: str | None = None
