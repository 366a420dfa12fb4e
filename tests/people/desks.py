"""A house with a clock that tests turn, and a people's desk whose bcrypt is quick."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from bot.wiring import House
from core.access import NewPerson
from core.ask.people_desk import PeopleDesk
from core.audit.origin import acting_from
from core.chat import Actor
from core.storage.models import AuditLog, User
from tests.houses import ADMINISTRATOR, open_house, settings_for

CHROME = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
)
PASSWORD = "correct horse battery"
EMAIL = "kim@example.com"
KIM = Actor("slack", "T1", "U1", "Kim", email=EMAIL, locale="ko-KR", timezone="Asia/Seoul")


@dataclass
class Desk:
    """A desk, its house, and its clock."""

    house: House
    people: PeopleDesk
    now: datetime

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    async def person(self, email: str = EMAIL, role: Any = "viewer", password: str | None = None) -> str:
        """Somebody who was added, with a password; their id."""
        line = await self.people.add(ADMINISTRATOR, NewPerson(email, email.partition("@")[0].title(), role))
        if password is not None:
            await self.people.give_password(ADMINISTRATOR, line.id, password)
        return line.id

    async def come_in(self, email: str = EMAIL, ip: str = "192.0.2.1") -> Any:
        """A sign-in with the password, from a browser."""
        with acting_from(ip, CHROME):
            return await self.people.sign_in(email, PASSWORD)

    async def actor(self, access: str) -> Actor:
        return (await self.people.signed_in(access)).actor

    async def audit(self, action: str) -> list[AuditLog]:
        async with self.house.store.reading() as session:
            wanted = select(AuditLog).where(AuditLog.action == action).order_by(AuditLog.timestamp, AuditLog.id)
            return list((await session.scalars(wanted)).all())

    async def change_user(self, user_id: str, **values: Any) -> None:
        async with self.house.store.writing() as session:
            await session.execute(update(User).where(User.id == user_id).values(**values))

    def second(self) -> PeopleDesk:
        """Another process with the same store, as far as the desk can tell."""
        return PeopleDesk(self.people.road, cost=self.people.cost)


@asynccontextmanager
async def open_desk(directory: Path, url: str = "sqlite:///app_data.db", **settings: Any) -> AsyncIterator[Desk]:
    async with open_house(settings_for(directory, url, **settings)) as house:
        desk = Desk(house, house.service.people, datetime.now(UTC).replace(microsecond=0))
        road = replace(house.road, clock=lambda: desk.now)
        desk.people = PeopleDesk(road, cost=4)
        try:
            yield desk
        finally:
            await desk.people.close()
