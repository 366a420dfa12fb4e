"""What doors must find again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.upkeep.retention import delete_addresses
from tests.houses import open_house, settings_for


async def test_what_is_kept_is_found_under_its_name_alone_until_it_is_forgotten(tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        desk = house.service.addresses
        await desk.keep("teams", "conversation", "19:a", value={"url": "https://one.example"})
        await desk.keep("teams", "conversation", "19:a", value={"url": "https://two.example"})
        assert await desk.of("teams", "conversation", "19:a") == {"url": "https://two.example"}
        assert await desk.of("slack", "conversation", "19:a") is None
        assert await desk.of("teams", "conversation") is None
        await desk.forget("teams", "conversation", "19:a")
        assert await desk.of("teams", "conversation", "19:a") is None


async def test_what_has_expired_goes_and_nothing_else(tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        desk = house.service.addresses
        await desk.keep("teams", "conversation", "19:a", value={"url": "x"})
        await desk.keep("teams", "answer", "q1", value={"message": "1"}, days=30)
        now = datetime.now(UTC)
        assert await delete_addresses(house.store, now + timedelta(days=29)) == 0
        assert await delete_addresses(house.store, now + timedelta(days=31)) == 1
        assert await desk.of("teams", "answer", "q1") is None
        assert await desk.of("teams", "conversation", "19:a") == {"url": "x"}
