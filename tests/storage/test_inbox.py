"""What is taken up again out of the inbox, and for how long."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.ask.accept import accept
from core.ids import message_id
from core.people.people import People
from core.storage import inbox
from core.storage.base import utc_now
from core.storage.own_tables import InboxItem
from core.storage.session import Store
from tests.houses import LEE, question


@pytest.mark.parametrize(("age", "taken"), [(timedelta(hours=23), 1), (timedelta(hours=25), 0)])
async def test_a_reply_that_nobody_takes_is_tried_for_a_day(store: Store, age: timedelta, taken: int) -> None:
    asked, now = question("How many?"), utc_now()
    await accept(store, People(store), asked, worker="w", now=now - age)
    async with store.writing() as session:
        await session.execute(
            update(InboxItem)
            .where(InboxItem.id == message_id(asked))
            .values(state="answered", answered_at=now - age, lease_until=now - age)
        )
    async with store.writing() as session:
        items = await inbox.claim(session, "other", (LEE.platform,), now, most=10, posting=(LEE.platform,))
        assert len(items) == taken
