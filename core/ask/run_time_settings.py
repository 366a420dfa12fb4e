"""Every setting that changes while running, declared by its room and gathered here for whoever lists or changes them.

A new one is declared in its room as a `core.config.Setting`, and gets a line here and words in `config.toml` of
`core/locale`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.ask import retention
from core.ask.road import Road
from core.config import Setting
from core.connections import settings as connections
from core.figures import AlertRules
from core.usage import alerts, limits

EACH: Final = "*"
"""The end of a key that stands for one setting for each subject."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A setting, what holds where it is not set, and where it is changed when that is not by its key alone."""

    setting: Setting[Any]
    default: Callable[[Road], Any]
    elsewhere: str = ""
    """A key of the words `config.elsewhere`: a form and a command of its own check more than its type, or do more."""

    @property
    def words(self) -> str:
        """The key of its description in the catalogue."""
        return f"config.description.{self.setting.key.removesuffix(f'.{EACH}')}"

    def of(self, key: str) -> Setting[Any] | None:
        """The setting of this key, when it is this one or one of its subjects."""
        own = self.setting.key
        if not own.endswith(EACH):
            return self.setting if key == own else None
        subject = key.removeprefix(own.removesuffix(EACH))
        return self.setting.of(subject) if subject not in ("", key) else None


def _limits(road: Road) -> limits.Quota:
    return limits.Quota(**asdict(road.usage.limits))


def _nothing(_road: Road) -> limits.Quota:
    return limits.NOTHING


SETTINGS: Final = (
    Declared(alerts.RULES, lambda _road: AlertRules(), "alerts"),
    Declared(connections.ADDED_BY, lambda _road: connections.ADDED_BY_DEFAULT),
    Declared(connections.REFRESH_HOURS, lambda _road: connections.REFRESH_HOURS_DEFAULT),
    Declared(limits.OF_EVERYONE, _limits, "limits"),
    Declared(limits.OF_ROLE, _nothing, "limits"),
    Declared(limits.OF_PERSON, _nothing, "limits"),
    Declared(retention.EVENTS_DAYS, lambda _road: retention.EVENTS_DAYS_DEFAULT),
    Declared(retention.MESSAGES_DAYS, lambda _road: retention.MESSAGES_DAYS_DEFAULT),
    Declared(retention.METRICS_DAYS, lambda _road: retention.METRICS_DAYS_DEFAULT),
    Declared(retention.RESULTS_DAYS, lambda _road: retention.RESULTS_DAYS_DEFAULT),
    Declared(retention.SESSIONS_DAYS, lambda _road: retention.SESSIONS_DAYS_DEFAULT),
    Declared(retention.SIGN_INS_DAYS, lambda _road: retention.SIGN_INS_DAYS_DEFAULT),
)
"""By their keys."""
