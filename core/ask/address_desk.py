"""What a door may ask so that it finds things of its platform again after a restart: `Service.addresses`.

A name is of the door's own choosing, and so is the value; nothing here reads either. See
docs/decisions/0025-teams.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from core.ask.road import Road
from core.ids import address_id
from core.storage.own_tables import Address
from core.storage.session import insert_if_absent, persistently


@dataclass(frozen=True)
class AddressDesk:
    """Small values under names, a platform at a time. All raise `StoreFailed`."""

    road: Road

    async def keep(self, platform: str, *name: str, value: Mapping[str, str], days: float | None = None) -> None:
        """Keep a value under a name, in the place of what was there; for some days, or as long as it is needed."""
        row_id, now = address_id(platform, *name), self.road.clock()
        until = None if days is None else now + timedelta(days=days)
        changed = {"value": dict(value), "updated_at": now, "expires_at": until}

        async def keep() -> None:
            async with self.road.store.writing() as session:
                new = await insert_if_absent(session, Address, id=row_id, platform=platform, **changed)
                if not new:
                    await session.execute(update(Address).where(Address.id == row_id).values(**changed))

        await persistently(keep)

    async def of(self, platform: str, *name: str) -> dict[str, str] | None:
        """The value under a name."""
        async with self.road.store.reading() as session:
            found = await session.scalar(select(Address.value).where(Address.id == address_id(platform, *name)))
        return None if found is None else {key: str(text) for key, text in dict(found).items()}

    async def forget(self, platform: str, *name: str) -> None:
        """Forget what is under a name."""
        gone = delete(Address).where(Address.id == address_id(platform, *name))

        async def forget() -> None:
            async with self.road.store.writing() as session:
                await session.execute(gone)

        await persistently(forget)
