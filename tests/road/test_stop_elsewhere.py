"""A question is stopped from another process than the one that is at it."""

import asyncio
from pathlib import Path

from core.ask import service
from tests.houses import LEE, Parts, add_sqlite, open_house, question, settings_for, wait_for

SLOW = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"


async def test_the_one_who_is_at_it_hears_of_it(tmp_path: Path, shop: Path, store_url: str) -> None:
    settings = settings_for(tmp_path, store_url)
    async with open_house(settings) as one, open_house(settings) as other:
        await add_sqlite(one, shop)
        accepted = await one.service.accept(question(SLOW))
        waiting = asyncio.create_task(wait_for(one, accepted.question_id))
        await asyncio.sleep(0.5)
        assert await other.service.stop(accepted.question_id, LEE) is True
        _, reply = await asyncio.wait_for(waiting, service._RENEW_SECONDS + 8)
        assert Parts(reply).notice.code == "query.cancelled"
        assert await other.service.stop(accepted.question_id, LEE) is False
