"""How long what is over is kept: settings that change while running. The jobs of `core.upkeep` read them."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from core.config import Setting

_DAYS = TypeAdapter(Annotated[int, Field(ge=0, le=36_500)])
_AT_LEAST_A_DAY = TypeAdapter(Annotated[int, Field(ge=1, le=36_500)])

SIGN_INS_DAYS: Setting[int] = Setting(
    "upkeep.sign_ins_days", _AT_LEAST_A_DAY, "Days that a sign-in is kept after it expired or was ended."
)
SIGN_INS_DAYS_DEFAULT = 1

EVENTS_DAYS: Setting[int] = Setting("upkeep.events_days", _AT_LEAST_A_DAY, "Days that events are kept.")
EVENTS_DAYS_DEFAULT = 30

SESSIONS_DAYS: Setting[int] = Setting(
    "upkeep.sessions_days", _AT_LEAST_A_DAY, "Days that a stretch of activity is kept after it ended."
)
SESSIONS_DAYS_DEFAULT = 7

RESULTS_DAYS: Setting[int] = Setting(
    "upkeep.results_days",
    _DAYS,
    "Days that rows of results are kept for files and the page; 0: as long as their questions.",
)
RESULTS_DAYS_DEFAULT = 30

MESSAGES_DAYS: Setting[int] = Setting(
    "upkeep.messages_days", _DAYS, "Days that questions and answers are kept; 0: for good."
)
MESSAGES_DAYS_DEFAULT = 0

METRICS_DAYS: Setting[int] = Setting(
    "upkeep.metrics_days", _AT_LEAST_A_DAY, "Days that measures are kept; after two days one an hour is left."
)
METRICS_DAYS_DEFAULT = 90
