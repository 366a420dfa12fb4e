"""Limits as administrators set them: for everyone, for a role, for a person. What nobody set is the environment's.

They are settings of `core.config`, each with an hour, a day and a month; null takes what the next wider subject has: a
person's role, then everyone, then the environment. A window need not be larger than the ones inside it: each holds by
itself, so the tightest one is felt, and no change to a wider subject can make a narrower one wrong.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, get_args

from pydantic import Field, TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import config
from core.config import Setting
from core.errors import BadEdit
from core.figures import LimitChange, LimitLine
from core.people.by_email import named
from core.people.person import Role
from core.storage.models import User
from core.usage.windows import Limits, WindowName

MOST = 1_000_000_000
"""Tokens of the largest limit: more than anybody uses, and no total within it is beyond the integers of the store."""

ROLES: tuple[Role, ...] = get_args(Role)

_AT_ONCE = 500
"""Ids in one statement: every server takes so many parameters."""

_Tokens = Annotated[int, Field(strict=True, ge=0, le=MOST)]


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one subject, in tokens; None takes the next wider subject's."""

    hour: _Tokens | None = None
    day: _Tokens | None = None
    month: _Tokens | None = None


NOTHING = Quota()

_QUOTA = TypeAdapter(Quota)
OF_EVERYONE = Setting("quota.everyone", _QUOTA, "Tokens that each person may use in a calendar hour, day and month.")
OF_ROLE = Setting("quota.role.*", _QUOTA, "The same for each person of a role; null takes everyone's.")
OF_PERSON = Setting("quota.person.*", _QUOTA, "The same for one person; null takes their role's.")


def effective(base: Limits, everyone: object, role: object, person: object) -> Limits:
    """What holds for a person, of what `system_config` has for each subject: the nearest one that says something."""
    quotas = [
        config.value_of(setting, stored, NOTHING)
        for setting, stored in ((OF_PERSON, person), (OF_ROLE, role), (OF_EVERYONE, everyone))
        if stored is not None
    ]

    def nearest(window: WindowName) -> int:
        said: list[int | None] = [*(getattr(quota, window) for quota in quotas), getattr(base, window)]
        return next(limit for limit in said if limit is not None)

    return Limits(nearest("hour"), nearest("day"), nearest("month"))


async def listed(session: AsyncSession) -> tuple[LimitLine, ...]:
    """The limits set for everyone, for each role, and for the people who have their own, by name."""
    everyone = await config.read(session, OF_EVERYONE, NOTHING)
    roles = await config.read_each(session, OF_ROLE, NOTHING)
    people = await config.read_each(session, OF_PERSON, NOTHING)
    names = await _names(session, list(people))
    own = (LimitLine("person", user_id, names.get(user_id, ""), **asdict(quota)) for user_id, quota in people.items())
    return (
        LimitLine("everyone", "", "", **asdict(everyone)),
        *(LimitLine("role", role, "", **asdict(roles.get(role, NOTHING))) for role in ROLES),
        *sorted(own, key=lambda line: (line.name.casefold(), line.id)),
    )


async def change(session: AsyncSession, wanted: LimitChange, *, by: str, now: datetime) -> LimitLine:
    """Set a subject's three limits, in the caller's transaction; with all three None it has none of its own any more.

    Raises `BadEdit`: limits.out_of_range, limits.unknown_role, people.unknown_email, people.unknown.
    """
    for tokens in (wanted.hour, wanted.day, wanted.month):
        if tokens is not None and not 0 <= tokens <= MOST:
            raise BadEdit("limits.out_of_range", most=MOST)
    quota = Quota(wanted.hour, wanted.day, wanted.month)
    setting, subject_id, name = await _subject(session, wanted)
    if quota == NOTHING:
        await config.remove(session, setting, by=by, now=now)
    else:
        await config.write(session, setting, quota, by=by, now=now)
    return LimitLine(wanted.subject, subject_id, name, **asdict(quota))


async def _subject(session: AsyncSession, wanted: LimitChange) -> tuple[Setting[Quota], str, str]:
    """The setting, the id and the name of whom a change is for."""
    match wanted.subject:
        case "everyone":
            return OF_EVERYONE, "", ""
        case "role":
            role = wanted.who.strip().lower()
            if role not in ROLES:
                raise BadEdit("limits.unknown_role", role=wanted.who.strip()[:100], roles=ROLES)
            return OF_ROLE.of(role), role, ""
        case "person":
            user_id, name = await named(session, wanted.who)
            return OF_PERSON.of(user_id), user_id, name


async def _names(session: AsyncSession, ids: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        rows = await session.execute(select(User.id, User.full_name).where(User.id.in_(some)))
        names.update((row.id, row.full_name) for row in rows)
    return names
